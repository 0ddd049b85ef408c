"""Which transfers a channel has to know of."""

from odoo import models

#: What of a transfer may come after the goods have left.
TRACKING = {"carrier_tracking_ref", "carrier_id"}


class StockMove(models.Model):
    _inherit = "stock.move"

    def _channel_leaves(self):
        """Whether goods reach the customer by this very move, not by a later step."""
        return self.location_dest_id._is_outgoing() and self.location_id.usage != "customer"

    def _channel_comes_back(self):
        """Whether the customer's goods come in by this very move."""
        return self.location_id.usage == "customer" and self.location_dest_id.usage in (
            "internal",
            "transit",
        )

    def _action_cancel(self):
        """What was the last to deliver may be cancelled: then the order is complete."""
        result = super()._action_cancel()
        self.sudo().sale_line_id.order_id._channel_note_delivered()
        return result


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        # a carrier's tracking number is written in there, and needs no note of its own
        result = super(StockPicking, self.with_context(channel_done=True))._action_done()
        self._channel_note(lambda move: move._channel_leaves() or move._channel_comes_back())
        return result

    def write(self, vals):
        result = super().write(vals)
        if TRACKING & vals.keys() and not self.env.context.get("channel_done"):
            self._channel_note(lambda move: move._channel_leaves())
        return result

    def _channel_note(self, counts):
        """Note the done transfers of channels' orders with a move that ``counts``."""

        def orders(picking):
            moves = picking.move_ids.filtered(lambda move: move.state == "done" and counts(move))
            return moves.sale_line_id.order_id

        # sudo: whoever moves goods may know nothing of sales orders and channels
        done = self.sudo().filtered(
            lambda picking: (
                picking.state == "done"
                and picking.move_ids.sale_line_id.order_id.channel_backend_id
                and orders(picking)
            )
        )
        self.env["channel.outbox"]._note("shipment", done, orders)
