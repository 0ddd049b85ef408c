"""A shop whose stock Odoo publishes, and another one that sells from the same warehouse."""

from .outbound_case import OutboundCase


class DemandCase(OutboundCase):
    """Mugs lie on the shelf, 10 of them, and both shops know them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        for sku in ("MUG", "BOOK"):
            cls.store.product(sku).update(manage_stock=True, stock_quantity=10)
        cls._bind(cls.backend)
        cls._flow("stock", "out").active = True
        cls.stock(cls.mug, 10)

    def setUp(self):
        super().setUp()
        self.store.orders.clear()  # the shop remembers what other tests have bought

    def notes(self, *args, **options):
        """The notes of single records; those about stock are a drain's."""
        return super().notes(*args, **options).filtered(lambda note: note.kind != "stock")

    @classmethod
    def _bind(cls, backend):
        cls.env["channel.binding.product"].create(
            [
                {
                    "backend_id": backend.id,
                    "external_id": str(cls.store.product(product.default_code)["id"]),
                    "odoo_id": product.id,
                    "sku": product.default_code,
                    "stock_keeper": "itself",
                }
                for product in (cls.mug, cls.book)
            ]
        )

    @classmethod
    def stock(cls, product, quantity, location=None):
        """Put ``quantity`` more on the shelf."""
        quants = cls.env["stock.quant"]
        quants._update_available_quantity(product, location or cls.warehouse.lot_stock_id, quantity)
        cls.env.flush_all()

    def other_shop(self, **values):
        """Another backend of the company, on the same shop."""
        backend = self._make_backend(self.company, "Other Shop", **values)
        self._bind(backend)
        return backend

    # === ASKING === #

    def demand_for(self, product=None, backend=None):
        """(own, others) of a product."""
        product = product or self.mug
        backend = backend or self.backend
        found = self.env["channel.demand"]._of(backend, product)[product.id]
        return found.own_reduced, found.others

    def wait_for(self, order):
        """An event with the order as it is in the shop now, not worked on; returns it."""
        self.store.clock.advance(2)
        return self.poll(self.payload(order))

    def hold(self, method="cod"):
        """Orders paid by ``method`` are left as quotations."""
        rows = self.env["channel.map.payment"]
        rows._ensure_rows(self.backend, {method: {}})
        rows._find(self.backend, method).order_policy = "quotation"

    def noted(self, product=None):
        """Markers of the notes about a product's stock that wait, after what was done now."""
        self.env.cr.precommit.run()
        notes = self.env["channel.outbox"].search(
            [("kind", "=", "stock"), ("res_id", "=", (product or self.mug).id)]
        )
        return set(notes.mapped("marker"))

    def forget_notes(self):
        self.env.cr.precommit.run()
        self.env["channel.outbox"].search([("kind", "=", "stock")]).unlink()
