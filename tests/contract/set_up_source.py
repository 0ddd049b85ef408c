"""Contract of :class:`core.adapter.SetUpSource`."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ...core.adapter import SetUpSource, supports
from .world import World


class SetUpSourceContract:
    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), SetUpSource)

    def test_all_orders_are_counted(self, world: World):
        assert world.adapter.count_orders() == 0
        for _number in range(3):
            world.place_order()
        assert world.adapter.count_orders() == 3

    def test_orders_are_counted_from_a_moment_on(self, world: World):
        old = world.place_order()
        world.tick(300)
        fresh = world.adapter.fetch_order(world.place_order())
        since = world.adapter.parse_order(fresh.payload).created_at
        assert world.adapter.count_orders(created_since=since) == 1
        assert world.adapter.count_orders(created_since=since + timedelta(seconds=1)) == 0
        world.tick(60)
        world.touch_order(old)
        assert world.adapter.count_orders(created_since=since) == 1
        assert world.adapter.count_orders(changed_since=since) == 2

    def test_any_time_zone_names_the_same_moment(self, world: World):
        world.place_order()
        zone = timezone(timedelta(hours=-9))
        past = datetime.now(zone) - timedelta(hours=2)
        assert world.adapter.count_orders(created_since=past) == 1
        assert world.adapter.count_orders(created_since=past + timedelta(hours=4)) == 0

    def test_products_are_counted(self, world: World):
        assert world.adapter.count_products() >= 1

    def test_newest_orders_come_first_and_whole(self, world: World):
        ids = []
        for _number in range(3):
            ids.append(world.place_order())
            world.tick(10)
        records = world.adapter.newest_orders(2)
        assert [record.external_id for record in records] == ids[:0:-1]
        record = records[0]
        assert record.kind == "order" and record.modified_at.tzinfo and record.fetched_at.tzinfo
        assert world.adapter.parse_order(record.payload).lines

    def test_back_office_names_whole_addresses(self, world: World):
        pages = world.adapter.back_office()
        assert {"keys", "permalinks"} <= pages.keys()
        assert all(page.startswith(("http://", "https://")) for page in pages.values())
