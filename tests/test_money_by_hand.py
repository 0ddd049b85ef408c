"""What a person pays or pays back with Odoo's own wizard counts for the channel's order."""

from odoo.tests import tagged

from .money_case import MoneyCase


@tagged("post_install", "-at_install")
class TestByHand(MoneyCase):
    def register(self, move):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        return wizard.create({"journal_id": self.journal.id})._create_payments()

    def test_invoice_paid_by_hand(self):
        self.gateway("stripe", register_payment=False)
        order = self.place(("MUG", 1), **self.card())
        sale = self.import_order(order)
        self.money(sale)
        payment = self.register(sale.invoice_ids)
        self.assertEqual(
            (payment.channel_order_id, payment.channel_backend_id.id), (sale, self.backend.id)
        )
        self.assertMoney(order)
        self.assertFalse(payment.channel_transaction_id)
        self.gateway("stripe")
        self.look_again(sale)
        self.assertEqual(sale.channel_payment_ids, payment)
        self.assertEqual(payment.channel_transaction_id, "ch_1")  # payouts find it

    def test_credit_note_paid_back_by_hand(self):
        self.gateway("stripe")
        order = self.place(("MUG", 1), **self.card("ch_9"))
        sale = self.import_order(order)
        self.money(sale)
        credit = sale.invoice_ids._reverse_moves([{}])
        credit.action_post()
        payment = self.register(credit)
        self.assertEqual(payment.channel_order_id, sale)
        self.assertEqual(payment.channel_transaction_id, "ch_9")
        self.assertFalse(round(sale.channel_net_paid, 6))

    def test_invoices_of_two_orders_are_of_none(self):
        self.gateway("stripe", register_payment=False)
        sales = [self.import_order(self.place(("MUG", 1), **self.card(f"ch_{n}"))) for n in (1, 2)]
        for sale in sales:
            self.money(sale)
        invoices = sales[0].invoice_ids | sales[1].invoice_ids
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        )
        payment = wizard.create(
            {"journal_id": self.journal.id, "group_payment": True}
        )._create_payments()
        self.assertEqual(len(payment), 1)
        self.assertFalse(payment.channel_order_id)
