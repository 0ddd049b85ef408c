"""A flow that is paused, or works by its schedule alone: what waits for it, and when it goes on."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import ormcache

from .channel_flow import POLLED
from .channel_flow_lag import PART_OF

#: Seconds within which a change shall have arrived on the other side, where 900 would not do.
#: Goods and money that a customer waits for come before the catalogue; a payout has no hurry.
LATENCY_TARGETS = {
    "order": 60,
    "stock": 60,
    "order_status": 120,
    "price": 300,
    "payment": 300,
    "refund": 300,
    "shipment": 300,
    "fulfilment": 300,
    "customer": 300,
    "settlement": 0,
    "reconcile": 0,
}
DEFAULT_LATENCY_TARGET = 900
#: Events or notes that get their jobs in one transaction.
WAKE_CHUNK = 1000


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    paused = fields.Boolean(
        readonly=True,
        copy=False,
        help="Everything of this flow waits: deliveries of the shop and changes made here are "
        "kept, and worked on when the flow is resumed.",
    )
    latency_target = fields.Integer(
        "Target (s)",
        compute="_compute_latency_target",
        store=True,
        readonly=False,
        precompute=True,
        help="Within how many seconds a change shall have arrived on the other side; 0: no target.",
    )

    is_scheduled = fields.Boolean(compute="_compute_is_scheduled")
    has_batches = fields.Boolean(compute="_compute_is_scheduled")

    _latency_target_positive = models.Constraint(
        "CHECK(latency_target >= 0)", "The target can't be negative; 0 means that there is none."
    )

    # === COMPUTE METHODS === #

    @api.depends("kind")
    def _compute_latency_target(self):
        for flow in self:
            flow.latency_target = LATENCY_TARGETS.get(flow.kind, DEFAULT_LATENCY_TARGET)

    @api.depends("kind", "direction", "realtime")
    def _compute_is_scheduled(self):
        """Whether the interval, and the size of a request, mean anything for a flow."""
        for flow in self:
            flow.is_scheduled = not flow.realtime or flow._is_scheduled()
            flow.has_batches = flow.direction == "in" and flow.kind in POLLED

    # === CRUD METHODS === #

    def write(self, vals):
        changed = self.browse()
        if "paused" in vals:
            changed = self.filtered(lambda flow: flow.paused != bool(vals["paused"]))
        result = super().write(vals)
        if changed:
            changed._tell_paused()
        if (changed and not vals["paused"]) or vals.get("realtime"):
            self.sudo()._enqueue_wake(priority=5)
        return result

    # === ACTION METHODS === #

    def action_pause(self):
        """Let everything of these flows wait until they are resumed."""
        self.write({"paused": True})

    def action_resume(self):
        """Work on everything that has waited."""
        self.write({"paused": False})

    def action_run_now(self):
        """Do at once what the schedule would do next: ask the shop, and work on what waits."""
        self.check_access("write")
        self.backend_id._ensure_working()
        flows = self.filtered(lambda flow: flow._runs())
        scheduled = flows.filtered(lambda flow: flow._is_scheduled() or not flow.realtime)
        scheduled.sudo()._enqueue_poll(priority=5)
        (flows - scheduled).sudo()._enqueue_wake(priority=5)
        return self.backend_id[:1]._notify(self.env._("Started."))

    # === BUSINESS METHODS === #

    def _runs(self):
        """Whether this flow works now: switched on, not paused, its backend connected."""
        self.ensure_one()
        return self.active and not self.paused and self.backend_id.state == "connected"

    def _tell_paused(self):
        """Who has paused or resumed what, and when, is kept with the backend."""
        for backend, flows in self.grouped("backend_id").items():
            for paused, some in flows.grouped("paused").items():
                names = ", ".join(some.mapped("display_name"))
                backend.message_post(
                    body=self.env._("Flow paused: %s. Everything of it waits.", names)
                    if paused
                    else self.env._("Flow resumed: %s. What has waited is worked on.", names)
                )

    # === SCHEDULE === #

    def _is_due(self, now):
        """A flow that does not act at once does by its schedule what it would have done."""
        if self.paused:
            return False
        if self.realtime or self._is_scheduled():
            return super()._is_due(now)
        if not self.active or not self.interval:
            return False
        last = self.cursor_id.taken_at
        return not last or last + timedelta(minutes=self.interval) <= now

    def _job_poll(self):
        """A scheduled run of a flow that does not act at once takes what has waited for it."""
        flow = self._for_job()
        if flow.paused:
            return "the flow is paused"
        result = super()._job_poll() if not flow or flow._is_scheduled() else "nothing to ask for"
        if not flow or flow.realtime or not flow._runs():
            return result
        flow._get_cursor().taken_at = fields.Datetime.now()
        return f"{result}; {flow._wake()} that waited"

    def _for_job(self):
        """This flow as jobs work with it, whoever has made them; empty where it is gone."""
        flow = self.exists()
        return flow and flow.with_env(flow.backend_id._env().env)

    # === WAKING === #

    def _enqueue_wake(self, **options):
        """A job that gives what waits for these flows the jobs it did not get."""
        for flow in self.filtered(lambda flow: flow._runs()):
            flow.with_context(
                allowed_company_ids=flow.company_id.ids, tracking_disable=True
            ).with_delay(
                identity_key=f"channel-wake-{flow.id}",
                description=f"go on with {flow.kind}",
                **{**flow._job_options(), **options},
            )._job_wake()

    def _job_wake(self):
        """Everything that waits for this flow without a job gets one."""
        flow = self._for_job()
        if not flow or not flow._runs():
            return "the flow does not run"
        # this process may not have heard yet that the flow goes on, and would make no jobs
        self.env.registry.clear_cache()
        return f"{flow._wake()} go on"

    def _wake(self):
        """Make the jobs, some at a time; returns how many records had waited."""
        if self._is_drained():
            self._enqueue_drain()
            return 1
        inbox = "channel.event" if self.direction == "in" else "channel.outbox"
        count = last = 0
        while some := self.env[inbox]._without_job(
            self.backend_id, self._waiting_kinds(), fields.Datetime.now(), WAKE_CHUNK, after=last
        ):
            some._enqueue_waiting()
            count, last = count + len(some), some[-1].id
            # the job owns its cursor; what has a job now needs no second one
            self.env.cr.commit()  # pylint: disable=invalid-commit
        return count

    def _wake_waiting(self):
        """A job for those of these flows for which something waits."""
        for table, direction in (("channel_event", "in"), ("channel_outbox", "out")):
            flows = self.filtered(lambda flow, way=direction: flow.direction == way)
            backends = flows.backend_id
            model = self.env[table.replace("_", ".")].sudo()
            groups = model._read_group(
                [("backend_id", "in", backends.ids), ("state", "=", "pending")],
                ["backend_id", "kind"],
            )
            waiting = {(backend.id, PART_OF.get(kind, kind)) for backend, kind in groups}
            flows.filtered(
                lambda flow, some=waiting: (flow.backend_id.id, flow.kind) in some
            )._enqueue_wake()

    def _waiting_kinds(self):
        """Kinds of events or notes that move with this flow."""
        return [self.kind, *(kind for kind, flow_kind in PART_OF.items() if flow_kind == self.kind)]


class ChannelCursor(models.Model):
    _inherit = "channel.cursor"

    taken_at = fields.Datetime(help="When a flow that does not act at once took what waited.")


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    def _waits(self, kind, direction="in"):
        """Why nothing of a kind is worked on now; empty where it is.

        Asked by every job before it does anything.
        """
        self.ensure_one()
        if self.state != "connected":
            return "the backend is not connected: it waits"
        return "the flow is paused: it waits" if self._has_no_jobs(kind, direction) else ""

    def _has_no_jobs(self, kind, direction="in"):
        """Whether nothing of this kind gets a job, because its flow is paused."""
        paused, _scheduled = self._held_kinds()
        return (kind, direction) in paused

    def _acts_at_once(self, kind, direction="in"):
        """Whether something of this kind shall have a job as soon as it is known."""
        return not any((kind, direction) in held for held in self._held_kinds())

    def _not_swept(self, direction):
        """Kinds that have no job although they wait, and shall have none before their time."""
        return sorted(
            {kind for held in self._held_kinds() for kind, way in held if way == direction}
        )

    @ormcache("self.id")
    def _held_kinds(self):
        """``(paused, by schedule alone)``: sets of (kind, direction), from the cache.

        Webhooks and business transactions ask for it. A process that does not know of a change
        yet makes a job too many, which finds that it has to wait, or one too few, which the sweep
        makes.
        """
        flows = self.sudo().flow_ids.filtered("active")
        return tuple(
            frozenset((kind, flow.direction) for flow in some for kind in flow._waiting_kinds())
            for some in (
                flows.filtered("paused"),
                flows.filtered(lambda flow: not flow.realtime),
            )
        )

    def _has_paused(self, kind, direction):
        """Whether a flow was paused by now, read past every cache: for jobs that go on for long."""
        self.env.cr.execute(
            "SELECT paused FROM channel_flow WHERE backend_id = %s AND kind = %s"
            " AND direction = %s",
            [self.id, kind, direction],
        )
        row = self.env.cr.fetchone()
        return bool(row and row[0])

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "connected":
            self.flow_ids.filtered("active").sudo()._wake_waiting()
        return result
