"""Contract of :class:`core.adapter.StockSink`."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import pytest

from ...core import errors
from ...core.adapter import StockSink, supports
from ...core.catalogue import ItemResult, StockItem, StockKeeper
from .world import World


def told(parts: Iterable[Iterable[ItemResult]]) -> dict[str, Any]:
    """What became of each item: its error's code, else the figure the store shows."""
    results = list(itertools.chain.from_iterable(parts))
    assert len({result.key for result in results}) == len(results)
    return {r.key: r.error.code if r.error else r.echo for r in results}


class StockSinkContract:
    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), StockSink)

    def push(self, world: World, items: Iterable[StockItem], adapter: Any = None) -> dict[str, Any]:
        return told((adapter or world.adapter).push_stock(list(items)))

    def figures(self, world: World, ids: Iterable[str]) -> dict[str, int | None]:
        return {external_id: world.shown_stock(external_id) for external_id in ids}

    # === CALLS === #

    def test_nothing_costs_nothing(self, world: World):
        before = world.requests()
        assert self.push(world, []) == {}
        assert world.requests() == before

    @pytest.mark.parametrize(("count", "calls"), [(1, 1), (100, 1), (101, 2), (250, 3)])
    def test_simple_products(self, world: World, count, calls):
        ids = world.goods(count)
        before = world.requests()
        wanted = {external_id: number for number, external_id in enumerate(ids)}
        assert self.push(world, [StockItem(i, number) for i, number in wanted.items()]) == wanted
        assert world.requests() - before == calls * -(-100 // world.limit())
        assert self.figures(world, ids) == wanted

    def test_a_call_for_each_parent(self, world: World):
        families = [world.variants(count) for count in (2, 3, 101)]
        simple = world.goods(3)
        items = [StockItem(i, 7) for i in simple]
        items += [StockItem(i, 8, parent) for parent, ids in families for i in ids]
        items.sort(key=lambda item: item.external_id[::-1])  # as they come
        before = world.requests()
        result = self.push(world, items)
        assert world.requests() - before == 1 + 1 + 1 + 2
        assert result == {item.external_id: item.quantity for item in items}
        assert self.figures(world, result) == result

    def test_the_same_again_changes_nothing(self, world: World):
        (external_id,) = world.goods(1)
        for _time in range(2):
            assert self.push(world, [StockItem(external_id, 3)]) == {external_id: 3}

    def test_below_zero(self, world: World):
        if not type(world.adapter).counts_below_zero:
            pytest.skip("the shop is told 0")
        (external_id,) = world.goods(1)
        assert self.push(world, [StockItem(external_id, -2)]) == {external_id: -2}

    # === WHAT IS IGNORED === #

    def test_nobody_counts(self, world: World):
        first, second = world.goods(2)
        world.count_by(first, StockKeeper.NOBODY)
        (results,) = world.adapter.push_stock([StockItem(first, 3), StockItem(second, 4)])
        assert told([results]) == {first: "stock_not_managed", second: 4}
        error = next(result.error for result in results if result.key == first)
        assert isinstance(error, errors.NeedsHuman)
        assert error.params["keeper"] == StockKeeper.NOBODY.value
        assert world.shown_stock(first) is None

    def test_the_parent_counts(self, world: World):
        parent, (first, second) = world.variants(2)
        world.count_by(first, StockKeeper.PARENT)
        items = [StockItem(first, 3, parent), StockItem(second, 4, parent)]
        (results,) = world.adapter.push_stock(items)
        assert told([results]) == {first: "stock_not_managed", second: 4}
        ignored = next(result for result in results if result.key == first)
        assert ignored.error.params["keeper"] == StockKeeper.PARENT.value
        assert ignored.echo == world.shown_stock(parent) == 5

    def test_counting_is_switched_on_where_that_is_wanted(self, world: World):
        (simple,), (parent, (variant,)) = world.goods(1), world.variants(1)
        world.count_by(simple, StockKeeper.NOBODY)
        world.count_by(variant, StockKeeper.PARENT)
        items = [StockItem(simple, 3, manage=True), StockItem(variant, 4, parent, manage=True)]
        assert self.push(world, items) == {simple: 3, variant: 4}
        assert self.push(world, [StockItem(simple, 2), StockItem(variant, 1, parent)]) == {
            simple: 2,
            variant: 1,
        }

    def test_the_store_counts_nothing(self, world: World):
        ids = world.goods(3)
        world.stop_counting()
        before = world.requests()
        items = [StockItem(i, 3, manage=True) for i in ids]
        assert self.push(world, items) == dict.fromkeys(ids, "stock_disabled")
        assert world.requests() - before == 2  # asked why once, not for each

    # === WHAT IS GONE === #

    def test_gone_products_hold_nothing_back(self, world: World):
        ids = world.goods(3)
        parent, variants = world.variants(2)
        world.remove_product(ids[1])
        world.remove_product(variants[0])
        items = [StockItem(i, 3) for i in ids] + [StockItem(i, 4, parent) for i in variants]
        assert self.push(world, items) == {
            ids[0]: 3,
            ids[1]: "not_found",
            ids[2]: 3,
            variants[0]: "not_found",
            variants[1]: 4,
        }

    def test_a_parent_that_is_gone(self, world: World):
        parent, variants = world.variants(2)
        (simple,) = world.goods(1)
        world.remove_product(parent)
        items = [*(StockItem(i, 4, parent) for i in variants), StockItem(simple, 3)]
        assert self.push(world, items) == {simple: 3, **dict.fromkeys(variants, "not_found")}

    def test_another_parents_variant_is_left_alone(self, world: World):
        (parent, (own,)), (_other, (foreign,)) = world.variants(1), world.variants(1)
        items = [StockItem(own, 4, parent), StockItem(foreign, 4, parent)]
        assert self.push(world, items) == {own: 4, foreign: "not_found"}
        assert world.shown_stock(foreign) == 5

    @pytest.mark.parametrize("external_id", ["", "0", "../x", "1/variations/2"])
    def test_ids_that_are_none(self, world: World, external_id):
        (simple,) = world.goods(1)
        for odd in (StockItem(external_id, 3), StockItem("1", 3, external_id or "-")):
            result = self.push(world, [odd, StockItem(simple, 3)])
            assert result == {odd.external_id: "not_found", simple: 3}

    # === TROUBLE === #

    @pytest.mark.parametrize("position", [0, 41, 99])
    def test_one_bad_item_among_many(self, world: World, position):
        ids = world.goods(100)
        world.poison(ids[position])
        results = list(
            itertools.chain.from_iterable(world.adapter.push_stock([StockItem(i, 9) for i in ids]))
        )
        bad = [result for result in results if result.error]
        assert [result.key for result in bad] == [ids[position]]
        assert isinstance(bad[0].error, errors.Retryable)
        good = set(ids) - {ids[position]}
        assert self.figures(world, good) == dict.fromkeys(good, 9)
        assert len(results) == 100

    @pytest.mark.parametrize(("how", "when"), [("timeout", "after"), ("timeout", "before")])
    def test_a_lost_answer_is_made_up_for(self, world: World, how, when):
        ids = world.goods(4)
        world.lose(how, when)
        wanted = dict.fromkeys(ids, 9)
        assert self.push(world, [StockItem(i, 9) for i in ids], world.impatient()) == wanted
        assert self.figures(world, ids) == wanted

    @pytest.mark.parametrize("when", ["after", "before"])
    def test_a_lost_connection_may_be_tried_again(self, world: World, when):
        ids = world.goods(4)
        world.lose("reset", when)
        with pytest.raises(errors.Retryable):
            self.push(world, [StockItem(i, 9) for i in ids])
        wanted = dict.fromkeys(ids, 9)
        assert self.push(world, [StockItem(i, 9) for i in ids]) == wanted

    def test_a_key_that_is_refused(self, world: World):
        ids = world.goods(2)
        world.refuse_key()
        with pytest.raises(errors.BadCredentials):
            self.push(world, [StockItem(i, 9) for i in ids])
