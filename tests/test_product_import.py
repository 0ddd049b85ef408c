"""Products of a shop that Odoo does not have: what they become."""

from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from ..core.catalogue import (
    Attribute,
    Choice,
    ProductKind,
    ProductStatus,
    Size,
    StockKeeper,
    StockLevel,
    TermKind,
)
from .catalogue_case import BLUE, COLOUR, LARGE, RED, SIZE, SMALL, CatalogueCase, changed


@tagged("post_install", "-at_install")
class TestProductImport(CatalogueCase):
    def test_simple(self):
        product = self.simple(
            description="<p>Nice <b>mug</b></p>",
            short_description="<p>A mug</p>",
            variant={
                "barcode": "4006381333931",
                "weight": Decimal("0.35"),
                "size": Size(Decimal(100), Decimal("80.5"), Decimal(90)),
            },
        )
        template = self.take_one(product)
        self.assertRecordValues(
            template.product_variant_ids,
            [
                {
                    "name": "Product MUG",
                    "default_code": "MUG",
                    "barcode": "4006381333931",
                    "weight": 0.35,
                    "channel_width": 80.5,
                    "is_storable": True,
                    "type": "consu",
                    "company_id": self.company.id,
                    "taxes_id": self.tax.ids,
                }
            ],
        )
        self.assertInStep(product, template)
        self.assertNothingLeft(product)
        binding = self.binding("10", "channel.binding.product")
        self.assertEqual(binding.odoo_id, template.product_variant_ids)
        self.assertEqual((binding.parent_external_id, binding.stock_keeper), ("", "itself"))

    def test_variable_with_shared_and_own_attributes(self):
        product = self.shirt()
        template = self.take_one(product)
        self.assertEqual(
            template.product_variant_ids.mapped("default_code"),
            ["SHIRT-Blue-S", "SHIRT-Red-L", "SHIRT-Red-S"],
        )
        colour, size = template.attribute_line_ids.attribute_id
        self.assertEqual((colour.create_variant, colour.channel_own), ("dynamic", False))
        self.assertEqual((size.create_variant, size.channel_own), ("dynamic", True))
        bound = self.binding("1", "channel.binding.attribute")
        self.assertEqual(bound.odoo_id, colour)
        self.assertEqual(template.channel_sku, "SHIRT")
        self.assertEqual(set(template.channel_binding_ids.backend_id.ids), {self.backend.id})
        rows = self.env["channel.binding.product"].search([("parent_external_id", "=", "200")])
        self.assertEqual(rows.mapped("external_id"), ["201", "202", "203"])
        self.assertInStep(product, template)
        self.assertNothingLeft(product)

    def test_any_option(self):
        """One variant of any colour, and an attribute that no variant chooses an option of."""
        material = Attribute("Material", ("Wool", "Silk"), "7", varies=True)
        shirt = self.shirt()
        first, second, _third = shirt.variants
        product = changed(
            shirt,
            attributes=(COLOUR, SIZE, material),
            variants=(
                changed_choices(first, (COLOUR, ""), (SIZE, SMALL), (material, "")),
                changed_choices(second, (COLOUR, RED), (SIZE, LARGE), (material, "")),
            ),
        )
        template = self.take_one(product)
        lines = template.attribute_line_ids
        self.assertEqual(
            {line.attribute_id.name: line.attribute_id.create_variant for line in lines},
            {"Colour": "dynamic", "Size": "dynamic", "Material": "no_variant"},
        )
        any_colour = self.by_sku("SHIRT-Red-S").product_template_attribute_value_ids
        self.assertIn(True, any_colour.product_attribute_value_id.mapped("channel_any"))
        self.assertTrue(self.binding("7:info", "channel.binding.attribute"))
        self.assertInStep(product, template)
        self.assertNothingLeft(product)

    def test_custom_value(self):
        """A variant's own text need not be among the options."""
        shirt = self.shirt(((RED, SMALL), ("Ochre", LARGE)))
        template = self.take_one(shirt)
        values = template.attribute_line_ids[0].value_ids
        self.assertEqual(values.mapped("name"), [RED, BLUE, "Ochre"])
        self.assertNothingLeft(shirt)

    def test_informing_attributes_of_a_simple_product(self):
        colour = Attribute("Colour", (RED,), "1")
        care = Attribute("Care", ("Wash", "Iron"))
        product = self.simple(attributes=(colour, care))
        template = self.take_one(product)
        self.assertEqual(len(template.product_variant_ids), 1)
        attributes = template.attribute_line_ids.attribute_id
        self.assertEqual(set(attributes.mapped("create_variant")), {"no_variant"})
        self.assertInStep(product, template)
        shirt = self.take_one(self.shirt())
        self.assertNotEqual(shirt.attribute_line_ids[0].attribute_id, attributes[0])

    def test_services(self):
        for number, flags in enumerate(({"virtual": True}, {"downloadable": True})):
            product = self.simple(f"3{number}", f"PDF-{number}", variant=flags)
            template = self.take_one(product)
            self.assertEqual((template.type, template.is_storable), ("service", False))
            self.assertInStep(product, template)

    def test_not_counted(self):
        product = self.simple(variant={"stock": StockLevel(StockKeeper.NOBODY)})
        self.assertFalse(self.take_one(product).is_storable)

    def test_kinds_without_counterpart(self):
        for kind in (ProductKind.GROUPED, ProductKind.EXTERNAL, ProductKind.UNKNOWN):
            (plan,) = self.take(changed(self.simple(), kind=kind, type_code="bundle"))
            self.assertEqual(plan.action, "ignore")
            self.assertIn("bundle", plan.reason)
            self.assertEqual(self.outcomes[0].state, "ignored")
        self.assertFalse(self.binding("10"))
        self.assertFalse(self.by_sku("MUG"))

    def test_status(self):
        draft = self.take_one(changed(self.simple(), status=ProductStatus.DRAFT))
        self.assertFalse(draft.active)
        self.assertFalse(draft.product_variant_ids.active)
        hidden = self.take_one(self.simple("11", "CUP", status=ProductStatus.HIDDEN))
        self.assertEqual((hidden.active, hidden.channel_visibility), (True, "hidden"))
        self.assertNothingLeft(
            changed(self.simple(), status=ProductStatus.DRAFT),
            self.simple("11", "CUP", status=ProductStatus.HIDDEN),
        )

    def test_draft_with_variants(self):
        product = self.shirt(status=ProductStatus.DRAFT)
        template = self.take_one(product)
        self.assertEqual(template.product_variant_ids.mapped("active"), [False] * 3)
        self.assertNothingLeft(product)
        published = self.shirt()
        self.take(published)
        self.assertTrue(template.active)
        self.assertEqual(template.product_variant_ids.mapped("active"), [True] * 3)
        self.assertNothingLeft(published)

    def test_terms(self):
        tree = [
            self.term("1", "Clothes"),
            self.term("2", "Shirts", parent="1"),
            self.term("3", "Wool", parent="2"),
        ]
        self.env["channel.product.terms"]._store(self.backend, tree)
        product = self.simple(
            categories=(self.term("1", "Clothes"), self.term("3", "Wool")),
            tags=(self.term("8", "new", TermKind.TAG),),
            brands=(self.term("9", "Acme", TermKind.BRAND),),
        )
        template = self.take_one(product)
        root = self.backend.category_root_id
        self.assertEqual(template.categ_id.complete_name, f"{root.name} / Clothes / Shirts / Wool")
        self.assertEqual(
            template.channel_category_ids.mapped("complete_name"),
            [f"{root.name} / Clothes", f"{root.name} / Clothes / Shirts / Wool"],
        )
        self.assertEqual(template.product_tag_ids.name, "new")
        self.assertEqual(template.channel_brand_ids.name, "Acme")
        self.assertInStep(product, template)
        again = self.take_one(self.simple("11", "CUP", categories=(self.term("2", "Shirts"),)))
        self.assertEqual(again.categ_id, template.categ_id.parent_id)

    def test_renamed_and_moved_category(self):
        terms = self.env["channel.product.terms"]
        terms._store(self.backend, [self.term("1", "Clothes"), self.term("2", "Shirts")])
        terms._store(self.backend, [self.term("1", "Wear"), self.term("2", "Shirts", parent="1")])
        shirts = self.binding("2", "channel.binding.category").odoo_id
        self.assertEqual(shirts.parent_id.name, "Wear")
        self.assertEqual(self.env["product.category"].search_count([("name", "=", "Clothes")]), 0)

    def test_tax_classes(self):
        reduced = self.tax.copy({"name": "6 %", "amount": 6})
        rows = self.env["channel.map.tax.class"]
        rows._ensure_rows(self.backend, {"reduced-rate": {}})
        rows._find(self.backend, "reduced-rate").tax_ids = reduced
        self.assertEqual(self.take_one(self.simple(tax_class="reduced-rate")).taxes_id, reduced)
        free = self.simple("11", "CUP", taxable=False)
        self.assertFalse(self.take_one(free).taxes_id)
        self.assertNothingLeft(free, self.simple(tax_class="reduced-rate"))

    def test_unmapped_tax_class(self):
        """A row and one issue, and the products come all the same."""
        products = [self.simple(str(n), f"SKU-{n}", tax_class="luxury") for n in (10, 11)]
        self.take(*products)
        self.assertEqual([outcome.state for outcome in self.outcomes], ["done", "done"])
        row = self.env["channel.map.tax.class"]._find(self.backend, "luxury")
        self.assertTrue(row)
        issue = self.env["channel.issue"].search([("code", "=", "unmapped_tax_class")])
        self.assertEqual(len(issue), 1)
        row.tax_ids = self.tax
        self.assertEqual(issue.state, "resolved")


def changed_choices(variant, *pairs):
    choices = tuple(Choice(attribute.key, option) for attribute, option in pairs)
    return replace(variant, choices=choices)
