"""What the shop says of itself is kept, given to adapters, and read again every day."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ChannelCase


@tagged("post_install", "-at_install")
class TestStoreSettings(ChannelCase):
    store_options = {"prices_include_tax": False, "timezone": "Europe/Brussels"}

    def _read_job(self):
        """Run the daily job; returns its result."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            result = self.backend.with_env(self.backend.env(cr=cr))._job_read_store()
        self.env.invalidate_all()
        return result

    def _jobs(self):
        key = f"channel-store-{self.backend.id}"
        return self.env["queue.job"].search_count([("identity_key", "=", key)])

    def test_a_check_keeps_what_it_found(self):
        self.backend.sudo().provider_settings = {"read_timeout": 5, "weight_unit": "lbs"}
        self.backend.action_check_connection()
        self.assertEqual(
            self.backend.sudo().provider_settings,
            {
                "read_timeout": 5,
                "currency": "EUR",
                "price_decimals": 2,
                "prices_include_tax": False,
                "weight_unit": "kg",
                "dimension_unit": "cm",
                "stock_enabled": True,
            },
        )
        self.assertEqual(self.backend._store_setting("weight_unit"), "kg")
        self.assertEqual(self.backend._store_setting("colour", "none"), "none")

    def test_adapters_do_not_ask_again(self):
        self.backend.action_check_connection()
        adapter = self.backend._adapter()
        self.addCleanup(adapter.close)
        self.store.requests.clear()
        self.assertEqual((adapter.price_decimals, adapter.units.weight), (2, "kg"))
        self.assertEqual(self.store.requests, [])

    def test_a_check_that_fails_forgets_nothing(self):
        self.backend.action_check_connection()
        before = self.backend.sudo().provider_settings
        self.server.pause()
        self.addCleanup(self.server.resume)
        self.backend.action_check_connection()
        self.assertEqual(self.backend.sudo().provider_settings, before)

    def test_it_is_read_again_every_day(self):
        self.backend._remember_identity()
        self.backend._tick()
        self.assertFalse(self._jobs(), "never checked")
        self.backend.action_check_connection()
        self.backend._tick()
        self.assertFalse(self._jobs())
        self.backend.store_read_at = fields.Datetime.now() - timedelta(days=1)
        self.backend._tick()
        self.backend._tick()
        self.assertEqual(self._jobs(), 1)
        self.store.settings["products"]["woocommerce_weight_unit"] = "g"
        self.addCleanup(self.store.settings["products"].update, woocommerce_weight_unit="kg")
        self.assertEqual(self._read_job(), "changed: weight_unit")
        self.assertEqual(self.backend._store_setting("weight_unit"), "g")
        self.assertGreater(self.backend.store_read_at, fields.Datetime.now() - timedelta(minutes=5))
        self.assertEqual(self._read_job(), "nothing changed")

    def test_a_paused_backend_is_left_alone(self):
        self.backend.action_check_connection()
        self.backend.write({"state": "paused", "store_read_at": "2020-01-01"})
        self.backend._tick()
        self.assertFalse(self._jobs())
        self.assertEqual(self._read_job(), "the backend is not connected")
