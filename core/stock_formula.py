"""From what lies in the warehouses to the figure that a shop is told, step by step.

Quantities are exact :class:`decimal.Decimal` in the product's unit; the result is whole pieces.
The amounts of the steps add up to the result, so that a person can follow it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import Enum
from typing import NamedTuple

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)


class Basis(Enum):
    """Which quantity of Odoo's is published."""

    FREE = "free"
    ON_HAND = "on_hand"
    FORECAST = "forecast"


class Code(Enum):
    """What a step stands for. The amount of one that takes away is negative."""

    ON_HAND = "on_hand"
    RESERVED = "reserved"
    EXPIRED = "expired"
    INCOMING = "incoming"
    OUTGOING = "outgoing"
    PARTS = "parts"  # a kit: what its components allow differs from its own sums
    OWN_DEMAND = "own_demand"  # this shop has taken it off its stock, nobody reserved it yet
    OTHER_DEMAND = "other_demand"  # ordered through other channels, not reserved yet
    BUFFER = "buffer"
    BUFFER_PERCENT = "buffer_percent"
    SHARE = "share"
    CAP = "cap"
    FRACTION = "fraction"
    BELOW_ZERO = "below_zero"
    FIXED = "fixed"  # a person's figure, whatever lies in the warehouses


class Figure(NamedTuple):
    """What is known of one product in some warehouses; ``free`` and ``forecast`` are Odoo's own.

    ``reserved`` and ``expired`` say how ``free`` came about; for a kit they are 0 and the figures
    are whole kits that its components make. There are thousands of them at once: a plain tuple.
    """

    on_hand: float = 0.0
    free: float = 0.0
    reserved: float = 0.0
    expired: float = 0.0
    incoming: float = 0.0
    outgoing: float = 0.0
    forecast: float = 0.0


@dataclass(frozen=True)
class Demand:
    """What is ordered and not reserved: by customers of this shop, and of others.

    ``moved``: the shop has changed its own figure since it was told last.
    """

    own_reduced: float = 0.0
    others: float = 0.0
    moved: bool = False


@dataclass(frozen=True)
class Rule:
    """How much of it a shop is told.

    ``buffer``: pieces kept back, then ``buffer_percent`` of the rest (rounded up to whole pieces);
    ``share``: percent of what is left that this shop may sell; ``cap``: never more (None: no cap);
    ``fixed``: always this figure. ``owed``: where less than nothing is available, that is told, so
    that what the shop puts back itself is not on sale before it has covered what is owed.
    """

    basis: Basis = Basis.FREE
    buffer: float = 0.0
    buffer_percent: float = 0.0
    share: float = 100.0
    cap: int | None = None
    fixed: int | None = None
    owed: bool = False


@dataclass(frozen=True)
class Step:
    code: Code
    amount: Decimal


@dataclass(frozen=True)
class Published:
    """``quantity``: whole pieces, the sum of the steps' amounts; below 0 only where it is owed."""

    quantity: int
    steps: tuple[Step, ...]


NOTHING = Demand()


def published(figure: Figure, rule: Rule, demand: Demand = NOTHING) -> Published:
    """The figure to publish. Demand comes off first, as it does once Odoo reserves it."""
    if rule.fixed is not None:
        return Published(rule.fixed, (Step(Code.FIXED, Decimal(rule.fixed)),))
    steps: list[Step] = []
    total = _add(steps, ZERO, _of_figure(figure, rule.basis))
    total = _add(
        steps,
        total,
        [
            (Code.OWN_DEMAND, -_exact(demand.own_reduced)),
            (Code.OTHER_DEMAND, -_exact(demand.others)),
        ],
    )
    owed = rule.owed and total < ZERO
    if not owed:
        total = _hold_back(steps, total, rule)
    whole = total.to_integral_value(ROUND_FLOOR)
    total = _add(steps, total, [(Code.FRACTION, whole - total)])
    if not owed:
        total = _add(steps, total, [(Code.BELOW_ZERO, -min(total, ZERO))])
    if rule.cap is not None:
        total = _add(steps, total, [(Code.CAP, min(Decimal(rule.cap) - total, ZERO))])
    return Published(int(total), tuple(steps))


def _hold_back(steps: list[Step], total: Decimal, rule: Rule) -> Decimal:
    """Take off what this shop may not sell of what is available."""
    total = _add(steps, total, [(Code.BUFFER, -_exact(rule.buffer))])
    rest = max(total, ZERO)
    kept = (rest * _exact(rule.buffer_percent) / HUNDRED).to_integral_value(ROUND_CEILING)
    total = _add(steps, total, [(Code.BUFFER_PERCENT, -min(kept, rest))])
    rest = max(total, ZERO)
    return _add(steps, total, [(Code.SHARE, rest * _exact(rule.share) / HUNDRED - rest)])


def _of_figure(figure: Figure, basis: Basis) -> Iterator[tuple[Code, Decimal]]:
    """What makes up the quantity of ``basis``; the last one closes a kit's gap."""
    parts = [(Code.ON_HAND, _exact(figure.on_hand))]
    goal = parts[0][1]
    if basis is Basis.FREE:
        goal = _exact(figure.free)
        parts += [(Code.RESERVED, -_exact(figure.reserved))]
        parts += [(Code.EXPIRED, -_exact(figure.expired))]
    elif basis is Basis.FORECAST:
        goal = _exact(figure.forecast)
        parts += [(Code.INCOMING, _exact(figure.incoming))]
        parts += [(Code.OUTGOING, -_exact(figure.outgoing))]
        parts += [(Code.EXPIRED, -_exact(figure.expired))]
    yield from parts
    yield Code.PARTS, goal - sum((amount for _code, amount in parts), ZERO)


def _add(steps: list[Step], total: Decimal, parts: Iterable[tuple[Code, Decimal]]) -> Decimal:
    """Append what changes something, and the quantity on hand even if it is 0."""
    for code, amount in parts:
        if amount or code is Code.ON_HAND:
            steps.append(Step(code, amount))
            total += amount
    return total


def _exact(quantity: float) -> Decimal:
    """A quantity of Odoo's as people read it: 0.1 is 0.1."""
    return Decimal(repr(float(quantity)))
