"""Number, completion and cancellation of an order reach the shop, once and not back."""

from odoo.tests import tagged

from ..services.order_status_exporter import ChannelOrderStatusExporter
from .outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestNumber(OutboundCase):
    def test_a_confirmed_order_gets_its_number_and_link(self):
        order, sale = self.sold()
        self.assertEqual(self.ended(sale), ("done", f"Number {sale.name}"))
        self.assertEqual(self.shop_meta(order, "odoo_order_number"), sale.name)
        link = self.shop_meta(order, "odoo_order_url")
        self.assertTrue(link.endswith(f"/odoo/sale.order/{sale.id}"), link)
        (put,) = self.calls("PUT")
        self.assertEqual(put.path, f"/wp-json/wc/v3/orders/{order['id']}")
        self.assertEqual(self.shop(order)["total"], order["total"])
        self.assertEqual(self.shop(order)["status"], "processing")

    def test_a_quotation_has_none_until_it_is_confirmed(self):
        order, sale = self.sold(status="on-hold", payment_method="bacs")
        self.assertEqual(sale.state, "draft")
        self.assertFalse(self.notes(sale))
        self.store.clock.advance(5)
        self.store.pay(order["id"])
        event = self.again(order)
        self.assertEqual(sale.state, "sale", event.reason)
        self.tell()
        self.assertEqual(self.shop_meta(order, "odoo_order_number"), sale.name)

    def test_nothing_new_makes_no_call(self):
        _order, sale = self.sold()
        calls = len(self.store.requests)
        self.env["channel.outbox"]._note("order_status", sale, lambda one: one)
        self.tell()
        self.assertEqual(self.ended(sale), ("ignored", "The shop has it already"))
        self.assertEqual(len(self.store.requests), calls)

    def test_a_first_import_tells_nothing_of_what_is_over(self):
        self.store.orders.clear()
        self._flow("refund", "in").active = False
        for status in ("completed", "refunded", "cancelled", "completed"):
            self.place(("MUG", 1), status=status)
        self.import_all()
        self.assertFalse(self.notes())
        self.assertEqual(self.calls("PUT"), [])

    def test_a_chunk_of_orders_makes_one_job(self):
        self.store.orders.clear()
        orders = [self.place(("MUG", 1)) for _number in range(6)]
        before = self.env["queue.job"].search([("model_name", "=", "channel.outbox")])
        self.import_all()
        jobs = self.env["queue.job"].search([("model_name", "=", "channel.outbox")]) - before
        self.assertEqual(len(self.notes()), 6)
        self.assertEqual([len(job.records) for job in jobs], [6])
        self.assertFalse(self.run_notes(jobs.records))
        self.assertEqual(set(self.notes().mapped("state")), {"done"})
        for order in orders:
            self.assertTrue(self.shop_meta(order, "odoo_order_number"))

    def test_noting_costs_the_same_for_many(self):
        sales = self.env["sale.order"].union(
            *(self.import_order(self.place(("MUG", 1))) for _number in range(4))
        )
        costs = []
        for some in (sales[:1], sales):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["channel.outbox"]._note("order_status", some, lambda one: one)
            self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*costs)


@tagged("post_install", "-at_install")
class TestCompleted(OutboundCase):
    def test_a_status_of_the_shops_own(self):
        self.store.statuses["ready"] = "Ready"
        rows = self.env["channel.map.status"]
        rows._ensure_rows(self.backend, {"ready": {"status": "processing"}})
        order, sale = self.sold()
        self.store.update_order(order["id"], status="ready")
        self.again(order)
        self.send(sale)
        self.tell()
        self.assertEqual(self.shop(order)["status"], "completed")

    def test_what_means_completed_is_written_down(self):
        """Of several statuses the one that is called like it; else the only one there is."""
        rows = self.env["channel.map.status"]
        self.store.statuses["archived"] = "Archived"
        rows._ensure_rows(self.backend, {"archived": {"status": "completed"}})
        order, sale = self.sold()
        self.send(sale)
        self.tell()
        self.assertEqual(self.shop(order)["status"], "completed")
        rows._find(self.backend, "completed").status = False
        order, sale = self.sold()
        self.send(sale)
        self.tell()
        self.assertEqual(self.shop(order)["status"], "archived")

    def test_nothing_means_completed(self):
        self.env["channel.map.status"]._find(self.backend, "completed").status = False
        order, sale = self.sold()
        self.send(sale)
        self.tell()
        note = self.notes(sale)[-1]
        self.assertEqual((note.state, note.issue_id.code), ("blocked", "unmapped"))
        self.env["channel.map.status"]._find(self.backend, "completed").status = "completed"
        note.issue_id.action_retry()
        self.tell()
        self.assertEqual(self.shop(order)["status"], "completed")
        self.assertEqual(note.issue_id.state, "resolved")

    def test_an_unpaid_order_is_not_completed_before_it_is_paid(self):
        """A shop takes what is completed for paid."""
        self.policy("bacs", "always")
        order, sale = self.sold(status="on-hold", payment_method="bacs")
        self.assertEqual(sale.state, "sale")
        self.send(sale)
        self.tell()
        self.assertEqual(self.shop(order)["status"], "on-hold")
        self.assertIn("waits for the payment", self.ended(sale)[1])
        self.store.clock.advance(5)
        self.store.pay(order["id"])
        self.again(order)
        self.tell()
        self.assertEqual(self.shop(order)["status"], "completed")

    def test_the_shop_was_faster(self):
        order, sale = self.sold()
        self.send(sale)
        self.store.update_order(order["id"], status="refunded")
        puts = len(self.calls("PUT"))
        self.tell()
        self.assertEqual(self.ended(sale), ("ignored", "Left as it is in the shop (refunded)"))
        self.assertEqual(self.shop(order)["status"], "refunded")
        self.assertEqual(len(self.calls("PUT")), puts + 1, "meta data of the shipment's note")

    def test_a_blocked_shipment_holds_the_completion_back(self):
        order, sale = self.sold()
        picking = self.send(sale)
        note = self.notes(picking)
        self.server.faults.add("403-html", method="POST", path="/notes")
        self.run_notes(note)
        self.assertEqual(note.state, "blocked")
        self.backend.state = "connected"
        self.env["channel.outbox"]._note("order_status", sale, lambda one: one)
        self.tell()
        self.assertIn("was not told of every shipment", self.ended(sale)[1])
        self.assertEqual(self.shop(order)["status"], "processing")
        note.issue_id.action_retry()
        self.tell()
        self.assertEqual(self.shop(order)["status"], "completed")

    def test_a_shipment_that_a_person_ignores_holds_nothing_back(self):
        order, sale = self.sold()
        note = self.notes(self.send(sale))
        self.server.faults.add("403-html", method="POST", path="/notes")
        self.run_notes(note)
        self.backend.state = "connected"
        note.issue_id.ignore_reason = "The courier told them"
        note.issue_id.action_ignore()
        self.tell()
        self.assertEqual(self.shop(order)["status"], "completed")

    def test_services_alone(self):
        self.mug.write({"type": "service", "is_storable": False})
        order, sale = self.sold(("MUG", 2), fees=[("Gift wrap", "2.50")])
        self.assertFalse(sale.picking_ids)
        self.line_of(sale, order["line_items"][0]).qty_delivered = 2
        self.tell()
        self.assertEqual(self.shop(order)["status"], "completed")


@tagged("post_install", "-at_install")
class TestCancelled(OutboundCase):
    def test_before_shipment(self):
        order, sale = self.sold()
        sale.action_cancel()
        self.assertTold(sale)
        self.assertEqual(self.shop(order)["status"], "cancelled")
        self.assertEqual(self.ended(sale), ("done", "Status cancelled"))

    def test_a_quotation_that_waits_for_its_payment(self):
        order, sale = self.sold(status="pending")
        sale.action_cancel()
        self.assertTold(sale)
        self.assertEqual(self.shop(order)["status"], "cancelled")

    def test_refused_when_the_shop_has_completed_it(self):
        order, sale = self.sold()
        self.store.update_order(order["id"], status="completed")
        sale.action_cancel()
        self.tell()
        note = self.notes(sale)[-1]
        self.assertEqual((note.state, note.issue_id.code), ("blocked", "cancel_refused"))
        self.assertIn("completed", note.issue_id.title)
        self.assertIn("Refund it there", note.issue_id.suggestion)
        self.assertEqual(note.issue_id.record, sale)
        self.assertEqual(self.shop(order)["status"], "completed")
        self.store.refund_order(order["id"], amount=order["total"])
        note.issue_id.action_retry()
        self.tell()
        self.assertEqual((note.state, note.issue_id.state), ("ignored", "resolved"))

    def test_after_a_shipment(self):
        order, sale = self.sold(("MUG", 2), ("BOOK", 1))
        self.assertTold(self.send(sale, MUG=2))
        sale.action_cancel()
        self.tell()
        note = self.notes(sale)[-1]
        self.assertEqual((note.state, note.issue_id.code), ("blocked", "cancelled_after_shipment"))
        self.assertEqual(self.shop(order)["status"], "processing")

    def test_what_the_shop_cancelled_is_not_told_back(self):
        order, sale = self.sold()
        self.store.update_order(order["id"], status="cancelled")
        notes, puts = self.notes(), len(self.calls("PUT"))
        self.again(order)
        self.assertEqual(sale.state, "cancel")
        self.tell()
        self.assertEqual((self.notes(), len(self.calls("PUT"))), (notes, puts))

    def test_trashed_in_the_shop_meanwhile(self):
        order, sale = self.sold()
        self.store.trash_order(order["id"])
        sale.action_cancel()
        self.tell()
        self.assertEqual(self.ended(sale)[0], "ignored")
        self.assertEqual(self.shop(order)["status"], "trash")

    def test_an_unmapped_status_is_asked_for(self):
        order, sale = self.sold()
        self.store.statuses["odd"] = "Odd"
        self.store.update_order(order["id"], status="odd")
        sale.action_cancel()
        self.tell()
        self.assertEqual(self.notes(sale)[-1].issue_id.code, "unmapped")
        self.assertEqual(self.shop(order)["status"], "odd")


@tagged("post_install", "-at_install")
class TestWhatIsSent(OutboundCase):
    def test_never_lines_nor_addresses(self):
        """Anything else than status and meta data makes a shop work out the taxes again."""
        _order, sale = self.sold(("MUG", 3), ("BOOK", 1), shipping=[("flat_rate", "4.95")])
        self.send(sale)
        self.tell()
        _order, sale = self.sold()
        sale.action_cancel()
        self.tell()
        for call in self.calls("PUT"):
            sent = {name for name in call.body if not name.startswith("oauth_")} - {"dp"}
            self.assertLessEqual(sent, {"status", "meta_data"})

    def test_an_override_may_tell_more(self):
        prepare = ChannelOrderStatusExporter._prepare_meta

        def more(exporter, order):
            return {**prepare(exporter, order), "picker": "Ann"}

        self.patch(ChannelOrderStatusExporter, "_prepare_meta", more)
        order, _sale = self.sold()
        self.assertEqual(self.shop_meta(order, "picker"), "Ann")
