"""What makes prices be looked at again, and at what time."""

from datetime import timedelta

from odoo.tests import new_test_user, tagged

from ..models.product_price_channel import SOURCE
from .price_case import NOW, PriceCase

DAY = timedelta(days=1)


class NotesCase(PriceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        owned = cls.backend.ownership_ids.filtered(lambda row: row.group == "prices")
        owned.owner = "odoo"
        cls.owned = owned
        cls.prices = cls.flow("price", "out")
        cls.prices.active = True
        cls.mug, cls.book = cls.product("MUG"), cls.product("BOOK")
        cls.shirts = cls.variants()
        for number, product in enumerate(cls.mug | cls.book | cls.shirts, 101):
            cls.env["channel.binding.product"]._bind(cls.backend, number, product)
        cls.settled()

    @classmethod
    def settled(cls):
        """Forget what was noted so far."""
        cls.env.cr.flush()
        cls.env["channel.outbox"].search([]).unlink()

    def noted(self):
        """Products that the end of the transaction notes for this backend."""
        self.env.cr.flush()
        notes = self.env["channel.outbox"].search(
            [("backend_id", "=", self.backend.id), ("kind", "=", "price")]
        )
        self.assertLessEqual(set(notes.mapped("state")), {"pending"})
        found = self.env["product.product"].browse(notes.mapped("res_id"))
        self.assertEqual(len(found), len(notes), "noted once")
        notes.unlink()
        return found.with_env(self.backend.env)


@tagged("post_install", "-at_install")
class TestPriceNotes(NotesCase):
    def test_of_products(self):
        self.mug.list_price = 12
        self.shirts[0].lst_price = 13
        self.assertEqual(self.noted(), self.mug | self.shirts)
        self.book.taxes_id = self.tax(21)
        self.assertEqual(self.noted(), self.book)
        self.mug.name = "Cup"
        self.assertFalse(self.noted())
        extras = self.shirts.product_template_attribute_value_ids
        extras[0].price_extra = 3
        self.assertEqual(self.noted(), self.shirts)

    def test_of_taxes(self):
        tax = self.tax(6)
        both = self.tax(0, amount_type="group", children_tax_ids=[(6, 0, tax.ids)])
        self.mug.taxes_id, self.book.taxes_id = tax, both
        self.settled()
        tax.amount = 7
        self.assertEqual(self.noted(), self.mug | self.book)

    def test_of_rules(self):
        regular = self.backend.pricelist_id = self.pricelist()
        other = self.pricelist("Other")
        self.settled()
        rule = self.rule(regular, self.mug, 8)
        self.rule(other, self.book, 8)
        self.assertEqual(self.noted(), self.mug)
        rule.write({"applied_on": "1_product", "product_tmpl_id": self.shirts.product_tmpl_id.id})
        self.assertEqual(self.noted(), self.mug | self.shirts)
        rule.unlink()
        self.assertEqual(self.noted(), self.shirts)
        self.rule(regular, compute_price="percentage", percent_price=5)
        self.assertEqual(len(self.noted()), 4)
        self.rule(regular, self.book, 5, min_quantity=10)
        self.assertFalse(self.noted())

    def test_of_categories(self):
        regular = self.backend.pricelist_id = self.pricelist()
        parent, child = self.env["product.category"].create([{"name": "P"}, {"name": "C"}])
        self.book.categ_id = child
        self.settled()
        child.parent_id = parent
        self.assertEqual(self.noted(), self.book)
        self.rule(regular, parent, 5)
        self.assertEqual(self.noted(), self.book)

    def test_of_lists_that_others_are_based_on(self):
        base, regular = self.pricelist("Base"), self.pricelist()
        self.backend.pricelist_id = regular
        self.rule(regular, base="pricelist", base_pricelist_id=base.id, compute_price="percentage")
        self.settled()
        self.rule(base, self.book, 5)
        self.assertEqual(self.noted(), self.book)

    def test_of_costs_only_where_they_matter(self):
        regular = self.backend.pricelist_id = self.pricelist()
        self.settled()
        self.mug.standard_price = 3
        self.assertFalse(self.noted())
        self.rule(regular, base="standard_price", compute_price="formula", price_markup=50)
        self.settled()
        self.mug.standard_price = 4
        self.assertEqual(self.noted(), self.mug)

    def test_of_settings(self):
        everything = self.mug | self.book | self.shirts
        self.backend.pricelist_id = self.pricelist()
        self.assertEqual(self.noted(), everything)
        self.settle(prices_include_tax=True)
        self.assertEqual(self.noted(), everything)
        self.backend.name = "Renamed"
        self.assertFalse(self.noted())
        self.owned.conflict_policy = "newest"
        self.assertEqual(self.noted(), everything)
        self.prices.active = False
        self.prices.active = True
        self.assertEqual(self.noted(), everything)
        self.backend.action_publish_prices()
        self.assertEqual(self.noted(), everything)
        self.backend.state = "draft"
        self.mug.list_price = 77
        self.assertFalse(self.noted())
        self.backend.state = "connected"
        self.assertEqual(self.noted(), everything)
        self.env["channel.outbox"]._note_all("price", self.backend)
        self.assertEqual(self.noted(), everything)

    def test_of_rates_where_prices_are_converted(self):
        dollar = self._currency("USD", 1.1)
        self.settle(currency="USD")
        self.settled()
        rate = {"currency_id": dollar.id, "company_id": self.company.id, "name": "2026-01-01"}
        self.env["res.currency.rate"].create({**rate, "rate": 1.2})
        self.assertEqual(len(self.noted()), 4)
        self._currency("GBP", 0.9)
        self.assertFalse(self.noted())
        self.prices.active = False
        self.env["res.currency.rate"].create({**rate, "rate": 1.3, "name": "2026-02-01"})
        self.assertFalse(self.noted())

    def test_of_products_new_in_the_shop(self):
        new = self.product("NEW")
        self.env["channel.binding.product"]._bind(self.backend, 200, new)
        self.assertEqual(self.noted(), new)

    def test_nothing_where_the_shop_owns_its_prices(self):
        self.owned.owner = "channel"
        self.settled()
        self.mug.list_price = 12
        self.assertFalse(self.noted())

    def test_who_knows_already_is_not_told(self):
        other = self._make_backend(self.company, "Other")
        other.ownership_ids.filtered(lambda row: row.group == "prices").owner = "odoo"
        flows = self.env["channel.flow"].with_context(active_test=False)
        flows.search([("backend_id", "=", other.id), ("kind", "=", "price")]).active = True
        self.env["channel.binding.product"]._bind(other, 101, self.mug)
        self.settled()
        self.mug.with_context(**{SOURCE: self.backend.id}).list_price = 14
        self.env.cr.flush()
        notes = self.env["channel.outbox"].search([("kind", "=", "price")])
        self.assertEqual(notes.backend_id, other)

    def test_one_statement_for_the_business_transaction(self):
        self.env.flush_all()
        self.mug.list_price = 1
        self.book.list_price = 2
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.env["channel.outbox"]._write_notes()
        self.assertEqual(self.env.cr.sql_log_count - before, 1)

    def test_who_makes_prices_needs_no_rights_on_channels(self):
        user = new_test_user(
            self.env,
            "pricer",
            "sales_team.group_sale_manager,product.group_product_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        regular = self.backend.pricelist_id = self.pricelist()
        self.settled()
        rules = self.env["product.pricelist.item"].with_user(user)
        rule = rules.create(
            {"pricelist_id": regular.id, "product_id": self.mug.id, "fixed_price": 3}
        )
        self.mug.with_user(user).list_price = 5
        rule.unlink()
        self.assertEqual(self.noted(), self.mug)


@tagged("post_install", "-at_install")
class TestPricesOnTime(NotesCase):
    """The scheduler asks at given moments; nothing sleeps."""

    def due(self, at):
        self.env["channel.outbox"]._note_due_prices(self.backend, at)
        return self.noted()

    def setUp(self):
        super().setUp()
        self.sale = self.backend.sale_pricelist_id = self.pricelist("Sale")
        self.settled()
        self.assertFalse(self.due(NOW))  # where the clock starts

    def test_rules_that_begin_and_end(self):
        self.rule(self.sale, self.mug, 8, date_start=NOW + DAY, date_end=NOW + 2 * DAY)
        self.settled()
        moments = [
            (NOW + DAY - timedelta(seconds=1), False),
            (NOW + DAY, True),
            (NOW + DAY + timedelta(minutes=1), False),
            (NOW + 2 * DAY, False),  # the last second of the sale
            (NOW + 2 * DAY + timedelta(seconds=1), True),
            (NOW + 2 * DAY + timedelta(minutes=1), False),
        ]
        for moment, is_due in moments:
            self.assertEqual(self.due(moment), self.mug if is_due else self.mug.browse(), moment)

    def test_a_scheduler_that_stood_still_misses_nothing(self):
        self.rule(self.sale, self.mug, 8, date_start=NOW + DAY, date_end=NOW + 2 * DAY)
        self.rule(self.sale, self.shirts.product_tmpl_id, 7, date_end=NOW + 5 * DAY)
        self.settled()
        self.assertEqual(self.due(NOW + 9 * DAY), self.mug | self.shirts)
        self.assertFalse(self.due(NOW + 10 * DAY))

    def test_rules_of_lists_below(self):
        base = self.pricelist("Base")
        self.rule(
            self.sale, base="pricelist", base_pricelist_id=base.id, compute_price="percentage"
        )
        self.rule(base, self.book, 6, date_start=NOW + DAY)
        self.settled()
        self.assertEqual(self.due(NOW + DAY), self.book)

    def test_rates_of_another_day(self):
        dollar = self._currency("USD", 1.1)
        self.backend.sale_pricelist_id = False
        self.settle(currency="USD")
        rate = {"currency_id": dollar.id, "company_id": self.company.id, "rate": 1.3}
        self.env["res.currency.rate"].create({**rate, "name": (NOW + DAY).date()})
        self.settled()
        self.assertFalse(self.due(NOW + timedelta(hours=1)))
        self.assertEqual(len(self.due(NOW + DAY)), 4)
        self.assertFalse(self.due(NOW + 2 * DAY))

    def test_one_query_and_no_write_where_nothing_is_due(self):
        self.rule(self.sale, self.mug, 8, date_start=NOW + 9 * DAY)
        self.settled()
        self.due(NOW + timedelta(minutes=1))
        self.env.flush_all()
        cursor = self.prices.cursor_id.polled_at
        before = self.env.cr.sql_log_count
        self.env["channel.outbox"]._note_due_prices(self.backend, NOW + timedelta(minutes=2))
        self.env.flush_all()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 2)  # and the flow itself
        self.assertEqual(self.prices.cursor_id.polled_at, cursor)

    def test_other_backends_are_left_alone(self):
        self.backend.sale_pricelist_id = False
        self.rule(self.sale, self.mug, 8, date_start=NOW + DAY)
        self.settled()
        self.assertFalse(self.due(NOW + 2 * DAY))
