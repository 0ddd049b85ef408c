"""The arithmetic of totals."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...core.canonical import Line, LineKind, Order, OrderStatus, TaxAmount
from ...core.money import MAX_UNITS, order_totals, round_to, share
from .woo import adapter, load, names

CENT = D("0.01")
UNITS = st.sampled_from([D("1"), D("0.01"), D("0.001")])
RAW = st.decimals(min_value=-5000, max_value=5000, places=8)


def line(number: int, total: str, tax: str = "0", *parts: tuple[str, str]) -> Line:
    return Line(
        str(number),
        LineKind.PRODUCT,
        "Mug",
        D(1),
        D(total),
        D(tax),
        taxes=tuple(TaxAmount(key, D(amount)) for key, amount in parts),
    )


def order(total: str, total_tax: str, *lines: Line) -> Order:
    return Order(
        "7", "7", OrderStatus.PENDING, "pending", "EUR", D(total), D(total_tax), None, None, lines
    )


class TestRound:
    @pytest.mark.parametrize(
        ("amount", "unit", "expected"),
        [
            ("1.005", "0.01", "1.01"),
            ("-1.005", "0.01", "-1.01"),
            ("1.0049999", "0.01", "1.00"),
            ("1499.5", "1", "1500"),
            ("0.0005", "0.001", "0.001"),
            ("1.12", "0.05", "1.10"),
            ("-0.00", "0.01", "0"),
        ],
    )
    def test_half_away_from_zero(self, amount, unit, expected):
        assert round_to(D(amount), D(unit)) == D(expected)


class TestShare:
    def test_nothing_to_share_with(self):
        assert share(D("1.00"), [], CENT) == []

    def test_thirds(self):
        assert share(D("10.00"), [D(1)] * 3, CENT) == [D("3.34"), D("3.33"), D("3.33")]

    def test_largest_remainder_gets_the_cent(self):
        assert share(D("0.03"), [D("0.0134"), D("0.0166")], CENT) == [D("0.01"), D("0.02")]

    def test_weights_that_say_nothing(self):
        assert share(D("5.00"), [D(0), D(0)], CENT) == [D("5.00"), D(0)]

    def test_weights_that_are_amounts_stay_as_they_are(self):
        """A fee's tax over two classes: scaling by their tiny sum would blow the parts up."""
        assert share(D("0.01"), [D("10.004"), D("-9.997")], CENT) == [D("10.01"), D("-10.00")]

    def test_weights_that_cancel_out(self):
        assert share(D("0.00"), [D("5.00"), D("-5.00")], CENT) == [D("5.00"), D("-5.00")]

    @given(st.lists(RAW, min_size=1, max_size=6), st.integers(-100000, 100000), UNITS)
    def test_parts_add_up_and_are_multiples(self, weights, units, unit):
        total = units * unit
        parts = share(total, weights, unit)
        assert len(parts) == len(weights)
        assert sum(parts) == total
        assert all(part % unit == 0 for part in parts)

    @given(
        st.lists(st.decimals(min_value=0, max_value=900, places=8), min_size=1, max_size=6),
        st.integers(0, 100000),
        UNITS,
    )
    def test_no_part_is_a_unit_off(self, weights, units, unit):
        total = units * unit
        base = sum(weights)
        if base and abs(total - base) > unit * len(weights):
            for part, weight in zip(share(total, weights, unit), weights, strict=True):
                assert abs(part - total * weight / base) < unit

    @given(st.lists(RAW, min_size=1, max_size=6), UNITS)
    def test_amounts_move_by_less_than_two_units(self, weights, unit):
        total = round_to(sum(weights), unit)
        for part, weight in zip(share(total, weights, unit), weights, strict=True):
            assert abs(part - weight) < 2 * unit


class TestOrderTotals:
    def test_exact_lines_stay(self):
        totals = order_totals(order("12.10", "2.10", line(1, "10.00", "2.10", ("1", "2.10"))), CENT)
        assert totals.exact
        assert [(amounts.base, amounts.tax) for amounts in totals.lines] == [
            (D("10.00"), D("2.10"))
        ]
        assert totals.lines[0].taxes == (("1", D("2.10")),)

    def test_a_cent_goes_to_the_largest_line(self):
        lines = (line(1, "1.00", "0.21"), line(2, "20.00", "4.20"), line(3, "3.00", "0.63"))
        totals = order_totals(order("29.05", "5.05", *lines), CENT)
        assert totals.exact
        assert [amounts.tax for amounts in totals.lines] == [D("0.21"), D("4.21"), D("0.63")]

    def test_no_line_can_carry_it(self):
        totals = order_totals(order("0.02", "0.00"), CENT)
        assert (totals.exact, totals.rest_base, totals.within_bound) == (False, D("0.02"), True)

    def test_a_line_without_tax_carries_none(self):
        totals = order_totals(order("10.01", "0.01", line(1, "10.00")), CENT)
        assert totals.rest_tax == D("0.01")
        assert totals.lines[0].tax == 0

    def test_a_euro_is_not_hidden(self):
        totals = order_totals(order("13.10", "2.10", line(1, "10.00", "2.10")), CENT)
        assert (totals.rest_base, totals.within_bound) == (D("1.00"), False)
        assert totals.lines[0].base == D("10.00")

    def test_gift_cards_were_taken_off_the_total(self):
        paid_by_card = order("2.10", "2.10", line(1, "10.00", "2.10"))
        assert order_totals(paid_by_card, CENT, gift_cards=D("10.00")).exact
        assert not order_totals(paid_by_card, CENT).within_bound

    def test_two_rates_share_a_line(self):
        taxed = line(1, "10.00", "1.23", ("1", "0.4098"), ("2", "0.8196"))
        totals = order_totals(order("11.23", "1.23", taxed), CENT)
        assert totals.lines[0].taxes == (("1", D("0.41")), ("2", D("0.82")))

    def test_negative_fee_over_two_classes(self):
        fee = line(2, "-5.00", "-0.75", ("1", "-0.5208"), ("2", "-0.2297"))
        totals = order_totals(order("7.00", "1.35", line(1, "10.65", "2.10"), fee), CENT)
        assert totals.exact
        assert totals.lines[1].taxes == (("1", D("-0.52")), ("2", D("-0.23")))

    def test_yen(self):
        assert order_totals(order("1500.00", "0", line(1, "1499.6")), D(1)).lines[0].base == 1500

    @given(
        st.lists(st.tuples(RAW, RAW), min_size=1, max_size=8),
        st.integers(-8, 8),
        st.integers(-8, 8),
        UNITS,
    )
    def test_lines_and_rest_always_make_the_header(self, amounts, off_base, off_tax, unit):
        lines = tuple(
            line(number, str(base), str(tax)) for number, (base, tax) in enumerate(amounts)
        )
        base = round_to(sum(pair[0] for pair in amounts), unit) + off_base * unit
        tax = round_to(sum(pair[1] for pair in amounts), unit) + off_tax * unit
        totals = order_totals(order(str(base + tax), str(tax), *lines), unit)
        assert sum(item.base for item in totals.lines) + totals.rest_base == base
        assert sum(item.tax for item in totals.lines) + totals.rest_tax == tax
        for item, (raw_base, raw_tax) in zip(totals.lines, amounts, strict=True):
            assert abs(item.base - round_to(raw_base, unit)) <= unit
            assert abs(item.tax - round_to(raw_tax, unit)) <= unit

    @given(st.lists(RAW, min_size=1, max_size=9), UNITS, st.sampled_from([1, -1]))
    def test_never_more_than_the_bound_is_spread(self, bases, unit, sign):
        lines = tuple(line(number, str(base)) for number, base in enumerate(bases))
        rounded = sum(round_to(base, unit) for base in bases)
        # rounding nine lines makes at most five units: from both sums this is too much
        header = rounded + sign * (2 * MAX_UNITS + 1) * unit
        totals = order_totals(order(str(header), "0", *lines), unit)
        assert totals.rest_base == sign * (2 * MAX_UNITS + 1) * unit

    def test_the_bound_is_no_matter_of_how_many_lines_there_are(self):
        lines = tuple(line(number, "10.00") for number in range(20))
        fits = order_totals(order("200.05", "0", *lines), CENT)
        assert (fits.exact, max(item.base for item in fits.lines)) == (True, D("10.01"))
        totals = order_totals(order("200.06", "0", *lines), CENT)
        assert (totals.rest_base, totals.within_bound) == (D("0.06"), False)
        assert {item.base for item in totals.lines} == {D("10.00")}

    @given(st.lists(RAW.filter(bool), min_size=1, max_size=80), UNITS)
    def test_what_only_rounding_makes_is_always_spread(self, taxes, unit):
        """A shop that rounds at the subtotal: header and raw lines agree, however many."""
        lines = tuple(line(number, "100", str(tax)) for number, tax in enumerate(taxes))
        total_tax = round_to(sum(taxes), unit)
        totals = order_totals(
            order(str(100 * len(taxes) + total_tax), str(total_tax), *lines), unit
        )
        assert totals.exact
        for item, tax in zip(totals.lines, taxes, strict=True):
            assert abs(item.tax - tax) <= unit

    def test_sixty_lines_rounded_at_the_subtotal(self):
        lines = tuple(line(number, "3.21", "0.6741") for number in range(60))
        totals = order_totals(order("233.05", "40.45", *lines), CENT)
        assert totals.exact
        assert {item.tax for item in totals.lines} == {D("0.67"), D("0.68")}
        assert sum(item.tax for item in totals.lines) == D("40.45")

    def test_the_line_that_rounding_moved_most(self):
        lines = (line(1, "500.00", "105.00"), line(2, "1.00", "0.2149"), line(3, "1.00", "0.2101"))
        totals = order_totals(order("607.43", "105.43", *lines), CENT)
        assert [item.tax for item in totals.lines] == [D("105.00"), D("0.22"), D("0.21")]

    @pytest.mark.parametrize("name", names("order"))
    def test_recorded_orders_are_exact(self, name):
        payload = load(name)
        if len(payload["line_items"]) < 4:
            parsed = adapter("https://shop.example").parse_order(payload)
            assert order_totals(parsed, D("0.01")).exact
