"""Taxes of lines: several at once, compound, zero, included, and never remapped."""

from odoo.fields import Command
from odoo.tests import tagged

from .common import JANE
from .line_case import LineCase


@tagged("post_install", "-at_install")
class TestIncludedTaxes(LineCase):
    """Odoo's own taxes may be included in its prices: amounts and prices still agree."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.tax_map_ids.tax_id.price_include_override = "tax_included"

    def test_gross_price_net_amount(self):
        order = self.place(("MUG", 3), ("BOOK", 1), shipping=[("flat_rate", "4.95")])
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        line = self.line_of(sale, order["line_items"][0])
        self.assertEqual((line.price_subtotal, line.price_total), (59.97, 72.56))
        self.assertAlmostEqual(line.price_unit * 3, 72.56)

    def test_mixed(self):
        self.backend.tax_map_ids.tax_id.filtered(
            lambda tax: tax.amount == 6
        ).price_include_override = "tax_excluded"
        order = self.place(("MUG", 7), ("BOOK", 3), fees=[("Discount", "-3.33")])
        sale = self.import_order(order)
        self.assertTotals(sale, order)


@tagged("post_install", "-at_install")
class TestTaxes(LineCase):
    def _buy_in(self, **address):
        order = self.place(("MUG", 3), ("BOOK", 1), billing={**JANE, **address})
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        return sale

    def test_two_rates_at_once(self):
        sale = self._buy_in(country="CA", state="QC")
        self.assertEqual(sale.order_line[0].tax_ids.mapped("amount"), [5, 9.975])

    def test_compound_rate_is_computed_on_the_other(self):
        sale = self._buy_in(country="CA", state="BC")
        extra = sale.order_line[0].extra_tax_data["manual_tax_amounts"]
        bases = sorted(values["base_amount_currency"] for values in extra.values())
        self.assertEqual(bases, [59.97, 62.97])

    def test_zero_rate(self):
        self._add_product("TEA", "3.75", tax_class="zero-rate")
        order = self.place(("TEA", 2))
        sale = self.import_order(order)
        self.assertTotals(sale, order)
        self.assertEqual(sale.order_line.tax_ids.amount, 0)
        self.assertEqual(len(sale.order_line.tax_ids), 1)

    def test_country_without_tax(self):
        sale = self._buy_in(country="JP", state="JP13")
        self.assertEqual((sale.amount_tax, len(sale.order_line.tax_ids)), (0, 0))

    def test_two_rates_mapped_to_one_tax(self):
        rows = self.backend.tax_map_ids.filtered(lambda row: row.state_code == "QC")
        rows.tax_id = rows[0].tax_id
        sale = self._buy_in(country="CA", state="QC")
        self.assertEqual(len(sale.order_line[0].tax_ids), 1)

    def test_rate_mapped_to_a_group(self):
        rows = self.backend.tax_map_ids.filtered(lambda row: row.country_code == "BE")
        standard = rows.filtered(lambda row: row.percent == 21)
        children = self.env["account.tax"].create(
            [{"name": f"Part {percent}", "amount": percent} for percent in (15, 6)]
        )
        standard.tax_id = self.env["account.tax"].create(
            {
                "name": "Both",
                "amount_type": "group",
                "children_tax_ids": [Command.set(children.ids)],
            }
        )
        sale = self._buy_in()
        self.assertEqual(sale.order_line[0].price_total, 72.56)

    def test_a_fiscal_position_changes_no_tax(self):
        row = self.backend.tax_map_ids.filtered(
            lambda row: row.country_code == "BE" and row.percent == 21
        )
        exempt = row.tax_id.copy({"name": "Exempt", "amount": 0})
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Export",
                "company_id": self.company.id,
                "auto_apply": True,
                "country_id": self.env.ref("base.be").id,
            }
        )
        exempt.write(
            {
                "fiscal_position_ids": [Command.link(position.id)],
                "original_tax_ids": [Command.link(row.tax_id.id)],
            }
        )
        sale = self._buy_in()
        self.assertEqual(sale.fiscal_position_id, position)
        self.assertEqual(sale.order_line[0].tax_ids, row.tax_id)
