"""Initial stock: the shop's quantities become Odoo's, once."""

from odoo.tests import tagged

from .catalogue_case import ShopCase


@tagged("post_install", "-at_install")
class TestStockImport(ShopCase):
    def add(self, sku, quantity, **values):
        return self.store.add_product(
            sku=sku,
            name=sku,
            regular_price="5",
            manage_stock=True,
            stock_quantity=quantity,
            **values,
        )

    def take_stock(self):
        """Press the button and run its jobs, page by page."""
        self.backend.action_import_stock()
        return self.run_jobs()

    def run_jobs(self):
        """Run the waiting jobs of the stock import; returns how many there were."""
        count = 0
        jobs = self.env["queue.job"]
        domain = [("method_name", "=", "_job_import_stock"), ("state", "=", "pending")]
        while job := jobs.search(domain, order="id", limit=1):
            self.env.flush_all()
            with self.registry.cursor() as cr:
                backend = self.backend.with_env(self.backend.env(cr=cr))
                backend._job_import_stock(*job.args)
            self.env.invalidate_all()
            job.state = "done"
            count += 1
        return count

    def on_hand(self, sku):
        location = self.backend._initial_stock_location()
        return self.by_sku(sku).with_context(location=location.id).qty_available

    def test_once(self):
        self.add("MUG", 5)
        self.add("CUP", -2)
        self.store.add_product(sku="FREE", name="Free", regular_price="1")
        self.import_catalogue()
        self.take_stock()
        self.assertEqual([self.on_hand(sku) for sku in ("MUG", "CUP", "FREE")], [5, 0, 0])
        moves = self.env["stock.move"].search([("product_id", "=", self.by_sku("MUG").id)])
        self.assertEqual((len(moves), moves.is_inventory), (1, True))
        self.assertIn(self.backend.name, moves.inventory_name or moves.reference)
        self.store.set_stock("MUG", 9)
        self.take_stock()
        self.assertEqual(self.on_hand("MUG"), 5)

    def test_later_products_come_later(self):
        self.add("MUG", 5)
        self.import_catalogue()
        self.take_stock()
        self.add("CUP", 3)
        self.import_catalogue()
        self.take_stock()
        self.assertEqual([self.on_hand(sku) for sku in ("MUG", "CUP")], [5, 3])

    def test_pages(self):
        self.store.add_products(60, name="Thing", manage_stock=True, stock_quantity=2)
        self.import_catalogue()
        self.assertGreater(self.take_stock(), 1)
        done = self.env["channel.binding.product"].search([("initial_stock_at", "!=", False)])
        self.assertEqual(len(done), 60)
        self.assertEqual(self.on_hand("P-59"), 2)

    def test_a_job_that_runs_twice(self):
        self.add("MUG", 5)
        self.import_catalogue()
        self.take_stock()
        self.backend._enqueue_stock_import({})
        self.run_jobs()
        self.assertEqual(self.on_hand("MUG"), 5)

    def test_stock_of_odoo_counts(self):
        product = self._make_product("MUG")
        location = self.backend._initial_stock_location()
        self.env["stock.quant"]._update_available_quantity(product, location, 7)
        self.add("MUG", 5)
        self.import_catalogue()
        self.take_stock()
        self.assertEqual(self.on_hand("MUG"), 7)

    def test_sold_and_not_delivered(self):
        """The shop has taken them off, and they lie in the warehouse still."""
        self.add("MUG", 5)
        self.import_catalogue()
        sale = self.buy(("MUG", 2))
        self.assertEqual(sale.state, "sale")
        self.take_stock()
        self.assertEqual(self.on_hand("MUG"), 5)
        self.assertEqual(self.by_sku("MUG").virtual_available, 3)

    def test_counted_by_the_product(self):
        shirt = self.store.add_variable_product(
            "Shirt",
            [
                {"sku": "S-R", "regular_price": "5", "options": {"Colour": "Red"}},
                {"sku": "S-B", "regular_price": "5", "options": {"Colour": "Blue"}},
            ],
        )
        for sku in ("S-R", "S-B"):
            self.store.count_stock(sku, "parent")
        self.store.set_stock(shirt["id"], 8)
        self.import_catalogue()
        self.take_stock()
        self.assertEqual(self.on_hand("S-R"), 0)
        issue = self.env["channel.issue"].search([("code", "=", "stock_by_parent")])
        self.assertEqual(len(issue), 1)
        self.assertIn(str(shirt["id"]), issue.title)

    def test_tracked(self):
        self.add("MUG", 5)
        self.import_catalogue()
        self.by_sku("MUG").tracking = "lot"
        self.take_stock()
        self.assertEqual(self.on_hand("MUG"), 0)
        self.assertTrue(self.env["channel.issue"].search([("code", "=", "stock_tracked")]))
