"""Contract of :class:`core.adapter.SettlementSource`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal as D
from typing import Any

import pytest

from ...core import errors
from ...core.adapter import SettlementSource, supports
from ...core.canonical import Record, SettlementKind
from .polling import ids, poll
from .world import World


def run(
    world: World, cursor: Mapping[str, Any], limit: int = 10
) -> tuple[list[Record], dict[str, Any]]:
    return poll(world.adapter.list_settlements, cursor, limit)


class SettlementSourceContract:
    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), SettlementSource)

    def test_each_once(self, world: World):
        made = [world.pay_out([world.paid_order()], "0.50") for _number in range(5)]
        found, cursor = run(world, {}, limit=2)
        assert sorted(ids(found)) == sorted(made)
        assert run(world, cursor)[0] == []
        late = world.pay_out([world.paid_order()], "0.50")
        found, cursor = run(world, cursor)
        assert ids(found) == [late]
        assert run(world, cursor)[0] == []

    def test_nothing(self, world: World):
        found, cursor = run(world, {})
        assert found == []
        made = world.pay_out([world.paid_order()], "0.50")
        assert ids(run(world, cursor)[0]) == [made]

    def test_meaning(self, world: World):
        orders = [world.paid_order() for _number in range(3)]
        made = world.pay_out(orders, "1.00")
        (record,) = run(world, {})[0]
        assert (record.kind, record.external_id) == ("settlement", made)
        assert record.fetched_at.tzinfo is not None
        assert json.loads(json.dumps(record.payload)) == record.payload
        settlement = world.adapter.parse_settlement(record.payload)
        assert settlement.external_id == made
        assert settlement.paid_out_at.tzinfo is not None
        assert len(settlement.currency) == 3
        assert len({line.external_id for line in settlement.lines}) == len(settlement.lines) == 3
        assert {line.kind for line in settlement.lines} == {SettlementKind.CHARGE}
        assert sum(line.amount + line.fee for line in settlement.lines) == settlement.amount
        assert sum(line.fee for line in settlement.lines) == D("-1.00")

    def test_charges_name_what_payments_carry(self, world: World):
        order = world.adapter.parse_order(world.adapter.fetch_order(world.paid_order()).payload)
        world.pay_out([order.external_id], "0.00")
        (record,) = run(world, {})[0]
        (line,) = world.adapter.parse_settlement(record.payload).lines
        assert line.transaction_id == order.payment.transaction_id != ""
        assert line.order_number == order.number
        assert line.amount == order.total

    @pytest.mark.parametrize("payload", [{}, {"id": "po_1"}, {"deposit": {}}])
    def test_what_is_no_payout(self, world: World, payload):
        with pytest.raises(errors.Rejected) as caught:
            world.adapter.parse_settlement(payload)
        assert caught.value.code == "not_a_settlement"
