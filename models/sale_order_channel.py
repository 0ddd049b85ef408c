"""What of a sales order its channel has to know, and when."""

from odoo import models

from ..core.canonical import OrderStatus
from ..services.order_facts import OVER

#: In the shop nothing is expected of such an order any more.
ENDED = (OrderStatus.COMPLETED, OrderStatus.REFUNDED, *OVER)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === WHEN === #

    def _action_confirm(self):
        """Tell the shops the orders' numbers, unless nobody there waits for them any more."""
        result = super()._action_confirm()
        waited_for = self.filtered("channel_backend_id").sudo()._channel_not_ended()
        self.env["channel.outbox"]._note("order_status", waited_for, lambda order: order)
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        if not self.env.context.get("channel_import"):
            cancelled = self.filtered(
                lambda sale: sale.channel_backend_id and sale.state == "cancel"
            )
            self.env["channel.outbox"]._note("order_status", cancelled, lambda order: order)
        return result

    def _channel_note_delivered(self):
        """Have the shops complete those of these orders of which nothing is left to deliver."""
        delivered = self.sudo().filtered(
            lambda order: (
                order.channel_backend_id and order.state == "sale" and order._channel_is_delivered()
            )
        )
        finished = delivered._channel_not_ended().filtered(
            lambda order: not order._channel_shipments_wait()
        )
        self.env["channel.outbox"]._note("order_status", finished, lambda order: order)

    # === WHETHER === #

    def _channel_not_ended(self):
        """Those of these orders that are not over, completed or refunded in their shop."""
        meanings = {
            backend: self.env["channel.map.status"]._meanings(backend)
            for backend in self.channel_binding_ids.backend_id
        }
        return self.filtered(
            lambda order: any(
                meanings[binding.backend_id].get(binding.status_code) not in ENDED
                for binding in order.channel_binding_ids
            )
        )

    def _channel_is_delivered(self):
        """Whether something was delivered and nothing is left to deliver.

        What was cancelled (a backorder nobody wanted) is not left, and what came back was
        delivered. Services count only where no goods are sold: nobody delivers a fee.
        """
        self.ensure_one()
        lines = self.order_line.filtered(
            lambda line: (
                not line.display_type and line.product_uom_qty > 0 and not line.channel_is_container
            )
        )
        goods = lines.filtered(lambda line: line.product_id.type == "consu")
        if not goods:
            services = lines.filtered(lambda line: line._channel_is_virtual())
            return bool(services) and all(line._channel_is_finished() for line in services)
        return all(line._channel_is_finished() for line in goods) and any(
            move.state == "done" and move._channel_leaves() for move in goods.move_ids
        )

    def _channel_shipments_wait(self):
        """Whether the shop was not told yet of a delivery: it mails that with the completion."""
        return bool(
            self.env["channel.outbox"].search_count(
                [
                    ("order_id", "=", self.id),
                    ("kind", "=", "shipment"),
                    ("state", "in", ("pending", "blocked", "failed")),
                ],
                limit=1,
            )
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def write(self, vals):
        """Services are delivered by hand, or by the workflow of the order's gateway."""
        result = super().write(vals)
        if "qty_delivered" in vals:
            self.order_id._channel_note_delivered()
        return result

    def _channel_is_virtual(self):
        """Whether the line sells a service, other than shipping, fees and rounding."""
        backend = self.order_id.channel_backend_id.sudo()
        charges = backend.shipping_product_id | backend.fee_product_id | backend.rounding_product_id
        return not self.is_delivery and self.product_id not in charges

    def _channel_is_finished(self):
        """Whether nothing of this line is on its way to the customer, or will be."""
        moves = self.move_ids.filtered(
            lambda move: (move.location_final_id or move.location_dest_id)._is_outgoing()
        )
        if moves:
            return all(move.state in ("done", "cancel") for move in moves)
        return self.product_uom_id.compare(self.qty_delivered, self.product_uom_qty) >= 0

    def _channel_title(self):
        """The line as the shop names it, in one row."""
        return (self.name or self.product_id.name or "").partition("\n")[0]
