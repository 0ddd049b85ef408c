from odoo import models


class ChannelBindingOrder(models.Model):
    _inherit = "channel.binding.order"

    def write(self, vals):
        """An order that the shop calls paid after our own change (it was completed, say) is paid.

        That webhook is an echo, which nobody imports.
        """
        is_news = vals.get("paid_at") and not self.env.context.get("channel_import")
        unpaid = self.filtered(lambda order: is_news and not order.paid_at)
        result = super().write(vals)
        sales = unpaid.odoo_id.filtered(lambda sale: sale.state == "sale")
        if sales:
            sales._channel_follow_up("payment")
        return result
