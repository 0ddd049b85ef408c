"""What is kept how long: payloads go before their events, open things never."""

from datetime import datetime, timedelta

from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..models import channel_retention
from .test_access import make_backend


@tagged("post_install", "-at_install")
class TestRetention(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = make_backend(cls.env, payload_days=10, event_days=60, log_days=20)
        cls.other = make_backend(cls.env, payload_days=50, event_days=60, log_days=100)

    def _event(self, state, days, backend=None, **values):
        """An event that was settled that many days ago."""
        backend = backend or self.backend
        moment = datetime.now() - timedelta(days=days)
        row = {
            "kind": "order",
            "external_id": "7",
            "source": "poll",
            "dedup_key": f"{state}-{days}-{backend.id}",
            "payload": {"billing": {"email": "jane@example.com"}},
            "fetched_at": moment,
        }
        event = self.env["channel.event"]._insert(backend, [row])
        event.write({"state": state, "done_at": state != "pending" and moment, **values})
        return event

    def _clean(self, name):
        """Call one step of the nightly clean-up as it is called: again while there is more."""
        more, rounds = True, 0
        while more:
            _done, more = name()
            rounds += 1
        self.env.invalidate_all()
        return rounds

    def test_payloads_go_before_their_events(self):
        old, young = self._event("done", 11), self._event("done", 9)
        ignored = self._event("ignored", 11)
        theirs = self._event("done", 11, self.other)
        self._clean(self.env["channel.event"]._gc_payloads)
        self._clean(self.env["channel.event"]._gc_events)
        self.assertEqual((old.payload, ignored.payload), (False, False))
        self.assertTrue(young.payload)
        self.assertTrue(theirs.payload, "their shop keeps them longer")
        self.assertEqual((old.state, old.external_id), ("done", "7"))

    def test_filled_events_are_found_without_reading_those_that_are_empty(self):
        """Months of emptied events lie before the few that are to be emptied tonight."""
        events = self.env["channel.event"]
        filled = Domain("backend_id", "=", self.backend.id) & events._filled_domain()
        filled &= Domain("done_at", "<", datetime.now())
        query = events._search(filled, order="done_at, id", limit=10)
        self.env.cr.execute("SET LOCAL enable_seqscan = off")  # a few rows are read faster so
        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        self.assertIn("channel_event_filled_idx", str(plan))

    def test_what_is_open_keeps_what_it_came_with(self):
        events = [self._event(state, 400) for state in ("pending", "blocked", "failed")]
        self._clean(self.env["channel.event"]._gc_payloads)
        self._clean(self.env["channel.event"]._gc_events)
        for event in events:
            self.assertTrue(event.payload, event.state)

    def test_nothing_at_all_may_be_kept(self):
        self.backend.payload_days = 0
        event = self._event("done", 0.01)
        self._clean(self.env["channel.event"]._gc_payloads)
        self.assertFalse(event.payload)

    def test_events_and_log_go_after_their_days(self):
        old, young = self._event("done", 61), self._event("done", 59)
        lines = self.env["channel.log"].create(
            [
                {"backend_id": self.backend.id, "logged_at": datetime.now() - timedelta(days=days)}
                for days in (21, 19)
            ]
        )
        self._clean(self.env["channel.event"]._gc_events)
        self._clean(self.env["channel.log"]._gc_logs)
        self.assertEqual((old | young).exists(), young)
        self.assertEqual(lines.exists(), lines[1])

    def test_archived_shops_are_cleaned_too(self):
        event = self._event("done", 61)
        self.backend.active = False
        self._clean(self.env["channel.event"]._gc_events)
        self.assertFalse(event.exists())

    def test_a_flood_is_worked_off_in_batches(self):
        self.patch(channel_retention, "BATCH", 2)
        events = [self._event("done", 61 + number) for number in range(5)]
        self.assertEqual(self._clean(self.env["channel.event"]._gc_payloads), 3)
        self.assertEqual(self._clean(self.env["channel.event"]._gc_events), 3)
        self.assertFalse(self.env["channel.event"].browse([e.id for e in events]).exists())

    def test_closed_issues_lose_the_shop_s_order_and_stay(self):
        values = {"comparison": "<p>Jane Doe</p>", "title": "Changed"}
        issues = [
            self.env["channel.issue"]._touch(self.backend, "x", f"cause-{number}", **values)
            for number in range(3)
        ]
        moment = datetime.now() - timedelta(days=11)
        issues[0].write({"state": "resolved", "closed_at": moment})
        issues[1].write({"state": "ignored", "closed_at": datetime.now()})
        self._clean(self.env["channel.issue"]._gc_comparisons)
        self.assertFalse(issues[0].comparison)
        self.assertTrue(issues[1].comparison)
        self.assertTrue(issues[2].comparison)

    def test_demand_of_a_shop_that_is_told_no_stock(self):
        product = self.env["product.product"].create({"name": "Chair"})
        rows = self.env["channel.demand"].create(
            [
                {
                    "backend_id": backend.id,
                    "company_id": backend.company_id.id,
                    "order_external_id": "7",
                    "product_id": product.id,
                }
                for backend in (self.backend, self.other)
            ]
        )
        flow = self.other.flow_ids.filtered(lambda flow: flow._key() == ("stock", "out"))
        flow.active = True
        self._clean(self.env["channel.demand"]._gc_demand)
        self.assertEqual(rows.exists(), rows[1])
