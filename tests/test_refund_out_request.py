"""A credit note's amounts as a refund of the shop: arithmetic only."""

from decimal import Decimal

from odoo.tests import BaseCase

from ..core.canonical import Line, LineKind, Order, OrderStatus, RefundRef, TaxAmount
from ..services.refund_request import (
    Credit,
    CreditedLine,
    CreditedTax,
    by_rate,
    left_to_refund,
    refund_request,
)

D = Decimal
CENT = D("0.01")


def line_of(external_id="7", kind=LineKind.PRODUCT, quantity="3", **taxes):
    parts = tuple(TaxAmount(key, D(amount)) for key, amount in taxes.items())
    total_tax = sum((part.amount for part in parts), D(0))
    return Line(external_id, kind, "Mug", D(quantity), D("59.97"), total_tax, taxes=parts)


def order_of(*lines, refunds=()):
    total = sum((line.total + line.total_tax for line in lines), D(0))
    return Order(
        external_id="1",
        number="1",
        status=OrderStatus.PROCESSING,
        status_code="processing",
        currency="EUR",
        total=total,
        total_tax=D(0),
        created_at=None,
        modified_at=None,
        lines=lines,
        refunds=refunds,
    )


def rates(line, *taxes):
    credited = [CreditedTax(D(amount), frozenset(keys)) for amount, keys in taxes]
    return {part.rate_key: part.amount for part in by_rate(credited, line, CENT)}


class TestRates(BaseCase):
    def test_a_tax_of_one_rate(self):
        self.assertEqual(rates(line_of(a="12.59"), ("4.20", {"a", "z"})), {"a": D("4.20")})

    def test_rates_of_one_tax_share_it_as_the_shop_does(self):
        line = line_of(state="6.00", city="3.00", other="1.00")
        found = rates(line, ("3.02", {"state", "city"}), ("0.33", {"other"}))
        self.assertEqual(found, {"state": D("2.01"), "city": D("1.01"), "other": D("0.33")})

    def test_the_parts_of_a_cent_add_up(self):
        line = line_of(a="0.333", b="0.333", c="0.334")
        for cents in range(1, 8):
            found = rates(line, (D(cents) / 100, {"a", "b", "c"}))
            self.assertEqual(sum(found.values()), D(cents) / 100)

    def test_two_taxes_of_a_group_are_one_rate(self):
        self.assertEqual(
            rates(line_of(a="12.59"), ("2.00", {"a"}), ("2.20", {"a"})), {"a": D("4.20")}
        )

    def test_a_mapping_that_was_changed_since(self):
        self.assertEqual(rates(line_of(a="12.59"), ("4.20", {"b"})), {"a": D("4.20")})

    def test_a_line_without_tax_in_the_shop(self):
        self.assertEqual(rates(line_of(), ("4.20", {"a"})), {})

    def test_rates_of_nothing(self):
        line = line_of(zero="0.00", a="12.59")
        self.assertEqual(rates(line, ("0", {"zero"}), ("4.20", {"a"})), {"a": D("4.20")})


class TestRequest(BaseCase):
    def request(self, order, *lines, **values):
        credit = Credit("1", D("30.00"), CENT, tuple(lines), **values)
        return refund_request(credit, "mark", order)

    def credited(self, external_id="7", quantity="1"):
        tax = CreditedTax(D("4.20"), frozenset({"a"}))
        return CreditedLine(external_id, D(quantity), D("19.99"), (tax,))

    def test_line(self):
        (line,) = self.request(order_of(line_of(a="12.59")), self.credited()).lines
        self.assertEqual((line.line_external_id, line.kind), ("7", LineKind.PRODUCT))
        self.assertEqual((line.quantity, line.total, line.total_tax), (1, D("19.99"), D("4.20")))

    def test_the_amount_counts_what_no_line_explains(self):
        request = self.request(order_of(line_of(a="12.59")), self.credited(), reason="Broken")
        self.assertEqual((request.amount, request.marker, request.reason), (30, "mark", "Broken"))

    def test_a_line_that_the_shop_has_no_more(self):
        self.assertEqual(self.request(order_of(line_of("8")), self.credited("7")).lines, ())

    def test_never_more_pieces_than_were_sold(self):
        (line,) = self.request(order_of(line_of(quantity="0")), self.credited()).lines
        self.assertEqual(line.quantity, 0)

    def test_shipping_has_no_pieces(self):
        shipping = line_of(kind=LineKind.SHIPPING, quantity="1", a="12.59")
        (line,) = self.request(order_of(shipping), self.credited()).lines
        self.assertEqual((line.kind, line.quantity), (LineKind.SHIPPING, 0))

    def test_what_is_left(self):
        order = order_of(line_of(a="12.59"), refunds=(RefundRef("5", D("12.56")),))
        self.assertEqual(left_to_refund(order), D("60.00"))
