"""What a set-up asks the shop before anything moves: how much there is, and samples of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from ...core import errors
from . import const
from .address import normalise_url
from .answer import Answer
from .client import WooClient

#: Pages of the back office, as WooCommerce 3 to 10 and WordPress name them.
_PAGES = {
    "keys": "wp-admin/admin.php?page=wc-settings&tab=advanced&section=keys",
    "permalinks": "wp-admin/options-permalink.php",
    "plugins": "wp-admin/plugins.php",
}
#: One id is enough: the length of the list stands in a header.
_COUNTED = {"per_page": 1, "_fields": "id", "status": "any"}
_SECOND = timedelta(seconds=1)


def count_orders(
    client: WooClient, created_since: datetime | None, changed_since: datetime | None
) -> int | None:
    """Orders that lists show, so without the trash."""
    params: dict[str, Any] = dict(_COUNTED)
    for name, moment in (("after", created_since), ("modified_after", changed_since)):
        if moment:
            params[name] = _bound(moment)
            params["dates_are_gmt"] = "true"
    return client.get("orders", params=params).total


def count_products(client: WooClient) -> int | None:
    return client.get("products", params=_COUNTED).total


def newest_orders(client: WooClient, limit: int) -> Answer:
    params = {
        "orderby": "date",
        "order": "desc",
        "per_page": max(1, min(limit, const.MAX_PER_PAGE)),
        "dp": const.DECIMAL_PLACES,
        "status": "any",
    }
    return client.get("orders", params=params)


def back_office(base_url: str) -> Mapping[str, str]:
    try:
        home = normalise_url(base_url)
    except errors.BadCredentials:
        return {}
    return {name: f"{home}/{path}" for name, path in _PAGES.items()}


def _bound(moment: datetime) -> str:
    """Naive and in UTC (see :mod:`.poll`); the bound is exclusive and has whole seconds."""
    utc = moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
    return (utc - _SECOND).isoformat()
