"""Customers have no "changed since": all of them are walked through, in the order of their ids.

A list by id has new accounts at its end, so walking forward only ever misses one when an account
that was read already is deleted: everything behind it moves up by one. Each step therefore reads
the last account of the step before once more; where that one is not at (or before) its place, the
step goes back until it meets what was read.

``role=all``: without it the shop hides subscribers and its own staff, who buy, too.

The cursor is ``{"after": last id read, "read": accounts up to it}``, ``{}`` at the beginning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core import errors
from ...core.canonical import Page, Record
from . import const, fields
from .answer import Answer
from .client import WooClient
from .poll import read_what_it_can

#: What an account is compared by; the rest (avatar, links) would only make pages longer.
FIELDS = "id,date_modified_gmt,email,first_name,last_name,billing,shipping,meta_data"


def step(client: WooClient, cursor: Mapping[str, Any], limit: int) -> Page:
    """The accounts after ``cursor``; see :meth:`core.adapter.CustomerSource.list_customers`.

    :raises errors.ServerError: ``poll_stuck``, the shop ignores the parameters
    """
    after = int(fields.identifier(cursor.get("after")) or 0)
    read = int(fields.identifier(cursor.get("read")) or 0) if after else 0
    size = max(2, min(limit, const.MAX_PER_PAGE))
    offset = max(read - 1, 0)
    asked, answer = _read(client, offset, size)
    while offset and not _meets(answer, after):
        offset = max(offset - size + 1, 0)
        asked, answer = _read(client, offset, size)
    ids = [_id(payload) for payload in answer.sequence()]
    news = [payload for payload in answer.sequence() if _id(payload) > after]
    more = len(ids) >= asked
    if more and not news:
        raise errors.ServerError("poll_stuck")
    position = {"after": max([after, *ids]), "read": offset + len(ids)} if more else {}
    return Page(tuple(_record(payload, answer) for payload in news), position, more)


def _read(client: WooClient, offset: int, size: int) -> tuple[int, Answer]:
    params = {"role": "all", "orderby": "id", "order": "asc", "_fields": FIELDS}
    if offset:
        params["offset"] = str(offset)
    return read_what_it_can(
        lambda size: client.get("customers", params={**params, "per_page": size}), size
    )


def _meets(answer: Answer, after: int) -> bool:
    """Whether a page begins with what was read already, so that nothing lies between."""
    payloads = answer.sequence()
    return bool(payloads) and _id(payloads[0]) <= after


def _id(payload: Mapping[str, Any]) -> int:
    return int(fields.identifier(payload.get("id")) or 0)


def _record(payload: Mapping[str, Any], answer: Answer) -> Record:
    return Record(
        kind="customer",
        external_id=fields.identifier(payload.get("id")),
        payload=payload,
        modified_at=fields.moment(payload.get("date_modified_gmt")),
        fetched_at=answer.sent_at,
    )
