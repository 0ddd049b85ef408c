"""Contract of :class:`core.adapter.RefundSink`."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from ...core import errors
from ...core.adapter import RefundSink, supports
from ...core.canonical import Line, LineKind, Refund, RefundLine, RefundRequest, TaxAmount
from .world import World


def line_of(world: World, external_id: str, kind: LineKind = LineKind.PRODUCT) -> Line:
    order = world.adapter.parse_order(world.adapter.fetch_order(external_id).payload)
    return next(line for line in order.lines if line.kind is kind)


def refunded(line: Line, quantity: int, total: D, tax: D) -> RefundLine:
    taxes = (TaxAmount(line.taxes[0].rate_key, tax),) if line.taxes else ()
    return RefundLine(
        line.external_id, line.kind, quantity=D(quantity), total=total, total_tax=tax, taxes=taxes
    )


class RefundSinkContract:
    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), RefundSink)

    def request(self, external_id: str, **values: Any) -> RefundRequest:
        return RefundRequest(
            **{
                "marker": "r-1",
                "order_external_id": external_id,
                "amount": D("5.00"),
                "reason": "RINV/0001",
                **values,
            }
        )

    def refunds(self, world: World, external_id: str) -> list[Refund]:
        record = world.adapter.fetch_refunds(external_id)
        return list(world.adapter.parse_refunds(record.payload))

    # === WHAT IS MADE === #

    def test_by_line(self, world: World):
        external_id = world.place_order(quantity=2)
        line = line_of(world, external_id)
        total, tax = D("10.00"), D("2.10") if line.taxes else D(0)
        part = refunded(line, 1, total, tax)
        made = world.adapter.create_refund(
            self.request(external_id, amount=total + tax, lines=(part,)), look_first=False
        )
        assert made.external_id
        assert (made.order_external_id, made.amount) == (external_id, total + tax)
        assert (made.reason, made.marker, made.paid_back) == ("RINV/0001", "r-1", False)
        (back,) = made.lines
        assert (back.line_external_id, back.quantity) == (line.external_id, D(1))
        assert (back.total, back.total_tax) == (total, tax)
        (found,) = self.refunds(world, external_id)
        assert (found.external_id, found.amount, found.marker) == (
            made.external_id,
            made.amount,
            "r-1",
        )

    def test_by_amount(self, world: World):
        external_id = world.place_order()
        made = world.adapter.create_refund(self.request(external_id), look_first=False)
        assert (made.amount, made.lines) == (D(5), ())

    def test_shipping_only(self, world: World):
        external_id = world.place_order()
        line = line_of(world, external_id, LineKind.SHIPPING)
        part = refunded(line, 1, line.total, line.total_tax)
        made = world.adapter.create_refund(
            self.request(external_id, amount=line.total + line.total_tax, lines=(part,)),
            look_first=False,
        )
        (back,) = made.lines
        assert (back.kind, back.total) == (LineKind.SHIPPING, line.total)

    def test_several_of_one_order(self, world: World):
        external_id = world.place_order()
        for marker in ("r-1", "r-2"):
            world.adapter.create_refund(self.request(external_id, marker=marker), look_first=True)
        assert [refund.marker for refund in self.refunds(world, external_id)] == ["r-1", "r-2"]

    # === ONCE === #

    @pytest.mark.parametrize("how", ["timeout", "reset"])
    def test_a_lost_answer_makes_no_second_refund(self, world: World, how):
        external_id = world.place_order()
        world.lose(how, "after")
        with pytest.raises(errors.UnknownOutcome):
            world.impatient().create_refund(self.request(external_id), look_first=False)
        first = world.adapter.create_refund(self.request(external_id), look_first=True)
        assert world.adapter.create_refund(self.request(external_id), look_first=True) == first
        assert [r.external_id for r in self.refunds(world, external_id)] == [first.external_id]

    def test_a_lost_request_is_made_up_for(self, world: World):
        external_id = world.place_order()
        world.lose("reset", "before")
        with pytest.raises(errors.UnknownOutcome):
            world.adapter.create_refund(self.request(external_id), look_first=False)
        world.adapter.create_refund(self.request(external_id), look_first=True)
        assert len(self.refunds(world, external_id)) == 1

    # === REFUSED === #

    def test_more_than_is_left(self, world: World):
        external_id = world.place_order()
        world.adapter.create_refund(self.request(external_id), look_first=False)
        too_much = self.request(external_id, marker="r-2", amount=D("99999.00"))
        with pytest.raises(errors.Rejected) as caught:
            world.adapter.create_refund(too_much, look_first=False)
        assert caught.value.params["amount"] == "99999.00"
        assert len(self.refunds(world, external_id)) == 1

    def test_a_gateway_that_can_not_pay_back(self, world: World):
        """The orders of :meth:`.World.place_order` are paid by bank transfer."""
        external_id = world.place_order()
        with pytest.raises(errors.Rejected):
            world.adapter.create_refund(self.request(external_id, pay_out=True), look_first=False)
        assert self.refunds(world, external_id) == []

    @pytest.mark.parametrize("external_id", ["999999999", "", "0", "../x"])
    @pytest.mark.parametrize("look_first", [False, True])
    def test_an_order_that_is_not_there(self, world: World, external_id, look_first):
        with pytest.raises(errors.NotFound):
            world.adapter.create_refund(self.request(external_id), look_first=look_first)
