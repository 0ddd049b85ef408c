"""A shop that is in step with Odoo in every respect, until something happens in silence."""

from datetime import timedelta

from odoo import fields

from odoo.addons.queue_job.exception import RetryableJobError

from .refund_case import RefundCase

GROUPS = ("texts", "details", "prices", "images", "categories", "attributes", "stock")
#: Odoo publishes these; orders sell MUG and BOOK.
SKUS = ("CUP", "PLATE", "BOWL", "VASE")


class ReconcileCase(RefundCase):
    """Orders were imported, invoiced and paid; Odoo publishes products, prices and stock.

    The shop's clock is behind: nothing of it is so young that a webhook may be on its way.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store.clock.advance(-800)
        cls.backend.tz = "Europe/Brussels"
        cls.backend._remember_store(cls._described())
        cls.backend.ownership_ids.filtered(lambda row: row.group in GROUPS).owner = "odoo"
        for kind in ("product", "price", "stock"):
            cls.flow_of(kind, "out").active = True
        (cls.mug | cls.book).is_storable = False  # the shop does not count them
        cls.goods = {sku: cls._make_product(sku, list_price=10, weight=1) for sku in SKUS}
        for product in cls.goods.values():
            product.product_tmpl_id._channel_publish(cls.backend)

    @classmethod
    def _described(cls):
        adapter = cls.backend._adapter()
        try:
            return adapter.describe()
        finally:
            adapter.close()

    @classmethod
    def flow_of(cls, kind, direction):
        flows = cls.env["channel.flow"].with_context(active_test=False)
        return flows.search(
            [
                ("backend_id", "=", cls.backend.id),
                ("kind", "=", kind),
                ("direction", "=", direction),
            ]
        )

    def setUp(self):
        super().setUp()
        for order_id in list(self.store.orders):  # the shop remembers those of other tests
            self.store.delete_order(order_id)
        self.gateway("stripe")
        shelf = (
            self.env["stock.warehouse"]
            .search([("company_id", "=", self.company.id)], limit=1)
            .lot_stock_id
        )
        for product in self.goods.values():
            self.env["stock.quant"]._update_available_quantity(product, shelf, 5)
        self.work_off()

    # === JOBS === #

    def work_off(self):
        """Run everything that waits, on both ways, until nothing does."""
        for _round in range(5):
            self.run_pending()
            for kind in ("product", "price", "stock"):
                self.env.cr.flush()
                self._run(self.flow_of(kind, "out"), "_job_drain")
            notes = self.env["channel.outbox"].search(
                [("state", "=", "pending"), ("order_id", "!=", False)]
            )
            for note in notes:
                self._run(note, "_job_export")
        self.env.cr.postcommit.clear()

    def reconcile(self, **parts):
        """Run a whole reconciliation; returns it."""
        run = self.env["channel.reconciliation"]._begin(self.backend, "person", **parts)
        self.go_on(run)
        self.assertEqual(run.state, "ready", run.reason)
        return run

    def go_on(self, run, jobs=100):
        """Run up to so many of its jobs; returns how many there were."""
        for count in range(1, jobs + 1):
            if not isinstance(self._run(run, "_job_run"), RetryableJobError):
                return count
        return jobs

    def settled(self, **cart):
        """An order of which nothing waits any more on either side; returns both."""
        found = self.ordered(**{"payment_method": "cod", **cart})
        self.work_off()
        return found

    # === WHAT WAS FOUND === #

    def open(self):
        return self.env["channel.variance"].search(
            [("backend_id", "=", self.backend.id), ("state", "=", "open")], order="kind, key"
        )

    def found(self):
        """``[(kind, external id)]`` of what is open."""
        return [(row.kind, row.external_id) for row in self.open()]

    def one(self, kind):
        row = self.open().filtered(lambda row: row.kind == kind)
        self.assertEqual(len(row), 1, self.found())
        return row

    # === IN THE SHOP, BEHIND ODOO'S BACK === #

    def silently(self, order, **values):
        """A change that moves no date and announces nothing: old storage, SQL, a plug-in."""
        self.store.orders[order["id"]].update(values)

    def days_ago(self, days):
        return fields.Date.today() - timedelta(days=days)
