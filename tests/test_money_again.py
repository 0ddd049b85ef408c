"""Run twice, run after each step, killed in the middle: one invoice and one payment."""

from unittest.mock import patch

from odoo.tests import tagged

from .money_case import MoneyCase
from .refund_case import RefundCase


class Killed(Exception):
    """A worker that dies."""


@tagged("post_install", "-at_install")
class TestAgain(MoneyCase):
    def assertOnce(self, sale, order):
        self.assertMoney(order)
        self.assertEqual((len(sale.invoice_ids), len(sale.channel_payment_ids)), (1, 1))

    def test_told_too_often(self):
        self.gateway("stripe")
        order = self.place(("MUG", 1), **self.card())
        sale = self.import_order(order)
        self.money(sale)
        for _number in range(2):
            event = self.look_again(sale)
            self.assertEqual(event.reason, "Invoice and payment are complete")
        self.again(order, source="manual")
        self.money(sale, "ignored")
        self.assertOnce(sale, order)

    def test_step_by_step(self):
        """Each step finds what the ones before it have left."""
        self.gateway("stripe", invoice_policy="none", register_payment=True)
        order = self.place(("MUG", 1), **self.card())
        sale = self.import_order(order)
        self.assertIn("paid by", self.money(sale).reason)
        self.gateway("stripe")
        self.assertIn("matched with", self.look_again(sale, "done").reason)
        self.assertOnce(sale, order)
        self.look_again(sale)

        self.gateway("stripe", register_payment=False)
        order = self.place(("MUG", 1), **self.card("ch_2"))
        sale = self.import_order(order)
        self.assertIn("posted", self.money(sale).reason)
        self.gateway("stripe", invoice_policy="none")
        self.assertIn("paid by", self.look_again(sale, "done").reason)
        self.assertOnce(sale, order)
        self.look_again(sale)

    def test_invoice_that_a_person_makes(self):
        """Without an invoice the payment waits on account; whoever posts one gets it paid."""
        self.gateway("stripe", invoice_policy="none")
        self.mug.invoice_policy = "order"
        order = self.place(("MUG", 1), **self.card())
        sale = self.import_order(order)
        self.money(sale)
        self.assertMoney(order, invoiced=False)
        sale._create_invoices().action_post()
        self.money(sale)
        self.assertOnce(sale, order)

    def test_killed_at_any_step(self):
        self.gateway("stripe")
        for number, (model, name) in enumerate(
            (
                ("account.move", "action_post"),
                ("account.payment.register", "_create_payments"),
                ("channel.payment.entries", "_match"),
                ("channel.order.invoicing", "_mail"),
                ("channel.event", "_settle"),
            )
        ):
            with self.subTest(step=name):
                order = self.place(("MUG", 1), **self.card(f"ch_{number}"))
                sale = self.import_order(order)
                event = self.money_events(sale)
                with self._killed_after(model, name), self.assertRaises(Killed):
                    self.run_job(event)
                self.assertFalse(sale.invoice_ids | sale.channel_payment_ids.move_id)
                self.assertEqual(event.state, "pending")
                self.money(sale)
                self.assertOnce(sale, order)

    def _killed_after(self, model, name):
        cls = type(self.env[model])
        method = getattr(cls, name)

        def dying(*args, **options):
            method(*args, **options)
            raise Killed

        return patch.object(cls, name, dying)

    def test_paid_by_hand_before(self):
        """A person was faster: the shop's payment is the same money."""
        self.gateway("bacs", invoice_policy="confirmed", order_policy="always")
        order = self.place(("MUG", 1), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        self.money(sale)
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=sale.invoice_ids.ids
        )
        wizard.create({"journal_id": self.journal.id})._create_payments()
        self.store.clock.advance(5)
        self.store.pay(order["id"])
        self.again(order)
        event = self.money(sale, "ignored")
        self.assertEqual(event.reason, "Invoice and payment are complete")
        self.assertMoney(order)
        self.assertEqual(len(sale.channel_payment_ids), 1)

    def test_paid_by_hand_without_an_entry(self):
        """Enterprise keeps such payments until the bank statement comes."""
        self.gateway("bacs", invoice_policy="confirmed", order_policy="always")
        order = self.place(("MUG", 1), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        self.money(sale)
        invoice = sale.invoice_ids
        payment = self.env["account.payment"].create(
            {
                "partner_id": invoice.partner_id.id,
                "amount": invoice.amount_total,
                "journal_id": self.journal.id,
                "memo": invoice.name,
            }
        )
        payment.outstanding_account_id = False
        payment.action_post()
        invoice.matched_payment_ids += payment
        self.assertFalse(payment.move_id)
        self.store.pay(order["id"])
        self.store.clock.advance(5)
        self.again(order)
        event = self.money(sale, "ignored")
        self.assertEqual(event.reason, "The invoice is paid in Odoo already")
        self.assertFalse(sale.channel_payment_ids)

    def test_transaction_that_the_shop_names_later(self):
        self.gateway("stripe")
        order = self.place(("MUG", 1), payment_method="stripe")
        self.store.orders[order["id"]]["transaction_id"] = ""
        sale = self.import_order(order)
        self.money(sale)
        self.assertFalse(sale.channel_payment_ids.channel_transaction_id)
        self.store.clock.advance(5)
        self.store.update_order(order["id"], transaction_id="ch_9")
        self.again(order)
        self.money(sale, "ignored")
        self.assertEqual(sale.channel_payment_ids.channel_transaction_id, "ch_9")
        self.assertOnce(sale, order)

    def test_cancelled_payment_is_registered_again(self):
        self.gateway("stripe")
        order = self.place(("MUG", 1), **self.card())
        sale = self.import_order(order)
        self.money(sale)
        sale.channel_payment_ids.action_draft()
        sale.channel_payment_ids.action_cancel()
        self.look_again(sale, "done")
        self.assertMoney(order)


@tagged("post_install", "-at_install")
class TestLateWorkflow(RefundCase):
    """A gateway gets its workflow when its orders are paid, and partly refunded, already."""

    def test_payment_and_refund_are_two(self):
        """The payout will name the whole charge and the refund."""
        order, sale = self.ordered(**self.card())
        self.refund(order, amount="10.00")
        self.gateway("stripe")
        event = self.look_again(sale, "done")
        self.assertIn("10.00 EUR paid back", event.reason)
        payments = sale.channel_payment_ids.sorted("id")
        self.assertEqual(payments.mapped("payment_type"), ["inbound", "outbound"])
        self.assertEqual(payments.mapped("amount"), [float(order["total"]), 10.0])
        self.assertEqual(set(payments.mapped("channel_transaction_id")), {"ch_1"})
        self.assertMoney(order)
        self.look_again(sale)

    def test_journal_that_sends_no_money(self):
        order, sale = self.ordered(**self.card())
        self.refund(order, amount="10.00")
        self.gateway("stripe")
        methods = self.journal.outbound_payment_method_line_ids
        methods.journal_id = False
        event = self.look_again(sale, "blocked")
        self.assertEqual(event.issue_id.code, "refund_method_missing")
        self.assertFalse(sale.channel_payment_ids | sale.invoice_ids.origin_payment_id)
        methods.journal_id = self.journal
        event.issue_id.action_retry()
        self.money(sale)
        self.assertEqual(len(sale.channel_payment_ids), 2)
        self.assertMoney(order)
