"""A whole order: paid, shipped in two parts, partly refunded, returned."""

from odoo.tests import tagged

from .story_case import StoryCase


class OrderToReturn:
    def test_paid_shipped_in_two_parts_partly_refunded_and_returned(self):
        self.the_customer_pays_by_card(("MUG", 3), ("BOOK", 2), **self.charges)
        self.the_invoice_is_paid()
        self.two_mugs_are_shipped()
        self.the_rest_is_shipped()
        self.one_mug_was_broken_and_may_be_kept()
        self.two_books_come_back()
        self.assertTheEnd()

    def the_invoice_is_paid(self):
        self.assertEqual(f"{self.invoices.amount_total:.2f}", self.order["total"])
        self.assertEqual(f"{self.invoices.amount_tax:.2f}", self.order["total_tax"])
        self.assertEqual(self.sale.channel_payment_ids.channel_transaction_id, "ch_1")
        self.assertTheEnd()

    def two_mugs_are_shipped(self):
        self.the_warehouse_ships(MUG=2, tracking="PARCEL-1")
        self.assertEqual(self.shop_status, "processing")
        self.the_shop_knows_of("PARCEL-1")

    def the_rest_is_shipped(self):
        self.the_warehouse_ships(tracking="PARCEL-2")
        self.assertEqual(self.shop_status, "completed")
        self.the_shop_knows_of("PARCEL-2")
        self.assertEqual(self.sale.delivery_status, "full")

    def the_shop_knows_of(self, parcel):
        notes = [note["note"] for note in self.store.notes_of(self.order["id"])]
        self.assertIn(parcel, "\n".join(notes))

    def one_mug_was_broken_and_may_be_kept(self):
        refund = self.the_shop_refunds(lines=[self.part_of_line("MUG", 1)], restock=False)
        self.assertEqual(f"{self.credit_notes.amount_total:.2f}", refund["amount"])
        self.assertEqual(self.pieces_with_customer("MUG"), 3)

    def two_books_come_back(self):
        self.the_shop_refunds(lines=[self.part_of_line("BOOK", 2)], restock=True)
        self.the_warehouse_receives_the_returns()
        self.assertEqual(self.pieces_with_customer("BOOK"), 0)
        self.assertEqual(len(self.credit_notes), 2)
        self.assertEqual(self.shop_status, "completed")


@tagged("post_install", "-at_install")
class TestTaxExclusive(OrderToReturn, StoryCase):
    pass


@tagged("post_install", "-at_install")
class TestTaxInclusive(OrderToReturn, StoryCase):
    store_options = {"prices_include_tax": True, "timezone": "Europe/Brussels"}
