"""The half of life that happens in a shop: the same for the same seed, and fair to everybody."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from random import Random

import pytest

from ...dev.chaos_run.life_shop import LEFT, ShopLife, fill
from ...dev.chaos_run.side_shop import read_shop
from ...dev.woostore import Store, refunds

STEPS = 400


class Shop:
    """What a run knows of a shop."""

    def __init__(self, seed: int, *, owns_prices: bool = True) -> None:
        self.name, self.backend, self.server = "east", 0, None
        self.store = Store(name="east", hpos=False)
        self.store.clock.freeze()
        fill(self.store, "east")
        self.life = ShopLife(self.store, Random(seed), "east", owns_prices)

    def live(self) -> Counter[str]:
        return Counter(self.life.go_on() for _number in range(STEPS))


@pytest.fixture(scope="module")
def lived():
    shop = Shop(7)
    shop.kinds = shop.live()
    return shop


def test_the_same_seed_is_the_same_life(lived):
    again = Shop(7)
    assert again.live() == lived.kinds
    assert read_shop(again).orders == read_shop(lived).orders
    assert Shop(8).live() != lived.kinds


def test_everything_happens(lived):
    wanted = {"order by card", "order on hold", "order cash on delivery", "edit", "refund", "pay"}
    wanted |= {"cancel", "trash", "restore", "note", "change account", "change product"}
    wanted |= {"order of a new rate"}
    assert wanted | {"change price"} <= set(lived.kinds)


def test_prices_stay_where_odoo_owns_them():
    assert "change price" not in Shop(7, owns_prices=False).live()


def test_each_order_has_a_fate_that_fits_its_status(lived):
    store, life = lived.store, lived.life
    assert set(life.fates) == set(store.orders)
    for order_id, fate in life.fates.items():
        order = store.orders[order_id]
        if fate in ("wait", "cancel"):
            assert order["status"] in ("on-hold", "cancelled", "trash"), fate
            assert not store.orders[order_id]["date_paid_gmt"]
        else:
            assert order["status"] == "processing", fate


def test_nothing_is_refunded_whole_and_nothing_that_may_be_packed(lived):
    given = [refund["parent_id"] for refund in lived.store.refunds.values()]
    assert given
    for order_id in given:
        assert lived.life.fates[order_id] == "refund"
        assert refunds.remaining(lived.store, lived.store.orders[order_id]) >= LEFT


def test_what_life_remembers_is_what_there_is(lived):
    made = {number for numbers in lived.life.refunded.values() for number in numbers}
    assert made == set(lived.store.refunds)


def test_the_shop_is_read_as_its_rest_shows_it(lived):
    side = read_shop(lived, ["EAST-11-1"])
    order = next(order for order in side.orders.values() if order.refunds)
    assert order.total == Decimal(str(lived.store.orders[int(order.id)]["total"]))
    assert order.is_paid
    assert sum(order.lines.values()) > 0
    assert side.products["MUG"].price > 0
    assert side.accounts["account0@east.example.com"].endswith("Doe")


def test_a_parcel_is_counted_in_each_feature(lived):
    shop = Shop(1)
    shop.live()
    store = shop.store
    order = next(order for order in store.orders.values() if order["status"] == "processing")
    number = f"EAST-{order['id']}-1"
    for _time in range(2):
        store.notes[len(store.notes) + 1000] = {
            "id": len(store.notes) + 1000,
            "order_id": order["id"],
            "note": f"Shipped, tracking {number}",
        }
    side = read_shop(shop, [number, f"WEST-{order['id']}-1"])
    assert side.orders[str(order["id"])].told == {number: {"notes": 2}}
