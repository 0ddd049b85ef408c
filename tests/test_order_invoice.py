"""Invoices of imported orders: as a whole or in parts they add up to the shop's amounts."""

from random import Random

from odoo.tests import tagged

from ..dev.woostore.randomcarts import random_cart
from .common import ChannelCase
from .line_case import LineCase


class InvoiceCase(LineCase):
    """With a chart of accounts, and goods invoiced when they were delivered."""

    chart = "generic_coa"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.mug | cls.book).invoice_policy = "delivery"

    def deliver(self, sale, **quantities):
        """Ship these quantities (by SKU); the rest becomes a backorder."""
        picking = sale.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        for move in picking.move_ids:
            quantity = quantities.get(move.product_id.default_code, 0)
            move.write({"quantity": quantity, "picked": bool(quantity)})
        picking.with_context(skip_backorder=True).button_validate()

    def invoice(self, sale, date=None):
        moves = sale._create_invoices()
        if date:
            moves.invoice_date = date
        moves.action_post()
        return moves

    def amounts(self, moves):
        """(untaxed, tax, total) in the documents' currency, and the same in the company's."""
        foreign = [
            round(sum(moves.mapped(name)), 3)
            for name in ("amount_untaxed", "amount_tax", "amount_total")
        ]
        own = [
            round(sum(moves.mapped(f"{name}_signed")), 3)
            for name in ("amount_untaxed", "amount_tax", "amount_total")
        ]
        return foreign, own

    def seven(self, total, tax, **cart):
        """Seven mugs whose total and tax are not divisible by anything, delivered 2, 2, 3."""
        payload = self.payload(self.place(("MUG", 7), **cart))
        item = payload["line_items"][0]
        item.update(subtotal=total, total=total, total_tax=tax)
        for row in item["taxes"]:
            row["total"] = tax
        payload.update(total=str(float(total) + float(tax)), total_tax=tax, cart_tax=tax)
        event, sale = self.import_changed(payload)
        self.assertEqual((event.state, sale.state), ("done", "sale"), event.reason)
        return sale

    def in_three(self, sale):
        moves = self.env["account.move"]
        for quantity in (2, 2, 3):
            self.deliver(sale, MUG=quantity)
            moves |= self.invoice(sale)
        self.assertEqual(moves.invoice_line_ids.mapped("quantity"), [2, 2, 3])
        return moves


@tagged("post_install", "-at_install")
class TestInvoices(InvoiceCase):
    def test_whole_order(self):
        order = self.place(
            ("MUG", 3), ("BOOK", 2), shipping=[("flat_rate", "4.95")], fees=[("Discount", "-3.33")]
        )
        sale = self.import_order(order)
        self.deliver(sale, MUG=3, BOOK=2)
        foreign, _own = self.amounts(self.invoice(sale))
        self.assertEqual(foreign[1:], [float(order["total_tax"]), float(order["total"])])
        self.assertEqual(sale.invoice_status, "invoiced")

    def test_a_cent_that_odoo_would_compute_differently(self):
        sale = self.seven("139.93", "29.37")  # Odoo: 29.39
        self.deliver(sale, MUG=7)
        self.assertEqual(self.amounts(self.invoice(sale))[0], [139.93, 29.37, 169.30])

    def test_three_parts_add_up(self):
        sale = self.seven("139.90", "29.37")
        moves = self.in_three(sale)
        self.assertEqual(self.amounts(moves)[0], [139.90, 29.37, 169.27])
        self.assertEqual(sale.invoice_status, "invoiced")

    def test_three_parts_without_tax_add_up(self):
        sale = self.seven("10.00", "0", vat_exempt=True)
        self.assertFalse(sale.order_line.tax_ids)
        self.assertEqual(self.amounts(self.in_three(sale))[0], [10, 0, 10])

    def test_three_parts_in_a_foreign_currency_add_up(self):
        """In both currencies: the company's amounts are those of the whole line, at one rate."""
        self._currency("USD", 1.37)
        sale = self.seven("139.90", "29.37", currency="USD")
        foreign, own = self.amounts(self.in_three(sale))
        self.assertEqual(foreign, [139.90, 29.37, 169.27])
        self.assertEqual(own, [102.12, 21.44, 123.56])

    def test_rate_of_the_invoices_day(self):
        """The company's amounts follow the rate of the invoice, not of the order."""
        usd = self._currency("USD", 1.25)
        self.env["res.currency.rate"].create(
            {
                "name": "2030-01-01",
                "currency_id": usd.id,
                "company_id": self.company.id,
                "rate": 2,
            }
        )
        sale = self.seven("139.90", "29.37", currency="USD")
        self.deliver(sale, MUG=7)
        move = self.invoice(sale, "2030-01-02")
        foreign, own = self.amounts(move)
        self.assertEqual(foreign, [139.90, 29.37, 169.27])
        self.assertAlmostEqual(own[2], 84.64, delta=0.011)
        self.assertAlmostEqual(sum(move.line_ids.mapped("balance")), 0)

    def test_cancelled_invoice_gives_its_part_back(self):
        sale = self.seven("139.90", "29.37")
        self.deliver(sale, MUG=2)
        first = self.invoice(sale)
        first.button_draft()
        first.button_cancel()
        self.deliver(sale, MUG=5)
        self.assertEqual(self.amounts(self.invoice(sale))[0], [139.90, 29.37, 169.27])

    def test_line_that_a_person_changed_is_odoos_own(self):
        sale = self.seven("139.90", "29.37")
        sale.order_line.price_unit = 10
        self.deliver(sale, MUG=2)
        self.assertEqual(self.amounts(self.invoice(sale))[0], [20, 4.2, 24.2])

    def test_credit_note_of_the_whole(self):
        sale = self.seven("139.93", "29.37")
        self.deliver(sale, MUG=7)
        move = self.invoice(sale)
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard = wizard.create({"journal_id": move.journal_id.id, "reason": "Broken"})
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        note.action_post()
        self.assertEqual(self.amounts(note)[0], [139.93, 29.37, 169.30])

    def test_set_is_invoiced_with_its_parts(self):
        payload = self.payload(self.place(("MUG", 1), ("BOOK", 2)))
        parent, child = payload["line_items"]
        parent["bundled_items"], child["bundled_by"] = [child["id"]], parent["id"]
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.deliver(sale, BOOK=2)
        foreign, _own = self.amounts(self.invoice(sale))
        self.assertEqual(f"{foreign[2]:.2f}", f"{float(payload['total']):.2f}")
        self.assertEqual(sale.invoice_status, "invoiced")

    def test_too_late_to_cancel_after_the_invoice(self):
        self.mug.invoice_policy = "order"
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        move = self.invoice(sale)
        self.store.update_order(order["id"], status="cancelled")
        event = self.receive(order["id"])
        self.assertEqual((event.state, sale.state), ("blocked", "sale"))
        self.assertIn(move.name, event.issue_id.title)


@tagged("post_install", "-at_install")
class TestRandomInvoices(ChannelCase):
    """Invoices of random carts, of shops in currencies with no and three decimals."""

    chart = "generic_coa"
    currency, rate = "KWD", 0.3342
    store_options = {"currency": "KWD", "decimals": 3, "round_at_subtotal": True}
    backend_values = {"product_policy": "placeholder"}

    def test_equal_and_balanced(self):
        self._currency(self.currency, self.rate)
        rng = Random(11)
        for _number in range(12):
            self.store.place_order(random_cart(rng, self.store), status="processing")
        self.import_all()
        bindings = self.env["channel.binding.order"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual(len(bindings), 12)
        for binding in bindings:
            sale, order = binding.odoo_id, self.store.orders[int(binding.external_id)]
            self.assertTotals(sale, order)
            sale.order_line.product_id.invoice_policy = "order"
            if not sale.amount_total:
                continue
            move = sale._create_invoices(final=True)
            move.action_post()
            self.assertTotals(move, order)
            self.assertAlmostEqual(sum(move.line_ids.mapped("balance")), 0)
            for balance in move.line_ids.mapped("balance"):
                self.assertEqual(balance, round(balance, 2))


@tagged("post_install", "-at_install")
class TestRandomInvoicesWithoutDecimals(TestRandomInvoices):
    allow_inherited_tests_method = True
    currency, rate = "JPY", 161.37
    store_options = {"currency": "JPY", "decimals": 0, "prices_include_tax": True}


@tagged("post_install", "-at_install")
class TestIncludedInvoices(InvoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.tax_map_ids.tax_id.price_include_override = "tax_included"

    def test_three_parts_add_up(self):
        self.assertEqual(
            self.amounts(self.in_three(self.seven("139.90", "29.37")))[0], [139.90, 29.37, 169.27]
        )

    def test_foreign_currency(self):
        self._currency("USD", 1.37)
        foreign, own = self.amounts(self.in_three(self.seven("139.90", "29.37", currency="USD")))
        self.assertEqual(foreign, [139.90, 29.37, 169.27])
        self.assertEqual(own, [102.12, 21.44, 123.56])
