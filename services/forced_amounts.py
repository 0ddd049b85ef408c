"""Exact amounts on a line: Odoo's ``extra_tax_data``, and its share for a part of the line.

Odoo recomputes tax from prices; a shop's rounding differs from it by cents. ``extra_tax_data``
tells Odoo's tax engine the amounts instead. It counts as long as currency, price, discount and
quantity are those it was made for and every tax of the line is in it
(``account.tax._import_base_line_extra_tax_data``); otherwise Odoo silently computes normally.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..core.canonical import ZERO
from ..core.money import round_to, share

#: Without any tax the engine would ignore the forced base: this key belongs to no tax.
NO_TAX = "0"
BASE = "manual_total_excluded"
TAXES = "manual_tax_amounts"
PARTS = ("tax_amount", "base_amount")


@dataclass(frozen=True)
class TaxPart:
    """What one Odoo tax makes on a line: its amount, and what it is computed on."""

    tax_id: int
    amount: Decimal
    base: Decimal


@dataclass(frozen=True)
class Money:
    """A currency and the company's: identifier, rounding units, rate between them.

    ``rate``: units of the currency for one of the company's.
    """

    currency_id: int
    unit: Decimal
    company_unit: Decimal
    rate: float

    def company_amount(self, amount: Decimal) -> Decimal:
        if not self.rate:
            return ZERO
        return round_to(amount / Decimal(repr(self.rate)), self.company_unit)


def unit_of(rounding: float) -> Decimal:
    """A currency's rounding (a float of the database) as the exact number it means."""
    return Decimal(repr(round(rounding, 6))).normalize()


def forced(
    money: Money, price_unit: float, quantity: float, base: Decimal, parts: Sequence[TaxPart]
) -> dict[str, Any]:
    """The ``extra_tax_data`` of a line without discount."""
    taxes: dict[str, dict[str, float]] = {
        str(part.tax_id): {
            "tax_amount_currency": float(part.amount),
            "tax_amount": float(money.company_amount(part.amount)),
            "base_amount_currency": float(part.base),
            "base_amount": float(money.company_amount(part.base)),
        }
        for part in parts
    }
    return {
        "currency_id": money.currency_id,
        "price_unit": price_unit,
        "discount": 0.0,
        "quantity": quantity,
        "rate": money.rate,
        f"{BASE}_currency": float(base),
        BASE: float(money.company_amount(base)),
        TAXES: taxes or {NO_TAX: {}},
    }


def part_of(
    extra: Mapping[str, Any], before: float, quantity: float, unit: Decimal, company_unit: Decimal
) -> dict[str, Any]:
    """The share of ``quantity`` in a line's amounts, when ``before`` of it was taken already.

    It is the rounded share of both together minus the rounded share of ``before``, so that the
    parts add up to the line whatever their sizes and order.
    """
    whole = Decimal(repr(extra["quantity"]))
    start, end = Decimal(repr(before)), Decimal(repr(before)) + Decimal(repr(quantity))

    def scale(amount: float, step: Decimal) -> float:
        exact = Decimal(repr(amount))
        upto = (round_to(exact * point / whole, step) for point in (start, end))
        first, second = upto
        return float(second - first)

    def both(values: Mapping[str, float], name: str) -> dict[str, float]:
        units = {f"{name}_currency": unit, name: company_unit}
        return {key: scale(values[key], step) for key, step in units.items() if key in values}

    return {
        **extra,
        "quantity": quantity,
        **both(extra, BASE),
        TAXES: {
            tax_id: {key: value for name in PARTS for key, value in both(amounts, name).items()}
            for tax_id, amounts in extra[TAXES].items()
        },
    }


def in_currency_only(extra: Mapping[str, Any]) -> dict[str, Any]:
    """The same without the company's amounts: Odoo makes them by the document's own rate."""
    return {
        **{name: value for name, value in extra.items() if name != BASE},
        TAXES: {
            tax_id: {name: value for name, value in amounts.items() if name not in PARTS}
            for tax_id, amounts in extra[TAXES].items()
        },
    }


def rest_of(
    extra: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], quantity: float
) -> dict[str, Any]:
    """What is left of a line's amounts for its last ``quantity``, after ``parts`` of it.

    Parts at other rates have no amounts in the company's currency; then neither has the rest.
    """

    def left(name: str, whole: float, taken: Sequence[Mapping[str, float]]) -> float:
        exact = Decimal(repr(whole))
        return float(exact - sum((Decimal(repr(part.get(name, 0.0))) for part in taken), ZERO))

    rest = {
        **extra,
        "quantity": quantity,
        **{name: left(name, extra[name], parts) for name in (BASE, f"{BASE}_currency")},
        TAXES: {
            tax_id: {
                name: left(name, whole, [part[TAXES].get(tax_id, {}) for part in parts])
                for name, whole in amounts.items()
            }
            for tax_id, amounts in extra[TAXES].items()
        },
    }
    return rest if all(BASE in part for part in parts) else in_currency_only(rest)


@dataclass(frozen=True)
class Slice:
    """A part of a line whose rates are computed on one base: keys with their amounts."""

    base: Decimal
    taxes: tuple[tuple[str, Decimal], ...]


def slices(
    base: Decimal,
    taxes: Sequence[tuple[str, Decimal]],
    raw: Mapping[str, Decimal],
    together: Sequence[frozenset[str]],
    percents: Mapping[str, Decimal | None],
    unit: Decimal,
) -> list[Slice]:
    """Split a line whose tax is spread over several tax classes into one slice per class.

    WooCommerce spreads the tax of a negative fee over all classes of the cart. One line with all
    these taxes has the right tax, but a tax report would count its whole base for each of them.
    The base of a class follows from its tax: ``base = tax * 100 / percent``; what no class
    explains stays untaxed.

    :param taxes: amounts per rate, in whole units; ``raw``: the same as precise as there are
    :param together: sets of rates which other lines of the order carry together (a class)
    :param percents: rate key → percent, None where it is unknown (then nothing is split) or
        where the rate is compound
    """
    amounts = dict(taxes)
    whole = [Slice(base, tuple(taxes))]
    if len(amounts) < 2 or frozenset(amounts) in together:
        return whole
    groups = _partition(list(amounts), together)
    leaders = [
        max((key for key in group if percents.get(key)), key=lambda key: abs(raw[key]), default="")
        or group[0]
        for group in groups
    ]
    if any(raw[key] and not percents.get(key) for key in leaders):
        return whole
    weights = [raw[key] * 100 / percents[key] if raw[key] else ZERO for key in leaders]
    # a base is as precise as the tax it is computed from: half a unit of tax, scaled up
    slack = unit + sum((unit * 50 / percents[key] for key in leaders if raw[key]), ZERO)
    bases, rest = _bases(base, weights, slack, unit)
    found = [
        Slice(part, tuple((key, amounts[key]) for key in group))
        for part, group in zip(bases, groups, strict=True)
        if part or any(amounts[key] for key in group)
    ]
    return [*found, Slice(rest, ())] if rest else found


def _partition(keys: list[str], together: Sequence[frozenset[str]]) -> list[list[str]]:
    """Split ``keys`` into the largest known sets; what no set explains stands alone."""
    left, groups = list(keys), []
    for known in sorted(set(together), key=lambda known: (-len(known), sorted(known))):
        if len(known) > 1 and known <= set(left):
            groups.append([key for key in left if key in known])
            left = [key for key in left if key not in known]
    return groups + [[key] for key in left]


def _bases(
    base: Decimal, weights: list[Decimal], slack: Decimal, unit: Decimal
) -> tuple[list[Decimal], Decimal]:
    """Whole units per class, and what the classes do not explain of ``base``."""
    explained = sum(weights, ZERO)
    if explained and abs(base - explained) <= slack:
        return share(base, [base * weight / explained for weight in weights], unit), ZERO
    bases = [round_to(weight, unit) for weight in weights]
    return bases, base - sum(bases, ZERO)
