"""Stock and prices on their way to a WooCommerce shop: calls, faults, and what is made of them."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from ...core import errors
from ...core.catalogue import Backorders, Price, PriceItem, StockItem
from ...dev.woostore import Server, Store
from .woo import Canned, replay
from .woo_world import WooWorld


@pytest.fixture
def world() -> Iterator[WooWorld]:
    store = Store()
    with Server(store) as server:
        world = WooWorld(store, server)
        yield world
        world.adapter.close()


def calls(world: WooWorld) -> list[tuple[str, int]]:
    """(path below the API, items) of each batch."""
    return [
        (row.path.removeprefix("/wp-json/wc/v3/"), len(row.body["update"]))
        for row in world.store.requests
        if row.path.endswith("/batch")
    ]


def push(world: WooWorld, items: Iterable[StockItem], **settings: Any) -> dict[str, Any]:
    store = world.store
    adapter = world.new_adapter(store.key, store.secret, **settings) if settings else world.adapter
    results = itertools.chain.from_iterable(adapter.push_stock(list(items)))
    return {result.key: result.error.code if result.error else result.echo for result in results}


# === CALLS === #


def test_ten_thousand_products(world: WooWorld) -> None:
    ids = world.goods(10_000)
    families = [world.variants(4) for _family in range(30)]
    items = [StockItem(i, 9) for i in ids]
    items += [StockItem(i, 9, parent) for parent, variants in families for i in variants]
    assert set(push(world, items).values()) == {9}
    assert Counter(size for _path, size in calls(world)) == {100: 100, 4: 30}
    assert len(world.store.requests) == 130


def test_simple_products_go_first_each_parent_once(world: WooWorld) -> None:
    (simple,), (first, ones), (second, twos) = world.goods(1), world.variants(2), world.variants(1)
    items = [StockItem(ones[0], 1, first), StockItem(twos[0], 1, second)]
    push(world, [*items, StockItem(simple, 1), StockItem(ones[1], 1, first)])
    assert calls(world) == [
        ("products/batch", 1),
        (f"products/{first}/variations/batch", 2),
        (f"products/{second}/variations/batch", 1),
    ]


def test_a_shop_that_takes_less(world: WooWorld) -> None:
    push(world, [StockItem(i, 9) for i in world.goods(50)], batch_size=20)
    assert [size for _path, size in calls(world)] == [20, 20, 10]


def test_what_is_sent(world: WooWorld) -> None:
    first, second = world.goods(2)
    items = [
        StockItem(first, 3, manage=True, backorders=Backorders.NOTIFY),
        StockItem(second, 4),
    ]
    push(world, items)
    (request,) = world.store.requests
    counted = {"manage_stock": True, "backorders": "notify"}
    assert request.body["update"] == [
        {"id": int(first), "stock_quantity": 3, **counted},
        {"id": int(second), "stock_quantity": 4},
    ]
    assert world.store.products[int(first)]["backorders"] == "notify"


def test_prices_are_sent_as_text(world: WooWorld) -> None:
    (first,) = world.goods(1)
    list(world.adapter.push_prices([PriceItem(first, Price(Decimal("1E+1")))]))
    assert world.store.requests[-1].body["update"] == [
        {
            "id": int(first),
            "regular_price": "10.00",
            "sale_price": "",
            "date_on_sale_from_gmt": "",
            "date_on_sale_to_gmt": "",
        }
    ]


@pytest.mark.parametrize(("decimals", "text"), [(0, "1235"), (3, "1234.568")])
def test_decimals_of_the_store(world: WooWorld, decimals: int, text: str) -> None:
    world.store.settings["general"]["woocommerce_price_num_decimals"] = str(decimals)
    (first,) = world.goods(1)
    item = PriceItem(first, Price(Decimal("1234.5678")))
    for settings in ({"price_decimals": decimals}, {"verify_ssl": True}):
        adapter = world.new_adapter(world.store.key, world.store.secret, **settings)
        ((result,),) = adapter.push_prices([item])
        assert result.error is None
        assert world.store.products[int(first)]["regular_price"] == text
    assert len(calls(world)) == 2
    assert len(world.store.requests) == 3  # the second adapter had to ask


# === WHAT THE SHOP DOES OTHERWISE === #


def test_a_plugin_that_changes_figures() -> None:
    record = {"id": 7, "manage_stock": True, "stock_quantity": 2.5, "type": "simple"}
    with replay(Canned(body=json.dumps({"update": [record]}))) as server:
        ((result,),) = server.adapter().push_stock([StockItem("7", 3)])
    assert (result.error.code, result.echo) == ("stock_differs", Decimal("2.5"))
    assert result.error.params == {"sent": 3, "shown": "2.5"}


def test_a_plugin_that_changes_prices() -> None:
    record = {"id": 7, "type": "simple", "regular_price": "10.00", "sale_price": ""}
    record["date_on_sale_from_gmt"] = "2026-01-01T00:00:00"
    with replay(Canned(body=json.dumps({"update": [record]}))) as server:
        adapter = server.adapter(price_decimals=2)
        sale = Price(Decimal(10), Decimal(8))
        ((result,),) = adapter.push_prices([PriceItem("7", sale)])
        ((again,),) = adapter.push_prices([PriceItem("7", Price(Decimal(10)))])
    assert result.error.params == {"sent": "10.00, 8.00", "shown": "10.00"}
    assert (again.error, again.echo) == (None, Price(Decimal(10)))


@pytest.mark.parametrize("known", [True, False, None])
def test_whether_a_shop_counts_is_asked_now(world: WooWorld, known: bool | None) -> None:
    """What the last check has found may be long ago."""
    (simple,) = world.goods(1)
    world.store.count_stock(int(simple), False)
    settings = {} if known is None else {"stock_enabled": known}
    assert push(world, [StockItem(simple, 3)], **settings) == {simple: "stock_not_managed"}


@pytest.mark.parametrize(("known", "code"), [(False, "disabled"), (True, "not_managed")])
def test_a_shop_that_does_not_tell_whether_it_counts(
    world: WooWorld, known: bool, code: str
) -> None:
    (simple,) = world.goods(1)
    world.stop_counting()
    world.server.faults.add("403-html", times=9, method="GET")
    result = push(world, [StockItem(simple, 3)], stock_enabled=known)
    assert result == {simple: f"stock_{code}"}


# === FAULTS === #

HEAVY = ["500-fatal-json", "504-html"]


@pytest.mark.parametrize("kind", HEAVY)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_call_that_is_too_heavy_is_halved(world: WooWorld, kind: str, when: str) -> None:
    ids = world.goods(100)
    world.server.faults.add(kind, times=2, method="POST", when=when)
    assert push(world, [StockItem(i, 9) for i in ids]) == dict.fromkeys(ids, 9)
    assert sum(size for _path, size in calls(world)) >= 100
    assert world.server.faults.waiting == []


def test_a_call_that_is_too_large(world: WooWorld) -> None:
    ids = world.goods(100)
    result = push(world, [StockItem(i, 9) for i in ids], batch_size=200)
    assert result == dict.fromkeys(ids, 9)
    ids += world.goods(50)
    world.store.requests.clear()
    assert push(world, [StockItem(i, 8) for i in ids], batch_size=200) == dict.fromkeys(ids, 8)
    assert [size for _path, size in calls(world)] == [150, 75, 75]  # the first is refused with 413


@pytest.mark.parametrize(
    "kind", ["502-nginx", "503-maintenance", "429-retry-after", "500-database-down"]
)
def test_a_shop_that_is_away_is_not_asked_again(world: WooWorld, kind: str) -> None:
    ids = world.goods(150)
    world.server.faults.add(kind, times=99, method="POST")
    with pytest.raises(errors.Retryable):
        push(world, [StockItem(i, 9) for i in ids])
    assert len(world.server.faults.happened) == 1


def test_a_shop_that_goes_away_meanwhile(world: WooWorld) -> None:
    ids = world.goods(250)
    results = world.adapter.push_stock([StockItem(i, 9) for i in ids])
    assert len(next(results)) == 100
    world.server.faults.down = True
    with pytest.raises(errors.Retryable):
        next(results)
    assert [world.shown_stock(i) for i in ids] == [9] * 100 + [5] * 150


def silent(world: WooWorld, path: str | None = None) -> Callable[[], int]:
    """From now on the shop doesn't answer; returns how often that happened."""
    world.server.faults.add("timeout", times=999, method="POST", path=path, seconds=3)
    return lambda: len(world.server.faults.happened)


def test_a_silent_shop_is_not_waited_for_parent_by_parent(world: WooWorld) -> None:
    families = [world.variants(1) for _family in range(20)]
    times = silent(world)
    with pytest.raises(errors.Retryable):
        push(world, [StockItem(i, 9, p) for p, ids in families for i in ids], read_timeout=0.2)
    assert times() == 3


def test_a_shop_that_falls_silent_after_its_simple_products(world: WooWorld) -> None:
    (simple,) = world.goods(1)
    families = [world.variants(1) for _family in range(20)]
    times = silent(world, path="variations")
    items = [StockItem(simple, 9), *(StockItem(i, 9, p) for p, ids in families for i in ids)]
    with pytest.raises(errors.Retryable):
        push(world, items, read_timeout=0.2)
    assert times() == 3
    assert world.shown_stock(simple) == 9


@pytest.mark.parametrize("bad", [slice(0, 5), slice(3, 12), slice(7, 12)])
@pytest.mark.parametrize("simple", [0, 1])
def test_many_bad_parents_hold_nothing_back(world: WooWorld, bad: slice, simple: int) -> None:
    families = [world.variants(1) for _family in range(12)]
    poisoned = families[bad]
    for _parent, ids in poisoned:
        world.poison(ids[0])
    items = [StockItem(i, 9) for i in world.goods(simple)]
    items += [StockItem(i, 9, p) for p, ids in families for i in ids]
    result = push(world, items)
    good = 12 - len(poisoned) + simple
    assert Counter(result.values()) == {"fatal_error": len(poisoned), 9: good}


def test_a_shop_that_breaks_on_every_parent(world: WooWorld) -> None:
    families = [world.variants(1) for _family in range(20)]
    world.server.faults.add("500-fatal-json", times=999, method="POST")
    with pytest.raises(errors.Retryable):
        push(world, [StockItem(i, 9, p) for p, ids in families for i in ids])
    assert len(world.server.faults.happened) == 10


def test_the_only_item_breaks_the_shop(world: WooWorld) -> None:
    """Nobody can tell whether it is the item or the shop: it is tried again later."""
    (simple,) = world.goods(1)
    world.poison(simple)
    with pytest.raises(errors.Retryable):
        push(world, [StockItem(simple, 9)])


def test_all_results_come_once(world: WooWorld) -> None:
    ids = world.goods(230)
    for i in ids[50:53]:
        world.poison(i)
    parts = list(world.adapter.push_stock([StockItem(i, 9) for i in ids]))
    keys = [result.key for part in parts for result in part]
    assert sorted(keys) == sorted(ids)
    bad = {result.key for part in parts for result in part if result.error}
    assert bad == set(ids[50:53])
