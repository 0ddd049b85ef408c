from odoo import fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    _inherit = "stock.picking"

    channel_delivery_blocked = fields.Boolean(related="sale_id.channel_delivery_blocked")
    channel_hold_reason = fields.Char(related="sale_id.channel_hold_reason")

    def _add_delivery_cost_to_so(self):
        """The customer has paid the shop's price for shipping; the carrier's is our own cost."""
        if self.sale_id.channel_backend_id:
            return None
        return super()._add_delivery_cost_to_so()

    # === MAY IT LEAVE === #

    def button_validate(self):
        self._channel_check_blocked()
        return super().button_validate()

    def _action_done(self):
        """Every way of validating ends here, also those without the button."""
        self._channel_check_blocked()
        return super()._action_done()

    def _channel_check_blocked(self):
        """:raises UserError: the shop does not want the goods of one of these to leave"""
        for picking in self:
            if picking.channel_delivery_blocked and picking._channel_leaves():
                order = picking.sale_id.sudo()
                raise UserError(
                    self.env._(
                        "%(transfer)s can't leave yet, says %(shop)s of order %(number)s: "
                        "%(reason)s. It is released when the shop says so, or on the sales "
                        "order %(order)s by hand.",
                        transfer=picking.name,
                        shop=order.channel_backend_id.name,
                        number=order.channel_number,
                        reason=picking.channel_hold_reason,
                        order=order.name,
                    )
                )

    def _channel_leaves(self):
        """Whether the transfer hands goods over to the customer."""
        return any(move._channel_leaves() for move in self.move_ids)
