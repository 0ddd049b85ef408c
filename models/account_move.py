from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """An invoice that a person posts takes the payment its order was paid with in the shop."""
        posted = super()._post(soft)
        if not self.env.context.get("channel_import"):
            invoices = posted.filtered(lambda move: move.move_type == "out_invoice")
            orders = invoices.sudo().invoice_line_ids.sale_line_ids.order_id
            orders.filtered("channel_backend_id")._channel_follow_up("payment")
        return posted
