"""Prices on their way to the shop, over real HTTP."""

from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..services.price_values import price_from_json
from .price_case import PriceCase, price

DAY = timedelta(days=1)


class PriceOutCase(PriceCase):
    """A mug, a book and a shirt in two sizes are in Odoo and in the shop; Odoo owns prices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owned = cls.backend.ownership_ids.filtered(lambda row: row.group == "prices")
        cls.owned.owner = "odoo"
        cls.prices = cls.flow("price", "out")
        cls.prices.active = True
        cls.mug = cls.sell("MUG", 10)
        cls.book = cls.sell("BOOK", 20)
        cls.shirts = cls.variants("SHIRT", 30, extras=(0, 2))
        parent = cls.store.add_variable_product(
            "Shirt",
            [
                {"sku": f"SHIRT-{n}", "regular_price": "1.00", "options": {"Size": f"S{n}"}}
                for n in range(2)
            ],
        )
        for variant in cls.shirts:
            cls.bind(variant, parent_external_id=str(parent["id"]))

    def setUp(self):
        super().setUp()
        self.at = fields.Datetime.now()
        self.drain()
        self.first = len(self.store.requests)

    # === IN BOTH === #

    @classmethod
    def bind(cls, product, **values):
        return cls.env["channel.binding.product"]._bind(
            cls.backend, cls.store.product(product.default_code)["id"], product, **values
        )

    @classmethod
    def sell(cls, sku, list_price, taxes=None, **shop):
        cls.store.add_product(sku=sku, name=sku, **{"regular_price": "1.00", **shop})
        product = cls.product(sku, list_price, taxes)
        cls.bind(product)
        return product

    def drain(self):
        """End the transaction, and run the drain's job; returns the error it came to."""
        self.env.cr.flush()
        return self._run(self.prices, "_job_drain")

    # === CHECKS === #

    def shown(self, product):
        """Regular and sale price in the shop, and the sale's dates."""
        record = self.store.product(product.default_code)
        names = ("regular_price", "sale_price", "date_on_sale_from_gmt", "date_on_sale_to_gmt")
        return tuple(record[name] or "" for name in names)

    def writes(self):
        """Paths of the requests of this test, without the API's own part."""
        found = [one.path for one in list(self.store.requests)[self.first :]]
        self.first = len(self.store.requests)
        return [path.split("/wc/v3/")[-1] for path in found]

    def published(self, product):
        return self.env["channel.published.price"].search([("product_id", "=", product.id)])

    def notes(self, product=None):
        domain = [("backend_id", "=", self.backend.id), ("kind", "=", "price")]
        if product:
            domain.append(("res_id", "=", product.id))
        return self.env["channel.outbox"].search(domain)


@tagged("post_install", "-at_install")
class TestPriceOut(PriceOutCase):
    def test_what_is_new_in_the_shop_is_published(self):
        shown = {product.default_code: self.shown(product)[0] for product in self.shirts}
        self.assertEqual(shown, {"SHIRT-0": "30.00", "SHIRT-1": "32.00"})
        self.assertFalse(self.notes())
        published = self.published(self.mug)
        self.assertEqual(price_from_json(published.price), price("10.00"))
        self.assertEqual((published.price_text, published.answer), ("10.00", "10.00"))
        self.assertTrue(published.sent_at)

    def test_a_change_makes_one_call_and_none_makes_none(self):
        self.mug.list_price = 11
        self.assertFalse(self.drain())
        self.assertEqual(self.writes(), ["products/batch"])
        self.assertEqual(self.shown(self.mug)[0], "11.00")
        self.mug.list_price = 11.0
        self.mug.description_sale = "Blue"
        self.backend.action_publish_prices()
        self.env.cr.flush()
        self.assertTrue(self.notes())
        self.assertFalse(self.drain())
        self.assertEqual(self.writes(), [])
        self.assertFalse(self.notes())

    def test_simple_products_in_batches_and_variants_by_parent(self):
        goods = [self.sell(f"G{n}", 5) for n in range(250)]
        self.drain()
        self.assertEqual(self.writes(), ["products/batch"] * 3)
        self.assertEqual(self.shown(goods[249])[0], "5.00")
        self.backend.pricelist_id = self.pricelist()
        self.rule(self.backend.pricelist_id, compute_price="percentage", percent_price=10)
        self.drain()
        writes = self.writes()
        self.assertEqual(len(writes), 4)
        self.assertEqual(len([path for path in writes if "variations/batch" in path]), 1)
        self.assertEqual(self.shown(self.shirts[1])[0], "28.80")

    def test_a_sale_with_its_dates(self):
        sale = self.backend.sale_pricelist_id = self.pricelist("Sale")
        begins, ends = self.at + DAY, self.at + 2 * DAY
        self.rule(sale, self.mug, 8, date_start=begins, date_end=ends)
        self.drain()
        wanted = ("10.00", "8.00", begins.isoformat(), ends.isoformat())
        self.assertEqual(self.shown(self.mug), wanted)
        self.assertIn("sale 8.00", self.published(self.mug).price_text)
        sale.item_ids.unlink()
        self.drain()
        self.assertEqual(self.shown(self.mug), ("10.00", "", "", ""))

    def test_a_sale_begins_and_ends_on_time(self):
        """By the shop itself, and all the same by Odoo: the shop's own task runs once a day."""
        sale = self.backend.sale_pricelist_id = self.pricelist("Sale")
        begins, ends = self.at + DAY, self.at + 2 * DAY
        self.rule(sale, self.mug, 8, date_start=begins, date_end=ends)
        outbox = self.env["channel.outbox"]
        outbox._note_due_prices(self.backend, self.at)
        self.drain()
        self.writes()
        for moment, wanted in ((begins, "8.00"), (ends + timedelta(seconds=1), "")):
            outbox._note_due_prices(self.backend, moment)
            self.assertEqual(self.notes().mapped("res_id"), self.mug.ids)
            with patch.object(fields.Datetime, "now", staticmethod(lambda at=moment: at)):
                self.drain()
            self.assertEqual(self.writes(), ["products/batch"])
            self.assertEqual(self.shown(self.mug)[:3], ("10.00", wanted, ""))

    def test_a_sale_that_is_none_is_an_issue_and_the_regular_price_goes(self):
        sale = self.backend.sale_pricelist_id = self.pricelist("Sale")
        rule = self.rule(sale, self.mug, 12)
        self.mug.list_price = 11
        self.drain()
        self.assertEqual(self.shown(self.mug), ("11.00", "", "", ""))
        note = self.notes(self.mug)
        self.assertEqual(set(note.mapped("state")), {"blocked"})
        issue = note.issue_id
        self.assertEqual(issue.code, "sale_not_below")
        self.assertIn("Sale price list “Sale”", issue.title)
        self.assertIn("MUG would cost 12.00 instead of 11.00", issue.suggestion)
        self.mug.list_price = 11.5
        self.drain()
        self.assertEqual(self.shown(self.mug)[0], "11.50")
        rule.fixed_price = 9
        self.drain()
        self.assertEqual(self.shown(self.mug)[:2], ("11.50", "9.00"))
        self.assertEqual((issue.state, self.notes(self.mug).exists()), ("resolved", self.notes()))

    def test_one_rule_is_one_issue_for_all_its_products(self):
        sale = self.backend.sale_pricelist_id = self.pricelist("Sale")
        self.rule(sale, compute_price="percentage", percent_price=0)
        self.drain()
        issue = self.notes().issue_id
        self.assertEqual(len(issue), 1)
        self.assertEqual(len(set(issue.note_ids.mapped("res_id"))), 4)
        self.assertEqual(self.writes(), [])

    def test_one_bad_product_holds_up_no_other(self):
        gone = self.sell("GONE", 20)
        self.store.delete_product("GONE")
        self.mug.list_price = 12
        self.drain()
        self.assertEqual(self.shown(self.mug)[0], "12.00")
        binding = self.env["channel.binding.product"].search([("odoo_id", "=", gone.id)])
        self.assertTrue(binding.gone_at)
        self.assertFalse(self.notes())
        self.backend.action_publish_prices()
        self.drain()
        self.writes()
        gone.list_price = 23
        self.drain()
        self.assertEqual(self.writes(), [])

    def test_what_the_shop_refuses_stays_with_its_reason(self):
        binding = self.env["channel.binding.product"].search([("odoo_id", "=", self.mug.id)])
        shirt = self.store.product("SHIRT-0")["parent_id"]
        binding.external_id = str(shirt)
        self.mug.list_price, self.book.list_price = 12, 22
        self.drain()
        self.assertEqual(self.shown(self.book)[0], "22.00")
        note = self.notes(self.mug)
        self.assertEqual(note.issue_id.code, "price_on_parent")
        self.assertTrue(self.published(self.mug).refused)
        self.assertFalse(self.published(self.book).refused)
        for text in (self.published(self.mug).answer, note.issue_id.title):
            self.assertIn(f"{self.mug.display_name} has variations in the shop", text)
        self.assertNotEqual(price_from_json(self.published(self.mug).price), price("12.00"))

    def test_a_worker_that_dies_while_storing_tells_it_again(self):
        self.mug.list_price = 12
        self.env.cr.flush()
        exporter = type(self.env["channel.price.exporter"])
        # suppressed, not asserted: Odoo's assertRaises rolls back what was committed
        with patch.object(exporter, "_store", side_effect=SystemExit), suppress(SystemExit):
            self.drain()
        self.assertEqual(self.shown(self.mug)[0], "12.00")
        self.assertTrue(self.notes(self.mug))
        self.drain()
        self.assertFalse(self.notes(self.mug))
        self.assertEqual(self.writes(), ["products/batch"] * 2)
        self.assertEqual(price_from_json(self.published(self.mug).price), price("12.00"))

    def test_the_dry_run_says_what_the_drain_does_and_writes_nothing(self):
        self.mug.list_price = 12
        exporter = self.env["channel.price.exporter"]
        self.env.cr.flush()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        changes = exporter._plan_changes(self.backend, self.mug | self.book)
        self.assertLess(self.env.cr.sql_log_count - before, 40)
        told = {one.product_id: (one.before, one.after, one.is_sent) for one in changes}
        same = price("20.00")
        self.assertEqual(
            told,
            {
                self.mug.id: (price("10.00"), price("12.00"), True),
                self.book.id: (same, same, False),
            },
        )
        self.assertEqual(self.writes(), [])
        self.assertEqual(price_from_json(self.published(self.mug).price), price("10.00"))


@tagged("post_install", "-at_install")
class TestPriceOwners(PriceOutCase):
    def saw(self, product, seen, in_step=False):
        """What an import has read in the shop."""
        binding = self.env["channel.binding.product"].search([("odoo_id", "=", product.id)])
        key = binding.external_id
        binding._saw_prices({key: seen}, {key} if in_step else set())
        return self.env["channel.price.exporter"]._plan_changes(self.backend, product)[0]

    def test_the_shop_owns_them(self):
        self.owned.owner = "channel"
        self.mug.list_price = 12
        self.env["channel.outbox"]._note_many("price", self.mug.ids)
        self.drain()
        self.assertEqual(self.writes(), [])
        change = self.env["channel.price.exporter"]._plan_changes(self.backend, self.mug)[0]
        self.assertEqual((change.is_sent, change.reason), (False, "The shop owns its prices"))

    def test_what_an_import_brought_is_not_told_back(self):
        self.owned.write({"owner": "channel", "conflict_policy": "newest"})
        self.drain()
        self.writer._write(self.backend, {self.mug: price("13.00")})
        change = self.saw(self.mug, price("13.00"), in_step=True)
        self.assertFalse(change.is_sent)
        self.env.cr.flush()
        self.assertFalse(self.notes(self.mug))
        self.mug.list_price = 14  # and then Odoo changes it
        self.drain()
        self.assertEqual(self.shown(self.mug)[0], "14.00")

    def test_nor_what_it_brought_into_price_lists(self):
        self.owned.write({"owner": "channel", "conflict_policy": "newest"})
        self.backend.action_create_pricelists()
        self.drain()
        self.writer._write(self.backend, {self.mug: price("13.00", "9.00")})
        self.writer._write(self.backend, {self.mug: price("13.00")})
        self.env.cr.flush()
        self.assertFalse(self.notes())

    def test_the_owner_wins_back_what_was_changed_in_the_shop(self):
        change = self.saw(self.mug, price("7.00"))
        self.assertEqual((change.before, change.after), (price("7.00"), price("10.00")))
        self.assertTrue(change.is_sent)

    def test_both_changed_is_an_issue_where_the_policy_says_so(self):
        self.owned.conflict_policy = "issue"
        self.drain()
        self.mug.list_price = 12
        self.saw(self.mug, price("7.00"))
        self.drain()
        self.assertEqual(self.shown(self.mug)[0], "10.00")
        issue = self.notes(self.mug).issue_id
        self.assertEqual(issue.code, "price_conflict")
        self.assertIn(self.mug.display_name, issue.title)
        self.assertNotIn("?", issue.title + issue.suggestion)

    def test_a_product_that_an_import_has_just_read_needs_no_call(self):
        self.store.add_product(sku="NEW", name="New", regular_price="15.00")
        new = self.product("NEW", 15)
        self.bind(new)
        self.saw(new, price("15.00"), in_step=True)
        self.drain()
        self.assertEqual(self.writes(), [])
        self.assertFalse(self.notes(new))


@tagged("post_install", "-at_install")
class TestYenOut(PriceOutCase):
    store_options = {"currency": "JPY", "decimals": 0, "prices_include_tax": True}
    shop_currency, decimals, includes_tax = "JPY", 0, True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._currency("JPY", 160)

    def test_whole_yen(self):
        self.mug.write({"list_price": 9.99, "taxes_id": [(6, 0, self.tax(10).ids)]})
        self.drain()
        self.assertEqual(self.shown(self.mug)[0], "1758")


@tagged("post_install", "-at_install")
class TestDinarOut(PriceOutCase):
    store_options = {"currency": "KWD", "decimals": 3, "prices_include_tax": False}
    shop_currency, decimals = "KWD", 3

    def test_three_decimals(self):
        self.backend.pricelist_id = self.pricelist()
        self.rule(self.backend.pricelist_id, self.mug, 3.3335)
        self.drain()
        self.assertEqual(self.shown(self.mug)[0], "3.334")


@tagged("post_install", "-at_install")
class TestTermsOut(PriceOutCase):
    store_options = {"currency": "USD", "prices_include_tax": True}
    shop_currency, includes_tax = "USD", True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._currency("USD", 1.25)

    def test_a_shop_that_nobody_has_checked_is_asked_first(self):
        self.backend.provider_settings = {}
        self.mug.write({"list_price": 8, "taxes_id": [(6, 0, self.tax(21).ids)]})
        self.mug.product_tmpl_id.company_id = self.company  # else in the main company's currency
        self.drain()
        self.assertEqual(self.shown(self.mug)[0], "12.10")  # 8 EUR x 1.25 x 1.21
        self.assertEqual(self.backend.price_currency_id.name, "USD")
