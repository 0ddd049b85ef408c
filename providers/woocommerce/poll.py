"""The lossless poll: reads records by their moment of change without ever missing one.

WooCommerce's moments have whole seconds, several records share one, and pages move while they
are read. So page 2 is never asked for; each step asks for what changed *since the second* that
was reached, without what it already has::

    orders?orderby=modified&order=asc&modified_after=<since - 1 s>&dates_are_gmt=true&exclude=…

Two more traps:

- A record touched between the shop's search and its answer carries a moment later than its
  place. Moments of the last :data:`UNSURE` seconds therefore don't move ``since``; their records
  are excluded by id instead.
- A request that began earlier may commit later, with the older moment. When a run is through,
  the next one starts :data:`OVERLAP` seconds before the shop's own time, and hands out only what
  differs from what was handed out before.

A page that is too heavy for the shop (out of memory or time) is asked for in smaller pieces.

The cursor (plain JSON; moments are naive UTC text as in the payloads)::

    {"since": "…",                       the step to come starts here
     "exclude": {id: moment},            at or after `since`, read in this run
     "start": "…",                       where this run started
     "newest": "…",                      latest moment ever read
     "handed_out": {id: [moment, hash]},  within the overlap
     "size": 20}                          what the shop can carry, where it isn't all
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from ...core import errors
from ...core.canonical import Page, Record
from ...core.fingerprint import fingerprint
from . import const, const_products, failure, fields
from .answer import Answer
from .client import WooClient

#: Seconds that may lie between a record's moment and its commit (a gateway's slow answer).
OVERLAP = 300
#: Seconds before an answer in which a record may have been touched while it was made; generous,
#: because a proxy's clock may be another one.
UNSURE = 60
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class _State:
    since: str = ""
    exclude: Mapping[str, str] = field(default_factory=dict)
    start: str = ""
    newest: str = ""
    handed_out: Mapping[str, list[str]] = field(default_factory=dict)
    size: int = const.MAX_PER_PAGE

    @classmethod
    def load(cls, cursor: Mapping[str, Any]) -> _State:
        since = _text(fields.moment(cursor.get("since")))
        return cls(
            since,
            fields.mapping(cursor.get("exclude")),
            _text(fields.moment(cursor.get("start"))) or since,
            _text(fields.moment(cursor.get("newest"))),
            fields.mapping(cursor.get("handed_out")),
            int(fields.identifier(cursor.get("size")) or const.MAX_PER_PAGE),
        )

    def dump(self) -> dict[str, Any]:
        return {
            "since": self.since,
            "exclude": dict(self.exclude),
            "start": self.start,
            "newest": self.newest,
            "handed_out": dict(self.handed_out),
            "size": self.size,
        }


class Poll:
    """Steps through one kind of record; all state is in the cursor."""

    def __init__(
        self,
        client: WooClient,
        endpoint: str,
        kind: str,
        overlap: int = OVERLAP,
        more: Mapping[str, str] | None = None,
    ) -> None:
        """``more``: parameters that every request needs."""
        self._client = client
        self._endpoint = endpoint
        self._kind = kind
        self._overlap = timedelta(seconds=overlap)
        self._more = more or {}

    def step(self, cursor: Mapping[str, Any], limit: int, status: str) -> Page:
        """Read up to ``limit`` records; see :meth:`core.adapter.OrderSource.list_orders`.

        :raises errors.ServerError: ``poll_stuck``, the shop ignores the parameters
        """
        before = _State.load(cursor)
        asked = max(1, min(limit, before.size, const.MAX_PER_PAGE))
        size, answer = read_what_it_can(lambda size: self._read(before, size, status), asked)
        payloads = answer.sequence()
        records = (self._record(payload, answer) for payload in payloads)
        read = [record for record in records if record.external_id]
        state, fresh = _advance(before, read, _unsure_from(answer))
        more = len(payloads) >= size
        if more and (state.since, state.exclude) == (before.since, before.exclude):
            raise errors.ServerError("poll_stuck")
        if size < asked:
            state = replace(state, size=size)
        settled = _text(answer.server_time - self._overlap)
        state = _forget(state, min(state.newest, settled)) if more else _finish(state, settled)
        return Page(tuple(fresh), state.dump(), more)

    def _read(self, state: _State, size: int, status: str) -> Answer:
        params: dict[str, Any] = {
            "orderby": "modified",
            "order": "asc",
            "per_page": size,
            "dp": const.DECIMAL_PLACES,
            "status": status,
            **self._more,
        }
        if state.since:
            # naive and in UTC: with a `Z` WooCommerce shifts it by the shop's time zone
            params["modified_after"] = _text(_moment(state.since) - _SECOND)
            params["dates_are_gmt"] = "true"
        return self._client.get_by_ids(self._endpoint, params, "exclude", sorted(state.exclude))

    def _record(self, payload: Mapping[str, Any], answer: Answer) -> Record:
        return Record(
            kind=self._kind,
            external_id=fields.identifier(payload.get("id")),
            payload={
                key: value for key, value in payload.items() if key not in const_products.SHUFFLED
            },
            modified_at=fields.moment(payload.get("date_modified_gmt")),
            fetched_at=answer.sent_at,
        )


def read_what_it_can(read: Callable[[int], Answer], size: int) -> tuple[int, Answer]:
    """A page of ``size`` records, or of as many as the shop has memory and time for."""
    try:
        return size, read(size)
    except errors.Retryable as error:
        if size < 5 or not failure.too_heavy(error):
            raise
    return read_what_it_can(read, size // 5)


def poll_all(
    client: WooClient,
    settings: Mapping[str, Any],
    kind: str,
    cursor: Mapping[str, Any],
    limit: int,
    more: Mapping[str, str] | None = None,
) -> Page:
    """A step of a kind's poll; the trash, which no list shows, has a poll of its own behind it."""
    overlap = int(settings.get("poll_overlap") or OVERLAP)
    poll = Poll(client, f"{kind}s", kind, overlap, more)
    page = poll.step(cursor, limit, "any")
    if not settings.get("poll_trash", True):
        return page
    trash = cursor.get("trash") or {"since": cursor.get("since")}
    if page.more:
        return Page(page.records, {**page.cursor, "trash": trash}, True)
    swept = poll.step(trash, limit - len(page.records), "trash")
    return Page(page.records + swept.records, {**page.cursor, "trash": swept.cursor}, swept.more)


def _advance(state: _State, read: list[Record], unsure: str) -> tuple[_State, list[Record]]:
    """Move to the last certain second; leave out what was handed out before as it is now."""
    moments = {record.external_id: _text(record.modified_at) for record in read}
    since = max([state.since, *(moment for moment in moments.values() if moment < unsure)])
    handed_out, fresh = dict(state.handed_out), []
    for record in read:
        mark = [moments[record.external_id], fingerprint(record.payload)[:16]]
        if handed_out.get(record.external_id) != mark:
            fresh.append(record)
        handed_out[record.external_id] = mark
    known = {**state.exclude, **moments}
    return (
        replace(
            state,
            since=since,
            exclude={key: moment for key, moment in known.items() if moment >= since},
            newest=max([state.newest, *moments.values()]),
            handed_out=handed_out,
        ),
        fresh,
    )


def _finish(state: _State, settled: str) -> _State:
    """The next run starts where everything before is certainly committed, and was read."""
    if not state.newest:
        return replace(state, exclude={})
    following = _text(_moment(state.newest) + _SECOND)
    since = max(state.start, min(following, settled))
    state = replace(state, since=since, start=since, exclude={}, size=const.MAX_PER_PAGE)
    return _forget(state, since)


def _forget(state: _State, bound: str) -> _State:
    """Drop the marks of records older than where any later run can start."""
    kept = {key: mark for key, mark in state.handed_out.items() if mark[0] >= bound}
    return replace(state, handed_out=kept)


def _unsure_from(answer: Answer) -> str:
    return _text(answer.server_time - timedelta(seconds=answer.seconds + UNSURE))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def _text(moment: datetime | None) -> str:
    """Naive UTC in whole seconds, as WooCommerce writes it and as text sorts; '' for none."""
    if moment is None:
        return ""
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0).isoformat()
