"""Contract of :class:`core.adapter.OrderAudit`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ...core.adapter import OrderAudit, supports
from ...core.canonical import HeadPage, OrderStatus
from .world import World


class OrderAuditContract:
    def pages(self, world: World, limit: int, cursor: Any = None) -> Iterator[HeadPage]:
        """The pages of a walk, whose cursor survives being stored."""
        cursor, more = cursor or {}, True
        while more:
            page = world.adapter.list_order_heads(json.loads(json.dumps(cursor)), limit)
            yield page
            cursor, more = page.cursor, page.more

    def ids(self, pages: Iterator[HeadPage]) -> list[str]:
        return [head.external_id for page in pages for head in page.heads]

    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), OrderAudit)

    def test_a_head(self, world: World):
        order_id = world.place_order()
        refund = world.refund_order(order_id, "1.50")
        order = world.adapter.parse_order(world.adapter.fetch_order(order_id).payload)
        head = world.adapter.order_heads([order_id])[order_id]
        assert (head.number, head.status, head.status_code, head.currency) == (
            order.number,
            order.status,
            order.status_code,
            order.currency,
        )
        assert (head.total, head.total_tax) == (order.total, order.total_tax)
        assert (head.created_at, head.modified_at) == (order.created_at, order.modified_at)
        assert (head.payment_method, head.paid_at) == (order.payment.method, order.payment.paid_at)
        assert [ref.external_id for ref in head.refunds] == [refund]
        assert head.refunded == Decimal("1.50")

    # === WALKING === #

    def test_everything_once(self, world: World):
        made = []
        for _number in range(7):
            made.append(world.place_order())
            world.tick(1)
        pages = list(self.pages(world, 3))
        assert self.ids(pages) == made
        assert [len(page.heads) for page in pages] == [3, 3, 1]
        assert [page.until is None for page in pages] == [False, False, True]

    def test_all_in_one_second(self, world: World):
        world.stop_clock()
        made = {world.place_order() for _number in range(7)}
        found = self.ids(self.pages(world, 3))
        assert (len(found), set(found)) == (7, made)

    def test_orders_that_move_meanwhile(self, world: World):
        """A change of an order that was read, or is to be read, hides no other one."""
        made = []
        for _number in range(6):
            made.append(world.place_order())
            world.tick(1)
        walk = self.pages(world, 2)
        found = [head.external_id for head in next(walk).heads]
        world.touch_order(made[0])
        world.touch_order(made[4])
        assert found + self.ids(walk) == made

    def test_an_order_that_goes_meanwhile(self, world: World):
        made = []
        for _number in range(6):
            made.append(world.place_order())
            world.tick(1)
        walk = self.pages(world, 2)
        found = [head.external_id for head in next(walk).heads]
        world.trash_order(made[0])
        assert found + self.ids(walk) == made

    def test_since(self, world: World):
        world.stop_clock()
        world.place_order()
        world.tick(5)
        late = world.place_order()
        since = world.adapter.order_heads([late])[late].created_at.isoformat()
        assert self.ids(self.pages(world, 3, {"since": since})) == [late]

    # === BY ID === #

    def test_the_trash_and_what_is_gone(self, world: World):
        kept, trashed = world.place_order(), world.place_order()
        world.trash_order(trashed)
        heads = world.adapter.order_heads([kept, trashed, "999999999"])
        assert set(heads) == {kept, trashed}
        assert heads[trashed].status is OrderStatus.TRASHED
        assert trashed not in self.ids(self.pages(world, 50))

    def test_few_requests(self, world: World):
        orders = [world.place_order() for _number in range(101)]
        before = world.requests()
        assert set(world.adapter.order_heads(orders)) == set(orders)
        assert world.requests() == before + 2
        assert world.adapter.order_heads([]) == {}
        assert world.requests() == before + 2


class CatalogueAuditContract:
    def test_present_products(self, world: World):
        ids = world.goods(101)
        before = world.requests()
        assert world.adapter.present_products([*ids, "999999999"]) == set(ids)
        assert world.requests() == before + 2
