"""Reads a credit note as a channel sees it: of which orders it is, and what it gives back."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from odoo import models

from ..core import errors
from ..core.canonical import ZERO
from ..core.money import round_to
from .forced_amounts import unit_of
from .order_lines import ROUNDING
from .refund_request import Credit, CreditedLine, CreditedTax


@dataclass
class Row:
    """A line of a credit note with its exact amounts; ``taxes``: {``account.tax``: amount}."""

    line: Any
    base: Decimal
    taxes: dict[Any, Decimal]

    @property
    def amount(self):
        return self.base + sum(self.taxes.values(), ZERO)


class ChannelCreditNote(models.AbstractModel):
    _name = "channel.credit.note"
    _description = "Channel view of a credit note"

    def _orders(self, move):
        """Sales orders that a credit note is of: by its lines, else by the invoice it reverses."""
        own = move.line_ids.sale_line_ids.order_id
        return own or move.reversed_entry_id.line_ids.sale_line_ids.order_id

    def _credit(self, binding, move):
        """The part of a posted credit note that belongs to the order of ``binding``.

        :return: :class:`services.refund_request.Credit`; its amount may be zero
        :raises errors.Conflict: what is the order's can't be told, or not in its currency
        """
        order = binding.odoo_id
        if move.currency_id != order.currency_id:
            raise self._conflict(
                "refund_currency",
                binding,
                move,
                currency=move.currency_id.name,
                expected=order.currency_id.name,
            )
        amount, rows = self._part(binding, move)
        if amount < 0:
            raise self._conflict("refund_negative", binding, move, amount=amount)
        lines = tuple(self._lines(binding, rows))
        return Credit(
            order_external_id=binding.external_id,
            amount=amount,
            unit=unit_of(move.currency_id.rounding),
            lines=lines,
            reason=self._reason(move),
            pay_out=self.env["channel.flow"]._of(binding.backend_id, "refund", "out").pay_out,
            restock=self._came_back(binding, lines),
        )

    def _reason(self, move):
        """Why, in words of the shop's refund; an override returns the text."""
        return ", ".join(filter(None, (move.name, move.ref)))

    def _conflict(self, code, binding, move, **params):
        return errors.Conflict(code, number=binding.number, credit_note=move.name, **params)

    # === AMOUNTS === #

    def _part(self, binding, move):
        """``(amount, rows)`` of the order; all of a credit note that is of this order only.

        Then its amount counts what no line of the order explains, too.
        """
        order, rows = binding.odoo_id, self._rows(move)
        mine = [row for row in rows if order in row.line.sale_line_ids.order_id]
        if self._orders(move) == order:
            return self._exact(move, move.amount_total), mine
        for row in rows:
            if row.amount and len(row.line.sale_line_ids.order_id) != 1:
                raise self._conflict("refund_not_told_apart", binding, move, amount=row.amount)
        return sum((row.amount for row in mine), ZERO), mine

    def _rows(self, move):
        """The credit note's lines as its tax engine has rounded them: they add up to its total."""
        base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
        return [self._row(move, base_line) for base_line in base_lines]

    def _row(self, move, base_line):
        details, taxes = base_line["tax_details"], {}
        for part in details["taxes_data"]:
            amount = self._exact(move, part["tax_amount_currency"])
            taxes[part["tax"]] = taxes.get(part["tax"], ZERO) + amount
        base = details["total_excluded_currency"] + details["delta_total_excluded_currency"]
        return Row(base_line["record"], self._exact(move, base), taxes)

    def _exact(self, move, amount):
        return round_to(Decimal(repr(amount)), unit_of(move.currency_id.rounding))

    # === LINES === #

    def _lines(self, binding, rows):
        """One :class:`CreditedLine` per line of the shop; others are left to the amount."""
        rate_keys = self._rate_keys(binding.backend_id)
        by_line = {}
        for row in rows:
            sale_line = self._sale_line(binding, row)
            external_id = sale_line.channel_external_id
            if external_id and external_id != ROUNDING:
                by_line.setdefault(external_id, []).append((sale_line, row))
        for external_id, pairs in by_line.items():
            yield CreditedLine(
                external_id,
                sum((self._quantity(*pair) for pair in pairs), ZERO),
                sum((row.base for _line, row in pairs), ZERO),
                tuple(
                    CreditedTax(amount, frozenset(rate_keys.get(tax, ())))
                    for _line, row in pairs
                    for tax, amount in row.taxes.items()
                ),
                goods=all(self._is_goods(line) for line, _row in pairs),
            )

    def _sale_line(self, binding, row):
        order = binding.odoo_id
        return row.line.sale_line_ids.filtered(lambda line: line.order_id == order)[:1]

    def _quantity(self, sale_line, row):
        """Pieces in the unit of the order's line."""
        line = row.line
        quantity = line.product_uom_id._compute_quantity(line.quantity, sale_line.product_uom_id)
        return Decimal(repr(quantity))

    def _rate_keys(self, backend):
        """``{account.tax: keys of the shop's rates}``; of a group, by each of its taxes."""
        found = {}
        for code, row in self.env["channel.map.tax"]._rows(backend, ["tax_id"]).items():
            for tax in row.tax_id.flatten_taxes_hierarchy():
                found.setdefault(tax, set()).add(code)
        return found

    # === GOODS === #

    def _is_goods(self, sale_line):
        return sale_line.product_id.type == "consu" and not sale_line.channel_is_container

    def _came_back(self, binding, lines):
        """Whether all credited goods were returned, apart from what was restocked before.

        A shop restocks all lines of a refund or none.
        """
        goods = [line for line in lines if line.goods and line.quantity > 0]
        if not goods:
            return False
        refunds = self.env["channel.binding.refund"].search([("order_id", "=", binding.odoo_id.id)])
        returned = self._returned(binding.odoo_id, refunds.filtered(lambda r: not r.made_here))
        for refund in refunds.filtered("made_here"):
            for external_id, quantity in (refund.restocked or {}).items():
                returned[external_id] = returned.get(external_id, ZERO) - Decimal(repr(quantity))
        return all(returned.get(line.external_id, ZERO) >= line.quantity for line in goods)

    def _returned(self, order, of_shop):
        """``{shop line: pieces}`` that are back in stock, without returns that the shop began.

        :param of_shop: refunds of the shop, which it restocked itself
        """
        found = {}
        for line in order.order_line.filtered("channel_external_id"):
            moves = line.move_ids.filtered(
                lambda move, line=line: (
                    move.state == "done"
                    and move.product_id == line.product_id
                    and move.location_id.usage == "customer"
                    and move.location_dest_id.usage == "internal"
                    and move.picking_id not in of_shop.picking_ids
                )
            )
            pieces = sum(
                move.product_uom._compute_quantity(move.quantity, line.product_uom_id)
                for move in moves
            )
            key = line.channel_external_id
            found[key] = found.get(key, ZERO) + Decimal(repr(pieces))
        return found
