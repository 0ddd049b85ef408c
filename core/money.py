"""The arithmetic of totals: how a channel's amounts become exact amounts per line and rate.

A channel's total is authoritative. What rounding makes it differ from the sum of the lines is
distributed in whole units of the currency (a cent) over the lines, at most one unit per line.
A difference of more than :data:`MAX_UNITS` to the lines' amounts as the channel gave them is
none of rounding: a person has to see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .canonical import ZERO, Order

MAX_UNITS = 5


def round_to(amount: Decimal, unit: Decimal) -> Decimal:
    """Round half up (away from zero) to a multiple of ``unit``, like a shop does."""
    return (amount / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP) * unit


def share(total: Decimal, weights: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """Split ``total`` (a multiple of ``unit``) by ``weights``; the parts add up exactly.

    Largest remainder method. Weights that add up to ``total`` but for rounding are amounts
    themselves and stay as they are (they may be signed and cancel out, like the parts of a fee's
    tax over several classes); others are scaled. Where they say nothing the first takes it all.
    """
    if not weights:
        return []
    base = sum(weights, ZERO)
    if abs(total - base) <= unit * len(weights):
        exact = list(weights)
    elif base:
        exact = [total * weight / base for weight in weights]
    else:
        return [total] + [ZERO] * (len(weights) - 1)
    parts = [round_to(value, unit) for value in exact]
    missing = int((total - sum(parts, ZERO)) / unit)
    step = unit if missing > 0 else -unit
    by_remainder = sorted(
        range(len(parts)), key=lambda i: (exact[i] - parts[i]) * step, reverse=True
    )
    for position in range(abs(missing)):
        parts[by_remainder[position % len(parts)]] += step
    return parts


@dataclass(frozen=True)
class LineAmounts:
    """Exact amounts of one line, multiples of the currency's unit.

    ``taxes``: (rate key, amount) in the order of the line's own taxes; their sum is ``tax``.
    """

    external_id: str
    base: Decimal
    tax: Decimal
    taxes: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True)
class Totals:
    """Amounts per line, and what is still missing to the order's header.

    ``rest_base``/``rest_tax`` are zero when the lines add up to the header; a small rest
    (:attr:`within_bound`) goes to one rounding line, a larger one is a mismatch.
    """

    lines: tuple[LineAmounts, ...]
    rest_base: Decimal
    rest_tax: Decimal
    unit: Decimal

    @property
    def exact(self) -> bool:
        return not self.rest_base and not self.rest_tax

    @property
    def within_bound(self) -> bool:
        return abs(self.rest_base) + abs(self.rest_tax) <= MAX_UNITS * self.unit


def order_totals(order: Order, unit: Decimal, gift_cards: Decimal = ZERO) -> Totals:
    """Exact amounts for every line of ``order`` so that they add up to its header.

    :param unit: rounding unit of the order's currency, e.g. ``Decimal("0.01")``
    :param gift_cards: value paid by gift cards, which a shop has subtracted from ``total``
    """
    raw_bases = [line.total for line in order.lines]
    raw_taxes = [line.total_tax for line in order.lines]
    untaxed = order.total + gift_cards - order.total_tax
    bases, rest_base = _fit(raw_bases, untaxed, unit, raw_bases)
    taxes, rest_tax = _fit(raw_taxes, order.total_tax, unit, raw_bases)
    lines = tuple(
        LineAmounts(
            line.external_id,
            base,
            tax,
            tuple(
                zip(
                    [part.rate_key for part in line.taxes],
                    share(tax, [part.amount for part in line.taxes], unit),
                    strict=True,
                )
            ),
        )
        for line, base, tax in zip(order.lines, bases, taxes, strict=True)
    )
    return Totals(lines, rest_base, rest_tax, unit)


def _fit(
    raw: Sequence[Decimal], header: Decimal, unit: Decimal, sizes: Sequence[Decimal]
) -> tuple[list[Decimal], Decimal]:
    """Round ``raw`` so that the sum is ``header``, and what is left of it.

    Rounding many lines makes many units, which the lines take back, those first that rounding
    moved most, then the larger ones. A real difference is spread only up to the bound, and all
    or nothing: a partial correction would only hide a part of it.
    """
    amounts = [round_to(amount, unit) for amount in raw]
    rest = header - sum(amounts, ZERO)
    units = rest / unit
    real = min(abs(rest), abs(header - sum(raw, ZERO)))
    step = unit if rest > 0 else -unit
    candidates = sorted(
        (index for index, amount in enumerate(raw) if amount),
        key=lambda index: ((raw[index] - amounts[index]) * step, abs(sizes[index])),
        reverse=True,
    )
    if units != int(units) or abs(units) > len(candidates) or real > MAX_UNITS * unit:
        return amounts, rest
    for index in candidates[: abs(int(units))]:
        amounts[index] += step
    return amounts, ZERO
