"""Health of a shop's webhooks."""

from odoo import fields, models


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    webhook_state = fields.Selection(
        [
            ("none", "Not installed"),
            ("ok", "Working"),
            ("silent", "Silent"),
            ("broken", "Broken"),
        ],
        "Webhooks",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        help="Silent: the poll finds changes that the shop should have reported by itself.",
    )
    webhook_checked_at = fields.Datetime("Webhooks Checked", readonly=True, copy=False)
