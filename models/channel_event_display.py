"""Ways from an event to what belongs to it."""

from odoo import fields, models


class ChannelEvent(models.Model):
    _inherit = "channel.event"

    job_count = fields.Integer("Jobs", compute="_compute_job_count")

    def _compute_job_count(self):
        jobs = self.env["queue.job"].sudo()
        for event in self:
            event.job_count = jobs.search_count(event._job_domain())

    def _job_domain(self):
        """Jobs about this event's record; finished ones too, as long as queue_job keeps them."""
        self.ensure_one()
        key = f"channel-{self.backend_id.id}-{self.kind}-{self.external_id}"
        return [("identity_key", "=", key)]

    def action_view_jobs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("queue_job.action_queue_job")
        return {**action, "domain": self._job_domain(), "context": {}}

    def action_view_log(self):
        """The HTTP exchanges about this event's record."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_connector.action_channel_log"
        )
        domain = [
            ("backend_id", "=", self.backend_id.id),
            ("reference", "=", f"{self.kind} {self.external_id}"),
        ]
        return {**action, "domain": domain, "context": {}}
