"""What the shops have sold and Odoo has not reserved is on sale nowhere."""

from odoo.tests import tagged

from .demand_case import DemandCase


@tagged("post_install", "-at_install")
class TestDemandWaiting(DemandCase):
    """Orders that are events only."""

    def test_taken_off_in_the_shop(self):
        self.wait_for(self.place(("MUG", 3), ("BOOK", 1)))
        self.assertEqual(self.demand_for(), (3.0, 0.0))
        self.assertEqual(self.demand_for(self.book), (1.0, 0.0))
        self.assertEqual(self.demand_for(backend=self.other_shop()), (0.0, 3.0))

    def test_not_taken_off_yet(self):
        """The shop will take them off itself; another shop has to know now."""
        self.wait_for(self.place(("MUG", 3), status="pending"))
        self.assertEqual(self.demand_for(), (0.0, 0.0))
        self.assertEqual(self.demand_for(backend=self.other_shop()), (0.0, 3.0))

    def test_over(self):
        for status in ("cancelled", "failed", "refunded", "trash", "checkout-draft"):
            with self.subTest(status=status):
                order = self.place(("MUG", 3))
                payload = {**self.payload(order), "status": status}
                self.poll(payload)
                self.assertEqual(self.demand_for(backend=self.backend), (0.0, 0.0))

    def test_no_order_here(self):
        """What the import leaves alone is no demand."""
        self.backend.import_since = "2099-01-01"
        self.wait_for(self.place(("MUG", 3)))
        self.assertEqual(self.demand_for(), (0.0, 0.0))

    def test_other_warehouse(self):
        far = self.env["stock.warehouse"].create(
            {"name": "Far", "code": "FAR", "company_id": self.company.id}
        )
        other = self.other_shop(warehouse_ids=far.ids)
        self.backend.warehouse_ids = self.warehouse
        self.wait_for(self.place(("MUG", 3)))
        self.assertEqual(self.demand_for(backend=other), (0.0, 0.0))

    def test_the_newer_event_counts(self):
        order = self.place(("MUG", 3))
        first = self.wait_for(order)
        self.store.clock.advance(5)
        self.store.edit_order(order["id"], set_quantity={order["line_items"][0]["id"]: 1})
        self.wait_for(order)
        self.assertEqual(first.state, "pending")
        self.assertEqual(self.demand_for(), (1.0, 0.0))
        self.store.clock.advance(5)
        self.store.update_order(order["id"], status="cancelled")
        self.wait_for(order)
        self.assertEqual(self.demand_for(), (0.0, 0.0))

    def test_same_second(self):
        """Nobody knows which of them is newer: the larger one counts."""
        order = self.place(("MUG", 3))
        payload = self.payload(order)
        self.poll(payload)
        less = self.payload(order)
        less["line_items"][0]["quantity"] = 1
        self.env["channel.event"]._insert(
            self.backend,
            [
                {
                    "kind": "order",
                    "external_id": str(order["id"]),
                    "source": "webhook",
                    "dedup_key": "same second",
                    "payload": less,
                }
            ],
        )
        self.assertEqual(self.demand_for(backend=self.other_shop()), (0.0, 3.0))

    def test_partial_refund_with_restock(self):
        order = self.place(("MUG", 3))
        self.store.clock.advance(5)
        line = order["line_items"][0]["id"]
        self.store.refund_order(order["id"], lines=[{"id": line, "quantity": 2}], amount="1.00")
        self.wait_for(order)
        self.assertEqual(self.demand_for(), (1.0, 0.0))
        self.assertEqual(self.demand_for(backend=self.other_shop()), (0.0, 1.0))

    def test_blocked_until_a_person_ignores_it(self):
        self.store.add_product(sku="GHOST", regular_price="1.00")
        event = self.wait_for(self.place(("MUG", 3), ("GHOST", 1)))
        self.run_job(event)
        self.assertEqual(event.state, "blocked")
        self.assertEqual(self.demand_for(), (3.0, 0.0))
        self.forget_notes()
        event.issue_id.ignore_reason = "sent by hand"
        event.issue_id.action_ignore()
        self.assertEqual(self.demand_for(), (0.0, 0.0))
        self.assertEqual(self.noted(), {""})

    def test_what_is_no_order(self):
        order = self.place(("MUG", 3))
        self.poll({"id": order["id"], "date_modified_gmt": order["date_modified_gmt"]})
        self.note(order["id"])  # a hint without payload
        self.assertEqual(self.demand_for(), (0.0, 0.0))

    def test_queries_do_not_grow(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["channel.demand"]._of(self.backend, self.mug)
            return self.env.cr.sql_log_count - before

        self.wait_for(self.place(("MUG", 1)))
        count()
        few = count()
        for _number in range(6):
            self.wait_for(self.place(("MUG", 1), ("BOOK", 1)))
        self.assertEqual(count() - 1, few)  # one reads the new payloads
        self.assertEqual(count(), few)


@tagged("post_install", "-at_install")
class TestDemandOrders(DemandCase):
    """Orders that are sales orders."""

    def test_reserved(self):
        self.buy(("MUG", 3))
        self.assertEqual(self.demand_for(), (0.0, 0.0))
        self.assertEqual(self.mug.with_company(self.company).free_qty, 7.0)

    def test_held(self):
        self.hold()
        other = self.other_shop()
        sale = self.buy(("MUG", 3))
        self.assertEqual(sale.state, "draft")
        self.assertEqual(self.demand_for(), (3.0, 0.0))
        self.assertEqual(self.demand_for(backend=other), (0.0, 3.0))
        self.forget_notes()
        sale.order_line[0].product_uom_qty = 1
        self.assertEqual(self.noted(), {""})
        self.assertEqual(self.demand_for(), (1.0, 0.0))
        self.forget_notes()
        sale._action_cancel()
        self.assertEqual(self.noted(), {""})
        self.assertEqual(self.demand_for(backend=other), (0.0, 0.0))

    def test_held_and_unpaid_then_paid(self):
        order = self.place(("MUG", 3), status="pending", payment_method="bacs")
        sale = self.import_order(order)
        self.assertEqual((sale.state, self.demand_for()), ("draft", (0.0, 0.0)))
        self.forget_notes()
        self.store.clock.advance(5)
        self.store.update_order(order["id"], status="on-hold")
        self.receive(order["id"])
        self.assertEqual((sale.state, self.demand_for()), ("draft", (3.0, 0.0)))
        self.assertIn("shop", self.noted())

    def test_without_goods(self):
        """Confirmed, and nothing or not all could be reserved."""
        other = self.other_shop()
        sale = self.buy(("MUG", 12))
        self.assertEqual(sale.state, "sale")
        self.assertEqual(self.demand_for(), (2.0, 0.0))
        self.assertEqual(self.demand_for(backend=other), (0.0, 2.0))
        self.stock(self.mug, 5)
        sale.picking_ids.action_assign()
        self.assertEqual(self.demand_for(), (0.0, 0.0))
        self.forget_notes()
        sale.picking_ids.do_unreserve()
        self.assertEqual(self.demand_for(), (12.0, 0.0))
        self.forget_notes()
        sale.picking_ids.move_ids._action_cancel()
        self.assertEqual(self.demand_for(), (0.0, 0.0))
        self.assertEqual(self.noted(), {""})

    def test_what_has_left_is_over(self):
        """Also while an event says the same order again."""
        order, sale = self.sold(("MUG", 5))
        self.send(sale, MUG=3)
        self.store.clock.advance(60)
        self.store.update_order(order["id"], customer_note="Ring the bell")
        self.wait_for(order)
        self.assertEqual(self.demand_for(), (0.0, 0.0))
        self.store.clock.advance(5)
        self.store.edit_order(order["id"], set_quantity={order["line_items"][0]["id"]: 6})
        self.wait_for(order)
        self.assertEqual(self.demand_for(), (1.0, 0.0))

    def test_older_than_what_is_here(self):
        """A late delivery says that nothing was paid yet: that was before."""
        self.hold("bacs")
        order = self.place(("MUG", 3), status="pending", payment_method="bacs")
        old = self.payload(order)
        self.store.clock.advance(60)
        self.store.update_order(order["id"], status="on-hold")
        self.import_order(order)
        self.poll(old)
        self.assertEqual(self.demand_for(), (3.0, 0.0))

    def test_several_steps(self):
        """What the first step still has to bring is counted once, what it has brought never."""
        self.warehouse.delivery_steps = "pick_ship"
        sale = self.buy(("MUG", 12))
        self.assertEqual(self.demand_for(), (2.0, 0.0))
        picking = sale.picking_ids.filtered(lambda one: one.state != "cancel")[0]
        picking.move_ids.write({"quantity": 10, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self.demand_for(), (2.0, 0.0))
        free = self.mug.with_context(warehouse_id=self.warehouse.ids).free_qty
        self.assertEqual(free, 0.0)

    def test_made_to_order(self):
        """What is bought for the order takes nothing off the shelf."""
        route = self.warehouse.mto_pull_id.route_id
        route.active = True
        self.mug.route_ids = route
        sale = self.buy(("MUG", 4))
        leaving = sale.picking_ids.move_ids.filtered(lambda move: move._channel_leaves())
        self.assertEqual(leaving.procure_method, "make_to_order")
        self.assertEqual(self.demand_for(), (0.0, 0.0))

    def test_cancelled_here_told_later(self):
        """The shop puts the goods back itself when it is told; until then they are taken."""
        order, sale = self.sold(("MUG", 3))
        self.forget_notes()
        sale._action_cancel()
        self.assertEqual(self.demand_for(), (3.0, 0.0))
        self.assertEqual(self.demand_for(backend=self.other_shop()), (0.0, 0.0))
        self.forget_notes()
        self.tell()
        self.assertEqual(self.store.orders[order["id"]]["status"], "cancelled")
        self.assertEqual((self.demand_for(), self.noted()), ((0.0, 0.0), {"shop"}))
        self.forget_notes()
        self.receive(order["id"])  # the echo tells nothing new
        self.assertEqual(self.noted(), set())

    def test_trashed_there(self):
        """The shop never puts the goods of its trash back: it has to be told that they are."""
        order = self.place(("MUG", 3))
        sale = self.import_order(order)  # its number is still to be told
        self.store.clock.advance(5)
        self.store.trash_order(order["id"])
        self.receive(order["id"])
        self.assertEqual((sale.state, self.demand_for()), ("cancel", (0.0, 0.0)))

    def test_cancelled_here_and_put_back_there(self):
        """Until the shop is told it may put goods back by itself, and says so in an event."""
        order, sale = self.sold(("MUG", 3))
        sale._action_cancel()
        self.store.clock.advance(5)
        line = order["line_items"][0]["id"]
        self.store.refund_order(order["id"], lines=[{"id": line, "quantity": 2}], amount="1.00")
        self.wait_for(order)
        self.assertEqual(self.demand_for(), (1.0, 0.0))

    def test_put_back_and_nothing_else(self):
        """A poll finds an order whose goods went back, though nothing else of it changed."""
        self.hold()
        order = self.place(("MUG", 3))
        self.import_order(order)
        record = self.store.orders[order["id"]]
        line = record["line_items"][0]
        line["meta_data"] = [m for m in line["meta_data"] if m["key"] != "_reduced_stock"]
        self.store.clock.advance(5)
        self.store.update_order(order["id"])
        self.forget_notes()
        self.import_all()
        self.assertEqual(self.demand_for(), (0.0, 0.0))
        self.assertIn("shop", self.noted())

    def test_over_before_it_was_imported(self):
        """Taken off and put back by the shop: what it shows is not what it was told."""
        order = self.place(("MUG", 3))
        self.store.clock.advance(5)
        self.store.update_order(order["id"], status="cancelled")
        event = self.wait_for(order)
        self.forget_notes()
        self.run_job(event)
        self.assertEqual((event.state, self.noted()), ("ignored", {"shop"}))

    def test_on_hand(self):
        """Where reserved goods are on sale, all that has not left counts."""
        self.backend.stock_basis = "on_hand"
        order, sale = self.sold(("MUG", 5))
        self.assertEqual(self.demand_for(), (5.0, 0.0))
        self.send(sale, MUG=3)
        self.assertEqual(self.demand_for(), (2.0, 0.0))
        self.wait_for(order)
        self.assertEqual(self.demand_for(), (2.0, 0.0))

    def test_forecast(self):
        """The forecast lacks confirmed orders already, goods or not."""
        self.backend.stock_basis = "forecast"
        order = self.place(("MUG", 12))
        event = self.wait_for(order)
        self.assertEqual(self.demand_for(), (12.0, 0.0))
        self.run_job(event)
        self.assertEqual(self.demand_for(), (0.0, 0.0))

    def test_kit(self):
        """The shop counts sets, Odoo their parts; the shop never takes those off itself."""
        if "mrp.bom" not in self.env:
            self.skipTest("needs the module mrp")
        kit = self._add_product("SET", "30.00", odoo={"is_storable": False})
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "product_qty": 2,
                "type": "phantom",
                "bom_line_ids": [(0, 0, {"product_id": self.mug.id, "product_qty": 6})],
            }
        )
        event = self.wait_for(self.place(("SET", 4), status="pending", payment_method="bacs"))
        self.assertEqual(self.demand_for(), (12.0, 0.0))
        self.assertEqual(self.demand_for(kit), (0.0, 0.0))
        self.run_job(event)
        sale = self.env["sale.order"].browse(event.res_id)
        self.assertEqual((sale.state, self.demand_for()), ("draft", (12.0, 0.0)))
        sale.action_confirm()
        self.assertEqual(self.demand_for(), (2.0, 0.0))


@tagged("post_install", "-at_install")
class TestDemandRefresh(DemandCase):
    """What happens before a drain."""

    def refresh(self, backend=None):
        backend = backend or self.backend
        adapter = backend._adapter()
        self.addCleanup(adapter.close)
        first = len(self.store.requests)
        self.env.flush_all()
        with self.registry.cursor() as cr:
            here = backend.with_env(backend.env(cr=cr))
            here.env["channel.demand"]._refresh(here, adapter)
        self.env.invalidate_all()
        return [request.path for request in self.store.requests[first:]]

    def rows(self, backend=None):
        rows = self.env["channel.demand"].search(
            [("backend_id", "=", (backend or self.backend).id)]
        )
        return [(row.product_id, row.quantity, row.stock_reduced) for row in rows]

    def test_orders_are_polled_and_shown(self):
        self.place(("MUG", 3))
        other = self.other_shop()
        self.refresh()
        self.assertEqual(self.rows(), [(self.mug, 3.0, 3.0)])
        row = self.env["channel.demand"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual((row.event_id.state, row.company_id), ("pending", self.company))
        self.assertEqual(self.demand_for(backend=other), (0.0, 3.0))
        self.run_pending()
        self.refresh()
        self.assertEqual(self.rows(), [])

    def test_no_order_flow(self):
        """Nothing would be imported, so nothing is read."""
        self._flow("order", "in").active = False
        self.place(("MUG", 3))
        self.assertEqual(self.refresh(), [])
        self.assertEqual(self.rows(), [])

    def test_less_is_sold(self):
        """The net below all notes: what was sold and is not any more is looked at."""
        event = self.wait_for(self.place(("MUG", 3)))
        self.refresh()
        self.env.cr.execute("UPDATE channel_event SET state = 'ignored' WHERE id = %s", [event.id])
        event.invalidate_recordset()
        self.forget_notes()
        self.refresh()
        self.assertEqual((self.rows(), self.noted()), ([], {""}))

    def test_again_changes_nothing(self):
        self.wait_for(self.place(("MUG", 3)))
        self.refresh()
        before = self.env["channel.demand"].search([]).ids
        self.refresh()
        self.assertEqual(self.env["channel.demand"].search([]).ids, before)

    def test_there_and_back(self):
        """An older state waits to be imported: the newer one is news, though Odoo has it."""
        order = self.place(("MUG", 1), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        line = order["line_items"][0]["id"]
        for pieces in (4, 1):
            self.store.clock.advance(5)
            self.store.edit_order(order["id"], set_quantity={line: pieces})
            self.refresh()
        self.assertEqual(self.demand_for(), (1.0, 0.0))
        self.run_pending()
        self.assertEqual(sale.order_line.product_uom_qty, 1.0)

    def test_what_is_owed_is_covered_first(self):
        """Sold, and gone from the shelf meanwhile: what the shop puts back is not sold again."""
        order = self.place(("MUG", 3))
        self.stock(self.mug, -9)
        self.noted()
        self._run(self._flow("stock", "out"), "_job_drain")
        mug = self.store.product("MUG")
        self.assertEqual(mug["stock_quantity"], -2)
        self.store.update_order(order["id"], status="cancelled")
        self.assertEqual(mug["stock_quantity"], 1)

    def test_imported_once(self):
        """What the drain has polled is imported as what any poll has read."""
        self.place(("MUG", 3))
        self.refresh()
        self.refresh()
        events = self.env["channel.event"].search([("kind", "=", "order")])
        self.assertEqual(len(events), 1)
        self.run_pending()
        self.assertEqual(events.state, "done")
        self.assertEqual(self.demand_for(), (0.0, 0.0))
