"""Refunds that a shop deletes in silence, or that Odoo has missed: found by comparing."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .refund_case import RefundCase


@tagged("post_install", "-at_install")
class TestDeleted(RefundCase):
    def flow(self):
        return self.backend.flow_ids.filtered(
            lambda flow: (flow.kind, flow.direction) == ("refund", "in")
        )

    def reconcile(self):
        """The flow's scheduled run; returns (its result, the requests it made)."""
        before = len(self.store.requests)
        self.env.flush_all()
        with self.registry.cursor() as cr:
            flow = self.flow()
            result = flow.with_env(flow.env(cr=cr))._job_poll()
        self.env.invalidate_all()
        return result, len(self.store.requests) - before

    def issues(self):
        return self.env["channel.issue"].search(
            [("backend_id", "=", self.backend.id), ("code", "=", "refund_deleted")]
        )

    def test_seen_with_the_next_look(self):
        order, _sale = self.sold()
        made = self.store.refund_order(order["id"], amount="5.00")
        self.refund_again(order)
        self.store.delete_refund(made["id"])
        event = self.look(order, "done")
        self.assertIn(str(made["id"]), event.reason)
        bound, issue = self.bound(made), self.issues()
        self.assertTrue(bound.gone_at)
        self.assertEqual((issue.state, issue.record), ("open", bound.odoo_id))
        self.assertIn("5.00 EUR", issue.title)
        self.assertIn(bound.odoo_id.name, issue.suggestion)
        self.assertEqual(bound.odoo_id.state, "posted")
        self.assertEqual(self.look(order).reason, "Nothing new")
        self.assertEqual(self.issues(), issue)

    def test_before_the_invoice(self):
        order, sale = self.ordered()
        made = self.store.refund_order(order["id"], amount="5.00")
        self.refund_again(order)
        self.store.delete_refund(made["id"])
        self.look(order, "done")
        self.assertEqual(self.issues().record, sale)

    def test_new_refund_after_the_deleted_one_was_reversed(self):
        """A person reverses the credit note; the next refund finds the whole order again."""
        order, sale = self.sold()
        made = self.store.refund_order(order["id"], amount="5.00")
        self.refund_again(order)
        self.store.delete_refund(made["id"])
        event = self.refund(order, "blocked", amount=order["total"])
        self.assertEqual(event.issue_id.code, "refund_too_much")
        note = self.notes(sale)
        note.channel_refund_ids.odoo_id = False
        note.button_draft()
        note.button_cancel()
        event.issue_id.action_retry()
        self.run_job(event)
        self.assertEqual(event.state, "done", event.reason)
        self.assertEqual(set(self.taxes(sale).values()), {"0.00"})

    def test_reconciliation_finds_what_was_deleted(self):
        order, _sale = self.sold()
        made = self.store.refund_order(order["id"], amount="5.00")
        self.refund_again(order)
        self.assertIn("0 differ", self.reconcile()[0])
        self.store.delete_refund(made["id"])
        self.assertIn("1 differ", self.reconcile()[0])
        event = self.refund_event(order)
        self.assertEqual(event.source, "reconcile")
        self.run_job(event)
        self.assertTrue(self.bound(made).gone_at)
        self.assertIn("0 differ", self.reconcile()[0])

    def test_reconciliation_finds_what_was_missed(self):
        """The webhook never came."""
        order, sale = self.sold()
        made = self.store.refund_order(order["id"], amount="5.00")
        self.assertIn("1 differ", self.reconcile()[0])
        self.run_job(self.refund_event(order))
        self.assertEqual(self.bound(made).odoo_id, self.notes(sale))
        self.assertMoney(order)

    def test_old_orders_only_with_refunds(self):
        order, sale = self.sold()
        long_ago = fields.Datetime.now() - timedelta(days=91)
        sale.date_order = long_ago
        self.assertIn("0 orders", self.reconcile()[0])
        self.refund(order, amount="5.00")
        self.assertIn("1 orders", self.reconcile()[0])

    def test_quotations_are_left_out(self):
        self.buy(("MUG", 1), status="on-hold", payment_method="bacs")
        self.assertIn("0 orders", self.reconcile()[0])

    def test_order_in_the_trash_is_no_deleted_refund(self):
        order, _sale = self.sold()
        made = self.store.refund_order(order["id"], amount="5.00")
        self.refund_again(order)
        self.store.trash_order(order["id"])
        self.assertIn("0 differ", self.reconcile()[0])
        self.assertFalse(self.bound(made).gone_at)

    def test_one_request_for_a_hundred_orders(self):
        _order, sale = self.ordered()
        rows = [
            {
                "backend_id": self.backend.id,
                "external_id": str(1_000_000 + number),
                "odoo_id": sale.copy({"state": "sale"}).id,
            }
            for number in range(120)
        ]
        self.env["channel.binding.order"].create(rows)
        result, requests = self.reconcile()
        self.assertIn("121 orders", result)
        self.assertEqual(requests, 2)

    def test_when_it_is_due(self):
        flow, now = self.flow(), fields.Datetime.now()
        self.assertEqual(flow.interval, 1440)
        self.assertTrue(flow._is_due(now))
        self.reconcile()
        self.assertFalse(flow._is_due(now + timedelta(hours=23)))
        self.assertTrue(flow._is_due(now + timedelta(hours=25)))
        out = self.backend.flow_ids.filtered(
            lambda flow: (flow.kind, flow.direction) == ("refund", "out")
        )
        self.assertFalse(out._is_due(now))
