"""The bookkeeper refunds in Odoo, and the shop is told."""

from odoo.tests import tagged

from .story_case import StoryCase


class RefundInOdoo:
    def test_the_customer_keeps_the_goods(self):
        self.a_paid_order_was_shipped()
        pieces = self.pieces_in_shop("MUG")
        note = self.the_bookkeeper_credits(MUG=1)
        self.the_shop_has_the_refund(note)
        self.assertEqual(self.pieces_in_shop("MUG"), pieces)
        self.assertEqual(self.shop_status, "completed")
        self.assertTheEnd()

    def test_the_goods_came_back(self):
        parcel = self.a_paid_order_was_shipped()
        pieces = self.pieces_in_shop("MUG")
        self.the_goods_come_back(parcel, MUG=2)
        note = self.the_bookkeeper_credits(MUG=2)
        self.the_shop_has_the_refund(note)
        self.assertEqual(self.pieces_in_shop("MUG"), pieces + 2)
        self.assertTheEnd()

    def test_piece_by_piece(self):
        """Three credit notes of one piece give back exactly the line of three."""
        self.a_paid_order_was_shipped()
        for _number in range(3):
            self.the_bookkeeper_credits(MUG=1)
        self.assertEqual(len(self.shop_refunds), 3)
        self.assertTheEnd()

    def test_everything(self):
        parcel = self.a_paid_order_was_shipped()
        self.the_goods_come_back(parcel, MUG=3, BOOK=2)
        self.the_bookkeeper_credits()
        self.assertEqual(self.shop_status, "refunded")
        self.assertEqual(self.shop_net(self.order), {self.order["currency"]: "0.000"})
        self.assertTheEnd()

    def test_one_in_odoo_and_one_in_the_shop(self):
        self.a_paid_order_was_shipped()
        self.the_bookkeeper_credits(MUG=1)
        self.the_shop_refunds(lines=[self.part_of_line("BOOK", 1)], restock=False)
        self.assertEqual((len(self.shop_refunds), len(self.credit_notes)), (2, 2))
        self.assertTheEnd()

    def a_paid_order_was_shipped(self):
        self.the_customer_pays_by_card(("MUG", 3), ("BOOK", 2), **self.charges)
        return self.the_warehouse_ships()

    def the_shop_has_the_refund(self, note):
        (refund,) = self.shop_refunds
        self.assertEqual(f"{float(refund['amount']):.2f}", f"{note.amount_total:.2f}")
        self.assertIs(refund["refunded_payment"], False)


@tagged("post_install", "-at_install")
class TestTaxExclusive(RefundInOdoo, StoryCase):
    pass


@tagged("post_install", "-at_install")
class TestTaxInclusive(RefundInOdoo, StoryCase):
    store_options = {"prices_include_tax": True, "timezone": "Europe/Brussels"}
