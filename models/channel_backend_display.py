"""What a backend shows on its screen beyond its own fields; nothing here decides anything."""

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_datetime

#: Mapping tables whose unmapped values hold orders back; the others have a default.
MAPS = ("tax_map_ids", "status_map_ids")


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    # one provider installed: nothing to choose
    provider = fields.Selection(
        default=lambda self: self._fields["provider"].get_values(self.env)[0]
    )
    is_copy = fields.Boolean(compute="_compute_is_copy")
    outage_message = fields.Char(compute="_compute_outage_message")
    check_result = fields.Selection(
        [
            ("none", "Not checked yet"),
            ("error", "Errors found"),
            ("warning", "Works, with warnings"),
            ("ok", "Everything fine"),
        ],
        compute="_compute_check_result",
    )
    api_key_hint = fields.Char(compute="_compute_hints")
    api_secret_hint = fields.Char(compute="_compute_hints")
    webhook_secret_hint = fields.Char(compute="_compute_hints")
    job_count = fields.Integer("Jobs", compute="_compute_job_count")
    unmapped_count = fields.Integer("To Map", compute="_compute_unmapped_count")
    last_event_at = fields.Datetime("Last Event", compute="_compute_last_event_at")

    # === COMPUTE METHODS === #

    def _compute_is_copy(self):
        for backend in self:
            backend.is_copy = backend._is_copy()

    def _compute_outage_message(self):
        gates = self.env["channel.gate"].sudo().search([("backend_id", "in", self.ids)])
        by_backend = {gate.backend_id.id: gate for gate in gates if gate.open_until}
        for backend in self:
            gate = by_backend.get(backend.id)
            backend.outage_message = gate and self.env._(
                "The shop has not answered since %(since)s (%(reason)s). Nothing is lost: "
                "deliveries are kept, and Odoo asks again at %(next)s.",
                since=format_datetime(self.env, gate.opened_at, dt_format="short"),
                reason=gate._why(),
                next=format_datetime(self.env, gate.open_until, dt_format="short"),
            )

    @api.depends("finding_ids.level", "checked_at")
    def _compute_check_result(self):
        for backend in self:
            levels = set(backend.finding_ids.mapped("level"))
            worst = next((level for level in ("error", "warning") if level in levels), "ok")
            backend.check_result = worst if backend.checked_at else "none"

    def _compute_hints(self):
        """Tell whether a secret is stored, since its field always looks empty."""
        stored = self.env._("•••••••••••• stored; type to replace it")
        for backend in self:
            secret = backend.sudo()
            backend.api_key_hint = secret.api_key_stored and stored
            backend.api_secret_hint = secret.api_secret_stored and stored
            backend.webhook_secret_hint = secret.webhook_secret_stored and stored

    def _compute_job_count(self):
        jobs = self._open_jobs()
        for backend in self:
            backend.job_count = len(jobs.get(backend.id, ()))

    def _compute_unmapped_count(self):
        for backend in self:
            backend.unmapped_count = sum(
                len(backend[name].filtered("is_unmapped")) for name in MAPS
            )

    def _compute_last_event_at(self):
        latest = self._last_received()
        for backend in self:
            backend.last_event_at = latest.get(backend.id)

    def _last_received(self):
        """``{backend id: when its newest event came}``.

        A few looks into an index (backend, state, moment), where grouping would read all events.
        """
        self.env["channel.event"].flush_model(["state", "received_at"])
        states = self.env["channel.event"]._fields["state"].get_values(self.env)
        self.env.cr.execute(
            """
            SELECT backend.id, max(newest.received_at)
              FROM channel_backend backend CROSS JOIN unnest(%s) AS states(state)
              CROSS JOIN LATERAL (
                    SELECT received_at FROM channel_event
                     WHERE backend_id = backend.id AND channel_event.state = states.state
                     ORDER BY received_at DESC LIMIT 1) AS newest
             WHERE backend.id IN %s
             GROUP BY backend.id
            """,
            [states, tuple(self.ids) or (0,)],
        )
        return dict(self.env.cr.fetchall())

    def _open_jobs(self):
        """``{backend id: [job ids]}`` of the jobs that wait, run or have failed.

        A job knows only the records it works on, so the way to its backend leads over them;
        queue_job stores them as a text with JSON in a JSON column.
        """
        self.env["queue.job"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT COALESCE(event.backend_id, flow.backend_id), array_agg(job.id)
                  FROM queue_job job
                  LEFT JOIN channel_event event
                    ON job.model_name = 'channel.event'
                   AND event.id = ((job.records #>> '{}')::jsonb -> 'ids' ->> 0)::int
                  LEFT JOIN channel_flow flow
                    ON job.model_name = 'channel.flow'
                   AND flow.id = ((job.records #>> '{}')::jsonb -> 'ids' ->> 0)::int
                 WHERE job.state NOT IN ('done', 'cancelled')
                   AND COALESCE(event.backend_id, flow.backend_id) IN %s
                 GROUP BY 1
                """,
                tuple(self.ids) or (0,),
            )
        )
        return dict(self.env.cr.fetchall())

    # === ACTION METHODS === #

    def action_view_jobs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("queue_job.action_queue_job")
        jobs = self._open_jobs().get(self.id, [])
        return {**action, "domain": [("id", "in", jobs)], "context": {}}

    def action_view_log(self):
        return self._open("channel_connector.action_channel_log", {})
