from odoo import fields, models


class ChannelVarianceIgnore(models.TransientModel):
    """Asks why differences can be ignored: they come back only when one of the values changes."""

    _name = "channel.variance.ignore"
    _description = "Ignore differences"

    variance_ids = fields.Many2many(
        "channel.variance", default=lambda self: self.env.context.get("active_ids")
    )
    reason = fields.Char(required=True)

    def action_ignore(self):
        self.ensure_one()
        self.variance_ids._ignore(self.reason)
        return {"type": "ir.actions.act_window_close"}
