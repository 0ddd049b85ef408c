"""Prices that are published in the shop, and what the shop made of each.

In a batch WooCommerce checks nothing: a comma or a word makes another price or none, and a sale
that is not below the regular price is dropped without a word. So prices are checked before, go
as strings in the store's decimals, and are compared with the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ...core import errors
from ...core.catalogue import ItemResult, Price, PriceItem
from . import const, const_products, variants_out
from .client import WooClient
from .parse_variants import parse_price


def push_prices(
    client: WooClient, items: Sequence[PriceItem], decimals: int, limit: int = const.MAX_BATCH
) -> Iterator[list[ItemResult]]:
    """See :meth:`core.adapter.PriceSink.push_prices`. Errors of items:

    - :class:`core.errors.NotFound`: gone, or not this parent's
    - ``sale_not_below``, ``sale`` and ``regular``; ``bad_price``, ``price``: refused, not sent
    - ``price_on_parent``: what has variations has no price of its own
    - ``price_differs``, ``sent`` and ``shown``: the shop shows something else all the same

    :param decimals: of the store's prices; finer ones are rounded
    """

    def build(item: PriceItem) -> dict[str, Any]:
        return price_body(as_kept(item.price, decimals))

    def read(item: PriceItem, record: Mapping[str, Any]) -> ItemResult:
        shown, sent = _undated(parse_price(record)), as_kept(item.price, decimals)
        error = None
        if record.get("type") in const_products.PRICELESS_TYPES:
            error = errors.Rejected("price_on_parent")
        elif shown != sent:
            error = errors.Rejected("price_differs", sent=_text(sent), shown=_text(shown))
        return ItemResult(item.external_id, echo=shown, error=error, payload=record)

    return variants_out.push(client, items, build, read, limit)


# === WHAT IS SENT OF A PRICE === #


def as_kept(price: Price, decimals: int) -> Price:
    """A price as the store can hold it: its decimals, whole seconds, no dates without a sale."""
    return _undated(
        Price(
            regular=_rounded(price.regular, decimals),
            sale=_rounded(price.sale, decimals),
            sale_from=_second(price.sale_from),
            sale_to=_second(price.sale_to),
        )
    )


def _undated(price: Price) -> Price:
    """Dates mean nothing without a sale."""
    return Price(price.regular) if price.sale is None else price


def price_body(price: Price) -> dict[str, Any]:
    """The fields of a write; an empty text takes a value away, ``null`` would leave it.

    :param price: as :func:`as_kept` gives it
    :raises errors.Rejected: ``bad_price``, ``sale_not_below``
    """
    for value in (price.regular, price.sale):
        if value is not None and (not value.is_finite() or value < 0):
            raise errors.Rejected("bad_price", price=str(value))
    if price.sale is not None and (price.regular is None or price.sale >= price.regular):
        raise errors.Rejected("sale_not_below", sale=str(price.sale), regular=str(price.regular))
    return {
        "regular_price": _number(price.regular),
        "sale_price": _number(price.sale),
        "date_on_sale_from_gmt": _stamp(price.sale_from),
        "date_on_sale_to_gmt": _stamp(price.sale_to),
    }


def _rounded(value: Decimal | None, decimals: int) -> Decimal | None:
    if value is None or not value.is_finite():
        return value
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _second(moment: datetime | None) -> datetime | None:
    return moment.astimezone(timezone.utc).replace(microsecond=0) if moment else None


def _stamp(moment: datetime | None) -> str:
    return moment.strftime(const_products.GMT_FORMAT) if moment else ""


def _text(price: Price) -> str:
    """For people: what was asked, "10.00, 8.00 from 2026-11-21T00:00:00 to …"."""
    parts = [_number(price.regular) or "—"]
    if price.sale is not None:
        parts.append(_number(price.sale))
    dates = (("from", price.sale_from), ("to", price.sale_to))
    spans = " ".join(f"{word} {_stamp(moment)}" for word, moment in dates if moment)
    return ", ".join(parts) + (f" {spans}" if spans else "")
