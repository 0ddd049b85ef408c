"""Prices of a shop taken over: what is read afterwards is what the shop asks, to the cent."""

import random
from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.tests import tagged

from ..core.catalogue import Price
from .price_case import PriceCase, price

DAY = timedelta(days=1)


class WriterCase(PriceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.at = fields.Datetime.now()

    def take(self, prices):
        """Write prices, and check that they are read back; returns what is not held."""
        refused = self.writer._write(self.backend, prices)
        products = self.env["product.product"].union(*prices)
        self.env.flush_all()
        self.env.invalidate_all()
        found = self.reader._read(self.backend, products)
        for product, wanted in prices.items():
            if product.id not in refused:
                self.assertEqual(found[product.id], wanted, product.display_name)
        return refused

    def issues(self, code):
        return self.env["channel.issue"].search(
            [("backend_id", "=", self.backend.id), ("code", "=", code), ("state", "=", "open")]
        )


class AnyPrice:
    """Random prices at every rate come back exactly, in each tax mode of shop and product."""

    def amounts(self, count, seed=4):
        rng = random.Random(seed)
        unit = Decimal(1).scaleb(-self.decimals)
        for _number in range(count):
            yield rng.randrange(1, 10 ** rng.choice((2, 4, 6, 8))) * unit

    def products(self, count):
        taxes = [None] + [
            self.tax(rate, included) for rate in (21, 6, 0, 5.5) for included in (False, True)
        ]
        taxes.append(taxes[1] | taxes[4])
        return [self.product(f"R{n}", 0, taxes[n % len(taxes)]) for n in range(count)]

    def test_sales_prices(self):
        products = self.products(100)
        prices = dict(zip(products, map(Price, self.amounts(100)), strict=True))
        self.assertEqual(self.take(prices), {})

    def test_price_lists(self):
        self.backend.action_create_pricelists()
        products = self.products(100)
        prices = {
            product: Price(regular, regular / 2 // 1 if regular >= 4 else None)
            for product, regular in zip(products, self.amounts(100, 5), strict=True)
        }
        prices = {key: self.backend._price_terms().price(one) for key, one in prices.items()}
        self.assertEqual(self.take(prices), {})


@tagged("post_install", "-at_install")
class TestAnyPriceExcludingTax(AnyPrice, WriterCase):
    allow_inherited_tests_method = True


@tagged("post_install", "-at_install")
class TestAnyPriceIncludingTax(AnyPrice, WriterCase):
    allow_inherited_tests_method = True
    includes_tax = True


@tagged("post_install", "-at_install")
class TestAnyPriceInDinar(AnyPrice, WriterCase):
    allow_inherited_tests_method = True
    shop_currency, decimals, includes_tax = "KWD", 3, True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._currency("KWD", 0.3337)


@tagged("post_install", "-at_install")
class TestAnyPriceInYen(AnyPrice, WriterCase):
    allow_inherited_tests_method = True
    shop_currency, decimals = "JPY", 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._currency("JPY", 163.37)


@tagged("post_install", "-at_install")
class TestPriceWriter(WriterCase):
    def test_the_same_price_is_not_written_again(self):
        self.backend.action_create_pricelists()
        mug = self.product("MUG")
        wanted = {mug: price("12.00", "9.00", ends=self.at + DAY)}
        self.take(wanted)
        rules = self.backend.pricelist_id.item_ids | self.backend.sale_pricelist_id.item_ids
        self.assertEqual(rules.mapped("applied_on"), ["1_product", "1_product"])
        before = {rule: rule.read() for rule in rules}
        writes = self.env.cr.sql_log_count
        self.take(wanted)
        self.assertEqual({rule: rule.read() for rule in rules}, before)
        self.assertLess(self.env.cr.sql_log_count - writes, 60)

    def test_variants_with_prices_of_their_own_need_a_list(self):
        shirts = self.variants(list_price=10)
        mug = self.product("MUG", 1)
        refused = self.take(
            {shirts[0]: price("8.00"), shirts[1]: price("9.00"), mug: price("5.00")}
        )
        self.assertEqual(set(refused), set(shirts.ids))
        self.assertEqual(shirts.mapped("list_price"), [10, 10])
        other = self.variants("OTHER")
        self.take({other[0]: price("8.00"), other[1]: price("9.00")})
        issue = self.issues("prices_need_pricelist")
        self.assertEqual(len(issue), 1)
        self.assertIn("Create Price Lists", issue.suggestion)
        self.backend.action_create_pricelists()
        self.assertEqual(issue.state, "resolved")
        self.assertEqual(self.take({shirts[0]: price("8.00"), shirts[1]: price("9.00")}), {})

    def test_price_extras_that_fit_need_no_list(self):
        shirts = self.variants(list_price=10, extras=(0, 2.5), taxes=self.tax(21))
        self.settle(prices_include_tax=True)
        prices = {shirts[0]: price("24.20"), shirts[1]: price("27.23")}  # 20.00 and 22.50
        self.assertEqual(self.take(prices), {})
        self.assertAlmostEqual(shirts[0].list_price, 20)

    def test_a_variant_without_a_price_holds_up_no_other(self):
        shirts = self.variants(list_price=10)
        refused = self.take({shirts[0]: price("8.00"), shirts[1]: price()})
        self.assertEqual(set(refused), {shirts[1].id})
        self.assertEqual(shirts.mapped("list_price"), [8, 8])

    def test_without_a_list_for_sales_an_issue_says_so(self):
        mug = self.product("MUG")
        self.assertEqual(set(self.take({mug: price("10.00", "8.00")})), {mug.id})
        self.assertTrue(self.issues("sales_need_pricelist"))
        self.assertEqual(self.ask(mug), price("10.00"))

    def test_variants_apart_and_together_again(self):
        self.backend.action_create_pricelists()
        rules = self.backend.pricelist_id
        shirts = self.variants(extras=(0, 0, 0))
        self.take({shirt: price("8.00") for shirt in shirts})
        self.assertEqual(rules.item_ids.mapped("applied_on"), ["1_product"])
        self.take({shirts[0]: price("7.00"), shirts[1]: price("8.00")})
        self.assertEqual(rules.item_ids.mapped("applied_on"), ["0_product_variant"] * 3)
        self.assertEqual(self.ask(shirts[2]), price("8.00"))
        self.take({shirt: price("6.00") for shirt in shirts})
        self.assertEqual(set(rules.item_ids.mapped("fixed_price")), {6.0})

    def test_a_sale_that_was_taken_back_in_the_shop(self):
        self.backend.action_create_pricelists()
        shirts = self.variants()
        self.take({shirt: price("8.00", "6.00") for shirt in shirts})
        self.take({shirts[0]: price("8.00"), shirts[1]: price("8.00", "6.00")})
        self.assertEqual(len(self.backend.sale_pricelist_id.item_ids), 1)
        self.take({shirts[1]: price("8.00")})
        self.assertFalse(self.backend.sale_pricelist_id.item_ids)

    def test_a_sale_keeps_its_beginning(self):
        self.backend.action_create_pricelists()
        mug = self.product("MUG")
        begins, ends = self.at - DAY, self.at + DAY
        rule = self.rule(self.backend.sale_pricelist_id, mug, 6, date_start=begins, date_end=ends)
        self.take({mug: price("8.00", "5.00", ends=ends + DAY)})
        self.assertEqual(
            (rule.fixed_price, rule.date_start, rule.date_end), (5, begins, ends + DAY)
        )

    def test_what_people_made_stays(self):
        self.backend.action_create_pricelists()
        mug = self.product("MUG")
        regular = self.backend.pricelist_id
        mine = self.rule(regular, mug, 5, min_quantity=10)
        mine |= self.rule(regular, compute_price="percentage", percent_price=10)
        before = mine.read()
        self.take({mug: price("8.00")})
        self.assertEqual(mine.read(), before)
        self.assertEqual(len(regular.item_ids), 3)

    def test_a_rule_that_counts_before_ours_is_an_issue(self):
        self.backend.action_create_pricelists()
        mug = self.product("MUG")
        mine = self.rule(
            self.backend.pricelist_id,
            mug,
            compute_price="percentage",
            percent_price=10,
            min_quantity=1,
        )
        self.assertEqual(set(self.take({mug: price("8.00")})), {mug.id})
        issue = self.issues("price_not_held")
        self.assertIn("MUG costs 8.00 in the shop, but 9.00", issue.title)
        self.assertEqual(issue.record, mug)
        mine.unlink()
        self.assertEqual(self.take({mug: price("8.50")}), {})
        self.assertEqual(issue.state, "resolved")

    def test_free_and_without_a_price(self):
        gift, later = self.product("GIFT", 5), self.product("LATER", 5)
        self.assertEqual(self.take({gift: price("0.00"), later: price()}), {})
        self.assertTrue(gift.channel_free)
        self.assertEqual(self.take({gift: price("3.00"), later: price("0.00")}), {})
        self.assertFalse(gift.channel_free)

    def test_more_digits_than_the_shop_shows(self):
        mug = self.product("MUG")
        refused = self.writer._write(self.backend, {mug: price("12.345678")})
        self.assertEqual((refused, self.ask(mug)), ({}, price("12.35")))
