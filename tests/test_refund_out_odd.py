"""Credit notes that can't simply be told: each ends in a state that a person understands."""

from decimal import Decimal

from odoo.fields import Command
from odoo.tests import tagged

from .refund_out_case import RefundOutCase


@tagged("post_install", "-at_install")
class TestRefused(RefundOutCase):
    def test_more_than_is_left_there(self):
        order, invoice = self.sold(("MUG", 3))
        self.store.refund_order(order["id"], amount="60.00")
        issue = self.blocked(self.credit(invoice), "refund_exceeds_rest")
        left = Decimal(order["total"]) - 60
        self.assertIn(f"only {left:.2f}", issue.title)
        self.assertIn("lower it", issue.suggestion)
        self.assertEqual(len(self.refunds(order)), 1)

    def test_lowered_to_what_is_left(self):
        order, invoice = self.sold(("MUG", 3))
        self.store.refund_order(order["id"], amount="60.00")
        note = self.credit(invoice)
        issue = self.blocked(note, "refund_exceeds_rest")
        note.button_draft()
        note.invoice_line_ids.unlink()
        self.add_line(note, "The rest", float(order["total"]) - 60)
        note.action_post()
        self.told(note)
        self.assertEqual(self.status(order), "refunded")
        self.assertEqual(issue.state, "resolved")

    def test_the_part_that_a_gift_card_paid(self):
        payload = self.payload(self.place(("MUG", 1)))
        payload["total"] = f"{float(payload['total']) - 10:.2f}"
        payload["meta_data"] = [
            {"id": 1, "key": "_ywgc_applied_gift_cards", "value": {"GIFT-1": 10}},
            {"id": 2, "key": "_ywgc_applied_gift_cards_totals", "value": "10"},
        ]
        self.store.orders[payload["id"]].update(
            total=payload["total"], meta_data=payload["meta_data"]
        )
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        issue = self.blocked(self.credit(self.invoice(sale)), "refund_exceeds_rest")
        self.assertIn("10", issue.suggestion)
        self.assertIn("gift card", issue.suggestion)

    def test_a_gateway_that_can_not_pay_out(self):
        self.flow.pay_out = True
        order, invoice = self.sold(("MUG", 1), payment_method="bacs")
        note = self.credit(invoice)
        issue = self.blocked(note, "gateway_cannot_refund")
        self.flow.pay_out = False
        issue.action_retry()
        self.told(note)
        self.assertEqual(self.status(order), "refunded")
        self.assertEqual(issue.state, "resolved")

    def test_another_currency(self):
        _order, invoice = self.sold(("MUG", 1))
        note = self.draft_credit(invoice)
        note.currency_id = self._currency("USD", 1.25)
        note.action_post()
        issue = self.blocked(note, "refund_currency")
        self.assertIn("USD", issue.title)


@tagged("post_install", "-at_install")
class TestNothingToTell(RefundOutCase):
    def ignored(self, note):
        self.assertFalse(self.tell(note))
        row = self.notes(note)[-1:]
        self.assertEqual(row.state, "ignored", row.reason)
        return row.reason

    def test_zero(self):
        order, invoice = self.sold(("MUG", 1))
        note = self.draft_credit(invoice)
        note.invoice_line_ids.price_unit = 0
        note.action_post()
        self.assertIn("nothing", self.ignored(note))
        self.assertFalse(self.refunds(order))

    def test_taken_back_before_it_was_told(self):
        order, invoice = self.sold(("MUG", 1))
        note = self.credit(invoice)
        note.button_draft()
        self.assertIn("not posted", self.ignored(note))
        self.assertFalse(self.refunds(order))

    def test_an_order_that_was_deleted(self):
        order, invoice = self.sold(("MUG", 1))
        self.store.delete_order(order["id"])
        self.assertIn("gone", self.ignored(self.credit(invoice)))

    def test_an_order_in_the_trash(self):
        order, invoice = self.sold(("MUG", 1))
        self.store.trash_order(order["id"])
        self.assertIn("gone", self.ignored(self.credit(invoice)))
        self.assertEqual(self.status(order), "trash")

    def test_a_cancelled_order_can_be_refunded(self):
        """The shop allows it, and its money has to be right whatever the order is called."""
        order, invoice = self.sold(("MUG", 1))
        self.store.update_order(order["id"], status="cancelled")
        self.told(self.credit(invoice))
        self.assertEqual(Decimal(str(self.refunds(order)[0]["amount"])), Decimal(order["total"]))

    def test_an_invoice_that_is_replaced(self):
        """“Reverse and Create Invoice” gives nobody his money back."""
        order, invoice = self.sold(("MUG", 1))
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"journal_id": invoice.journal_id.id}).modify_moves()
        (note,) = self.notes(invoice.reversal_move_ids)
        self.assertEqual((note.state, "replaced" in note.reason), ("ignored", True))
        self.assertFalse(self.refunds(order))

    def test_posted_twice(self):
        order, invoice = self.sold(("MUG", 1))
        note = self.credit(invoice)
        self.told(note)
        self.env["channel.outbox"]._note(
            "refund", note, lambda move: move.line_ids.sale_line_ids.order_id
        )
        self.assertIn("already", self.ignored(note))
        self.assertEqual(len(self.refunds(order)), 1)


@tagged("post_install", "-at_install")
class TestTakenBack(RefundOutCase):
    def setUp(self):
        super().setUp()
        self.order, self.invoiced = self.sold(("MUG", 3))
        self.credited = self.credit(self.invoiced, MUG=1)
        self.refund = self.told(self.credited)

    def issue(self, state="open"):
        issues = self.env["channel.issue"].search([("code", "=", "refund_withdrawn")])
        self.assertEqual((issues.state, issues.record), (state, self.credited))
        return issues

    def test_reset_to_draft(self):
        self.credited.button_draft()
        self.assertIn(self.refund.external_id, self.issue().title)
        self.assertEqual(len(self.refunds(self.order)), 1)

    def test_cancelled(self):
        self.credited.button_cancel()
        self.assertEqual(self.credited.state, "cancel")
        self.assertIn("delete the refund", self.issue().suggestion)

    def test_reversed_itself(self):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=self.credited.ids
        )
        wizard.create({"journal_id": self.credited.journal_id.id}).refund_moves()
        self.credited.reversal_move_ids.action_post()
        self.issue()

    def test_posted_again_as_it_was(self):
        self.credited.button_draft()
        self.issue()
        self.credited.action_post()
        self.assertFalse(self.tell(self.credited))
        self.assertEqual(self.notes(self.credited)[-1:].state, "ignored")
        self.issue("resolved")
        self.assertEqual(len(self.refunds(self.order)), 1)

    def test_posted_again_with_another_amount(self):
        self.change(2)
        issue = self.blocked(self.credited, "refund_changed")
        self.assertIn(f"Delete refund {self.refund.external_id}", issue.suggestion)
        self.store.delete_refund(int(self.refund.external_id))
        issue.action_retry()
        self.tell(self.credited)
        (shop,) = self.refunds(self.order)
        self.assertAmount(shop["amount"], self.credited.amount_total)
        self.assertEqual(self.bindings(self.credited).external_id, str(shop["id"]))
        self.assertTrue(self.refund.gone_at)
        self.issue("resolved")

    def change(self, quantity):
        self.credited.button_draft()
        self.credited.invoice_line_ids.quantity = quantity
        self.credited.action_post()


@tagged("post_install", "-at_install")
class TestSeveralOrders(RefundOutCase):
    def setUp(self):
        super().setUp()
        self.first, self.one = self.sold(("MUG", 2))
        self.second, self.two = self.sold(("BOOK", 1))
        self.both = self.draft_credit(self.one)
        self.both.reversed_entry_id = False
        (line,) = self.two.invoice_line_ids
        self.both.invoice_line_ids = [
            Command.create(
                {
                    "product_id": line.product_id.id,
                    "quantity": line.quantity,
                    "price_unit": line.price_unit,
                    "tax_ids": line.tax_ids.ids,
                    "extra_tax_data": line.extra_tax_data,
                    "sale_line_ids": line.sale_line_ids.ids,
                }
            )
        ]

    def test_each_gets_its_part(self):
        self.both.action_post()
        self.assertEqual(len(self.notes(self.both)), 2)
        self.assertFalse(self.tell(self.both))
        for order, sku in ((self.first, "MUG"), (self.second, "BOOK")):
            (refund,) = self.refunds(order)
            self.assertEqual(Decimal(str(refund["amount"])), Decimal(order["total"]), sku)
            self.assertEqual([row["name"] for row in refund["line_items"]], [f"Product {sku}"])
        self.assertEqual(len(self.bindings(self.both)), 2)

    def test_what_belongs_to_neither(self):
        self.add_line(self.both, "Goodwill", 5.0)
        self.both.action_post()
        self.blocked(self.both, "refund_not_told_apart")
        self.assertFalse(self.refunds(self.first) + self.refunds(self.second))

    def test_one_of_them_is_charged(self):
        self.both.invoice_line_ids[-1:].write({"quantity": -1, "extra_tax_data": False})
        self.both.action_post()
        self.assertFalse(self.tell(self.both))
        notes = self.notes(self.both)
        self.assertEqual(notes.mapped("state"), ["done", "blocked"])
        self.assertEqual(notes[1].issue_id.code, "refund_negative")

    def test_by_the_invoice_it_reverses(self):
        """A person may have written all lines anew."""
        note = self.draft_credit(self.one)
        note.invoice_line_ids.unlink()
        self.add_line(note, "All of it", 12.5)
        note.action_post()
        self.told(note)
        self.assertEqual(Decimal(str(self.refunds(self.first)[0]["amount"])), Decimal("12.5"))
