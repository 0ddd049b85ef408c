"""Each kind of refund that shops were seen to make becomes a credit note of exactly its money."""

from decimal import Decimal

from odoo.tests import tagged

from .story_case import StoryCase


class KindsOfRefunds:
    """Every story begins with a paid order of mugs, books, shipping and a fee."""

    def setUp(self):
        super().setUp()
        self.the_customer_pays_by_card(("MUG", 3), ("BOOK", 2), **self.charges)

    # === BY LINES === #

    def test_pieces_with_their_tax(self):
        refund = self.the_shop_refunds(lines=[self.part_of_line("MUG", 1)])
        self.credited(refund)

    def test_two_one_after_the_other(self):
        for name in ("MUG", "BOOK"):
            self.the_shop_refunds(lines=[self.part_of_line(name, 1)])
        self.assertEqual(len(self.credit_notes), 2)
        self.the_credit_notes_are_the_refunds()

    def test_two_at_once(self):
        """Both were made before the first webhook arrived."""
        for name in ("MUG", "BOOK"):
            self.store.refund_order(self.order["id"], lines=[self.part_of_line(name, 1)])
        self.time_goes_by()
        self.assertEqual(len(self.credit_notes), 2)
        self.the_credit_notes_are_the_refunds()

    def test_piece_by_piece(self):
        for _number in range(3):
            self.the_shop_refunds(lines=[self.part_of_line("MUG", 1)])
        self.the_credit_notes_are_the_refunds()

    def test_all_lines(self):
        names = {"MUG": 3, "BOOK": 2, "shipping_lines": 1, "fee_lines": 1}
        lines = [self.part_of_line(name, pieces) for name, pieces in names.items()]
        # rounded one by one they may be a cent more than the order, which no shop gives back
        refund = self.the_shop_refunds(amount=self.order["total"], lines=lines)
        self.assertEqual(self.shop_status, "refunded")
        self.credited(refund)

    def test_shipping_only(self):
        refund = self.the_shop_refunds(lines=[self.part_of_line("shipping_lines", 1)])
        self.credited(refund)

    def test_a_fee_only(self):
        refund = self.the_shop_refunds(lines=[self.part_of_line("fee_lines", 1)])
        self.credited(refund)

    def test_a_lower_price(self):
        """Money, but no pieces."""
        refund = self.the_shop_refunds(lines=[self.part_of_line("MUG", 0, share="0.5")])
        self.credited(refund)

    def test_a_line_without_its_tax(self):
        line = {"id": self.item("MUG")["id"], "quantity": 1, "refund_total": "10"}
        refund = self.the_shop_refunds(lines=[line])
        self.assertEqual(refund["amount"], "10.00")
        self.credited(refund)

    def test_more_pieces_than_were_sold(self):
        line = {"id": self.item("MUG")["id"], "quantity": 99, "refund_total": "1"}
        self.credited(self.the_shop_refunds(lines=[line]))

    def test_more_decimals_than_there_are_cents(self):
        item = self.item("MUG")
        tax = {"id": item["taxes"][0]["id"], "refund_total": "2.125925"}
        line = {"id": item["id"], "quantity": 0, "refund_total": "10.12345", "refund_tax": [tax]}
        refund = self.the_shop_refunds(lines=[line])
        self.assertEqual(refund["amount"], "12.25")
        self.credited(refund)

    def test_a_line_of_another_order(self):
        """The shop passes over it in silence, and keeps the amount."""
        line = {"id": 1, "quantity": 1, "refund_total": "1"}
        self.credited(self.the_shop_refunds(amount="1", lines=[line]))

    # === BY AMOUNT === #

    def test_an_amount_only(self):
        self.credited(self.the_shop_refunds(amount="5.00", reason="Goodwill"))

    def test_an_amount_above_its_lines(self):
        refund = self.the_shop_refunds(amount="40.00", lines=[self.part_of_line("MUG", 1)])
        self.assertEqual(refund["amount"], "40.00")
        self.credited(refund)

    def test_the_whole_amount_without_lines(self):
        refund = self.the_shop_refunds(amount=self.order["total"])
        self.assertEqual(self.shop_status, "refunded")
        self.credited(refund)

    def test_the_status_alone(self):
        """The shop makes a refund of what is left, without lines."""
        self.the_shop("update_order", status="refunded")
        (refund,) = self.shop_refunds
        self.credited(refund)

    def test_the_rest_by_status(self):
        self.the_shop_refunds(lines=[self.part_of_line("MUG", 1)])
        self.the_shop("update_order", status="refunded")
        self.assertEqual(len(self.credit_notes), 2)
        self.the_credit_notes_are_the_refunds()

    # === OF NOTHING === #

    def test_zero(self):
        self.the_shop_refunds(amount="0")
        self.nothing_is_credited()

    def test_pieces_without_money(self):
        self.the_shop_refunds(lines=[{"id": self.item("MUG")["id"], "quantity": 1}])
        self.nothing_is_credited()

    # === WHAT EVERY STORY ENDS WITH === #

    def credited(self, refund):
        (note,) = self.credit_notes
        self.assertEqual(f"{note.amount_total:.2f}", f"{Decimal(str(refund['amount'])):.2f}")
        self.the_credit_notes_are_the_refunds()

    def the_credit_notes_are_the_refunds(self):
        """One each, linked to the invoice, with the refund's money; and the tax of its lines."""
        for refund in self.shop_refunds:
            binding = self.env["channel.binding.refund"]._find(self.backend, refund["id"])
            note = binding.odoo_id
            self.assertEqual(note.reversed_entry_id, self.invoices)
            self.assertEqual(f"{note.amount_total:.2f}", f"{Decimal(str(refund['amount'])):.2f}")
            if refund["line_items"] or refund["shipping_lines"] or refund["fee_lines"]:
                self.the_tax_is_at_least_that_of_the_lines(note, refund)
        self.assertTheEnd()

    def the_tax_is_at_least_that_of_the_lines(self, note, refund):
        rows = [*refund["line_items"], *refund["shipping_lines"], *refund["fee_lines"]]
        total, tax = (
            sum(-Decimal(str(row[key])) for row in rows) for key in ("total", "total_tax")
        )
        if total + tax == Decimal(str(refund["amount"])):
            self.assertEqual(f"{note.amount_tax:.2f}", f"{tax:.2f}")
        else:
            # lines rounded one by one may have a cent of tax more than the order ever had
            least = min(round(tax, 2), Decimal(str(self.order["total_tax"])))
            self.assertGreaterEqual(round(note.amount_tax, 2), float(least))

    def nothing_is_credited(self):
        self.assertFalse(self.credit_notes)
        self.assertEqual(len(self.shop_refunds), 1)
        self.assertTheEnd()


@tagged("post_install", "-at_install")
class TestTaxExclusive(KindsOfRefunds, StoryCase):
    pass


@tagged("post_install", "-at_install")
class TestTaxInclusive(KindsOfRefunds, StoryCase):
    store_options = {"prices_include_tax": True, "timezone": "Europe/Brussels"}
