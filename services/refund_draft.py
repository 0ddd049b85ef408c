"""What taking over a refund holds in memory, and what an order was charged, per set of taxes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from ..core.canonical import ZERO, Refund
from ..core.refund_money import Charge, TaxSet
from .forced_amounts import unit_of
from .order_lines import REFUND


@dataclass
class Source:
    """A line of an order or of an invoice with its exact amounts.

    ``record``: ``sale.order.line`` or ``account.move.line``; ``tax_set``: its taxes (of groups
    their members) by database id.
    """

    record: Any
    tax_set: TaxSet
    charge: Charge


@dataclass
class RefundDraft:
    """One refund on its way in.

    ``binding``: the order's; ``sale``: its sales order; ``refund``: what the shop says; ``day``:
    its date in the backend's time zone; ``is_last``: it gives back all that is left of the order.
    ``invoiced`` and ``open``: what was invoiced (less what was credited), and what still has to be.
    ``restocked``: pieces that the shop put back for it, by its lines; ``expected_back``: delivered
    ones that come back for it. ``credit_note``, ``payment``, ``returns``: what it became, in
    words ``reasons``.
    """

    binding: Any
    refund: Refund
    day: date
    recorder: Any
    is_last: bool = False
    invoiced: list[Source] = field(default_factory=list)
    open: list[Source] = field(default_factory=list)
    restocked: dict[str, float] = field(default_factory=dict)
    expected_back: dict[str, float] = field(default_factory=dict)
    credit_note: Any = None
    payment: Any = None
    returns: Any = None
    reasons: list[str] = field(default_factory=list)

    @property
    def sale(self):
        return self.binding.odoo_id

    @property
    def unit(self) -> Decimal:
        return unit_of(self.sale.currency_id.rounding)

    @property
    def marker(self) -> str:
        """``channel_external_id`` of what this refund adds to the sales order."""
        return f"{REFUND}{self.refund.external_id}"

    def sale_lines(self, line_external_id):
        """The lines of the sales order that a line of the shop became (slices of a fee)."""
        return self.sale.order_line.filtered(
            lambda line: (
                line_external_id
                and not line.display_type
                and line.channel_external_id == line_external_id
            )
        )


def by_tax_set(sources: list[Source]) -> dict[TaxSet, Charge]:
    found: dict[TaxSet, Charge] = {}
    for source in sources:
        found[source.tax_set] = found.get(source.tax_set, Charge()) + source.charge
    return found


def total_of(charges: Mapping[TaxSet, Charge]) -> Decimal:
    return sum((charge.total for charge in charges.values()), ZERO)
