"""Contract of :class:`core.adapter.OrderSource`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from ...core import errors
from ...core.adapter import OrderSource, supports
from ...core.canonical import LineKind, Order, OrderStatus, Record
from ...core.fingerprint import fingerprint
from .polling import ids, poll
from .world import World


def run(
    world: World,
    cursor: Mapping[str, Any],
    limit: int = 100,
    between: Callable[[], None] | None = None,
) -> tuple[list[Record], dict[str, Any]]:
    return poll(world.adapter.list_orders, cursor, limit, between)


class OrderSourceContract:
    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), OrderSource)

    # === ONE ORDER === #

    def test_fetch(self, world: World):
        external_id = world.place_order()
        record = world.adapter.fetch_order(external_id)
        assert (record.kind, record.external_id) == ("order", external_id)
        assert record.modified_at.tzinfo is not None
        assert record.fetched_at.tzinfo is not None
        assert record.fetched_at <= datetime.now(timezone.utc)
        assert json.loads(json.dumps(record.payload)) == record.payload

    @pytest.mark.parametrize("external_id", ["999999999", "", "0", "../x", "1 2", "é"])
    def test_an_order_that_is_not_there(self, world: World, external_id):
        with pytest.raises(errors.NotFound):
            world.adapter.fetch_order(external_id)

    def test_parse(self, world: World):
        external_id = world.place_order()
        order = world.adapter.parse_order(world.adapter.fetch_order(external_id).payload)
        assert isinstance(order, Order)
        assert (order.external_id, bool(order.number)) == (external_id, True)
        assert isinstance(order.status, OrderStatus) and order.status_code
        assert len(order.currency) == 3
        assert any(line.kind is LineKind.PRODUCT for line in order.lines)
        assert order.created_at.utcoffset().total_seconds() == 0
        amounts = [order.total, order.total_tax]
        for line in order.lines:
            amounts += [line.total, line.total_tax, line.quantity]
            amounts += [part.amount for part in line.taxes]
        assert all(isinstance(amount, Decimal) for amount in amounts)
        assert {part.rate_key for line in order.lines for part in line.taxes} <= {
            rate.key for rate in order.tax_rates
        }
        assert len({line.external_id for line in order.lines}) == len(order.lines)

    def test_parsing_is_pure(self, world: World):
        payload = world.adapter.fetch_order(world.place_order()).payload
        before = json.dumps(payload)
        assert fingerprint(world.adapter.parse_order(payload)) == fingerprint(
            world.adapter.parse_order(payload)
        )
        assert json.dumps(payload) == before

    @pytest.mark.parametrize("payload", [{}, {"id": 1}, {"total": "1"}])
    def test_what_is_no_order(self, world: World, payload):
        with pytest.raises(errors.Rejected) as caught:
            world.adapter.parse_order(payload)
        assert caught.value.code == "not_an_order"

    def test_url(self, world: World):
        assert world.adapter.order_url("12").startswith("http")
        assert "12" in world.adapter.order_url("12")

    # === MANY ORDERS === #

    def test_everything_from_the_beginning_and_then_nothing(self, world: World):
        placed = []
        for _number in range(7):
            placed.append(world.place_order())
            world.tick(1)
        found, cursor = run(world, {}, limit=3)
        assert Counter(ids(found)) == Counter(placed)
        assert run(world, cursor, limit=3)[0] == []

    def test_listed_and_fetched_mean_the_same(self, world: World):
        external_id = world.place_order()
        (listed,), _cursor = run(world, {})
        fetched = world.adapter.fetch_order(external_id)
        assert listed.kind == fetched.kind == "order"
        assert fingerprint(world.adapter.parse_order(listed.payload)) == fingerprint(
            world.adapter.parse_order(fetched.payload)
        )
        assert listed.modified_at == fetched.modified_at

    def test_several_by_their_ids(self, world: World):
        placed = [world.place_order() for _number in range(3)]
        found = world.adapter.fetch_orders([placed[0], "99999999", placed[2]])
        assert Counter(ids(found)) == Counter([placed[0], placed[2]])
        for record in found:
            alone = world.adapter.fetch_order(record.external_id)
            assert fingerprint(world.adapter.parse_order(record.payload)) == fingerprint(
                world.adapter.parse_order(alone.payload)
            )
            assert (record.kind, record.modified_at) == (alone.kind, alone.modified_at)

    def test_only_what_changed_since_a_moment(self, world: World):
        world.place_order()
        world.tick(600)
        late = world.place_order()
        moment = world.adapter.fetch_order(late).modified_at
        assert ids(run(world, {"since": moment.isoformat()})[0]) == [late]

    def test_new_and_changed_ones_come_later(self, world: World):
        first, second = world.place_order(), world.place_order()
        _found, cursor = run(world, {})
        world.tick(5)
        third = world.place_order()
        world.touch_order(first)
        found, cursor = run(world, cursor)
        assert set(ids(found)) == {first, third}
        world.tick(600)
        world.touch_order(second)
        assert ids(run(world, cursor)[0]) == [second]

    def test_seven_in_one_second(self, world: World):
        world.stop_clock()
        placed = [world.place_order() for _number in range(7)]
        found, cursor = run(world, {}, limit=2)
        assert Counter(ids(found)) == Counter(placed)
        assert run(world, cursor, limit=2)[0] == []

    def test_long_ago_in_one_second(self, world: World):
        world.stop_clock()
        placed = [world.place_order() for _number in range(7)]
        world.tick(600)
        found, cursor = run(world, {}, limit=2)
        assert Counter(ids(found)) == Counter(placed)
        assert run(world, cursor, limit=2)[0] == []

    def test_edits_between_pages_lose_nothing(self, world: World):
        placed = []
        for _number in range(9):
            placed.append(world.place_order())
            world.tick(1)
        world.tick(600)
        edits = iter(placed[:4])

        def edit() -> None:
            world.tick(1)
            world.touch_order(next(edits, placed[0]))

        found, cursor = run(world, {}, limit=2, between=edit)
        assert set(ids(found)) == set(placed)
        self.assert_newest_seen(world, found + run(world, cursor)[0], placed)

    def test_an_unread_one_touched_between_pages(self, world: World):
        placed = []
        for _number in range(6):
            placed.append(world.place_order())
            world.tick(1)
        world.tick(600)
        touched = iter(placed[::-1][:2])

        def edit() -> None:
            external_id = next(touched, None)
            if external_id:
                world.touch_order(external_id)

        found, cursor = run(world, {}, limit=2, between=edit)
        assert set(ids(found)) == set(placed)
        self.assert_newest_seen(world, found + run(world, cursor)[0], placed)

    def test_a_second_change_in_the_same_second(self, world: World):
        world.stop_clock()
        external_id = world.place_order()
        _found, cursor = run(world, {})
        world.touch_order(external_id)
        found, cursor = run(world, cursor)
        assert ids(found) == [external_id]
        assert run(world, cursor)[0] == []

    def assert_newest_seen(self, world: World, found: list[Record], placed: list[str]) -> None:
        """Of every order the state as it is now was handed out."""
        seen = {record.external_id: fingerprint(record.payload) for record in found}
        now = {x: fingerprint(world.adapter.fetch_order(x).payload) for x in placed}
        assert seen == now

    def test_nothing_new_costs_one_request(self, world: World):
        for _number in range(3):
            world.place_order()
        _found, cursor = run(world, {})
        before = world.requests()
        run(world, cursor)
        assert world.requests() == before + 1

    def test_an_empty_store(self, world: World):
        found, cursor = run(world, {})
        assert found == []
        external_id = world.place_order()
        assert ids(run(world, cursor)[0]) == [external_id]
