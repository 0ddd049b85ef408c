"""The poll and the sweep: what no webhook told, and what lost its job."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ChannelCase


@tagged("post_install", "-at_install")
class TestPoll(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_product("MUG", "12.50")

    def setUp(self):
        super().setUp()
        self.store.orders.clear()
        self.flow = self.backend.flow_ids.filtered(lambda flow: flow.kind == "order")

    def _poll(self):
        self.env.flush_all()
        with self.registry.cursor() as cr:
            result = self.flow.with_env(self.flow.env(cr=cr))._job_poll()
        self.env.invalidate_all()
        return result

    def _events(self):
        return self.env["channel.event"].search([("backend_id", "=", self.backend.id)])

    def test_many_orders_are_imported_in_chunks(self):
        orders = [self.place(("MUG", quantity)) for quantity in range(1, 31)]
        self.assertEqual(self._poll(), "30 records")
        jobs = self.env["queue.job"].search([("method_name", "=", "_job_process_chunk")])
        self.assertEqual(sorted(len(job.records) for job in jobs), [5, 25])
        calls = len(self.store.requests)
        for job in jobs:
            self.run_chunk(job.records)
        self.assertEqual(len(self.store.requests), calls, "the poll has read them already")
        self.assertEqual(set(self._events().mapped("state")), {"done"})
        sales = self.env["sale.order"].search([("channel_backend_id", "=", self.backend.id)])
        self.assertEqual(len(sales), 30)
        by_id = {sale.channel_binding_ids.external_id: sale for sale in sales}
        for order in orders:
            self.assertTotals(by_id[str(order["id"])], order)

    def test_a_second_poll_brings_nothing_new(self):
        for _number in range(3):
            self.place(("MUG", 1))
        self.import_all()
        self.assertEqual(self._poll(), "0 records")
        self.assertEqual(len(self._events()), 3)

    def test_two_changes_within_a_second(self):
        """The second one is read while the event of the first one still waits."""
        self.store.clock.freeze()
        self.addCleanup(self.store.clock.run)
        order = self.place(("MUG", 1))
        self.assertEqual(self._poll(), "1 records")
        self.store.edit_order(order["id"], set_quantity={order["line_items"][0]["id"]: 3})
        self.assertEqual(self._poll(), "1 records")
        self.assertEqual(len(set(self._events().mapped("occurred_at"))), 1)
        self.run_pending()
        sale = self.env["sale.order"].search([("channel_backend_id", "=", self.backend.id)])
        self.assertEqual(sale.order_line.product_uom_qty, 3)

    def test_one_bad_order_does_not_hold_up_its_chunk(self):
        good = [self.place(("MUG", 1)) for _number in range(3)]
        self.store.add_product(sku="UNKNOWN", name="Unknown", regular_price="5")
        bad = self.place(("UNKNOWN", 1))
        self.import_all()
        states = {event.external_id: event.state for event in self._events()}
        self.assertEqual(states.pop(str(bad["id"])), "blocked")
        self.assertEqual(states, {str(order["id"]): "done" for order in good})

    def test_an_order_changed_between_page_and_import_is_not_lost(self):
        order = self.place(("MUG", 1), status="pending", payment_method="bacs")
        self._poll()
        (polled,) = self._events()
        self.store.clock.advance(60)
        self.store.update_order(order["id"], status="processing")
        hint = self.note(order["id"])
        self.run_job(polled)
        sale = self.env["sale.order"].search([("channel_backend_id", "=", self.backend.id)])
        self.assertEqual(sale.state, "sale", "the hint made the job ask the shop again")
        self.assertFalse((polled | hint).filtered(lambda event: event.state == "pending"))

    def test_a_page_older_than_what_is_known_is_stale(self):
        order = self.place(("MUG", 1), status="pending", payment_method="bacs")
        old = self.store_payload(order["id"])
        self.store.clock.advance(60)
        self.store.update_order(order["id"], status="processing")
        sale = self.import_order(order)
        self.assertEqual(sale.state, "sale")
        event = self.import_payload(old)
        self.assertEqual(event.state, "ignored")
        self.assertEqual(sale.channel_binding_ids.status_code, "processing")

    def store_payload(self, order_id):
        adapter = self.backend._adapter()
        try:
            return dict(adapter.fetch_order(str(order_id)).payload)
        finally:
            adapter.close()

    def test_orders_before_the_cut_off_are_left_alone(self):
        self.place(("MUG", 1))
        self.backend.import_since = fields.Datetime.now() + timedelta(days=1)
        self.assertEqual(self._poll(), "0 records")

    def test_a_poll_that_breaks_off_keeps_its_pages(self):
        self.flow.batch_size = 2
        for _number in range(5):
            self.place(("MUG", 1))
        self.server.faults.add("502-html", path=r"/orders", skip=1)
        self.assertTrue(self._run(self.flow, "_job_poll").ignore_retry)
        self.assertEqual(len(self._events()), 2)
        self.env["channel.gate"]._of(self.backend).write({"open_until": False, "failures": 0})
        self._poll()
        self.assertEqual(len(self._events()), 5)


@tagged("post_install", "-at_install")
class TestTick(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_product("MUG", "12.50")
        cls.backend._remember_identity()

    def _jobs(self, method):
        return self.env["queue.job"].search(
            [("method_name", "=", method), ("state", "=", "pending")]
        )

    def _old_event(self):
        event = self.note(self.place(("MUG", 1))["id"])
        event.received_at = fields.Datetime.now() - timedelta(minutes=2)
        return event

    def test_due_flows_are_polled_once(self):
        self.backend._tick()
        self.backend._tick()
        jobs = self._jobs("_job_poll")
        self.assertEqual(
            sorted(jobs.mapped("name")), ["poll customer", "poll order", "poll refund"]
        )

    def test_the_cron_ticks_every_connected_backend(self):
        self.env.ref("channel_connector.cron_tick").method_direct_trigger()
        self.assertTrue(self._jobs("_job_poll"))

    def test_an_event_without_a_job_gets_one(self):
        event = self._old_event()
        self._jobs("_job_process").unlink()
        self.backend._tick()
        self.assertEqual(len(self._jobs("_job_process")), 1)
        self.run_job(event)
        self.assertEqual(event.state, "done")

    def test_an_event_with_a_live_job_is_left_alone(self):
        self._old_event()
        self.backend._tick()
        self.assertEqual(len(self._jobs("_job_process")), 1)

    def test_events_of_a_live_chunk_are_left_alone(self):
        events = self._old_event() | self._old_event()
        self._jobs("_job_process").unlink()
        events._enqueue_chunks()
        self.backend._tick()
        self.assertFalse(self._jobs("_job_process"))

    def test_a_failed_or_cancelled_job_is_no_live_one(self):
        for state in ("failed", "cancelled", "done"):
            with self.subTest(state=state):
                self._old_event()
                self.env["queue.job"].search([("state", "=", "pending")]).write({"state": state})
                self.backend._tick()
                self.assertTrue(self._jobs("_job_process"))

    def test_what_stays_stuck_becomes_an_issue(self):
        event = self._old_event()
        for _number in range(5):
            self._jobs("_job_process").unlink()
            self.backend._tick()
        self.assertEqual(event.sweeps, 5)
        issue = self.env["channel.issue"].search([("code", "=", "stuck")])
        self.assertEqual(len(issue), 1)
        self.assertIn(event.external_id, issue.title)

    def test_a_paused_backend_rests(self):
        self._old_event()
        self._jobs("_job_process").unlink()
        self.backend.state = "paused"
        self.env["channel.backend"]._cron_tick()
        self.assertFalse(self._jobs("_job_process") | self._jobs("_job_poll"))
