"""Back from an order to the cart, or the REST request, that would make it again.

The proof of the calculator: what comes out must be the order one started from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .cart import Cart
from .order_writes import net_price
from .products import effective_tax_class
from .rounding import dec, fixed, plain

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]


def cart_of(order: Record) -> Cart:
    """The cart of an order as REST shows it; prices come from the catalogue."""
    return Cart(
        lines=[
            (li["variation_id"] or li["product_id"], li["quantity"]) for li in order["line_items"]
        ],
        coupons=[row["code"] for row in order["coupon_lines"]],
        fees=[(f["name"], f["total"], _fee_class(f)) for f in order["fee_lines"]],
        shipping=[
            (s["method_id"], s["total"], s["method_title"], s["instance_id"])
            for s in order["shipping_lines"]
        ],
        billing=order["billing"],
        shipping_address=order["shipping"],
        payment_method=order["payment_method"],
        currency=order["currency"],
        created_via=order["created_via"],
    )


def _fee_class(fee: Record) -> str | None:
    return fee["tax_class"] if fee["tax_status"] == "taxable" else None


def request_of(store: Store, order: Record) -> Record:
    """The body of a POST that makes the order; amounts only where the caller gave their own."""
    exempt = [m for m in order["meta_data"] if m["key"] == "is_vat_exempt"]
    return {
        "line_items": [_line_of(store, order, li) for li in order["line_items"]],
        "fee_lines": [
            _only(f, "name", "total", "tax_class", "tax_status") for f in order["fee_lines"]
        ],
        "shipping_lines": [
            _only(s, "method_id", "method_title", "total") for s in order["shipping_lines"]
        ],
        "coupon_lines": [_only(c, "code") for c in order["coupon_lines"]],
        "billing": order["billing"],
        "shipping": order["shipping"],
        "currency": order["currency"],
        "meta_data": [_only(m, "key", "value") for m in exempt],
    }


def _only(row: Record, *keys: str) -> Record:
    return {key: row[key] for key in keys}


def _line_of(store: Store, order: Record, line: Record) -> Record:
    product = store.products.get(line["variation_id"] or line["product_id"])
    row = {k: line[k] for k in ("quantity", "product_id", "variation_id") if line[k]}
    # Products change and go; the caller may also have named a class of his own.
    for key, now in _of_today(store, product).items():
        if line[key] != now:
            row[key] = line[key]
    by_catalogue = product is not None and line["subtotal"] == fixed(
        net_price(store, product, dec(line["quantity"])), store.decimals
    )
    discounted = line["total"] != line["subtotal"] and not order["coupon_lines"]
    if by_catalogue and not discounted:
        return row
    # ``price`` still tells the amount with more digits than the total does.
    exact = str(dec(line["price"]) * dec(line["quantity"])) if line["quantity"] else line["total"]
    plain = line["subtotal"] == line["total"]
    return {**row, "total": exact, "subtotal": exact if plain else line["subtotal"]}


def _of_today(store: Store, product: Record | None) -> Record:
    if product is None:
        return {"name": "", "tax_class": ""}
    return {"name": product["name"], "tax_class": effective_tax_class(store, product)}


def record_of(order: Record) -> Record:
    """An order as REST shows it, as the store keeps it. Amounts have the digits shown."""
    lists = ("line_items", "tax_lines", "shipping_lines", "fee_lines", "coupon_lines", "meta_data")
    shown = {"_links", "payment_url", "refunds", "currency_symbol", "number"}
    record = {key: value for key, value in order.items() if key not in shown}
    record.update({key: [dict(row) for row in order[key]] for key in lists})
    for line in record["line_items"]:
        exact = dec(line.pop("price")) * dec(line["quantity"])
        if fixed(exact, 2) == line["total"]:
            line["total"] = plain(exact)
        if fixed(exact, 2) == line["subtotal"]:
            line["subtotal"] = plain(exact)
        line["_parent_name"] = line.pop("parent_name")
        for key in ("sku", "image"):
            line.pop(key)
    return record
