"""Lines of an order made from a cart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import coupons as coupon_records
from . import products
from .calculator import CartTotals
from .cart import Cart
from .order_json import items_text
from .order_totals import set_line_taxes
from .product_json import option_value
from .rounding import dec, half_down, number
from .taxes import Taxes, tax_of

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]


def product_line(store: Store, product: Record | None, quantity: object) -> Record:
    """A line for a product (None: one that is not known), without amounts."""
    variation = product is not None and product["type"] == "variation"
    parent = store.products.get(product["parent_id"]) if product and variation else None
    chosen = product["attributes"] if product and variation else []
    return {
        "id": 0,
        "name": product["name"] if product else "",
        "product_id": 0 if product is None else product["parent_id"] or product["id"],
        "variation_id": product["id"] if product and variation else 0,
        "quantity": number(quantity),
        "tax_class": products.effective_tax_class(store, product) if product else "",
        "subtotal": "0",
        "subtotal_tax": "0",
        "total": "0",
        "total_tax": "0",
        "taxes": [],
        "meta_data": [_option(row) for row in chosen],
        "_parent_name": parent["name"] if parent else None,
        "_tax_status": product["tax_status"] if product else "taxable",
    }


def _option(row: Record) -> Record:
    shown = {"display_key": row["name"], "display_value": row["option"]}
    return {"id": 0, "key": row["slug"], "value": option_value(row), **shown}


def _out(store: Store, taxes: Taxes) -> Taxes:
    return {key: store.rules.from_cents(value) for key, value in taxes.items()}


def products_of(store: Store, cart: Cart, totals: CartTotals) -> list[Record]:
    rules = store.rules
    made = []
    for row, item in zip(cart.lines, totals.items, strict=True):
        line = product_line(store, products.find(store, row[0]), row[1])
        line["subtotal"] = rules.stored(rules.from_cents(item.subtotal))
        line["total"] = rules.stored(rules.from_cents(item.total))
        if len(row) > 2:
            line["meta_data"] += [{"id": 0, **entry} for entry in row[2]]
        set_line_taxes(line, _out(store, item.taxes), _out(store, item.subtotal_taxes), rules)
        made.append(line)
    return made


def fee_line(name: str, total: str, tax_class: str | None) -> Record:
    """A fee without its tax; class None = not taxable."""
    return {
        "id": 0,
        "name": name,
        "tax_class": tax_class or "",
        "tax_status": "none" if tax_class is None else "taxable",
        "amount": total,
        "total": total,
        "total_tax": "0",
        "taxes": [],
        "meta_data": [],
    }


def fees(store: Store, cart: Cart, totals: CartTotals) -> list[Record]:
    rules = store.rules
    made = []
    for row, fee in zip(cart.fees, totals.fees, strict=True):
        amount = rules.stored(rules.from_cents(fee.total))
        line = fee_line(row[0], amount, fee.tax_class if fee.taxable else None)
        set_line_taxes(line, _out(store, fee.taxes), None, rules)
        made.append(line)
    return made


def shipping(store: Store, cart: Cart, totals: CartTotals, goods: list[Record]) -> list[Record]:
    rules = store.rules
    made = []
    for row, shipped in zip(cart.shipping, totals.shipping, strict=True):
        title = row[2] if len(row) > 2 else _method_title(store, row[0])
        line = {
            "id": 0,
            "method_title": title,
            "method_id": row[0],
            "instance_id": str(row[3]) if len(row) > 3 else "",
            "total": rules.stored(rules.round_price(shipped.cost)),
            "total_tax": "0",
            "taxes": [],
            "meta_data": [{"id": 0, "key": "Items", "value": items_text(goods)}],
        }
        taxes = {} if cart.vat_exempt else tax_of(shipped.cost, shipped.rates, False, rules)
        set_line_taxes(line, taxes, None, rules)
        made.append(line)
    return made


def _method_title(store: Store, method: str) -> str:
    return next((m["title"] for m in store.shipping_methods if m["id"] == method), method)


def coupons(store: Store, cart: Cart, totals: CartTotals) -> list[Record]:
    """In the order the customer gave them; a cart rounds their sums."""
    rules = store.rules
    made = []
    for code in cart.coupons:
        coupon = coupon_records.required(store, code)
        amounts = (totals.coupon_discounts, totals.coupon_taxes)
        shown = [half_down(kind[coupon["code"]], rules.decimals) for kind in amounts]
        made.append(coupon_line(coupon, rules.stored(shown[0]), rules.stored(shown[1])))
    return made


def coupon_line(coupon: Record, discount: str, discount_tax: str) -> Record:
    kept: list[Any] = [coupon["id"], coupon["code"], coupon["discount_type"]]
    kept.append(number(dec(coupon["amount"])))
    info = json.dumps(kept, separators=(",", ":"))
    return {
        "id": 0,
        "code": coupon["code"],
        "discount": discount,
        "discount_tax": discount_tax,
        "meta_data": [{"id": 0, "key": "coupon_info", "value": info}],
        "discount_type": coupon["discount_type"],
        "nominal_amount": dec(coupon["amount"]),
        "free_shipping": coupon["free_shipping"],
    }
