"""One workflow of one backend: what moves, in which direction, how often."""

from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.tools import ormcache

from odoo.addons.queue_job.exception import RetryableJobError

from ..core.adapter import FLOW_ROLES, supports
from ..services.job_run import JobRun
from ..services.urgency import channel_of, priority_of

KINDS = [
    ("order", "Orders"),
    ("customer", "Customers"),
    ("payment", "Invoices and payments"),
    ("refund", "Refunds"),
    ("shipment", "Shipments"),
    ("fulfilment", "Deliveries by a warehouse"),
    ("order_status", "Order status and number"),
    ("settlement", "Payouts"),
    ("product", "Products"),
    ("stock", "Stock"),
    ("price", "Prices"),
    ("reconcile", "Reconciliation"),
]

#: Kinds of records that come in, and the service that takes them.
HANDLERS = {
    "order": "channel.order.importer",
    "customer": "channel.customer.importer",
    "payment": "channel.payment.importer",
    "refund": "channel.refund.importer",
    "shipment": "channel.shipment.importer",
    "fulfilment": "channel.fulfilment.importer",
    "settlement": "channel.settlement.importer",
    "product": "channel.product.importer",
    "image": "channel.image.importer",
}
#: Kinds of notes of the outbox, and the service that tells the channel.
EXPORTERS = {
    "order_status": "channel.order.status.exporter",
    "shipment": "channel.shipment.exporter",
    "refund": "channel.refund.exporter",
    "fulfilment": "channel.fulfilment.exporter",
    "stock": "channel.stock.exporter",
    "price": "channel.price.exporter",
    "product": "channel.product.exporter",
}
#: Kinds whose notes are published many at a time, see ``channel.drain``.
DRAINED = ("stock", "price", "product")
#: Kinds that follow from an order: noted here when it was imported, never by a webhook.
FOLLOW_UPS = ("payment", "refund", "shipment")
#: Flows that change the shop's or the customer's view of an order start switched off; payouts need
#: their journal and accounts first, and a catalogue its owners, matches and a dry run. Goods leave
#: for good.
OFF_AT_FIRST = (
    ("shipment", "in"),
    ("fulfilment", "out"),
    ("settlement", "in"),
    ("product", "in"),
    ("product", "out"),
    ("stock", "out"),
    ("price", "out"),
)
#: Kinds with a lossless poll, and the adapter's method that lists them. Customers come by webhook
#: and with their orders; where a channel can't tell which ones changed, all are walked through.
POLLED = {
    "order": "list_orders",
    "settlement": "list_settlements",
    "fulfilment": "list_fulfilments",
    "product": "list_products",
    "customer": "list_customers",
}
#: Pages that one job reads. A longer poll goes on in another run of the job: it gives its slot back
#: in between, and no worker's time limit ends it.
PAGES_PER_JOB = 30
#: Kinds whose schedule compares what is known with the shop, and the service that does it.
RECONCILED = {
    ("refund", "in"): "channel.refund.reconciler",
    ("stock", "out"): "channel.stock.exporter",
    ("reconcile", "in"): "channel.reconciler",
}
#: Minutes between two scheduled runs, where ten would be too often.
INTERVALS = {
    ("refund", "in"): 1440,
    ("customer", "in"): 1440,
    ("settlement", "in"): 360,
    ("product", "in"): 60,
    ("stock", "out"): 1440,
    ("reconcile", "in"): 1440,
}
DEFAULT_INTERVAL = 10


class ChannelFlow(models.Model):
    _name = "channel.flow"
    _description = "Channel flow"
    _order = "backend_id, kind, direction"

    backend_id = fields.Many2one(
        "channel.backend", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    direction = fields.Selection(
        [("in", "Channel → Odoo"), ("out", "Odoo → Channel")], required=True, readonly=True
    )
    active = fields.Boolean(default=True)
    realtime = fields.Boolean(
        "At Once",
        default=True,
        help="A webhook, or a change in Odoo, is worked on at once, and the schedule finds what "
        "was missed. Off: it is kept, and the schedule works on it.",
    )
    interval = fields.Integer(
        "Every (minutes)",
        default=DEFAULT_INTERVAL,
        help="Ask the shop for changes this often; a flow that does not act at once works on what "
        "has waited then, too. 0: never by itself.",
    )
    batch_size = fields.Integer(default=100, help="Records per request, at most 100.")
    notify_customer = fields.Boolean(
        help="Let the shop mail the customer about each shipment (tracking number included)."
    )
    complete_order = fields.Boolean(
        default=True,
        help="Set the shop's order to completed when everything was delivered. Needs the flow "
        "“Order status and number”, too.",
    )
    pay_out = fields.Boolean(
        "Send the Money",
        help="Ask the shop's gateway to pay refunds of Odoo out. Off: the refund is only written "
        "down in the shop, the money is sent by other means.",
    )
    restock_policy = fields.Selection(
        [
            ("shop", "When the shop restocked"),
            ("always", "Always"),
            ("never", "Never"),
        ],
        default="shop",
        required=True,
        string="Return Goods",
        help="When a refund of the shop makes a return of the delivered goods in Odoo.",
    )
    last_poll_at = fields.Datetime(compute="_compute_last_poll_at")
    cursor_id = fields.One2many("channel.cursor", "flow_id", readonly=True)

    _kind_uniq = models.UniqueIndex("(backend_id, kind, direction)")
    _interval_positive = models.Constraint(
        "CHECK(interval >= 0)", "The interval can't be negative; 0 switches the schedule off."
    )
    _batch_size_range = models.Constraint(
        "CHECK(batch_size BETWEEN 1 AND 100)", "A channel answers 1 to 100 records per request."
    )

    # === COMPUTE METHODS === #

    @api.depends("cursor_id.polled_at")
    def _compute_last_poll_at(self):
        for flow in self:
            flow.last_poll_at = flow.cursor_id.polled_at

    @api.depends("kind", "direction")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        directions = dict(self._fields["direction"]._description_selection(self.env))
        for flow in self:
            flow.display_name = f"{kinds.get(flow.kind)} ({directions.get(flow.direction)})"

    # === BUSINESS METHODS === #

    @api.model
    def _ensure_flows(self, backend):
        """Create the flows that the backend's provider can do and that are still missing."""
        adapter_class = backend._get_adapter_class()
        known = {(flow.kind, flow.direction) for flow in backend.flow_ids}
        return self.create(
            [
                {
                    "backend_id": backend.id,
                    "kind": kind,
                    "direction": direction,
                    "active": (kind, direction) not in OFF_AT_FIRST,
                    "interval": INTERVALS.get((kind, direction), DEFAULT_INTERVAL),
                }
                for (kind, direction), role in FLOW_ROLES.items()
                if supports(adapter_class, role) and (kind, direction) not in known
            ]
        )

    def _takes_in(self):
        """Whether records of this flow's kind come in through events."""
        return self.direction == "in" and self.kind in HANDLERS and self.kind not in FOLLOW_UPS

    @api.model
    def _of(self, backend, kind, direction):
        """The flow of a backend if it is switched on, else an empty recordset."""
        return self.browse(self._ids_switched_on(backend.id).get((kind, direction)))

    @api.model
    @ormcache("backend_id")
    def _ids_switched_on(self, backend_id):
        """``{(kind, direction): id}``, from the cache: business transactions ask for it.

        A process that does not know of a change yet notes one thing too many, or one too few,
        as it would have just before the change.
        """
        flows = self.sudo().search_fetch(
            [("backend_id", "=", backend_id), ("active", "=", True)], ["kind", "direction"]
        )
        return {flow._key(): flow.id for flow in flows}

    def _is_scheduled(self):
        """Whether a schedule asks the channel something for this flow."""
        polled = self.direction == "in" and self.kind in POLLED
        return polled or self._key() in RECONCILED

    def _is_due(self, now):
        self.ensure_one()
        if not self.active or not self.interval or not self._is_scheduled():
            return False
        last = self.cursor_id.polled_at
        return not last or last + timedelta(minutes=self.interval) <= now

    def _key(self):
        return self.kind, self.direction

    def _is_drained(self):
        """Whether this flow's notes are published many at a time."""
        return self.direction == "out" and self.kind in DRAINED

    def _drain_key(self):
        return f"channel-drain-{self.id}"

    def _enqueue_drain(self, **options):
        """A job that publishes what waits; one per flow waits at most."""
        for flow in self:
            flow.with_context(
                allowed_company_ids=flow.company_id.ids, tracking_disable=True
            ).with_delay(
                identity_key=flow._drain_key(),
                description=f"publish {flow.kind}",
                **{**flow._job_options(), **options},
            )._job_drain()

    def _job_options(self):
        """Channel and priority of this flow's own jobs."""
        return {"channel": channel_of(self.kind), "priority": priority_of(self.kind)}

    def _job_drain(self):
        """Publish everything that waits of this flow."""
        flow = self.exists()
        if not flow or not flow.active:
            return "the flow is switched off"
        return JobRun(flow.backend_id._env()).drain(flow.kind)

    def _enqueue_poll(self, **options):
        """A job that asks the channel for what changed; one per flow waits at most."""
        for flow in self:
            flow.with_delay(
                identity_key=f"channel-poll-{flow.id}",
                description=f"poll {flow.kind}",
                **{**flow._job_options(), **options},
            )._job_poll()

    def _job_poll(self):
        """A scheduled run: find out what changed, or what differs, and make events of it."""
        flow = self.exists()
        if not flow:
            return "the flow was deleted"
        backend = flow.backend_id._env()
        if backend.state != "connected":
            return "the backend is not connected"
        flow = flow.with_env(backend.env)
        work = flow._reconcile if flow._key() in RECONCILED else flow._poll
        # what a drain remembers is written by one job at a time
        claimed = ("drain", flow.kind) if flow._is_drained() else ()
        return JobRun(backend).run(flow._poll_name(), work, *claimed, kind=flow.kind)

    def _poll_name(self):
        """Under this name one poll of a backend and kind runs at a time."""
        return f"poll {self.kind}"

    def _reconcile(self, adapter, recorder):
        """Compare what Odoo knows with the shop; this run counts as the flow's poll."""
        service = self.env[RECONCILED[self._key()]]
        result = service._reconcile(self.backend_id, adapter)
        self._get_cursor().polled_at = fields.Datetime.now()
        return result

    def _poll(self, adapter, recorder):
        """One round of the lossless poll; each page is kept, with the cursor, as it comes.

        :raises RetryableJobError: there are more pages than one job reads; it goes on at once
        """
        cursor = self._get_cursor()
        since = self.backend_id.import_since
        start = {"since": since.replace(tzinfo=timezone.utc).isoformat()} if since else {}
        position = cursor.value or start
        handler = self.backend_id._get_handler(self.kind)
        found = 0
        for _page in range(PAGES_PER_JOB):
            page = getattr(adapter, POLLED[self.kind])(position, self.batch_size)
            records = handler._not_known(adapter, self.backend_id, page.records)
            self.env["channel.event"]._receive_polled(self.backend_id, records)
            position = dict(page.cursor)
            cursor.write({"value": position, "polled_at": fields.Datetime.now()})
            found += len(records)
            # the job owns its cursor; what was read must not be lost with a later page
            self.env.cr.commit()  # pylint: disable=invalid-commit
            if not page.more:
                return f"{found} records"
            if not self._runs():
                return f"{found} records, then it was paused"
        raise RetryableJobError(f"{found} records, and more to come", seconds=1, ignore_retry=True)

    def _get_cursor(self):
        """The poll cursor's row; made on first use."""
        self.ensure_one()
        return self.cursor_id or self.env["channel.cursor"].create({"flow_id": self.id})


class ChannelCursor(models.Model):
    """Where a poll stands. A row of its own: only the poll of this flow writes it."""

    _name = "channel.cursor"
    _description = "Channel poll position"
    _log_access = False

    flow_id = fields.Many2one("channel.flow", required=True, index=True, ondelete="cascade")
    value = fields.Json(default=dict)
    polled_at = fields.Datetime()

    _flow_uniq = models.UniqueIndex("(flow_id)")
