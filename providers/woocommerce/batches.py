"""Many records in few calls: batches of at most 100, smaller where the shop can't carry them.

A batch is no transaction: each item succeeds or fails for itself, one after the other, and the
answer is 200 all the same, in the order of the request. Nothing in it is checked against a
schema, so whoever builds a body checks it.

A batch that breaks the shop (no time or memory, a PHP error that one item causes) is halved until
a single item fails; a slow shop gets smaller ones from then on. Absolute values may be sent
twice, so an answer that was lost is no reason to stop; for what is created see ``look``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Generic, TypeVar

from ...core import errors
from ...core.catalogue import ItemResult
from . import const, failure, fields
from .client import WooClient

Item = TypeVar("Item")
Body = dict[str, Any]
Record = Mapping[str, Any]
#: Single items in a row that may break their call; then one from the end shows whether the shop
#: works at all.
MAX_FAILURES = 3


def push(
    client: WooClient,
    endpoint: str,
    items: Sequence[Item],
    build: Callable[[Item], Body],
    read: Callable[[Item, Record], ItemResult],
    *,
    key: Callable[[Item], str] = attrgetter("external_id"),
    look: Callable[[Sequence[Item]], None] | None = None,
    limit: int = const.MAX_BATCH,
    judge: bool = True,
) -> Iterator[list[ItemResult]]:
    """Send ``items`` to ``<endpoint>/batch``; yields the results of each call as it is done.

    :param endpoint: ``products``, or ``products/<id>/variations``
    :param build: an item's body, with ``id`` where it is to be changed, without to be created; may
        raise a :class:`core.errors.ChannelError`, which is the item's result then, without a call
    :param read: what the answer's record of an item means
    :param look: needed where items are created: asks the shop which of them are there meanwhile,
        so that ``build`` gives them their ``id``; called before any is sent a second time
    :param judge: nothing but failures says that the shop doesn't work; False where the caller
        knows better (other calls go through), and wants the failures themselves
    :raises errors.Retryable: the shop can't be reached; what was yielded has happened
    :raises errors.UnknownOutcome: after all others: items that perhaps are being created still;
        the next try has to look first
    """
    return _Push(client, f"{endpoint}/batch", build, read, key, look, judge).run(list(items), limit)


@dataclass
class _Push(Generic[Item]):
    client: WooClient
    path: str
    build: Callable[[Item], Body]
    read: Callable[[Item, Record], ItemResult]
    key: Callable[[Item], str]
    look: Callable[[Sequence[Item]], None] | None
    judge: bool
    #: of single items that broke their call since the last one that went through; told when the
    #: shop is known to work, because otherwise they are to blame for nothing
    failed: list[ItemResult] = field(default_factory=list)
    probing: bool = False
    succeeded: bool = False
    unsure: errors.UnknownOutcome | None = None

    def run(self, fresh: list[Item], limit: int) -> Iterator[list[ItemResult]]:
        halves: list[list[Item]] = []
        size = limit
        while halves or fresh:
            if halves:
                chunk = halves.pop()
            else:
                chunk, fresh = fresh[:size], fresh[size:]
            bodies, results = self._bodies(chunk)
            try:
                results += self._send(bodies)
            except errors.ChannelError as error:
                again = self._again(bodies, error)
                if not failure.has_ended(error):
                    size = min(size, max(1, len(bodies) // 2))
                if len(again) > 1:
                    middle = (len(again) + 1) // 2
                    halves += [again[middle:], again[:middle]]
                elif again:
                    self._fail(again[0], error)
                    self._probe(halves, fresh)
            if results:
                yield results
        yield from self._at_last()
        if self.unsure:
            raise self.unsure

    def _bodies(self, chunk: list[Item]) -> tuple[list[tuple[Item, Body]], list[ItemResult]]:
        bodies: list[tuple[Item, Body]] = []
        refused: list[ItemResult] = []
        for item in chunk:
            try:
                bodies.append((item, self.build(item)))
            except errors.ChannelError as error:
                refused.append(ItemResult(self.key(item), error=error))
        return bodies, refused

    # === ONE CALL === #

    def _send(self, bodies: list[tuple[Item, Body]]) -> list[ItemResult]:
        """:raises errors.ChannelError: the whole call failed"""
        if not bodies:
            return []
        groups = {
            "create": [(item, body) for item, body in bodies if "id" not in body],
            "update": [(item, body) for item, body in bodies if "id" in body],
        }
        changes = {name: [body for _item, body in group] for name, group in groups.items() if group}
        try:
            answer = self.client.post(self.path, changes).mapping()
        except (errors.NotFound, errors.Rejected) as error:
            if isinstance(error, errors.Rejected) and error.code != "no_route":
                raise
            # the place itself is gone: a parent of variations
            return [ItemResult(self.key(item), error=error) for item, _body in bodies]
        results = [
            result
            for name, group in groups.items()
            for result in self._results(group, fields.records(answer.get(name)))
        ]
        results += self.failed
        self.failed, self.probing, self.succeeded = [], False, True
        return results

    def _results(
        self, group: list[tuple[Item, Body]], records: list[dict[str, Any]]
    ) -> Iterator[ItemResult]:
        if len(records) != len(group):
            raise errors.UnknownOutcome("answer_unreadable")
        for (item, _body), record in zip(group, records, strict=True):
            error = failure.item_error(record)
            if error:
                yield ItemResult(self.key(item), error=error, payload=record)
            else:
                yield self.read(item, record)

    # === A CALL THAT FAILED === #

    def _again(self, bodies: list[tuple[Item, Body]], error: errors.ChannelError) -> list[Item]:
        """What of a call may be sent again, in smaller ones.

        After a lost answer the shop may still be at work: what it was to create and what isn't
        there yet is left to a later try.
        """
        items = [item for item, _body in bodies]
        creates = [item for item, body in bodies if "id" not in body]
        if not isinstance(error, errors.UnknownOutcome) or not creates:
            if failure.too_heavy(error):
                return items
            raise retryable(error) if isinstance(error, errors.UnknownOutcome) else error
        if self.look is None:
            raise error
        self.look(creates)
        if failure.has_ended(error):
            return items
        self.unsure = error
        return [item for item in items if "id" in self.build(item)]

    def _at_last(self) -> Iterator[list[ItemResult]]:
        """The failed items nothing came after. :raises errors.Retryable: as nothing went through"""
        refused = [row for row in self.failed if isinstance(row.error, errors.Rejected)]
        told = self.failed if self.succeeded or not self.judge else refused
        if told:
            yield told
        for row in self.failed:
            if row not in told and row.error:
                raise retryable(row.error)

    def _fail(self, item: Item, error: errors.ChannelError) -> None:
        """:raises errors.Retryable: it is not the item's fault"""
        if self.probing:
            raise retryable(error)
        self.failed.append(ItemResult(self.key(item), error=error))

    def _probe(self, halves: list[list[Item]], fresh: list[Item]) -> None:
        """After some failures in a row the last item is next: does the shop work at all?"""
        if len(self.failed) % MAX_FAILURES == 0 and (halves or fresh):
            group = fresh or next(filter(None, halves))
            self.probing = True
            halves.append([group.pop()])


def retryable(error: errors.ChannelError) -> errors.Retryable:
    """What was lost can be sent again, because it says how things shall be."""
    if isinstance(error, errors.Retryable):
        return error
    kind = errors.ServerError if failure.too_heavy(error) else errors.Unreachable
    return kind(error.code, **error.params)
