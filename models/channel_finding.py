"""What the last connection check found, in plain words."""

from odoo import fields, models


class ChannelFinding(models.Model):
    _name = "channel.finding"
    _description = "Connection check finding"
    _order = "sequence, id"

    backend_id = fields.Many2one("channel.backend", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    sequence = fields.Integer()
    level = fields.Selection(
        [("ok", "Fine"), ("info", "Note"), ("warning", "Warning"), ("error", "Error")],
        required=True,
    )
    code = fields.Char(required=True)
    title = fields.Char(required=True)
    suggestion = fields.Text("What to Do")
