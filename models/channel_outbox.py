"""The outbox: what changed inside and has to be told to a channel, and what came of it."""

import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..services.job_errors import was_cut_off
from ..services.job_run import JobRun
from ..services.urgency import channel_of, priority_of
from .channel_event_jobs import LIVE_JOB_STATES, SWEEP_AFTER, SWEEPS_UNTIL_STUCK
from .channel_flow import DRAINED, EXPORTERS


class ChannelOutbox(models.Model):
    """Append-only: a change is noted by one INSERT in the transaction that makes it.

    A note says only that a record has to be looked at; what is sent is what is true when it is
    sent. Notes end ``done`` or ``ignored`` with a reason, and are kept as long as events are.
    """

    _name = "channel.outbox"
    _description = "Channel outbox"
    _order = "id DESC"
    _log_access = False
    _rec_name = "marker"

    backend_id = fields.Many2one(
        "channel.backend", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    kind = fields.Selection(
        [
            ("order_status", "Order status and number"),
            ("shipment", "Shipment"),
            ("fulfilment", "Delivery by a warehouse"),
            ("refund", "Refund"),
            ("stock", "Stock"),
            ("price", "Price"),
            ("product", "Product"),
        ],
        required=True,
        readonly=True,
    )
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True, readonly=True)
    order_id = fields.Many2one(
        "sale.order", index="btree_not_null", ondelete="cascade", readonly=True
    )
    noted_at = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    marker = fields.Char(
        required=True,
        readonly=True,
        default=lambda self: uuid.uuid4().hex,
        help="Finds in the shop what a lost answer may have made.",
    )
    attempted_at = fields.Datetime(
        readonly=True, help="Something may have reached the shop: look before sending again."
    )
    done_at = fields.Datetime("Settled At", readonly=True)
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("done", "Sent"),
            ("ignored", "Ignored"),
            ("blocked", "Blocked"),
            ("failed", "Failed"),
        ],
        default="pending",
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True, help="What was sent, or why nothing was.")
    issue_id = fields.Many2one(
        "channel.issue", index="btree_not_null", ondelete="set null", readonly=True
    )
    sweeps = fields.Integer(default=0, readonly=True)

    _pending_idx = models.Index("(backend_id, noted_at) WHERE state = 'pending'")
    _record_idx = models.Index("(res_model, res_id, id)")
    _state_idx = models.Index("(backend_id, state, noted_at)")

    # === ACTION METHODS === #

    def action_retry(self):
        """Send again what is stuck; it is looked up in the shop first."""
        # a Channel User may retry, and write nothing else
        self.check_access("read")
        waiting = self.filtered(lambda note: note.state in ("blocked", "failed"))
        if not waiting:
            raise UserError(self.env._("Only blocked or failed notes can be sent again."))
        waiting.sudo()._reopen()

    def action_view_record(self):
        """Open what the note is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # === NOTING === #

    @api.model
    def _note(self, kind, records, orders):
        """Note that ``records`` have to be told to the channels of their sales orders.

        Called from business transactions: one INSERT and one job for all, nothing else. Backends
        whose flow is switched off are left out.

        :param records: of one model; ``orders``: function from a record to its ``sale.order``
            (several, where a credit note is of more than one: each gets a note of its own)
        :return: the notes
        """
        pairs = [
            (record, binding)
            for record in records
            for binding in orders(record).sudo().channel_binding_ids
        ]
        flows = self.env["channel.flow"].sudo()
        backends = self.env["channel.backend"].union(*(pair[1].backend_id for pair in pairs))
        told = backends.filtered(lambda backend: flows._of(backend, kind, "out"))
        rows = [
            self._prepare_note(kind, binding, record, binding.odoo_id)
            for record, binding in pairs
            if binding.backend_id in told
        ]
        notes = self.sudo().create(rows)
        for backend, backend_notes in notes.grouped("backend_id").items():
            if backend._acts_at_once(kind, "out"):
                backend_notes._enqueue()
        return notes

    @api.model
    def _prepare_note(self, kind, binding, record, order):
        return {
            "backend_id": binding.backend_id.id,
            "company_id": binding.backend_id.company_id.id,
            "kind": kind,
            "res_model": record._name,
            "res_id": record.id,
            "order_id": order.id,
        }

    # === JOBS === #

    def _enqueue(self, **options):
        """One job for these notes (of one backend and kind), unless its flow is paused."""
        if not self or self[0].backend_id._has_no_jobs(self[0].kind, "out"):
            return
        kind, company = self[0].kind, self[0].company_id
        if kind in DRAINED:
            self.env["channel.flow"]._of(self[0].backend_id, kind, "out")._enqueue_drain(**options)
            return
        notes = self.with_context(allowed_company_ids=company.ids, tracking_disable=True)
        notes.with_delay(
            channel=channel_of(kind),
            description=f"tell the shop: {len(self)} x {kind}",
            **{"priority": priority_of(kind), **options},
        )._job_export()

    def _job_export(self):
        """Tell the channel of each record of these notes; settled ones are passed over."""
        notes = self.exists()
        results = []
        for backend in notes.backend_id:
            run = JobRun(backend._env())
            results += run.export(notes.filtered(lambda note, b=backend: note.backend_id == b).ids)
        return "\n".join(results) or "nothing waits"

    def _job_failed(self, exc_name=None, exc_message=None, **kwargs):
        """queue_job's ``on_fail_method``: retries are used up, or there is a bug.

        Each record goes on in a job of its own, so that only the faulty one fails.
        """
        if was_cut_off(exc_name):
            return  # the notes wait, see ``queue.job``
        notes = self.exists().filtered(lambda note: note.state == "pending").sorted("id")
        groups = notes.grouped(lambda note: note._key()).values()
        for group in groups:
            if len(groups) > 1:
                group._enqueue()
            else:
                JobRun(group.backend_id._env()).record_export_failure(group.ids, exc_name)

    def _key(self):
        """What one job at a time works on: a record, for one order of the channel."""
        return self.kind, self.res_model, self.res_id, self.order_id.id

    @api.model
    def _pending_of(self, backend, kind, res_model, res_id, order_id):
        """Waiting notes of one :meth:`_key`, oldest first: the first one's marker counts.

        Those that are stuck go with them. They are about the same thing, and what a stuck one may
        have made in the channel is found only by its marker.
        """
        notes = self.search(
            [
                ("backend_id", "=", backend.id),
                ("kind", "=", kind),
                ("res_model", "=", res_model),
                ("res_id", "=", res_id),
                ("order_id", "=", order_id),
                ("state", "in", ("pending", "blocked", "failed")),
            ],
            order="id",
        )
        return notes if "pending" in notes.mapped("state") else self.browse()

    # === SETTLING === #

    def _settle(self, state, reason="", issue=None, done_at=None):
        """End these notes in ``state`` with a reason a person can read."""
        done_at = done_at or fields.Datetime.now()
        values = {"state": state, "reason": reason, "done_at": done_at}
        if issue:
            values["issue_id"] = issue.id
        issues = self.issue_id
        self.write(values)
        if issue:
            issues -= issue
        if issue or state in ("done", "ignored"):
            issues._resolve_if_done()
        if state in ("done", "ignored"):
            # the last one that the completion had to wait for?
            shipments = self.filtered(lambda note: note.kind == "shipment")
            shipments.order_id._channel_note_delivered()

    def _reopen(self):
        self.write(
            {"state": "pending", "done_at": False, "sweeps": 0, "noted_at": fields.Datetime.now()}
        )
        self.flush_recordset()
        for group in self.grouped(lambda note: (note.backend_id, note.kind)).values():
            group._enqueue()

    # === SWEEP === #

    @api.model
    def _sweep(self, backend, limit=1000):
        """Give every note that waits without a live job a new one, see ``channel.event``."""
        self._sweep_drains(backend)
        kinds = set(EXPORTERS) - set(DRAINED) - set(backend._not_swept("out"))
        before = fields.Datetime.now() - SWEEP_AFTER
        notes = self._without_job(backend, list(kinds), before, limit)
        for sweeps, group in notes.grouped("sweeps").items():
            group.sweeps = sweeps + 1
        for group in notes.grouped(lambda note: note._key()).values():
            group._enqueue()
            note = group[0]
            if note.sweeps >= SWEEPS_UNTIL_STUCK:
                record = self.env[note.res_model].browse(note.res_id)
                run = JobRun(backend)
                group.issue_id = run.open_issue("stuck", note.kind, str(note.res_id), record)
        return notes

    @api.model
    def _without_job(self, backend, kinds, before, limit, after=0):
        """Notes of ``kinds`` that wait since ``before`` without a live job, oldest first."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT note.id FROM channel_outbox note
             WHERE note.backend_id = %s AND note.state = 'pending' AND note.noted_at <= %s
               AND note.kind = ANY(%s) AND note.id > %s
               AND note.id NOT IN (
                   SELECT jsonb_array_elements_text(
                              (job.records #>> '{}')::jsonb -> 'ids')::int
                     FROM queue_job job
                    WHERE job.model_name = 'channel.outbox' AND job.state IN %s)
             ORDER BY note.id LIMIT %s
            """,
            [backend.id, before, kinds, after, LIVE_JOB_STATES, limit],
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())

    def _enqueue_waiting(self):
        """A job for each record that notes have waited about."""
        for group in self.grouped(lambda note: note._key()).values():
            group._enqueue()
