"""Contract of :class:`core.adapter.PriceSink`."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from ...core import errors
from ...core.adapter import PriceSink, supports
from ...core.catalogue import ItemResult, Price, PriceItem
from .world import World

NEXT_YEAR = datetime(2027, 11, 21, 23, 0, tzinfo=timezone.utc)
PRICE = Price(Decimal("10.00"))
SALE = Price(Decimal("10.00"), Decimal("8.50"))


def told(parts: Iterable[Iterable[ItemResult]]) -> dict[str, Any]:
    """What became of each item: its error's code, else the price the store shows."""
    results = list(itertools.chain.from_iterable(parts))
    assert len({result.key for result in results}) == len(results)
    return {r.key: r.error.code if r.error else r.echo for r in results}


class PriceSinkContract:
    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), PriceSink)

    def push(self, world: World, items: Iterable[PriceItem]) -> dict[str, Any]:
        return told(world.adapter.push_prices(list(items)))

    # === CALLS === #

    @pytest.mark.parametrize(("count", "calls"), [(1, 1), (100, 1), (101, 2)])
    def test_simple_products(self, world: World, count, calls):
        ids = world.goods(count)
        self.push(world, [])  # what the adapter has to know of the store, it asks once
        before = world.requests()
        wanted = {i: Price(Decimal(number) / 4) for number, i in enumerate(ids)}
        assert self.push(world, [PriceItem(i, price) for i, price in wanted.items()]) == wanted
        assert world.requests() - before == calls * -(-100 // world.limit())
        assert {i: world.shown_price(i) for i in ids} == wanted

    def test_a_call_for_each_parent(self, world: World):
        families = [world.variants(count) for count in (2, 3)]
        items = [PriceItem(i, PRICE, parent) for parent, ids in families for i in ids]
        items += [PriceItem(i, SALE) for i in world.goods(2)]
        self.push(world, [])
        before = world.requests()
        assert self.push(world, items) == {item.external_id: item.price for item in items}
        assert world.requests() - before == 3

    # === PRICES === #

    @pytest.mark.parametrize(
        "price",
        [
            PRICE,
            SALE,
            Price(Decimal(0)),
            Price(Decimal("1234567.89")),
            Price(Decimal(10), Decimal(0)),
            Price(),
            Price(Decimal(10), Decimal(8), NEXT_YEAR, NEXT_YEAR + timedelta(days=7)),
            Price(Decimal(10), Decimal(8), None, NEXT_YEAR),
            Price(Decimal(10), Decimal(8), NEXT_YEAR, None),
        ],
    )
    def test_what_is_sent_is_shown(self, world: World, price):
        (external_id,) = world.goods(1)
        for _time in range(2):
            assert self.push(world, [PriceItem(external_id, price)]) == {external_id: price}
            assert world.shown_price(external_id) == price

    def test_a_sale_ends(self, world: World):
        (external_id,) = world.goods(1)
        scheduled = Price(Decimal(10), Decimal(8), NEXT_YEAR, NEXT_YEAR + timedelta(days=7))
        for price in (scheduled, PRICE):
            self.push(world, [PriceItem(external_id, price)])
            assert world.shown_price(external_id) == price

    def test_an_open_sale_after_a_scheduled_one(self, world: World):
        (external_id,) = world.goods(1)
        scheduled = Price(Decimal(10), Decimal(8), NEXT_YEAR, NEXT_YEAR + timedelta(days=7))
        for price in (scheduled, SALE):
            self.push(world, [PriceItem(external_id, price)])
            assert world.shown_price(external_id) == price

    def test_finer_amounts_are_rounded(self, world: World):
        first, second = world.goods(2)
        items = [
            PriceItem(first, Price(Decimal("1.005"))),
            PriceItem(second, Price(Decimal("2.994"))),
        ]
        assert self.push(world, items) == {
            first: Price(Decimal("1.01")),
            second: Price(Decimal("2.99")),
        }

    def test_moments_of_any_zone(self, world: World):
        (external_id,) = world.goods(1)
        there = NEXT_YEAR.astimezone(timezone(timedelta(hours=9))).replace(microsecond=250)
        sent = Price(Decimal(10), Decimal(8), there)
        shown = Price(Decimal(10), Decimal(8), NEXT_YEAR)
        assert self.push(world, [PriceItem(external_id, sent)]) == {external_id: shown}

    # === WHAT IS REFUSED === #

    @pytest.mark.parametrize(
        ("price", "code"),
        [
            (Price(Decimal(10), Decimal(10)), "sale_not_below"),
            (Price(Decimal(10), Decimal("9.996")), "sale_not_below"),
            (Price(Decimal(10), Decimal(11)), "sale_not_below"),
            (Price(None, Decimal(11)), "sale_not_below"),
            (Price(Decimal(-1)), "bad_price"),
            (Price(Decimal(10), Decimal(-1)), "bad_price"),
            (Price(Decimal("NaN")), "bad_price"),
        ],
    )
    def test_bad_prices_are_not_sent(self, world: World, price, code):
        first, second = world.goods(2)
        before = world.shown_price(first)
        result = self.push(world, [PriceItem(first, price), PriceItem(second, PRICE)])
        assert result == {first: code, second: PRICE}
        assert world.shown_price(first) == before

    def test_nothing_but_bad_prices_costs_nothing(self, world: World):
        (external_id,) = world.goods(1)
        self.push(world, [])
        before = world.requests()
        self.push(world, [PriceItem(external_id, Price(Decimal(1), Decimal(2)))])
        assert world.requests() == before

    def test_what_has_variants_has_no_price(self, world: World):
        parent, (variant,) = world.variants(1)
        before = world.shown_price(variant)
        assert self.push(world, [PriceItem(parent, PRICE)]) == {parent: "price_on_parent"}
        assert world.shown_price(variant) == before

    # === TROUBLE === #

    def test_gone_products_hold_nothing_back(self, world: World):
        first, second = world.goods(2)
        world.remove_product(first)
        items = [PriceItem(first, PRICE), PriceItem(second, PRICE)]
        assert self.push(world, items) == {first: "not_found", second: PRICE}

    def test_one_bad_item_among_many(self, world: World):
        ids = world.goods(30)
        world.poison(ids[7])
        result = self.push(world, [PriceItem(i, SALE) for i in ids])
        del result[ids[7]]
        assert result == {i: SALE for i in ids if i != ids[7]}

    @pytest.mark.parametrize("when", ["after", "before"])
    def test_a_lost_connection_may_be_tried_again(self, world: World, when):
        (external_id,) = world.goods(1)
        self.push(world, [])
        world.lose("reset", when)
        with pytest.raises(errors.Retryable):
            self.push(world, [PriceItem(external_id, SALE)])
        assert self.push(world, [PriceItem(external_id, SALE)]) == {external_id: SALE}
