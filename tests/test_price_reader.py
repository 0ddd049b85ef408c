"""What products cost in a shop: lists, rules, dates, taxes, currencies."""

from datetime import datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..services.price_book import PriceBook
from .price_case import NOW, PriceCase, price

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestRegularPrice(PriceCase):
    def test_without_a_list_it_is_the_sales_price_with_extras(self):
        small, large = self.variants(list_price=10, extras=(0, 2.5))
        prices = self.reader._read(self.backend, small | large)
        self.assertEqual(prices, {small.id: price("10.00"), large.id: price("12.50")})

    def test_rules_of_every_kind(self):
        category = self.env["product.category"].create({"name": "Mugs"})
        child = category.create({"name": "Red mugs", "parent_id": category.id})
        mug = self.product("MUG", 20, categ_id=child.id, standard_price=8)
        book = self.product("BOOK", 30)
        shirts = self.variants("SHIRT", 40)
        regular = self.backend.pricelist_id = self.pricelist()
        self.rule(regular, compute_price="percentage", percent_price=10)
        self.rule(
            regular,
            category,
            compute_price="formula",
            base="standard_price",
            price_markup=100,
            price_surcharge=1,
        )
        self.rule(regular, shirts.product_tmpl_id, 35)
        self.rule(regular, shirts[1], 37)
        wanted = {mug: "17.00", book: "27.00", shirts[0]: "35.00", shirts[1]: "37.00"}
        prices = self.reader._read(self.backend, mug | book | shirts)
        self.assertEqual(prices, {product.id: price(amount) for product, amount in wanted.items()})

    def test_rules_for_many_pieces_are_not_for_a_shop(self):
        mug = self.product("MUG", 20)
        regular = self.backend.pricelist_id = self.pricelist()
        self.rule(regular, mug, 12, min_quantity=10)
        self.rule(regular, mug, 18, min_quantity=1)
        self.assertEqual(self.ask(mug), price("18.00"))

    def test_a_list_based_on_another_one(self):
        mug, book = self.product("MUG", 20), self.product("BOOK", 30)
        base = self.pricelist("Base")
        self.rule(base, mug, 16)
        regular = self.backend.pricelist_id = self.pricelist()
        self.rule(
            regular,
            compute_price="percentage",
            percent_price=50,
            base="pricelist",
            base_pricelist_id=base.id,
        )
        prices = self.reader._read(self.backend, mug | book)
        self.assertEqual(prices, {mug.id: price("8.00"), book.id: price("15.00")})

    def test_the_prices_are_those_of_odoo(self):
        """Whatever rules there are, in whatever order, and at any time."""
        categories = self.env["product.category"].create([{"name": str(n)} for n in range(3)])
        categories[2].parent_id = categories[1]
        products = self.variants("A", 40, extras=(0, 3), categ_id=categories[2].id)
        for number, category in enumerate(categories):
            products |= self.product(f"P{number}", 10 + number, categ_id=category.id)
        regular = self.backend.pricelist_id = self.pricelist()
        for number in range(60):
            target = [
                None,
                categories[number % 3],
                products[number % 5],
                products[number % 5].product_tmpl_id,
            ][number % 4]
            begins = NOW + (number % 7 - 4) * DAY if number % 2 else False
            self.rule(
                regular,
                target,
                1 + number,
                min_quantity=number % 3,
                date_start=begins,
                date_end=begins and begins + 3 * DAY,
            )
        for days in range(-6, 6):
            at = NOW + days * DAY
            ours = self.reader._read(self.backend, products, at)
            odoos = regular._get_products_price(products, 1.0, date=at)
            self.assertEqual(
                {key: float(one.regular) for key, one in ours.items()}, odoos, f"{days} days"
            )

    def test_nothing_is_no_price_unless_it_is_meant(self):
        gift, later = self.product("GIFT", 0), self.product("LATER", 0)
        self.assertEqual(self.ask(later), price())
        gift.channel_free = True
        self.assertEqual(self.ask(gift), price("0.00"))
        regular = self.backend.pricelist_id = self.pricelist()
        self.rule(regular, later, 0)
        self.assertEqual(self.ask(later), price("0.00"))

    def test_as_many_queries_for_many_products_as_for_few(self):
        regular = self.backend.pricelist_id = self.pricelist()
        sale = self.backend.sale_pricelist_id = self.pricelist("Sale")
        base = self.pricelist("Base")
        tax = self.tax(21, included=True)
        products = self.env["product.product"].union(
            *(self.product(f"Q{n}", 10 + n, tax) for n in range(60))
        )
        for product in products:
            self.rule(regular, product, 10)
            self.rule(base, product.product_tmpl_id, 8)
        self.rule(
            sale,
            compute_price="percentage",
            percent_price=5,
            base="pricelist",
            base_pricelist_id=base.id,
        )
        counts = []
        for some in (products[:5], products):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.reader._read(self.backend, some)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(found[some[-1].id].sale, price("6.28").regular)
        self.assertEqual(counts[0], counts[1])

    def test_a_list_has_to_be_in_the_currency_of_the_shop(self):
        dollars = self.pricelist("Dollars", self._currency("USD", 1.2))
        with self.assertRaisesRegex(ValidationError, "“Dollars” is in USD.*sells in EUR"):
            self.backend.pricelist_id = dollars

    def test_a_check_finds_a_list_in_another_currency(self):
        dollars = self.pricelist("Dollars", self._currency("USD", 1.2))
        self.backend.provider_settings = {}
        self.backend.pricelist_id = dollars
        self.backend.action_check_connection()
        found = self.backend.finding_ids.filtered(lambda one: one.code == "pricelist_currency")
        self.assertEqual(found.level, "error")
        self.assertIn("“Dollars” is not in the shop's currency, EUR", found.title)


@tagged("post_install", "-at_install")
class TestSalePrice(PriceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mug = cls.product("MUG", 20)
        cls.sale = cls.backend.sale_pricelist_id = cls.pricelist("Sale")

    def test_without_a_rule_there_is_no_sale(self):
        self.assertEqual(self.ask(self.mug), price("20.00"))

    def test_a_sale_without_dates(self):
        self.rule(self.sale, self.mug, 15)
        self.assertEqual(self.ask(self.mug), price("20.00", "15.00"))

    def test_a_sale_to_come_is_told_with_its_dates(self):
        begins, ends = NOW + DAY, NOW + 3 * DAY
        self.rule(self.sale, self.mug, 15, date_start=begins, date_end=ends)
        self.assertEqual(self.ask(self.mug), price("20.00", "15.00", begins, ends))
        self.assertEqual(self.ask(self.mug, begins), price("20.00", "15.00", ends=ends))
        self.assertEqual(self.ask(self.mug, ends), price("20.00", "15.00", ends=ends))
        self.assertEqual(self.ask(self.mug, ends + timedelta(seconds=1)), price("20.00"))

    def test_sales_one_after_the_other(self):
        first, second = NOW + 2 * DAY, NOW + 5 * DAY
        self.rule(self.sale, self.mug, 15, date_end=first)
        self.rule(self.sale, self.mug, 12, date_start=first + DAY, date_end=second)
        self.assertEqual(self.ask(self.mug), price("20.00", "15.00", ends=first))
        self.assertEqual(
            self.ask(self.mug, first + timedelta(hours=1)),
            price("20.00", "12.00", first + DAY, second),
        )

    def test_a_better_rule_takes_over_and_gives_back(self):
        begins, ends = NOW + DAY, NOW + 2 * DAY
        self.rule(self.sale, compute_price="percentage", percent_price=10)
        self.rule(self.sale, self.mug, 12, date_start=begins, date_end=ends)
        self.assertEqual(self.ask(self.mug), price("20.00", "18.00"))
        self.assertEqual(self.ask(self.mug, begins), price("20.00", "12.00", ends=ends))
        self.assertEqual(self.ask(self.mug, ends + DAY), price("20.00", "18.00"))

    def test_a_sale_that_is_none_is_not_published(self):
        for amount in (20, 21):
            rule = self.rule(self.sale, self.mug, amount)
            quote = self.reader._quote(self.backend, self.mug, NOW)[self.mug.id]
            self.assertEqual(quote.price, price("20.00"))
            self.assertEqual((quote.refused, quote.sale_rule), (amount, rule))

    def test_a_sale_needs_a_regular_price(self):
        later = self.product("LATER", 0)
        self.rule(self.sale, later, 5)
        self.assertEqual(self.ask(later), price())


class TaxChecks:
    """The same prices for both tax modes of the shop."""

    def test_taxes_included_or_not(self):
        plain, included = self.tax(21), self.tax(21, included=True)
        six = self.tax(6, included=True)
        for taxes, amount, excluded, inclusive in (
            (plain, 9.99, "9.99", "12.09"),
            (included, 9.99, "8.26", "9.99"),
            (six, 10.6, "10.00", "10.60"),
            (None, 9.99, "9.99", "9.99"),
        ):
            product = self.product("T", amount, taxes)
            wanted = inclusive if self.includes_tax else excluded
            self.assertEqual(self.ask(product), price(wanted), f"{taxes and taxes.name}")

    def test_odoo_agrees(self):
        taxes = self.tax(21, included=True) | self.tax(2, sequence=5, include_base_amount=True)
        for amount in (0.01, 1.23, 19.99, 104.5, 99999.99):
            product = self.product("T", amount, taxes)
            total = taxes.compute_all(amount, rounding_method="round_globally", product=product)
            found = float(self.ask(product).regular)
            key = "total_included" if self.includes_tax else "total_excluded"
            self.assertAlmostEqual(found, total[key], 2)

    def test_groups_and_other_companies(self):
        parts = self.tax(15) | self.tax(6)
        both = self.tax(0, amount_type="group", children_tax_ids=[Command.set(parts.ids)])
        other = self._make_company("Other")
        group = self.env["account.tax.group"].create({"name": "50", "company_id": other.id})
        foreign = self.tax(50, company_id=other.id, tax_group_id=group.id)
        product = self.product("T", 100, both | foreign)
        self.assertEqual(self.ask(product), price("121.00" if self.includes_tax else "100.00"))

    def test_a_sale_is_stated_like_the_regular_price(self):
        product = self.product("T", 20, self.tax(21))
        sale = self.backend.sale_pricelist_id = self.pricelist("Sale")
        self.rule(sale, product, 10, date_end=datetime(2027, 1, 1))
        wanted = ("24.20", "12.10") if self.includes_tax else ("20.00", "10.00")
        self.assertEqual(self.ask(product), price(*wanted, ends=datetime(2027, 1, 1)))


@tagged("post_install", "-at_install")
class TestPriceExcludingTax(TaxChecks, PriceCase):
    allow_inherited_tests_method = True


@tagged("post_install", "-at_install")
class TestPriceIncludingTax(TaxChecks, PriceCase):
    allow_inherited_tests_method = True
    includes_tax = True


@tagged("post_install", "-at_install")
class TestPriceInYen(PriceCase):
    shop_currency, decimals, includes_tax = "JPY", 0, True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._currency("JPY", 160)

    def test_the_sales_price_is_converted(self):
        product = self.product("T", 9.99, self.tax(10))
        self.assertEqual(self.ask(product), price("1758"))  # 9.99 x 160 x 1.1 = 1758.24

    def test_a_list_of_its_own_needs_no_rate(self):
        product = self.product("T", 9.99)
        regular = self.backend.pricelist_id = self.pricelist()
        self.rule(regular, product, 1500)
        self.assertEqual(self.ask(product), price("1500"))


@tagged("post_install", "-at_install")
class TestPriceInDinar(PriceCase):
    shop_currency, decimals = "KWD", 3

    def test_three_decimals(self):
        self._currency("KWD", 0.33)
        product = self.product("T", 10.01)
        self.assertEqual(self.ask(product), price("3.303"))

    def test_the_shop_may_show_fewer(self):
        self._currency("KWD", 0.33)
        self.settle(price_decimals=2)
        self.assertEqual(self.ask(self.product("T", 10.01)), price("3.30"))


@tagged("post_install", "-at_install")
class TestPriceBook(PriceCase):
    def test_every_list_is_read_once(self):
        base, top = self.pricelist("Base"), self.pricelist("Top")
        product = self.product()
        self.rule(base, product, 1)
        self.rule(top, base="pricelist", base_pricelist_id=base.id, compute_price="percentage")
        self.env.flush_all()
        self.ask(product)
        before = self.env.cr.sql_log_count
        PriceBook(top, product)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 5)
