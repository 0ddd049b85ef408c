"""The cart calculator makes the recorded orders again, to the cent.

Each recorded order is turned back into the cart (or the REST request) that made it; prices,
coupons and tax rates come from the recorded catalogue. Everything is compared with two decimals,
as recorded: totals, taxes per line and rate, discounts, and ``price`` with all its digits.
"""

from __future__ import annotations

from typing import Any

import pytest

from ...dev.woostore import Store, checkout, order_json, order_writes, recorded_store
from ...dev.woostore.rebuild import cart_of, request_of
from ...dev.woostore.recorded import load

#: prices that were changed between the order and the recording of the catalogue
PRICES_THEN = {489: {15: "14.00"}}
#: made by PHP code straight into the database, with amounts of its own
NOT_CALCULATED = {485, 487}

TOTALS = (*order_json.TOTALS, "prices_include_tax")
LINE_FIELDS = {
    "line_items": (
        "name",
        "quantity",
        "tax_class",
        "subtotal",
        "subtotal_tax",
        "total",
        "total_tax",
        "price",
    ),
    "fee_lines": ("total", "total_tax", "tax_class", "tax_status"),
    "shipping_lines": ("total", "total_tax", "method_id"),
    "coupon_lines": ("code", "discount", "discount_tax", "nominal_amount", "free_shipping"),
}


def recorded_orders() -> dict[tuple[str, int], dict[str, Any]]:
    """Every order of the replayed reads that came with two decimals and all its fields."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for row in load("replay"):
        if not row["name"].startswith("orders/") or row["status"] != 200:
            continue
        if "_fields" in row["query"] or "dp=" in row["query"] or "envelope" in row["query"]:
            continue
        body = row["body"] if isinstance(row["body"], list) else [row["body"]]
        for order in body:
            if "line_items" in order and order["status"] != "checkout-draft":
                found[row["store"], order["id"]] = order
    return found


ORDERS = recorded_orders()


def of_kind(*kinds: str) -> list[Any]:
    return [
        pytest.param(which, order, id=f"{which}-{number}")
        for (which, number), order in sorted(ORDERS.items())
        if order["created_via"] in kinds and number not in NOT_CALCULATED
    ]


def shop(which: str, order: dict[str, Any]) -> Store:
    store = recorded_store(which)
    for coupon in store.coupons.values():
        coupon["usage_limit"] = None
    for product, price in PRICES_THEN.get(order["id"], {}).items():
        store.products[product].update(regular_price=price, price=price)
    return store


def shown(order: dict[str, Any]) -> dict[str, Any]:
    """What is compared of an order. Lists of taxes by rate, since their order says nothing."""
    out: dict[str, Any] = {key: order[key] for key in TOTALS}
    for kind, fields in LINE_FIELDS.items():
        out[kind] = [{key: line[key] for key in fields} for line in order[kind]]
        if kind != "coupon_lines":
            for kept, line in zip(out[kind], order[kind], strict=True):
                kept["taxes"] = {row["id"]: row for row in line["taxes"]}
    out["tax_lines"] = {
        row["rate_id"]: {key: value for key, value in row.items() if key != "id"}
        for row in order["tax_lines"]
    }
    return out


@pytest.mark.parametrize(("which", "order"), of_kind("store-api", "checkout"))
def test_cart_makes_the_recorded_order(which: str, order: dict[str, Any]) -> None:
    store = shop(which, order)
    made = order_json.as_json(store, checkout.build(store, cart_of(order)), 2)
    assert shown(made) == shown(order)


@pytest.mark.parametrize(("which", "order"), of_kind("rest-api"))
def test_rest_request_makes_the_recorded_order(which: str, order: dict[str, Any]) -> None:
    store = shop(which, order)
    record = order_writes.create(store, request_of(store, order))
    made = order_json.as_json(store, record, 2)
    assert shown(made) == shown(order)


def test_every_recorded_cart_is_proven() -> None:
    carts = [order for order in ORDERS.values() if order["created_via"] == "store-api"]
    assert len(carts) == 36
    assert len(of_kind("store-api", "checkout")) == len(carts)
    assert len(of_kind("rest-api")) > 80
