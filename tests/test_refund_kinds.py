"""Every kind of refund of an invoiced order, in both kinds of stores: credit note = refund."""

from decimal import Decimal

from odoo import fields
from odoo.tests import tagged

from .refund_case import RefundCase


class Kinds:
    """Refunds of an order that was invoiced and paid. (Recorded ones: test_refund_recorded.)"""

    def test_line_with_its_tax(self):
        order, sale = self.sold()
        row = self.line(order["line_items"][0], 1)
        event = self.refund(order, lines=[row], reason="Broken")
        note = self.notes(sale)
        self.assertIn(note.name, event.reason)
        self.assertEqual((event.res_model, event.res_id), ("sale.order", sale.id))
        tax = row["refund_tax"][0]["refund_total"]
        self.assertNote(note, Decimal(row["refund_total"]) + Decimal(tax), tax)
        self.assertEqual(self.rows(note), [("1", row["refund_total"], tax)])
        self.assertEqual(note.invoice_line_ids.product_id, self.mug)
        self.assertIn("Broken", note.ref)
        self.assertEqual(self.line_of(sale, order["line_items"][0]).qty_invoiced, 2)
        self.assertMoney(order)

    def test_credit_note_its_payment_and_what_is_known_of_them(self):
        order, sale = self.sold()
        made = self.store.refund_order(order["id"], amount="5.00", reason="Goodwill")
        self.refund_again(order)
        bound, note = self.bound(made), self.notes(sale)
        self.assertEqual((bound.odoo_id, bound.order_id), (note, sale))
        self.assertEqual((bound.amount, bound.reason, bound.made_here), (5, "Goodwill", False))
        self.assertIn(note.name, bound.outcome)
        payment = sale.channel_payment_ids.filtered(lambda one: one.payment_type == "outbound")
        self.assertEqual((payment.amount, payment.journal_id), (5, self.journal))
        self.assertEqual(payment.channel_transaction_id, "ch_1")
        self.assertEqual(payment.partner_id, note.commercial_partner_id)
        self.assertIn(note.payment_state, ("paid", "in_payment"))
        shop = self.env.user.with_context(tz=self.store_options["timezone"])
        refunded_at = fields.Datetime.context_timestamp(shop, bound.refunded_at)
        self.assertEqual(note.invoice_date, refunded_at.date())
        self.assertFalse(self.env["channel.outbox"].search([("kind", "=", "refund")]))

    def test_amount_only(self):
        """Base and tax are the order's own mixture, on one line per tax."""
        order, sale = self.sold()
        total, tax = Decimal(order["total"]), Decimal(order["total_tax"])
        self.refund(order, amount="10.00")
        note = self.notes(sale)
        self.assertEqual(f"{note.amount_total:.2f}", "10.00")
        self.assertAlmostEqual(note.amount_tax, float(10 * tax / total), delta=0.015)
        self.assertEqual(len(note.invoice_line_ids), 2)
        self.assertFalse(note.invoice_line_ids.product_id)
        self.assertFalse(note.invoice_line_ids.sale_line_ids)
        for line in note.invoice_line_ids:
            self.assertIn(f"#{order['number']}", line.name)
            rate = line.tax_ids.amount / 100
            self.assertAlmostEqual(
                line.price_total - line.price_subtotal, line.price_subtotal * rate, delta=0.011
            )
        self.assertMoney(order)

    def test_shipping_only(self):
        order, sale = self.sold()
        row = {**self.line(order["shipping_lines"][0], 1), "quantity": 0}
        self.refund(order, lines=[row])
        tax = row["refund_tax"][0]["refund_total"]
        note = self.notes(sale)
        self.assertNote(note, Decimal("4.95") + Decimal(tax), tax)
        self.assertIn("Flat rate", note.invoice_line_ids.name)
        self.assertMoney(order)

    def test_several_until_nothing_is_left(self):
        """Line, amount, shipping, and the rest by status: each tax ends at zero."""
        order, sale = self.sold()
        self.refund(order, lines=[self.line(order["line_items"][0], 1)])
        self.refund(order, amount="3.33")
        self.refund(order, lines=[{**self.line(order["shipping_lines"][0], 1), "quantity": 0}])
        self.assertMoney(order)
        self.store.update_order(order["id"], status="refunded")
        self.refund_again(order)
        self.assertEqual(len(self.notes(sale)), 4)
        self.assertEqual(set(self.taxes(sale).values()), {"0.00"})
        self.assertMoney(order)
        self.assertEqual(f"{sale.channel_net:.2f}", "0.00")

    def test_two_that_arrive_together(self):
        order, sale = self.sold()
        self.store.refund_order(order["id"], amount="1.00")
        self.refund(order, amount="2.00")
        self.assertEqual(self.notes(sale).mapped("amount_total"), [1, 2])
        self.assertMoney(order)

    def test_full_by_lines(self):
        order, sale = self.sold()
        self.refund(order, amount=order["total"], lines=self.whole(order))
        note = self.notes(sale)
        self.assertNote(note, order["total"], order["total_tax"])
        self.assertEqual(len(note.invoice_line_ids), 4)
        self.assertEqual(set(self.taxes(sale).values()), {"0.00"})
        self.assertEqual(set(sale.order_line.mapped("qty_to_invoice")), {0})
        self.assertMoney(order)

    def test_full_by_amount(self):
        order, sale = self.sold()
        self.refund(order, amount=order["total"])
        self.assertNote(self.notes(sale), order["total"], order["total_tax"])
        self.assertEqual(set(self.taxes(sale).values()), {"0.00"})
        self.assertMoney(order)

    def test_by_status(self):
        order, sale = self.sold()
        self.store.update_order(order["id"], status="refunded")
        self.refund_again(order)
        self.assertNote(self.notes(sale), order["total"], order["total_tax"])
        self.assertEqual(self.refunds_of(sale).reason, "Order fully refunded.")
        self.assertMoney(order)

    def test_zero(self):
        order, sale = self.sold()
        event = self.refund(order, amount="0.00")
        self.assertFalse(self.notes(sale))
        self.assertIn("nothing was given back", event.reason)
        self.assertEqual(self.refunds_of(sale).outcome, "nothing was given back")
        self.assertMoney(order)

    def test_amount_above_its_lines(self):
        """The difference is lines of its own."""
        order, sale = self.sold()
        row = self.line(order["line_items"][0], 1, "10.00", {1: "2.10"})
        self.refund(order, amount="20.00", lines=[row])
        note = self.notes(sale)
        self.assertEqual(f"{note.amount_total:.2f}", "20.00")
        rows = self.rows(note)
        self.assertEqual((rows[0], len(rows)), (("1", "10.00", "2.10"), 3))
        self.assertMoney(order)

    def test_amount_below_its_lines(self):
        order, sale = self.sold()
        row = self.line(order["line_items"][0], 1, "10.00", {1: "2.10"})
        self.refund(order, amount="6.05", lines=[row])
        note = self.notes(sale)
        self.assertNote(note, "6.05", "1.05")
        self.assertEqual(self.rows(note), [("1", "10.00", "2.10"), ("1", "-5.00", "-1.05")])
        self.assertMoney(order)

    def test_quantity_only(self):
        order, sale = self.sold()
        self.refund(order, lines=[self.line(order["line_items"][0], 1, 0, {})])
        self.assertFalse(self.notes(sale))
        self.assertMoney(order)

    def test_quantity_more_than_there_is(self):
        order, sale = self.sold()
        self.refund(order, lines=[self.line(order["line_items"][0], 99, "1.00", {})])
        note = self.notes(sale)
        self.assertNote(note, "1.00", "0.00")
        self.assertEqual(note.invoice_line_ids.quantity, 3)
        self.assertEqual(self.line_of(sale, order["line_items"][0]).qty_invoiced, 0)
        self.assertMoney(order)

    def test_price_reduction(self):
        order, sale = self.sold()
        self.refund(order, lines=[self.line(order["line_items"][0], 0, "2.00", {1: "0.42"})])
        note = self.notes(sale)
        self.assertNote(note, "2.42", "0.42")
        self.assertFalse(note.invoice_line_ids.product_id)
        self.assertEqual(self.line_of(sale, order["line_items"][0]).qty_invoiced, 3)
        self.assertMoney(order)

    def test_line_without_tax_and_the_rest_with_all_of_it(self):
        """What an admin forgot to refund of the tax is in the last refund."""
        order, sale = self.sold()
        self.refund(order, lines=[self.line(order["line_items"][0], 1, "10.00", {})])
        self.assertNote(self.notes(sale), "10.00", "0.00")
        left = Decimal(order["total"]) - 10
        self.refund(order, amount=f"{left}")
        self.assertNote(self.notes(sale)[1], left, order["total_tax"])
        self.assertEqual(set(self.taxes(sale).values()), {"0.00"})
        self.assertMoney(order)

    def test_line_of_another_order(self):
        """The shop drops such a line in silence; only the amount is left."""
        other = self.place(("MUG", 1))
        order, sale = self.sold()
        self.refund(order, amount="1.00", lines=[self.line(other["line_items"][0], 1)])
        self.assertEqual(self.notes(sale).mapped("amount_total"), [1])
        self.assertMoney(order)

    def test_more_precise_than_a_cent(self):
        order, sale = self.sold()
        row = self.line(order["line_items"][0], 0)
        row.update(refund_total=10.12345, refund_tax=[{"id": 1, "refund_total": 2.125925}])
        self.refund(order, lines=[row])
        self.assertNote(self.notes(sale), "12.25", "2.13")
        self.assertMoney(order)

    def test_discount_that_was_a_fee(self):
        """A negative fee's tax is spread over the cart's classes; its refund takes it back."""
        order, sale = self.sold(fees=[("Discount", "-6.66")])
        self.refund(order, amount=order["total"], lines=self.whole(order))
        self.assertNote(self.notes(sale), order["total"], order["total_tax"])
        self.assertEqual(set(self.taxes(sale).values()), {"0.00"})
        self.assertMoney(order)

    def test_date_is_the_shops(self):
        """Half past eleven in the evening, UTC: the next day in Brussels."""
        order, sale = self.sold()
        made = self.store.refund_order(order["id"], amount="5.00")
        self.store.refunds[made["id"]]["date_created_gmt"] = "2026-01-15T23:30:00"
        self.refund_again(order)
        note = self.notes(sale)
        payment = sale.channel_payment_ids.filtered(lambda one: one.payment_type == "outbound")
        self.assertEqual({str(note.invoice_date), str(note.date)}, {"2026-01-16"})
        self.assertEqual(str(payment.date), "2026-01-16")


@tagged("post_install", "-at_install")
class TestExclusive(Kinds, RefundCase):
    allow_inherited_tests_method = True
    backend_values = {"tz": "Europe/Brussels"}


@tagged("post_install", "-at_install")
class TestInclusive(Kinds, RefundCase):
    allow_inherited_tests_method = True
    store_options = {"prices_include_tax": True, "timezone": "Europe/Brussels"}
    backend_values = {"tz": "Europe/Brussels"}


@tagged("post_install", "-at_install")
class TestIncludedTaxes(Kinds, RefundCase):
    """The same where Odoo's taxes are included in its prices."""

    allow_inherited_tests_method = True
    backend_values = {"tz": "Europe/Brussels"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.tax_map_ids.tax_id.price_include_override = "tax_included"
