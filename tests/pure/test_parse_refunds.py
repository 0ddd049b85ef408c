"""WooCommerce's refunds become canonical values: every recorded kind."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal as D
from typing import Any

import pytest

from ...core import errors
from ...core.canonical import LineKind, Refund, TaxAmount
from ...providers.woocommerce.parse_refunds import parse_refund, parse_refunds
from .woo import load, names


def parse(name: str) -> tuple[Refund, ...]:
    return parse_refunds(load(f"refunds__{name}"))


def amounts(refund: Refund) -> list[tuple[D, D, D]]:
    return [(line.quantity, line.total, line.total_tax) for line in refund.lines]


class TestKinds:
    def test_line(self):
        (refund,) = parse("partial_line")
        assert (refund.external_id, refund.order_external_id) == ("200", "199")
        assert (refund.amount, refund.reason) == (D("119.20"), "Beschadigd é")
        assert refund.created_at == datetime(2026, 11, 21, 8, 58, 30, tzinfo=timezone.utc)
        assert (refund.paid_back, refund.marker) == (False, "")
        (line,) = refund.lines
        assert (line.line_external_id, line.kind) == ("234", LineKind.PRODUCT)
        assert line.name == "Artikel 054 Lamp “Zen”"
        assert (line.quantity, line.total, line.total_tax) == (1, D("119.20"), 0)
        assert line.restocked == 1

    def test_amount_only(self):
        (refund,) = parse("amount_only")
        assert (refund.amount, refund.reason, refund.lines) == (D("5.00"), "Goodwill", ())

    def test_shipping_only(self):
        (refund,) = parse("shipping_only")
        (line,) = refund.lines
        assert (line.line_external_id, line.kind, line.name) == ("285", LineKind.SHIPPING, "bpost")
        assert (line.quantity, line.total, line.total_tax) == (0, D("4.95"), D("1.04"))
        assert line.taxes == (TaxAmount("1", D("1.04")),)
        assert line.restocked is None

    def test_full_by_lines(self):
        (refund,) = parse("full_by_lines")
        assert [line.kind.value for line in refund.lines] == [*["product"] * 3, "shipping", "fee"]
        assert sum(line.total + line.total_tax for line in refund.lines) == refund.amount
        assert [line.restocked for line in refund.lines] == [3, 1, 2, None, None]

    @pytest.mark.parametrize("name", ["full_by_amount", "by_status"])
    def test_full_without_lines(self, name):
        (refund,) = parse(name)
        assert (refund.amount, refund.lines) == (D("398.50"), ())

    def test_oldest_first(self):
        payload = load("refunds__two")
        assert [record["id"] for record in payload["refunds"]] == [213, 212]
        refunds = parse_refunds(payload)
        assert [refund.external_id for refund in refunds] == ["212", "213"]
        # the shop was told not to restock: its stock is still reduced by all pieces
        assert [refund.lines[0].restocked for refund in refunds] == [0, 0]

    def test_nothing_but_a_quantity(self):
        (refund,) = parse("zero_with_quantity")
        assert (refund.amount, amounts(refund)) == (0, [(1, 0, 0)])

    def test_odd_ones(self):
        """Lines without tax, price reductions, a line of another order, and nothing at all."""
        without_tax, reduction, dropped, nothing = parse("odd_ones")
        assert (without_tax.amount, amounts(without_tax)) == (10, [(1, 10, 0)])
        assert without_tax.lines[0].taxes == ()
        assert without_tax.lines[0].name == "Artikel 008 Trui & co"
        assert reduction.amount == D("12.25")
        assert amounts(reduction) == [(0, D("10.12"), D("2.13"))]
        assert (dropped.amount, dropped.lines) == (1, ())
        assert (nothing.amount, nothing.lines) == (0, ())

    def test_amount_above_its_lines(self):
        (refund,) = parse("amount_above_lines")
        assert (refund.amount, amounts(refund)) == (40, [(1, 20, D("4.20"))])

    def test_quantities_that_do_not_fit(self):
        assert [(refund.amount, amounts(refund)) for refund in parse("odd_quantities")] == [
            (D("12.10"), [(1, 10, D("2.10"))]),
            (0, [(1, 0, 0)]),
            (1, [(99, 1, 0)]),
        ]

    def test_all_recordings_are_tested(self):
        assert len(names("refunds")) == 11

    @pytest.mark.parametrize("name", names("refunds"))
    def test_amounts_are_decimals_with_the_right_sign(self, name):
        payload = load(name)
        for refund in parse_refunds(payload):
            assert isinstance(refund.amount, D) and refund.amount >= 0
            for line in refund.lines:
                found = [line.quantity, line.total, line.total_tax]
                found += [part.amount for part in line.taxes]
                assert all(isinstance(amount, D) and amount >= 0 for amount in found)


class TestFields:
    BLANK: dict[str, Any] = {"id": 7, "amount": "5.00"}

    def test_as_little_as_there_can_be(self):
        assert parse_refund(self.BLANK, "3") == Refund("7", "3", D("5.00"))

    @pytest.mark.parametrize(("payload", "field"), [({"amount": "5"}, "id"), ({"id": 7}, "amount")])
    def test_what_is_no_refund(self, payload, field):
        with pytest.raises(errors.Rejected) as caught:
            parse_refund(payload, "3")
        assert (caught.value.code, caught.value.params) == ("not_a_refund", {"field": field})

    def test_made_by_odoo_and_paid_by_the_gateway(self):
        marker = {"id": 1, "key": "_odoo_refund_uuid", "value": "a1b2"}
        payload = {**self.BLANK, "meta_data": [marker], "refunded_payment": True}
        refund = parse_refund(payload, "3")
        assert (refund.marker, refund.paid_back) == ("a1b2", True)

    def test_fee_that_was_a_discount(self):
        """Its refund takes back what the discount had given."""
        fee = {"name": "Discount", "total": "3.00", "total_tax": "0.63", "meta_data": []}
        refund = parse_refund({**self.BLANK, "fee_lines": [fee]}, "3")
        (line,) = refund.lines
        assert (line.kind, line.line_external_id) == (LineKind.FEE, "")
        assert (line.total, line.total_tax) == (D("-3.00"), D("-0.63"))

    @pytest.mark.parametrize("bad", [None, "x", [], {"a": 1}, 1.5, True])
    def test_wrong_types_are_nothing(self, bad):
        lines = {"line_items": [{"total": bad, "quantity": bad, "taxes": bad, "meta_data": bad}]}
        refund = parse_refund({**self.BLANK, **lines, "meta_data": bad, "reason": bad}, "3")
        assert (len(refund.lines), refund.marker) == (1, "")


class TestRestocked:
    def shop(self, reduced: Any, restocked: Any, *quantities: int) -> list[D | None]:
        """Refunds of these quantities of one line; what each of them restocked."""
        meta = [
            {"key": "_reduced_stock", "value": reduced},
            {"key": "_restock_refunded_items", "value": restocked},
        ]
        item = {"id": 5, "meta_data": [row for row in meta if row["value"] is not None]}
        of_line = [{"key": "_refunded_item_id", "value": "5"}]
        refunds = [
            {
                "id": 10 + number,
                "amount": "1",
                "line_items": [{"quantity": -quantity, "meta_data": of_line}],
            }
            for number, quantity in enumerate(quantities)
        ]
        payload = {"order": {"id": 1, "line_items": [item]}, "refunds": refunds}
        return [refund.lines[0].restocked for refund in parse_refunds(payload)]

    def test_not_managed(self):
        assert self.shop(None, None, 1) == [None]

    def test_managed_but_not_restocked(self):
        assert self.shop("3", None, 1) == [0]

    def test_all_of_it(self):
        assert self.shop("0", "3", 1, 2) == [1, 2]

    def test_older_ones_are_served_first(self):
        assert self.shop("1", "2", 1, 2) == [1, 1]

    def test_more_than_was_refunded(self):
        assert self.shop("0", 99, 1) == [1]
