"""A neutralised copy can't reach the shop."""

from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestNeutralize(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = cls.env["channel.backend"].create(
            {
                "name": "Shop",
                "provider": "woocommerce",
                "base_url": "https://live.example.com",
                "api_key": "ck_live",
                "api_secret": "cs_live",
                "webhook_secret": "hook_one",
                "provider_settings": {"extra": "credential"},
                "wp_user": "odoo",
                "wp_app_password": "abcd efgh",
            }
        )
        cls.backend.webhook_secret = "hook_two"
        cls.backend._remember_identity()
        cls.backend.state = "connected"
        cls.waiting, cls.settled = cls.env["channel.event"]._insert(
            cls.backend,
            [
                {"kind": "order", "external_id": "1", "source": "webhook", "dedup_key": "1"},
                {"kind": "order", "external_id": "2", "source": "webhook", "dedup_key": "2"},
            ],
        )
        cls.settled._settle("done", "Created")
        cls.waiting._enqueue()
        cls.job = cls.env["queue.job"].search([("model_name", "=", "channel.event")], limit=1)
        cls.other_job = cls.env["queue.job"].search([("id", "=", cls._other_job())])
        cls.token = cls.backend.webhook_token
        cls.env.flush_all()

    @classmethod
    def _other_job(cls):
        """A job that is none of ours, in another channel."""
        job = cls.env["res.partner"].with_delay(channel="root").search_count([])
        return job.db_record().id

    def _neutralize(self):
        for query in get_neutralization_queries(["channel_connector"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()

    def test_backend_forgets_the_shop(self):
        secrets = ("api_key_stored", "api_secret_stored", "webhook_secret_stored")
        self.env.cr.execute("SELECT * FROM channel_backend WHERE id = %s", [self.backend.id])
        (before,) = self.env.cr.dictfetchall()
        self.assertTrue(all(before[name] for name in (*secrets, "webhook_secret_before")))
        self._neutralize()
        self.env.cr.execute("SELECT * FROM channel_backend WHERE id = %s", [self.backend.id])
        (after,) = self.env.cr.dictfetchall()
        uploads = ("wp_user", "wp_app_password_stored")
        self.assertTrue(all(before[name] for name in uploads))
        gone = (*secrets, *uploads, "webhook_secret_before", "provider_settings", "live_database")
        gone += ("live_server", "live_url", "webhook_rotating", "webhook_secret_changed_at")
        for name in gone:
            self.assertFalse(after[name], name)
        for text in (
            "live.example.com",
            "ck_live",
            "cs_live",
            "hook_one",
            "hook_two",
            "credential",
        ):
            self.assertNotIn(text, repr(after))
        self.assertEqual(self.backend.state, "draft")
        self.assertEqual(self.backend._webhook_secrets(), [])

    def test_token_of_the_live_address_is_gone(self):
        other = self.backend.copy({"name": "Another"})
        self._neutralize()
        self.assertNotEqual(self.backend.webhook_token, self.token)
        self.assertNotEqual(self.backend.webhook_token, other.webhook_token)
        self.assertGreaterEqual(len(self.backend.webhook_token), 32)

    def test_nothing_waits_or_runs(self):
        self.assertEqual((self.waiting.state, self.job.state), ("pending", "pending"))
        self._neutralize()
        self.assertEqual(self.waiting.state, "ignored")
        self.assertTrue(self.waiting.reason and self.waiting.done_at)
        self.assertEqual((self.settled.state, self.settled.reason), ("done", "Created"))
        self.assertEqual(self.job.state, "cancelled")
        self.assertEqual(self.other_job.state, "pending")
        cron = self.env.ref("channel_connector.cron_tick")
        self.assertFalse(cron.active)

    def test_tick_starts_nothing(self):
        self._neutralize()
        before = self.env["queue.job"].search_count([])
        with self.enter_registry_test_mode():
            self.env.ref("channel_connector.cron_tick").method_direct_trigger()
        self.assertEqual(self.env["queue.job"].search_count([]), before)
