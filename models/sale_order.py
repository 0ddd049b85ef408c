from odoo import api, fields, models

from ..services.order_facts import has_refunds


class SaleOrder(models.Model):
    _inherit = "sale.order"

    channel_binding_ids = fields.One2many(
        "channel.binding.order",
        "odoo_id",
        "Channel Orders",
        groups="channel_connector.group_user",
    )
    channel_backend_id = fields.Many2one(
        "channel.backend",
        "Channel",
        compute="_compute_channel_backend_id",
        store=True,
        index="btree_not_null",
    )
    channel_hold_reason = fields.Char(
        copy=False,
        readonly=True,
        help="Why an order of a channel was not confirmed by itself, or its goods may not leave.",
    )
    channel_delivery_blocked = fields.Boolean(
        "Deliveries Blocked",
        copy=False,
        readonly=True,
        help="Confirmed and reserved, but its transfers to the customer can't be validated.",
    )

    @api.depends("channel_binding_ids.backend_id")
    def _compute_channel_backend_id(self):
        for order in self:
            order.channel_backend_id = order.channel_binding_ids.backend_id[:1]

    # === CONFIRMATION === #

    def action_confirm(self):
        """Confirm the channels' orders on their own: they keep the date they were placed at.

        (Odoo writes the moment of confirmation to all orders of a recordset at once.)
        """
        ours = self.filtered("channel_backend_id")
        if ours and ours != self:
            return super(SaleOrder, self - ours).action_confirm() and ours.action_confirm()
        return super().action_confirm()

    def _prepare_confirmation_values(self):
        values = super()._prepare_confirmation_values()
        if self and all(order.channel_backend_id for order in self):
            values.pop("date_order", None)
        return values

    def _channel_follow_up(self, kind):
        """Have the channels' services look at what follows from these orders (payment, refund …).

        One INSERT and a job per order, in this transaction; nothing for flows that are off.
        """
        flows = self.env["channel.flow"].sudo()
        events = self.env["channel.event"].sudo()
        for backend, bindings in self.sudo().channel_binding_ids.grouped("backend_id").items():
            if flows._of(backend, kind, "in"):
                events._follow_up(backend, kind, bindings.mapped("external_id"))

    def _action_confirm(self):
        """A set has no delivery of its own, so what is invoiced on delivery counts at once."""
        result = super()._action_confirm()
        for line in self.order_line.filtered("channel_is_container"):
            line.qty_delivered = line.product_uom_qty
        self.filtered(
            lambda order: order.channel_hold_reason and not order.channel_delivery_blocked
        ).channel_hold_reason = False
        if not self.env.context.get("channel_import"):
            self._channel_confirmed()
        return result

    def _channel_confirmed(self):
        """A person confirmed orders that were held: now their payments and refunds count."""
        ours = self.filtered("channel_backend_id").sudo()
        blocked = ours.filtered("channel_delivery_blocked")
        blocked.channel_hold_reason = self.env._("Not paid in the shop yet")
        if ours:
            refunded = ours.filtered(
                lambda order: any(map(has_refunds, order.channel_binding_ids.mapped("parts")))
            )
            ours._channel_follow_up("payment")
            refunded._channel_follow_up("refund")
            ours._channel_follow_up("shipment")

    def _action_cancel(self):
        """What was held is over, and nothing of it leaves any more."""
        result = super()._action_cancel()
        held = self.filtered(lambda o: o.channel_hold_reason or o.channel_delivery_blocked)
        held.write({"channel_hold_reason": False, "channel_delivery_blocked": False})
        return result

    # === MAY IT LEAVE === #

    def action_channel_release(self):
        """Let the goods leave although the shop has not said so (yet)."""
        blocked = self.filtered("channel_delivery_blocked")
        for order in blocked:
            order.message_post(
                body=self.env._(
                    "Deliveries released by hand; before: %s", order.channel_hold_reason
                )
            )
        blocked.write({"channel_delivery_blocked": False, "channel_hold_reason": False})
        blocked._channel_follow_up("shipment")
