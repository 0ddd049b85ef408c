"""Odoo's products as a shop would show them."""

import base64
import hashlib
from decimal import Decimal
from io import BytesIO

from PIL import Image as Pillow

from odoo.tests import tagged

from ..core.catalogue import (
    Attribute,
    Choice,
    Product,
    ProductKind,
    ProductStatus,
    Size,
    StockKeeper,
    TermKind,
    Variant,
)
from ..core.catalogue import Image as ShopImage
from .common import ChannelCase


def picture(colour, size=(8, 8)):
    """Bytes of a picture in one colour."""
    out = BytesIO()
    Pillow.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


@tagged("post_install", "-at_install")
class TestProductReader(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.red = picture("red")

    def products_of(self, *templates, **options):
        found = self.env["channel.product.reader"]._read(
            self.backend, self.env["product.template"].union(*templates), **options
        )
        self.assertEqual(list(found), [template.id for template in templates])
        return list(found.values())

    def bind(self, model, record, external_id, **values):
        return self.env[f"channel.binding.{model}"]._bind(
            self.backend, external_id, record, **values
        )

    def template(self, **values):
        return self.env["product.template"].create({"name": "Mug", "type": "consu", **values})

    def attribute(self, name, *values, **options):
        options = {"create_variant": "dynamic", **options}
        return self.env["product.attribute"].create(
            {"name": name, "value_ids": [(0, 0, {"name": value}) for value in values], **options}
        )

    def line(self, attribute, **values):
        return (
            0,
            0,
            {
                "attribute_id": attribute.id,
                "value_ids": [(6, 0, attribute.value_ids.ids)],
                **values,
            },
        )

    def variants(self, template, *names):
        """Create the variants that have these values (one of each attribute)."""
        made = self.env["product.product"]
        for wanted in names:
            lines = template.attribute_line_ids
            values = lines.product_template_value_ids.filtered(lambda v, w=wanted: v.name in w)
            chosen = values.attribute_line_id
            made += template._create_product_variant(
                values + (lines - chosen).product_template_value_ids
            )
        return made

    def attachment(self, template):
        domain = [("res_model", "=", "product.template"), ("res_field", "=", "image_1920")]
        return self.env["ir.attachment"].search([*domain, ("res_id", "=", template.id)])

    def test_simple_product_that_no_shop_has(self):
        mug = self.template(
            default_code="MUG",
            barcode="4006381333931",
            weight=0.25,
            is_storable=True,
            list_price=12.5,
            channel_description="<p>Big</p>",
        )
        mug.product_variant_id.write({"channel_length": 80.0, "channel_height": 95.5})
        (product,) = self.products_of(mug)
        self.assertEqual(product.kind, ProductKind.SIMPLE)
        self.assertEqual(
            (product.external_id, product.name, product.sku, product.description),
            ("", "Mug", "", "<p>Big</p>"),
        )
        (variant,) = product.variants
        self.assertEqual(
            (variant.external_id, variant.sku, variant.barcode, variant.weight),
            ("", "MUG", "4006381333931", Decimal("0.25")),
        )
        self.assertEqual(variant.size, Size(Decimal("80.0"), None, Decimal("95.5")))
        self.assertEqual(variant.price.regular, Decimal("12.5"))
        self.assertIs(variant.stock.keeper, StockKeeper.ITSELF)
        self.assertIs(product.status, ProductStatus.PUBLISHED)

    def test_ids_are_those_of_this_shop(self):
        mug = self.template(default_code="MUG")
        self.bind("template", mug, "70")
        self.bind("product", mug.product_variant_id, "70")
        other = self._make_backend(self.company, "Other shop")
        self.env["channel.binding.template"]._bind(other, "99", mug)
        (product,) = self.products_of(mug)
        self.assertEqual((product.external_id, product.variants[0].external_id), ("70", "70"))

    def test_what_was_deleted_in_the_shop_has_no_id(self):
        mug = self.template()
        for model, record in (("template", mug), ("product", mug.product_variant_id)):
            self.bind(model, record, "70", gone_at="2026-01-01 00:00:00")
        (product,) = self.products_of(mug)
        self.assertEqual((product.external_id, product.variants[0].external_id), ("", ""))

    def test_states(self):
        hidden = self.template(channel_visibility="hidden")
        archived = self.template(active=False)
        combo = self.template(
            type="combo",
            combo_ids=[
                (
                    0,
                    0,
                    {
                        "name": "Set",
                        "combo_item_ids": [(0, 0, {"product_id": hidden.product_variant_id.id})],
                    },
                )
            ],
        )
        service = self.template(type="service")
        one, two, three, four = self.products_of(hidden, archived, combo, service)
        self.assertIs(one.status, ProductStatus.HIDDEN)
        self.assertIs(two.status, ProductStatus.DRAFT)
        self.assertTrue(two.variants[0].published)
        self.assertIs(three.kind, ProductKind.UNKNOWN)
        self.assertTrue(four.variants[0].virtual)
        self.assertIs(four.variants[0].stock.keeper, StockKeeper.NOBODY)

    def test_attributes_and_variants(self):
        size = self.attribute("Size", "S", "M", "Any")
        size.value_ids[-1].channel_any = True
        cloth = self.attribute("Cloth", "Wool", create_variant="no_variant")
        logo = self.attribute("Logo", "Yes", "No", channel_own=True)
        self.bind("attribute", size, "4")
        self.bind("attribute", cloth, "5:info")
        shirt = self.template(
            channel_sku="SHIRT",
            attribute_line_ids=[
                self.line(size),
                self.line(cloth, channel_hidden=True),
                self.line(logo),
            ],
        )
        small, anything = self.variants(shirt, ("S", "Yes"), ("Any", "No"))
        self.bind("template", shirt, "10")
        self.bind("product", small, "11", parent_external_id="10", stock_keeper="parent")
        (product,) = self.products_of(shirt)
        self.assertEqual((product.kind, product.sku), (ProductKind.VARIABLE, "SHIRT"))
        self.assertEqual(
            product.attributes,
            (
                Attribute("Size", ("S", "M"), "4", varies=True),
                Attribute("Cloth", ("Wool",), "5", visible=False),
                Attribute("Logo", ("Yes", "No"), "", varies=True),
            ),
        )
        self.assertEqual(
            [(variant.external_id, variant.choices) for variant in product.variants],
            [
                ("11", (Choice(("4", ""), "S"), Choice(("", "logo"), "Yes"))),
                ("", (Choice(("4", ""), ""), Choice(("", "logo"), "No"))),
            ],
        )
        # nobody counts what Odoo does not count, whatever the shop did once
        self.assertIs(product.stock.keeper, StockKeeper.NOBODY)
        shirt.is_storable = True
        (product,) = self.products_of(shirt)
        self.assertEqual(
            [product.stock.keeper, *(one.stock.keeper for one in product.variants)],
            [StockKeeper.ITSELF, StockKeeper.PARENT, StockKeeper.ITSELF],
        )
        # an archived one is told where the shop has it, and none of its business otherwise
        for archived, expected in (
            (anything, [("11", True)]),
            (small, [("11", False), ("", True)]),
        ):
            (small + anything).active = True
            archived.active = False
            (product,) = self.products_of(shirt)
            found = [(one.external_id, one.published) for one in product.variants]
            self.assertEqual(found, expected)

    def test_single_value_of_odoos_own_attribute_informs(self):
        colour = self.attribute("Colour", "Red", create_variant="always")
        mug = self.template(attribute_line_ids=[self.line(colour)])
        (product,) = self.products_of(mug)
        self.assertIs(product.kind, ProductKind.SIMPLE)
        self.assertEqual(product.attributes, (Attribute("Colour", ("Red",)),))

    def test_terms(self):
        goods = self.env["product.category"].create({"name": "Goods"})
        mugs = goods.create({"name": "Mugs", "parent_id": goods.id})
        brand = self.env["channel.brand"].create({"name": "Acme"})
        tag = self.env["product.tag"].create({"name": "New"})
        self.bind("category", goods, "15")
        self.bind("category", mugs, "16")
        self.bind("tag", tag, "3")
        (product,) = self.products_of(
            self.template(
                channel_category_ids=mugs.ids,
                product_tag_ids=tag.ids,
                channel_brand_ids=brand.ids,
            )
        )
        terms = [*product.categories, *product.tags, *product.brands]
        self.assertEqual(
            [(t.kind, t.external_id, t.name, t.parent_external_id) for t in terms],
            [
                (TermKind.CATEGORY, "16", "Mugs", "15"),
                (TermKind.TAG, "3", "New", ""),
                (TermKind.BRAND, "", "Acme", ""),
            ],
        )

    def test_tax_class_by_its_taxes(self):
        taxes = self.env["account.tax"].search(
            [("company_id", "=", self.company.id), ("type_tax_use", "=", "sale")]
        )
        if len(taxes) < 2:
            taxes += self.env["account.tax"].create(
                [
                    {"name": f"Sales {rate}", "amount": rate, "company_id": self.company.id}
                    for rate in (21, 6)
                ]
            )
        full, low = taxes[:2]
        rows = self.env["channel.map.tax.class"]
        rows.search([("backend_id", "=", self.backend.id)]).unlink()
        for code, tax in (("standard", full), ("books", low), ("food", low), ("new", None)):
            rows.create(
                {
                    "backend_id": self.backend.id,
                    "external_code": code,
                    "tax_ids": tax and tax.ids,
                }
            )
        standard = self.template(taxes_id=full.ids)
        reduced = self.template(taxes_id=low.ids)
        food = self.template(taxes_id=low.ids)
        self.bind("template", food, "1", tax_class="food")
        undecided = self.template(taxes_id=full.ids)
        self.bind("template", undecided, "2", tax_class="new")
        free = self.template(taxes_id=False)
        found = self.products_of(standard, reduced, food, undecided, free)
        self.assertEqual(
            [(product.tax_class, product.taxable) for product in found],
            [("", True), ("books", True), ("food", True), ("new", True), ("", False)],
        )
        food.taxes_id = full
        self.assertEqual(self.products_of(food)[0].tax_class, "")

    def test_pictures(self):
        blue = picture("blue")
        mug = self.template(
            image_1920=base64.b64encode(self.red),
            channel_image_ids=[(0, 0, {"name": "From behind", "image": base64.b64encode(blue)})],
        )
        attachment = self.attachment(mug)
        red, behind = self.products_of(mug)[0].images
        self.assertEqual(red, ShopImage(content_hash=hashlib.sha256(self.red).hexdigest()))
        self.assertEqual(
            behind, ShopImage(alt="From behind", content_hash=hashlib.sha256(blue).hexdigest())
        )
        # what the shop's picture was before Odoo made it smaller
        self.bind("image", attachment, "8", content_hash="big", fingerprint=attachment.checksum)
        red, behind = self.products_of(mug)[0].images
        self.assertEqual((red.external_id, red.content_hash), ("8", "big"))
        # other bytes in the same attachment are another picture
        mug.image_1920 = base64.b64encode(blue)
        self.assertEqual(self.products_of(mug)[0].images[0].external_id, "")

    def test_hashes_of_what_the_shop_shows(self):
        mug = self.template(image_1920=base64.b64encode(self.red))
        attachment = self.attachment(mug)
        self.bind("image", attachment, "8", content_hash="abc")
        shown = Product(
            external_id="1",
            kind=ProductKind.SIMPLE,
            name="Mug",
            images=(ShopImage("8"), ShopImage("9")),
            variants=(Variant("1", image=ShopImage("8")), Variant("2")),
        )
        (known,) = self.env["channel.product.reader"]._with_hashes(self.backend, [shown])
        self.assertEqual([image.content_hash for image in known.images], ["abc", ""])
        self.assertEqual(known.variants[0].image.content_hash, "abc")
        self.assertIsNone(known.variants[1].image)

    def test_languages(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        mug = self.template()
        mug.with_context(lang="nl_NL").name = "Mok"
        self.bind("template", mug, "70", language="en")
        self.bind("template", mug, "71", language="nl", is_primary=False)
        for lang, expected in (("en_US", ("70", "Mug", "en")), ("nl_NL", ("71", "Mok", "nl"))):
            (product,) = self.products_of(mug, lang=lang)
            self.assertEqual((product.external_id, product.name, product.language), expected)
            self.assertEqual(product.translations, {"en": "70", "nl": "71"})

    def test_pounds(self):
        self.env["ir.config_parameter"].set_param("product.weight_in_lbs", "1")
        (product,) = self.products_of(self.template(weight=2.0))
        self.assertEqual(product.variants[0].weight, Decimal("0.907185"))

    def test_queries_do_not_grow(self):
        size = self.attribute("Size", "S", "M")
        tag = self.env["product.tag"].create({"name": "New"})

        def make(count):
            templates = self.env["product.template"]
            for number in range(count):
                template = self.template(
                    attribute_line_ids=[self.line(size)],
                    product_tag_ids=tag.ids,
                    image_1920=base64.b64encode(picture("green", (9, 9 + number))),
                )
                made = self.variants(template, ("S",), ("M",))
                self.bind("template", template, f"t{template.id}")
                for variant in made:
                    self.bind("product", variant, f"v{variant.id}")
                templates += template
            return templates

        def count(templates):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["channel.product.reader"]._read(self.backend, templates)
            return self.env.cr.sql_log_count - before

        few, many = make(2), make(12)
        count(few)  # what is cached for good
        self.assertEqual(count(few), count(many))
