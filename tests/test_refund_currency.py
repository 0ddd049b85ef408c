"""Refunds in other currencies: exact in the order's, balanced in the company's."""

from decimal import Decimal
from random import Random

from odoo.tests import tagged

from ..dev.woostore.randomcarts import random_cart
from .refund_case import RefundCase


@tagged("post_install", "-at_install")
class TestForeign(RefundCase):
    def dollars(self, **cart):
        usd = self._currency("USD", 1.37)
        return usd, self.sold(currency="USD", **cart)

    def test_line_and_the_rest(self):
        _usd, (order, sale) = self.dollars()
        self.refund(order, lines=[self.line(order["line_items"][0], 1)])
        self.store.update_order(order["id"], status="refunded")
        self.refund_again(order)
        self.assertEqual(set(self.taxes(sale).values()), {"0.00"})
        self.assertMoney(order)
        moves = sale.invoice_ids
        self.assertEqual(set(moves.currency_id.mapped("name")), {"USD"})
        # each document is rounded in the company's currency by itself
        self.assertAlmostEqual(sum(moves.mapped("amount_total_signed")), 0, delta=0.021)
        for move in moves:
            self.assertAlmostEqual(sum(move.line_ids.mapped("balance")), 0)

    def test_rate_of_the_refunds_day(self):
        """Like any reversal of Odoo; the difference is an exchange difference."""
        usd, (order, _sale) = self.dollars()
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-10",
                "currency_id": usd.id,
                "company_id": self.company.id,
                "rate": 2.0,
            }
        )
        made = self.store.refund_order(order["id"], amount="10.00")
        self.refund_again(order)
        note = self.bound(made).odoo_id
        self.assertEqual((note.amount_total, note.invoice_currency_rate), (10, 2))
        self.assertAlmostEqual(note.amount_total_signed, -5, delta=0.021)
        self.assertAlmostEqual(sum(note.line_ids.mapped("balance")), 0)
        self.assertMoney(order)


class RandomRefunds:
    """Random carts, each refunded bit by bit until nothing is left."""

    rounds = 4

    def test_exact_to_the_end(self):
        rng = Random(23)
        self.backend.product_policy = "placeholder"
        self.gateway("stripe")
        for _number in range(self.rounds):
            cart = random_cart(rng, self.store)
            cart.payment_method, cart.transaction_id = "stripe", "ch_1"
            order = self.store.place_order(cart, status="processing")
            if not Decimal(order["total"]):
                continue
            sale = self.import_order(order)
            self.money(sale)
            for _part in range(rng.randint(1, 3)):
                self.refund_something(rng, order)
            self.store.update_order(order["id"], status="refunded")
            if self.store.refunds and not self.left(order):
                self.refund_again(order)
            self.assertEqual({float(amount) for amount in self.taxes(sale).values()} - {0}, set())
            self.assertMoney(order)

    def left(self, order):
        """What of the order is not refunded in the shop."""
        ((_currency, net),) = self.shop_net(order).items()
        return Decimal(net)

    def refund_something(self, rng, order):
        unit = Decimal(10) ** -self.store.decimals
        left = self.left(order)
        if rng.random() < 0.5:
            amount = (left * rng.randint(1, 40) / 100).quantize(unit)
            self.refund(order, amount=f"{amount}") if amount else None
            return
        item = rng.choice(order["line_items"])
        row = self.line(item, 1)
        total = Decimal(row["refund_total"])
        total += sum(Decimal(tax["refund_total"]) for tax in row["refund_tax"])
        if 0 < total < left:
            self.refund(order, lines=[row])


@tagged("post_install", "-at_install")
class TestRandomExclusive(RandomRefunds, RefundCase):
    allow_inherited_tests_method = True


@tagged("post_install", "-at_install")
class TestRandomInclusive(RandomRefunds, RefundCase):
    allow_inherited_tests_method = True
    store_options = {"prices_include_tax": True, "round_at_subtotal": True}


@tagged("post_install", "-at_install")
class TestRandomWithoutDecimals(RandomRefunds, RefundCase):
    allow_inherited_tests_method = True
    store_options = {"currency": "JPY", "decimals": 0, "prices_include_tax": True}

    def sold(self, *lines, **cart):
        self._currency("JPY", 161.37)
        return super().sold(*lines, **cart)

    def test_exact_to_the_end(self):
        self._currency("JPY", 161.37)
        return super().test_exact_to_the_end()
