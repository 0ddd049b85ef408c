"""A copy of the database calls no shop, whatever starts first in it, until a manager confirms."""

from contextlib import suppress

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.queue_job.exception import RetryableJobError

from .common import ChannelCase

IDENTITY = ("live_database", "live_server", "live_url")


@tagged("post_install", "-at_install")
class TestCopyGuard(ChannelCase):
    def setUp(self):
        super().setUp()
        self.backend.state = "draft"
        self.backend.action_connect()
        self.env.flush_all()

    def _become_copy(self):
        """As a plain restore leaves it: connected, on another server."""
        self.backend.live_server = "another"
        self.env.flush_all()
        self.before = len(self.store.requests)

    def _calls(self):
        return len(self.store.requests) - self.before

    def _job(self, record, method):
        """Run a job's method as queue_job does, on a cursor of its own."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            return getattr(record.with_env(record.env(cr=cr)), method)()

    def _issue(self):
        return self.env["channel.issue"].search(
            [("backend_id", "=", self.backend.id), ("code", "=", "copied_database")]
        )

    def test_the_live_database_works(self):
        self.assertTrue(all(self.backend[name] for name in IDENTITY))
        self.assertFalse(self.backend.is_copy)
        self.backend._tick()
        self.assertEqual(self.backend.state, "connected")

    def test_a_copy_pauses_itself_until_a_manager_confirms(self):
        for name in ("database.uuid", "web.base.url"):
            with self.subTest(changed=name):
                self.env["ir.config_parameter"].set_param(name, "https://copy.example")
                requests = len(self.store.requests)
                self.backend._tick()
                self.assertEqual(self.backend.state, "paused")
                self.assertEqual(len(self.store.requests), requests)
                issue = self._issue()
                self.assertEqual(issue.mapped("state")[:1], ["open"])
                with self.assertRaisesRegex(UserError, "Confirm Go-Live"):
                    self.backend.action_resume()
                self.backend.action_confirm_live()
                self.assertEqual(self.backend.state, "connected")
                self.assertFalse(issue.filtered(lambda issue: issue.state == "open"))

    def test_each_part_tells_a_copy(self):
        for name in IDENTITY:
            with self.subTest(name):
                self.backend[name] = "another"
                self.assertTrue(self.backend._is_copy())
                self.backend.action_confirm_live()
                self.assertFalse(self.backend._is_copy())

    def test_one_from_before_servers_were_told_apart(self):
        self.backend.live_server = False
        self.assertTrue(self.backend._is_copy())

    def test_the_server_is_numbered_by_itself(self):
        self.env.cr.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        (number,) = self.env.cr.fetchone()
        self.assertRegex(self.backend.live_server, rf"^(\d+|\?)/{number}$")

    def test_a_job_that_waited_leaves_its_event_alone(self):
        self._add_product("MUG")
        event = self.note(self.place(("MUG", 1))["id"])
        self._become_copy()
        self.assertIsNone(self.run_job(event))
        self.assertEqual((event.state, self._calls()), ("pending", 0))
        self.backend.action_confirm_live()
        self.run_job(event)
        self.assertEqual(event.state, "done")
        self.assertTrue(self._calls())

    def test_polls_and_drains_call_nobody(self):
        self._become_copy()
        flows = self.backend.flow_ids
        flows.active = True
        for flow in flows.filtered(lambda flow: flow._is_drained()):
            with self.subTest(flow.display_name):
                self.assertRegex(self._job(flow, "_job_drain"), "copy")
        for flow in flows.filtered(lambda flow: flow._is_scheduled()):
            with self.subTest(flow.display_name), suppress(RetryableJobError):
                self._job(flow, "_job_poll")
        self.assertEqual(self._calls(), 0)

    def test_a_job_that_would_call_comes_again(self):
        self._become_copy()
        with self.assertRaisesRegex(RetryableJobError, "copy") as caught:
            self._job(self.backend, "_job_read_store")
        self.assertTrue(caught.exception.ignore_retry and caught.exception.seconds)
        self.assertEqual(self._calls(), 0)

    def test_a_job_gets_no_adapter_whatever_its_provider_heeds(self):
        self._become_copy()
        gate = self.env["channel.gate"]._of(self.backend)
        with self.assertRaisesRegex(RetryableJobError, "copy"):
            self.backend._adapter(gate=gate)

    def test_buttons_say_what_to_do(self):
        self._become_copy()
        for state in ("connected", "draft", "error", "paused"):
            self.backend.state = state
            for name in ("action_check_connection", "action_fill_mappings", "action_connect"):
                refused = self.assertRaisesRegex(UserError, "Confirm Go-Live")
                with self.subTest(f"{name} in {state}"), refused:
                    getattr(self.backend, name)()
        self.assertEqual(self._calls(), 0)

    def test_a_test_shop_may_be_entered(self):
        self._become_copy()
        keys = {"api_key": "ck_test", "api_secret": "cs_test"}
        admin = self.env.ref("base.user_admin")
        admin.company_ids += self.company
        self.backend.with_user(admin).write({"base_url": "https://test.example", **keys})
        self.assertEqual((self.backend.base_url, self._calls()), ("https://test.example", 0))
        self.assertTrue(self.backend._is_copy())

    def test_one_that_was_never_live_is_known_too(self):
        draft = self.env["channel.backend"].create(
            {"name": "Draft", "provider": "woocommerce", "base_url": self.server.url}
        )
        self.assertFalse(draft._is_copy())
        self.env["ir.config_parameter"].set_param("web.base.url", "https://other.example")
        self.assertFalse(draft._is_copy(), "until it goes live a person may come by any address")
        draft.live_server = "another"
        self.before = len(self.store.requests)
        with self.assertRaisesRegex(UserError, "Confirm Go-Live"):
            draft.action_check_connection()
        self.assertEqual(self._calls(), 0)

    def test_what_needs_no_call_goes_on(self):
        """Deliveries are kept, and what was read before can be understood."""
        self._become_copy()
        adapter = self.backend._adapter()
        self.addCleanup(adapter.close)
        self.assertTrue(self.backend._delivery_rules(self.backend.webhook_token))
        self.assertEqual(self._calls(), 0)
