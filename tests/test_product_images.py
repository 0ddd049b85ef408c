"""Pictures of a shop's products: read once, beside everything else."""

from odoo.tests import tagged

from ..core.catalogue_diff import parts_of
from .catalogue_case import ShopCase


@tagged("post_install", "-at_install")
class TestProductImages(ShopCase):
    def add(self, *images, sku="MUG", **values):
        return self.store.add_product(
            sku=sku, name=sku, regular_price="5", images=list(images), **values
        )

    def import_one(self, product):
        """Import a product, then its pictures; returns Odoo's and the event of the pictures."""
        self.receive(product["id"], kind="product")
        event = self.env["channel.event"].search(
            [("kind", "=", "image"), ("external_id", "=", str(product["id"]))],
            order="id DESC",
            limit=1,
        )
        if event.state == "pending":
            self.run_job(event)
        return self.binding(str(product["id"])).odoo_id, event

    def served(self):
        return len(self.store.served_files)

    def assertImagesInStep(self, product, template):
        shop, odoo = self.shown(product["id"]), self.in_odoo(template)
        self.assertEqual(parts_of(shop)["images"], parts_of(odoo)["images"])

    def test_main_image_and_further_ones(self):
        product = self.add("red.png", {"src": "blue.jpg", "alt": "From behind"})
        template, event = self.import_one(product)
        self.assertEqual((event.state, event.res_id), ("done", template.id))
        self.assertTrue(template.image_1920)
        self.assertEqual(template.channel_image_ids.mapped("name"), ["From behind"])
        self.assertImagesInStep(product, template)
        self.assertEqual(len(self.env["channel.binding.image"].search([])), 2)

    def test_job_of_its_own(self):
        product = self.add("red.png")
        self.receive(product["id"], kind="product")
        job = self.env["queue.job"].search([("name", "=", f"image {product['id']}")])
        self.assertEqual((job.channel, job.priority), ("root.channel.catalog", 30))
        self.assertFalse(self.binding(str(product["id"])).odoo_id.image_1920)

    def test_read_once(self):
        product = self.add("red.png", "blue.png")
        template, _event = self.import_one(product)
        served = self.served()
        for kind in ("image", "product", "image"):
            self.receive(product["id"], kind=kind, source="manual")
        self.assertEqual(self.served(), served)
        stamp = template.write_date
        self.receive(product["id"], kind="image", source="manual")
        self.assertEqual(template.write_date, stamp)

    def test_same_picture_for_two_products(self):
        first = self.add("red.png")
        image = self.store.product(first["id"])["images"][0]
        self.import_one(first)
        second = self.add({"id": image["id"]}, sku="CUP")
        served = self.served()
        template, _event = self.import_one(second)
        self.assertTrue(template.image_1920)
        self.assertEqual(self.served(), served)
        self.assertImagesInStep(second, template)

    def test_changed_order_and_removed_ones(self):
        product = self.add("red.png", "blue.png", "green.png")
        template, _event = self.import_one(product)
        images = self.store.product(product["id"])["images"]
        served = self.served()
        self.store.edit_product(
            product["id"], images=[{"id": images[2]["id"]}, {"id": images[0]["id"]}]
        )
        template, event = self.import_one(product)
        self.assertEqual(event.state, "done")
        self.assertEqual(self.served(), served, "all of them are here")
        self.assertEqual(len(template.channel_image_ids), 1)
        self.assertImagesInStep(product, template)
        self.store.edit_product(product["id"], images=[])
        template, _event = self.import_one(product)
        self.assertFalse(template.image_1920)
        self.assertFalse(template.channel_image_ids)

    def test_broken_image_holds_back_nothing(self):
        product = self.add("red.png", "blue.png")
        record = self.store.product(product["id"])
        broken = record["images"][1]["src"]
        path = broken[broken.index("/wp-content") :]
        self.store.files.pop(path, None)
        template, event = self.import_one(product)
        self.assertEqual(event.state, "blocked")
        self.assertEqual(event.issue_id.code, "bad_image")
        self.assertTrue(template.image_1920)
        product_event = self.env["channel.event"].search(
            [("kind", "=", "product"), ("external_id", "=", str(product["id"]))]
        )
        self.assertEqual(product_event.state, "done")

    def test_odoos_pictures_stay(self):
        product = self.add("red.png")
        template, _event = self.import_one(product)
        row = self.backend.ownership_ids.filtered(lambda row: row.group == "images")
        row.owner = "odoo"
        template.image_1920 = False
        self.receive(product["id"], kind="image", source="manual")
        self.assertFalse(template.image_1920)

    def test_variants(self):
        shirt = self.store.add_variable_product(
            "Shirt",
            [
                {
                    "sku": "S-R",
                    "regular_price": "5",
                    "options": {"Colour": "Red"},
                    "images": ["red.png"],
                },
                {"sku": "S-B", "regular_price": "5", "options": {"Colour": "Blue"}},
            ],
            images=["shirt.png"],
        )
        template, _event = self.import_one(shirt)
        self.assertTrue(self.by_sku("S-R").image_variant_1920)
        self.assertFalse(self.by_sku("S-B").image_variant_1920)
        self.assertImagesInStep(shirt, template)
