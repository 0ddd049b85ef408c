"""Everything that is stuck, in one list, whether an issue tells of it or not.

A view over what exists anyway: blocked and failed events and messages to the shop, and failed jobs
that belong to none of them (a poll, a run). Nothing of it is ever deleted by retention.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Models of the rows; a row's id is three times that of what it shows, plus the position here.
SOURCES = ("channel.event", "channel.outbox", "queue.job")


class ChannelDeadLetter(models.Model):
    _name = "channel.dead.letter"
    _description = "Channel dead letter"
    _auto = False
    _order = "since DESC, id DESC"
    _rec_name = "reason"
    _depends = {
        "channel.event": ["state", "reason", "done_at", "value", "issue_id"],
        "channel.outbox": ["state", "reason", "done_at", "issue_id"],
        "channel.issue": ["state"],
        "queue.job": ["state", "exc_name"],
    }

    backend_id = fields.Many2one("channel.backend", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    source = fields.Selection(
        [
            ("channel.event", "From the shop"),
            ("channel.outbox", "To the shop"),
            ("queue.job", "Job"),
        ],
        "What",
        readonly=True,
    )
    kind = fields.Selection(selection="_selection_kind", readonly=True)
    name = fields.Char("Record", readonly=True)
    state = fields.Selection([("blocked", "Blocked"), ("failed", "Failed")], readonly=True)
    reason = fields.Char(readonly=True)
    since = fields.Datetime(readonly=True)
    value = fields.Float("Order Total", digits=(16, 2), readonly=True)
    currency_code = fields.Char("Currency", readonly=True)
    issue_id = fields.Many2one("channel.issue", readonly=True)
    has_open_issue = fields.Boolean(readonly=True)
    source_id = fields.Integer(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT event.id * 3 AS id, event.backend_id, event.company_id,
                   'channel.event' AS source, event.kind, event.external_id AS name,
                   event.state, event.reason, COALESCE(event.done_at, event.received_at) AS since,
                   event.value, event.currency_code, event.issue_id, event.id AS source_id,
                   EXISTS (SELECT FROM channel_event_issue_rel cause
                             JOIN channel_issue issue ON issue.id = cause.issue_id
                            WHERE cause.event_id = event.id AND issue.state = 'open'
                          ) AS has_open_issue
              FROM channel_event event
             WHERE event.state IN ('blocked', 'failed')
             UNION ALL
            SELECT note.id * 3 + 1, note.backend_id, note.company_id,
                   'channel.outbox', note.kind, note.res_id::text,
                   note.state, note.reason, COALESCE(note.done_at, note.noted_at),
                   NULL, NULL, note.issue_id, note.id,
                   issue.state IS NOT NULL AND issue.state = 'open'
              FROM channel_outbox note
              LEFT JOIN channel_issue issue ON issue.id = note.issue_id
             WHERE note.state IN ('blocked', 'failed')
             UNION ALL
            SELECT job.id * 3 + 2, COALESCE(flow.backend_id, backend.id), job.company_id,
                   'queue.job', 'job', job.name,
                   'failed', COALESCE(job.exc_message, job.exc_name),
                   COALESCE(job.date_done, job.date_created), NULL, NULL, NULL, job.id, FALSE
              FROM queue_job job
              LEFT JOIN channel_flow flow
                     ON job.model_name = 'channel.flow' AND flow.id = %(first)s
              LEFT JOIN channel_backend backend
                     ON job.model_name = 'channel.backend' AND backend.id = %(first)s
             WHERE job.state = 'failed' AND job.model_name LIKE 'channel.%%'
               AND job.model_name NOT IN ('channel.event', 'channel.outbox')
            """,
            first=SQL("((job.records #>> '{}')::jsonb #>> '{ids,0}')::int"),
        )

    @api.model
    def _selection_kind(self):
        kinds = {"job": self.env._("Job")}
        for source in ("channel.outbox", "channel.event"):
            field = self.env[source]._fields["kind"]
            kinds.update(field._description_selection(self.env))
        return list(kinds.items())

    # === ACTION METHODS === #

    def action_retry(self):
        """Try again what a person selected."""
        self.check_access("read")
        for source, letters in self.grouped("source").items():
            rows = self.env[source].sudo().browse(letters.mapped("source_id")).exists()
            if source == "queue.job":
                rows.requeue()
            else:
                rows.filtered(lambda row: row.state in ("blocked", "failed"))._reopen()
        return True

    def action_view_source(self):
        """Open the event, the message or the job itself."""
        self.ensure_one()
        if not self.env[self.source].has_access("read"):
            raise UserError(self.env._("Only a manager of the job queue can look at jobs."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.source,
            "res_id": self.source_id,
            "views": [(False, "form")],
        }
