"""Exact amounts on a line, their parts, and fees over several tax classes: arithmetic only."""

from decimal import Decimal
from random import Random

from odoo.tests import BaseCase

from ..services.forced_amounts import (
    BASE,
    TAXES,
    Money,
    Slice,
    TaxPart,
    forced,
    in_currency_only,
    part_of,
    rest_of,
    slices,
    unit_of,
)

D = Decimal
EURO = Money(1, D("0.01"), D("0.01"), 1.0)


class TestForced(BaseCase):
    def test_units_of_the_database(self):
        for rounding, unit in ((0.01, "0.01"), (1.0, "1"), (0.001, "0.001"), (0.05, "0.05")):
            self.assertEqual(unit_of(rounding), D(unit))

    def test_company_currency(self):
        money = Money(1, D("0.001"), D("0.01"), 0.3342)
        extra = forced(money, 1.0, 1.0, D("10.001"), [TaxPart(7, D("2.1"), D("10.001"))])
        self.assertEqual((extra[f"{BASE}_currency"], extra[BASE]), (10.001, 29.93))
        self.assertEqual(extra[TAXES]["7"]["tax_amount"], 6.28)
        self.assertEqual(extra["rate"], 0.3342)

    def test_without_tax_the_base_is_forced_all_the_same(self):
        self.assertTrue(forced(EURO, 1.0, 1.0, D(1), [])[TAXES])


class TestParts(BaseCase):
    def test_parts_of_any_size_add_up(self):
        rng = Random(7)
        for _round in range(300):
            whole, base, tax = rng.randint(2, 9), rng.randint(-9999, 9999), rng.randint(-999, 999)
            part = TaxPart(7, D(tax) / 100, D(base) / 100)
            extra = forced(EURO, 1.0, float(whole), D(base) / 100, [part])
            taken, sums = 0, [0.0, 0.0]
            while taken < whole:
                quantity = rng.randint(1, whole - taken)
                found = part_of(extra, float(taken), float(quantity), EURO.unit, EURO.unit)
                self.assertEqual(found["quantity"], quantity)
                sums[0] += found[BASE]
                sums[1] += found[TAXES]["7"]["tax_amount_currency"]
                taken += quantity
            self.assertEqual([round(value, 2) for value in sums], [base / 100, tax / 100])

    def test_the_rest_of_parts_with_a_hole(self):
        """The second of three was cancelled: the last two together are what is left."""
        extra = forced(EURO, 1.0, 7.0, D("10.00"), [TaxPart(7, D("2.11"), D("10.00"))])
        first = part_of(extra, 0.0, 2.0, EURO.unit, EURO.unit)
        third = part_of(extra, 4.0, 3.0, EURO.unit, EURO.unit)
        rest = rest_of(extra, [first, third], 2.0)
        self.assertEqual(rest["quantity"], 2.0)
        self.assertEqual(sum(part[BASE] for part in (first, third, rest)), 10.0)
        taxes = [part[TAXES]["7"] for part in (first, third, rest)]
        for name in ("tax_amount", "tax_amount_currency"):
            self.assertEqual(round(sum(tax[name] for tax in taxes), 2), 2.11)

    def test_the_rest_of_parts_at_other_rates(self):
        """Amounts in the company's currency of different days can't be added up."""
        extra = forced(EURO, 1.0, 3.0, D("10.00"), [TaxPart(7, D("2.10"), D("10.00"))])
        first = in_currency_only(part_of(extra, 0.0, 1.0, EURO.unit, EURO.unit))
        self.assertNotIn(BASE, first)
        self.assertEqual(
            first[TAXES], {"7": {"tax_amount_currency": 0.7, "base_amount_currency": 3.33}}
        )
        rest = rest_of(extra, [first], 2.0)
        self.assertEqual(rest[f"{BASE}_currency"], 6.67)
        self.assertEqual(set(rest[TAXES]["7"]), {"tax_amount_currency", "base_amount_currency"})

    def test_giving_a_part_back(self):
        extra = forced(EURO, 1.0, 7.0, D("10.00"), [TaxPart(7, D("2.10"), D("10.00"))])
        taken = part_of(extra, 0.0, 3.0, EURO.unit, EURO.unit)
        back = part_of(extra, 3.0, -3.0, EURO.unit, EURO.unit)
        self.assertEqual(taken[BASE], -back[BASE])
        self.assertEqual(taken[TAXES]["7"]["tax_amount"], -back[TAXES]["7"]["tax_amount"])


class TestSlices(BaseCase):
    PERCENTS = {"a": D(21), "b": D(6), "c": D(5), "d": D("9.975"), "zero": D(0), "old": None}

    def cut(self, base, together=(), **taxes):
        raw = {key: D(amount) for key, amount in taxes.items()}
        rounded = [(key, round(amount, 2)) for key, amount in raw.items()]
        groups = [frozenset(keys) for keys in together]
        found = slices(D(base), rounded, raw, groups, self.PERCENTS, D("0.01"))
        self.assertEqual(sum(part.base for part in found), D(base))
        self.assertEqual(
            sum(amount for part in found for _key, amount in part.taxes),
            sum(amount for _key, amount in rounded),
        )
        return found

    def test_one_rate_is_one_line(self):
        self.assertEqual(self.cut("-10", a="-2.1"), [Slice(D(-10), (("a", D("-2.10")),))])

    def test_two_classes(self):
        found = self.cut("-10", a="-1.4", b="-0.2")
        self.assertEqual([part.base for part in found], [D("-6.67"), D("-3.33")])

    def test_tax_rounded_to_cents_explains_the_base_roughly(self):
        found = self.cut("-10", a="-1.40", b="-0.20")
        self.assertEqual(len(found), 2)

    def test_a_part_without_tax(self):
        found = self.cut("-10", a="-1.05", b="-0.12")
        self.assertEqual([part.base for part in found], [-5, -2, -3])
        self.assertEqual(found[-1].taxes, ())

    def test_rates_that_apply_together_stay_together(self):
        self.assertEqual(len(self.cut("-10", [("c", "d")], c="-0.5", d="-1.00")), 1)
        found = self.cut("-20", [("c", "d"), ("a",)], c="-0.5", d="-0.9975", a="-2.1")
        self.assertEqual(
            [{key for key, _amount in part.taxes} for part in found], [{"c", "d"}, {"a"}]
        )
        self.assertEqual([part.base for part in found], [-10, -10])

    def test_a_rate_of_unknown_percentage_is_not_split(self):
        self.assertEqual(len(self.cut("-10", a="-1.4", old="-0.2")), 1)

    def test_a_class_that_takes_nothing_is_left_out(self):
        found = self.cut("-10", a="-2.1", zero="0")
        self.assertEqual([key for part in found for key, _amount in part.taxes], ["a"])
