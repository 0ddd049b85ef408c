"""The shop restocks what it refunds exactly where the goods came back."""

from odoo.tests import tagged

from .refund_out_case import RefundOutCase


@tagged("post_install", "-at_install")
class TestRestock(RefundOutCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store.product("MUG").update(manage_stock=True, stock_quantity=50)
        cls.store.product("BOOK").update(manage_stock=True, stock_quantity=50)
        cls._add_product("WARRANTY", "9.00", {"type": "service", "is_storable": False})

    def shipped(self, *lines, **cart):
        """An order that was invoiced and delivered: (the shop's order, sale, invoice)."""
        order, invoice = self.sold(*lines, **cart)
        sale = invoice.line_ids.sale_line_ids.order_id
        self.ship(sale)
        return order, sale, invoice

    def test_goods_that_came_back(self):
        _order, sale, invoice = self.shipped(("MUG", 3), shipping=[("flat_rate", "4.95")])
        before = self.stock("MUG")
        self.give_back(sale, MUG=2)
        refund = self.told(self.credit(invoice, MUG=2))
        self.assertEqual(self.stock("MUG"), before + 2)
        self.assertEqual(list(refund.restocked.values()), [2.0])

    def test_goods_that_the_customer_keeps(self):
        _order, _sale, invoice = self.shipped(("MUG", 3))
        before = self.stock("MUG")
        refund = self.told(self.credit(invoice, MUG=2))
        self.assertEqual((self.stock("MUG"), refund.restocked), (before, False))

    def test_fewer_than_are_credited(self):
        _order, sale, invoice = self.shipped(("MUG", 3))
        before = self.stock("MUG")
        self.give_back(sale, MUG=1)
        self.told(self.credit(invoice, MUG=2))
        self.assertEqual(self.stock("MUG"), before)

    def test_one_of_two_products(self):
        _order, sale, invoice = self.shipped(("MUG", 1), ("BOOK", 1))
        before = self.stock("MUG")
        self.give_back(sale, MUG=1)
        self.told(self.credit(invoice))
        self.assertEqual(self.stock("MUG"), before)

    def test_services_have_nothing_to_come_back(self):
        _order, sale, invoice = self.shipped(("MUG", 1), ("WARRANTY", 1))
        before = self.stock("MUG")
        self.give_back(sale, MUG=1)
        self.told(self.credit(invoice))
        self.assertEqual(self.stock("MUG"), before + 1)

    def test_the_same_piece_only_once(self):
        _order, sale, invoice = self.shipped(("MUG", 3))
        before = self.stock("MUG")
        self.give_back(sale, MUG=1)
        self.told(self.credit(invoice, MUG=1))
        self.told(self.credit(invoice, MUG=1))
        self.assertEqual(self.stock("MUG"), before + 1)

    def test_returns_of_the_shops_own_refund_are_in_its_stock_already(self):
        order, sale, invoice = self.shipped(("MUG", 3))
        before = self.stock("MUG")
        back = self.give_back(sale, MUG=1)
        self.env["channel.binding.refund"].create(
            {
                "backend_id": self.backend.id,
                "external_id": "77",
                "order_id": sale.id,
                "order_external_id": str(order["id"]),
                "picking_ids": back.ids,
                "restocked": {str(order["line_items"][0]["id"]): 1},
            }
        )
        self.told(self.credit(invoice, MUG=1))
        self.assertEqual(self.stock("MUG"), before)

    def test_the_credit_note_that_a_return_makes(self):
        """Goods invoiced as they are delivered: the order itself asks for the credit note."""
        self.mug.invoice_policy = "delivery"
        order, sale, invoice = self.shipped_first(("MUG", 3))
        self.give_back(sale, MUG=1)
        note = sale._create_invoices(final=True)
        self.assertEqual(note.move_type, "out_refund")
        note.action_post()
        before = self.stock("MUG")
        self.told(note)
        (refund,) = self.refunds(order)
        self.assertAmount(refund["amount"], note.amount_total)
        self.assertEqual([row["quantity"] for row in refund["line_items"]], [-1])
        self.assertEqual(self.stock("MUG"), before + 1)
        self.assertFalse(invoice.reversal_move_ids)

    def shipped_first(self, *lines):
        order = self.place(*lines)
        sale = self.import_order(order)
        self.ship(sale)
        return order, sale, self.invoice(sale)
