"""What a reconciliation reads: heads of orders, and which products are still there.

Orders are walked by the moment they were placed, which nothing moves: neither a change of an
order that was read already nor one of an order to come pushes another one out of the way, and
page 2 is never asked for. As in :mod:`.poll` each step asks for what was placed *since the
second* that was reached, without what it already has::

    orders?orderby=date&order=asc&after=<since - 1 s>&dates_are_gmt=true&exclude=…

The cursor: ``{"since": "<naive UTC>", "exclude": [ids placed in that second]}``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from ...core import errors
from ...core.canonical import HeadPage, OrderHead
from . import const, fields, parse
from .client import WooClient

_SECOND = timedelta(seconds=1)


def list_order_heads(client: WooClient, cursor: Mapping[str, Any], limit: int) -> HeadPage:
    """See :meth:`core.adapter.OrderAudit.list_order_heads`; one request.

    :raises errors.ServerError: ``poll_stuck``, the shop ignores the parameters
    """
    since = fields.moment(cursor.get("since"))
    passed = [fields.identifier(found) for found in cursor.get("exclude") or ()]
    size = max(1, min(limit, const.MAX_PER_PAGE))
    params: dict[str, Any] = {
        "_fields": const.HEAD_FIELDS,
        "status": "any",
        "orderby": "date",
        "order": "asc",
        "per_page": size,
    }
    if since:
        # naive and in UTC: with a `Z` WooCommerce shifts it by the shop's time zone
        params |= {"after": _text(since - _SECOND), "dates_are_gmt": "true"}
    payloads = client.get_by_ids("orders", params, "exclude", passed).sequence()
    heads = tuple(filter(None, map(parse.parse_head, payloads)))
    more = len(payloads) >= size
    newest = max(filter(None, (head.created_at for head in heads)), default=since)
    at_newest = [head.external_id for head in heads if head.created_at == newest]
    kept = passed if newest == since else []
    if more and not (newest and at_newest):
        raise errors.ServerError("poll_stuck")
    return HeadPage(
        heads,
        {"since": _text(newest) if newest else "", "exclude": [*kept, *at_newest]},
        more,
        since=since,
        until=newest if more else None,
        passed=frozenset(passed),
    )


def heads_of(client: WooClient, external_ids: Sequence[str], status: str) -> dict[str, OrderHead]:
    """The orders of these ids that have this status; ceil(N / 100) requests."""
    params = {"_fields": const.HEAD_FIELDS, "status": status, "per_page": const.MAX_PER_PAGE}
    found = {}
    for chunk in _chunks(external_ids):
        for payload in client.get_by_ids("orders", params, "include", chunk).sequence():
            if head := parse.parse_head(payload):
                found[head.external_id] = head
    return found


def present_products(
    client: WooClient, external_ids: Sequence[str], more: Mapping[str, str]
) -> frozenset[str]:
    """See :meth:`core.adapter.CatalogueAudit.present_products`; ceil(N / 100) requests."""
    params = {"_fields": "id", "status": "any", "per_page": const.MAX_PER_PAGE, **more}
    return frozenset(
        fields.identifier(payload.get("id"))
        for chunk in _chunks(external_ids)
        for payload in client.get_by_ids("products", params, "include", chunk).sequence()
    )


def _chunks(external_ids: Sequence[str]) -> list[list[str]]:
    ids = list(filter(fields.identifier, external_ids))
    return [ids[at : at + const.MAX_PER_PAGE] for at in range(0, len(ids), const.MAX_PER_PAGE)]


def _text(moment: datetime) -> str:
    """Naive UTC in whole seconds, as WooCommerce writes it."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0).isoformat()
