"""Which changes of products are noted for shops, and what they cost."""

import base64

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import ChannelCase
from .test_product_reader import picture


@tagged("post_install", "-at_install")
class TestProductHooks(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flow = cls.env["channel.flow"].with_context(active_test=False)
        values = {"backend_id": cls.backend.id, "kind": "product", "direction": "out"}
        known = cls.flow.search([(name, "=", value) for name, value in values.items()])
        cls.flow = known or cls.flow.create(values)
        cls.flow.active = True
        cls.size = cls.env["product.attribute"].create(
            {
                "name": "Size",
                "create_variant": "always",
                "value_ids": [(0, 0, {"name": name}) for name in "SM"],
            }
        )
        cls.mug = cls.env["product.template"].create({"name": "Mug", "default_code": "MUG"})
        cls.shirt = cls.env["product.template"].create(
            {
                "name": "Shirt",
                "attribute_line_ids": [
                    (
                        0,
                        0,
                        {
                            "attribute_id": cls.size.id,
                            "value_ids": [(6, 0, cls.size.value_ids.ids)],
                        },
                    )
                ],
            }
        )
        for number, template in enumerate(cls.mug + cls.shirt):
            cls.env["channel.binding.template"]._bind(cls.backend, str(number), template)
        cls.env["channel.binding.product"]._bind(cls.backend, "0", cls.mug.product_variant_id)
        cls.tag = cls.env["product.tag"].create({"name": "New"})
        cls.category = cls.env["product.category"].create({"name": "Goods"})
        cls.commit_notes()

    @classmethod
    def commit_notes(cls):
        """What a commit does with the notes; returns the templates that were noted."""
        cls.env.flush_all()
        cls.env.cr.precommit.run()
        notes = cls.env["channel.outbox"].search([("kind", "=", "product")])
        found = cls.env["product.template"].browse(notes.mapped("res_id"))
        notes.unlink()
        return found

    def assertNotes(self, templates, change):
        self.commit_notes()
        change()
        self.assertEqual(self.commit_notes(), templates)

    def test_declared_fields(self):
        none, mug, shirt = self.mug.browse(), self.mug, self.shirt
        image = base64.b64encode(picture("red"))
        line = shirt.attribute_line_ids
        for template, change in (
            (mug, lambda: mug.write({"name": "Cup"})),
            (mug, lambda: mug.write({"default_code": "CUP"})),
            (mug, lambda: mug.write({"weight": 2})),
            (mug, lambda: mug.product_variant_id.write({"channel_length": 5})),
            (mug, lambda: mug.write({"image_1920": image})),
            (mug, lambda: mug.write({"channel_image_ids": [(0, 0, {"image": image})]})),
            (mug, lambda: mug.channel_image_ids.unlink()),
            (mug, lambda: mug.write({"product_tag_ids": self.tag.ids})),
            (mug, lambda: self.tag.write({"name": "Newer"})),
            (mug, lambda: self.tag.unlink()),
            (mug, lambda: mug.write({"channel_category_ids": self.category.ids})),
            (mug, lambda: self.category.write({"name": "Wares"})),
            (mug, lambda: mug.write({"active": False})),
            (mug, lambda: mug.write({"channel_excluded_backend_ids": self.backend.ids})),
            (shirt, lambda: shirt.product_variant_ids[0].write({"active": False})),
            (shirt, lambda: line.write({"channel_hidden": True})),
            (shirt, lambda: self.size.value_ids[0].write({"name": "XS"})),
            (shirt, lambda: self.size.write({"name": "Width"})),
            (none, lambda: mug.write({"description_sale": "Big", "sequence": 4})),
            (none, lambda: mug.write({"list_price": 4})),
            (none, lambda: self.size.write({"sequence": 4})),
            (none, lambda: self.category.copy().write({"name": "Unused"})),
        ):
            with self.subTest(change=change.__code__.co_consts):
                self.assertNotes(template, change)

    def test_rules_of_the_shop(self):
        row = self.backend.ownership_ids[0]
        both = self.mug + self.shirt
        self.assertNotes(both, lambda: row.write({"owner": "odoo"}))
        self.assertNotes(
            both,
            lambda: self.env["channel.map.tax.class"].create(
                {"backend_id": self.backend.id, "external_code": "new"}
            ),
        )

    def test_one_query_however_often(self):
        def cost(change):
            self.commit_notes()
            self.env.flush_all()
            self.env.cr.precommit.run()
            change()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env.cr.precommit.run()
            return self.env.cr.sql_log_count - before

        def often():
            for name in ("A", "B", "C"):
                self.mug.name = self.shirt.name = name

        self.assertEqual(cost(often), 1)
        self.assertEqual(cost(lambda: self.mug.write({"description_sale": "x"})), 0)

    def test_flow_that_is_off(self):
        self.flow.active = False
        self.assertNotes(self.mug.browse(), lambda: self.mug.write({"name": "Cup"}))

    # === PRODUCTS THE SHOP DOES NOT HAVE === #

    def new(self, **values):
        return self.env["product.template"].create({"name": "Chair", **values})

    def test_new_products_are_left_alone(self):
        self.assertNotes(self.mug.browse(), self.new)

    def test_new_products_where_wished(self):
        self.flow.publish_new = True
        self.commit_notes()
        chair = self.new()
        self.new(sale_ok=False)
        self.new(company_id=self.env["res.company"].create({"name": "Other"}).id)
        self.assertEqual(self.commit_notes(), chair)

    def test_chosen_products(self):
        chair = self.new()
        wizard = self.env["channel.product.publish"].with_context(
            **chair.action_channel_publish()["context"]
        )
        form = Form(wizard)
        self.assertEqual(form.backend_ids[:], self.backend)
        self.assertNotes(chair, lambda: form.save().action_publish())
        self.assertNotes(chair, lambda: chair.write({"name": "Stool"}))

    def test_published_again_after_it_was_excluded_and_deleted(self):
        binding = self.env["channel.binding.template"].search([("odoo_id", "=", self.mug.id)])
        binding.gone_at = "2026-01-01 00:00:00"
        self.mug.channel_excluded_backend_ids = self.backend
        self.assertNotes(self.mug, lambda: self.mug._channel_publish(self.backend))
        self.assertFalse(binding.exists())
        self.assertFalse(self.mug.channel_excluded_backend_ids)

    # === DELETING === #

    def test_sold_product_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "is sold in Shop"):
            self.mug.unlink()
        with self.assertRaisesRegex(UserError, "is sold in Shop"):
            self.mug.product_variant_id.unlink()
        self.flow.active = False
        self.mug.unlink()
        self.assertFalse(self.mug.exists())

    def test_product_that_the_shop_deleted(self):
        self.env["channel.binding.product"].search(
            [("odoo_id", "=", self.mug.product_variant_id.id)]
        ).gone_at = "2026-01-01 00:00:00"
        self.mug.unlink()
        self.assertFalse(self.mug.exists())

    def test_dropped_variant_is_archived(self):
        small = self.shirt.product_variant_ids[0]
        self.env["channel.binding.product"]._bind(self.backend, "5", small, parent_external_id="1")
        value = small.product_template_attribute_value_ids.product_attribute_value_id
        self.shirt.attribute_line_ids.value_ids -= value
        self.assertTrue(small.exists())
        self.assertFalse(small.active)
