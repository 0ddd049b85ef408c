"""Pictures of products by address: signed, for shops alone."""

import base64

from odoo.tests import HttpCase, new_test_user, tagged

from .common import ChannelCase
from .test_access import make_backend
from .test_product_reader import picture


@tagged("post_install", "-at_install")
class TestPublicImages(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.red = picture("red")
        cls.mug = cls.env["product.template"].create(
            {"name": "Mug", "image_1920": base64.b64encode(cls.red)}
        )
        cls.backend = make_backend(cls.env)
        cls.attachment = cls.attachment_of("product.template", "image_1920", cls.mug)

    @classmethod
    def attachment_of(cls, model, name, record):
        domain = [("res_model", "=", model), ("res_field", "=", name)]
        return cls.env["ir.attachment"].search([*domain, ("res_id", "=", record.id)])

    def url(self, attachment):
        url = self.env["channel.public.images"]._url(self.backend, attachment)
        return url.removeprefix(self.backend.get_base_url())

    def test_anybody_with_the_address_sees_it(self):
        url = self.url(self.attachment)
        self.assertRegex(url, r"^/channel/image/\d+-[0-9a-f]{32}/[0-9a-f]{12}\.png$")
        answer = self.url_open(url)
        self.assertEqual((answer.status_code, answer.content), (200, self.red))
        self.assertEqual(answer.headers["Content-Type"], "image/png")
        self.assertIn("immutable", answer.headers["Cache-Control"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertNotIn("Set-Cookie", answer.headers)

    def test_no_other_address_shows_anything(self):
        signed, name = self.url(self.attachment).split("/")[-2:]
        number, signature = signed.split("-")
        other = self.attachment_of("product.template", "image_1024", self.mug)
        for wrong in (
            f"{number}-{'0' * 32}",
            f"{number}-",
            number,
            f"{other.id}-{signature}",
            "x-y",
            f"{'9' * 40}-{signature}",
            f"{number}-%C3%A9",
        ):
            with self.subTest(wrong=wrong):
                self.assertEqual(self.url_open(f"/channel/image/{wrong}/{name}").status_code, 404)

    def test_only_pictures_of_products(self):
        """Even with a right signature nothing else is shown."""
        images = self.env["channel.public.images"]
        partner = self.env["res.partner"].create(
            {"name": "Jane Doe", "image_1920": base64.b64encode(self.red)}
        )
        svg = self.env["ir.attachment"].create(
            {
                "name": "x",
                "res_model": "product.template",
                "res_field": "image_1920",
                "res_id": self.mug.copy().id,
                "raw": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
                "mimetype": "image/svg+xml",
            }
        )
        for attachment in (
            self.attachment_of("res.partner", "image_1920", partner),
            self.env["ir.attachment"].create({"name": "secret.png", "raw": self.red}),
            svg,
        ):
            signed = images._signed(attachment.id, attachment.checksum)
            self.assertFalse(images._find(signed))
            answer = self.url_open(f"/channel/image/{signed}/x.png")
            self.assertEqual(answer.status_code, 404)
        self.assertEqual(self.url(svg), "")

    def test_address_ends_with_the_picture(self):
        url = self.url(self.attachment)
        self.mug.image_1920 = base64.b64encode(picture("blue"))
        self.assertEqual(self.url_open(url).status_code, 404)
        self.assertNotEqual(self.url(self.attachment), url)
        url = self.url(self.attachment)
        self.mug.unlink()
        self.assertEqual(self.url_open(url).status_code, 404)

    def test_copy_of_the_database_shows_nothing(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        self.assertEqual(self.url_open(self.url(self.attachment)).status_code, 404)


@tagged("post_install", "-at_install")
class TestUploadAccess(ChannelCase):
    def test_password_is_write_only(self):
        self.backend.write({"wp_user": "odoo", "wp_app_password": " abcd EFGH "})
        self.env.flush_all()
        self.assertFalse(self.backend.wp_app_password)
        manager = new_test_user(
            self.env,
            "manager",
            groups="channel_connector.group_manager",
            company_id=self.company.id,
        )
        backend = self.backend.with_user(manager)
        self.assertFalse(backend.read(["wp_app_password"])[0]["wp_app_password"])
        self.assertNotIn("wp_app_password_stored", backend.read()[0])
        user = new_test_user(
            self.env, "user", groups="channel_connector.group_user", company_id=self.company.id
        )
        shown = self.backend.with_user(user).read()[0]
        for name in ("wp_user", "wp_app_password", "wp_app_password_stored"):
            self.assertNotIn(name, shown)
        settings = self.backend._adapter_settings()
        self.assertEqual(settings["wp_app_password"], "abcd EFGH")
        self.backend.wp_user = False
        self.assertNotIn("wp_app_password", self.backend._adapter_settings())
