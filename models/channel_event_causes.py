"""What an event waits for: every cause that its last try met."""

from odoo import api, fields, models


class ChannelEvent(models.Model):
    _inherit = "channel.event"

    # ``issue_id`` is the first of them
    issue_ids = fields.Many2many(
        "channel.issue",
        "channel_event_issue_rel",
        "event_id",
        "issue_id",
        "Causes",
        readonly=True,
        help="Everything that stood in its way at the last try.",
    )

    cause_count = fields.Integer("Number of Causes", compute="_compute_cause_count")

    @api.depends("issue_ids")
    def _compute_cause_count(self):
        for event in self:
            event.cause_count = len(event.issue_ids)

    @api.private
    def init(self):
        """Events of a version that knew one cause of an event."""
        result = super().init()
        self.env.cr.execute(
            """
            INSERT INTO channel_event_issue_rel (event_id, issue_id)
            SELECT id, issue_id FROM channel_event WHERE issue_id IS NOT NULL
                ON CONFLICT DO NOTHING
            """
        )
        return result
