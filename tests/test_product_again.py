"""Products that Odoo has: what a further look at the shop changes, and what it leaves alone."""

from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

from odoo.fields import Command
from odoo.tests import tagged

from ..core import errors
from ..core.catalogue import Attribute, Choice
from .catalogue_case import BLUE, COLOUR, LARGE, RED, SIZE, SMALL, CatalogueCase, changed


@tagged("post_install", "-at_install")
class TestProductMatching(CatalogueCase):
    def test_by_sku_then_barcode_never_by_name(self):
        by_sku = self._make_product("MUG")
        by_barcode = self._make_product("OTHER", barcode="4006381333931")
        self._make_product("Same name")
        plans = self.take(
            self.simple(sku="mug"),
            self.simple("11", "NEW", variant={"barcode": "4006381333931"}),
            self.simple("12", "THIRD", name="Same name"),
        )
        templates = [plan.template for plan in plans]
        self.assertEqual(templates[:2], [by_sku.product_tmpl_id, by_barcode.product_tmpl_id])
        self.assertEqual([plan.action for plan in plans], ["change", "change", "create"])

    def test_archived_ones_are_found(self):
        product = self._make_product("MUG", active=False)
        self.assertEqual(self.take_one(self.simple()), product.product_tmpl_id)

    def test_type_of_a_known_product_stays(self):
        product = self._make_product("MUG", is_storable=False)
        self.take_one(self.simple())
        self.assertFalse(product.is_storable)

    def test_ambiguous(self):
        self._make_product("MUG")
        self._make_product("MUG")
        (plan,) = self.take(self.simple())
        self.assertEqual(plan.error.code, "ambiguous_product")
        self.assertEqual(self.outcomes[0].state, "blocked")
        self.assertFalse(self.binding("10"))

    def test_one_of_several_variants(self):
        """The shop sells one variant of Odoo's product as a product: only that is bound."""
        template = self.take_one(self.shirt())
        template.channel_binding_ids.unlink()
        self.env["channel.binding.product"].search([]).unlink()
        before = self.in_odoo(template)
        (plan,) = self.take(self.simple(sku="SHIRT-Red-S", name="Red shirt"))
        self.assertEqual((plan.action, plan.error), ("leave", None))
        bound = self.binding("10", "channel.binding.product")
        self.assertEqual(bound.odoo_id, self.by_sku("SHIRT-Red-S"))
        self.assertFalse(self.binding("10"))
        self.assertEqual(self.in_odoo(template).name, before.name)

    def test_variants_that_are_products_in_odoo(self):
        shirt = self.shirt()
        products = [self._make_product(variant.sku) for variant in shirt.variants]
        (plan,) = self.take(shirt)
        self.assertEqual((plan.action, plan.error), ("leave", None))
        bound = self.env["channel.binding.product"].search([("parent_external_id", "=", "200")])
        self.assertEqual(bound.odoo_id, products[0] | products[1] | products[2])

    def test_some_variants_are_products_in_odoo(self):
        shirt = self.shirt()
        for variant in shirt.variants[:2]:
            self._make_product(variant.sku)
        (plan,) = self.take(shirt)
        self.assertEqual(plan.error.code, "product_split")
        self.assertFalse(self.env["channel.binding.product"].search([]))

    def test_same_sku_twice_in_the_shop(self):
        first, _second = self.take(self.simple(), self.simple("11", name="Double"))
        self.assertEqual(first.template.name, "Product MUG")
        self.assertEqual([outcome.state for outcome in self.outcomes], ["done", "blocked"])
        (plan,) = self.plan(self.simple("11", name="Double"))
        self.assertEqual(plan.error.code, "product_twice")
        self.assertEqual(len(self.by_sku("MUG")), 1)

    def test_bound_by_an_order(self):
        """An order's line has bound a variant before its product came."""
        product = self._make_product("SHIRT-Red-S")
        self.env["channel.binding.product"].create(
            {
                "backend_id": self.backend.id,
                "external_id": "201",
                "odoo_id": product.id,
                "parent_external_id": "200",
            }
        )
        shirt = self.shirt(((RED, SMALL),))
        self.assertEqual(self.take_one(shirt), product.product_tmpl_id)

    def test_changed_kind(self):
        self.take_one(self.simple("200", "SHIRT"))
        (plan,) = self.take(self.shirt())
        self.assertEqual(plan.error.code, "product_type_changed")
        self.take_one(replace(self.shirt(), external_id="300"))
        (plan,) = self.take(self.simple("300", "SHIRT-Red-S"))
        self.assertEqual(plan.error.code, "product_type_changed")


@tagged("post_install", "-at_install")
class TestProductAgain(CatalogueCase):
    def test_nothing_changed_writes_nothing(self):
        products = [self.simple(), self.shirt()]
        plans = self.take(*products)
        stamps = [plan.template.write_date for plan in plans]
        bindings = self.env["channel.binding.product"].search([])
        seen = bindings.mapped("write_date")
        self.take(*products)
        self.assertEqual([plan.template.write_date for plan in plans], stamps)
        self.assertEqual(bindings.mapped("write_date"), seen)
        self.assertEqual([outcome.state for outcome in self.outcomes], ["ignored", "ignored"])

    def test_changed_texts_and_details(self):
        template = self.take_one(self.simple())
        product = changed(
            self.simple(),
            {"10": {"sku": "MUG-2", "weight": Decimal("1.5")}},
            name="Better mug",
            description="<p>New</p>",
        )
        (plan,) = self.plan(product)
        self.assertEqual(plan.action, "change")
        self.assertEqual(
            {change.field for change in plan.changes}, {"name", "description", "sku", "weight"}
        )
        self.take(product)
        self.assertEqual((template.name, template.default_code), ("Better mug", "MUG-2"))
        self.assertEqual(template.weight, 1.5)
        self.assertNothingLeft(product)
        self.assertEqual(self.binding("10", "channel.binding.product").sku, "MUG-2")

    def test_new_variant(self):
        template = self.take_one(self.shirt())
        known = template.product_variant_ids
        product = self.shirt(((RED, SMALL), (RED, LARGE), (BLUE, SMALL), (BLUE, LARGE)))
        self.take(product)
        self.assertLess(known, template.product_variant_ids)
        self.assertEqual(len(template.product_variant_ids), 4)
        self.assertNothingLeft(product)

    def test_removed_variant(self):
        template = self.take_one(self.shirt())
        gone = self.by_sku("SHIRT-Blue-S")
        product = self.shirt(((RED, SMALL), (RED, LARGE)))
        self.take(product)
        self.assertFalse(gone.active)
        self.assertFalse(self.binding("203", "channel.binding.product"))
        self.assertEqual(
            template.with_context(active_test=True).product_variant_ids,
            self.by_sku("SHIRT-Red-S") | self.by_sku("SHIRT-Red-L"),
        )
        self.assertNothingLeft(product)
        self.take(self.shirt())
        self.assertTrue(gone.active, "the same variant comes back")
        self.assertEqual(self.binding("203", "channel.binding.product").odoo_id, gone)

    def test_removed_option(self):
        """An option that no variant has any more leaves the product, too."""
        template = self.take_one(self.shirt())
        colour = Attribute("Colour", (RED,), "1", varies=True)
        product = self.shirt(((RED, SMALL), (RED, LARGE)), attributes=(colour, SIZE))
        self.take(product)
        self.assertEqual(template.attribute_line_ids[0].value_ids.mapped("name"), [RED])
        self.assertNothingLeft(product)
        self.assertEqual(len(template.product_variant_ids), 3)

    def test_removed_variant_that_another_shop_sells(self):
        self.take_one(self.shirt())
        other = self._make_backend(self.company, "Other")
        gone = self.by_sku("SHIRT-Blue-S")
        self.env["channel.binding.product"].create(
            {"backend_id": other.id, "external_id": "9", "odoo_id": gone.id}
        )
        self.take(self.shirt(((RED, SMALL), (RED, LARGE))))
        self.assertTrue(gone.active)

    def test_renamed_option(self):
        template = self.take_one(self.shirt())
        variants = template.product_variant_ids
        skus = dict(zip(variants, variants.mapped("default_code"), strict=True))
        scarlet = Attribute("Colour", ("Scarlet", BLUE), "1", varies=True)
        shirt = self.shirt()
        product = changed(
            shirt,
            {
                one.external_id: {
                    "choices": (Choice(COLOUR.key, "Scarlet"), one.choices[1]),
                }
                for one in shirt.variants[:2]
            },
            attributes=(scarlet, SIZE),
        )
        self.take(product)
        self.assertEqual(template.product_variant_ids, variants)
        self.assertEqual(dict(zip(variants, variants.mapped("default_code"), strict=True)), skus)
        self.assertEqual(template.attribute_line_ids[0].value_ids.mapped("name"), [BLUE, "Scarlet"])
        self.assertNothingLeft(product)

    def test_renamed_attribute(self):
        template = self.take_one(self.shirt())
        shade = Attribute("Shade", (RED, BLUE), "1", varies=True)
        product = self.shirt(attributes=(shade, SIZE))
        self.take(product)
        self.assertEqual(template.attribute_line_ids[0].attribute_id.name, "Shade")
        self.assertEqual(len(template.product_variant_ids), 3)
        self.assertNothingLeft(product)

    def test_new_attribute_moves_every_variant(self):
        template = self.take_one(self.shirt())
        variants = template.product_variant_ids
        cut = Attribute("Cut", ("Slim", "Wide"), "5", varies=True)
        shirt = self.shirt()
        product = changed(
            shirt,
            {
                one.external_id: {
                    "choices": (*one.choices, Choice(cut.key, ("Slim", "Wide", "Slim")[number]))
                }
                for number, one in enumerate(shirt.variants)
            },
            attributes=(COLOUR, SIZE, cut),
        )
        self.take(product)
        self.assertEqual(template.product_variant_ids, variants)
        self.assertInStep(product, template)
        self.assertNothingLeft(product)
        self.take(self.shirt())
        self.assertEqual(template.product_variant_ids, variants)
        self.assertNothingLeft(self.shirt())

    def test_variants_exchange_their_options(self):
        three = ((RED, SMALL), (RED, LARGE), (BLUE, SMALL))
        self.take_one(self.shirt(three))
        variants = [self.by_sku(f"SHIRT-{colour}-{size}") for colour, size in three]
        for order in ((1, 0, 2), (2, 0, 1), (0, 1, 2)):
            with self.subTest(order=order):
                product = self.relabelled([three[number] for number in order])
                self.take(product)
                self.assertEqual(
                    [set(self.options(variant)) for variant in variants],
                    [set(three[number]) for number in order],
                )
                self.assertNothingLeft(product)

    def test_a_variant_follows_another_that_moves_on(self):
        self.take_one(self.shirt(((RED, SMALL), (RED, LARGE), (BLUE, SMALL))))
        product = self.relabelled([(RED, LARGE), (BLUE, SMALL), (BLUE, LARGE)])
        template = self.take_one(product)
        self.assertInStep(product, template)
        self.assertNothingLeft(product)

    def test_two_variants_of_the_same_options(self):
        same = self.relabelled([(RED, SMALL), (RED, LARGE), (RED, SMALL)])
        for product in (same, self.shirt(), same):
            (plan,) = self.take(product)
            if product is same:
                self.assertEqual(plan.error.code, "same_options")
                self.assertEqual(plan.error.params["variants"], "SHIRT-Red-S, SHIRT-Blue-S")
                self.assertEqual(self.outcomes[0].state, "blocked")
            else:
                self.assertFalse(plan.error)
        for number in ("203", "201", "203"):
            with self.subTest(off_sale=number):
                one_left = changed(same, {number: {"published": False}})
                self.take_one(one_left)
                self.assertNothingLeft(one_left)

    def test_variants_that_nothing_tells_apart_any_more(self):
        """The shop calls an attribute by another name, of which its variants know nothing."""
        self.take_one(self.shirt(((RED, SMALL), (RED, LARGE), (BLUE, SMALL), (BLUE, LARGE))))
        shirt = self.shirt(((RED, SMALL), (RED, LARGE), (BLUE, SMALL), (BLUE, LARGE)))
        shade = Attribute("Shade", (RED, BLUE), "7", varies=True)
        (plan,) = self.take(changed(shirt, attributes=(shade, SIZE)))
        self.assertEqual(plan.error.code, "same_options")
        self.assertNothingLeft(shirt)

    def test_a_variant_of_odoos_own_is_in_the_place(self):
        template = self.take_one(self.shirt())
        line = template.attribute_line_ids.product_template_value_ids
        values = line.filtered(lambda one: one.name in (BLUE, LARGE))
        own = template._create_product_variant(values)
        self.assertTrue(own.active)
        product = self.relabelled([(RED, SMALL), (RED, LARGE), (BLUE, LARGE)])
        with self.assertRaises(errors.NeedsHuman) as caught, self.env.cr.savepoint():
            self.take(product)
        self.assertEqual(caught.exception.code, "same_options")
        own.active = False
        self.take_one(product)
        self.assertEqual(set(self.options(self.by_sku("SHIRT-Blue-S"))), {BLUE, LARGE})

    def test_a_variant_of_odoos_own_has_taken_its_place(self):
        off_sale = changed(self.shirt(), {"203": {"published": False}})
        for product in (self.shirt(), off_sale):
            template = self.take_one(product)
        archived = template.with_context(active_test=False).product_variant_ids.filtered(
            lambda one: one.default_code == "SHIRT-Blue-S"
        )
        self.assertFalse(archived.active)
        options = archived.product_template_attribute_value_ids
        own = self.env["product.product"].create(
            {
                "product_tmpl_id": template.id,
                "product_template_attribute_value_ids": [Command.set(options.ids)],
            }
        )
        with self.assertRaises(errors.NeedsHuman) as caught, self.env.cr.savepoint():
            self.take(self.shirt())
        self.assertEqual(caught.exception.code, "same_options")
        own.active = False
        self.take_one(self.shirt())
        self.assertTrue(archived.active)

    def relabelled(self, options):
        """The shirt's first three variants, sold with other options than they are named for."""
        shirt = self.shirt()
        return changed(
            shirt,
            {
                one.external_id: {"choices": (Choice(COLOUR.key, colour), Choice(SIZE.key, size))}
                for one, (colour, size) in zip(shirt.variants, options, strict=True)
            },
        )

    def options(self, variant):
        return variant.product_template_attribute_value_ids.mapped("name")

    def test_older_data_is_no_news(self):
        new = datetime(2026, 3, 2, tzinfo=timezone.utc)
        old = datetime(2026, 3, 1, tzinfo=timezone.utc)
        template = self.take_one(self.simple(modified_at=new))
        self.take(self.simple(name="Old name", modified_at=old))
        self.assertEqual(self.outcomes[0].state, "ignored")
        self.assertEqual(template.name, "Product MUG")


@tagged("post_install", "-at_install")
class TestProductOwnership(CatalogueCase):
    def own(self, group, owner="odoo", policy="owner"):
        row = self.backend.ownership_ids.filtered(lambda row: row.group == group)
        row.write({"owner": owner, "conflict_policy": policy})

    def test_create_takes_everything(self):
        for group in ("texts", "details", "attributes", "categories", "prices", "images"):
            self.own(group)
        product = self.shirt()
        self.assertInStep(product, self.take_one(product))

    def test_odoos_texts_stay(self):
        self.own("texts")
        template = self.take_one(self.simple())
        product = changed(self.simple(), {"10": {"sku": "MUG-2"}}, name="Shop's name")
        self.take(product)
        self.assertEqual((template.name, template.default_code), ("Product MUG", "MUG-2"))

    def test_matched_product_keeps_what_odoo_owns(self):
        self.own("texts")
        product = self._make_product("MUG")
        self.take_one(self.simple(variant={"weight": Decimal(2)}))
        self.assertEqual((product.name, product.weight), ("MUG", 2.0))

    def test_odoos_value_is_sent_back(self):
        """Where Odoo owns it and the shop has changed it: the flow to the shop is told."""
        self.own("texts")
        flow = self.backend.flow_ids.filtered(
            lambda flow: (flow.kind, flow.direction) == ("product", "out")
        )
        flow = flow or self.env["channel.flow"].create(
            {"backend_id": self.backend.id, "kind": "product", "direction": "out"}
        )
        flow.active = True
        template = self.take_one(self.simple())
        self.env.cr.precommit.run()
        self.env["channel.outbox"].search([]).unlink()
        self.take(changed(self.simple(), name="Shop's name"))
        self.env.cr.precommit.run()
        note = self.env["channel.outbox"].search([("kind", "=", "product")])
        self.assertEqual((note.res_model, note.res_id), ("product.template", template.id))
        self.assertNotIn("texts", self.binding("10").shop_parts)

    def test_conflict_is_asked(self):
        self.own("texts", "channel", "issue")
        template = self.take_one(self.simple())
        template.name = "Odoo's name"
        (plan,) = self.take(changed(self.simple(), name="Shop's name"))
        self.assertEqual(plan.error.code, "product_conflict")
        self.assertIn("Shop's name", plan.error.params["values"])
        self.assertEqual(template.name, "Odoo's name")

    def test_newest_wins(self):
        self.own("texts", "odoo", "newest")
        moment = datetime(2026, 3, 1, tzinfo=timezone.utc)
        template = self.take_one(self.simple(modified_at=moment))
        later = moment.replace(year=2099)
        self.take(changed(self.simple(), name="Shop's name", modified_at=later))
        self.assertEqual(template.name, "Shop's name")


@tagged("post_install", "-at_install")
class TestProductLanguages(CatalogueCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")

    def french(self, **values):
        return self.simple(
            "11",
            name="Tasse",
            description="<p>Belle</p>",
            language="fr",
            translations={"en": "10"},
            variant={"external_id": "11"},
            **values,
        )

    def english(self, **values):
        return self.simple(language="en", translations={"fr": "11"}, **values)

    def check(self, template):
        self.assertEqual(template.name, "Product MUG")
        self.assertEqual(template.with_context(lang="fr_FR").name, "Tasse")
        rows = {row.language: row for row in template.channel_binding_ids}
        self.assertEqual(
            {key: row.is_primary for key, row in rows.items()}, {"en": True, "fr": False}
        )
        self.assertEqual(len(self.by_sku("MUG")), 1)
        self.assertEqual(
            self.binding("11", "channel.binding.product").odoo_id, template.product_variant_ids
        )
        self.assertNothingLeft(self.english(), self.french())

    def test_translation_follows(self):
        template = self.take_one(self.english())
        self.take(self.french())
        self.check(template)

    def test_translation_comes_first(self):
        self.take_one(self.french())
        template = self.binding("11").odoo_id
        self.take(self.english())
        self.take(self.french())
        self.check(template)

    def test_both_at_once(self):
        for products in ((self.english(), self.french()), (self.french(), self.english())):
            with self.subTest(first=products[0].language):
                self.take(*products)
                template = self.binding("10").odoo_id
                self.check(template)
                template.unlink()

    def test_language_that_is_not_active(self):
        self.take_one(self.english())
        german = self.simple("12", language="de", translations={"en": "10", "fr": "11"})
        (plan,) = self.take(german)
        self.assertIn("de", plan.reason)
        self.assertTrue(self.env["channel.issue"].search([("code", "=", "language_missing")]))
