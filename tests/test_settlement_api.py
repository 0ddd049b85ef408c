"""Payouts that the shop's own gateway tells: polled, booked, matched with the orders' payments."""

from odoo.tests import tagged

from .settlement_case import SettlementCase


@tagged("post_install", "-at_install")
class TestSettlementApi(SettlementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store.features.add("woopayments")
        shipped = cls.env.ref("channel_connector.settlement_profile_woopayments")
        shipped.with_company(cls.company).fee_account_id = cls.fee_account

    def setUp(self):
        super().setUp()
        for rows in (self.store.orders, self.store.payouts, self.store.transactions):
            rows.clear()
        self.flow = self.backend.flow_ids.filtered(lambda flow: flow.kind == "settlement")
        self.gateway("woocommerce_payments")

    def sell(self, count):
        """Orders paid in the shop, imported, invoiced, their payments registered."""
        orders = [
            self.place(("MUG", 1 + number % 3), payment_method="woocommerce_payments")
            for number in range(count)
        ]
        self.import_all()
        return orders

    def poll_payouts(self):
        """Run the poll's job, then those of what it found; returns the events as they ended."""
        self.flow.active = True
        before = self.events()
        self.env.flush_all()
        with self.registry.cursor() as cr:
            result = self.flow.with_env(self.flow.env(cr=cr))._job_poll()
        self.env.invalidate_all()
        events = self.events() - before
        self.assertEqual(result, f"{len(events)} records")
        if len(events) > 1:
            self.run_chunk(events)
        for event in events.filtered(lambda row: row.state == "pending"):
            self.run_job(event)
        return events

    def test_the_flow_starts_switched_off(self):
        """Its journal and accounts have to be chosen first."""
        self.assertFalse(self.flow.active)
        self.assertEqual(self.flow.interval, 360)

    def test_forty_orders_three_refunds_and_fees_reconcile_to_zero(self):
        orders = self.sell(40)
        refunds = [self.store.refund_order(order["id"], "2.50")["id"] for order in orders[:3]]
        self.import_all()
        payout = self.store.make_payout([order["id"] for order in orders], refunds, fees="20.01")
        (event,) = self.poll_payouts()
        self.assertEqual(event.state, "done", f"{event.reason} {event.issue_id.suggestion}")
        settlement = self.payout(payout["id"])
        self.assertReconciled(settlement)
        self.assertEqual(round(settlement.amount_payout * 100), payout["amount"])
        self.assertEqual(settlement.amount_fees, -20.01)
        self.assertEqual(self.balance_of(self.outstanding), 0)
        self.assertEqual(self.balance_of(self.fee_account), 20.01)
        for order in orders:
            self.assertMoney(order)

    def test_an_unknown_charge_is_named(self):
        orders = self.sell(2)
        payout = self.store.make_payout(
            [order["id"] for order in orders], unknown=["33.30"], fees="1.50"
        )
        (event,) = self.poll_payouts()
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "settlement_unmatched"))
        stranger = next(row for row in self.store.transactions.values() if row["amount"] == 3330)
        self.assertIn(f"{stranger['charge_id']} 33.30 EUR: No payment", event.issue_id.suggestion)
        settlement = self.payout(payout["id"])
        self.assertEqual((settlement.open_count, settlement.residual), (1, 33.3))
        self.assertEqual(self.balance_of(self.journal.default_account_id), 0)

    def test_an_order_imported_later_completes_it(self):
        order = self.place(("MUG", 1), payment_method="woocommerce_payments")
        payout = self.store.make_payout([order["id"]], fees="0.50")
        (event,) = self.poll_payouts()
        self.assertIn(f"order {order['number']}", event.issue_id.suggestion)
        self.import_all()
        self.backend._remember_identity()
        self.backend._tick()
        self.assertEqual(event.state, "pending", "the sweep has seen the payment")
        self.run_job(event)
        self.assertEqual((event.state, event.issue_id.state), ("done", "resolved"))
        self.assertReconciled(self.payout(payout["id"]))

    def test_polling_again_brings_nothing(self):
        orders = self.sell(1)
        self.store.make_payout([orders[0]["id"]])
        self.assertEqual(len(self.poll_payouts()), 1)
        self.assertFalse(self.poll_payouts())
        self.flow.cursor_id.value = {}
        self.assertFalse(self.poll_payouts(), "what is reconciled is left out")

    def test_many_payouts_at_once(self):
        orders = self.sell(4)
        good = [self.store.make_payout([order["id"]], fees="0.10") for order in orders[:3]]
        bad = self.store.make_payout([orders[3]["id"]], unknown=["5.00"], fees="0.10")
        events = self.poll_payouts()
        self.assertEqual(
            {event.external_id: event.state for event in events},
            {**{row["id"]: "done" for row in good}, bad["id"]: "blocked"},
        )

    def test_a_gateway_without_a_journal_waits_for_one(self):
        orders = self.sell(1)
        self.gateway("woocommerce_payments", register_payment=False, journal_id=False)
        payout = self.store.make_payout([orders[0]["id"]], fees="0.50")
        (event,) = self.poll_payouts()
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "settlement_journal"))
        self.gateway("woocommerce_payments")
        event.issue_id.action_retry()
        calls = len(self.store.requests)
        self.run_job(event)
        self.assertEqual(event.state, "done", event.reason)
        self.assertReconciled(self.payout(payout["id"]))
        self.assertEqual(len(self.store.requests), calls, "the statement was read already")

    def test_the_csv_export_of_the_same_payouts_adds_nothing(self):
        """Both name a movement by the gateway's own id."""
        orders = self.sell(1)
        payout = self.store.make_payout([orders[0]["id"]], fees="0.50")
        self.poll_payouts()
        (row,) = self.store.transactions.values()
        amount = row["amount"] / 100
        data = (
            "Transaction Id,Date / Time (UTC),Type,Payout Currency,Amount,Fees,Net,Order #,"
            f"Payout ID\n{row['transaction_id']},{row['date']},Charge,EUR,{amount},-0.5,"
            f"{amount - 0.5:.2f},{orders[0]['number']},{payout['id']}\n"
        )
        shipped = self.env.ref("channel_connector.settlement_profile_woopayments")
        (event,) = self.load(data=data.encode(), profile_id=shipped.id)
        self.assertEqual(event.state, "ignored", event.reason)

    def test_a_shop_that_is_down_loses_nothing(self):
        orders = self.sell(1)
        self.store.make_payout([orders[0]["id"]])
        self.flow.active = True
        self.server.faults.add("502-html", path=r"/payments/", times=1)
        self.assertTrue(self._run(self.flow, "_job_poll").ignore_retry)
        self.env["channel.gate"]._of(self.backend).write({"open_until": False, "failures": 0})
        (event,) = self.poll_payouts()
        self.assertEqual(event.state, "done")
