"""How issues end, come again, and who looks after them."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .channel_issue_value import WAITING


class ChannelIssue(models.Model):
    _inherit = "channel.issue"

    origin = fields.Char(
        readonly=True, help="The run (a poll, a drain) that stopped, and with which it ends."
    )
    former_id = fields.Many2one(
        "channel.issue",
        "Seen Before",
        readonly=True,
        ondelete="set null",
        help="The last issue of the same cause, which was closed.",
    )
    former_state = fields.Selection(related="former_id.state", string="Former Status")
    former_reason = fields.Char(related="former_id.ignore_reason", string="Ignored Because")
    former_closed_at = fields.Datetime(related="former_id.closed_at", string="Closed Before")

    _cause_idx = models.Index("(backend_id, fingerprint)")

    # === CRUD METHODS === #

    def write(self, vals):
        """The one activity of a cause goes with its responsible."""
        result = super().write(vals)
        if "responsible_id" in vals:
            for issue in self.filtered(lambda issue: issue.state == "open"):
                issue._hand_over()
        return result

    def _hand_over(self):
        issue = self.sudo()
        if not issue.responsible_id:
            issue.activity_unlink(["mail.mail_activity_data_todo"])
        elif issue.activity_ids:
            issue.activity_reschedule(
                ["mail.mail_activity_data_todo"], new_user_id=issue.responsible_id.id
            )
        else:
            issue._schedule()

    def _schedule(self):
        """One activity per cause, however often it happens."""
        for issue in self.filtered("responsible_id"):
            issue.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=issue.title[:120],
                user_id=issue.responsible_id.id,
            )

    # === BUSINESS METHODS === #

    @api.model
    def _former(self, backend, fingerprint):
        """The last issue of a cause."""
        domain = [("backend_id", "=", backend.id), ("fingerprint", "=", fingerprint)]
        return self.search(domain, order="id DESC", limit=1)

    @api.model
    def _end_stopped(self, backend, origin):
        """A run came through: what had stopped it is over."""
        stopped = self.search(
            [("backend_id", "=", backend.id), ("origin", "=", origin), ("state", "=", "open")]
        )
        stopped._close("resolved")

    def _start_again(self):
        """Enqueue the runs that these issues had stopped; returns their number."""
        count = 0
        for issue in self.filtered("origin"):
            for flow in issue.backend_id.flow_ids:
                if issue.origin == flow._poll_name():
                    flow._enqueue_poll()
                    count += 1
                elif issue.origin == f"drain {flow.kind}" and flow._is_drained():
                    flow._enqueue_drain()
                    count += 1
        return count

    @api.model
    def _sweep(self, backend):
        """Bring issues in line with what waits for them.

        Two jobs that settle the last two events of a cause at once don't see each other: nobody
        closes it. And one that closes it does not see what another job blocks meanwhile.
        """
        self._flush_causes()
        self._end_forgotten(backend)
        self._open_again(backend)

    def _end_forgotten(self, backend):
        self.env.cr.execute(
            """
            SELECT issue.id FROM channel_issue issue
             WHERE issue.backend_id = %(backend)s AND issue.state = 'open'
               AND (EXISTS (SELECT FROM channel_event_issue_rel WHERE issue_id = issue.id)
                    OR EXISTS (SELECT FROM channel_outbox WHERE issue_id = issue.id))
            """,
            {"backend": backend.id},
        )
        self.browse(row[0] for row in self.env.cr.fetchall())._resolve_if_done()

    def _open_again(self, backend):
        """Resolved issues that something still waits for."""
        self.env.cr.execute(
            """
            SELECT max(former.id) FROM channel_event event
              JOIN channel_issue former ON former.id = event.issue_id
             WHERE event.backend_id = %(backend)s AND event.state IN ('blocked', 'failed')
               AND NOT EXISTS (
                   SELECT FROM channel_event_issue_rel cause
                     JOIN channel_issue issue ON issue.id = cause.issue_id
                    WHERE cause.event_id = event.id AND issue.state = 'open')
             GROUP BY former.fingerprint
             UNION
            SELECT max(former.id) FROM channel_outbox note
              JOIN channel_issue former ON former.id = note.issue_id
             WHERE note.backend_id = %(backend)s AND note.state IN ('blocked', 'failed')
               AND former.state != 'open'
             GROUP BY former.fingerprint
            """,
            {"backend": backend.id},
        )
        closed = self.browse(row[0] for row in self.env.cr.fetchall())
        for issue in closed.filtered(lambda issue: not issue._open_twin()):
            issue._open()

    def _open_twin(self):
        """The open issue of the same cause."""
        self.ensure_one()
        return self.search(
            [
                ("backend_id", "=", self.backend_id.id),
                ("fingerprint", "=", self.fingerprint),
                ("state", "=", "open"),
            ],
            limit=1,
        )

    def _open(self):
        self.write({"state": "open", "closed_at": False, "ignore_reason": False})
        self._schedule()

    def action_reopen(self):
        """Take it up again; what was ignored with it waits again."""
        self.check_access("write")
        for issue in self:
            if issue._open_twin():
                raise UserError(self.env._("“%s” is open already.", issue.title))
            rows = issue._settled_with()
            issue._open()
            for stuck in rows:
                stuck.write({"state": "blocked", "done_at": False})

    def _settled_with(self):
        """Events and notes that a person ignored together with this issue."""
        ignored = self.filtered(lambda issue: issue.state == "ignored")
        settled = [("state", "=", "ignored"), ("done_at", "=", ignored.closed_at)]
        return (
            self.env["channel.event"].search([("issue_ids", "in", ignored.ids), *settled]),
            self.env["channel.outbox"].search([("issue_id", "in", ignored.ids), *settled]),
        )

    def _stuck(self):
        """Events and notes of the outbox that wait for a person."""
        states = [("state", "in", ("blocked", "failed"))]
        return (
            self.env["channel.event"].search([("issue_ids", "in", self.ids), *states]),
            self.env["channel.outbox"].search([("issue_id", "in", self.ids), *states]),
        )

    def _resolve_if_done(self):
        """Close those of these issues, all of something just settled, for which nothing waits."""
        candidates = self.filtered(lambda issue: issue.state == "open")
        if not candidates:
            return
        self._flush_causes()
        self.env.cr.execute(
            """
            SELECT cause.issue_id FROM channel_event_issue_rel cause
              JOIN channel_event event ON event.id = cause.event_id
             WHERE cause.issue_id = ANY(%(ids)s) AND event.state IN %(waiting)s
             UNION
            SELECT issue_id FROM channel_outbox
             WHERE issue_id = ANY(%(ids)s) AND state IN %(waiting)s
            """,
            {"ids": candidates.ids, "waiting": WAITING},
        )
        waited_for = {row[0] for row in self.env.cr.fetchall()}
        done = candidates.filtered(lambda issue: issue.id not in waited_for)
        if done:
            done._close("resolved")
