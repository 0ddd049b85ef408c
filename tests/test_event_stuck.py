"""Events that a person was told of, and what later ones of the same record mean to them."""

from datetime import datetime, timedelta, timezone

from odoo.tests import tagged

from .demand_case import DemandCase


@tagged("post_install", "-at_install")
class TestStuckEvents(DemandCase):
    """What stopped an order is over as soon as the order, as it is now, needs nobody."""

    def setUp(self):
        super().setUp()
        self.sku = f"NEW-{self.id()}"
        self.store.add_product(sku=self.sku, name="Unknown", regular_price="5")
        self.order = self.place(("MUG", 3), (self.sku, 1))
        self.stuck = self.stop()
        self.assertEqual(self.demand_for(), (3, 0))

    def stop(self):
        """Another event of the order that is blocked."""
        event = self.import_payload(self.payload(self.order))
        self.assertEqual(event.state, "blocked")
        self.issue = event.issue_id
        return event

    def poll_again(self, chunk=False, **options):
        later = self.poll(self.payload(self.order), **options)
        (self.run_chunk if chunk else self.run_job)(later)
        return later

    def test_cancelled_in_the_shop(self):
        self.store.update_order(self.order["id"], status="cancelled")
        later = self.poll_again()
        self.assertEqual((later.state, self.stuck.state), ("ignored", "ignored"))
        self.assertEqual((self.issue.state, self.demand_for()), ("resolved", (0, 0)))
        self.assertIn("shop", self.noted())

    def test_cancelled_in_the_shop_in_a_chunk(self):
        self.store.update_order(self.order["id"], status="cancelled")
        later = self.poll_again(chunk=True)
        self.assertEqual((later.state, self.stuck.state), ("ignored", "ignored"))
        self.assertEqual((self.issue.state, self.demand_for()), ("resolved", (0, 0)))

    def test_deleted_in_the_shop(self):
        self.store.delete_order(self.order["id"])
        later = self.note(self.order["id"])
        self.run_job(later)
        self.assertEqual((later.state, self.stuck.state), ("ignored", "ignored"))
        self.assertEqual((self.issue.state, self.demand_for()), ("resolved", (0, 0)))

    def test_imported_after_all(self):
        self._make_product(self.sku)
        later = self.poll_again()
        self.assertEqual((later.state, self.stuck.state), ("done", "ignored"))
        self.assertEqual(self.issue.state, "resolved")

    def test_still_the_same(self):
        later = self.poll_again()
        self.assertEqual((later.state, self.stuck.state), ("blocked", "blocked"))
        self.assertEqual((self.issue.state, self.demand_for()), ("open", (3, 0)))

    def test_a_page_that_was_read_before(self):
        """What was read before the order was stopped says nothing of why it was."""
        self._make_product(self.sku)
        long_ago = datetime.now(timezone.utc) - timedelta(minutes=1)
        later = self.poll_again(fetched_at=long_ago)
        self.assertEqual((later.state, self.stuck.state), ("done", "blocked"))
        self.assertEqual(self.issue.state, "open")

    def test_an_edit_that_is_taken_back(self):
        """Of an order that is known: the edit that could not be read never was, in the end."""
        self._make_product(self.sku)
        self.stuck.action_retry()
        self.run_pending()
        self.assertEqual(self.stuck.state, "done")
        good = self.payload(self.order)
        self.store.clock.advance(5)
        edited = {**self.payload(self.order), "total": "nonsense"}
        event = self.import_payload(edited)
        self.assertEqual(event.state, "blocked")
        again = self.import_payload(good)
        self.assertEqual((again.state, event.state), ("ignored", "ignored"), again.reason)
        self.assertEqual(event.issue_id.state, "resolved")

    def test_of_other_records(self):
        """Neither another order nor another kind of record is ended with it."""
        first, issue = self.stuck, self.issue
        self.order = self.place(("MUG", 1))
        self.assertEqual(self.poll_again().state, "done")
        self.assertEqual((first.state, issue.state), ("blocked", "open"))
