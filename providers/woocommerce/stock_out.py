"""Quantities that are published in the shop, and what the shop made of each.

WooCommerce ignores a quantity without a word where it doesn't count: for a product that is not
managed, a variation whose parent counts, or everywhere once its setting is off. So each item's
answer is compared with what was sent. A write is absolute, so one whose answer was lost may be
sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ...core import errors
from ...core.catalogue import ItemResult, StockItem, StockKeeper
from . import const, variants_out
from .client import WooClient
from .parse_variants import parse_stock


def push_stock(
    client: WooClient,
    items: Sequence[StockItem],
    counts: Callable[[], bool | None],
    limit: int = const.MAX_BATCH,
) -> Iterator[list[ItemResult]]:
    """See :meth:`core.adapter.StockSink.push_stock`. Errors of items:

    - :class:`core.errors.NotFound`: gone, or not this parent's
    - ``stock_not_managed``, ``keeper`` nobody or parent; ``stock_disabled``: nothing is counted
    - ``stock_differs``, ``sent`` and ``shown``: the shop shows something else all the same

    :param counts: whether the shop counts at all, None where it does not tell; asked only where
        it has ignored something
    """

    def read(item: StockItem, record: Mapping[str, Any]) -> ItemResult:
        level = parse_stock(record)
        shown, error = _pieces(level.quantity), None
        if level.keeper is not StockKeeper.ITSELF:
            error = _ignored(level.keeper, counts)
        elif shown != item.quantity:
            error = errors.Rejected("stock_differs", sent=item.quantity, shown=str(shown))
        return ItemResult(item.external_id, echo=shown, error=error, payload=record)

    return variants_out.push(client, items, _body, read, limit)


def _body(item: StockItem) -> dict[str, Any]:
    body: dict[str, Any] = {"stock_quantity": item.quantity}
    if item.manage:
        body["manage_stock"] = True
    if item.backorders is not None:
        body["backorders"] = item.backorders.value
    return body


def _pieces(quantity: Decimal | None) -> int | Decimal | None:
    """Whole pieces, unless a plug-in sells by the metre."""
    return int(quantity) if quantity is not None and quantity == int(quantity) else quantity


def _ignored(keeper: StockKeeper, counts: Callable[[], bool | None]) -> errors.NeedsHuman:
    if keeper is StockKeeper.NOBODY and counts() is False:
        return errors.NeedsHuman("stock_disabled")
    return errors.NeedsHuman("stock_not_managed", keeper=keeper.value)
