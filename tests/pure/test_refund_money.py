"""The arithmetic of refunds: amount, base and tax of what is given back."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...core.refund_money import Charge, Part, refund_parts

CENT = D("0.01")
HIGH, LOW, NONE = ("21",), ("6",), ()
#: 100.00 + 21.00 and 50.00 + 3.00 and 10.00 without tax
LEFT = {
    HIGH: Charge(D("100.00"), {"21": D("21.00")}),
    LOW: Charge(D("50.00"), {"6": D("3.00")}),
    NONE: Charge(D("10.00")),
}


def line(base: str, tax: str = "0", tax_set=HIGH, name: str = "1") -> Part:
    taxes = {tax_set[0]: D(tax)} if tax_set else {}
    return Part(tax_set, Charge(D(base), taxes), name)


def refund(amount: str, *lines: Part, left=LEFT, unit=CENT) -> list[tuple]:
    """(line, base, taxes …) of each part, as text; checks that they add up."""
    parts = refund_parts(D(amount), lines, left, unit)
    assert sum(part.charge.total for part in parts) == D(amount)
    assert all(set(part.charge.taxes) <= set(part.tax_set) for part in parts)
    return [
        (part.line, f"{part.charge.base}", *map(str, part.charge.taxes.values())) for part in parts
    ]


class TestLines:
    def test_as_it_says(self):
        assert refund("12.10", line("10.00", "2.10")) == [("1", "10.00", "2.10")]

    def test_without_tax(self):
        assert refund("10.00", line("10.00")) == [("1", "10.00", "0.00")]

    def test_more_precise_than_the_currency(self):
        assert refund("12.25", line("10.12345", "2.125925")) == [("1", "10.12", "2.13")]

    def test_rounding_goes_into_the_largest_line(self):
        found = refund("12.12", line("5.00", "1.05"), line("5.01", "1.05", name="2"))
        assert found == [("1", "5.00", "1.05"), ("2", "5.02", "1.05")]

    def test_tax_that_was_never_charged_is_base(self):
        """Recorded: 0.21 of a rate of 0 %."""
        zero = Part(("0",), Charge(D("1.00"), {"0": D("0.21")}), "1")
        left = {**LEFT, ("0",): Charge(D("357.60"), {"0": D(0)})}
        assert refund("1.21", zero, left=left) == [("1", "1.21", "0")]

    def test_tax_is_given_back_once(self):
        found = refund("42.00", line("20.00", "11.00"), line("0.00", "11.00", name="2"))
        assert found == [("1", "20.00", "11.00"), ("2", "1.00", "10.00")]

    def test_tax_of_a_rate_that_the_line_has_not(self):
        other = Part(HIGH, Charge(D("10.00"), {"6": D("0.60")}), "1")
        assert refund("10.60", other) == [("1", "10.60", "0.00")]

    def test_nothing(self):
        assert refund("0", line("0")) == []

    def test_taxed_discount_is_taken_back(self):
        left = {**LEFT, ("5",): Charge(D("-10.00"), {"5": D("-0.50")})}
        found = refund("1.60", line("12.10"), line("-10.00", "-0.50", ("5",), "2"), left=left)
        assert found == [("1", "12.10", "0.00"), ("2", "-10.00", "-0.50")]


class TestAmount:
    def test_share_of_everything(self):
        assert refund("18.40") == [
            ("", "10.00", "2.10"),
            ("", "5.00", "0.30"),
            ("", "1.00"),
        ]

    def test_of_what_is_left_only(self):
        left = {**LEFT, HIGH: Charge(D("0.00"), {"21": D("0.00")})}
        assert refund("6.30", left=left) == [("", "5.00", "0.30"), ("", "1.00")]

    def test_above_the_lines(self):
        """Recorded: 40.00 with a line of 20.00 + 4.20."""
        left = {HIGH: Charge(D("40.00"), {"21": D("8.40")})}
        found = refund("40.00", line("20.00", "4.20"), left=left)
        assert found == [("1", "20.00", "4.20"), ("", "13.06", "2.74")]

    def test_below_the_lines(self):
        found = refund("10.00", line("20.00", "4.20"))
        assert found == [("1", "20.00", "4.20"), ("", "-11.74", "-2.46")]

    def test_all_that_is_left(self):
        assert refund("184.00") == [
            ("", "100.00", "21.00"),
            ("", "50.00", "3.00"),
            ("", "10.00"),
        ]

    def test_all_by_lines_whose_tax_differs_by_a_cent(self):
        lines = [line("100.01", "20.99"), line("50.00", "3.00", LOW, "2")]
        lines.append(line("10.00", "0", NONE, "3"))
        assert refund("184.00", *lines) == [
            ("1", "100.00", "21.00"),
            ("2", "50.00", "3.00"),
            ("3", "10.00"),
        ]

    def test_the_last_one_takes_the_tax_that_was_forgotten(self):
        left = {HIGH: Charge(D("90.00"), {"21": D("21.00")})}
        assert refund("111.00", line("90.00"), left=left) == [
            ("1", "90.00", "0.00"),
            ("", "0.00", "21.00"),
        ]

    @pytest.mark.parametrize(("amount", "unit"), [("7", "1"), ("7.123", "0.001")])
    def test_other_currencies(self, amount, unit):
        left = {HIGH: Charge(D(100), {"21": D(21)})}
        ((_line, base, tax),) = refund(amount, left=left, unit=D(unit))
        assert abs(D(base) * D("0.21") - D(tax)) <= D(unit)


MONEY = st.decimals(min_value=0, max_value=300, places=2)
CHARGES = st.fixed_dictionaries(
    {
        HIGH: st.builds(lambda base, tax: Charge(base, {"21": tax}), MONEY, MONEY),
        LOW: st.builds(lambda base, tax: Charge(base, {"6": tax}), MONEY, MONEY),
        ("21", "6"): st.builds(
            lambda base, one, two: Charge(base, {"21": one, "6": two}), MONEY, MONEY, MONEY
        ),
        NONE: st.builds(Charge, MONEY),
    }
)
LINES = st.lists(
    st.builds(
        lambda tax_set, base, tax: Part(tax_set, Charge(base, dict.fromkeys(tax_set, tax)), "1"),
        st.sampled_from([HIGH, LOW, ("21", "6"), NONE]),
        st.decimals(min_value=0, max_value=100, places=6),
        st.decimals(min_value=0, max_value=30, places=6),
    ),
    max_size=3,
)


class TestSeveral:
    """Whatever was given back before: exact, never more tax than charged, zero at the end."""

    @given(CHARGES, st.lists(st.tuples(st.integers(0, 100), LINES), max_size=4), LINES)
    def test_until_nothing_is_left(self, left, refunds, last):
        charged = dict(left)
        total = sum(charge.total for charge in charged.values())
        for percent, lines in refunds:
            amount = (total * percent / 100).quantize(CENT, "ROUND_DOWN")
            left = self.give_back(amount, lines, left)
            total -= amount
            for tax_set, charge in left.items():
                assert all(tax >= 0 for tax in charge.taxes.values()), (tax_set, charge)
        left = self.give_back(total, last, left)
        assert not any(left.values())

    def give_back(self, amount, lines, left):
        parts = refund_parts(amount, lines, left, CENT)
        assert sum(part.charge.total for part in parts) == amount
        left = dict(left)
        for part in parts:
            left[part.tax_set] = left[part.tax_set] - part.charge
        return left
