"""Products that are in Odoo and in a fake shop, whose stock is published by real HTTP."""

from odoo.addons.queue_job.exception import RetryableJobError

from .common import ChannelCase


class StockCase(ChannelCase):
    """A simple product (MUG), one with variants (TEE-S, TEE-M), all counted by the shop.

    The stock flow is on; what is bound waits to be published for the first time.
    """

    store_options = {"prices_include_tax": False, "timezone": "Europe/Brussels"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.shelf = cls.warehouse.lot_stock_id
        flows = cls.backend.flow_ids
        cls.flow = flows.filtered(lambda flow: (flow.kind, flow.direction) == ("stock", "out"))
        cls.flow.active = True
        cls.mug = cls.put_on_sale("MUG")
        cls.tee = cls.store.add_variable_product(
            "Tee",
            [
                {
                    "sku": f"TEE-{size}",
                    "regular_price": "20.00",
                    "options": {"Size": size},
                    "manage_stock": True,
                    "stock_quantity": 0,
                }
                for size in ("S", "M")
            ],
        )
        cls.small, cls.medium = (cls.bound(f"TEE-{size}", cls.tee["id"]) for size in ("S", "M"))
        cls.env.cr.flush()
        cls.env.cr.postcommit.clear()

    def setUp(self):
        super().setUp()
        # the shop remembers what other tests of the class have published
        for sku in ("MUG", "TEE-S", "TEE-M"):
            self.store.set_stock(sku, 0)
        self.first = len(self.store.requests)

    # === SET-UP === #

    @classmethod
    def put_on_sale(cls, sku, odoo=None, **shop):
        """A product in both; the shop counts it unless told otherwise. Returns Odoo's."""
        shop = {"manage_stock": True, "stock_quantity": 0, "regular_price": "10.00", **shop}
        cls.store.add_product(sku=sku, name=f"Product {sku}", **shop)
        return cls.bound(sku, odoo=odoo)

    @classmethod
    def bound(cls, sku, parent="", odoo=None):
        """Odoo's product of a SKU that the shop has, bound to it."""
        product = cls._make_product(sku, **(odoo or {}))
        cls.bind(product, cls.store.product(sku)["id"], parent)
        return product

    @classmethod
    def bind(cls, product, external_id, parent="", **values):
        return cls.env["channel.binding.product"].create(
            {
                "backend_id": cls.backend.id,
                "external_id": str(external_id),
                "odoo_id": product.id,
                "sku": product.default_code,
                "parent_external_id": str(parent),
                **values,
            }
        )

    # === IN ODOO === #

    def receive(self, product, quantity, location=None):
        """Pieces come in (or leave, where there are fewer)."""
        self.env["stock.quant"]._update_available_quantity(
            product, location or self.shelf, quantity
        )

    def commit(self):
        """What a commit does before it: notes are written."""
        self.env.cr.flush()
        self.env.cr.postcommit.clear()

    def notes(self, *products, **values):
        domain = [("backend_id", "=", self.backend.id), ("kind", "=", "stock")]
        if products:
            domain.append(("res_id", "in", [product.id for product in products]))
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["channel.outbox"].search(domain)

    def drain(self):
        """Commit, and run the flow's job on a cursor of its own; returns its result."""
        return self.run_flow("_job_drain")

    def compare(self):
        """Commit, and run the scheduled comparison with the shop; returns its result."""
        return self.run_flow("_job_poll")

    def run_flow(self, method):
        self.commit()
        try:
            with self.registry.cursor() as cr:
                result = getattr(self.flow.with_env(self.flow.env(cr=cr)), method)()
        except RetryableJobError as error:
            result = error
        finally:
            self.env.invalidate_all()
        return result

    def told(self, product):
        """What was published of a product: ``channel.published.stock``."""
        return self.env["channel.published.stock"].search([("product_id", "=", product.id)])

    def open_issues(self):
        domain = [("backend_id", "=", self.backend.id), ("state", "=", "open")]
        return self.env["channel.issue"].search(domain)

    # === IN THE SHOP === #

    def shown(self, *skus):
        """The shop's quantities by SKU: one, or a tuple."""
        found = tuple(self.store.product(sku)["stock_quantity"] for sku in skus)
        return found[0] if len(found) == 1 else found

    def writes(self):
        """``(path, items)`` of each change that the shop was asked for in this test."""
        return [
            (request.path.split("/wc/v3/")[1], request.body)
            for request in self.store.requests[self.first :]
            if request.method not in ("GET", "HEAD")
        ]
