"""What an order means when it comes in: confirm it, hold it, ignore it."""

from datetime import datetime, timedelta

from odoo.tests import tagged

from .common import JANE, Cart
from .line_case import WorkflowCase


@tagged("post_install", "-at_install")
class TestConfirmation(WorkflowCase):
    def test_released_orders_are_confirmed(self):
        for status in ("processing", "completed"):
            with self.subTest(status=status):
                self.assertEqual(self.buy(("MUG", 1), status=status).state, "sale")

    def test_waiting_orders_are_held_until_released(self):
        for status in ("pending", "on-hold"):
            with self.subTest(status=status):
                order = self.place(("MUG", 1), status=status)
                sale = self.import_order(order)
                self.assertEqual(sale.state, "draft")
                self.assertTrue(sale.channel_hold_reason)
                self.assertFalse(sale.picking_ids)
                self.store.update_order(order["id"], status="processing")
                event = self.again(order)
                self.assertEqual((event.state, sale.state), ("done", "sale"), event.reason)
                self.assertFalse(sale.channel_hold_reason)

    def test_gateway_that_leaves_quotations(self):
        self.policy("cod", "quotation")
        sale = self.buy(("MUG", 1))
        self.assertEqual(sale.state, "draft")
        self.assertIn("Cash on delivery", sale.channel_hold_reason)

    def test_gateway_that_confirms_at_once(self):
        self.policy("bacs", "always")
        sale = self.buy(("MUG", 1), payment_method="bacs", status="on-hold")
        self.assertEqual(sale.state, "sale")

    def test_new_gateway_gets_a_row_and_stops_nothing(self):
        order = self.place(("MUG", 1), payment_method="crypto")
        self.assertEqual(self.import_order(order).state, "sale")
        row = self.env["channel.map.payment"]._find(self.backend, "crypto")
        self.assertEqual(row.order_policy, "released")

    def test_an_order_confirmed_by_hand_stays_confirmed(self):
        order = self.place(("MUG", 1), status="on-hold")
        sale = self.import_order(order)
        sale.action_confirm()
        self.store.update_order(order["id"], status="pending")
        event = self.again(order)
        self.assertEqual((event.state, sale.state), ("done", "sale"))
        self.assertEqual(sale.channel_status, "pending")

    def test_refunded_before_it_was_seen(self):
        order = self.place(("MUG", 1))
        self.store.update_order(order["id"], status="refunded")
        sale = self.import_order(order)
        self.assertEqual(sale.state, "draft")
        self.assertIn("Refunded", sale.channel_hold_reason)
        self.assertTotals(sale, order)


@tagged("post_install", "-at_install")
class TestStatuses(WorkflowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store.statuses["packed"] = "Packed"

    def test_custom_status_is_mapped_once_for_all(self):
        orders = [self.place(("MUG", 1), status="packed") for _number in range(2)]
        events = [self.receive(order["id"]) for order in orders]
        sales = self.env["sale.order"].browse([event.res_id for event in events])
        self.assertEqual(sales.mapped("state"), ["draft", "draft"])
        self.assertEqual({event.state for event in events}, {"blocked"})
        issue = events[0].issue_id
        self.assertEqual((issue, issue.code), (events[1].issue_id, "unmapped"))
        row = self.env["channel.map.status"]._find(self.backend, "packed")
        self.assertFalse(row.status)
        row.status = "processing"
        issue.action_retry()
        self.run_pending()
        self.assertEqual(sales.mapped("state"), ["sale", "sale"])
        self.assertEqual(issue.state, "resolved")

    def test_custom_status_of_a_confirmed_order_stops_nothing(self):
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        self.store.update_order(order["id"], status="packed")
        event = self.again(order)
        self.assertEqual((event.state, sale.state), ("done", "sale"), event.reason)
        self.assertTrue(self.env["channel.map.status"]._find(self.backend, "packed"))

    def test_a_person_may_read_a_standard_status_otherwise(self):
        row = self.env["channel.map.status"]._find(self.backend, "on-hold")
        row.status = "processing"
        self.assertEqual(self.buy(("MUG", 1), status="on-hold").state, "sale")


@tagged("post_install", "-at_install")
class TestRisk(WorkflowCase):
    def _rule(self, **values):
        return self.env["channel.risk.rule"].create(
            {"backend_id": self.backend.id, "name": "Look at it", **values}
        )

    def test_each_condition(self):
        abroad = {**JANE, "country": "FR"}
        rules = (
            ({"min_total": 100}, {"lines": 5}, {"lines": 1}),
            ({"payment_method": "cod"}, {}, {"payment_method": "stripe"}),
            ({"address_differs": True}, {"shipping_address": abroad}, {}),
            ({"country_ids": [(4, self.env.ref("base.fr").id)]}, {"shipping_address": abroad}, {}),
            (
                {"shop_verdict": True},
                {"meta_data": [{"key": "_wcpay_fraud_outcome_status", "value": "review"}]},
                {"meta_data": [{"key": "_wcpay_fraud_outcome_status", "value": "allow"}]},
            ),
        )
        for values, risky, harmless in rules:
            with self.subTest(rule=values):
                rule = self._rule(**values)
                held, free = (
                    self.buy(("MUG", cart.pop("lines", 1)), **cart) for cart in (risky, harmless)
                )
                self.assertIn("Look at it", held.channel_hold_reason)
                self.assertEqual((held.state, free.state), ("draft", "sale"))
                rule.active = False

    def test_guests_only(self):
        self._rule(guests_only=True)
        customer = self.store.add_customer(
            "regular@example.com", first_name="Re", last_name="Gular"
        )
        billing = {**JANE, "email": "regular@example.com"}
        self.assertEqual(self.buy(("MUG", 1)).state, "draft")
        account = self.buy(("MUG", 1), customer_id=customer["id"], billing=billing)
        self.assertEqual(account.state, "sale")

    def test_all_conditions_of_a_rule_must_fit(self):
        self._rule(min_total=20, payment_method="stripe")
        self.assertEqual(self.buy(("MUG", 1)).state, "sale")
        self.assertEqual(self.buy(("MUG", 1), payment_method="stripe").state, "draft")


@tagged("post_install", "-at_install")
class TestIgnored(WorkflowCase):
    def assertIgnored(self, event, text):
        self.assertEqual(event.state, "ignored", event.reason)
        self.assertIn(text, event.reason)
        self.assertFalse(event.res_id)

    def test_unfinished_checkout(self):
        order = self.store.open_checkout(Cart(lines=[("MUG", 1)], billing=JANE))
        self.assertIgnored(self.receive(order["id"]), "not finished")

    def test_over_before_it_was_seen(self):
        for status in ("cancelled", "failed"):
            with self.subTest(status=status):
                order = self.place(("MUG", 1), status=status)
                self.assertIgnored(self.receive(order["id"]), status)

    def test_trashed_before_it_was_seen(self):
        order = self.place(("MUG", 1))
        self.store.trash_order(order["id"])
        self.assertIgnored(self.receive(order["id"]), "trash")

    def test_gone_before_the_job_ran(self):
        order = self.place(("MUG", 1))
        self.store.delete_order(order["id"])
        self.assertIgnored(self.receive(order["id"]), "Gone")

    def test_before_the_first_day(self):
        self.backend.import_since = datetime.now() + timedelta(days=1)
        order = self.place(("MUG", 1))
        self.assertIgnored(self.receive(order["id"]), "first day")
        self.assertEqual(self.receive(order["id"], source="manual").state, "done")

    def test_sub_order(self):
        order = self.place(("MUG", 1))
        self.store.orders[order["id"]]["parent_id"] = 7
        self.assertIgnored(self.receive(order["id"]), "7")
        self.backend.suborder_policy = "import"
        self.assertEqual(self.receive(order["id"]).state, "done")
