"""Which product a line sells: by binding, SKU, barcode; and what becomes of unknown ones."""

from odoo.tests import tagged

from .line_case import LineCase


class ProductCase(LineCase):
    def unknown(self, sku="NEW", name="New thing", **item):
        """An order of one mug and one product that Odoo does not know; the event as it ended."""
        payload = self.payload(self.place(("MUG", 1), ("BOOK", 1)))
        payload["line_items"][1].update({"product_id": 990, "sku": sku, "name": name, **item})
        return payload, self.import_payload(payload)


@tagged("post_install", "-at_install")
class TestMatching(ProductCase):
    def test_by_sku_in_another_case(self):
        thing = self._make_product("abc-1")
        _payload, event = self.unknown("ABC-1")
        sale = self.env["sale.order"].browse(event.res_id)
        self.assertEqual(sale.order_line[1].product_id, thing)

    def test_a_sku_is_no_pattern(self):
        self._make_product("AB%")
        self._make_product("A_C")
        _payload, event = self.unknown("ABC")
        self.assertEqual(event.issue_id.code, "unknown_product")

    def test_by_barcode(self):
        thing = self._make_product("X", barcode="4006381333931")
        _payload, event = self.unknown("Y", global_unique_id="4006381333931")
        sale = self.env["sale.order"].browse(event.res_id)
        self.assertEqual(sale.order_line[1].product_id, thing)

    def test_bound_once_the_sku_no_longer_counts(self):
        first = self.buy(("MUG", 1))
        self.mug.default_code = "RENAMED"
        other = self._make_product("MUG")
        self.assertEqual(self.buy(("MUG", 1)).order_line.product_id, first.order_line.product_id)
        self.assertNotEqual(other, first.order_line.product_id)

    def test_bound_product_that_was_deleted_in_the_shop(self):
        self.buy(("MUG", 1))
        payload = self.payload(self.place(("MUG", 1)))
        payload["line_items"][0]["sku"] = None
        _event, sale = self.import_changed(payload)
        self.assertEqual(sale.order_line.product_id, self.mug)

    def test_two_products_with_one_sku(self):
        self._make_product("TWIN")
        self._make_product("TWIN")
        _payload, event = self.unknown("TWIN")
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "ambiguous_product"))
        self.assertIn("TWIN", event.issue_id.title)

    def test_own_product_comes_before_a_shared_one(self):
        self._make_product("TWIN", company_id=False)
        own = self._make_product("TWIN", company_id=self.company.id)
        _payload, event = self.unknown("TWIN")
        sale = self.env["sale.order"].browse(event.res_id)
        self.assertEqual(sale.order_line[1].product_id, own)


@tagged("post_install", "-at_install")
class TestPolicies(ProductCase):
    def _import_catalogue(self, **values):
        """Products that nothing fits are created, and the flow that imports them runs."""
        self.backend.product_policy = "create"
        flow = self.backend.with_context(active_test=False).flow_ids.filtered(
            lambda flow: (flow.kind, flow.direction) == ("product", "in")
        )
        flow.write({"active": True, **values})

    def _sell(self, name):
        """A product in two sizes; the shop keeps it for the tests that follow."""
        sizes = [
            {"sku": f"{name}-{size}", "regular_price": "12", "options": {"Size": size}}
            for size in ("S", "M")
        ]
        return self.store.add_variable_product(name, sizes)

    def test_issue_per_product_not_per_order(self):
        _payload, first = self.unknown()
        _payload, second = self.unknown()
        self.assertEqual(first.state, "blocked")
        self.assertEqual(first.issue_id, second.issue_id)
        for text in ("New thing", "NEW"):
            self.assertIn(text, first.issue_id.title)
        self.assertFalse(self.env["channel.binding.order"].search([]))
        self.assertEqual(first.issue_id.value_at_stake, first.value + second.value)
        thing = self._make_product("NEW")
        first.issue_id.action_retry()
        # the shop itself does not know the line the payload was changed to: read it as polled
        self.assertEqual({first.state, second.state}, {"pending"})
        _payload, third = self.unknown()
        self.assertEqual(
            self.env["sale.order"].browse(third.res_id).order_line[1].product_id, thing
        )

    def test_how_many_problems_an_order_has(self):
        """Each becomes an issue; the reason names the first, and says that there are more."""
        payload = self.payload(self.place(("MUG", 1), ("BOOK", 1)))
        for number, item in enumerate(payload["line_items"]):
            item.update(product_id=990 + number, sku=f"NEW-{number}")
        event = self.import_payload(payload)
        self.assertEqual(event.state, "blocked")
        self.assertIn("NEW-0", event.reason)
        self.assertIn("1 more", event.reason)
        self.assertEqual(event.issue_ids, self.backend.issue_ids)
        self.assertEqual(set(event.issue_ids.mapped("code")), {"unknown_product"})
        self.assertEqual(len(event.issue_ids), 2)

    def test_nothing_is_written_for_a_blocked_order(self):
        partners = self.env["res.partner"].search_count([])
        self.unknown()
        self.assertEqual(self.env["res.partner"].search_count([]), partners)

    def test_placeholder(self):
        self.backend.product_policy = "placeholder"
        payload, event = self.unknown()
        sale = self.env["sale.order"].browse(event.res_id)
        self.assertEqual(event.state, "done", event.reason)
        line = self.line_of(sale, payload["line_items"][1])
        self.assertEqual(
            (line.product_id, line.name), (self.backend.placeholder_product_id, "New thing")
        )
        self.assertFalse(self.env["channel.binding.product"].search([("external_id", "=", "990")]))

    def test_placeholder_for_what_was_deleted(self):
        self.backend.product_policy = "create"
        payload, event = self.unknown(sku=None, product_id=0)
        sale = self.env["sale.order"].browse(event.res_id)
        line = self.line_of(sale, payload["line_items"][1])
        self.assertEqual(line.product_id, self.backend.placeholder_product_id)

    def test_create(self):
        self.backend.product_policy = "create"
        payload, event = self.unknown()
        sale = self.env["sale.order"].browse(event.res_id)
        product = self.line_of(sale, payload["line_items"][1]).product_id
        self.assertEqual((product.default_code, product.name), ("NEW", "New thing"))
        self.assertEqual((product.type, product.is_storable), ("consu", False))
        self.assertEqual(product.company_id, self.company)
        _payload, again = self.unknown()
        self.assertEqual(
            self.env["sale.order"].browse(again.res_id).order_line[1].product_id, product
        )

    def test_create_what_the_shop_counts(self):
        """Where no shop is told of stock, counting would only hold up the goods."""
        self.backend.product_policy = "create"
        self.store.add_product(
            sku="COUNTED", name="Counted", regular_price="5", manage_stock=True, stock_quantity=4
        )
        self.store.add_product(sku="LOOSE", name="Loose", regular_price="5")
        self.store.add_product(
            sku="EARLY", name="Early", regular_price="5", manage_stock=True, stock_quantity=4
        )
        early = self.import_order(self.place(("EARLY", 1))).order_line.product_id
        flows = self.backend.with_context(active_test=False).flow_ids
        flows.filtered(lambda flow: (flow.kind, flow.direction) == ("stock", "out")).active = True
        sale = self.import_order(self.place(("COUNTED", 1), ("LOOSE", 1)))
        products = early | sale.order_line.product_id
        self.assertEqual(
            {product.default_code: product.is_storable for product in products},
            {"EARLY": False, "COUNTED": True, "LOOSE": False},
        )

    def test_the_whole_product_comes_with_its_first_order(self):
        """An order names one variant; Odoo gets the product with all of them."""
        self._import_catalogue()
        tunic = self._sell("TUNIC")
        order = self.place(("TUNIC-M", 1), ("MUG", 1))
        event = self.note(order["id"])
        self.run_job(event)
        self.assertEqual((event.state, event.issue_id.code), ("pending", False))
        self.run_job(event)
        asked = self.env["channel.event"].search(
            [("backend_id", "=", self.backend.id), ("kind", "=", "product")]
        )
        self.assertEqual((len(asked), asked.external_id), (1, str(tunic["id"])))
        jobs = self.env["queue.job"].search([("identity_key", "like", f"%order-{order['id']}")])
        jobs.write({"state": "done"})
        self.run_job(asked)
        self.assertEqual(
            self.env["queue.job"].search_count(
                [("state", "=", "pending"), ("identity_key", "like", f"%order-{order['id']}")]
            ),
            1,
            "the product wakes its order",
        )
        self.run_job(event)
        sale = self.env["sale.order"].browse(event.res_id)
        product = sale.order_line.product_id.filtered(lambda one: one.default_code == "TUNIC-M")
        variants = product.product_tmpl_id.product_variant_ids
        self.assertEqual(set(variants.mapped("default_code")), {"TUNIC-S", "TUNIC-M"})
        self.assertTotals(sale, order)

    def test_one_order_that_waits_holds_up_no_other(self):
        self._import_catalogue()
        self._sell("SCARF")
        payloads = [self.payload(self.place((sku, 1))) for sku in ("MUG", "SCARF-S", "BOOK")]
        events = self.poll(*payloads).sorted("id")
        self.run_chunk(events)
        self.assertEqual(events.mapped("state"), ["done", "pending", "done"])
        self.run_pending()
        self.run_pending()
        self.assertEqual(events.mapped("state"), ["done", "done", "done"])

    def test_a_product_that_cannot_be_imported_is_made_of_the_line(self):
        self._import_catalogue()
        glove = self._sell("GLOVE")
        payload = self.payload(self.place(("GLOVE-M", 1)))
        self.store.delete_product("GLOVE-M")
        self.store.delete_product(glove["id"])
        event = self.poll(payload)
        self.run_job(event)
        self.run_pending()
        self.run_pending()
        sale = self.env["sale.order"].browse(event.res_id)
        self.assertEqual(sale.order_line.product_id.default_code, "GLOVE-M")

    def test_what_does_not_come_at_once_is_not_waited_for(self):
        """The flow of products is off, paused or runs by its schedule: the line has to do."""
        for number, values in enumerate(
            ({"active": False}, {"paused": True}, {"paused": False, "realtime": False})
        ):
            self._import_catalogue(**values)
            self._sell(f"SKIRT{number}")
            sale = self.buy((f"SKIRT{number}-S", 1))
            self.assertEqual(sale.order_line.product_id.default_code, f"SKIRT{number}-S")
        self.assertFalse(self.env["channel.event"].search([("kind", "=", "product")]))

    def test_missing_service_product(self):
        self.backend.fee_product_id = False
        order = self.place(("MUG", 1), fees=[("Gift wrap", "2.50")])
        event = self.receive(order["id"])
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "missing_product"))
