"""What a person does with a backend: check, connect, hooks, secrets, copies."""

from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, tagged

from ..dev.woostore import Server, Store
from ..services import secrets
from ..services.check_messages import check_texts
from .common import ChannelCase


@tagged("post_install", "-at_install")
class TestConnection(ChannelCase):
    def _check(self):
        self.backend.action_check_connection()
        return {(finding.level, finding.code) for finding in self.backend.finding_ids}

    def test_good_shop(self):
        found = self._check()
        self.assertFalse([code for level, code in found if level == "error"])
        self.assertIn(("ok", "key_reads_and_writes"), found)
        self.assertTrue(self.backend.checked_at)
        self.assertTrue(all(self.backend.finding_ids.mapped("title")))

    def test_every_finding_has_words(self):
        """No finding shows its bare code: the shop's admin has never read ours."""
        texts = check_texts(self.env)
        for _level, code in self._check():
            self.assertIn(code, texts)

    def test_wrong_key(self):
        self.backend.api_key = "ck_" + "0" * 40
        self.assertIn(("error", "key_refused"), self._check())

    def test_read_only_key(self):
        key, secret = self.store.add_key("read")
        self.backend.write({"api_key": key, "api_secret": secret})
        self.assertIn(("warning", "key_read_only"), self._check())

    def test_nobody_there(self):
        self.server.pause()
        self.addCleanup(self.server.resume)
        self.assertIn(("error", "connection_refused"), self._check())

    def test_rounding_that_differs_from_the_company(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        self.assertIn(("info", "rounding_differs"), self._check())
        self.company.tax_calculation_rounding_method = "round_per_line"
        self.assertNotIn(("info", "rounding_differs"), self._check())

    def test_second_check_replaces_the_first(self):
        self._check()
        count = len(self.backend.finding_ids)
        self._check()
        self.assertEqual(len(self.backend.finding_ids), count)

    def test_address_without_scheme(self):
        with self.assertRaisesRegex(ValidationError, "shop.example.*https://"):
            self.backend.base_url = "shop.example"

    def test_connect_goes_live_only_when_the_check_is_good(self):
        self.backend.state = "draft"
        self.backend.api_secret = "cs_" + "0" * 40
        self.backend.action_connect()
        self.assertEqual(self.backend.state, "draft")
        self.backend.api_secret = self.store.secret
        self.backend.action_connect()
        self.assertEqual(self.backend.state, "connected")
        self.assertTrue(self.backend.payment_map_ids)
        self.assertTrue(self.backend.carrier_map_ids)
        self.assertTrue(self.backend.tax_map_ids)

    def test_refusal_of_a_button_is_in_words(self):
        self.server.faults.add("403-html", times=5)
        with self.assertRaisesRegex(UserError, "firewall"):
            self.backend.action_fill_mappings()


@tagged("post_install", "-at_install")
class TestHooks(ChannelCase):
    def _topics(self):
        return sorted(hook["topic"] for hook in self.store.webhooks)

    def test_install_is_complete_and_repeatable(self):
        self.backend.action_install_webhooks()
        topics = self._topics()
        for kind in ("order", "product", "customer"):
            for what in ("created", "updated", "deleted"):
                self.assertIn(f"{kind}.{what}", topics)
        self.backend.action_install_webhooks()
        self.assertEqual(self._topics(), topics)
        (secret,) = {hook["secret"] for hook in self.store.webhooks}
        self.assertIn(secret, self.backend._webhook_secrets())

    def test_a_hook_the_shop_switched_off_is_made_anew(self):
        self.backend.action_install_webhooks()
        topics = self._topics()
        hook = next(hook for hook in self.store.webhooks if hook["topic"] == "order.updated")
        hook.update(status="disabled", failure_count=7)
        self.backend.action_install_webhooks()
        self.assertEqual(self._topics(), topics)
        self.assertEqual({hook["status"] for hook in self.store.webhooks}, {"active"})
        self.assertEqual({hook["failure_count"] for hook in self.store.webhooks}, {0})

    def test_remove(self):
        self.backend.action_install_webhooks()
        self.backend.action_remove_webhooks()
        self.assertFalse(self._topics())


@tagged("post_install", "-at_install")
class TestSecrets(TransactionCase):
    def setUp(self):
        super().setUp()
        self.backend = self.env["channel.backend"].create(
            {"name": "Shop", "provider": "woocommerce", "base_url": "https://shop.example"}
        )

    def test_secrets_are_written_and_never_read_back(self):
        self.backend.write({"api_key": "ck_1", "api_secret": "cs_1", "webhook_secret": "w"})
        self.backend.invalidate_recordset()
        self.assertEqual(
            (self.backend.api_key, self.backend.api_secret, self.backend.webhook_secret),
            (False, False, False),
        )
        credentials = self.backend._adapter().credentials
        self.assertEqual((credentials.api_key, credentials.api_secret), ("ck_1", "cs_1"))
        self.assertNotIn("cs_1", repr(credentials))

    def test_empty_value_keeps_the_secret(self):
        self.backend.api_secret = "cs_1"
        self.backend.api_secret = False
        self.assertEqual(self.backend._adapter().credentials.api_secret, "cs_1")

    def test_encrypted_at_rest_with_a_key_and_rotated(self):
        with patch.dict("os.environ", CHANNEL_CONNECTOR_SECRET_KEY="first key"):
            self.backend.api_secret = "cs_1"
            stored = self.backend.sudo().api_secret_stored
            self.assertTrue(stored.startswith(secrets.PREFIX))
            self.assertNotIn("cs_1", stored)
            self.assertEqual(self.backend._adapter().credentials.api_secret, "cs_1")
        with patch.dict("os.environ", CHANNEL_CONNECTOR_SECRET_KEY="second key, first key"):
            self.assertEqual(self.backend._adapter().credentials.api_secret, "cs_1")
        with (
            patch.dict("os.environ", CHANNEL_CONNECTOR_SECRET_KEY="second key"),
            self.assertRaisesRegex(UserError, "secret_key"),
        ):
            self.backend._adapter()

    def test_copy_of_a_backend_has_no_secrets_and_another_token(self):
        self.backend.write({"api_key": "ck_1", "webhook_secret": "w"})
        copy = self.backend.copy()
        self.assertFalse(copy.sudo().api_key_stored or copy.sudo().webhook_secret_stored)
        self.assertNotEqual(copy.webhook_token, self.backend.webhook_token)
        self.assertEqual(copy.state, "draft")


@tagged("post_install", "-at_install")
class TestOtherShop(TransactionCase):
    def test_a_provider_nobody_speaks(self):
        backend = self.env["channel.backend"].new({"name": "X", "provider": False})
        with self.assertRaisesRegex(UserError, "No addon"):
            backend._get_adapter_class()

    def test_flows_follow_the_roles_of_the_provider(self):
        with Server(Store()) as server:
            backend = self.env["channel.backend"].create(
                {"name": "Shop", "provider": "woocommerce", "base_url": server.url}
            )
        self.assertEqual(
            {(flow.kind, flow.direction) for flow in backend.flow_ids},
            {
                ("order", "in"),
                ("customer", "in"),
                ("payment", "in"),
                ("refund", "in"),
                ("shipment", "in"),
                ("settlement", "in"),
                ("order_status", "out"),
                ("shipment", "out"),
                ("refund", "out"),
                ("product", "in"),
                ("product", "out"),
                ("stock", "out"),
                ("price", "out"),
                ("reconcile", "in"),
            },
        )
        off = backend.flow_ids.filtered(lambda flow: not flow.active)
        self.assertEqual(
            {(flow.kind, flow.direction) for flow in off},
            {
                ("shipment", "in"),
                ("settlement", "in"),
                ("product", "in"),
                ("product", "out"),
                ("stock", "out"),
                ("price", "out"),
            },
        )
