"""Orders that come in again: unchanged, changed, stale, over and back; and many at once."""

from datetime import datetime, timedelta, timezone

from odoo.tests import tagged

from .line_case import WorkflowCase


@tagged("post_install", "-at_install")
class TestAgain(WorkflowCase):
    def test_nothing_changed(self):
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        written = sale.channel_binding_ids.synced_at
        event = self.again(order)
        self.assertEqual((event.state, event.reason), ("ignored", "Nothing changed"))
        self.assertEqual(event.res_id, sale.id)
        self.assertEqual(sale.channel_binding_ids.synced_at, written)

    def test_an_echo_is_nothing_new(self):
        """A change of meta data, of a product's SKU or of nothing moves only the date."""
        order = self.place(("MUG", 1))
        self.import_order(order)
        self.store.clock.advance(60)
        self.store.update_order(order["id"], meta_data=[{"key": "_odoo", "value": "S1"}])
        self.store.product("BOOK")["sku"] = "BOOK"
        event = self.again(order)
        self.assertEqual((event.state, event.reason), ("ignored", "Nothing changed"))

    def test_older_data_is_stale(self):
        order = self.place(("MUG", 1))
        old = self.payload(order)
        self.store.clock.advance(60)
        self.store.update_order(order["id"], status="completed")
        sale = self.import_order(order)
        old["status"] = "on-hold"
        event = self.import_payload(old)
        self.assertEqual(event.state, "ignored")
        self.assertIn("Older", event.reason)
        self.assertEqual(sale.channel_status, "completed")

    def test_the_moment_of_reading_decides_within_a_second(self):
        order = self.place(("MUG", 1))
        payload = self.payload(order)
        sale = self.import_order(order)
        payload["status"] = "on-hold"
        now = datetime.now(timezone.utc)
        event = self.import_payload(payload, fetched_at=now - timedelta(minutes=1))
        self.assertIn("Older", event.reason)
        event = self.import_payload(payload, fetched_at=now + timedelta(minutes=1))
        self.assertEqual((event.state, sale.channel_status), ("done", "on-hold"))

    def test_a_clock_that_was_set_back(self):
        """A change gets a moment before the last one's: the order is read once more, later."""
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        self.store.clock.advance(-300)
        self.addCleanup(self.store.clock.advance, 300)
        self.store.update_order(order["id"], status="on-hold")
        self.assertIn("Older", self.again(order).reason)
        job = self.env["queue.job"].search([("method_name", "=", "_job_look_again")])
        self.assertTrue(job.eta)
        sale.channel_binding_ids.fetched_at -= timedelta(seconds=90)
        self.backend._job_look_again("order", [str(order["id"])])
        self.run_pending()
        self.assertEqual(sale.channel_status, "on-hold")

    def test_a_reading_from_before_the_clock_was_set_back(self):
        """Its moment of change is the later one; it is old all the same."""
        order = self.place(("MUG", 1))
        old = {**self.payload(order), "date_modified_gmt": "2030-01-01T00:00:00"}
        self.store.update_order(order["id"], status="completed")
        sale = self.import_order(order)
        before = datetime.now(timezone.utc) - timedelta(minutes=5)
        self.assertIn("Older", self.import_payload(old, fetched_at=before).reason)
        self.assertEqual(sale.channel_status, "completed")

    def test_a_person_may_ask_again(self):
        """After a rule was changed, for instance: what is held may go."""
        self.policy("cod", "quotation")
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        self.policy("cod", "released")
        self.assertEqual(self.again(order).state, "ignored")
        event = self.again(order, source="manual")
        self.assertEqual((event.state, sale.state), ("done", "sale"))

    def test_a_quotation_follows_completely(self):
        order = self.place(("MUG", 1), ("BOOK", 1), status="pending", customer_note="Old")
        sale = self.import_order(order)
        changed = self.payload(self.place(("BOOK", 3), shipping=[("flat_rate", "5")]))
        payload = self.payload(order)
        for name in ("line_items", "shipping_lines", "tax_lines", "total", "total_tax", "cart_tax"):
            payload[name] = changed[name]
        payload["shipping"] = {**payload["shipping"], "address_1": "Other Street 9"}
        payload["customer_note"] = "New"
        event = self.import_payload(payload)
        self.assertEqual((event.state, event.res_id), ("done", sale.id), event.reason)
        self.assertEqual(sale.order_line.product_id[0], self.book)
        self.assertEqual(sale.partner_shipping_id.street, "Other Street 9")
        self.assertIn("New", sale.note)
        self.assertEqual(f"{sale.amount_total:.2f}", f"{float(payload['total']):.2f}")
        self.assertEqual(sale.state, "draft")

    def test_a_confirmed_order_follows_status_and_number(self):
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        payload = self.payload(order)
        payload.update(status="completed", number="2025-1")
        event = self.import_payload(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.assertEqual((sale.channel_status, sale.client_order_ref), ("completed", "2025-1"))

    def test_cancelled_here_is_not_revived(self):
        order = self.place(("MUG", 1), status="pending")
        sale = self.import_order(order)
        sale.action_cancel()
        self.store.update_order(order["id"], status="processing")
        event = self.again(order)
        self.assertEqual((event.state, sale.state), ("ignored", "cancel"))
        self.assertIn("in Odoo", event.reason)


@tagged("post_install", "-at_install")
class TestOver(WorkflowCase):
    def test_cancelled(self):
        for status in ("cancelled", "failed"):
            with self.subTest(status=status):
                order = self.place(("MUG", 1))
                sale = self.import_order(order)
                self.store.update_order(order["id"], status=status)
                event = self.again(order)
                self.assertEqual((event.state, sale.state), ("done", "cancel"), event.reason)
                self.assertEqual(sale.picking_ids.state, "cancel")
                self.assertEqual(sale.channel_status, status)
                event = self.again(order)
                self.assertEqual((event.state, sale.state), ("ignored", "cancel"))

    def test_locked_orders_too(self):
        self.env["res.config.settings"].create({"group_auto_done_setting": True}).execute()
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        self.assertTrue(sale.locked)
        self.store.update_order(order["id"], status="cancelled")
        self.again(order)
        self.assertEqual(sale.state, "cancel")

    def test_trash_restore_trash_ends_cancelled(self):
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        for act, state in (
            (self.store.trash_order, "cancel"),
            (self.store.restore_order, "sale"),
            (self.store.trash_order, "cancel"),
        ):
            act(order["id"])
            event = self.again(order)
            self.assertEqual((event.state, sale.state), ("done", state), event.reason)
        self.assertTotals(sale, order)

    def test_restored_order_is_delivered(self):
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        self.store.trash_order(order["id"])
        self.again(order)
        self.store.restore_order(order["id"])
        self.again(order)
        open_moves = sale.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(open_moves.mapped("product_uom_qty"), [2])

    def test_deleted_for_good(self):
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        self.store.delete_order(order["id"])
        event = self.again(sale)
        self.assertEqual((event.state, sale.state), ("done", "cancel"), event.reason)
        self.assertIn("deleted", event.reason)

    def test_too_late_after_delivery(self):
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        self.ship(sale)
        self.store.update_order(order["id"], status="cancelled")
        event = self.again(order)
        self.assertEqual((event.state, sale.state), ("blocked", "sale"))
        self.assertEqual(event.issue_id.code, "cancelled_too_late")
        self.assertIn(sale.picking_ids.name, event.issue_id.title)

    def test_refunded_after_import_leaves_the_order(self):
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        self.store.update_order(order["id"], status="refunded")
        event = self.again(order)
        self.assertEqual((event.state, sale.state), ("done", "sale"), event.reason)
        self.assertEqual(sale.channel_status, "refunded")


@tagged("post_install", "-at_install")
class TestChunks(WorkflowCase):
    def test_one_bad_order_blocks_only_itself(self):
        payloads = [self.payload(self.place(("MUG", number))) for number in (1, 2, 3)]
        payloads[1]["line_items"][0].update(product_id=987, sku="NOBODY-KNOWS")
        events = self.poll(*payloads)
        self.run_chunk(events)
        self.assertEqual(events.mapped("state"), ["done", "blocked", "done"])
        self.assertEqual(events[1].issue_id.code, "unknown_product")
        sales = self.env["sale.order"].browse([event.res_id for event in events if event.res_id])
        self.assertEqual(sales.mapped("state"), ["sale", "sale"])

    def test_what_odoo_refuses_goes_on_alone(self):
        """A delivery method that was given to another company: Odoo raises when it is used."""
        service = self._make_product("FOREIGN", type="service", is_storable=False)
        carrier = self.env["delivery.carrier"].create({"name": "Van", "product_id": service.id})
        self.map_carrier("flat_rate", carrier)
        service.company_id = self._make_company("Other Company")
        good = self.payload(self.place(("MUG", 1)))
        bad = self.payload(self.place(("MUG", 2), shipping=[("flat_rate", "5")]))
        events = self.poll(good, bad)
        self.run_chunk(events)
        self.assertEqual(set(events.mapped("state")), {"pending"})
        self.run_pending()
        self.assertEqual(events.mapped("state"), ["done", "blocked"])
        self.assertEqual(events[1].issue_id.code, "odoo_refused")
        self.assertFalse(events[1].res_id)

    def test_same_order_twice_in_a_chunk(self):
        payload = self.payload(self.place(("MUG", 1)))
        newer = {**payload, "status": "completed", "date_modified_gmt": "2030-01-01T00:00:00"}
        events = self.poll(payload, newer)
        self.run_chunk(events)
        self.assertEqual(events.mapped("state"), ["done", "done"])
        self.assertEqual(len(self.env["channel.binding.order"].search([])), 1)

    def test_a_poll_leaves_out_what_is_here_already(self):
        known, changed = self.place(("MUG", 1)), self.place(("MUG", 2))
        self.import_order(known)
        self.import_order(changed)
        self.store.update_order(changed["id"], status="completed")
        new = self.place(("MUG", 3))
        events = self.import_all()
        self.assertEqual(set(events.mapped("external_id")), {str(changed["id"]), str(new["id"])})
