"""Which payment a line of a payout is, and how it is reconciled where books are kept otherwise."""

from unittest.mock import patch

from odoo.tests import tagged

from .settlement_case import SettlementCase


@tagged("post_install", "-at_install")
class TestSettlementMatch(SettlementCase):
    def problem(self, *rows):
        """Import a payout of which nothing matches; returns why."""
        (event,) = self.load(*rows)
        self.assertEqual(event.state, "blocked")
        line = self.payout().line_ids.filtered("problem")
        self.assertEqual(len(line), 1)
        return line.problem

    # === WHICH PAYMENT === #

    def test_a_transaction_is_case_sensitive(self):
        self.pay("ch_a1", 46)
        self.assertIn("No payment", self.problem(self.row(1, 46, charge="ch_A1")))

    def test_spaces_around_a_transaction_do_not_matter(self):
        self.pay("ch_1", 46)
        self.load(self.row(1, 46, charge=" ch_1 "))
        self.assertReconciled(self.payout())

    def test_another_amount_is_no_match(self):
        payment = self.pay("ch_1", 45)
        problem = self.problem(self.row(1, 46))
        self.assertEqual(problem, f"Payment {payment.name} is over 45.00\xa0€")
        self.assertFalse(payment.is_matched)

    def test_a_refund_is_matched_by_its_charge_and_amount(self):
        self.pay("ch_1", 121)
        back = [self.pay_back("ch_1", amount) for amount in (21, 5, 21)]
        self.load(
            self.row(1, 121),
            self.row(2, -5, charge="ch_1"),
            self.row(3, -21, charge="ch_1"),
            self.row(4, -21, charge="ch_1"),
        )
        self.assertReconciled(self.payout())
        self.assertTrue(all(payment.is_matched for payment in back))

    def test_each_payment_is_used_once(self):
        self.pay("ch_1", 121)
        self.pay_back("ch_1", 21)
        self.load(self.row(1, 121), self.row(2, -21, charge="ch_1"))
        self.assertFalse(self.payout().line_ids.filtered("problem"))
        (event,) = self.load(self.row(3, -21, charge="ch_1", payout="po_2"))
        self.assertEqual(event.state, "blocked")
        self.assertIn("stands against something else already", event.issue_id.suggestion)

    def test_a_charge_never_takes_money_that_was_sent(self):
        self.pay_back("ch_1", 46)
        self.assertIn("go the other way", self.problem(self.row(1, 46)))

    def test_one_charge_may_have_paid_several_invoices(self):
        parts = [self.pay("ch_1", 40), self.pay("ch_1", 6)]
        self.pay("ch_2", 40)
        self.load(self.row(1, 46), self.row(2, 40))
        self.assertReconciled(self.payout())
        self.assertTrue(all(payment.is_matched for payment in parts))

    def test_a_draft_is_named(self):
        payment = self.env["account.payment"].create(
            {
                "amount": 46,
                "partner_id": self.customer.id,
                "journal_id": self.journal.id,
                "channel_transaction_id": "ch_1",
            }
        )
        self.assertIn("is a draft", self.problem(self.row(1, 46)))
        payment.action_post()
        self.payout().action_match_again()
        self.run_job(self.events())
        self.assertReconciled(self.payout())

    def test_a_payment_in_another_journal_is_named(self):
        other = self._journal("PayPal", "PYPL")
        self.pay("ch_1", 46, journal_id=other.id)
        self.assertIn("is in the journal PayPal", self.problem(self.row(1, 46)))

    def test_a_payment_that_was_matched_by_hand_is_not_taken(self):
        payment = self.pay("ch_1", 46)
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.journal.id,
                "amount": 46,
                "payment_ref": "by hand",
                "counterpart_account_id": self.outstanding.id,
            }
        )
        (line.line_ids | payment.move_id.line_ids).filtered(
            lambda item: item.account_id == self.outstanding
        ).reconcile()
        self.assertIn("stands against something else", self.problem(self.row(1, 46)))

    # === BY ORDER NUMBER === #

    def _order(self, number, amount, external_id=None, **values):
        sale = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": self.company.id}
        )
        self.env["channel.binding.order"]._bind(
            self.backend, external_id or number, sale, number=number
        )
        return self.pay(False, amount, channel_order_id=sale.id, **values)

    def test_the_order_number_helps_where_no_transaction_does(self):
        self._order("1001", 46)
        self.load(self.row(1, 46, charge="", order="#1001"))
        self.assertReconciled(self.payout())

    def test_the_order_number_is_no_help_where_the_amount_differs(self):
        self._order("1001", 45)
        self.assertIn("is over 45.00", self.problem(self.row(1, 46, order="1001")))

    def test_two_orders_of_one_number_are_ambiguous(self):
        self._order("1001", 46, "1")
        self._order("1001", 46, "2")
        self.assertIn("Several payments", self.problem(self.row(1, 46, order="1001")))

    def test_a_payment_found_by_its_transaction_keeps_its_order_out_of_it(self):
        self._order("1001", 46)
        self.pay("ch_1", 45)
        self.assertIn("is over 45.00", self.problem(self.row(1, 46, order="1001")))

    def test_a_line_that_names_nothing(self):
        self.assertIn(
            "neither a transaction nor an order", self.problem(self.row(1, 46, charge=""))
        )

    # === HOW BOOKS ARE KEPT === #

    def test_invoices_paid_through_an_outstanding_account(self):
        invoice = self.invoice(121)
        self.pay_invoice(invoice, "ch_1")
        note = self.invoice(21, "out_refund")
        self.pay_invoice(note, "ch_1")
        self.load(self.row(1, 121, "2.07"), self.row(2, -21, charge="ch_1"))
        self.assertReconciled(self.payout())
        self.assertEqual((invoice | note).mapped("payment_state"), ["paid", "paid"])

    def test_odoos_own_outstanding_accounts(self):
        """Community gives a payment an outstanding account where its method names none."""
        self._outstanding_account(self.journal, False)
        payment = self.pay("ch_1", 46)
        self.assertTrue(payment.outstanding_account_id)
        self.load(self.row(1, 46))
        self.assertReconciled(self.payout())

    def test_payments_without_an_entry_pay_the_invoice_by_the_bank(self):
        """Where accounting is installed, methods may have no outstanding account at all."""
        self._outstanding_account(self.journal, False)
        with self._accounting():
            invoice, note = self.invoice(121), self.invoice(21, "out_refund")
            payments = self.pay_invoice(invoice, "ch_1") | self.pay_invoice(note, "ch_1")
            self.assertFalse(payments.move_id)
            self.assertEqual(payments.mapped("state"), ["in_process", "in_process"])
            self.load(self.row(1, 121, "2.07"), self.row(2, -21, charge="ch_1"))
            self.assertReconciled(self.payout())
            self.assertEqual((invoice | note).mapped("payment_state"), ["paid", "paid"])
            self.assertEqual(payments.mapped("state"), ["paid", "paid"])
            self.assertTrue(all(payment.is_matched for payment in payments))

    def test_a_payment_without_an_entry_that_came_later(self):
        self._outstanding_account(self.journal, False)
        with self._accounting():
            (event,) = self.load(self.row(1, 121))
            self.assertEqual(event.state, "blocked")
            invoice = self.invoice(121)
            self.pay_invoice(invoice, "ch_1")
            event.action_retry()
            self.run_job(event)
            self.assertReconciled(self.payout())
            self.assertEqual(invoice.payment_state, "paid")

    def test_an_outstanding_account_that_is_not_reconciled(self):
        self.outstanding.reconcile = False
        self.pay("ch_1", 46)
        self.load(self.row(1, 46))
        self.assertReconciled(self.payout())
        self.assertEqual(self.balance_of(self.outstanding), 0)

    def test_payments_booked_on_the_gateways_account_are_not_counted_twice(self):
        self._outstanding_account(self.journal, self.journal.default_account_id)
        self.pay("ch_1", 46)
        self.assertIn("outstanding account", self.problem(self.row(1, 46)))

    def _accounting(self):
        """As if an addon for reconciliation were installed, which tells Odoo so by this."""
        return patch.object(
            type(self.env["account.move"]),
            "_get_invoice_in_payment_state",
            lambda move: "in_payment",
        )


@tagged("post_install", "-at_install")
class TestSettlementCurrency(SettlementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollar = cls._currency("USD", rate=1.25)

    def _dollar_journal(self):
        journal = self._journal("Stripe USD", "STUS", currency_id=self.dollar.id)
        self._outstanding_account(journal, self.outstanding)
        return journal

    def test_a_gateway_that_pays_in_a_foreign_currency(self):
        journal = self._dollar_journal()
        self.pay("ch_1", 50, journal_id=journal.id, currency_id=self.dollar.id)
        (event,) = self.load(self.row(1, 50, "2", currency="usd"), journal_id=journal.id)
        self.assertEqual(event.state, "done", event.reason)
        payout = self.payout(journal=journal)
        self.assertEqual(payout.currency_id, self.dollar)
        self.assertReconciled(payout)
        self.assertEqual(self.balance_of(self.fee_account), 1.6)
        self.assertEqual(self.balance_of(self.company.transfer_account_id), 38.4)

    def test_a_charge_the_gateway_converted(self):
        """50 dollars, worth 40 euro in the books, became 46 euro at the gateway."""
        payment = self.pay("ch_1", 50, currency_id=self.dollar.id)
        self.load(self.row(1, 46, "1.90", paid="50", paid_currency="usd"))
        self.assertReconciled(self.payout())
        transaction = self.payout().line_ids.filtered("payment_ids").statement_line_id
        self.assertEqual(
            (transaction.amount, transaction.amount_currency, transaction.foreign_currency_id),
            (46, 50, self.dollar),
        )
        self.assertTrue(payment.is_matched)
        self.assertEqual(self.balance_of(self.outstanding), 0)
        self.assertEqual(self.balance_of(self.company.income_currency_exchange_account_id), -6)

    def test_a_converted_refund_that_came_later(self):
        (event,) = self.load(self.row(1, -46, paid="-50", paid_currency="usd"))
        self.assertEqual(event.state, "blocked")
        self.pay_back("ch_1", 50, currency_id=self.dollar.id)
        event.action_retry()
        self.run_job(event)
        self.assertReconciled(self.payout())
        self.assertEqual(self.balance_of(self.outstanding), 0)

    def test_a_converted_charge_whose_payment_is_in_the_statements_currency(self):
        self.pay("ch_1", 46)
        self.load(self.row(1, 46, paid="50", paid_currency="usd"))
        self.assertReconciled(self.payout())

    def test_a_currency_that_the_statement_does_not_show(self):
        self.pay("ch_1", 50, currency_id=self.dollar.id)
        self.load(self.row(1, 46))
        problem = self.payout().line_ids.filtered("problem").problem
        self.assertIn("is in USD, which the statement does not show", problem)

    def test_a_converted_charge_of_another_amount(self):
        self.pay("ch_1", 49, currency_id=self.dollar.id)
        self.load(self.row(1, 46, paid="50", paid_currency="usd"))
        self.assertIn("is over", self.payout().line_ids.filtered("problem").problem)

    def test_a_converted_charge_that_is_open_is_named_in_the_journals_currency(self):
        (event,) = self.load(self.row(1, 46, paid="50", paid_currency="usd"))
        self.assertIn("46.00 EUR", event.issue_id.suggestion)
        self.assertEqual(self.payout().residual, 46)
