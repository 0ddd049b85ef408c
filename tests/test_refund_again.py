"""Refunds told twice, late, in pieces: exactly one credit note, payment and return of each."""

from unittest.mock import patch

from odoo.tests import tagged

from .test_refund_goods import GoodsCase


class Killed(BaseException):
    """What a worker's end looks like from inside: nothing catches it."""


@tagged("post_install", "-at_install")
class TestAgain(GoodsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for product in cls.store.products.values():
            product.update(manage_stock=True, stock_quantity=100)

    def assertOne(self, sale):
        """One of each: credit note, payment back, return, binding."""
        self.assertEqual(len(self.notes(sale)), 1)
        self.assertEqual(sale.channel_payment_ids.mapped("payment_type").count("outbound"), 1)
        self.assertEqual(len(self.returns(sale)), 1)
        self.assertEqual(len(self.refunds_of(sale)), 1)

    def shipped(self):
        order, sale = self.sold()
        self.ship(sale)
        return order, sale

    def test_told_twice(self):
        order, sale = self.shipped()
        self.refund(order, lines=[self.line(order["line_items"][0], 1)], restock=True)
        self.assertEqual(self.look(order).reason, "Nothing new")
        self.assertOne(sale)
        self.assertMoney(order)

    def test_killed_anywhere(self):
        """The steps of a refund are one transaction: a worker's end at any point leaves nothing."""
        order, sale = self.shipped()
        steps = (
            ("channel.refund.credit.note", "_create"),
            ("channel.refund.importer", "_bind"),
            ("channel.refund.goods", "_handle"),
            ("channel.refund.credit.note", "_post"),
            ("channel.refund.payment", "_pay_back"),
            ("channel.refund.importer", "_prepare_outcome"),
        )
        self.store.refund_order(
            order["id"], lines=[self.line(order["line_items"][0], 1)], restock=True
        )
        self.receive(order["id"])
        event = self.refund_event(order)
        for model, method in steps:
            service = type(self.env[model])
            original = getattr(service, method)

            def work_and_die(*args, original=original, **kwargs):
                original(*args, **kwargs)
                raise Killed

            with (
                self.subTest(method),
                patch.object(service, method, work_and_die),
                self.assertRaises(Killed),
            ):
                self.run_job(event)
            self.assertEqual(event.state, "pending")
            self.assertFalse(self.notes(sale) | sale.channel_refund_ids.odoo_id)
            self.assertFalse(self.returns(sale))
        self.run_job(event)
        self.assertEqual(event.state, "done")
        self.assertOne(sale)
        self.assertMoney(order)

    def test_killed_between_commit_and_end(self):
        """All was written, the event not settled, or it is swept back: nothing is made twice."""
        order, sale = self.shipped()
        event = self.refund(order, lines=[self.line(order["line_items"][0], 1)], restock=True)
        event._reopen()
        self.run_job(event)
        self.assertEqual((event.state, event.reason), ("ignored", "Nothing new"))
        self.assertOne(sale)

    def test_no_way_to_send_money(self):
        order, sale = self.sold()
        self.journal.outbound_payment_method_line_ids.unlink()
        event = self.refund(order, "blocked", amount="1.00")
        self.assertEqual(event.issue_id.code, "refund_method_missing")
        self.assertFalse(self.notes(sale))

    def test_those_before_a_failure_stay(self):
        """Odoo refuses the second one: the first stays, the third waits."""
        order, sale = self.sold()
        first = self.store.refund_order(order["id"], amount="1.00")
        second = self.store.refund_order(order["id"], amount="2.00")
        third = self.store.refund_order(order["id"], amount="3.00")
        notes = type(self.env["channel.refund.credit.note"])
        original = notes._post

        def refuse(service, draft):
            if draft.refund.external_id == str(second["id"]):
                draft.credit_note.partner_id = False  # Odoo refuses to post it
            return original(service, draft)

        self.receive(order["id"])
        event = self.refund_event(order)
        with patch.object(notes, "_post", refuse):
            self.run_job(event)
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "refund_not_booked"))
        self.assertIn(str(second["id"]), event.issue_id.title)
        self.assertTrue(self.bound(first))
        self.assertFalse(self.bound(second) | self.bound(third))
        self.assertEqual(self.notes(sale).mapped("amount_total"), [1])
        event.issue_id.action_retry()
        self.run_job(event)
        self.assertEqual((event.state, event.issue_id.state), ("done", "resolved"))
        self.assertEqual(self.notes(sale).mapped("amount_total"), [1, 2, 3])
        self.assertMoney(order)

    def test_payment_goes_first(self):
        """Order, payment and refund arrive together: first the invoice, then the credit note."""
        self.gateway("stripe")
        order = self.place(("MUG", 3), **self.card())
        self.store.refund_order(order["id"], amount="5.00")
        sale = self.import_order(order)
        event = self.refund_event(order)
        postponed = self.run_job(event)
        self.assertIn("payment", str(postponed))
        self.assertEqual(event.state, "pending")
        self.money(sale)
        self.run_job(event)
        self.assertEqual((event.state, len(self.notes(sale))), ("done", 1))
        self.assertMoney(order)


@tagged("post_install", "-at_install")
class TestOutcomes(GoodsCase):
    """Every input ends with a reason."""

    def test_order_that_is_not_here(self):
        event = self.receive("999999", kind="refund", source="order")
        self.assertEqual((event.state, event.reason), ("ignored", "The order is not in Odoo"))

    def test_order_that_is_gone(self):
        order, sale = self.sold()
        self.store.delete_order(order["id"])
        event = self.look(order)
        self.assertEqual(event.reason, "The order is gone in the shop")
        self.assertEqual(event.res_id, sale.id)

    def test_quotation_waits_for_its_confirmation(self):
        order = self.place(("MUG", 3), status="on-hold", payment_method="bacs")
        sale = self.import_order(order)
        self.assertEqual(sale.state, "draft")
        self.store.refund_order(order["id"], amount="5.00")
        self.receive(order["id"])
        self.run_job(self.refund_event(order))
        self.assertIn(sale.name, self.look(order).reason)
        sale.action_confirm()
        self.run_job(self.refund_event(order))
        self.assertEqual(f"{sale.amount_total:.2f}", f"{float(order['total']) - 5:.2f}")

    def test_cancelled_order(self):
        order, sale = self.ordered()
        sale._action_cancel()
        self.store.refund_order(order["id"], amount="5.00")
        event = self.look(order, "done")
        self.assertIn("cancelled", event.reason)
        self.assertEqual(sale.state, "cancel")
        self.assertEqual(self.look(order).reason, "Nothing new")

    def test_cancelled_order_that_was_invoiced(self):
        order, sale = self.sold()
        sale._action_cancel()
        self.store.refund_order(order["id"], amount="5.00")
        self.look(order, "done")
        self.assertEqual(self.notes(sale).mapped("amount_total"), [5])
        self.assertMoney(order)

    def test_made_by_odoo(self):
        """A refund whose marker a note has is left to the exporter that made it."""
        order, sale = self.sold()
        note = self.env["channel.outbox"].create(
            {
                "backend_id": self.backend.id,
                "company_id": self.company.id,
                "kind": "refund",
                "res_model": "account.move",
                "res_id": sale.invoice_ids.id,
                "order_id": sale.id,
            }
        )
        made = self.store.refund_order(order["id"], amount="5.00")
        self.mark(made, note.marker)
        event = self.look(order, "done")
        self.assertIn("Odoo itself", event.reason)
        self.assertFalse(self.notes(sale) | self.bound(made).odoo_id)

    def test_made_by_another_odoo(self):
        order, sale = self.sold()
        made = self.store.refund_order(order["id"], amount="5.00")
        self.mark(made, "somebody-elses")
        self.look(order, "done")
        self.assertEqual(len(self.notes(sale)), 1)

    def mark(self, refund, marker):
        self.store.refunds[refund["id"]]["meta_data"].append(
            {"id": 1, "key": "_odoo_refund_uuid", "value": marker}
        )

    def test_paid_by_hand(self):
        """Nobody told the gateway's workflow: a person pays back."""
        order, sale = self.ordered(**self.card())
        sale._create_invoices().action_post()
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=sale.invoice_ids.ids
        )
        wizard.create({})._create_payments()
        self.refund(order, amount="5.00")
        note = self.notes(sale)
        self.assertEqual((note.payment_state, note.amount_residual), ("not_paid", 5))

    def test_locked_period(self):
        """Odoo books on the first open day; a person is told."""
        order, sale = self.sold()
        made = self.store.refund_order(order["id"], amount="5.00")
        self.store.refunds[made["id"]]["date_created_gmt"] = "2026-01-15T10:00:00"
        day = "2026-01-15"
        self.company.sudo().fiscalyear_lock_date = day
        self.look(order, "done")
        note = self.notes(sale)
        self.assertEqual((str(note.invoice_date), note.state), (day, "posted"))
        self.assertGreater(str(note.date), day)
        issue = self.env["channel.issue"].search([("code", "=", "refund_period_locked")])
        self.assertEqual((issue.record, issue.state), (note, "open"))

    def test_missing_journal(self):
        order, sale = self.sold()
        self.gateway("stripe", journal_id=False)
        event = self.refund(order, "blocked", amount="5.00")
        self.assertEqual(event.issue_id.code, "payment_journal_missing")
        self.assertFalse(self.notes(sale))
