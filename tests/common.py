"""What the tests of the import share: a company, a fake shop over real HTTP, a backend."""

from datetime import datetime, timezone

from odoo.tests import HttpCase, TransactionCase

from odoo.addons.queue_job.exception import RetryableJobError

from ..core.canonical import Record
from ..dev.woostore import Cart, Server, Store, recorded_store
from ..dev.woostore.samples import JANE
from ..models.channel_event_jobs import CHUNK
from .loopback import LoopbackMixin

#: All of a test is one transaction, whose new rows no autovacuum counts: without figures the
#: planner takes these tables for empty, and every confirmation reads all of them.
COUNT_NEW_ROWS = (
    "ANALYZE sale_order, sale_order_line, stock_move, stock_picking, stock_reference,"
    " stock_reference_move_rel, stock_reference_sale_rel, channel_event, channel_binding_order"
)


class ChannelCase(LoopbackMixin, TransactionCase):
    """A company of its own with a backend that is connected to a fake shop.

    ``recorded`` names a recorded store (``incl``, ``excl``); otherwise the shop is empty and made
    with ``store_options``. All its tax rates are mapped, and ``backend_values`` are written.
    ``chart`` names a chart of accounts, for tests of invoices (it takes two seconds).
    """

    recorded = ""
    store_options = {"prices_include_tax": False, "timezone": "Europe/Brussels"}
    backend_values = {}
    company_currency = "EUR"
    chart = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = recorded_store(cls.recorded) if cls.recorded else Store(**cls.store_options)
        cls.server = cls.enterClassContext(Server(cls.store))
        cls.company = cls._make_company("Shop Company", cls.company_currency)
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.backend = cls._make_backend(cls.company, **cls.backend_values)

    def setUp(self):
        super().setUp()
        self.server.faults.clear()
        if not isinstance(self, HttpCase):  # which is in that mode already
            mode = self.enter_registry_test_mode()
            mode.__enter__()
            self.addCleanup(mode.__exit__, None, None, None)

    # === SET-UP === #

    @classmethod
    def _currency(cls, code, rate=None):
        """A currency, active; with ``rate`` units for one of the company's from 2020 on."""
        currency = cls.env["res.currency"].with_context(active_test=False)
        currency = currency.search([("name", "=", code)])
        currency.active = True
        if rate:
            cls.env["res.currency.rate"].create(
                {
                    "name": "2020-01-01",
                    "currency_id": currency.id,
                    "company_id": cls.company.id,
                    "rate": rate,
                }
            )
        return currency

    @classmethod
    def _make_company(cls, name, currency="EUR"):
        company = cls.env["res.company"].create(
            {
                "name": name,
                "currency_id": cls._currency(currency).id,
                "country_id": cls.env.ref("base.be").id,
            }
        )
        if cls.chart:
            cls.env["account.chart.template"].try_loading(
                cls.chart, company=company, install_demo=False
            )
            company.currency_id = cls._currency(currency)  # the chart has brought its own
        return company

    @classmethod
    def _make_backend(cls, company, name="Shop", **values):
        """A connected backend of ``company`` whose tax rates all have a tax in Odoo."""
        backend = cls.env["channel.backend"].create(
            {
                "name": name,
                "provider": "woocommerce",
                "company_id": company.id,
                "base_url": cls.server.url,
                "api_key": cls.store.key,
                "api_secret": cls.store.secret,
                "state": "connected",
                "requests_per_minute": 0,
                **values,
            }
        )
        backend = backend._env()
        adapter = backend._adapter()
        backend._fill_mappings(adapter)
        adapter.close()
        unmapped = backend.tax_map_ids.filtered(lambda row: not row.tax_id)
        if unmapped:
            unmapped.action_create_taxes()
        return backend

    @classmethod
    def _add_product(cls, sku, price="10.00", odoo=None, **shop):
        """A product in the shop and in Odoo, found by its SKU; returns Odoo's."""
        cls.store.add_product(sku=sku, name=f"Product {sku}", regular_price=price, **shop)
        return cls._make_product(sku, **(odoo or {}))

    @classmethod
    def _make_product(cls, sku, **values):
        return cls.env["product.product"].create(
            {"name": sku, "default_code": sku, "is_storable": True, **values}
        )

    @classmethod
    def _make_shop_products(cls):
        """An Odoo product for every SKU of the shop."""
        skus = {row.get("sku") for row in cls.store.products.values()} - {"", None}
        known = cls.env["product.product"].search([("default_code", "in", list(skus))])
        return cls.env["product.product"].create(
            [
                {"name": sku, "default_code": sku, "is_storable": True}
                for sku in sorted(skus - set(known.mapped("default_code")))
            ]
        )

    # === IN THE SHOP === #

    def place(self, *lines, status="processing", **cart):
        """Buy in the shop: ``place(("MUG", 2), fees=[("Gift wrap", "2.50")])``.

        :return: the order as the shop's REST API shows it
        """
        cart = {"billing": JANE, "payment_method": "cod", **cart}
        return self.store.place_order(Cart(lines=list(lines), **cart), status=status)

    # === JOBS === #

    def note(self, external_id, kind="order", source="webhook", backend=None):
        """An event that says nothing but: look at this record."""
        return self.env["channel.event"]._note(
            backend or self.backend, kind, str(external_id), source
        )

    def run_job(self, event):
        """Run an event's job the way queue_job does, on a cursor of its own.

        :return: the RetryableJobError it was postponed with, or None
        """
        return self._run(event, "_job_process")

    def run_chunk(self, events):
        """Run one job for many events that a poll has read."""
        return self._run(events, "_job_process_chunk")

    def _run(self, events, method):
        self.env.flush_all()
        try:
            with self.registry.cursor() as cr:
                getattr(events.with_env(events.env(cr=cr)), method)()
        except RetryableJobError as error:
            return error
        finally:
            self.env.invalidate_all()
        return None

    def run_pending(self, backend=None):
        """Run the jobs of all events that wait."""
        waiting = [
            ("backend_id", "=", (backend or self.backend).id),
            ("state", "=", "pending"),
        ]
        for event in self.env["channel.event"].search(waiting, order="id"):
            self.run_job(event)

    def import_all(self, backend=None):
        """Poll the shop and import what is new, in chunks as the jobs do; returns the events."""
        backend = backend or self.backend
        flow = backend.flow_ids.filtered(lambda flow: flow.kind == "order")
        self.env.flush_all()
        with self.registry.cursor() as cr:
            result = flow.with_env(flow.env(cr=cr))._job_poll()
        self.assertRegex(result, r"^\d+ records$")
        self.env.invalidate_all()
        events = self.env["channel.event"].search(
            [("backend_id", "=", backend.id), ("state", "=", "pending")], order="id"
        )
        for start in range(0, len(events), CHUNK):
            self.run_chunk(events[start : start + CHUNK])
            self.env.cr.execute(COUNT_NEW_ROWS)
        self.run_pending(backend)
        return events

    def receive(self, external_id, **options):
        """Import a record by its job; returns the event as it ended."""
        event = self.note(external_id, **options)
        self._work_on(event)
        return event

    def import_order(self, order, backend=None):
        """Import an order of the shop (or its id) and return the sales order; it must succeed."""
        external_id = order["id"] if isinstance(order, dict) else order
        event = self.receive(external_id, backend=backend)
        self.assertEqual(event.state, "done", f"{event.reason} {event.issue_id.details}")
        return self.env["sale.order"].browse(event.res_id)

    def buy(self, *lines, **cart):
        """Place an order in the shop and import it; returns the sales order."""
        return self.import_order(self.place(*lines, **cart))

    # === WITHOUT HTTP === #

    def poll(self, *payloads, backend=None, fetched_at=None):
        """Events of a poll that has read these orders, which plug-ins may have extended."""
        moment = fetched_at or datetime.now(timezone.utc)
        records = [record_of(payload, moment) for payload in payloads]
        return self.env["channel.event"]._receive_polled(backend or self.backend, records)

    def import_payload(self, payload, **options):
        """Import one order as a poll has read it; returns the event as it ended."""
        event = self.poll(payload, **options)
        self._work_on(event)
        return event

    def _work_on(self, event):
        """Run an event's job; where it waits for products, theirs first and then again."""
        self.run_job(event)
        asked = [
            ("backend_id", "=", event.backend_id.id),
            ("kind", "=", "product"),
            ("source", "=", "order"),
            ("state", "=", "pending"),
        ]
        if event.kind == "order" and event.state == "pending":
            for other in self.env["channel.event"].search(asked):
                self.run_job(other)
            self.run_job(event)

    # === CHECKS === #

    def assertTotals(self, sale, order):
        """Total and tax of a sales order are those of the shop's order."""
        self.assertEqual(
            (f"{sale.amount_total:.3f}", f"{sale.amount_tax:.3f}"),
            (f"{float(order['total']):.3f}", f"{float(order['total_tax']):.3f}"),
        )


def record_of(payload, fetched_at):
    """The record a poll makes of an order's payload."""
    modified = datetime.fromisoformat(payload["date_modified_gmt"]).replace(tzinfo=timezone.utc)
    return Record("order", str(payload["id"]), payload, modified, fetched_at)
