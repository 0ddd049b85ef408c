from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        """What is invoiced as it is delivered is invoiced now."""
        result = super()._action_done()
        self.sudo().sale_id.filtered("channel_backend_id")._channel_delivered()
        return result
