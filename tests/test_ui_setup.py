"""The guided set-up in a real browser: left in the middle, and resumed."""

from odoo.tests import HttpCase, tagged

from .test_setup import SetupCase
from .test_ui_catalogue import make_manager


@tagged("post_install", "-at_install")
class TestSetupInBrowser(SetupCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        manager = make_manager(cls.env, cls.company)
        # to create the missing taxes
        manager.group_ids += cls.env.ref("account.group_account_manager")

    def test_left_and_resumed(self):
        self._add_product("MUG")
        self.place(("MUG", 1))
        self.go_to("flows")
        self.start_tour("/odoo/channel-dashboard", "channel_setup_resume", login="channel_manager")
        self.assertEqual((self.backend.setup_step, self.backend.state), ("mappings", "draft"))
        self.assertEqual(self.backend.setup_prices, "odoo")
        self.assertFalse(self.backend.open_tax_count)

    def test_bad_keys_are_explained(self):
        self.backend.write({"api_key": self.store.secret, "api_secret": self.store.key})
        path = f"/odoo/connect-store/{self.backend.id}"
        self.start_tour(path, "channel_setup_bad_keys", login="channel_manager")
        self.assertEqual((self.backend.setup_step, self.backend.check_result), ("address", "error"))

    def test_first_import_is_paused_and_resumed(self):
        self._add_product("MUG")
        self.place(("MUG", 1))
        self.go_to("mappings")
        self.backend.action_setup_create_taxes()
        self.backend.setup_products = "none"
        self.go_to("live")
        self.backend.action_setup_all_orders()
        self.backend.action_setup_live()
        jobs = [("model_name", "=", "channel.flow"), ("name", "=", "poll order")]
        self.env["queue.job"].search(jobs).unlink()
        path = f"/odoo/connect-store/{self.backend.id}"
        self.start_tour(path, "channel_first_import_pause", login="channel_manager")
        self.assertEqual(self.flow("order").first_state, "running")
        self.assertTrue(self.env["queue.job"].search(jobs), "resuming goes on at once")
