"""The recorded refunds of two real stores, taken over as they happened."""

from decimal import Decimal

from odoo.tests import tagged

from .refund_case import RefundCase


class Recorded:
    """Orders are imported as they were before their refunds, which then come one by one."""

    def test_credit_note_equals_refund(self):
        self._make_shop_products()
        refunds = sorted(self.store.refunds.values(), key=lambda refund: refund["id"])
        self.store.refunds.clear()
        sales = {}
        for order_id in dict.fromkeys(refund["parent_id"] for refund in refunds):
            order = self.store.orders[order_id]
            order["recorded_status"], order["status"] = order["status"], "completed"
            self.gateway(order["payment_method"] or "no_method")
            sales[order_id] = sale = self.import_order(order_id)
            self.money(sale)
            self.assertMoney(order_id)
        for refund in refunds:
            self.happen(refund)
            self.check(refund, sales[refund["parent_id"]])
        self.assertEqual(len(refunds), self.expected)

    def happen(self, refund):
        """The shop makes the refund again, and its order changes with it."""
        order = self.store.orders[refund["parent_id"]]
        self.store.refunds[refund["id"]] = refund
        self.store.update_order(order["id"], customer_note=f"refund {refund['id']}")
        order["status"] = order["recorded_status"]
        self.refund_again(order)

    def check(self, refund, sale):
        amount = Decimal(str(refund["amount"]))
        bound = self.bound(refund)
        self.assertTrue(bound.outcome)
        self.assertEqual(bool(bound.odoo_id), bool(amount))
        if amount:
            note = bound.odoo_id
            self.assertEqual(f"{note.amount_total:.2f}", f"{amount:.2f}")
            self.assertEqual(note.state, "posted")
        self.assertMoney(refund["parent_id"])
        if amount == Decimal(str(self.store.orders[refund["parent_id"]]["total"])):
            self.assertEqual({float(tax) for tax in self.taxes(sale).values()} - {0}, set())


@tagged("post_install", "-at_install")
class TestRecordedInclusive(Recorded, RefundCase):
    allow_inherited_tests_method = True
    recorded, expected = "incl", 9


@tagged("post_install", "-at_install")
class TestRecordedExclusive(Recorded, RefundCase):
    allow_inherited_tests_method = True
    recorded, expected = "excl", 3
