"""How events are worked on: jobs, settlement, the sweep that loses nothing."""

from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.fields import Command

from ..services.job_errors import was_cut_off
from ..services.job_run import JobRun
from ..services.order_values import naive
from ..services.staleness import LAG
from ..services.urgency import CHUNK_DELAY, channel_of, priority_of

#: Orders per transaction when many are imported at once; 20 to 50 cost half of single ones.
CHUNK = 25
#: A pending event older than this without a live job gets a new one.
SWEEP_AFTER = timedelta(minutes=1)
#: Sweeps without effect after which a person is told.
SWEEPS_UNTIL_STUCK = 5
#: Kinds of which a job reads many at once, where they are mere hints.
READ_TOGETHER = ("order",)
#: Orders that are woken at once; the sweep takes the others.
WAKE = 1000
LIVE_JOB_STATES = ("wait_dependencies", "pending", "enqueued", "started")


class ChannelEvent(models.Model):
    _inherit = "channel.event"

    # === JOBS === #

    def _enqueue(self, **options):
        """A job for the record of each of these events, unless its flow is paused."""
        for event in self.filtered(lambda one: not one.backend_id._has_no_jobs(one.kind)):
            event._enqueue_for(
                event.backend_id.id, event.company_id.id, event.kind, event.external_id, **options
            )

    def _enqueue_for(self, backend_id, company_id, kind, external_id, **options):
        """A job for the record this event is about; its values are given, not read.

        The identity key saves jobs while one waits; it is no guarantee (it is not race-free)
        and none is needed: a job settles whatever waits for its record, or finds nothing.
        """
        # the context spares queue_job a read of the user's company, and a chatter for the job
        event = self.with_context(allowed_company_ids=[company_id], tracking_disable=True)
        event.with_delay(
            identity_key=f"channel-{backend_id}-{kind}-{external_id}",
            channel=channel_of(kind),
            description=f"{kind} {external_id}",
            **{"priority": priority_of(kind), **options},
        )._job_process()

    def _enqueue_chunks(self, **options):
        """Jobs that import many events of one kind, :data:`CHUNK` in a transaction."""
        if not self or self[0].backend_id._has_no_jobs(self[0].kind):
            return
        kind = self[0].kind
        for start in range(0, len(self), CHUNK):
            chunk = self[start : start + CHUNK]
            chunk.with_delay(
                channel=channel_of(kind),
                description=f"{len(chunk)} x {kind}",
                **{"priority": priority_of(kind) + CHUNK_DELAY, **options},
            )._job_process_chunk()

    def _enqueue_waiting(self):
        """Jobs for events that have waited: those a poll has read go in chunks, by kind."""
        read = self.filtered("fetched_at")
        for some in read.grouped("kind").values():
            if len(some) > 1:
                some._enqueue_chunks()
            else:
                some._enqueue()
        (self - read)._enqueue()

    def _job_process(self):
        """Settle everything that waits for this event's record."""
        # whoever made the job may see less by now, which is no reason to lose anything
        names = ["backend_id", "kind", "external_id"]
        event = self.sudo().search_fetch([("id", "in", self.ids)], names)
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

    @api.model
    def _look_again(self, backend, kind, external_ids):
        """Have records read once more, when it is sure which state of them is the newer one."""
        ids = sorted(external_ids)
        backend.with_delay(
            eta=LAG.seconds,
            identity_key=f"channel-again-{backend.id}-{kind}-{'-'.join(ids)}",
            channel=channel_of(kind),
            priority=priority_of(kind),
            description=f"{kind} {', '.join(ids)} once more",
        )._job_look_again(kind, ids)

    def _job_failed(self, exc_name=None, exc_message=None, **kwargs):
        """queue_job's ``on_fail_method``: retries are used up, or there is a bug."""
        if was_cut_off(exc_name):
            return  # the events wait, see ``queue.job``
        for event in self.exists():
            JobRun(event.backend_id._env()).record_failure(
                event.kind, event.external_id, exc_name or "Exception"
            )

    # === SETTLING === #

    @api.model
    def _pending_of(self, backend, kind, external_id):
        return self.search_fetch(
            [
                ("backend_id", "=", backend.id),
                ("kind", "=", kind),
                ("external_id", "=", external_id),
                ("state", "=", "pending"),
            ],
            ["external_id", "fetched_at"],  # all that reading its record takes
        )

    @api.model
    def _end_stuck(self, backend, kind, read_at):
        """End what waits for a person about records that need nobody as they are now.

        :param read_at: ``{external id: moment}`` (naive UTC, None: just now). What was stopped
            later may say more of its record than what was read then.
        """
        stuck = self.search(
            [
                ("backend_id", "=", backend.id),
                ("kind", "=", kind),
                ("external_id", "in", list(read_at)),
                ("state", "in", ("blocked", "failed")),
            ]
        )
        over = stuck.filtered(
            lambda event: (moment := read_at[event.external_id]) is None or event.done_at <= moment
        )
        if over:
            over._settle("ignored", self.env._("Overtaken: the record needs nobody as it is now"))

    def _settle(self, state, reason="", record=None, issue=None, **values):
        """End these events in ``state`` with a reason a person can read.

        :param issue: ``channel.issue``, several where there are several causes: the first names
            the reason
        """
        values = {
            "done_at": naive(datetime.now(timezone.utc)),  # to compare with moments of reading
            **values,
            "state": state,
            "reason": reason,
        }
        if issue:  # kept later on, as the issue's history
            values.update(issue_id=issue[0].id, issue_ids=[Command.set(issue.ids)])
        if record:
            values.update(res_model=record._name, res_id=record.id)
        issues = self.filtered("issue_id").issue_ids
        self.write(values)
        if issue:
            issues -= issue  # a retry that met another cause ends the first one
        if issue or state in ("done", "ignored"):
            issues._resolve_if_done()

    def _wake_orders(self):
        """Orders that wait for their products go on, as soon as none they asked for is left."""
        asked = self.filtered(lambda event: (event.kind, event.source) == ("product", "order"))
        if not asked:
            return
        backend = asked.backend_id
        left = [
            ("backend_id", "=", backend.id),
            ("kind", "=", "product"),
            ("source", "=", "order"),
            ("state", "=", "pending"),
        ]
        if not self.search_count(left, limit=1):
            self._without_job(backend, ["order"], fields.Datetime.now(), WAKE)._enqueue()

    def _reopen(self):
        """Wait again, as a hint: what was read then is old now.

        Costs a few queries, however many they are: their jobs read and import them in chunks.
        """
        events = self._without_equals()
        events.write(
            {
                "state": "pending",
                "done_at": False,
                "fetched_at": False,
                "sweeps": 0,
                "received_at": fields.Datetime.now(),
            }
        )
        events.flush_recordset()
        for group in events.grouped(lambda event: (event.backend_id, event.kind)).values():
            if len(group) > 1 and group[0].kind in READ_TOGETHER:
                group._enqueue_chunks()
            else:
                group._enqueue()

    def _without_equals(self):
        """One event of those that say the same; none of which one waits already."""
        waiting = self.search(
            [
                ("backend_id", "in", self.backend_id.ids),
                ("dedup_key", "in", self.mapped("dedup_key")),
                ("state", "=", "pending"),
            ]
        )
        said = {(event.backend_id, event.dedup_key) for event in waiting}
        groups = self.grouped(lambda event: (event.backend_id, event.dedup_key))
        return self.browse(group[-1:].id for key, group in groups.items() if key not in said)

    # === SWEEP === #

    @api.model
    def _sweep(self, backend, limit=1000):
        """Give every event that waits without a live job a new one.

        This is the guarantee that nothing is lost: it covers lost wake-ups, a database
        restart, killed workers (for which queue_job calls no ``on_fail_method``), and jobs that
        were cancelled or purged.
        """
        kinds = set(self._fields["kind"].get_values(self.env)) - set(backend._not_swept("in"))
        before = fields.Datetime.now() - SWEEP_AFTER
        events = self._without_job(backend, list(kinds), before, limit)
        for sweeps, group in events.grouped("sweeps").items():
            group.sweeps = sweeps + 1
        events._enqueue()
        stuck = events.filtered(lambda event: event.sweeps >= SWEEPS_UNTIL_STUCK)
        for event in stuck:
            issue = JobRun(backend).open_issue("stuck", event.kind, event.external_id)
            event.write({"issue_id": issue.id, "issue_ids": [Command.link(issue.id)]})
        return events

    @api.model
    def _without_job(self, backend, kinds, before, limit, after=0):
        """Events of ``kinds`` that wait since ``before`` without a live job, oldest first."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT event.id FROM channel_event event
             WHERE event.backend_id = %s AND event.state = 'pending'
               AND event.received_at <= %s AND event.kind = ANY(%s) AND event.id > %s
               AND NOT EXISTS (
                   SELECT 1 FROM queue_job job
                    WHERE job.identity_key = concat(
                              'channel-', event.backend_id, '-', event.kind, '-',
                              event.external_id)
                      AND job.state IN %s)
               AND event.id NOT IN (
                   SELECT jsonb_array_elements_text(
                              (job.records #>> '{}')::jsonb -> 'ids')::int
                     FROM queue_job job
                    WHERE job.model_name = 'channel.event'
                      AND job.method_name = '_job_process_chunk'
                      AND job.state IN %s)
             ORDER BY event.id LIMIT %s
            """,
            [backend.id, before, kinds, after, LIVE_JOB_STATES, LIVE_JOB_STATES, limit],
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    def _job_look_again(self, kind, external_ids):
        """Make the events of records that are to be read once more."""
        backend = self.exists()
        if not backend:
            return "the backend was deleted"
        backend = backend._env()
        backend.env["channel.event"]._follow_up(backend, kind, external_ids, "reconcile")
        return f"{len(external_ids)} are read once more"
