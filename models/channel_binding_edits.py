"""What is remembered of orders that change after they were imported."""

from odoo import fields, models


class ChannelBindingOrder(models.Model):
    _inherit = "channel.binding.order"

    released = fields.Boolean(readonly=True, help="The shop had released it for shipping.")
    decision = fields.Json(
        readonly=True,
        help="What a person decided about a change that met delivered or invoiced lines: "
        "fingerprint of the shop's content, and the choice (accept or keep).",
    )
