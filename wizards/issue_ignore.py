from odoo import fields, models


class ChannelIssueIgnore(models.TransientModel):
    """Asks why issues can be ignored, since an ignored one is never tried again by itself."""

    _name = "channel.issue.ignore"
    _description = "Ignore channel issues"

    issue_ids = fields.Many2many(
        "channel.issue", default=lambda self: self.env.context.get("active_ids")
    )
    reason = fields.Char(required=True)

    def action_ignore(self):
        self.ensure_one()
        issues = self.issue_ids.filtered(lambda issue: issue.state == "open")
        issues.ignore_reason = self.reason
        issues.action_ignore()
        return {"type": "ir.actions.act_window_close"}
