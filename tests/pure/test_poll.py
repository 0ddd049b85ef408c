"""The lossless poll against the fake store's time zones, clocks and races."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ...core import errors
from ...core.canonical import OrderStatus
from ...dev.woostore import Cart, Server, Store, recorded_store
from ...providers.woocommerce.poll import OVERLAP
from ..contract.order_source import run
from ..contract.polling import ids
from .woo import Canned, replay
from .woo_world import WooWorld


@pytest.fixture
def world() -> Iterator[WooWorld]:
    store = Store(timezone="Europe/Madrid")
    with Server(store, tls=True) as server:
        yield WooWorld(store, server)


def orders_sent(*orders: tuple[int, str]) -> str:
    return json.dumps(
        [{"id": number, "date_modified_gmt": moment, "total": "1"} for number, moment in orders]
    )


def page(*orders: tuple[int, str], date: str = "Sat, 21 Nov 2026 09:00:00 GMT") -> Canned:
    headers = [("Content-Type", "application/json"), ("Date", date)]
    return Canned(body=orders_sent(*orders), headers=headers)


class TestWhatIsAsked:
    def test_naive_utc_and_the_flag(self, world: WooWorld):
        world.adapter.list_orders({"since": "2026-11-21T10:00:00.500000+01:00"}, 50)
        query = world.store.requests[-1].query
        assert query["modified_after"] == "2026-11-21T08:59:59"
        assert query["dates_are_gmt"] == "true"
        assert (query["orderby"], query["order"], query["per_page"]) == ("modified", "asc", "50")
        assert (query["status"], query["dp"]) == ("any", "8")
        assert "page" not in query and "exclude" not in query

    def test_nothing_about_time_at_the_beginning(self, world: WooWorld):
        world.adapter.list_orders({}, 500)
        query = world.store.requests[-1].query
        assert "modified_after" not in query
        assert query["per_page"] == "100"

    def test_many_ids_to_leave_out_go_into_a_body(self, world: WooWorld):
        world.stop_clock()
        placed = [world.place_order() for _number in range(130)]
        found, _cursor = run(world, {}, limit=60)
        assert Counter(ids(found)) == Counter(placed)
        assert [request.method for request in world.store.requests] == ["GET", "GET", "POST"]


class TestWhatIsFound:
    @pytest.mark.parametrize("name", ["incl", "excl"])
    @pytest.mark.parametrize("limit", [7, 100])
    def test_recorded_stores_once_and_completely(self, name, limit):
        store = recorded_store(name)
        with Server(store, tls=True) as server:
            world = WooWorld(store, server)
            found, cursor = run(world, {}, limit)
            # a status that no plug-in registers any more is left out by the shop itself
            expected = [
                str(order["id"])
                for order in store.orders.values()
                if order["status"] in store.statuses and order["status"] != "trash"
            ]
            assert Counter(ids(found)) == Counter(expected)
            assert run(world, cursor, limit)[0] == []
            assert all(world.adapter.parse_order(record.payload) for record in found)

    def test_checkout_drafts_are_kept_as_drafts(self, world: WooWorld):
        sku = next(iter(world.store.products.values()))["sku"]
        world.store.open_checkout(Cart(lines=[(sku, 1)], billing={"country": "BE"}))
        (draft,), _cursor = run(world, {})
        assert world.adapter.parse_order(draft.payload).status is OrderStatus.DRAFT

    def test_trash_only_where_it_is_asked_for(self, world: WooWorld):
        first, second = world.place_order(), world.place_order()
        _found, cursor = run(world, {})
        world.tick(1)
        world.store.trash_order(int(first))
        assert run(world, cursor)[0] == []
        sweeping = WooWorld(world.store, world.server, poll_trash=True)
        found, later = run(sweeping, cursor)
        assert ids(found) == [first]
        assert sweeping.adapter.parse_order(found[0].payload).status is OrderStatus.TRASHED
        assert run(sweeping, later)[0] == []
        world.tick(1)
        world.store.trash_order(int(second))
        assert ids(run(sweeping, later)[0]) == [second]

    def test_the_trashs_own_position_outlives_a_long_run(self, world: WooWorld):
        old = world.place_order()
        sweeping = WooWorld(world.store, world.server, poll_trash=True)
        _found, cursor = run(sweeping, {}, limit=2)
        world.tick(1)
        world.store.trash_order(int(old))
        world.tick(600)
        placed = [world.place_order() for _number in range(5)]
        world.tick(100)
        found, _cursor = run(sweeping, cursor, limit=2)
        assert Counter(ids(found)) == Counter([old, *placed])

    def test_a_long_trash_is_read_in_steps(self, world: WooWorld):
        placed = [world.place_order() for _number in range(5)]
        for external_id in placed[:4]:
            world.store.trash_order(int(external_id))
        sweeping = WooWorld(world.store, world.server, poll_trash=True)
        found, _cursor = run(sweeping, {}, limit=2)
        assert Counter(ids(found)) == Counter(placed)


class TestRaces:
    def test_a_late_commit_with_an_older_moment(self, world: WooWorld):
        """A gateway's request that took its time writes a moment that was polled already."""
        slow = world.place_order()
        moment = world.store.orders[int(slow)]["date_modified_gmt"]
        hidden = world.store.orders.pop(int(slow))
        world.tick(OVERLAP - 60)
        quick = world.place_order()
        found, cursor = run(world, {})
        assert ids(found) == [quick]
        world.store.orders[int(slow)] = hidden
        assert world.store.orders[int(slow)]["date_modified_gmt"] == moment
        assert ids(run(world, cursor)[0]) == [slow]

    def test_a_change_that_does_not_move_the_moment(self, world: WooWorld):
        external_id = world.place_order()
        _found, cursor = run(world, {})
        world.store.orders[int(external_id)]["transaction_id"] = "pi_1"
        assert ids(run(world, cursor)[0]) == [external_id]

    def test_touched_between_search_and_answer(self):
        """The last one of a page looks newer than its place: the rest must still come."""
        with replay(
            page((1, "2026-01-01T00:00:00"), (2, "2026-11-21T09:00:00")),
            page((3, "2026-02-01T00:00:00"), (4, "2026-03-01T00:00:00")),
            page(),
        ) as server:
            world = type("World", (), {"adapter": server.adapter()})
            found, cursor = run(world, {}, limit=2)
        assert ids(found) == ["1", "2", "3", "4"]
        assert "modified_after=2025-12-31T23%3A59%3A59" in server.requests[1].path
        assert "exclude=1%2C2" in server.requests[1].path
        # and what happened since is looked for again
        assert cursor["since"] == "2026-11-21T08:55:00"

    def test_the_shops_clock_counts(self):
        slow = "Sat, 21 Nov 2026 06:00:00 GMT"
        with replay(page((1, "2026-11-21T05:59:00"), date=slow)) as server:
            world = type("World", (), {"adapter": server.adapter()})
            _found, cursor = run(world, {})
        assert cursor["since"] == "2026-11-21T05:55:00"

    def test_a_moment_in_the_future_does_not_hide_the_present(self):
        with replay(page((1, "2030-01-01T00:00:00"))) as server:
            world = type("World", (), {"adapter": server.adapter()})
            _found, cursor = run(world, {})
            assert cursor["since"] == "2026-11-21T08:55:00"
            assert run(world, cursor)[0] == []

    def test_never_back_behind_its_beginning(self):
        with replay(page((1, "2026-11-21T08:59:59"))) as server:
            world = type("World", (), {"adapter": server.adapter()})
            _found, cursor = run(world, {"since": "2026-11-21T08:59:00+00:00"})
        assert cursor["since"] == "2026-11-21T08:59:00"

    def test_a_shop_that_ignores_the_parameters(self):
        with replay(page((1, "2026-01-01T00:00:00"), (2, "2026-01-01T00:00:00"))) as server:
            world = type("World", (), {"adapter": server.adapter()})
            with pytest.raises(errors.ServerError, match="poll_stuck"):
                run(world, {}, limit=2)
        assert len(server.requests) == 2

    def test_records_without_id_or_moment(self):
        odd: list[Any] = [{"id": None}, {"id": 5, "date_modified_gmt": None}, 7]
        headers = [("Content-Type", "application/json")]
        with replay(
            Canned(body=json.dumps(odd), headers=headers), page((6, "2026-01-01T00:00:00"))
        ) as server:
            world = type("World", (), {"adapter": server.adapter()})
            found, _cursor = run(world, {}, limit=2)
        assert ids(found) == ["5", "6"]
        assert "exclude=5" in server.requests[1].path


class TestHeavyPages:
    def sizes(self, world: WooWorld) -> list[str]:
        return [request.query["per_page"] for request in world.store.requests]

    @pytest.mark.parametrize("kind", ["500-fatal-json", "504-html", "broken-json", "timeout"])
    def test_smaller_pieces_until_the_end_of_the_run(self, world: WooWorld, kind):
        world.stop_clock()
        placed = [world.place_order() for _number in range(30)]
        shop = WooWorld(world.store, world.server, read_timeout=0.5)
        # cut off after the shop has done its work, so that the store keeps a note of it
        world.server.faults.add(kind, when="after", seconds=2)
        found, cursor = run(shop, {}, limit=100)
        assert Counter(ids(found)) == Counter(placed)
        assert self.sizes(world) == ["100", "20", "20"]
        world.tick(1)
        run(shop, cursor, limit=100)
        assert self.sizes(world)[-1] == "100"

    def test_not_for_ever(self, world: WooWorld):
        world.place_order()
        world.server.faults.add("500-fatal-json", times=9)
        with pytest.raises(errors.ServerError, match="fatal_error"):
            run(world, {}, limit=100)
        assert [kind for kind, _method, _path in world.server.faults.happened] == [
            "500-fatal-json"
        ] * 3

    @pytest.mark.parametrize("kind", ["502-html", "503-maintenance", "429-html", "401-bad-key"])
    def test_other_errors_are_told_at_once(self, world: WooWorld, kind):
        world.server.faults.add(kind, times=9)
        with pytest.raises(errors.ChannelError):
            run(world, {}, limit=100)
        assert len(world.server.faults.happened) == 1


class TestCursor:
    def test_a_long_backlog_does_not_make_it_long(self):
        begin = datetime(2020, 1, 1, tzinfo=timezone.utc)
        moments = [
            (begin + timedelta(days=number)).replace(tzinfo=None).isoformat()
            for number in range(40)
        ]
        pages = [
            page(*((100 + 2 * number + extra, moments[2 * number + extra]) for extra in (0, 1)))
            for number in range(20)
        ]
        with replay(*pages, page()) as server:
            shop = server.adapter()
            cursor: dict[str, Any] = {}
            sizes = []
            for _number in range(20):
                cursor = dict(shop.list_orders(cursor, 2).cursor)
                sizes.append(len(json.dumps(cursor)))
        assert max(sizes[1:]) == min(sizes[1:])
        assert cursor["exclude"] == {"139": moments[39]}

    def test_what_is_settled_is_not_read_again(self, world: WooWorld):
        world.place_order()
        _found, cursor = run(world, {})
        assert cursor["handed_out"]
        world.tick(OVERLAP + 1)
        _found, cursor = run(world, cursor)
        assert cursor["handed_out"] == {}
        assert cursor["since"] > cursor["newest"]

    @pytest.mark.parametrize(
        "broken", [{"since": 5}, {"since": "x"}, {"exclude": [1]}, {"handed_out": "x"}]
    )
    def test_a_broken_one_starts_anew(self, world: WooWorld, broken):
        external_id = world.place_order()
        assert ids(run(world, broken)[0]) == [external_id]
