"""When a figure is bad, a person is told by an issue, which ends by itself when it is fine."""

from odoo import fields, models


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    alert_lag = fields.Boolean(
        "Tell When Late",
        default=True,
        help="An issue for each flow that is late for longer than two minutes beyond its target.",
    )
    alert_silence_hours = fields.Integer(
        "Tell When Silent (hours)",
        default=24,
        help="An issue when nothing at all came from the shop for so long; 0: never.",
    )
    alert_issue_value = fields.Monetary(
        "Tell When Held Up",
        currency_field="company_currency_id",
        help="An issue when orders of more than this value wait for open issues; 0: never.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Currency")

    _alerts_positive = models.Constraint(
        "CHECK(alert_silence_hours >= 0 AND alert_issue_value >= 0)",
        "The limits of alerts can't be negative; 0 switches an alert off.",
    )
