"""The mapping of tax rates: filled by itself where one tax fits, asked for where none does."""

from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..core.canonical import TaxRate
from .line_case import LineCase


@tagged("post_install", "-at_install")
class TestTaxResolver(LineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = cls.backend.tax_map_ids
        cls.made = cls.rows.tax_id
        cls.made.write({"active": False})
        cls.rows.tax_id = False

    def tax(self, percent, **values):
        return self.env["account.tax"].create(
            {
                "name": f"{percent} {values}",
                "amount": percent,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "tax_group_id": self.made.tax_group_id[:1].id,
                **values,
            }
        )

    def resolve(self, key="77", percent="21", country="BE", **values):
        rate = TaxRate(key, f"BTW {percent}%", Decimal(percent), country=country, **values)
        return self.backend.env["channel.tax.resolver"]._resolve(self.backend, {key: rate}).get(key)

    def test_one_tax_fits(self):
        tax = self.tax(21)
        self.tax(6)
        self.assertEqual(self.resolve(), tax)
        row = self.env["channel.map.tax"]._find(self.backend, "77")
        self.assertEqual((row.tax_id, row.external_label, row.percent), (tax, "BTW 21%", 21))

    def test_a_row_that_a_person_filled_counts(self):
        self.tax(21)
        chosen = self.tax(6)
        self.env["channel.map.tax"].create(
            {"backend_id": self.backend.id, "external_code": "77", "tax_id": chosen.id}
        )
        self.assertEqual(self.resolve(), chosen)

    def test_prefers_taxes_that_prices_do_not_include(self):
        tax = self.tax(21, price_include_override="tax_excluded")
        self.tax(21, price_include_override="tax_included")
        self.assertEqual(self.resolve(), tax)

    def test_the_only_one_may_be_included(self):
        tax = self.tax(21, price_include_override="tax_included")
        self.assertEqual(self.resolve(), tax)

    def test_the_default_sale_tax_decides_between_several(self):
        goods, _services = self.tax(21, name="Goods"), self.tax(21, name="Services")
        self.assertFalse(self.resolve())
        self.company.account_sale_tax_id = goods
        self.assertEqual(self.resolve(), goods)

    def test_another_country_is_another_tax(self):
        self.tax(21)
        self.assertFalse(self.resolve(country="ES"))

    def test_no_country_is_the_companys(self):
        tax = self.tax(21)
        self.assertEqual(self.resolve(country=""), tax)

    def test_other_companies_and_purchases_do_not_count(self):
        self.tax(21, type_tax_use="purchase")
        other = self._make_company("Other Company")
        group = self.env["account.tax.group"].create(
            {"name": "Other", "company_id": other.id, "country_id": other.country_id.id}
        )
        self.tax(21, company_id=other.id, tax_group_id=group.id)
        self.assertFalse(self.resolve())

    def test_unknown_percentage_is_never_guessed(self):
        self.tax(0)
        rate = TaxRate("78", "Deleted rate", None, country="BE")
        found = self.backend.env["channel.tax.resolver"]._resolve(self.backend, {"78": rate})
        self.assertFalse(found)

    def test_unmapped_rate_blocks_with_one_issue_until_mapped(self):
        orders = [self.place(("MUG", 1)) for _number in range(2)]
        events = [self.receive(order["id"]) for order in orders]
        self.assertEqual({event.state for event in events}, {"blocked"})
        issue = events[0].issue_id
        self.assertEqual((issue, issue.code), (events[1].issue_id, "unmapped"))
        self.assertIn("BTW 21%", issue.title)
        self.tax(21)
        issue.action_retry()
        self.run_pending()
        self.assertEqual({event.state for event in events}, {"done"})
        self.assertEqual(issue.state, "resolved")

    def test_a_rate_the_shop_no_longer_has(self):
        """Its row appears by itself, and says that the percentage is not known."""
        payload = self.payload(self.place(("MUG", 1)))
        payload["tax_lines"][0].update(rate_id=990, rate_percent=0)
        payload["line_items"][0]["taxes"][0]["id"] = 990
        event = self.import_payload(payload)
        self.assertEqual(event.issue_id.code, "unmapped")
        row = self.env["channel.map.tax"]._find(self.backend, "990")
        self.assertEqual((row.has_percent, row.tax_id.id), (False, False))
        row.tax_id = self.tax(21)
        event = self.import_payload({**payload, "id": payload["id"] + 1_000_000})
        self.assertEqual(event.state, "done", event.reason)


@tagged("post_install", "-at_install")
class TestCreateTaxes(LineCase):
    def test_what_it_makes(self):
        rows = self.backend.tax_map_ids
        self.assertFalse(rows.filtered(lambda row: not row.tax_id))
        for row in rows:
            tax = row.tax_id
            self.assertEqual((tax.amount, tax.company_id), (row.percent, self.company))
            self.assertEqual(tax.country_id, self.company.account_fiscal_country_id)
            self.assertFalse(tax.price_include)
        self.assertEqual(len(set(rows.tax_id.mapped("name"))), len(rows.tax_id))

    def test_compound_rate_has_the_other_in_its_base(self):
        rows = self.backend.tax_map_ids.filtered(lambda row: row.state_code == "BC")
        compound = rows.filtered("compound").tax_id
        plain = (rows - rows.filtered("compound")).tax_id
        self.assertTrue(plain.include_base_amount)
        self.assertTrue(compound.is_base_affected)
        self.assertLess(plain.sequence, compound.sequence)

    def test_only_rates_whose_percentage_is_known(self):
        row = self.env["channel.map.tax"].create(
            {"backend_id": self.backend.id, "external_code": "79", "has_percent": False}
        )
        with self.assertRaises(UserError):
            row.action_create_taxes()

    def test_country_with_a_registration(self):
        """A foreign VAT number means reporting there: the tax is one of that country."""
        spain = self.env.ref("base.es")
        self.env["account.fiscal.position"].create(
            {
                "name": "Spain",
                "company_id": self.company.id,
                "country_id": spain.id,
                "foreign_vat": "ESA12345674",
            }
        )
        row = self.env["channel.map.tax"].create(
            {
                "backend_id": self.backend.id,
                "external_code": "80",
                "external_label": "IVA especial",
                "percent": 4,
                "country_code": "ES",
            }
        )
        row.action_create_taxes()
        self.assertEqual(row.tax_id.country_id, spain)
