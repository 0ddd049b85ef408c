"""An order is cancelled: here or in the shop, before or after the goods have left."""

from odoo.tests import tagged

from .story_case import StoryCase


class Cancellation:
    # === IN THE SHOP === #

    def test_in_the_shop_before_shipment(self):
        self.an_order_to_be_paid_on_delivery()
        self.the_shop("update_order", status="cancelled")
        self.assertEqual(self.sale.state, "cancel")
        self.assertEqual(set(self.sale.picking_ids.mapped("state")), {"cancel"})
        self.nobody_owes_anything()

    def test_in_the_shop_after_shipment(self):
        """The goods are gone and paid: a person is told, takes them back and refunds them."""
        self.an_order_to_be_paid_on_delivery()
        parcel = self.the_warehouse_ships()
        self.assertMoney(self.order)
        self.the_shop("update_order", status="cancelled")
        self.assertEqual(self.sale.state, "sale")
        issue = self.assertIssue("cancelled_too_late")
        self.assertIn(parcel.name, issue.title)
        self.the_goods_come_back(parcel, MUG=3, BOOK=2)
        self.assertEqual(self.pieces_with_customer("MUG"), 0)
        self.the_bookkeeper_credits()
        self.the_issue_is_settled(issue)
        self.assertEqual(self.shop_net(self.order), {self.order["currency"]: "0.000"})
        self.assertMoney(self.order)

    def test_a_paid_order_in_the_shop_before_shipment(self):
        """What was paid and invoiced is not simply forgotten: its refund undoes it."""
        self.the_customer_pays_by_card(("MUG", 3), ("BOOK", 2), **self.charges)
        self.the_shop("update_order", status="cancelled")
        issue = self.assertIssue("cancelled_too_late")
        self.assertIn(self.invoices.name, issue.title)
        self.the_shop_refunds(amount=self.order["total"])
        self.the_issue_is_settled(issue)
        self.assertEqual(self.shop_net(self.order), {self.order["currency"]: "0.000"})
        self.assertMoney(self.order)

    # === IN ODOO === #

    def test_in_odoo_before_shipment(self):
        self.an_order_to_be_paid_on_delivery()
        self.the_seller_cancels()
        self.assertEqual(self.shop_status, "cancelled")
        self.nobody_owes_anything()

    def test_in_odoo_before_shipment_and_restored_in_the_shop(self):
        """What Odoo has cancelled stays cancelled here."""
        self.an_order_to_be_paid_on_delivery()
        self.the_seller_cancels()
        self.the_shop("update_order", status="processing")
        self.assertEqual(self.sale.state, "cancel")

    def test_in_odoo_after_shipment(self):
        """The shop keeps its order, and a person is told."""
        self.an_order_to_be_paid_on_delivery()
        self.the_warehouse_ships()
        before = self.shop_status
        self.the_seller_cancels()
        self.assertEqual(self.shop_status, before)
        self.assertIssue("cancelled_after_shipment")

    def an_order_to_be_paid_on_delivery(self):
        self.gateway("cod")
        self.the_customer_orders(("MUG", 3), ("BOOK", 2), payment_method="cod", **self.charges)
        self.assertEqual(self.sale.state, "sale")

    def the_seller_cancels(self):
        self.sale._action_cancel()
        self.time_goes_by()

    def the_issue_is_settled(self, issue):
        """A person has done by hand what could not be undone by itself."""
        issue.ignore_reason = "Money and goods are back"
        issue.action_ignore()
        self.assertFalse(self.issues())

    def nobody_owes_anything(self):
        self.assertPeace()
        self.the_shop_says_it_again()
        self.assertMoney(self.order, paid=False, invoiced=False)


@tagged("post_install", "-at_install")
class TestTaxExclusive(Cancellation, StoryCase):
    pass


@tagged("post_install", "-at_install")
class TestTaxInclusive(Cancellation, StoryCase):
    store_options = {"prices_include_tax": True, "timezone": "Europe/Brussels"}
