"""Random carts: the totals of every mode obey the rules that were measured on real stores."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from random import Random

import pytest

from ...dev.woostore import Cart, Store
from ...dev.woostore.randomcarts import random_cart
from ...dev.woostore.rounding import dec, half_up, total

CURRENCIES = [("JPY", 0), ("EUR", 2), ("KWD", 3)]
MODES = [
    pytest.param(currency, decimals, included, at_subtotal, id=f"{currency}-{prices}-{rounding}")
    for currency, decimals in CURRENCIES
    for included, prices in ((True, "incl"), (False, "excl"))
    for at_subtotal, rounding in ((False, "line"), (True, "subtotal"))
]
CARTS = 120


def shop(currency: str, decimals: int, included: bool, at_subtotal: bool) -> Store:
    return Store(
        prices_include_tax=included,
        round_at_subtotal=at_subtotal,
        currency=currency,
        decimals=decimals,
    )


@pytest.mark.parametrize(("currency", "decimals", "included", "at_subtotal"), MODES)
def test_the_header_adds_up(
    currency: str, decimals: int, included: bool, at_subtotal: bool
) -> None:
    """total = lines + fees + shipping + taxes, rounded; at most a tie in 1,000 is lost."""
    store, rng = shop(currency, decimals, included, at_subtotal), Random(decimals)
    lost = 0
    for _ in range(CARTS):
        order = store.orders[store.place_order(random_cart(rng, store))["id"]]
        lines = (store.rules.line_net(dec(li["total"]), decimals) for li in order["line_items"])
        net = total(lines) + total(dec(fee["total"]) for fee in order["fee_lines"])
        taxes = dec(order["cart_tax"]) + dec(order["shipping_tax"])
        whole = half_up(net + dec(order["shipping_total"]) + taxes, decimals)
        lost += max(Decimal(0), whole) != dec(order["total"])
        assert dec(order["total_tax"]) == half_up(taxes, decimals)
        assert dec(order["total"]) == half_up(dec(order["total"]), decimals)
    assert lost <= 1


@pytest.mark.parametrize("decimals", [0, 2, 3])
def test_lines_add_up_where_prices_exclude_tax(decimals: int) -> None:
    store, rng = shop("EUR", decimals, False, False), Random(9)
    for _ in range(CARTS):
        order = store.orders[store.place_order(random_cart(rng, store))["id"]]
        kinds = ("line_items", "fee_lines", "shipping_lines")
        rows = [row for kind in kinds for row in order[kind]]
        parts = (half_up(dec(r["total"]), decimals) + dec(r["total_tax"]) for r in rows)
        assert total(parts) == dec(order["total"])


def test_discounts_are_what_the_coupons_say() -> None:
    """A fixed discount is given to the last cent; ten percent of it all is ten percent."""
    store = shop("EUR", 2, True, False)
    for price in ("0.99", "3.33", "7.77"):
        store.add_product(sku=price, regular_price=price)
    store.add_coupon("five", "fixed_cart", "5")
    store.add_coupon("tenth", "percent", "10")
    lines = [("0.99", 3), ("3.33", 2), ("7.77", 1)]
    for code, left in (("five", "12.40"), ("tenth", "15.66")):
        order = store.place_order(Cart(lines=lines, coupons=[code]))
        assert order["total"] == left


def test_the_same_seed_gives_the_same_orders() -> None:
    totals = []
    for _ in range(2):
        store, rng = shop("EUR", 2, True, False), Random(3)
        totals.append([store.place_order(random_cart(rng, store))["total"] for _ in range(20)])
    assert totals[0] == totals[1]


def test_random_carts_cover_what_they_should() -> None:
    store, rng, seen = shop("EUR", 2, True, False), Random(1), Counter[str]()
    for _ in range(400):
        cart = random_cart(rng, store)
        order = store.place_order(cart)
        kinds = {coupon["discount_type"] for coupon in order["coupon_lines"]}
        signs = {"fee+" if dec(f["total"]) > 0 else "fee-" for f in order["fee_lines"]}
        seen.update(kinds | signs)
        seen["compound"] += any(row["compound"] for row in order["tax_lines"])
        seen["two rates"] += len(order["tax_lines"]) > 1
        seen["zero rate"] += any(row["rate_percent"] == 0 for row in order["tax_lines"])
        seen["no tax"] += not order["tax_lines"]
        seen["free line"] += any(dec(li["subtotal"]) == 0 for li in order["line_items"])
        seen["several shipping"] += len(order["shipping_lines"]) > 1
        seen["pickup"] += any(s["method_id"] == "local_pickup" for s in order["shipping_lines"])
        seen["many"] += any(li["quantity"] > 50 for li in order["line_items"])
        seen["12 lines"] += len(order["line_items"]) == 12
        seen["classic"] += order["created_via"] == "checkout"
        seen["nothing to pay"] += dec(order["total"]) == 0
    wanted = ["percent", "fixed_cart", "fixed_product", "fee+", "fee-", "compound", "two rates"]
    wanted += ["zero rate", "no tax", "free line", "several shipping", "pickup", "many"]
    wanted += ["12 lines", "classic"]
    assert {kind: seen[kind] for kind in wanted if seen[kind] < 5} == {}
