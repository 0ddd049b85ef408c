"""The inbox: one thing that happened outside, and what became of it."""

import json

from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("order", "Order"),
    ("customer", "Customer"),
    ("product", "Product"),
    ("image", "Product images"),
    ("coupon", "Coupon"),
    ("payment", "Payment"),
    ("refund", "Refund"),
    ("shipment", "Shipment"),
    ("fulfilment", "Delivery by a warehouse"),
    ("settlement", "Payout"),
    ("other", "Other"),
]


class ChannelEvent(models.Model):
    _name = "channel.event"
    _description = "Channel event"
    _order = "id DESC"
    _log_access = False

    backend_id = fields.Many2one(
        "channel.backend", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    topic = fields.Char(readonly=True, help="The channel's own word for what happened.")
    external_id = fields.Char("External ID", readonly=True)
    source = fields.Selection(
        [
            ("webhook", "Webhook"),
            ("poll", "Poll"),
            ("manual", "Person"),
            ("reconcile", "Reconciliation"),
            ("order", "Its order"),
            ("product", "Its product"),
        ],
        required=True,
        readonly=True,
    )
    dedup_key = fields.Char(required=True, readonly=True)
    payload = fields.Json(
        "Payload Data",
        readonly=True,
        groups="channel_connector.group_manager",
        prefetch=False,  # some kilobytes that hardly anybody who reads an event asks for
    )
    payload_text = fields.Text(
        "Readable Payload",
        compute="_compute_payload_text",
        groups="channel_connector.group_manager",
    )
    deleted = fields.Boolean(readonly=True, help="The channel says that the record is gone.")
    occurred_at = fields.Datetime(readonly=True)
    received_at = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    fetched_at = fields.Datetime(
        "Read At", readonly=True, help="When the payload was read by a poll; empty: a mere hint."
    )
    done_at = fields.Datetime("Settled At", readonly=True)
    duration = fields.Float(
        "Waited (s)", compute="_compute_duration", help="From received to settled."
    )
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("done", "Done"),
            ("ignored", "Ignored"),
            ("blocked", "Blocked"),
            ("failed", "Failed"),
        ],
        default="pending",
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True, help="Why it was ignored, blocked or what was done.")
    value = fields.Float("Order Total", digits=(16, 2), readonly=True)
    currency_code = fields.Char("Currency", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    issue_id = fields.Many2one(
        "channel.issue", index="btree_not_null", ondelete="set null", readonly=True
    )
    sweeps = fields.Integer(default=0, readonly=True)

    # The same bytes after the first were settled are a new event; while they wait, they are not.
    _pending_uniq = models.UniqueIndex("(backend_id, dedup_key) WHERE state = 'pending'")
    _record_idx = models.Index("(backend_id, kind, external_id, id)")
    _pending_idx = models.Index("(received_at) WHERE state = 'pending'")
    _state_idx = models.Index("(backend_id, state, received_at)")

    # === COMPUTE METHODS === #

    @api.depends("kind", "external_id", "topic")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for event in self:
            event.display_name = f"{kinds.get(event.kind)} {event.external_id or '?'}"

    @api.depends("payload")
    def _compute_payload_text(self):
        for event in self:
            event.payload_text = (
                json.dumps(event.payload, indent=2, ensure_ascii=False) if event.payload else ""
            )

    @api.depends("received_at", "done_at")
    def _compute_duration(self):
        for event in self:
            event.duration = (
                (event.done_at - event.received_at).total_seconds() if event.done_at else 0.0
            )

    # === ACTION METHODS === #

    def action_retry(self):
        """Try again, with data read anew from the channel."""
        # a Channel User may retry, and write nothing else
        self.check_access("read")
        waiting = self.filtered(lambda event: event.state in ("blocked", "failed", "ignored"))
        if not waiting:
            raise UserError(self.env._("Only blocked, failed or ignored events can be retried."))
        waiting.sudo()._reopen()

    def action_view_record(self):
        """Open what the event became in Odoo."""
        self.ensure_one()
        if not self.res_id:
            raise UserError(self.env._("This event has not become a record yet."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
