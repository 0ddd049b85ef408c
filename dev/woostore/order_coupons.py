"""Coupons of an order made or edited by REST (``recalculate_coupons``)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import lines, orders
from .discounts import Discountable, Discounts
from .product_json import is_on_sale
from .rounding import ZERO, dec, total
from .taxes import tax_of

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]


def apply_coupons(store: Store, order: Record, applied: list[Record]) -> None:
    """``recalculate_coupons``: each coupon works from the lines' prices before any discount."""
    if not applied and not order["coupon_lines"]:
        return
    orders.number_lines(store, order)
    order["coupon_lines"] = []
    for line in order["line_items"]:
        line["total"] = line["subtotal"]
    discounts = Discounts(
        [_discountable(store, order, li) for li in order["line_items"]], store.rules
    )
    for coupon in applied:
        discounts.apply(coupon)
    by_id = {line["id"]: line for line in order["line_items"]}
    for coupon in applied:
        order["coupon_lines"].append(_coupon_line(store, order, coupon, discounts, by_id))
    for key, line in by_id.items():
        amount = _without_tax(store, order, line, discounts.of_item(key) / store.rules.cent)
        line["total"] = store.rules.stored(max(ZERO, dec(line["total"]) - amount))
        line.pop("_price", None)
    orders.recalculate(store, order)


def _discountable(store: Store, order: Record, line: Record) -> Discountable:
    price = store.rules.in_cents(line["subtotal"])
    if order["prices_include_tax"]:
        price += store.rules.in_cents(line["subtotal_tax"])
    product = store.products.get(line["variation_id"] or line["product_id"])
    categories = {c["id"] for c in product["categories"]} if product else set()
    ids = frozenset({line["product_id"], line["variation_id"]} - {0})
    sale = bool(product and is_on_sale(store, product))
    return Discountable(line["id"], price, dec(line["quantity"]), ids, frozenset(categories), sale)


def _taxes(store: Store, order: Record, line: Record, amount: Decimal) -> Decimal:
    rates = store.rates(line["tax_class"], orders.tax_place(store, order))
    return total(tax_of(amount, rates, order["prices_include_tax"], store.rules).values())


def _without_tax(store: Store, order: Record, line: Record, amount: Decimal) -> Decimal:
    if not order["prices_include_tax"] or line.get("_tax_status", "taxable") != "taxable":
        return amount
    return amount - _taxes(store, order, line, amount)


def _coupon_line(
    store: Store,
    order: Record,
    coupon: Record,
    discounts: Discounts,
    by_id: dict[int, Record],
) -> Record:
    """Tax of a coupon is rounded line by line, unlike that of a cart's coupon."""
    rules = store.rules
    amount, tax = discounts.of_coupon(coupon["code"]) / rules.cent, ZERO
    for key, given in discounts.given[coupon["code"]].items():
        if by_id[key].get("_tax_status", "taxable") == "taxable":
            part = _taxes(store, order, by_id[key], given / rules.cent)
            tax += rules.line_tax(part, rules.decimals)
    if order["prices_include_tax"]:
        amount -= tax
    return lines.coupon_line(coupon, rules.stored(amount), rules.stored(tax))
