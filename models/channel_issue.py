"""The exception workbench: one row per cause, however often it happens."""

from collections import defaultdict

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
    params = fields.Json(readonly=True, help="What tells the cause: identifiers, no persons.")
    event_ids = fields.Many2many(
        "channel.event", "channel_event_issue_rel", "issue_id", "event_id", readonly=True
    )
    note_ids = fields.One2many("channel.outbox", "issue_id", "Not Sent", readonly=True)
    closed_at = fields.Datetime(readonly=True)

    _open_uniq = models.UniqueIndex("(backend_id, fingerprint) WHERE state = 'open'")

    # === COMPUTE METHODS === #

    @api.model
    def _selection_record(self):
        return [
            (model.model, model.name)
            for model in self.env["ir.model"].sudo().search([("model", "in", RECORDS)])
        ]

    # === ACTION METHODS === #

    def action_retry(self):
        """Try everything again that waits for these issues."""
        # a Channel User may retry, and write nothing else
        self.check_access("read")
        issues = self.sudo()
        events, notes = issues._stuck()
        records = issues._records_by_issue(events, notes)
        events._reopen()
        notes._reopen()
        started = issues._start_again()
        for issue in issues:
            # sudo keeps the user: the message is the person's own
            issue.message_post(body=self.env._("Retried: %s", len(records[issue.id])))
        return self._tell_retried(len(set().union(*records.values())) + started)

    def _records_by_issue(self, events, notes):
        """``{issue id: records}`` that are tried again, however often they were told."""
        records = defaultdict(set)
        for event in events:
            for issue_id in event.issue_ids.ids:
                records[issue_id].add((event.backend_id, event.kind, event.external_id))
        for note in notes:
            records[note.issue_id.id].add((note.backend_id, note.res_model, note.res_id))
        return records

    def _tell_retried(self, count):
        if count:
            text = self.env._("%s are tried again; what succeeds closes its issue.", count)
        else:
            text = self.env._("Nothing waits for this.")
        return self._notification(text, "success" if count else "warning")

    def _notification(self, text, kind):
        """The action that shows a text to the person, and the record anew."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": text,
                "type": kind,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_ignore(self):
        """Close with a reason: its events will not be tried again by themselves."""
        self.check_access("write")
        for issue in self:
            if not issue.ignore_reason:
                raise UserError(
                    self.env._("Write down why “%s” can be ignored first.", issue.title)
                )
        now = fields.Datetime.now()
        text = self.env._("Ignored by a person with its issue")
        self._close("ignored", now)  # first: what it settles would resolve it
        for stuck in self._stuck():
            stuck._settle("ignored", text, done_at=now)

    def action_view_events(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_connector.action_channel_event"
        )
        return {**action, "domain": [("issue_ids", "in", self.ids)], "context": {}}

    # === BUSINESS METHODS === #

    def _close(self, state, moment=None):
        self.write({"state": state, "closed_at": moment or fields.Datetime.now()})
        self.activity_feedback(["mail.mail_activity_data_todo"])

    @api.model
    def _touch(self, backend, code, fingerprint, refresh=False, notice=False, **values):
        """The open issue of this cause; opened if there is none.

        Runs in the short transaction that ends a job: two jobs opening the same cause at the
        same time meet in the unique index, and the loser's transaction is simply repeated.

        :param refresh: bring an issue that is open already up to date; only where no other job
            can have the same cause, or parallel jobs would fight over the row
        :param notice: nothing waits for it: one that a person ignored stays so. What holds an
            order opens again, linked to the former issue: ignoring settled what waited then, and
            a new order is new money.
        """
        domain = [
            ("backend_id", "=", backend.id),
            ("fingerprint", "=", fingerprint),
            ("state", "=", "open"),
        ]
        issue = self.search_fetch(domain, ["params", "title"], limit=1)
        if not issue:
            kind = (values.get("params") or {}).get("kind_of_record")
            former = self._former(backend, fingerprint)
            if notice and former.state == "ignored":
                return former
            issue = self.create(
                {
                    "backend_id": backend.id,
                    "code": code,
                    "fingerprint": fingerprint,
                    "former_id": former.id,
                    "responsible_id": backend._responsible_of(kind).id,
                    **values,
                }
            )
            issue._schedule()
        elif refresh and (news := differing(issue, values)):
            issue.write(news)
        elif not issue.params and values.get("params"):
            issue.params = values["params"]  # opened by a version that kept none
        return issue
