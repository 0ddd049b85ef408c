"""Which lines of a sales order a shop may still change, and what of its order is left to write.

What was delivered or invoiced is a fact that no edit of the shop makes undone. A line of which
something was delivered or invoiced (a draft invoice, too) keeps its product, price and taxes, and
may only grow, or shrink to what was delivered or invoiced. All of an order's content follows the
shop, or none of it: half of an edit would be an order that neither side knows.
"""

import dataclasses
from decimal import Decimal

from odoo import models

from ..core import errors
from ..core.canonical import ZERO, LineKind
from ..core.money import round_to
from .forced_amounts import unit_of
from .order_lines import ROUNDING

#: Ending of the ``channel_external_id`` of a line whose product the shop has replaced.
REPLACED = "#replaced"


class ChannelOrderProtection(models.AbstractModel):
    _name = "channel.order.protection"
    _description = "Channel order protection"

    def _plan(self, batch, draft):
        """Set ``sold`` and ``fixed`` of a known order, or stop it where the shop goes too far."""
        sale, currency = draft.sale, draft.order.currency
        if sale.state == "sale" and sale.currency_id.name != currency:
            draft.stop(self._other_currency(draft))
            return
        here = self._lines_here(sale)
        kept, conflicts = self._sort(batch, draft, here)
        if conflicts and draft.choice != "accept":
            self._stop(batch, draft, conflicts)
            return
        draft.fixed = frozenset(kept)
        draft.sold = self._without(draft.order, kept, here)

    def _lines_here(self, sale):
        """``{external id: lines}`` of the shop's lines in a sales order.

        A fee may be several lines (:func:`.forced_amounts.slices`).
        """
        lines = sale.order_line.filtered(lambda line: line._channel_of_shop())
        return lines.grouped("channel_external_id")

    # === WHAT IS PROTECTED === #

    def _sort(self, batch, draft, here):
        """External ids of lines that stay as they are, and of those the shop may not change."""
        settled = {key for key, lines in here.items() if self._is_settled(lines)}
        kept, conflicts = set(), []
        for line in draft.order.lines:
            if line.external_id not in settled:
                continue
            lines = here[line.external_id]
            if self._is_same(batch, draft, line, lines):
                kept.add(line.external_id)
            elif self._used(lines) and not self._is_resized(batch, draft, line, lines):
                conflicts.append(line.external_id)
        for key in sorted(settled - {line.external_id for line in draft.order.lines}):
            if key == ROUNDING or not any(here[key].mapped("product_uom_qty")):
                kept.add(key)
            elif self._used(here[key]):
                conflicts.append(key)
        return kept, conflicts

    def _is_settled(self, lines):
        """Whether something of it is, or was once, delivered or invoiced."""
        return bool(self._used(lines)) or any(
            move.state != "cancel" for move in lines.invoice_lines.move_id
        )

    def _used(self, lines):
        """How much is delivered or invoiced, less what came back or was credited."""
        # a set counts as delivered from the start; its parts are what is delivered
        delivered = lines.filtered(lambda line: not line.channel_is_container)
        return max([*delivered.mapped("qty_delivered"), *lines.mapped("qty_invoiced"), 0.0])

    def _is_same(self, batch, draft, line, lines):
        """Whether a line is what it is in the shop, but for the cent that rounding moves."""
        unit = self._unit(draft)
        base, tax = self._amounts(lines)
        return (
            self._has_product(batch, draft, line, lines)
            and self._has_quantity(line, lines)
            and abs(base - round_to(line.total, unit)) <= unit
            and abs(tax - round_to(line.total_tax, unit)) <= unit
        )

    def _is_resized(self, batch, draft, line, lines):
        """Whether only the quantity of a line changed, and not below what was used of it."""
        if line.kind is not LineKind.PRODUCT or len(lines) != 1 or not lines.product_uom_qty:
            return False
        unit, before = self._unit(draft), Decimal(repr(lines.product_uom_qty))
        factor = Decimal(repr(self.env["channel.order.lines"]._quantity(line))) / before
        # each side is rounded, and may carry a cent of another line
        slack = unit * Decimal("1.5") * (1 + factor)
        base, tax = self._amounts(lines)
        return (
            self._has_product(batch, draft, line, lines)
            and lines.product_uom_id.compare(float(line.quantity), self._used(lines)) >= 0
            and abs(line.total - base * factor) <= slack
            and abs(line.total_tax - tax * factor) <= slack
        )

    def _has_product(self, batch, draft, line, lines):
        if line.kind is not LineKind.PRODUCT:
            return True
        return self.env["channel.order.lines"]._product(batch, draft, line) == lines.product_id

    def _has_quantity(self, line, lines):
        quantity = self.env["channel.order.lines"]._quantity(line)
        return all(not one.product_uom_id.compare(one.product_uom_qty, quantity) for one in lines)

    def _unit(self, draft):
        return unit_of(draft.sale.currency_id.rounding)

    def _amounts(self, lines):
        """Untaxed amount and tax of lines, as exact multiples of the currency's unit."""
        unit = unit_of(lines.currency_id.rounding)
        return tuple(
            round_to(sum((Decimal(repr(value)) for value in lines.mapped(name)), ZERO), unit)
            for name in ("price_subtotal", "price_tax")
        )

    # === WHAT IS LEFT TO WRITE === #

    def _without(self, order, kept, here):
        """The order without the lines that stay, and without their money."""
        if not kept:
            return order
        amounts = [self._amounts(here[key]) for key in kept]
        bases = sum((base for base, _tax in amounts), ZERO)
        taxes = sum((tax for _base, tax in amounts), ZERO)
        return dataclasses.replace(
            order,
            lines=tuple(line for line in order.lines if line.external_id not in kept),
            total=order.total - bases - taxes,
            total_tax=order.total_tax - taxes,
        )

    # === TOO FAR === #

    def _other_currency(self, draft):
        """Odoo can't change the currency of a confirmed order."""
        return errors.Conflict(
            "currency_changed",
            number=draft.order.number,
            order=draft.sale.name,
            currency=draft.order.currency,
            known=draft.sale.currency_id.name,
        )

    def _stop(self, batch, draft, conflicts):
        here = self._lines_here(draft.sale)
        names = [here[key][:1].product_id.display_name or here[key][:1].name for key in conflicts]
        error = errors.Conflict(
            "changed_after_delivery",
            number=draft.order.number,
            order=draft.sale.name,
            lines=", ".join(names),
        )
        draft.stop(error, **self.env["channel.order.comparison"]._issue_values(batch, draft))
