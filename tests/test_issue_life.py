"""How issues end and come again, whose they are, what they are worth; and what never vanishes."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.queue_job.exception import RetryableJobError

from ..core import errors
from ..models.channel_event_jobs import CHUNK, SWEEPS_UNTIL_STUCK
from ..services.job_errors import Recorder
from ..services.job_run import JobRun
from .issue_case import IssueCase

MANY = 300


@tagged("post_install", "-at_install")
class TestIssueLife(IssueCase):
    def _new_product_orders(self, count=1):
        payloads = []
        for _number in range(count):
            payload = self.payload(self.place(("MUG", 1)))
            payload["line_items"][0].update(product_id=990, sku="NEW", name="New thing")
            payloads.append(payload)
        return payloads

    def run_named(self, name, error=None):
        """A run of the backend (a poll …) on a cursor of its own, as jobs have it."""

        def work(adapter, recorder):
            if error:
                raise error
            return "fine"

        self.env.flush_all()
        with self.registry.cursor() as cr:
            JobRun(self.backend.with_env(self.env(cr=cr))).run(name, work)
        self.env.invalidate_all()

    # === COMING AGAIN === #

    def test_a_resolved_cause_that_comes_again_names_its_former_issue(self):
        (payload,) = self._new_product_orders()
        first = self.import_payload(payload).issue_id
        first._close("resolved")
        again = self.import_payload({**payload, "id": 990001}).issue_id
        self.assertEqual((again.former_id, again.former_state), (first, "resolved"))
        self.assertNotEqual(again, first)

    def test_an_ignored_cause_opens_again_for_a_new_order(self):
        """Ignoring settles what waits; a new order is new money."""
        (payload,) = self._new_product_orders()
        event = self.import_payload(payload)
        first = event.issue_id
        first.ignore_reason = "A test"
        first.action_ignore()
        self.assertEqual((event.state, first.state), ("ignored", "ignored"))
        again = self.import_payload({**payload, "id": 990002}).issue_id
        self.assertEqual((again.state, again.former_id), ("open", first))
        self.assertEqual(again.former_reason, "A test")
        self.assertEqual(event.state, "ignored")

    def test_an_ignored_notice_stays_quiet(self):
        def tell():
            recorder = Recorder()
            recorder.add_issue("unmapped_carrier", cause={"value": "x"}, value="x", label="X")
            recorder._write_issues(self.backend)

        tell()
        issue = self.issue_of("unmapped_carrier")
        issue.ignore_reason = "We ship by ourselves"
        issue.action_ignore()
        tell()
        self.assertEqual(issue.state, "ignored")
        self.assertFalse(self.backend.issue_ids.filtered(lambda one: one.state == "open"))

    def test_taking_up_an_ignored_issue_takes_up_what_was_ignored_with_it(self):
        (payload,) = self._new_product_orders()
        event = self.import_payload(payload)
        issue = event.issue_id
        issue.ignore_reason = "A test"
        issue.action_ignore()
        issue.action_reopen()
        self.assertEqual((issue.state, event.state), ("open", "blocked"))
        self.assertFalse(issue.ignore_reason)
        issue._close("resolved")
        self.import_payload({**payload, "id": 990003})
        with self.assertRaises(UserError):
            issue.action_reopen()

    def test_the_sweep_opens_and_closes_what_two_jobs_missed(self):
        payloads = self._new_product_orders(2)
        events = self.poll(*payloads)
        self.run_pending()
        issue = events.issue_id
        issue._close("resolved")
        self.env["channel.issue"]._sweep(self.backend)
        self.assertEqual(issue.state, "open")
        self.assertFalse(issue.closed_at)
        events.write({"state": "done"})
        self.env["channel.issue"]._sweep(self.backend)
        self.assertEqual(issue.state, "resolved")

    def test_the_sweep_leaves_notices_and_ignored_issues_alone(self):
        (payload,) = self._new_product_orders()
        event = self.import_payload(payload)
        issue = event.issue_id
        issue.ignore_reason = "A test"
        issue.action_ignore()
        self.backend._open_issue("copied_database")
        self.env["channel.issue"]._sweep(self.backend)
        self.assertEqual(issue.state, "ignored")
        self.assertTrue(self.issue_of("copied_database"))

    # === ENDING BY ITSELF === #

    def test_what_stopped_a_run_is_over_with_the_next_one(self):
        self.run_named("poll order", errors.Rejected("not_an_order", field="id"))
        issue = self.issue_of("not_an_order")
        self.assertEqual(issue.origin, "poll order")
        self.run_named("poll product")
        self.assertEqual(issue.state, "open")
        self.run_named("poll order")
        self.assertEqual(issue.state, "resolved")

    def test_retrying_a_stopped_poll_polls(self):
        self.run_named("poll order", errors.Rejected("not_an_order", field="id"))
        self.issue_of("not_an_order").action_retry()
        flow = self.backend.flow_ids.filtered(lambda flow: flow.kind == "order")
        jobs = self.env["queue.job"].search([("method_name", "=", "_job_poll")])
        self.assertEqual(jobs.identity_key, f"channel-poll-{flow.id}")

    def test_refused_key(self):
        self.run_named("poll order", errors.BadCredentials("key_refused"))
        issue = self.issue_of("key_refused")
        self.assertEqual(self.backend.state, "error")
        self.backend._recover()
        self.assertEqual((issue.state, self.backend.state), ("resolved", "connected"))

    def test_stuck_ends_when_it_comes_through(self):
        event = self.note(self.place(("MUG", 1))["id"])
        self.env["queue.job"].search([]).state = "cancelled"
        event.write(
            {
                "received_at": fields.Datetime.now() - timedelta(hours=1),
                "sweeps": SWEEPS_UNTIL_STUCK - 1,
            }
        )
        self.env["channel.event"]._sweep(self.backend)
        issue = self.issue_of("stuck")
        self.assertEqual((event.state, event.issue_ids, issue.waiting_count), ("pending", issue, 1))
        self.run_job(event)
        self.assertSolved(issue, event)

    def test_failed_jobs(self):
        event = self.note(self.place(("MUG", 1))["id"])
        event._job_failed(exc_name="ValueError", exc_message="no")
        issue = self.issue_of("job_failed")
        self.assertEqual((event.state, issue.waiting_count), ("failed", 1))
        issue.action_retry()
        self.run_pending()
        self.assertSolved(issue, event)

    # === WHOSE === #

    def test_responsible_by_kind_and_one_activity(self):
        anna = new_test_user(self.env, "anna", "channel_connector.group_user")
        bert = new_test_user(self.env, "bert", "channel_connector.group_user")
        self.backend.responsible_id = bert
        flow = self.backend.flow_ids.filtered(
            lambda flow: (flow.kind, flow.direction) == ("order", "in")
        )
        flow.responsible_id = anna
        first, second = self._new_product_orders(2)
        issue = self.import_payload(first).issue_id
        self.import_payload(second)
        self.assertEqual((issue.responsible_id, issue.waiting_count), (anna, 2))
        self.assertEqual(issue.activity_ids.user_id, anna)
        self.assertEqual(len(issue.activity_ids), 1)
        issue.responsible_id = bert
        self.assertEqual((len(issue.activity_ids), issue.activity_ids.user_id), (1, bert))
        issue.responsible_id = False
        self.assertFalse(issue.activity_ids)
        self.backend._open_issue("copied_database")
        self.assertEqual(self.issue_of("copied_database").responsible_id, bert)

    # === WORTH === #

    def test_value_in_the_currencies_of_the_shop_and_the_company(self):
        self._currency("USD", rate=2.0)
        first, second, third = self._new_product_orders(3)
        events = self.poll(first, {**second, "currency": "USD"}, third)
        self.run_pending()
        issue = events.issue_id
        each = events[0].value
        self.assertAlmostEqual(issue.value_at_stake, 2 * each + each / 2, 1)
        self.assertEqual(issue.value_text, f"{2 * each:,.2f} EUR, {each:,.2f} USD")
        small = self.import_payload({**first, "id": 990004, "total": "x"}).issue_id
        ordered = self.env["channel.issue"].search(
            [("id", "in", (issue | small).ids)], order="value_at_stake desc"
        )
        self.assertEqual(ordered, issue | small)
        (total,) = self.env["channel.issue"]._read_group(
            [("id", "in", ordered.ids)], [], ["value_at_stake:sum"]
        )[0]
        self.assertAlmostEqual(total, issue.value_at_stake, 1)
        own = self.env["channel.issue"]._touch(self.backend, "unmapped", "own", title="Own")
        events[0].issue_ids = own
        self.assertEqual((own.value_text, own.value_at_stake), ("", each))

    def test_an_order_with_several_events_counts_once(self):
        (payload,) = self._new_product_orders()
        events = self.poll(payload, {**payload, "customer_note": "Hurry"})
        self.run_pending()
        self.assertEqual(events.issue_id.value_at_stake, events[0].value)
        held = self.env["channel.issue"]._value_held(self.backend)
        self.assertAlmostEqual(held[self.backend.id], events[0].value)

    # === MANY === #

    def _retry_cost(self, count):
        """Queries of retrying an issue with so many events, and the issue."""
        rows = [
            {
                "kind": "order",
                "external_id": str(800000 + count * 1000 + number),
                "source": "webhook",
                "dedup_key": f"many-{count}-{number}",
            }
            for number in range(count)
        ]
        events = self.env["channel.event"]._insert(self.backend, rows)
        issue = self.env["channel.issue"]._touch(
            self.backend, "unmapped", f"many-{count}", title="Many"
        )
        events._settle("blocked", "Many", None, issue)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        issue.action_retry()
        self.env.flush_all()
        self.assertEqual(set(events.mapped("state")), {"pending"})
        return self.env.cr.sql_log_count - before, events

    def test_retrying_hundreds_costs_a_few_queries_a_chunk(self):
        few, _events = self._retry_cost(CHUNK)
        many, events = self._retry_cost(MANY)
        chunks = MANY // CHUNK
        self.assertLess(many, few + 6 * chunks, (few, many))
        jobs = self.env["queue.job"].search([("method_name", "=", "_job_process_chunk")])
        self.assertEqual(len(jobs), 1 + chunks)
        self.assertFalse(self.env["queue.job"].search([("method_name", "=", "_job_process")]))
        covered = [event_id for job in jobs for event_id in job.records.ids]
        self.assertTrue(set(events.ids) <= set(covered))

    def test_a_chunk_reads_its_orders_at_once(self):
        thing = self.store.add_product(sku="NEW", name="New thing", regular_price="7")
        events = self.held(5, [("NEW", 1)])
        issue = self.issue_of("unknown_product")
        self._make_product("NEW")
        issue.action_retry()
        asked = len(self.store.requests)
        self.assertIsNone(self.run_chunk(events))
        self.assertEqual(len(self.store.requests) - asked, 1)
        self.assertSolved(issue, events)
        self.assertTrue(thing)

    def test_what_a_chunk_can_not_read_goes_on_alone(self):
        self.store.add_product(sku="NEW", name="New thing", regular_price="7")
        events = self.held(3, [("NEW", 1)])
        self._make_product("NEW")
        self.store.delete_order(int(events[1].external_id))
        self.issue_of("unknown_product").action_retry()
        self.assertIsNone(self.run_chunk(events))
        self.assertEqual(events.mapped("state"), ["done", "pending", "done"])
        self.run_pending()
        self.assertEqual(events[1].state, "ignored")

    def test_equal_events_are_tried_once(self):
        (payload,) = self._new_product_orders()
        first = self.import_payload(payload)
        second = self.import_payload(payload)
        self.assertEqual(first.dedup_key, second.dedup_key)
        first.issue_id.action_retry()
        self.assertEqual(sorted((first | second).mapped("state")), ["blocked", "pending"])

    # === DEAD LETTERS === #

    def _letters(self, *domain):
        self.env.flush_all()
        return self.env["channel.dead.letter"].search(
            [("backend_id", "=", self.backend.id), *domain]
        )

    def test_dead_letters_with_and_without_issue(self):
        (payload,) = self._new_product_orders()
        event = self.import_payload(payload)
        self.assertEqual(self._letters().source_id, event.id)
        self.assertTrue(self._letters().has_open_issue)
        event.issue_id._close("resolved")
        self.assertEqual(self._letters(("has_open_issue", "=", False)).source_id, event.id)
        self.assertEqual(self._letters().action_view_source()["res_id"], event.id)
        self._letters().action_retry()
        self.assertEqual(event.state, "pending")
        self.assertFalse(self._letters())

    def test_a_failed_poll_is_a_dead_letter(self):
        flow = self.backend.flow_ids.filtered(lambda flow: flow.kind == "order")
        flow._enqueue_poll()
        job = self.env["queue.job"].search([("identity_key", "=", f"channel-poll-{flow.id}")])
        job.write({"state": "failed", "exc_name": "ValueError"})
        letter = self._letters()
        self.assertEqual((letter.source, letter.source_id), ("queue.job", job.id))
        self.assertEqual(letter.reason, "ValueError")
        letter.action_retry()
        self.assertEqual(job.state, "pending")

    def test_the_vacuum_keeps_them(self):
        (payload,) = self._new_product_orders()
        event = self.import_payload(payload)
        issue = event.issue_id
        old = fields.Datetime.now() - timedelta(days=4000)
        event.write({"done_at": old, "received_at": old})
        self.env["channel.event"]._gc_events()
        self.assertTrue(event.exists() and issue.exists())
        self.assertEqual(issue.first_seen, old)

    def test_nothing_postpones_a_run_without_a_cause(self):
        """A run that only has to wait is no issue."""
        with self.assertRaises(RetryableJobError):
            self.run_named("poll order", errors.Unreachable("read_timeout"))
        self.assertFalse(self.backend.issue_ids.filtered(lambda one: one.state == "open"))
