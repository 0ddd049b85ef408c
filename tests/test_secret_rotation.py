"""Secrets change while the shop goes on delivering, and nothing that it sends is refused."""

import json
from contextlib import nullcontext
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged

from ..controllers.webhook import _flood
from ..services import secrets
from .common import ChannelCase
from .test_access import HOOK_SECRET, KEY, SECRET, make_backend


def refusal_of(call, **values):
    """The text of the UserError; ``assertRaises`` would take back what was committed before it."""
    try:
        call(**values)
    except UserError as error:
        return str(error)
    return ""


@tagged("post_install", "-at_install")
class TestWebhookSecret(ChannelCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_product("MUG", "10.00")

    def enter_registry_test_mode(self):
        return nullcontext()  # an HttpCase is in it already

    def setUp(self):
        super().setUp()
        self.store.webhooks.records.clear()
        self.store.webhooks.pending.clear()
        with self._odoo_listens():
            self.backend.action_install_webhooks()
        _flood._moments.clear()
        self.backend._remember_identity()

    def _odoo_listens(self):
        self.env.flush_all()
        self.env.cr.clear()
        self.addCleanup(setattr, self, "http_request_allow_all", self.http_request_allow_all)
        return self.allow_requests(all_requests=True)

    def _rotate(self):
        with self._odoo_listens():
            self.backend.action_rotate_secret()
        self.env.invalidate_all()

    def _sent(self):
        """A delivery about a new order, signed by the shop now: function that makes it arrive."""
        order = self.place(("MUG", 1))
        hook = next(hook for hook in self.store.webhooks if hook["topic"] == "order.created")
        body = json.dumps(self.store.webhooks.payload(hook, order["id"])).encode()
        headers = self.store.webhooks.headers(hook, body)
        self.store.webhooks.pending.clear()

        def arrive():
            self.env.flush_all()
            answer = self.url_open(self.backend.webhook_url, data=body, headers=headers)
            self.env.invalidate_all()
            return answer.status_code

        return arrive

    def _secrets_of_hooks(self):
        return {hook["secret"] for hook in self.store.webhooks}

    def _event(self):
        return self.env["channel.event"].search(
            [("backend_id", "=", self.backend.id)], order="id desc", limit=1
        )

    def _hours_pass(self, hours):
        """Everything that has happened is so much longer ago."""
        step = timedelta(hours=hours)
        self.backend.webhook_secret_changed_at -= step
        for event in self.env["channel.event"].search([("backend_id", "=", self.backend.id)]):
            event.received_at -= step
        self.env.flush_all()

    def _tick(self):
        self.backend._tick()
        self.env.flush_all()

    def test_every_hook_gets_a_new_secret(self):
        (before,) = self._secrets_of_hooks()
        self._rotate()
        (after,) = self._secrets_of_hooks()
        self.assertNotEqual(before, after)
        self.assertEqual(self.backend._webhook_secrets(), [after, before])
        self.assertIn("new secret", self.backend.message_ids[0].body)

    def test_deliveries_under_way_are_taken(self):
        late = self._sent()
        self._rotate()
        young = self._sent()
        self.assertEqual(young(), 200)
        self.assertFalse(self._event().signed_before)
        self.assertEqual(late(), 200)
        self.assertTrue(self._event().signed_before)
        self.run_pending()
        self.assertEqual(self._event().state, "done")

    def test_a_delivery_while_the_shop_is_told(self):
        """Before the first hook has the new secret, Odoo knows it: every moment takes both."""
        late = self._sent()
        seen = []

        def tell(backend):
            hook = next(hook for hook in self.store.webhooks if hook["topic"] == "order.created")
            hook["secret"] = backend._webhook_secrets()[0]
            seen.extend([late(), self._sent()()])
            return install(backend)

        install = type(self.backend).action_install_webhooks
        with patch.object(type(self.backend), "action_install_webhooks", tell):
            self._rotate()
        self.assertEqual(seen, [200, 200])

    def test_the_old_one_ends_when_the_new_one_was_seen_and_the_queue_is_empty(self):
        late, later = self._sent(), self._sent()
        self._rotate()
        self._sent()()
        self._tick()
        self.assertEqual(len(self.backend._webhook_secrets()), 2, "queues may still be full")
        self._hours_pass(2)
        self.assertEqual(late(), 200)
        self._tick()
        self.assertEqual(len(self.backend._webhook_secrets()), 2, "one has just come")
        self._hours_pass(2)
        self._tick()
        self.assertEqual(len(self.backend._webhook_secrets()), 1)
        self.assertEqual(later(), 401)
        self.assertEqual(self._sent()(), 200)

    def test_the_old_one_waits_for_a_shop_that_is_silent(self):
        late = self._sent()
        self._rotate()
        self._hours_pass(24)
        self._tick()
        self.assertEqual(late(), 200)
        self._hours_pass(24 * 7)
        self._tick()
        self.assertEqual(self._sent()(), 200)
        self.assertEqual(len(self.backend._webhook_secrets()), 1)

    def test_a_shop_that_can_not_be_told_is_told_the_same_next_time(self):
        (before,) = self._secrets_of_hooks()
        self.server.pause()
        refusal = refusal_of(self._rotate)
        self.server.resume()
        self.env.invalidate_all()
        self.assertTrue(refusal)
        self.assertTrue(self.backend.webhook_rotating)
        after = self.backend._webhook_secrets()[0]
        self._hours_pass(24 * 30)
        self._tick()
        self.assertEqual(self._sent()(), 200, "the shop still signs with the old one")
        self._rotate()
        self.assertEqual(self._secrets_of_hooks(), {after})
        self.assertEqual(self.backend._webhook_secrets(), [after, before])
        self.assertFalse(self.backend.webhook_rotating)

    def test_only_managers_rotate(self):
        user = new_test_user(
            self.env,
            "channel_user",
            "channel_connector.group_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        before = self.backend._webhook_secrets()
        for name in ("action_rotate_secret", "action_encrypt_again"):
            with self.assertRaises(AccessError):
                getattr(self.backend.with_user(user), name)()
        self.assertEqual(self.backend._webhook_secrets(), before)


@tagged("post_install", "-at_install")
class TestShopKeys(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "channel_manager",
            "channel_connector.group_manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def _give(self, **values):
        self.backend.with_user(self.manager).write(values)

    def _keys(self):
        credentials = self.backend._adapter().credentials
        return credentials.api_key, credentials.api_secret

    def test_new_keys_are_tried_before_they_replace_the_old(self):
        before = self._keys()
        refusal = refusal_of(self._give, api_key="ck_" + "0" * 40, api_secret="cs_" + "1" * 40)
        self.assertIn("old ones stay", refusal)
        self.assertNotIn("0" * 40, refusal)
        self.assertEqual(self._keys(), before)
        self.assertEqual(self.backend.state, "connected")

    def test_keys_that_work_are_taken(self):
        key, secret = self.store.add_key("read_write")
        self._give(api_key=key, api_secret=f" {secret} ")
        self.assertEqual(self._keys(), (key, secret))

    def test_a_shop_that_does_not_answer_changes_nothing(self):
        before = self._keys()
        self.server.pause()
        self.addCleanup(self.server.resume)
        with self.assertRaises(UserError):
            self._give(api_secret="cs_" + "1" * 40)
        self.assertEqual(self._keys(), before)

    def test_a_draft_takes_what_is_typed(self):
        self.backend.state = "draft"
        self._give(api_secret="cs_typed")
        self.assertEqual(self._keys()[1], "cs_typed")

    def test_the_log_of_the_try_holds_no_key(self):
        self.backend.log_mode = "all"
        self.assertTrue(refusal_of(self._give, api_key="ck_" + "0" * 40))
        lines = self.env["channel.log"].search([("backend_id", "=", self.backend.id)])
        self.assertTrue(lines)
        self.assertNotIn("0" * 40, repr(lines.read()))


@tagged("post_install", "-at_install")
class TestEncryption(TransactionCase):
    """The key in Odoo's configuration changes: the first encrypts, all decrypt."""

    def setUp(self):
        super().setUp()
        with self._configured("first key"):
            self.backend = make_backend(self.env)

    def _configured(self, keys):
        return patch.dict("os.environ", CHANNEL_CONNECTOR_SECRET_KEY=keys)

    def _stored(self):
        backend = self.backend.sudo()
        return [backend[name] for name in backend._secret_fields() if backend[name]]

    def _state(self):
        self.backend.invalidate_recordset()
        return self.backend.secrets_state

    def test_every_secret_is_known(self):
        names = set(self.backend._secret_fields())
        self.assertLessEqual(
            {
                "api_key_stored",
                "api_secret_stored",
                "webhook_secret_stored",
                "webhook_secret_before",
                "wp_app_password_stored",
            },
            names,
        )

    def test_nothing_is_left_to_the_old_key(self):
        with self._configured("second key, first key"):
            self.assertEqual(self._state(), "old")
            self.env["channel.backend"]._encrypt_all_again()
            self.assertEqual(self._state(), "ok")
        with self._configured("second key"):
            credentials = self.backend._adapter().credentials
            self.assertEqual((credentials.api_key, credentials.api_secret), (KEY, SECRET))
            self.assertEqual(self.backend._webhook_secrets(), [HOOK_SECRET])

    def test_doing_it_again_changes_nothing(self):
        with self._configured("second key, first key"):
            self.backend.action_encrypt_again()
            before = self._stored()
            self.backend.action_encrypt_again()
            self.assertEqual(self._stored(), before)

    def test_plain_ones_are_encrypted_when_a_key_is_configured(self):
        with self._configured(""):
            plain = make_backend(self.env)
            self.assertEqual(plain.secrets_state, "plain")
        with self._configured("first key"):
            plain.invalidate_recordset()
            self.assertEqual(plain.secrets_state, "old")
            self.env["channel.backend"]._encrypt_all_again()
            self.assertTrue(plain.sudo().api_key_stored.startswith(secrets.PREFIX))

    def test_what_can_not_be_read_stays_as_it_is(self):
        before = self._stored()
        with self._configured("lost key"):
            self.assertEqual(self._state(), "unreadable")
            self.env["channel.backend"]._encrypt_all_again()
        self.assertEqual(self._stored(), before)
