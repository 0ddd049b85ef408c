"""The exception workbench: one row per cause, however often it happens."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..services.differing import differing

#: What an issue can be about.
RECORDS = (
    "sale.order",
    "res.partner",
    "product.template",
    "product.product",
    "stock.picking",
    "account.move",
)


class ChannelIssue(models.Model):
    _name = "channel.issue"
    _description = "Channel issue"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id DESC"
    _rec_name = "title"

    backend_id = fields.Many2one(
        "channel.backend", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True, index=True)
    code = fields.Char(required=True, index=True, readonly=True)
    error_class = fields.Char(readonly=True, help="What kind of trouble it is.")
    fingerprint = fields.Char(required=True, readonly=True)
    title = fields.Char(required=True, readonly=True)
    suggestion = fields.Text("What to Do", readonly=True)
    details = fields.Text(readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved"), ("ignored", "Ignored")],
        default="open",
        required=True,
        index=True,
        readonly=True,
        tracking=True,
    )
    ignore_reason = fields.Char(tracking=True)
    responsible_id = fields.Many2one("res.users", tracking=True)
    record = fields.Reference(
        selection="_selection_record", readonly=True, help="What the issue is about in Odoo."
    )
    event_ids = fields.One2many("channel.event", "issue_id", readonly=True)
    note_ids = fields.One2many("channel.outbox", "issue_id", "Not Sent", readonly=True)
    closed_at = fields.Datetime(readonly=True)
    # Computed from the events: a counter on this row would be written by every job that fails
    # for the same cause, and parallel jobs would abort each other (40001).
    event_count = fields.Integer("Events", compute="_compute_from_events")
    first_seen = fields.Datetime(compute="_compute_from_events")
    last_seen = fields.Datetime(compute="_compute_from_events")
    value_at_stake = fields.Float(
        compute="_compute_from_events",
        digits=(16, 2),
        help="Sum of the order totals that wait for this issue, in the currencies of the shop.",
    )

    _open_uniq = models.UniqueIndex("(backend_id, fingerprint) WHERE state = 'open'")

    # === COMPUTE METHODS === #

    @api.model
    def _selection_record(self):
        return [
            (model.model, model.name)
            for model in self.env["ir.model"].sudo().search([("model", "in", RECORDS)])
        ]

    @api.depends("event_ids")
    def _compute_from_events(self):
        groups = self.env["channel.event"]._read_group(
            [("issue_id", "in", self.ids)],
            ["issue_id"],
            ["__count", "received_at:min", "received_at:max"],
        )
        figures = {issue.id: rest for issue, *rest in groups}
        values = self._values_at_stake()
        for issue in self:
            count, first, last = figures.get(issue.id, (0, issue.create_date, issue.create_date))
            issue.event_count = count
            issue.first_seen = first
            issue.last_seen = last
            issue.value_at_stake = values.get(issue.id, 0.0)

    def _values_at_stake(self):
        """``{issue id: amount}``: each waiting order once, however many events it has."""
        self.env["channel.event"].flush_model(["issue_id", "value", "external_id", "state"])
        self.env.cr.execute(
            """
            SELECT issue_id, sum(value) FROM (
                SELECT issue_id, external_id, max(value) AS value
                  FROM channel_event
                 WHERE issue_id IN %s AND state IN ('pending', 'blocked', 'failed')
                 GROUP BY issue_id, external_id) AS held
             GROUP BY issue_id
            """,
            [tuple(self.ids) or (0,)],
        )
        return dict(self.env.cr.fetchall())

    # === ACTION METHODS === #

    def action_retry(self):
        """Try everything again that waits for these issues."""
        self.check_access("read")
        for issue in self.sudo():
            events, notes = issue._stuck()
            events._reopen()
            notes._reopen()
            count = len(events) + len(notes)
            issue.message_post(body=self.env._("Retried %s events.", count))

    def action_ignore(self):
        """Close with a reason: its events will not be tried again by themselves."""
        for issue in self:
            if not issue.ignore_reason:
                raise UserError(
                    self.env._("Write down why “%s” can be ignored first.", issue.title)
                )
        for stuck in self._stuck():
            stuck._settle("ignored", self.env._("Ignored by a person with its issue"))
        self._close("ignored")

    def _stuck(self):
        """Events and notes of the outbox that wait for a person."""
        return tuple(
            rows.filtered(lambda row: row.state in ("blocked", "failed"))
            for rows in (self.event_ids, self.note_ids)
        )

    def action_reopen(self):
        self.write({"state": "open", "closed_at": False, "ignore_reason": False})

    def action_view_events(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_connector.action_channel_event"
        )
        return {**action, "domain": [("issue_id", "=", self.id)], "context": {}}

    # === BUSINESS METHODS === #

    def _close(self, state):
        self.write({"state": state, "closed_at": fields.Datetime.now()})
        self.activity_feedback(["mail.mail_activity_data_todo"])

    @api.model
    def _touch(self, backend, code, fingerprint, refresh=False, **values):
        """The open issue of this cause; opened if there is none.

        Runs in the short transaction that ends a job: two jobs opening the same cause at the
        same time meet in the unique index, and the loser's transaction is simply repeated.

        :param refresh: bring an issue that is open already up to date; only where no other job
            can have the same cause, or parallel jobs would fight over the row
        """
        domain = [
            ("backend_id", "=", backend.id),
            ("fingerprint", "=", fingerprint),
            ("state", "=", "open"),
        ]
        issue = self.search(domain, limit=1)
        if not issue:
            issue = self.create(
                {
                    "backend_id": backend.id,
                    "code": code,
                    "fingerprint": fingerprint,
                    "responsible_id": backend.responsible_id.id,
                    **values,
                }
            )
            if issue.responsible_id:
                issue.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=issue.title[:120],
                    user_id=issue.responsible_id.id,
                )
        elif refresh and (news := differing(issue, values)):
            issue.write(news)
        return issue

    def _resolve_if_done(self):
        """Close those of these issues, all of events just settled, for which nothing waits."""
        for issue in self.filtered(lambda issue: issue.state == "open"):
            waiting = any(
                row.state in ("pending", "blocked", "failed")
                for rows in (issue.event_ids, issue.note_ids)
                for row in rows
            )
            if not waiting:
                issue._close("resolved")
