"""Refunds for Odoo: what is sent, what is looked for, what a refusal means."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal as D
from typing import Any

import pytest

from ...core import errors
from ...core.canonical import LineKind, RefundLine, RefundRequest, TaxAmount
from ...dev.woostore import Server, Store
from ...providers.woocommerce import serialize
from .woo_world import WooWorld


@pytest.fixture(params=["10.0.2", "8.9.3"])
def world(request: pytest.FixtureRequest) -> Iterator[WooWorld]:
    store = Store(version=request.param, hpos=request.param.startswith("10"))
    with Server(store) as server:
        yield WooWorld(store, server)


def request_for(external_id: str, **values: Any) -> RefundRequest:
    base = {"marker": "r-1", "amount": D("5.00"), "reason": "RINV/0001"}
    return RefundRequest(order_external_id=external_id, **{**base, **values})


def product_line(world: WooWorld, external_id: str) -> dict[str, Any]:
    return world.store.orders[int(external_id)]["line_items"][0]


class TestBody:
    def test_everything(self):
        lines = (
            RefundLine(
                "12",
                LineKind.PRODUCT,
                quantity=D("2"),
                total=D("20.00"),
                total_tax=D("4.20"),
                taxes=(TaxAmount("1", D("4.20")), TaxAmount("", D("1"))),
            ),
            RefundLine("13", LineKind.PRODUCT, quantity=D("0.5"), total=D("1.0")),
            RefundLine("14", LineKind.SHIPPING, quantity=D("1"), total=D("4.95")),
            RefundLine("", LineKind.FEE, total=D("3")),
        )
        request = request_for("7", amount=D("30.15"), lines=lines, pay_out=True, restock=True)
        assert serialize.refund(request) == {
            "amount": "30.15",
            "reason": "RINV/0001",
            "api_refund": True,
            "api_restock": True,
            "line_items": [
                {
                    "id": 12,
                    "quantity": 2,
                    "refund_total": "20.00",
                    "refund_tax": [{"id": 1, "refund_total": "4.20"}],
                },
                {"id": 13, "quantity": 0.5, "refund_total": "1.0", "refund_tax": []},
                {"id": 14, "refund_total": "4.95", "refund_tax": []},
            ],
            "meta_data": [{"key": "_odoo_refund_uuid", "value": "r-1"}],
        }

    @pytest.mark.parametrize("pay_out", [False, True])
    @pytest.mark.parametrize("restock", [False, True])
    def test_what_the_shop_would_do_by_itself_is_always_said(self, pay_out, restock):
        body = serialize.refund(request_for("7", pay_out=pay_out, restock=restock))
        assert (body["api_refund"], body["api_restock"]) == (pay_out, restock)

    @pytest.mark.parametrize(
        ("amount", "text"), [(D("1E+2"), "100"), (D("0.10"), "0.10"), (D("1234567.8"), "1234567.8")]
    )
    def test_amounts_are_plain_text(self, amount, text):
        assert serialize.refund(request_for("7", amount=amount))["amount"] == text

    def test_a_whole_quantity_is_an_integer(self):
        body = serialize.refund(
            request_for("7", lines=(RefundLine("1", LineKind.PRODUCT, quantity=D("2.000")),))
        )
        assert type(body["line_items"][0]["quantity"]) is int


class TestEffects:
    @pytest.mark.parametrize("restock", [False, True])
    def test_restock(self, world: WooWorld, restock):
        external_id = world.place_order(quantity=3)
        line = product_line(world, external_id)
        product = world.store.products[line["product_id"]]
        before = product["stock_quantity"]
        part = RefundLine(str(line["id"]), LineKind.PRODUCT, quantity=D(2), total=D("5.00"))
        world.adapter.create_refund(request_for(external_id, lines=(part,), restock=restock), False)
        assert product["stock_quantity"] - before == (2 if restock else 0)

    @pytest.mark.parametrize("pay_out", [False, True])
    def test_pay_out(self, world: WooWorld, pay_out):
        external_id = world.paid_order()
        refund = world.adapter.create_refund(request_for(external_id, pay_out=pay_out), False)
        assert refund.paid_back is pay_out

    def test_requests(self, world: WooWorld):
        external_id = world.place_order()
        before = world.requests()
        world.adapter.create_refund(request_for(external_id), look_first=False)
        assert world.requests() - before == 1
        world.adapter.create_refund(request_for(external_id), look_first=True)
        assert world.requests() - before == 2


class TestLooking:
    """A request that breaks off may leave a refund without our marker: it is saved last."""

    def cut_off(self, world: WooWorld, external_id: str, amount: str, reason: str) -> str:
        refund = world.store.refund_order(int(external_id), amount, reason=reason)
        return str(refund["id"])

    def test_a_cut_off_one_is_found(self, world: WooWorld):
        external_id = world.place_order()
        made = self.cut_off(world, external_id, "5.00", "RINV/0001")
        refund = world.adapter.create_refund(request_for(external_id), look_first=True)
        assert (refund.external_id, len(world.store.refunds)) == (made, 1)

    def test_a_marked_one_goes_first(self, world: WooWorld):
        external_id = world.place_order()
        first = world.adapter.create_refund(request_for(external_id), look_first=False)
        self.cut_off(world, external_id, "5.00", "RINV/0001")
        found = world.adapter.create_refund(request_for(external_id), look_first=True)
        assert found.external_id == first.external_id

    @pytest.mark.parametrize(("amount", "reason"), [("5.00", "Goodwill"), ("4.99", "RINV/0001")])
    def test_the_shops_own_are_none(self, world: WooWorld, amount, reason):
        external_id = world.place_order()
        other = self.cut_off(world, external_id, amount, reason)
        refund = world.adapter.create_refund(request_for(external_id), look_first=True)
        assert refund.external_id != other
        assert len(world.store.refunds) == 2

    def test_one_of_another_credit_note_is_none(self, world: WooWorld):
        external_id = world.place_order()
        world.adapter.create_refund(request_for(external_id, marker="r-0"), look_first=False)
        refund = world.adapter.create_refund(request_for(external_id), look_first=True)
        assert refund.marker == "r-1"

    def test_without_a_reason_a_person_decides(self, world: WooWorld):
        external_id = world.place_order()
        made = self.cut_off(world, external_id, "5.00", "")
        with pytest.raises(errors.Conflict) as caught:
            world.adapter.create_refund(request_for(external_id, reason=""), look_first=True)
        assert caught.value.params == {"refunds": made, "amount": "5.00"}
        assert len(world.store.refunds) == 1

    def test_of_two_twins_a_person_chooses(self, world: WooWorld):
        external_id = world.place_order()
        twins = {self.cut_off(world, external_id, "5.00", "RINV/0001") for _time in range(2)}
        with pytest.raises(errors.Conflict) as caught:
            world.adapter.create_refund(request_for(external_id), look_first=True)
        assert set(caught.value.params["refunds"].split(", ")) == twins

    def test_beyond_the_first_page(self, world: WooWorld):
        external_id = world.place_order(quantity=10)
        first = world.adapter.create_refund(request_for(external_id), look_first=False)
        for _number in range(101):
            self.cut_off(world, external_id, "0.01", "")
        found = world.adapter.create_refund(request_for(external_id), look_first=True)
        assert found.external_id == first.external_id


class TestRefusals:
    def refused(self, world: WooWorld, external_id: str, **values: Any) -> errors.Rejected:
        with pytest.raises(errors.Rejected) as caught:
            world.adapter.create_refund(request_for(external_id, **values), look_first=False)
        return caught.value

    def test_more_than_the_rest(self, world: WooWorld):
        external_id = world.place_order()
        total = D(world.store.orders[int(external_id)]["total"]).quantize(D("0.01"))
        world.adapter.create_refund(request_for(external_id), look_first=False)
        error = self.refused(world, external_id, amount=total)
        assert (error.code, error.params) == (
            "refund_exceeds_rest",
            {"amount": str(total), "rest": str(total - 5)},
        )

    @pytest.mark.parametrize("method", ["bacs", "no_such_gateway"])
    def test_a_gateway_that_can_not(self, world: WooWorld, method):
        external_id = world.place_order()
        world.store.orders[int(external_id)]["payment_method"] = method
        error = self.refused(world, external_id, pay_out=True)
        assert (error.code, error.params) == (
            "gateway_cannot_refund",
            {"amount": "5.00", "gateway": method},
        )

    def test_more_than_the_rest_goes_first(self, world: WooWorld):
        external_id = world.place_order()
        error = self.refused(world, external_id, pay_out=True, amount=D("999.00"))
        assert error.code == "refund_exceeds_rest"

    def test_anything_else(self, world: WooWorld):
        external_id = world.place_order()
        world.server.faults.add("500-business", method="POST")
        error = self.refused(world, external_id)
        assert (error.code, error.params["amount"]) == ("refund_refused", "5.00")

    def test_what_is_no_matter_of_refunds(self, world: WooWorld):
        external_id = world.place_order()
        world.server.faults.add("400-invalid-param", method="POST")
        assert self.refused(world, external_id).code == "request_refused"

    def test_a_server_that_breaks_is_no_refusal(self, world: WooWorld):
        external_id = world.place_order()
        world.server.faults.add("500-fatal-json", method="POST", when="after")
        with pytest.raises(errors.UnknownOutcome):
            world.adapter.create_refund(request_for(external_id), look_first=False)
