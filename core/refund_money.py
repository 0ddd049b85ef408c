"""Exact amounts of a refund: what a credit note (or a changed order) has to say, to the cent.

A refund's amount is authoritative; its lines may be missing, or add up to more or less. What is
still to be given back, by base and by tax, is what the order was charged minus what was given back
before. The rules:

- A line of the refund keeps its own base and tax, but no tax is given back twice: what a line says
  beyond what is left of a tax counts as base.
- What the lines lack to the amount is the same share of all that is left: of every base and of
  every tax, largest remainder. So nothing is ever given back beyond what was charged, and the
  refund that takes all that is left takes it exactly, base by base and tax by tax.
- What the lines have too much is taken back from them in their own proportions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from .canonical import ZERO
from .money import MAX_UNITS, round_to, share

#: What carries the same taxes: the keys of the taxes, in a fixed order.
TaxSet = tuple[str, ...]


@dataclass(frozen=True)
class Charge:
    """A base with its taxes, in whole units of the currency. ``taxes``: amount per tax."""

    base: Decimal = ZERO
    taxes: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        return self.base + sum(self.taxes.values(), ZERO)

    def __add__(self, other: Charge) -> Charge:
        keys = dict.fromkeys([*self.taxes, *other.taxes])
        return Charge(
            self.base + other.base,
            {key: self.taxes.get(key, ZERO) + other.taxes.get(key, ZERO) for key in keys},
        )

    def __sub__(self, other: Charge) -> Charge:
        return self + Charge(-other.base, {key: -tax for key, tax in other.taxes.items()})

    def __bool__(self) -> bool:
        return bool(self.base or any(self.taxes.values()))


@dataclass(frozen=True)
class Part:
    """One line of what is given back. ``line``: the line of the order, '' for none."""

    tax_set: TaxSet
    charge: Charge
    line: str = ""


def refund_parts(
    amount: Decimal, lines: Sequence[Part], left: Mapping[TaxSet, Charge], unit: Decimal
) -> list[Part]:
    """The parts of a refund; they add up to ``amount``.

    :param amount: tax included, positive
    :param lines: what the refund says of lines, as precise as it is, with the taxes of the order's
        line: a tax that the line does not have counts as base
    :param left: what can still be given back, by tax set; at least ``amount`` altogether
    """
    amount = round_to(amount, unit)
    rest = dict(left)
    parts = []
    for line in lines:
        part = _exact(line, rest.get(line.tax_set, Charge()), unit)
        rest[part.tax_set] = rest.get(part.tax_set, Charge()) - part.charge
        parts.append(part)
    missing = amount - sum((part.charge.total for part in parts), ZERO)
    if missing == sum((charge.total for charge in rest.values()), ZERO):
        others = rest
    elif missing > 0:
        others = _apportion(missing, rest, unit)
    elif missing:
        others = _apportion(missing, _by_tax_set(parts), unit)
    else:
        others = {}
    return _joined(parts, others, unit)


def _exact(line: Part, left: Charge, unit: Decimal) -> Part:
    """A line in whole units: its total, and of each tax at most what is left of it."""
    raw = line.charge
    own = [raw.taxes.get(key, ZERO) for key in line.tax_set]
    whole = round_to(raw.base, unit) + round_to(raw.total - raw.base, unit)
    taxes = {
        key: _within(tax, left.taxes.get(key, ZERO))
        for key, tax in zip(
            line.tax_set, share(round_to(sum(own, ZERO), unit), own, unit), strict=True
        )
    }
    return replace(line, charge=Charge(whole - sum(taxes.values(), ZERO), taxes))


def _within(tax: Decimal, left: Decimal) -> Decimal:
    """``tax`` between nothing and what is left, which is negative where a discount was taxed."""
    return min(max(tax, min(left, ZERO)), max(left, ZERO))


def _apportion(
    amount: Decimal, charges: Mapping[TaxSet, Charge], unit: Decimal
) -> dict[TaxSet, Charge]:
    """``amount`` in the proportions of ``charges``: of every base and every tax."""
    names = [(tax_set, key) for tax_set, charge in charges.items() for key in (None, *charge.taxes)]
    weights = [
        charges[tax_set].base if key is None else charges[tax_set].taxes[key]
        for tax_set, key in names
    ]
    found: dict[TaxSet, Charge] = {}
    for (tax_set, key), value in zip(names, share(amount, weights, unit), strict=True):
        piece = Charge(value) if key is None else Charge(ZERO, {key: value})
        found[tax_set] = found.get(tax_set, Charge()) + piece
    return found


def _by_tax_set(parts: Sequence[Part]) -> dict[TaxSet, Charge]:
    found: dict[TaxSet, Charge] = {}
    for part in parts:
        found[part.tax_set] = found.get(part.tax_set, Charge()) + part.charge
    return found


def _joined(parts: list[Part], others: Mapping[TaxSet, Charge], unit: Decimal) -> list[Part]:
    """``parts`` and what the lines lack; a difference of rounding goes into the largest line."""
    found = list(parts)
    for tax_set, charge in others.items():
        if not charge:
            continue
        same = [index for index, part in enumerate(found) if part.tax_set == tax_set and part.line]
        amounts = (charge.base, *charge.taxes.values())
        if same and max(map(abs, amounts)) <= MAX_UNITS * unit:
            largest = max(same, key=lambda index: abs(found[index].charge.total))
            found[largest] = replace(found[largest], charge=found[largest].charge + charge)
        else:
            found.append(Part(tax_set, charge))
    return [part for part in found if part.charge]
