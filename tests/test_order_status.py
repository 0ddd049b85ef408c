"""What each status of the shop does, and when the goods of an order may leave."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import Cart
from .edit_case import EditCase


class StatusCase(EditCase):
    def say(self, order, status):
        """The shop says a status; returns the event as it ended."""
        self.store.clock.advance(5)
        self.store.update_order(order["id"], status=status)
        return self.again(order)

    def assertBlocked(self, sale, text):
        self.assertEqual((sale.state, sale.channel_delivery_blocked), ("sale", True))
        self.assertIn(text, sale.channel_hold_reason)
        picking = sale.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        picking.move_ids.write({"quantity": 1, "picked": True})
        with self.assertRaisesRegex(UserError, f"{picking.name} can't leave yet.*{text}"):
            picking.button_validate()
        with self.assertRaises(UserError):
            picking._action_done()

    def assertFree(self, sale):
        self.assertEqual((sale.state, sale.channel_delivery_blocked), ("sale", False))
        self.assertFalse(sale.channel_hold_reason)
        self.send(sale)
        self.assertEqual(sale.delivery_status, "full")


@tagged("post_install", "-at_install")
class TestEachStatus(StatusCase):
    """The meaning of every status, for an order that is new and for one that is confirmed."""

    #: status → (state of a new order, state after a confirmed order got it)
    MEANINGS = {
        "pending": ("draft", "sale"),
        "on-hold": ("draft", "sale"),
        "processing": ("sale", "sale"),
        "completed": ("sale", "sale"),
        "cancelled": (None, "cancel"),
        "failed": (None, "cancel"),
        "refunded": ("draft", "sale"),
        "checkout-draft": (None, "sale"),
    }

    def test_new(self):
        for status, (state, _later) in self.MEANINGS.items():
            with self.subTest(status=status):
                order = self.place(("MUG", 1))
                self.store.orders[order["id"]]["status"] = status
                event = self.receive(order["id"])
                sale = self.env["sale.order"].browse(event.res_id)
                self.assertEqual(event.state, "done" if state else "ignored", event.reason)
                self.assertEqual(sale.state or None, state)
                self.assertEqual(bool(sale.channel_hold_reason), state == "draft")

    def test_confirmed(self):
        for status, (_state, later) in self.MEANINGS.items():
            with self.subTest(status=status):
                order = self.place(("MUG", 1), status="processing")
                sale = self.import_order(order)
                self.store.orders[order["id"]]["status"] = status
                event = self.again(order)
                self.assertIn(event.state, ("done", "ignored"), event.reason)
                self.assertEqual(sale.state, later)

    def test_trashed_deleted_restored(self):
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        for act, state in (
            (self.store.trash_order, "cancel"),
            (self.store.restore_order, "sale"),
            (self.store.delete_order, "cancel"),
        ):
            act(order["id"])
            event = self.again(order)
            self.assertEqual((event.state, sale.state), ("done", state), event.reason)
        self.assertEqual(self.demand(sale), {})

    def test_failed_payment_that_succeeds_after_all(self):
        order = self.place(("MUG", 2), payment_method="stripe")
        sale = self.import_order(order)
        self.say(order, "failed")
        self.assertEqual(sale.state, "cancel")
        self.store.pay(order["id"])
        self.assertEqual(self.again(order).state, "done")
        self.assertEqual((sale.state, self.demand(sale)), ("sale", {"MUG": 2}))
        self.assertTotals(sale, order)

    def test_unknown_status_waits_for_its_mapping(self):
        """Held with an issue; mapped, it is what the mapping says, for those that wait, too."""
        self.store.statuses["packed"] = "Packed"
        held = self.place(("MUG", 1), status="packed")
        event = self.receive(held["id"])
        sale = self.env["sale.order"].browse(event.res_id)
        self.assertEqual((event.state, sale.state), ("blocked", "draft"))
        self.assertIn("packed", sale.channel_hold_reason)
        row = self.env["channel.map.status"]._find(self.backend, "packed")
        for means, state in (("on_hold", "draft"), ("processing", "sale")):
            row.status = means
            self.again(held, source="manual")
            self.assertEqual(sale.state, state)
            self.assertEqual(event.issue_id.state, "resolved")

    def test_mapped_status_of_each_meaning(self):
        for number, (means, state) in enumerate(
            (
                ("pending", "sale"),
                ("completed", "sale"),
                ("cancelled", "cancel"),
                ("failed", "cancel"),
                ("trashed", "cancel"),
                ("draft", "sale"),
            )
        ):
            with self.subTest(means=means):
                code = f"custom-{number}"
                self.store.statuses[code] = code
                rows = self.env["channel.map.status"]
                rows._ensure_rows(self.backend, {code: {"status": means}})
                order = self.place(("MUG", 1))
                sale = self.import_order(order)
                event = self.say(order, code)
                self.assertEqual((event.state != "blocked", sale.state), (True, state))

    def test_the_same_meaning_again_does_nothing(self):
        order = self.place(("MUG", 1), status="processing")
        sale = self.import_order(order)
        self.send(sale)
        self.assertEqual(self.say(order, "completed").state, "done")
        messages = len(sale.message_ids)
        self.assertEqual(self.again(order).state, "ignored")
        self.assertEqual((sale.state, len(sale.message_ids)), ("sale", messages))


@tagged("post_install", "-at_install")
class TestReleasedByPayment(StatusCase):
    """Workflow “Confirm when the shop releases it”."""

    def test_bank_transfer_paid_later(self):
        order = self.place(("MUG", 2), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        self.assertEqual((sale.state, sale.picking_ids.ids), ("draft", []))
        self.store.pay(order["id"])
        self.assertEqual(self.again(order).state, "done")
        self.assertFree(sale)

    def test_authorised_is_not_paid(self):
        order = self.place(("MUG", 2), payment_method="stripe", status=None, authorised=True)
        sale = self.import_order(order)
        self.assertEqual(sale.state, "draft")
        self.assertIn("authorised", sale.channel_hold_reason)
        self.assertFalse(sale.channel_binding_ids.paid_at)
        self.store.capture(order["id"])
        self.assertEqual(self.again(order).state, "done")
        self.assertFree(sale)

    def test_authorised_is_not_paid_whatever_the_status_says(self):
        payload = self.payload(
            self.place(("MUG", 2), payment_method="stripe", status=None, authorised=True)
        )
        payload["status"] = "processing"
        _event, sale = self.import_changed(payload)
        self.assertEqual(sale.state, "draft")

    def test_put_on_hold_after_its_release(self):
        """The shop wants to look at it again: what has not left stays."""
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        self.say(order, "on-hold")
        self.assertBlocked(sale, "On hold")
        self.say(order, "processing")
        self.assertFree(sale)

    def test_confirmed_by_hand_is_not_called_back(self):
        order = self.place(("MUG", 2), status="on-hold")
        sale = self.import_order(order)
        sale.action_confirm()
        self.say(order, "pending")
        self.assertFree(sale)


@tagged("post_install", "-at_install")
class TestBlockedUntilPaid(StatusCase):
    """Workflow “Confirm at once, deliver when paid”."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for method in ("bacs", "stripe"):
            row = cls.env["channel.map.payment"]._find(cls.backend, method)
            if not row:
                rows = cls.env["channel.map.payment"]
                rows._ensure_rows(cls.backend, {method: {}})
                row = rows._find(cls.backend, method)
            row.order_policy = "blocked"

    def test_reserved_but_not_sent_until_it_is_paid(self):
        stock = (
            self.env["stock.warehouse"]
            .search([("company_id", "=", self.company.id)], limit=1)
            .lot_stock_id
        )
        self.env["stock.quant"]._update_available_quantity(self.mug, stock, 5)
        order = self.place(("MUG", 2), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        self.assertEqual(
            (sale.picking_ids.state, sale.picking_ids.move_ids.quantity), ("assigned", 2)
        )
        self.assertBlocked(sale, "On hold")
        self.store.pay(order["id"])
        self.assertEqual(self.again(order).state, "done")
        self.assertIn("Deliveries released", sale.message_ids[0].body)
        self.assertFree(sale)

    def test_the_payment_comes_by_poll(self):
        """No webhook ever told of it."""
        order = self.place(("MUG", 2), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        self.store.clock.advance(5)
        self.store.pay(order["id"])
        self.import_all()
        self.assertFree(sale)

    def test_paid_while_the_shop_says_on_hold(self):
        order = self.place(("MUG", 2), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        payload = self.payload(order)
        payload["date_paid_gmt"] = payload["date_paid"] = "2030-01-01T00:00:00"
        self.import_payload(payload)
        self.assertFree(sale)

    def test_authorised_is_not_paid(self):
        order = self.place(("MUG", 2), payment_method="stripe", status=None, authorised=True)
        sale = self.import_order(order)
        self.assertBlocked(sale, "authorised")
        self.store.capture(order["id"])
        self.again(order)
        self.assertFree(sale)

    def test_paid_from_the_start(self):
        self.assertFree(self.buy(("MUG", 1), payment_method="stripe", status="processing"))

    def test_released_by_a_person(self):
        """And blocked again only when the shop says something new."""
        order = self.place(("MUG", 2), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        sale.action_channel_release()
        self.store.clock.advance(5)
        self.follow(order, customer_note="Ring twice")
        self.assertIn("by hand", "".join(sale.message_ids.mapped("body")))
        self.assertFree(sale)

    def test_edited_while_it_is_blocked(self):
        order = self.place(("MUG", 2), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        self.follow(order, {"MUG": 3})
        self.assertEqual(self.demand(sale), {"MUG": 3})
        self.assertBlocked(sale, "On hold")

    def test_a_risky_order_confirmed_by_a_person_still_waits_for_its_money(self):
        self.env["channel.risk.rule"].create(
            {"backend_id": self.backend.id, "name": "Look", "min_total": 1}
        )
        order = self.place(("MUG", 2), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        self.assertEqual((sale.state, sale.channel_hold_reason), ("draft", "Risk: Look"))
        sale.action_confirm()
        self.assertBlocked(sale, "Not paid")

    def test_cancelled_and_restored(self):
        order = self.place(("MUG", 2), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        self.store.trash_order(order["id"])
        self.again(order)
        self.assertEqual((sale.state, sale.channel_hold_reason), ("cancel", False))
        self.store.restore_order(order["id"])
        self.again(order)
        self.assertBlocked(sale, "On hold")
        self.assertEqual(self.demand(sale), {"MUG": 2})

    def test_other_transfers_of_a_blocked_order_move(self):
        """Goods may be picked; only the step that hands them over waits."""
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)])
        warehouse.delivery_steps = "pick_ship"
        sale = self.buy(("MUG", 2), payment_method="bacs", status="on-hold")
        picking = sale.picking_ids
        self.assertEqual(picking.picking_type_code, "internal")
        picking.move_ids.write({"quantity": 2, "picked": True})
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.assertBlocked(sale, "On hold")


@tagged("post_install", "-at_install")
class TestRefunded(StatusCase):
    def test_what_has_not_left_stays(self):
        order = self.place(("MUG", 2), ("BOOK", 1))
        sale = self.import_order(order)
        self.send(sale, MUG=2)
        event = self.say(order, "refunded")
        self.assertEqual((event.state, sale.state), ("done", "sale"), event.reason)
        self.assertBlocked(sale, "Refunded")
        self.say(order, "processing")
        self.assertFree(sale)

    def test_nothing_to_block_where_all_has_left(self):
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        self.send(sale)
        self.say(order, "refunded")
        self.assertEqual((sale.channel_delivery_blocked, sale.state), (False, "sale"))

    def test_partly_refunded_is_untouched(self):
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        self.store.refund_order(order["id"], amount="1.00")
        self.again(order)
        self.assertFree(sale)


@tagged("post_install", "-at_install")
class TestUnfinished(StatusCase):
    def test_a_checkout_becomes_an_order(self):
        order = self.store.open_checkout(Cart(lines=[("MUG", 1)], payment_method="cod"))
        self.assertEqual(self.receive(order["id"]).state, "ignored")
        self.store.clock.advance(5)
        self.store.update_order(order["id"], status="processing")
        event = self.receive(order["id"])
        self.assertEqual(self.env["sale.order"].browse(event.res_id).state, "sale", event.reason)
