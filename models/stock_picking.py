from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _add_delivery_cost_to_so(self):
        """The customer has paid the shop's price for shipping; the carrier's is our own cost."""
        if self.sale_id.channel_backend_id:
            return None
        return super()._add_delivery_cost_to_so()
