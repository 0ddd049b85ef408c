"""What an order's payment becomes: invoice, payment, services, each as a story over real HTTP."""

from odoo.tests import tagged

from .money_case import MoneyCase


@tagged("post_install", "-at_install")
class TestPaid(MoneyCase):
    def test_nothing_configured_makes_no_event(self):
        """A backend whose gateways have no workflow behaves as if there were none."""
        sale = self.buy(("MUG", 2), payment_method="stripe")
        self.assertEqual(sale.state, "sale")
        self.assertFalse(self.money_events(sale))
        sale = self.buy(("MUG", 2), payment_method="bacs", status="on-hold")
        sale.action_confirm()
        self.ship(sale)
        self.assertFalse(self.money_events(sale))

    def test_paid_by_card_at_the_checkout(self):
        self.gateway("stripe")
        order = self.place(("MUG", 2), ("BOOK", 1), **self.card(), **self.charges)
        sale = self.import_order(order)
        event = self.money(sale)
        invoice = sale.invoice_ids
        self.assertEqual(
            event.reason,
            f"Invoice {invoice.name} posted, {order['total']} EUR paid by Stripe (ch_1)",
        )
        self.assertEqual(event.res_id, sale.id)
        self.assertMoney(order)
        self.assertEqual((invoice.ref, invoice.payment_reference), (order["number"],) * 2)
        self.assertEqual(invoice.partner_id, sale.partner_invoice_id)
        self.assertEqual(sale.invoice_status, "invoiced")
        payment = sale.channel_payment_ids
        self.assertEqual(payment.journal_id, self.journal)
        self.assertEqual(payment.channel_transaction_id, "ch_1")
        self.assertEqual(payment.memo, f"{order['number']} ch_1")
