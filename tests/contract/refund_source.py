"""Contract of :class:`core.adapter.RefundSource`."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from ...core import errors
from ...core.adapter import RefundSource, supports
from ...core.canonical import Refund
from .world import World


class RefundSourceContract:
    def refunds_of(self, world: World, order_id: str) -> list[Refund]:
        return list(world.adapter.parse_refunds(world.adapter.fetch_refunds(order_id).payload))

    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), RefundSource)

    def test_one_record_with_all_of_them(self, world: World):
        order_id = world.place_order()
        made = [world.refund_order(order_id, amount) for amount in ("1.50", "2.00")]
        record = world.adapter.fetch_refunds(order_id)
        assert (record.kind, record.external_id) == ("refund", order_id)
        assert record.fetched_at.tzinfo is not None
        assert json.loads(json.dumps(record.payload)) == record.payload
        refunds = list(world.adapter.parse_refunds(record.payload))
        assert [refund.external_id for refund in refunds] == made
        assert [refund.amount for refund in refunds] == [Decimal("1.50"), Decimal("2.00")]
        assert {refund.order_external_id for refund in refunds} == {order_id}
        assert all(refund.created_at.utcoffset().total_seconds() == 0 for refund in refunds)

    def test_an_order_without_any(self, world: World):
        order_id = world.place_order()
        before = world.requests()
        assert self.refunds_of(world, order_id) == []
        assert world.requests() == before + 1

    def test_a_deleted_one_lacks(self, world: World):
        order_id = world.place_order()
        kept, gone = (world.refund_order(order_id, amount) for amount in ("1.50", "2.00"))
        world.delete_refund(gone)
        assert [refund.external_id for refund in self.refunds_of(world, order_id)] == [kept]

    @pytest.mark.parametrize("external_id", ["999999999", "", "0", "../x"])
    def test_an_order_that_is_not_there(self, world: World, external_id):
        with pytest.raises(errors.NotFound):
            world.adapter.fetch_refunds(external_id)

    def test_what_is_no_refund(self, world: World):
        with pytest.raises(errors.Rejected) as caught:
            world.adapter.parse_refunds({"order": {"id": 1}, "refunds": [{"amount": "1"}]})
        assert caught.value.code == "not_a_refund"

    # === MANY ORDERS === #

    def test_refs_of_many_orders(self, world: World):
        orders = [world.place_order() for _number in range(3)]
        made = world.refund_order(orders[1], "1.50")
        refs = world.adapter.refund_refs([*orders, "999999999"])
        assert set(refs) == set(orders)
        assert [ref.external_id for ref in refs[orders[1]]] == [made]
        assert refs[orders[1]][0].amount == Decimal("1.50")
        assert refs[orders[0]] == ()

    def test_refs_in_few_requests(self, world: World):
        orders = [world.place_order() for _number in range(101)]
        before = world.requests()
        assert set(world.adapter.refund_refs(orders)) == set(orders)
        assert world.requests() == before + 2

    def test_refs_of_nothing(self, world: World):
        before = world.requests()
        assert world.adapter.refund_refs([]) == {}
        assert world.requests() == before
