"""Changes of what can be bought, in the calls that WooCommerce has for them.

Simple products go by the products' batch, variations only by that of their own parent: the
products' batch refuses them, and a parent refuses those of another. So N changes cost one call
for each 100 simple products, and one for each parent (more where it has over 100 changes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from ...core import errors
from ...core.catalogue import ItemResult
from . import batches, const, fields
from .client import WooClient


class VariantItem(Protocol):
    @property
    def external_id(self) -> str: ...

    @property
    def parent_external_id(self) -> str: ...


Item = TypeVar("Item", bound=VariantItem)
#: Calls in a row that may fail before it is the shop that fails, not what they carry: without
#: any answer, each after a long wait, and broken ones where none has gone through so far.
MAX_SILENT, MAX_BROKEN = 3, 10


def push(
    client: WooClient,
    items: Iterable[Item],
    build: Callable[[Item], dict[str, Any]],
    read: Callable[[Item, Mapping[str, Any]], ItemResult],
    limit: int = const.MAX_BATCH,
) -> Iterator[list[ItemResult]]:
    """Change ``items``; yields the results of each call as it is done.

    Values must be absolute: an answer that is lost is made up for by sending them again.

    :param build: what is sent of an item besides its id; may refuse it by raising an error
    :param read: what the shop's record of an item says
    :raises errors.Retryable: the shop can't be reached; what was yielded has happened
    """
    groups, nowhere = _grouped(items)
    if nowhere:
        yield [ItemResult(item.external_id, error=errors.NotFound()) for item in nowhere]
    yield from _patiently(
        results
        for endpoint, group in groups.items()
        for results in batches.push(
            client, endpoint, group, _with_id(build), read, limit=limit, judge=False
        )
    )


def _grouped(items: Iterable[Item]) -> tuple[dict[str, list[Item]], list[Item]]:
    """Items by endpoint, simple products first; and those whose ids can't be the shop's."""
    groups: dict[str, list[Item]] = {"products": []}
    nowhere = []
    for item in items:
        parent = item.parent_external_id
        if not fields.identifier(item.external_id) or (parent and not fields.identifier(parent)):
            nowhere.append(item)
        else:
            endpoint = f"products/{parent}/variations" if parent else "products"
            groups.setdefault(endpoint, []).append(item)
    return groups, nowhere


def _with_id(build: Callable[[Item], dict[str, Any]]) -> Callable[[Item], dict[str, Any]]:
    return lambda item: {"id": int(item.external_id), **build(item)}


def _patiently(calls: Iterable[list[ItemResult]]) -> Iterator[list[ItemResult]]:
    """Believe that items have broken their calls only once another call went through.

    Each parent has calls of its own: a shop that is down would otherwise be asked, and waited for,
    once for every parent. A shop that answers at all may have several bad items in a row.
    """
    held: list[ItemResult] = []
    broken = 0
    succeeded = False
    for results in calls:
        if not all(_is_broken(result.error) for result in results):
            yield _absolute([*results, *held])
            held, broken, succeeded = [], 0, True
            continue
        held += results
        broken += 1
        silent = all(map(_is_silent, held)) and broken >= MAX_SILENT
        if silent or (broken >= MAX_BROKEN and not succeeded):
            raise _blame(held)
    if held and not succeeded:
        raise _blame(held)
    if held:
        yield _absolute(held)


def _blame(results: list[ItemResult]) -> errors.Retryable:
    return batches.retryable(results[-1].error or errors.ServerError())


def _is_broken(error: errors.ChannelError | None) -> bool:
    return isinstance(error, errors.Retryable | errors.UnknownOutcome)


def _is_silent(result: ItemResult) -> bool:
    return result.error is not None and result.error.code == "read_timeout"


def _absolute(results: list[ItemResult]) -> list[ItemResult]:
    """Nobody has to look first before an absolute value is sent again."""
    return [
        replace(result, error=_blame([result])) if _is_broken(result.error) else result
        for result in results
    ]
