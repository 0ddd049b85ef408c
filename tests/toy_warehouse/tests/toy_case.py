"""A shop whose goods lie in the toy warehouse."""

from unittest.mock import patch

from odoo.addons.channel_connector.tests.outbound_case import OutboundCase

from .warehouse import Warehouse


class ToyCase(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.house = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        for product in (cls.mug, cls.book):
            cls.env["stock.quant"]._update_available_quantity(product, cls.house.lot_stock_id, 50)

    def setUp(self):
        super().setUp()
        self.warehouse = self.enterContext(Warehouse("MUG", "BOOK"))
        self.toy = self._make_toy(state="connected")
        self._toy_flow("out").active = True

    def _make_toy(self, **values):
        """A backend as an admin enters it."""
        return (
            self.env["channel.backend"]
            .create(
                {
                    "name": "Toy",
                    "provider": "toy_warehouse",
                    "company_id": self.company.id,
                    "base_url": self.warehouse.url,
                    "api_key": self.warehouse.account,
                    "api_secret": self.warehouse.password,
                    "warehouse_ids": self.house.ids,
                    **values,
                }
            )
            ._env()
        )

    def _toy_flow(self, direction, backend=None):
        flows = (backend or self.toy).flow_ids
        return flows.filtered(lambda flow: flow._key() == ("fulfilment", direction))

    # === JOBS === #

    def asks(self, **values):
        """What was noted for the warehouse."""
        self.env.cr.precommit.run()
        domain = [("backend_id", "=", self.toy.id), *((k, "=", v) for k, v in values.items())]
        return self.env["channel.outbox"].search(domain, order="id")

    def ask(self):
        """Run the jobs of what is noted; returns the errors they were postponed with."""
        found = [self.run_notes(note) for note in self.asks(state="pending")]
        return [error for error in found if error]

    def look(self):
        """Ask the warehouse what has left, and work on that; returns the newest event."""
        error = self._run(self._toy_flow("in"), "_job_poll")
        self.assertFalse(error, error)
        self.run_pending(self.toy)
        return self.newest()

    def newest(self):
        return self.env["channel.event"].search([("backend_id", "=", self.toy.id)], limit=1)

    def kill(self, model, method, work):
        """A worker dies in the middle of ``work``."""
        service = type(self.env[model])
        with patch.object(service, method, side_effect=SystemExit):
            try:
                work()
            except SystemExit:  # not assertRaises: Odoo's rolls back what was committed
                return
        self.fail("it was not killed")

    # === STORIES === #

    def asked(self, *lines, **cart):
        """An order that was bought, imported and asked for: (shop's order, sale, dispatch)."""
        order, sale = self.sold(*lines, **cart)
        self.assertFalse(self.ask())
        (dispatch,) = self.warehouse.open()
        return order, sale, dispatch

    def pieces(self, dispatch):
        return {line["sku"]: line["pieces"] for line in dispatch["lines"]}

    def binding(self, dispatch):
        return self.env["channel.binding.fulfilment"]._find(self.toy, dispatch["id"])

    def delivered(self, sale):
        return {line.product_id.default_code: line.qty_delivered for line in self.goods(sale)}

    def goods(self, sale):
        return sale.order_line.filtered(lambda line: line.product_id in self.mug | self.book)
