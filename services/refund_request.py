"""What a credit note gives back → the refund that is asked of the shop. Plain values, no records.

Odoo knows a line's tax by its own taxes; a shop wants it by its rates. Which rates a line has is
read from the shop's order right before the refund is made: it may have changed since it came in,
and what is left to refund has to be known anyhow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..core.canonical import ZERO, Line, LineKind, Order, RefundLine, RefundRequest, TaxAmount
from ..core.money import share


@dataclass(frozen=True)
class CreditedTax:
    """The amount of one Odoo tax, and the keys of the shop's rates that are mapped to it."""

    amount: Decimal
    rate_keys: frozenset[str]


@dataclass(frozen=True)
class CreditedLine:
    """What is given back of one line of the shop; ``goods``: pieces that could come back."""

    external_id: str
    quantity: Decimal
    total: Decimal
    taxes: tuple[CreditedTax, ...]
    goods: bool = False


@dataclass(frozen=True)
class Credit:
    """A credit note's part for one order; ``amount`` (tax included) is all of it.

    ``restock``: the goods of its lines came back. ``replaces``: id of the refund that the shop
    has of an earlier version of this credit note.
    """

    order_external_id: str
    amount: Decimal
    unit: Decimal
    lines: tuple[CreditedLine, ...]
    reason: str = ""
    pay_out: bool = False
    restock: bool = False
    replaces: str = ""


def refund_request(credit: Credit, marker: str, order: Order) -> RefundRequest:
    """The refund to make; lines that the shop's order has no more are left to the amount."""
    known = {line.external_id: line for line in order.lines}
    return RefundRequest(
        marker=marker,
        order_external_id=credit.order_external_id,
        amount=credit.amount,
        reason=credit.reason,
        lines=tuple(
            _refund_line(line, known[line.external_id], credit.unit)
            for line in credit.lines
            if line.external_id in known
        ),
        pay_out=credit.pay_out,
        restock=credit.restock,
    )


def left_to_refund(order: Order) -> Decimal:
    """What of the shop's total (which lacks what gift cards paid) is not refunded yet."""
    return order.total - sum((refund.amount for refund in order.refunds), ZERO)


def _refund_line(credited: CreditedLine, line: Line, unit: Decimal) -> RefundLine:
    taxes = by_rate(credited.taxes, line, unit)
    # money without pieces was sold as one piece of a service; shipping and fees have no pieces
    pieces = min(credited.quantity, line.quantity) if line.kind is LineKind.PRODUCT else ZERO
    return RefundLine(
        line_external_id=line.external_id,
        kind=line.kind,
        name=line.name,
        quantity=pieces,
        total=credited.total,
        total_tax=sum((tax.amount for tax in taxes), ZERO),
        taxes=taxes,
    )


def by_rate(taxes: Sequence[CreditedTax], line: Line, unit: Decimal) -> tuple[TaxAmount, ...]:
    """Amounts per rate of the shop's line, in whole units.

    Where a tax stands for several rates of the line they share it as the shop's own amounts do
    (largest remainder). A tax whose rates the line lacks (the mapping was changed since) belongs
    to those it has; a line without any leaves it to the refund's amount.
    """
    own = {part.rate_key: part.amount for part in line.taxes}
    found = dict.fromkeys(own, ZERO)
    for tax in taxes:
        keys = [key for key in own if key in tax.rate_keys] or list(own)
        parts = share(tax.amount, [own[key] for key in keys], unit)
        for key, amount in zip(keys, parts, strict=True):
            found[key] += amount
    return tuple(TaxAmount(key, amount) for key, amount in found.items() if amount)
