"""What becomes of an event when the shop answers badly: readable after every rollback."""

from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from odoo.addons.queue_job.exception import RetryableJobError

from ..dev.woostore import Cart, Server, Store
from ..services.job_errors import Recorder
from ..services.job_run import JobRun
from .loopback import LoopbackMixin

#: fault of the store → (state of the event, code of its issue, HTTP status in the log)
FOR_A_PERSON = {
    "401-bad-key": ("blocked", "key_not_recognised", 401),
    "401-bad-secret": ("blocked", "key_refused", 401),
    "403-editor-orders": ("blocked", "user_lacks_rights", 403),
    "403-html": ("blocked", "blocked_by_firewall", 403),
    "404-no-route": ("blocked", "no_route", 404),
    "400-invalid-param": ("blocked", "request_refused", 400),
    "500-business": ("blocked", "request_refused", 500),
}
#: fault of the store → (opens the breaker, spends a try, HTTP status in the log)
FOR_LATER = {
    "429-html": (True, False, 429),
    "429-retry-after": (True, False, 429),
    "500-fatal-json": (False, True, 500),
    "500-database-down": (True, False, 500),
    "502-html": (True, False, 502),
    "503-maintenance": (True, False, 503),
    "504-html": (True, False, 504),
    "200-html": (True, False, 200),
    "broken-json": (False, True, 200),
    "reset": (True, False, 0),
}


@tagged("post_install", "-at_install")
class TestBadAnswers(LoopbackMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = Store()
        cls.store.add_product(sku="MUG", name="Mug", regular_price="12.50")
        cls.order = cls.store.place_order(Cart(lines=[("MUG", 1)], billing={"country": "ES"}))
        cls.server = cls.enterClassContext(Server(cls.store))
        cls.backend = cls.env["channel.backend"].create(
            {
                "name": "Shop",
                "provider": "woocommerce",
                "base_url": cls.server.url,
                "api_key": cls.store.key,
                "api_secret": cls.store.secret,
                "state": "connected",
            }
        )

    def setUp(self):
        super().setUp()
        self.server.faults.clear()
        mode = self.enter_registry_test_mode()
        mode.__enter__()
        self.addCleanup(mode.__exit__, None, None, None)

    def _event(self, external_id="155"):
        event = self.env["channel.event"]._note(self.backend, "order", external_id, "manual")
        self.env.flush_all()
        return event

    def _run(self, event):
        """Run the event's job the way queue_job does, on a cursor of its own.

        :return: the RetryableJobError it ended with, None when it came to its end
        """
        self.env.flush_all()
        try:
            with self.registry.cursor() as cr:
                event.with_env(event.env(cr=cr))._job_process()
        except RetryableJobError as error:
            # not assertRaises: Odoo's rolls back what was written inside of it
            return error
        finally:
            self.env.invalidate_all()
        return None

    def test_what_needs_a_person_blocks_with_an_issue(self):
        for fault, (state, code, status) in FOR_A_PERSON.items():
            with self.subTest(fault=fault):
                self.backend.state = "connected"
                self.server.faults.add(fault)
                event = self._event()
                self._run(event)
                self.assertEqual((event.state, event.issue_id.code), (state, code))
                self.assertEqual(event.reason, event.issue_id.title)
                self.assertTrue(event.issue_id.suggestion)
                log = self.env["channel.log"].search([], limit=1)
                self.assertEqual((log.status, log.error), (status, code))

    def test_what_passes_keeps_the_event_waiting(self):
        for fault, (breaker, spends, status) in FOR_LATER.items():
            with self.subTest(fault=fault):
                gate = self.env["channel.gate"]._of(self.backend)
                gate.write({"open_until": False, "failures": 0})
                self.server.faults.add(fault)
                event = self._event(self.order["id"])
                postponed = self._run(event)
                self.assertEqual(event.state, "pending")
                self.assertEqual(postponed.ignore_retry, not spends)
                self.assertEqual(bool(gate.open_until), breaker)
                log = self.env["channel.log"].search([], limit=1)
                self.assertEqual(log.status, status)
                self.assertTrue(log.error)

    def test_refused_connection(self):
        self.server.pause()
        self.addCleanup(self.server.resume)
        event = self._event()
        self.assertTrue(self._run(event).ignore_retry)
        self.assertEqual(self.env["channel.log"].search([], limit=1).status, 0)

    def test_open_breaker_postpones_before_any_call(self):
        self.server.faults.add("503-maintenance")
        first, second = self._event("1"), self._event("2")
        self.assertTrue(self._run(first))
        calls = len(self.store.requests)
        self.assertTrue(self._run(second))
        self.assertEqual(len(self.store.requests), calls)

    def test_refused_key_stops_everything_until_a_good_check(self):
        self.server.faults.add("401-bad-key")
        first, second = self._event("1"), self._event("2")
        self._run(first)
        self.assertEqual(self.backend.state, "error")
        calls = len(self.store.requests)
        self._run(second)
        self.assertEqual((second.state, len(self.store.requests)), ("pending", calls))
        self.backend.action_check_connection()
        self.assertEqual(self.backend.state, "connected")
        self.assertEqual((first.state, first.issue_id.state), ("pending", "open"))

    def test_gone_before_the_job_ran(self):
        event = self._event("999999")
        self._run(event)
        self.assertEqual(event.state, "ignored")
        self.assertIn("Gone", event.reason)

    def test_a_chunk_whose_events_were_settled_meanwhile(self):
        """Another job settled them between the chunk's first look and its locks."""
        events = self._event()
        events._settle("ignored", "by another job")
        self.env.flush_all()
        with self.registry.cursor() as cr:
            run = JobRun(self.backend.with_env(self.backend.env(cr=cr))._env())
            with run._guarded("1 record") as (adapter, recorder):
                group = run.env["channel.event"].browse(events.ids)
                self.assertFalse(run._apply_chunk([group], adapter, recorder))
        self.assertEqual(events.reason, "by another job")

    def test_causes_share_an_issue_and_records_do_not(self):
        events = self._event("1") | self._event("2")
        for event in events:
            self.server.faults.add("403-editor-orders")
            self.backend.state = "connected"
            self._run(event)
        self.assertEqual(len(events.issue_id), 1)
        self.assertEqual(events.issue_id.event_count, 2)

    def test_jobs_that_meet_a_new_value_at_once_both_write_down_what_they_met(self):
        maps = self.env["channel.map.payment"]
        maps._ensure_rows(self.backend, {"klarna": {}})  # by the other job
        self.env.flush_all()
        rows_of, rows_seen = type(maps)._rows, []

        def old_at_first(*args):
            rows_seen.append(rows_of(*args) if rows_seen else {})
            return rows_seen[-1]

        recorder = Recorder()
        for code in ("klarna", "swish"):
            recorder.add_unmapped("payment", code)
        with (
            self.registry.cursor() as cr,
            patch.object(type(maps), "_rows", old_at_first),
            self.assertNoLogs(level="ERROR"),
        ):
            recorder.write_down(self.backend.with_env(self.env(cr=cr)))
        self.assertEqual(len(rows_seen), 2)
        self.assertEqual(set(maps._rows(self.backend, [])), {"klarna", "swish"})

    def test_secrets_stay_out_of_the_log(self):
        self.backend.log_mode = "all"
        self.server.faults.add("401-bad-key")
        self._run(self._event())
        for log in self.env["channel.log"].search([]):
            text = f"{log.url} {log.request} {log.response}"
            self.assertNotIn(self.store.key, text)
            self.assertNotIn(self.store.secret, text)

    def test_a_job_that_gave_up_fails_its_events_with_an_issue(self):
        event = self._event()
        with self.registry.cursor() as cr:
            event.with_env(event.env(cr=cr))._job_failed(exc_name="ZeroDivisionError")
        self.env.invalidate_all()
        self.assertEqual((event.state, event.issue_id.code), ("failed", "job_failed"))
        self.assertIn("ZeroDivisionError", event.issue_id.title)

    def test_retry_reads_anew_and_good_end_resolves_the_issue(self):
        self.server.faults.add("400-invalid-param")
        event = self._event("999999")
        self._run(event)
        issue = event.issue_id
        self.assertEqual((event.state, issue.state), ("blocked", "open"))
        issue.action_retry()
        self.assertEqual(event.state, "pending")
        self._run(event)
        self.assertEqual((event.state, issue.state), ("ignored", "resolved"))
