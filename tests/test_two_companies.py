"""Two companies whose records have the same names: nothing crosses."""

from odoo.tests import tagged

from .common import JANE, ChannelCase


@tagged("post_install", "-at_install")
class TestTwoCompanies(ChannelCase):
    chart = "generic_coa"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store.add_product(sku="MUG", name="Mug", regular_price="19.99")
        cls.other = cls._make_company("Other Company")
        cls.other_backend = cls._make_backend(cls.other)
        cls.sides = [(cls.company, cls.backend), (cls.other, cls.other_backend)]
        cls.records = [cls._twins(company, backend) for company, backend in cls.sides]

    @classmethod
    def _twins(cls, company, backend):
        """Records that have the same name in either company."""
        env = cls.env(context={"allowed_company_ids": company.ids})
        twins = {
            "warehouse_id": env["stock.warehouse"].create(
                {"name": "Main", "code": "MAIN", "company_id": company.id}
            ),
            "team_id": env["crm.team"].create({"name": "Web", "company_id": company.id}),
            "product_id": env["product.product"].create(
                {
                    "name": "Mug",
                    "default_code": "MUG",
                    "is_storable": True,
                    "invoice_policy": "order",
                    "company_id": company.id,
                }
            ),
            "partner_id": env["res.partner"].create(
                {"name": "Jane Doe", "email": "jane@example.com", "company_id": company.id}
            ),
        }
        backend.write(
            {
                "warehouse_ids": [(6, 0, twins["warehouse_id"].ids)],
                "team_id": twins["team_id"].id,
                "order_prefix": "WEB-",
            }
        )
        return twins

    def _imported(self):
        order = self.place(("MUG", 2), shipping=[("flat_rate", "4.95")])
        sales = [self.import_order(order, backend) for _company, backend in self.sides]
        for sale in sales:
            self.assertTotals(sale, order)
        return sales

    def test_same_names(self):
        """The premise: identically named taxes, journals, warehouses and SKUs in both."""
        for model, name in (
            ("account.tax", "name"),
            ("account.journal", "name"),
            ("stock.warehouse", "name"),
            ("product.product", "default_code"),
        ):
            one, two = (
                set(self.env[model].search([("company_id", "=", company.id)]).mapped(name))
                for company, _backend in self.sides
            )
            self.assertTrue(one & two - {False}, model)

    def test_nothing_crosses(self):
        for sale, (company, backend), twins in zip(
            self._imported(), self.sides, self.records, strict=True
        ):
            self.assertEqual((sale.company_id, sale.channel_backend_id), (company, backend))
            self.assertEqual(sale.name, f"WEB-{sale.client_order_ref}")
            for name in ("warehouse_id", "team_id", "partner_id"):
                self.assertEqual(sale[name], twins[name])
            self.assertEqual(sale.order_line[0].product_id, twins["product_id"])
            self.assertEqual(sale.order_line.tax_ids.company_id, company)
            self.assertEqual(sale.pricelist_id.company_id, company)
            self.assertEqual(sale.picking_ids.company_id, company)
            self.assertEqual(sale.picking_ids.picking_type_id.warehouse_id, twins["warehouse_id"])
            move = sale._create_invoices()
            self.assertEqual((move.company_id, move.journal_id.company_id), (company, company))
            self.assertEqual(move.line_ids.account_id.company_ids, company)

    def test_new_contacts_belong_to_their_company(self):
        order = self.place(("MUG", 1), billing={**JANE, "email": "new@example.com"})
        sales = [self.import_order(order, backend) for _company, backend in self.sides]
        self.assertNotEqual(sales[0].partner_id, sales[1].partner_id)
        self.assertEqual([sale.partner_id.company_id for sale in sales], [self.company, self.other])

    def test_unmapped_in_one_is_mapped_in_the_other(self):
        self.backend.tax_map_ids.tax_id = False
        self.env["account.tax"].search([("company_id", "=", self.company.id)]).active = False
        order = self.place(("MUG", 1))
        self.assertEqual(self.receive(order["id"]).state, "blocked")
        self.assertEqual(self.receive(order["id"], backend=self.other_backend).state, "done")

    def test_products_made_for_one_are_not_the_others(self):
        self.store.add_product(sku="NEW", name="New", regular_price="5")
        for _company, backend in self.sides:
            backend.product_policy = "create"
        order = self.place(("NEW", 1))
        sales = [self.import_order(order, backend) for _company, backend in self.sides]
        self.assertNotEqual(sales[0].order_line.product_id, sales[1].order_line.product_id)

    def test_a_chunk_of_one_backend_knows_nothing_of_the_other(self):
        bound = self._imported()[0]
        self.assertEqual(
            self.env["channel.binding.order"].search_count(
                [("external_id", "=", bound.channel_binding_ids.external_id)]
            ),
            2,
        )
