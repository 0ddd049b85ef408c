"""A backend without a shop behind it, whose webhook address is asked over real HTTP."""

from odoo.tests import HttpCase

from ..controllers.webhook import _flood

SECRET = "s3cret-of-the-hook"
ORDER = {"id": 155, "number": "155", "status": "processing"}


class WebhookCase(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = cls.env["channel.backend"].create(
            {
                "name": "Shop",
                "provider": "woocommerce",
                "base_url": "http://127.0.0.1:9",
                "webhook_secret": SECRET,
                "state": "connected",
            }
        )
        cls.url = f"/channel/{cls.backend.webhook_token}/webhook"
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        _flood._moments.clear()

    def _events(self):
        self.env.invalidate_all()
        return self.env["channel.event"].search([("backend_id", "=", self.backend.id)])

    def _jobs(self):
        self.env.invalidate_all()
        return self.env["queue.job"].search([("model_name", "=", "channel.event")])
