"""A credit note for a part of a shop's line gives back that part to the cent."""

from odoo import models

from ..services.forced_amounts import TAXES, part_of, unit_of


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def write(self, vals):
        """Keep the forced amounts of a credit note's line when a person lowers its quantity.

        Odoo ignores them where the quantity differs, and three credit notes of one piece each
        would be a cent more than the line of three pieces they give back.
        """
        if "quantity" not in vals or "extra_tax_data" in vals:
            return super().write(vals)
        parts = {line: part for line in self if (part := line._channel_part(vals))}
        for line, part in parts.items():
            super(AccountMoveLine, line).write({**vals, "extra_tax_data": part})
        rest = self.browse(line.id for line in self if line not in parts)
        return super(AccountMoveLine, rest).write(vals)

    def _channel_part(self, vals):
        """``extra_tax_data`` of the quantity in ``vals`` as a share of the invoiced line's.

        Empty where the line does not reverse one line of a channel's order at its price.
        """
        sold = self.sale_line_ids.sudo()
        if self.move_id.move_type != "out_refund" or not any(sold.mapped("channel_external_id")):
            return None
        whole, price = self._channel_reversed(), vals.get("price_unit", self.price_unit)
        if len(whole) != 1 or "tax_ids" in vals or whole.tax_ids != self.tax_ids:
            return None
        extra = whole.extra_tax_data or {}
        asked = {**vals, "price_unit": price, "discount": vals.get("discount", self.discount)}
        compare = self.currency_id.compare_amounts
        if not extra.get(TAXES) or any(
            compare(asked[name], extra[name]) for name in ("price_unit", "discount")
        ):
            return None
        return part_of(
            extra,
            self._channel_credited_before(whole),
            vals["quantity"],
            unit_of(self.currency_id.rounding),
            unit_of(self.company_id.currency_id.rounding),
        )

    def _channel_reversed(self):
        """The lines of the reversed invoice that are of the same lines of the order."""
        return self.move_id.reversed_entry_id.invoice_line_ids.filtered(
            lambda line: line.sale_line_ids == self.sale_line_ids
        )

    def _channel_credited_before(self, whole):
        """Pieces of an invoice's line that earlier credit notes give back."""
        notes = whole.move_id.reversal_move_ids.filtered(
            lambda move: move.state != "cancel" and move.id < self.move_id.id
        )
        lines = notes.invoice_line_ids.filtered(
            lambda line: line.sale_line_ids == whole.sale_line_ids
        )
        return sum(lines.mapped("quantity"))
