"""Foreign currencies, prices with and without tax, several taxes: all sides equal in both."""

from random import Random

from odoo.tests import tagged

from ..dev.woostore.randomcarts import random_cart
from .money_case import MoneyCase
from .test_money_delivered import DeliveryCase


class CurrencyCase(DeliveryCase):
    def rate(self, currency, day, rate):
        self.env["res.currency.rate"].create(
            {
                "name": day,
                "currency_id": currency.id,
                "company_id": self.company.id,
                "rate": rate,
            }
        )

    def at(self, order, created, paid):
        """Move an order of the shop to days with other rates."""
        self.store.orders[order["id"]].update(
            date_created_gmt=f"{created}T12:00:00", date_paid_gmt=f"{paid}T12:00:00"
        )

    def assertBalanced(self, moves):
        """Every entry is balanced in whole cents of the company's currency."""
        for move in moves:
            balances = move.line_ids.mapped("balance")
            self.assertEqual(round(sum(balances), 6), 0)
            self.assertEqual(balances, [round(balance, 2) for balance in balances])


@tagged("post_install", "-at_install")
class TestForeign(CurrencyCase):
    def setUp(self):
        super().setUp()
        self.usd = self._currency("USD", 1.25)
        self.rate(self.usd, "2026-02-01", 2.0)
        self.rate(self.usd, "2026-03-01", 1.6)

    def test_order_invoice_and_payment_at_three_rates(self):
        """Ordered at 1.25, invoiced at 2.00, paid at 1.60: exchange differences close the gap."""
        self.gateway("stripe", invoice_policy="confirmed", invoice_date="order")
        order = self.place(("MUG", 7), currency="USD", **self.card())
        self.at(order, "2026-01-10", "2026-03-05")
        sale = self.import_order(order)
        with self.subTest("the day of the order"):
            self.money(sale)
            self.assertMoney(order)
            self.assertOwn(sale, order, 1.25, 1.6)
        self.gateway("stripe", invoice_date="payment")
        order = self.place(("MUG", 7), currency="USD", **self.card("ch_2"))
        self.at(order, "2026-02-10", "2026-03-05")
        sale = self.import_order(order)
        with self.subTest("the day of the payment"):
            self.money(sale)
            self.assertMoney(order)
            self.assertOwn(sale, order, 1.6, 1.6)

    def assertOwn(self, sale, order, rate, paid_rate):
        """The company's amounts follow the rate of the invoice's, and of the payment's, day."""
        invoice, payment = sale.invoice_ids, sale.channel_payment_ids
        total, tax = float(order["total"]), float(order["total_tax"])
        self.assertEqual((invoice.amount_total, invoice.amount_tax), (total, tax))
        self.assertAlmostEqual(invoice.amount_tax_signed, tax / rate, delta=0.0051)
        self.assertAlmostEqual(invoice.amount_untaxed_signed, (total - tax) / rate, delta=0.0051)
        self.assertAlmostEqual(
            payment.amount_company_currency_signed, total / paid_rate, delta=0.006
        )
        self.assertBalanced(invoice | payment.move_id)

    def test_three_parts_at_three_rates(self):
        self.gateway("stripe", invoice_policy="delivered", invoice_date="payment")
        sale = self.changed(
            self.place(("MUG", 7), currency="USD", **self.card(), **self.charges),
            total="139.90",
            total_tax="29.37",
        )
        self.money(sale)
        for quantity, day in ((2, "2026-01-20"), (2, "2026-02-20"), (3, "2026-03-20")):
            sale.channel_binding_ids.paid_at = f"{day} 12:00:00"
            self.deliver(sale, MUG=quantity)
            self.money(sale)
        self.assertMoney(int(sale.channel_binding_ids.external_id))
        self.assertEqual(len(sale.invoice_ids), 3)
        self.assertBalanced(sale.invoice_ids | sale.channel_payment_ids.move_id)
        own = sum(
            line.price_total / rate
            for move, rate in zip(sale.invoice_ids.sorted("id"), (1.25, 2.0, 1.6), strict=True)
            for line in move.invoice_line_ids
        )
        self.assertAlmostEqual(sum(sale.invoice_ids.mapped("amount_total_signed")), own, delta=0.03)

    def test_journal_in_another_currency(self):
        dollars = self._journal("Stripe USD", "STRU", currency_id=self.usd.id)
        self.gateway("stripe", journal_id=dollars.id)
        order = self.place(("MUG", 2), **self.card())
        sale = self.import_order(order)
        self.money(sale)
        self.assertMoney(order)
        self.assertEqual(sale.channel_payment_ids.currency_id.name, "EUR")
        order = self.place(("MUG", 2), currency="USD", **self.card("ch_2"))
        self.money(self.import_order(order))
        self.assertMoney(order)

    def test_invoice_with_payment_terms(self):
        """Instalments and a discount for early payment: the shop's payment is the whole."""
        row = self.gateway("stripe")
        row.payment_term_id = self.env["account.payment.term"].create(
            {
                "name": "Half now",
                "company_id": self.company.id,
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (0, 30)
                ],
            }
        )
        order = self.place(("MUG", 3), **self.card())
        self.money(self.import_order(order))
        self.assertMoney(order)
        row.payment_term_id = self.env["account.payment.term"].create(
            {
                "name": "2/7 Net 30",
                "company_id": self.company.id,
                "early_discount": True,
                "early_pay_discount_computation": "included",
                "discount_percentage": 2,
                "discount_days": 7,
                "line_ids": [(0, 0, {"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )
        order = self.place(("MUG", 3), **self.card("ch_2"))
        self.money(self.import_order(order))
        self.assertMoney(order)


@tagged("post_install", "-at_install")
class TestIncluded(CurrencyCase):
    """Prices with tax in the shop and in Odoo."""

    store_options = {"prices_include_tax": True, "timezone": "Europe/Brussels"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.tax_map_ids.tax_id.price_include_override = "tax_included"

    def test_whole_and_in_parts(self):
        for number, policy in enumerate(("paid", "delivered")):
            with self.subTest(policy=policy):
                self.gateway("stripe", invoice_policy=policy)
                order = self.place(("MUG", 7), ("BOOK", 3), **self.card(f"ch_{number}"))
                sale = self.import_order(order)
                self.money(sale)
                for mugs, books in ((2, 1), (2, 0), (3, 2)):
                    self.deliver(sale, MUG=mugs, BOOK=books)
                    if policy == "delivered":
                        self.money(sale)
                self.assertMoney(order)


class RandomCase(MoneyCase):
    """Random carts of a shop in a foreign currency: invoiced and paid, equal and balanced."""

    currency, rate = "USD", 1.1234
    store_options = {"timezone": "Europe/Brussels"}
    backend_values = {"product_policy": "placeholder"}

    def run_random(self, seed):
        self._currency(self.currency, self.rate)
        self.gateway("stripe")
        self.gateway("no_method")
        rng = Random(seed)
        for number in range(6):
            cart = random_cart(rng, self.store)
            cart.payment_method, cart.transaction_id = "stripe", f"ch_{number}"
            self.store.place_order(cart, status="processing")
        self.import_all()
        bindings = self.env["channel.binding.order"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual(len(bindings), 6)
        for binding in bindings:
            self.assertMoney(int(binding.external_id))
            move = binding.odoo_id.invoice_ids
            self.assertEqual(round(sum(move.line_ids.mapped("balance")), 6), 0)


@tagged("post_install", "-at_install")
class TestRandomDinars(RandomCase):
    currency, rate = "KWD", 0.3342
    store_options = {"currency": "KWD", "decimals": 3, "round_at_subtotal": True}

    def test_equal_and_balanced(self):
        self.run_random(5)


@tagged("post_install", "-at_install")
class TestRandomYen(RandomCase):
    currency, rate = "JPY", 161.37
    store_options = {"currency": "JPY", "decimals": 0, "prices_include_tax": True}

    def test_equal_and_balanced(self):
        self.run_random(6)
