"""What refunds of the shop mean for an order: pieces that never leave, money taken off."""

from odoo import api, fields, models

from ..services.order_lines import REFUND


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.depends("channel_refund_ids.odoo_id")
    def _get_invoiced(self):
        """Credit notes that give back an amount are linked to no line of the order."""
        result = super()._get_invoiced()
        for order in self:
            notes = order.sudo().channel_refund_ids.odoo_id.with_env(order.env)
            if notes - order.invoice_ids:
                order.invoice_ids |= notes
                order.invoice_count = len(order.invoice_ids)
        return result

    def _channel_covers_refunds(self):
        """Whether what is due to be invoiced is at least what refunds take off of it."""
        self.ensure_one()
        lines = self.order_line.with_context(channel_refunds_aside=True)
        due = sum(
            line.price_total / line.product_uom_qty * line._channel_left(line._channel_due())
            for line in lines._channel_invoiced_by_workflow()
            if line.product_uom_qty
        )
        return self.currency_id.compare_amounts(due, 0) >= 0


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    channel_qty_refunded = fields.Float(
        "Refunded Before Delivery",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Pieces that the shop refunded before they were delivered: they never will be.",
    )

    def _is_channel_refund(self):
        """Whether the line takes a refund of the shop off the order."""
        return (self.channel_external_id or "").startswith(REFUND)

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Pieces that were refunded need not be procured any more, neither now nor later.

        Never more than what is still open: what has left is no surplus that has to come back.
        """
        quantity = super()._get_qty_procurement(previous_product_uom_qty)
        if not self.channel_qty_refunded:
            return quantity
        waiting = max(quantity - self._channel_qty_shipped(), 0.0)
        enough = min(quantity + self.channel_qty_refunded, self.product_uom_qty + waiting)
        return max(quantity, enough)

    def _channel_qty_shipped(self):
        """Pieces that have left, whatever came back of them. (Of a kit: Odoo's figure.)"""
        outgoing, _incoming = self._get_outgoing_incoming_moves(strict=True)
        if self.move_ids and self.product_id not in self.move_ids.product_id:
            return self.qty_delivered
        return sum(
            move.product_uom._compute_quantity(move.quantity, self.product_uom_id)
            for move in outgoing
            if move.state == "done"
        )

    def _channel_due(self):
        """Pieces that never leave are as good as delivered: refund lines take their money off.

        An invoice can't be negative: goods wait to be invoiced until they exceed the refunds.
        """
        due = super()._channel_due()
        order = self.order_id
        if order.channel_invoicing != "delivered":
            return due
        if self._channel_is_shipped():
            due = min(due + self.channel_qty_refunded, self.product_uom_qty)
        if self.env.context.get("channel_refunds_aside"):
            return due
        refunds = order.order_line.filtered(lambda line: line._is_channel_refund())
        if any(line._channel_left(line.product_uom_qty) for line in refunds):
            return due if order._channel_covers_refunds() else 0.0
        return due
