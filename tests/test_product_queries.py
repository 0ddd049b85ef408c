"""What the import of products costs beyond Odoo's own work does not grow with products."""

from decimal import Decimal

from odoo.tests import tagged
from odoo.tools import SQL

from ..core.catalogue import Attribute, TermKind
from .catalogue_case import CatalogueCase, changed


@tagged("post_install", "-at_install")
class TestProductQueries(CatalogueCase):
    def count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def products(self, count, prefix):
        """Products with terms, an attribute, and further ones in between."""
        care = Attribute("Care", ("Wash", "Iron"), "77")
        return [
            self.simple(
                f"{prefix}{number}",
                f"{prefix}-{number}",
                categories=(self.term("1", "Clothes"),),
                tags=(self.term("8", "new", TermKind.TAG),),
                attributes=(care,),
            )
            for number in range(count)
        ]

    def test_planning_new_ones(self):
        self.plan(*self.products(2, "0"))  # what is cached for good
        few = self.count(lambda: self.plan(*self.products(1, "1")))
        many = self.count(lambda: self.plan(*self.products(25, "2")))
        self.assertEqual(few, many)

    def test_planning_known_ones(self):
        one, many = self.products(1, "1"), self.products(25, "2")
        self.take(*one, *many)
        self.plan(*one)
        few = self.count(lambda: self.plan(*one))
        # 24 more products may cost a query for what one of them happens to lack, not 24
        self.assertLess(self.count(lambda: self.plan(*many)) - few, 3)

    def test_a_second_run(self):
        """What is in Odoo as it is in the shop costs the same, however much it is."""
        one, many = self.products(1, "1"), self.products(25, "2")
        self.take(*one, *many)
        relevance = self.importer.env["channel.product.relevance"]
        relevance._known(self.backend, one)
        few = self.count(lambda: relevance._known(self.backend, one))
        self.assertEqual(few, self.count(lambda: relevance._known(self.backend, many)))
        self.assertEqual(len(relevance._known(self.backend, many)), 25)

    def test_creating(self):
        """Each more product costs what the bare ORM asks for a product and its bindings."""
        self.take(*self.products(2, "0"))
        few = self.count(lambda: self.take(*self.products(5, "1")))
        many = self.count(lambda: self.take(*self.products(25, "2")))
        per_product = (many - few) / 20
        bare = self.bare(25) / 25
        self.assertLess(per_product, bare + 3, f"{few} for 5, {many} for 25; bare {bare:.1f}")

    def bare(self, count):
        attribute = self.env["product.attribute"].create(
            {"name": "Bare", "create_variant": "no_variant", "value_ids": [(0, 0, {"name": "A"})]}
        )

        def work():
            self.env["product.template"].create(
                [
                    {
                        "name": f"Bare {number}",
                        "default_code": f"BARE-{number}",
                        "attribute_line_ids": [
                            (
                                0,
                                0,
                                {
                                    "attribute_id": attribute.id,
                                    "value_ids": [(6, 0, attribute.value_ids.ids)],
                                },
                            )
                        ],
                    }
                    for number in range(count)
                ]
            )

        return self.count(work)

    def test_changing(self):
        products = self.products(26, "1")
        self.take(*products)
        news = [changed(product, name=f"New {product.name}") for product in products]
        news = [
            changed(product, {product.external_id: {"weight": Decimal(number + 1)}})
            for number, product in enumerate(news)
        ]
        few = self.count(lambda: self.take(*news[:1]))
        many = self.count(lambda: self.take(*news[1:]))
        self.assertLess((many - few) / 24, 12, f"{few} for 1, {many} for 25")

    # === WHAT A BIG CATALOGUE MAKES DEAR === #

    def plan_of(self, query):
        """How PostgreSQL would find the rows if every table were too big to be read."""
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan TO off")
        rows = self.env.execute_query(SQL("EXPLAIN %s", query))
        self.env.cr.execute("SET LOCAL enable_seqscan TO on")
        return "\n".join(row[0] for row in rows)

    def test_a_sku_in_another_case_is_found_by_an_index(self):
        query = self.env["channel.product.resolver"]._query_written_like({"One", "Two"})
        self.assertIn("product_product_channel_sku_idx", self.plan_of(query))

    def test_variants_of_products_are_found_by_indexes(self):
        domain = self.env["channel.product.matcher"]._of_products(["1", "2"], ["3", "4"])
        query = self.env["channel.binding.product"].sudo()._search(domain).select("id")
        plan = self.plan_of(query)
        self.assertIn("channel_binding_product__parent_external_id_index", plan)
        # a small table is found by one of several indexes on the shop's id
        self.assertNotIn("Seq Scan", plan)
