"""The inbox: one thing that happened outside, and what became of it."""

import hashlib
import json
from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..services.job_run import JobRun

#: Orders per transaction when many are imported at once; 20 to 50 cost half of single ones.
CHUNK = 25
#: A pending event older than this without a live job gets a new one.
SWEEP_AFTER = timedelta(minutes=1)
#: Sweeps without effect after which a person is told.
SWEEPS_UNTIL_STUCK = 5
LIVE_JOB_STATES = ("wait_dependencies", "pending", "enqueued", "started")

KINDS = [
    ("order", "Order"),
    ("customer", "Customer"),
    ("product", "Product"),
    ("coupon", "Coupon"),
    ("other", "Other"),
]


def _naive(moment):
    """An aware moment as Odoo stores it: UTC without time zone."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment else None


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
        ],
        required=True,
        readonly=True,
    )
    dedup_key = fields.Char(required=True, readonly=True)
    payload = fields.Json("Payload Data", readonly=True, groups="channel_connector.group_manager")
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

    # === RECEIVING === #

    @api.model
    def _receive(self, backend, notice, payload, body_key):
        """Store one webhook delivery and its job in this transaction.

        One INSERT and one job, nothing else: a shop waits for the answer, and slow answers
        delay all its other deliveries.

        :param notice: what the delivery announces (:class:`core.canonical.Notice`)
        :param payload: the parsed body, JSON-able
        :param body_key: what makes two deliveries the same one (a hash of the raw bytes)
        :return: the event, empty where the same delivery is waiting already
        """
        taken = bool(backend._get_handler_model(notice.kind)) and bool(notice.external_id)
        event = self._insert(
            backend,
            [
                {
                    "kind": notice.kind,
                    "topic": notice.topic,
                    "external_id": notice.external_id,
                    "source": "webhook",
                    "dedup_key": self._dedup_key(notice.kind, notice.external_id, body_key),
                    "payload": payload,
                    "deleted": notice.deleted,
                    "state": "pending" if taken else "ignored",
                    "reason": None if taken else self._reason_not_taken(notice),
                }
            ],
        )
        if event and taken:
            event._enqueue()
        return event

    @api.model
    def _receive_polled(self, backend, records):
        """Events, with their payload, for records a poll has read; and jobs for them.

        :param records: list of :class:`core.canonical.Record`
        """
        events = self._insert(
            backend,
            [
                {
                    "kind": record.kind,
                    "topic": "poll",
                    "external_id": record.external_id,
                    "source": "poll",
                    "dedup_key": self._dedup_key(
                        "poll", record.kind, record.external_id, record.modified_at
                    ),
                    "payload": record.payload,
                    "occurred_at": _naive(record.modified_at),
                    "fetched_at": _naive(record.fetched_at),
                }
                for record in records
            ],
        )
        if len(events) > 1:
            events._enqueue_chunks()
        else:
            events._enqueue()
        return events

    @api.model
    def _note(self, backend, kind, external_id, source):
        """A hint made here (by a person, by reconciliation) that a record needs a look."""
        external_id = str(external_id).strip()
        key = self._dedup_key(source, kind, external_id)
        event = self._insert(
            backend,
            [
                {
                    "kind": kind,
                    "topic": source,
                    "external_id": external_id,
                    "source": source,
                    "dedup_key": key,
                }
            ],
        ) or self.search([("backend_id", "=", backend.id), ("dedup_key", "=", key)], limit=1)
        event._enqueue(priority=5)
        return event

    def _reason_not_taken(self, notice):
        if not notice.external_id:
            return self.env._("The shop no longer shows this record (%s)", notice.error_code)
        return self.env._("No flow of this backend takes records of this kind")

    @api.model
    def _dedup_key(self, *parts):
        return hashlib.sha1("|".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()

    @api.model
    def _insert(self, backend, rows):
        """Insert events in one statement; a duplicate of a waiting one is left out.

        SQL instead of ``create``: ON CONFLICT is what makes receiving the same thing twice
        harmless without a lock, and a poll writes a hundred rows at once.
        """
        now = fields.Datetime.now()
        defaults = {
            "backend_id": backend.id,
            "company_id": backend.company_id.id,
            "topic": None,
            "payload": None,
            "deleted": False,
            "occurred_at": None,
            "received_at": now,
            "fetched_at": None,
            "state": "pending",
            "reason": None,
            "value": None,
            "currency_code": None,
            "sweeps": 0,
        }
        rows = [
            {**defaults, **row, "done_at": None if row.get("state") != "ignored" else now}
            for row in rows
        ]
        if not rows:
            return self.browse()
        names = list(rows[0])
        # jsonb knows no NUL character, which a hostile or broken client may well send
        values = SQL(", ").join(
            SQL(
                "(%s)",
                SQL(", ").join(
                    SQL("%s::jsonb", json.dumps(row[name]).replace("\\u0000", ""))
                    if name == "payload" and row[name] is not None
                    else SQL("%s", row[name])
                    for name in names
                ),
            )
            for row in rows
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO channel_event (%s) VALUES %s"
                " ON CONFLICT (backend_id, dedup_key) WHERE state = 'pending' DO NOTHING"
                " RETURNING id",
                SQL(", ").join(SQL.identifier(name) for name in names),
                values,
            )
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())

    # === JOBS === #

    def _enqueue(self, **options):
        """One job for the record this event is about.

        The identity key saves jobs while one waits; it is no guarantee (it is not race-free)
        and none is needed: a job settles whatever waits for its record, or finds nothing.
        """
        for event in self:
            key = f"channel-{event.backend_id.id}-{event.kind}-{event.external_id}"
            event.with_delay(
                identity_key=key,
                channel=event._job_channel(),
                description=f"{event.kind} {event.external_id}",
                **options,
            )._job_process()

    def _enqueue_chunks(self, **options):
        """Jobs that import many events, :data:`CHUNK` in a transaction."""
        for start in range(0, len(self), CHUNK):
            chunk = self[start : start + CHUNK]
            chunk.with_delay(
                channel=chunk[0]._job_channel(),
                description=f"{len(chunk)} x {chunk[0].kind}",
                **options,
            )._job_process_chunk()

    def _job_channel(self):
        return {"order": "root.channel.order"}.get(self.kind, "root.channel.catalog")

    def _job_process(self):
        """Settle everything that waits for this event's record."""
        event = self.exists()
        if not event:
            return "the event was deleted"
        backend = event.backend_id._env()
        return JobRun(backend).process_record(event.kind, event.external_id)

    def _job_process_chunk(self):
        """Import many records, several in a transaction; what fails goes on alone."""
        events = self.exists()
        if not events:
            return "the events were deleted"
        return JobRun(events.backend_id._env()).process_chunk(events.ids)

    def _job_chunk_failed(self, **kwargs):
        """A chunk met a bug: its records go on alone, so that only the faulty one fails."""
        self.exists()._enqueue()

    def _job_failed(self, exc_name=None, exc_message=None, **kwargs):
        """queue_job's ``on_fail_method``: retries are used up, or there is a bug."""
        for event in self.exists():
            JobRun(event.backend_id._env()).record_failure(
                event.kind, event.external_id, exc_name or "Exception"
            )

    # === SETTLING === #

    @api.model
    def _pending_of(self, backend, kind, external_id):
        return self.search(
            [
                ("backend_id", "=", backend.id),
                ("kind", "=", kind),
                ("external_id", "=", external_id),
                ("state", "=", "pending"),
            ]
        )

    def _settle(self, state, reason="", record=None, issue=None, **values):
        """End these events in ``state`` with a reason a person can read."""
        values = {
            **values,
            "state": state,
            "reason": reason,
            "done_at": fields.Datetime.now(),
        }
        if issue:
            values["issue_id"] = issue.id  # kept later on, as the issue's history
        if record:
            values.update(res_model=record._name, res_id=record.id)
        issues = self.issue_id
        self.write(values)
        if issue:
            issues -= issue  # a retry that met another cause ends the first one
        if issue or state in ("done", "ignored"):
            issues._resolve_if_done()

    def _reopen(self):
        """Wait again, as a hint: what was read then is old now."""
        for event in self:
            same = self._pending_of(event.backend_id, event.kind, event.external_id)
            if event.dedup_key in same.mapped("dedup_key"):
                continue  # an equal one waits already and does the same
            event.write(
                {
                    "state": "pending",
                    "done_at": False,
                    "fetched_at": False,
                    "sweeps": 0,
                    "received_at": fields.Datetime.now(),
                }
            )
            event.flush_recordset()
        self.filtered(lambda event: event.state == "pending")._enqueue()

    # === SWEEP === #

    @api.model
    def _sweep(self, backend, limit=1000):
        """Give every event that waits without a live job a new one.

        This is the guarantee that nothing is lost: it covers lost wake-ups, a database
        restart, killed workers (for which queue_job calls no ``on_fail_method``), and jobs that
        were cancelled or purged.
        """
        self.env.cr.execute(
            """
            SELECT event.id FROM channel_event event
             WHERE event.backend_id = %s AND event.state = 'pending'
               AND event.received_at < %s
               AND NOT EXISTS (
                   SELECT 1 FROM queue_job job
                    WHERE job.identity_key = concat(
                              'channel-', event.backend_id, '-', event.kind, '-',
                              event.external_id)
                      AND job.state IN %s)
               AND event.id NOT IN (
                   SELECT jsonb_array_elements_text(job.records -> 'ids')::int
                     FROM queue_job job
                    WHERE job.model_name = 'channel.event'
                      AND job.method_name = '_job_process_chunk'
                      AND job.state IN %s)
             ORDER BY event.id LIMIT %s
            """,
            [backend.id, fields.Datetime.now() - SWEEP_AFTER, LIVE_JOB_STATES, LIVE_JOB_STATES]
            + [limit],
        )
        events = self.browse(row[0] for row in self.env.cr.fetchall())
        for sweeps, group in events.grouped("sweeps").items():
            group.sweeps = sweeps + 1
        events._enqueue()
        stuck = events.filtered(lambda event: event.sweeps >= SWEEPS_UNTIL_STUCK)
        for event in stuck:
            JobRun(backend).open_issue("stuck", event.kind, event.external_id)
        return events

    # === RETENTION === #

    @api.autovacuum
    def _gc_events(self):
        """Delete settled events that are older than their backend keeps."""
        backends = self.env["channel.backend"].sudo().search([])  # pylint: disable=no-search-all
        for backend in backends:
            limit = fields.Datetime.now() - timedelta(days=backend.event_days)
            self.sudo().search(
                [
                    ("backend_id", "=", backend.id),
                    ("state", "in", ("done", "ignored")),
                    ("done_at", "<", limit),
                ],
                limit=50_000,
            ).unlink()
