"""Odoo's products in the shop: made, changed, left alone."""

from odoo.tests import tagged

from ..core.catalogue import TermKind
from .product_export_case import ProductExportCase


@tagged("post_install", "-at_install")
class TestProductExport(ProductExportCase):
    def test_new_product(self):
        mug = self.template(
            barcode="4006381333931",
            weight=0.25,
            channel_description="<p>Holds a lot.</p>",
            channel_short_description="<p>Big</p>",
        )
        mug.product_variant_id.write({"channel_length": 90, "channel_height": 100})
        self.assertEqual(self.publish(mug), "1 published, 0 left as they are, 0 refused")
        row = self.shop("MUG")
        self.assertEqual(
            [row[name] for name in ("name", "type", "status", "weight", "regular_price")],
            ["Mug", "simple", "publish", "0.25", "10.00"],
        )
        self.assertEqual(row["description"], "<p>Holds a lot.</p>")
        self.assertEqual(row["global_unique_id"], "4006381333931")
        self.assertEqual((row["dimensions"]["length"], row["dimensions"]["height"]), ("9", "10"))
        self.assertEqual(self.bound(mug).external_id, str(row["id"]))
        binding = self.bound(mug.product_variant_id)
        self.assertEqual((binding.external_id, binding.sku), (str(row["id"]), "MUG"))
        self.assertInStep(mug)

    def test_change_is_one_call(self):
        mug = self.template()
        self.publish(mug)
        self.mark()
        mug.name = "Cup"
        self.drain()
        self.assertEqual(self.writes(), ["POST products/batch"])
        self.assertEqual(self.shop("MUG")["name"], "Cup")
        self.assertInStep(mug)

    def test_only_what_changed_is_sent(self):
        mug = self.template()
        self.publish(mug)
        self.shop("MUG")["short_description"] = "The shop's own"
        self.mark()
        mug.weight = 3
        self.drain()
        (sent,) = list(self.store.requests)[-1].body["update"]
        self.assertNotIn("name", sent)
        self.assertNotIn("short_description", sent)
        self.assertEqual(sent["weight"], "3")

    def test_what_changes_nothing_makes_no_call(self):
        mug = self.template()
        self.publish(mug)
        self.mark()
        mug.name = "Cup"
        mug.name = "Mug"
        mug.description_sale = "Not for shops"
        self.assertEqual(self.drain(), "0 published, 1 left as they are, 0 refused")
        self.assertEqual(self.writes(), [])
        # and changed for good it goes out, even where it came back before
        mug.name = "Cup"
        self.drain()
        self.assertEqual(self.shop("MUG")["name"], "Cup")

    def test_variants(self):
        shirt = self.shirt(is_storable=True)
        colour = self.attribute("Colour", "Red", create_variant="no_variant")
        shirt.attribute_line_ids = [self.line(colour)]
        self.publish(shirt)
        whole = self.shop(f"ODOO-{shirt.id}")
        self.assertEqual((whole["type"], whole["name"]), ("variable", "Shirt"))
        self.assertEqual(shirt.channel_sku, whole["sku"])
        found = [
            (row["name"], row["variation"], sorted(row["options"])) for row in whole["attributes"]
        ]
        self.assertEqual(found, [("Size", True, ["M", "S"]), ("Colour", False, ["Red"])])
        for variant in shirt.product_variant_ids:
            row = self.shop(variant.default_code)
            self.assertEqual(row["parent_id"], whole["id"])
            option = variant.product_template_attribute_value_ids.name
            self.assertEqual([one["option"] for one in row["attributes"]], [option])
            binding = self.bound(variant)
            self.assertEqual(
                (binding.external_id, binding.parent_external_id),
                (str(row["id"]), str(whole["id"])),
            )
            self.assertIs(row["manage_stock"], True)
            self.assertFalse(row["stock_quantity"])
        bindings = self.env["channel.binding.attribute"].search(
            [("backend_id", "=", self.backend.id)]
        )
        self.assertEqual(
            {row.odoo_id.name: ":info" in row.external_id for row in bindings},
            {"Size": False, "Colour": True},
        )
        self.assertInStep(shirt)

    def test_variant_is_added_and_archived(self):
        shirt = self.shirt()
        self.publish(shirt)
        line = shirt.attribute_line_ids
        large = line.attribute_id.value_ids.create(
            {"name": "L", "attribute_id": line.attribute_id.id}
        )
        line.value_ids += large
        self.give_skus(shirt)
        self.drain()
        self.assertEqual(self.shop("SHIRT-L")["status"], "publish")
        self.assertIn("L", self.shop(shirt.channel_sku)["attributes"][0]["options"])
        self.assertInStep(shirt)
        line.value_ids -= large
        self.assertFalse(shirt.product_variant_ids.filtered(lambda v: v.default_code == "SHIRT-L"))
        self.drain()
        self.assertEqual(self.shop("SHIRT-L")["status"], "private")
        self.assertInStep(shirt)

    def test_states(self):
        mug = self.template()
        self.publish(mug)
        for values, status in (
            ({"channel_visibility": "hidden"}, "private"),
            ({"active": False}, "draft"),
            ({"active": True, "channel_visibility": "published"}, "publish"),
        ):
            mug.write(values)
            self.drain()
            self.assertEqual(self.shop("MUG")["status"], status)
            self.assertInStep(mug)

    def test_archived_product_is_made_as_a_draft(self):
        mug = self.template(active=False)
        self.publish(mug)
        self.assertEqual(self.shop("MUG")["status"], "draft")
        self.assertInStep(mug)

    def test_tree_of_categories(self):
        Category = self.env["product.category"]
        goods = Category.create({"name": "Goods"})
        mugs = Category.create({"name": "Mugs", "parent_id": goods.id})
        brand = self.env["channel.brand"].create({"name": "Acme"})
        tag = self.env["product.tag"].create({"name": "New"})
        mug = self.template(
            channel_category_ids=mugs.ids, channel_brand_ids=brand.ids, product_tag_ids=tag.ids
        )
        self.publish(mug)
        row = self.shop("MUG")
        self.assertEqual([one["name"] for one in row["categories"]], ["Mugs"])
        self.assertEqual([one["name"] for one in row["tags"]], ["New"])
        shown = {one.name: one for one in self.adapter_terms("category")}
        self.assertEqual(shown["Mugs"].parent_external_id, shown["Goods"].external_id)
        self.assertInStep(mug)
        # the next one makes nothing new
        self.mark()
        self.publish(self.template("MUG-2", channel_category_ids=mugs.ids))
        self.assertEqual(self.writes(), ["POST products/batch"])
        self.mark()
        mugs.name = "Cups"
        self.drain()
        self.assertIn("Cups", {one.name for one in self.adapter_terms("category")})
        self.assertInStep(mug)

    def adapter_terms(self, kind):
        adapter = self.backend._adapter()
        try:
            return adapter.list_terms(TermKind(kind))
        finally:
            adapter.close()

    def test_many_products_in_few_calls(self):
        mugs = [self.template(f"MUG-{number}", name=f"Mug {number}") for number in range(120)]
        self.assertEqual(self.publish(*mugs), "120 published, 0 left as they are, 0 refused")
        self.assertEqual(self.writes(), ["POST products/batch"] * 2)
        self.mark()
        for mug in mugs[:101]:
            mug.weight = 1
        self.drain()
        self.assertEqual(self.writes(), ["POST products/batch"] * 2)

    def test_queries_of_a_plan_do_not_grow(self):
        category = self.env["product.category"].create({"name": "Goods"})

        def make(count, prefix):
            return self.env["product.template"].union(
                *(
                    self.template(f"{prefix}-{number}", channel_category_ids=category.ids)
                    for number in range(count)
                )
            )

        def cost(templates):
            self.commit_notes()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["channel.product.exporter"]._plan(self.backend, templates)
            return self.env.cr.sql_log_count - before

        few, many, new = make(2, "FEW"), make(12, "MANY"), make(3, "NEW")
        self.publish(*few, *many)
        cost(few)  # what is cached for good
        self.assertEqual(cost(few), cost(many))
        new._channel_publish(self.backend)
        more = make(9, "MORE")
        more._channel_publish(self.backend)
        self.assertLess(cost(more) - cost(new), 3)  # for six more

    # === WHAT IS NOT PUBLISHED === #

    def test_excluded(self):
        mug = self.template()
        self.publish(mug)
        self.mark()
        mug.channel_excluded_backend_ids = self.backend
        mug.name = "Cup"
        self.drain()
        self.assertEqual(self.writes(), [])

    def test_product_without_sku(self):
        mug, shirt = self.template(sku=False), self.shirt()
        shirt.product_variant_ids[0].default_code = False
        (mug + shirt)._channel_publish(self.backend)
        self.assertEqual(self.drain(), "0 published, 0 left as they are, 2 refused")
        self.assertEqual(self.writes(), [])
        for template in (mug, shirt):
            issue = self.stuck(template)
            self.assertIn("has no SKU", issue.title)
        mug.default_code = "MUG"
        self.drain()
        self.assertEqual(self.shop("MUG")["name"], "Mug")
        self.assertEqual(issue.state, "open")

    def test_bad_one_holds_nothing_back(self):
        good, bad = self.template("GOOD"), self.template("BAD", barcode="12")
        self.publish(good)
        self.shop("GOOD")["global_unique_id"] = "12"
        self.mark()
        good.weight = 2
        bad._channel_publish(self.backend)
        self.drain()
        self.assertEqual(self.shop("GOOD")["weight"], "2")
        self.assertTrue(self.stuck(bad))

    def test_sku_of_another_product(self):
        first = self.template()
        self.publish(first)
        first.default_code = "OLD"
        second = self.template(name="Cup")
        second._channel_publish(self.backend)
        self.drain()
        # while the shop's MUG was still the first one, nothing could become the second
        issue = self.stuck(second)
        self.assertIn("is that of another product", issue.title)
        self.assertEqual(self.shop("OLD")["name"], "Mug")
        issue.action_retry()
        self.drain()
        self.assertEqual((self.shop("MUG")["name"], issue.state), ("Cup", "resolved"))

    def test_product_that_the_shop_has_already(self):
        row = self.store.add_product(sku="MUG", name="Made by hand", regular_price="3.00")
        mug = self.template()
        self.publish(mug)
        self.assertEqual(self.bound(mug).external_id, str(row["id"]))
        self.assertEqual(self.shop("MUG")["name"], "Mug")
        self.assertInStep(mug)

    def test_product_that_only_orders_know(self):
        """An order has bound the variant: the shop has the product."""
        row = self.store.add_product(sku="X-1", name="Sold", regular_price="3.00")
        mug = self.template("X-2")
        self.env["channel.binding.product"]._bind(
            self.backend, str(row["id"]), mug.product_variant_id
        )
        self.publish(mug)
        self.assertEqual(self.bound(mug).external_id, str(row["id"]))
        self.assertEqual((self.shop("X-2")["id"], row["name"]), (row["id"], "Mug"))

    def test_deleted_in_the_shop(self):
        mug = self.template()
        self.publish(mug)
        self.store.delete_product("MUG")
        mug.name = "Cup"
        self.drain()
        self.assertTrue(self.bound(mug).gone_at)
        self.assertTrue(self.stuck(mug))
        self.publish(mug)
        self.assertEqual(self.shop("MUG")["name"], "Cup")

    # === ONCE === #

    def test_lost_answer_makes_one_product(self):
        mug, shirt = self.template(), self.shirt()
        (mug + shirt)._channel_publish(self.backend)
        for path in ("/products/batch", "/variations/batch"):
            self.server.faults.add("reset", method="POST", path=path, when="after")
            self.drain()
        self.drain()
        for sku in ("MUG", f"ODOO-{shirt.id}", "SHIRT-S", "SHIRT-M"):
            self.shop(sku)  # exactly one
        self.assertEqual(len(self.store.products), 4)
        self.assertInStep(mug, shirt)
