"""The invoice reaches the customer by mail, once; and what it costs to make it."""

from odoo.tests import tagged

from .money_case import MoneyCase


@tagged("post_install", "-at_install")
class TestMail(MoneyCase):
    def setUp(self):
        super().setUp()
        self.gateway("stripe", mail_invoice=True)

    def mails(self, move):
        """Mails to the customer about an invoice."""
        return self.env["mail.message"].search(
            [
                ("model", "=", "account.move"),
                ("res_id", "=", move.id),
                ("partner_ids", "in", move.partner_id.ids),
            ]
        )

    def test_once(self):
        order = self.place(("MUG", 1), **self.card())
        sale = self.import_order(order)
        event = self.money(sale)
        move = sale.invoice_ids
        self.assertIn(f"{move.name} mailed", event.reason)
        self.assertTrue(move.is_move_sent)
        self.assertEqual(len(self.mails(move)), 1)
        self.assertEqual(self.mails(move).attachment_ids.mapped("mimetype"), ["application/pdf"])
        self.look_again(sale)
        self.assertEqual(len(self.mails(move)), 1)
        self.assertMoney(order)

    def test_not_where_nobody_wants_it(self):
        self.gateway("stripe", mail_invoice=False)
        sale = self.buy(("MUG", 1), **self.card())
        self.money(sale)
        self.assertFalse(self.mails(sale.invoice_ids))
        self.assertFalse(sale.invoice_ids.is_move_sent)

    def test_customer_without_address(self):
        """An issue, while invoice and payment stand."""
        order = self.place(("MUG", 1), **self.card())
        sale = self.import_order(order)
        sale.partner_invoice_id.email = False
        event = self.money(sale, "blocked")
        self.assertEqual(event.issue_id.code, "invoice_not_mailed")
        self.assertMoney(order)
        sale.partner_invoice_id.email = "jane@example.com"
        event.issue_id.action_retry()
        self.money(sale)
        self.assertEqual(len(self.mails(sale.invoice_ids)), 1)
        self.assertEqual(event.issue_id.state, "resolved")

    def test_refused_mail_keeps_the_money(self):
        order = self.place(("MUG", 1), **self.card())
        sale = self.import_order(order)
        # no report fits invoices any more
        self.env.ref("account.account_invoices").domain = "[('move_type', '=', 'entry')]"
        event = self.money(sale, "blocked")
        self.assertEqual(event.issue_id.code, "invoice_not_mailed")
        self.assertMoney(order)
