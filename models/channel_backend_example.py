"""What a backend's stock settings make of an example, so that a person sees what they do."""

from odoo import api, fields, models

from ..core.stock_formula import Demand, Figure, published
from ..services.stock_text import explanation_text

#: 25 pieces lie there, five are reserved, two come in, three are planned to go out.
EXAMPLE = Figure(on_hand=25, free=20, reserved=5, incoming=2, outgoing=8, forecast=19)
#: One piece was ordered in this shop since, one in another.
ORDERED = Demand(own_reduced=1, others=1)


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    stock_example = fields.Text(compute="_compute_stock_example")

    @api.depends("stock_basis", "stock_buffer", "stock_buffer_percent", "stock_cap", "stock_share")
    @api.depends_context("lang")
    def _compute_stock_example(self):
        for backend in self:
            result = published(EXAMPLE, backend._stock_rule(), ORDERED)
            steps = [[step.code.value, float(step.amount)] for step in result.steps]
            backend.stock_example = explanation_text(self.env, {"steps": steps}, result.quantity)
