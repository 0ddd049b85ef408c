"""On hold until the bank transfer arrives."""

from odoo.tests import tagged

from .story_case import StoryCase


class BankTransfer:
    def setUp(self):
        super().setUp()
        self.row = self.gateway("bacs")

    def test_held_until_the_money_is_there(self):
        self.the_customer_orders(("MUG", 3), ("BOOK", 1), **self.by_transfer())
        self.assertEqual((self.sale.state, self.sale.picking_ids.ids), ("draft", []))
        self.assertMoney(self.order, paid=False, invoiced=False)
        self.the_money_arrives()
        self.assertEqual(self.sale.state, "sale")
        self.the_warehouse_ships()
        self.assertEqual(self.shop_status, "completed")
        self.assertTheEnd()

    def test_confirmed_at_once_and_delivered_when_paid(self):
        self.row.order_policy = "blocked"
        self.the_customer_orders(("MUG", 3), **self.by_transfer())
        self.assertEqual(self.sale.state, "sale")
        self.assertTrue(self.sale.channel_delivery_blocked)
        self.the_money_arrives()
        self.assertFalse(self.sale.channel_delivery_blocked)
        self.the_warehouse_ships()
        self.assertTheEnd()

    def test_invoiced_at_once_and_paid_later(self):
        self.row.write({"order_policy": "always", "invoice_policy": "confirmed"})
        self.the_customer_orders(("MUG", 3), **self.by_transfer())
        self.assertMoney(self.order, paid=False)
        self.the_money_arrives()
        self.assertTheEnd()

    def test_the_money_never_arrives(self):
        self.the_customer_orders(("MUG", 3), **self.by_transfer())
        self.the_shop("update_order", status="cancelled")
        self.assertEqual(self.sale.state, "cancel")
        self.assertPeace()
        self.assertMoney(self.order, paid=False, invoiced=False)

    def by_transfer(self):
        return {"payment_method": "bacs", "status": "on-hold", "shipping": [("flat_rate", "4.95")]}

    def the_money_arrives(self):
        self.the_shop("pay")
        self.assertEqual(self.shop_status, "processing")


@tagged("post_install", "-at_install")
class TestTaxExclusive(BankTransfer, StoryCase):
    pass


@tagged("post_install", "-at_install")
class TestTaxInclusive(BankTransfer, StoryCase):
    store_options = {"prices_include_tax": True, "timezone": "Europe/Brussels"}
