"""Our own writes come back as webhooks, over real HTTP both ways, and end as echoes."""

from odoo.tests import HttpCase, tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from ..controllers.webhook import _flood
from ..services.order_status_exporter import ChannelOrderStatusExporter
from .outbound_case import OutboundCase

ECHO = "echo: our own change came back"
SECRET = "s3cret-of-the-hook"


class EchoCase(OutboundCase, HttpCase):
    """The shop delivers its webhooks to the real endpoint; ``listen`` works on what came."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.webhook_secret = SECRET
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        _flood._moments.clear()
        self.store.webhooks.records.clear()
        self.store.webhooks.pending.clear()
        url = f"{self.base_url()}/channel/{self.backend.webhook_token}/webhook"
        for topic in ("order.created", "order.updated", "order.deleted"):
            self.store.webhooks.create({"topic": topic, "delivery_url": url, "secret": SECRET})

    def listen(self):
        """Deliver what waits in the shop, run its jobs; returns the events as they ended."""
        before = self.env["channel.event"].search([("backend_id", "=", self.backend.id)])
        self.env.flush_all()
        with self.allow_requests():
            self.store.delivery_headers = {
                "Cookie": f"{TEST_CURSOR_COOKIE_NAME}={self.http_request_key}"
            }
            statuses = self.store.deliver()
        self.assertLessEqual({status for status, _topic, _id in statuses}, {200})
        self.env.invalidate_all()
        self.run_pending()
        events = self.env["channel.event"].search([("backend_id", "=", self.backend.id)])
        return (events - before).filtered(lambda event: event.source == "webhook")

    def quiet(self):
        """Tell and listen until neither side has anything to say; returns the rounds it took."""
        for number in range(10):
            self.tell()
            if not self.listen():
                return number
        return self.fail("the two never stop")

    def bought(self, *lines, **cart):
        """An order that came by its webhook and was acknowledged."""
        order = self.place(*(lines or [("MUG", 2), ("BOOK", 1)]), **cart)
        self.listen()
        binding = self.env["channel.binding.order"]._find(self.backend, str(order["id"]))
        self.assertTrue(binding)
        self.store.clock.advance(5)
        return order, binding.odoo_id

    def assertEcho(self, events):
        """There are events, and each of them is our own change."""
        self.assertTrue(events)
        self.assertEqual(
            {(event.state, event.reason) for event in events}, {("ignored", ECHO)}, events
        )


@tagged("post_install", "-at_install")
class TestEcho(EchoCase):
    def test_number(self):
        _order, sale = self.bought()
        self.tell()
        self.assertEcho(self.listen())
        self.assertEqual(
            sale.channel_binding_ids.sent_fingerprint, sale.channel_binding_ids.fingerprint
        )

    def test_note_and_completion_of_cash_on_delivery(self):
        """The shop takes an order for paid that was completed: that is news, not an echo."""
        order, sale = self.bought(payment_method="cod")
        self.quiet()
        binding = sale.channel_binding_ids
        self.assertFalse(binding.paid_at)
        follow_ups = []

        def follow_up(orders, kind):
            follow_ups.extend((order, kind) for order in orders)

        self.patch(type(sale), "_channel_follow_up", follow_up)
        self.send(sale)
        self.tell()
        self.assertEqual(self.shop(order)["status"], "completed")
        self.assertEqual((binding.status_code, bool(binding.paid_at)), ("completed", True))
        self.assertEqual(follow_ups, [(sale, "payment")])
        self.assertEcho(self.listen())
        self.assertEqual(len(follow_ups), 1)

    def test_completion_of_what_was_paid(self):
        order, sale = self.bought(payment_method="stripe", transaction_id="ch_1")
        self.quiet()
        paid = sale.channel_binding_ids.paid_at
        self.assertTrue(paid)
        self.send(sale)
        self.tell()
        self.assertEqual(self.shop(order)["status"], "completed")
        self.assertEqual(sale.channel_binding_ids.paid_at, paid)
        self.assertEcho(self.listen())

    def test_cancellation(self):
        """An echo must not look like the shop's own: that one it may take back."""
        order, sale = self.bought()
        self.quiet()
        sale.action_cancel()
        self.tell()
        self.assertEqual(self.shop(order)["status"], "cancelled")
        self.assertEcho(self.listen())
        self.assertFalse(sale.channel_binding_ids.cancelled_by_shop)
        self.store.clock.advance(5)
        self.store.update_order(order["id"], status="processing")
        (event,) = self.listen()
        self.assertEqual((event.state, sale.state), ("ignored", "cancel"))
        self.assertIn("cancelled in Odoo", event.reason)

    def test_tracking(self):
        self.store.features.add("shipment-tracking")
        self.shipments.complete_order = False
        order, sale = self.bought()
        self.quiet()
        self.send(sale, tracking="A1", carrier=self._carrier())
        self.tell()
        self.assertEqual(len(self.store.trackings(order["id"])), 1)
        self.assertEcho(self.listen())

    def test_a_note_makes_no_event(self):
        order, sale = self.bought()
        self.quiet()
        picking = self.send(sale)
        self.quiet()
        self.give_back(picking, MUG=1)
        self.tell()
        self.assertEqual(len(self.shop_notes(order)), 2)
        self.assertFalse(self.listen())

    def test_no_ping_pong(self):
        order, sale = self.bought()
        self.send(sale, MUG=1)
        self.quiet()
        self.send(sale)
        self.quiet()
        puts, notes = len(self.calls("PUT")), len(self.notes())
        for _number in range(3):
            self.store.clock.advance(5)
            self.store.webhooks.emit("order.updated", order["id"])
            self.assertEcho(self.listen())
            self.tell()
        self.assertEqual((len(self.calls("PUT")), len(self.notes())), (puts, notes))


@tagged("post_install", "-at_install")
class TestFulfilmentEcho(EchoCase):
    store_options = {**OutboundCase.store_options, "version": "10.3.0"}

    def test_fulfilment(self):
        self.store.features.add("fulfillments")
        self.shipments.complete_order = False
        _order, sale = self.bought()
        self.quiet()
        self.send(sale, tracking="A1")
        self.tell()
        self.assertEqual(len(self.store.fulfillments), 1)
        self.assertEcho(self.listen())


@tagged("post_install", "-at_install")
class TestRealEdits(EchoCase):
    """What the shop changed between our reading and our writing is not swallowed."""

    def test_edited_before_our_number_arrived(self):
        order, _sale = self.bought(("MUG", 1))
        self.store.update_order(order["id"], customer_note="Ring twice")
        self.tell()
        (event,) = self.listen()
        self.assertNotEqual(event.reason, ECHO)
        self.assertEqual(event.state, "done")

    def test_paid_before_our_number_arrived(self):
        self.policy("bacs", "always")
        order, sale = self.bought(status="on-hold", payment_method="bacs")
        self.store.pay(order["id"])
        self.tell()
        self.assertEqual(sale.channel_status, "on-hold")
        (event,) = self.listen()
        self.assertEqual((event.state, sale.channel_status), ("done", "processing"))
        self.assertTrue(sale.channel_binding_ids.paid_at)

    def test_cancelled_before_our_completion(self):
        order, sale = self.bought()
        self.quiet()
        self.send(sale)
        self.store.update_order(order["id"], status="cancelled")
        self.tell()
        self.assertEqual(self.shop(order)["status"], "cancelled")
        (event,) = self.listen()
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "cancelled_too_late"))

    def test_changed_before_our_completion(self):
        order, sale = self.bought(shipping_address={"first_name": "Jane", "city": "Gent"})
        self.quiet()
        self.send(sale)
        self.store.update_order(order["id"], customer_note="Leave it with the neighbours")
        self.tell()
        self.assertEqual(self.shop(order)["status"], "completed")
        (event,) = self.listen()
        self.assertNotEqual(event.reason, ECHO)
        self.assertEqual(sale.channel_status, "completed")

    def test_the_webhook_is_faster_than_our_memory(self):
        """Killed after the shop was told: the webhook brings in what we did, and nothing more."""
        order, sale = self.bought()
        self.quiet()
        self.send(sale)
        (shipment,) = self.notes(kind="shipment")
        self.run_notes(shipment)
        (note,) = self.notes(sale, state="pending")
        self.kill_while_storing(note, ChannelOrderStatusExporter)
        (event,) = self.listen()
        self.assertEqual((event.state, sale.channel_status), ("done", "completed"))
        puts = len(self.calls("PUT"))
        self.tell()
        self.assertEqual((note.state, len(self.calls("PUT"))), ("ignored", puts))
        self.assertEqual(len(self.mails(order, "completed")), 1)

    def test_refunded_before_our_completion(self):
        self._flow("refund", "in").active = False
        order, sale = self.bought(("MUG", 2))
        self.quiet()
        self.send(sale)
        self.store.refund_order(order["id"], amount="5.00")
        self.tell()
        (event,) = self.listen()
        self.assertNotEqual(event.reason, ECHO)
