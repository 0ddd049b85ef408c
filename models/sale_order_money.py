"""What of a channel's order is invoiced when: by its gateway's workflow, not by its products."""

from odoo import api, fields, models

from ..services.order_facts import WORKFLOW, gateway_code


class SaleOrder(models.Model):
    _inherit = "sale.order"

    channel_invoicing = fields.Selection(
        [
            ("whole", "The whole order at once"),
            ("delivered", "As goods are delivered"),
        ],
        "Invoiced by the Channel",
        readonly=True,
        copy=False,
        help="Set by the workflow of the order's payment method. It decides instead of the "
        "products' invoicing policy what is to be invoiced; refunds never make it more.",
    )

    def _prepare_invoice(self):
        """The shop's number is what the customer names when paying."""
        values = super()._prepare_invoice()
        if self.channel_backend_id and not values.get("payment_reference"):
            values["payment_reference"] = self.client_order_ref
        if date := self.env.context.get("channel_invoice_date"):
            values["invoice_date"] = date
        return values

    def _get_invoiceable_lines(self, final=False):
        """The lines know the rate of the invoice's day: their forced amounts are the order's."""
        lines = super()._get_invoiceable_lines(final)
        own = self.company_id.currency_id
        if not self.channel_backend_id or self.currency_id == own:
            return lines
        day = self.env.context.get("channel_invoice_date") or fields.Date.context_today(self)
        rate = own._get_conversion_rate(own, self.currency_id, self.company_id, day)
        return lines.with_context(channel_rate=rate)

    # === FOLLOW-UPS === #

    def _channel_follow_up(self, kind):
        """Nobody looks at the payment of an order whose gateway has no workflow."""
        if kind == "payment":
            rows = self._channel_gateways()
            self = self.filtered(lambda order: order in rows and rows[order]._makes_money())
        return super()._channel_follow_up(kind)

    def _channel_delivered(self):
        """Goods or services of these orders were delivered: some are invoiced for it."""
        rows = self._channel_gateways()
        self.filtered(
            lambda order: order in rows and rows[order].invoice_policy == "delivered"
        )._channel_follow_up("payment")

    def _channel_gateways(self):
        """``{order: channel.map.payment}`` of those whose gateway has a row (archived or not)."""
        found = {}
        for backend, bindings in self.sudo().channel_binding_ids.grouped("backend_id").items():
            rows = self.env["channel.map.payment"].sudo()._rows(backend, WORKFLOW)
            for binding in bindings:
                if row := rows.get(gateway_code(binding.payment_method)):
                    found[binding.odoo_id.with_env(self.env)] = row
        return found


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def write(self, vals):
        """A person says that a service is done."""
        result = super().write(vals)
        if "qty_delivered" in vals and not self.env.context.get("channel_import"):
            self.order_id.filtered("channel_backend_id")._channel_delivered()
        return result

    # === WHAT IS TO BE INVOICED === #

    @api.depends("order_id.channel_invoicing")
    def _compute_qty_to_invoice(self):
        result = super()._compute_qty_to_invoice()
        for line in self._channel_invoiced_by_workflow():
            line.qty_to_invoice = line._channel_left(line._channel_due())
        return result

    @api.depends("order_id.channel_invoicing")
    def _compute_invoice_status(self):
        """A line whose pieces were all invoiced stays invoiced when some are credited."""
        result = super()._compute_invoice_status()
        for line in self._channel_invoiced_by_workflow():
            if line.invoice_status == "no" and not line._channel_left(line.product_uom_qty):
                line.invoice_status = "invoiced"
        return result

    @api.depends("order_id.channel_invoicing")
    def _compute_amount_to_invoice(self):
        result = super()._compute_amount_to_invoice()
        for line in self._channel_invoiced_as_a_whole():
            if line.product_uom_qty:
                left = line.product_uom_qty - line.qty_invoiced_posted
                line.amount_to_invoice = line.price_total / line.product_uom_qty * left
        return result

    @api.depends("order_id.channel_invoicing")
    def _compute_untaxed_amount_to_invoice(self):
        result = super()._compute_untaxed_amount_to_invoice()
        for line in self._channel_invoiced_as_a_whole():
            line.untaxed_amount_to_invoice = line.price_subtotal - line.untaxed_amount_invoiced
        return result

    def _channel_invoiced_by_workflow(self):
        """Lines that a workflow invoices. (Odoo derives combos and down payments itself.)"""
        return self.filtered(
            lambda line: (
                line.order_id.channel_invoicing
                and line.state == "sale"
                and not line.display_type
                and not line.is_downpayment
                and line.product_id.type != "combo"
            )
        )

    def _channel_invoiced_as_a_whole(self):
        return self._channel_invoiced_by_workflow().filtered(
            lambda line: line.order_id.channel_invoicing == "whole"
        )

    def _channel_due(self):
        """The quantity that may be on invoices by now.

        As goods are delivered: what was delivered, never more than the shop sold. Shipping, fees
        and prepaid services come with the first delivery, or at once where nothing is shipped.
        """
        self.ensure_one()
        order = self.order_id
        if order.channel_invoicing == "whole":
            return self.product_uom_qty
        if self._channel_is_shipped():
            return min(self.qty_delivered, self.product_uom_qty)
        if self._channel_is_performed():
            return min(self.qty_delivered, self.product_uom_qty)
        shipped = order.order_line.filtered(lambda line: line._channel_is_shipped())
        started = not shipped or any(shipped.mapped("qty_delivered")) or shipped.invoice_lines
        return self.product_uom_qty if started else 0.0

    def _channel_is_shipped(self):
        return self.qty_delivered_method == "stock_move"

    def _channel_is_performed(self):
        """Whether it is a service that somebody has to say is done: no fee, no shipping."""
        backend = self.order_id.channel_backend_id.sudo()
        charges = backend.fee_product_id | backend.shipping_product_id | backend.rounding_product_id
        return (
            self.product_id.invoice_policy == "delivery"
            and self.product_id not in charges
            and not self.is_delivery
            and not self.channel_is_container
        )

    def _channel_left(self, due):
        """What of ``due`` is on no invoice yet; never below zero (of a return line: above)."""
        left = due - self._channel_invoiced()
        return max(left, 0.0) if self.product_uom_qty >= 0 else min(left, 0.0)

    def _channel_invoiced(self):
        """The quantity on invoices, whatever was credited of it since.

        Odoo's ``qty_invoiced`` lacks what was credited: a refund would be invoiced again.
        """
        return sum(
            line.product_uom_id._compute_quantity(line.quantity, self.product_uom_id)
            for line in self._channel_invoice_lines()
        )

    def _channel_invoice_lines(self):
        return self.invoice_lines.filtered(
            lambda line: line.move_id.move_type == "out_invoice" and line.parent_state != "cancel"
        )
