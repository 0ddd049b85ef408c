"""Caches that several processes keep: who changes what is cached tells them with its commit."""
# pylint: disable=invalid-commit; what is told with a commit needs one, on a cursor of its own

from odoo.tests import TransactionCase, tagged

from ..services.cached import forget


@tagged("post_install", "-at_install")
class TestForget(TransactionCase):
    def _told(self):
        """How often other processes were told so far."""
        return self.registry.cache_sequences["default"]

    def test_told_with_the_commit_and_not_only_at_the_end_of_the_request(self):
        with self.registry.cursor() as cr:
            before = self._told()
            forget(self.env(cr=cr))
            self.assertEqual(self._told(), before, "nobody else could see the change yet")
            cr.commit()
            self.assertEqual(self._told(), before + 1)
            self.assertFalse(self.registry.cache_invalidated)
            # another transaction of the same job
            forget(self.env(cr=cr))
            forget(self.env(cr=cr))
            cr.commit()
            self.assertEqual(self._told(), before + 2, "once for a transaction")

    def test_a_rollback_tells_nobody_and_forgets_what_will_not_be(self):
        Backend = self.env["channel.backend"]
        with self.registry.cursor() as cr:
            env = self.env(cr=cr)
            before = self._told()
            backend = Backend.with_env(env).create(
                {"name": "Never", "provider": "woocommerce", "base_url": "http://127.0.0.1:9"}
            )
            backend.state = "connected"
            token = backend.webhook_token
            self.assertTrue(Backend.with_env(env)._delivery_rules(token))
            cr.rollback()
            self.assertEqual(self._told(), before)
            self.assertFalse(Backend.with_env(env)._delivery_rules(token))
