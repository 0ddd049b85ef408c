"""How an event's fate moves its issue, and what the sweep leaves alone."""

from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, new_test_user, tagged

from .test_access import make_backend, make_blocked_event


@tagged("post_install", "-at_install")
class TestEventLife(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = make_backend(cls.env, state="connected")

    def _insert(self, *external_ids):
        rows = [
            {"kind": "order", "external_id": name, "source": "poll", "dedup_key": name}
            for name in external_ids
        ]
        return self.env["channel.event"]._insert(self.backend, rows)

    def _issue(self, cause):
        return self.env["channel.issue"]._touch(self.backend, "unmapped", cause, title=cause)

    def test_issue_ends_with_the_last_event_that_waits_for_it(self):
        first, last = self._insert("1", "2")
        issue = self._issue("cause")
        (first | last)._settle("blocked", "cause", None, issue)
        first._settle("done", "Created")
        self.assertEqual(issue.state, "open")
        last._settle("ignored", "Nothing to do")
        self.assertEqual(issue.state, "resolved")
        self.assertFalse(issue.activity_ids)
        self.assertEqual(issue.event_count, 2, "they stay as its history")

    def test_retry_that_meets_another_cause_ends_the_first_issue(self):
        event = self._insert("1")
        before, after = self._issue("before"), self._issue("after")
        event._settle("blocked", "before", None, before)
        event.action_retry()
        event._settle("blocked", "after", None, after)
        self.assertEqual((before.state, after.state), ("resolved", "open"))

    def test_retry_that_meets_the_same_cause_keeps_its_issue(self):
        event = make_blocked_event(self.backend)
        issue = event.issue_id
        event.action_retry()
        event._settle("blocked", "again", None, issue)
        self.assertEqual(issue.state, "open")

    def test_sweep_leaves_events_of_a_living_chunk_alone(self):
        waiting, lost = self._insert("1", "2")
        old = fields.Datetime.now() - timedelta(minutes=5)
        (waiting | lost).received_at = old
        waiting._enqueue_chunks()
        self.env.flush_all()
        self.assertEqual(self.env["channel.event"]._sweep(self.backend), lost)
        chunk = self.env["queue.job"].search([("method_name", "=", "_job_process_chunk")])
        chunk.state = "failed"
        self.env.flush_all()
        self.assertEqual(self.env["channel.event"]._sweep(self.backend), waiting)

    def test_job_of_somebody_who_may_no_longer_see_its_event(self):
        event = self._insert("1")
        self.backend.state = "paused"
        former = new_test_user(self.env, "former", "base.group_user")
        result = event.with_user(former)._job_process()
        self.assertEqual(result, "the backend is not connected: it waits")
