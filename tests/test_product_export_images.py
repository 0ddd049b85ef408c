"""Pictures on their way into the shop: once each, by address or as bytes."""

import base64

from odoo.tests import tagged

from .product_export_case import ProductExportCase
from .test_product_reader import picture


def encoded(colour):
    return base64.b64encode(picture(colour))


@tagged("post_install", "-at_install")
class TestProductExportImages(ProductExportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fetched = []
        cls.store.download = cls.fetch

    @classmethod
    def fetch(cls, address):
        """The shop fetches a picture; over HTTP it would wait for the cursor of the test's job.

        What the controller answers over HTTP is shown in ``test_public_images``.
        """
        cls.fetched.append(address)
        attachment = cls.env["channel.public.images"]._find(address.split("/")[-2])
        return (200, "OK", attachment.raw) if attachment else (404, "Not Found", b"")

    def setUp(self):
        super().setUp()
        self.fetched.clear()

    def images(self, sku):
        return [row["id"] for row in self.shop(sku)["images"]]

    def test_pictures_are_fetched_once(self):
        shirt = self.shirt(
            image_1920=encoded("red"),
            channel_image_ids=[(0, 0, {"image": encoded("blue"), "name": "Behind"})],
        )
        small = shirt.product_variant_ids[0]
        small.image_variant_1920 = encoded("green")
        self.publish(shirt)
        self.assertEqual(len(self.images(shirt.channel_sku)), 2)
        self.assertEqual(len(self.images("SHIRT-S")), 1)
        self.assertEqual(len(self.fetched), 3)
        known = self.env["channel.binding.image"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual(
            set(known.mapped("external_id")),
            {str(one) for one in self.images(shirt.channel_sku) + self.images("SHIRT-S")},
        )
        self.assertInStep(shirt)
        # the same picture of another product, and another order of these
        mug = self.template(image_1920=encoded("blue"))
        self.publish(mug)
        self.assertEqual(self.images("MUG"), self.images(shirt.channel_sku)[1:])
        shirt.write({"image_1920": encoded("blue")})
        shirt.channel_image_ids.image = encoded("red")
        self.drain()
        self.assertEqual(len(self.fetched), 3)
        self.assertInStep(shirt, mug)

    def test_picture_is_taken_away(self):
        mug = self.template(image_1920=encoded("red"))
        self.publish(mug)
        mug.image_1920 = False
        self.drain()
        self.assertEqual(self.images("MUG"), [])
        self.assertInStep(mug)

    def test_upload(self):
        self.backend.write(
            {"wp_user": self.store.wp_user, "wp_app_password": self.store.wp_app_password}
        )
        mug = self.template(image_1920=encoded("red"))
        self.publish(mug, self.template("MUG-2", image_1920=encoded("red")))
        self.assertEqual(self.fetched, [])
        uploads = [one for one in self.writes() if "media" in one]
        self.assertEqual(len(uploads), 1)
        self.assertEqual(self.images("MUG"), self.images("MUG-2"))
        self.assertInStep(mug)
