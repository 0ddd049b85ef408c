"""The nightly walk through all accounts of a shop, for changes that no webhook told."""

from unittest.mock import patch

from odoo.tests import tagged

from ..models import channel_flow
from .common import JANE
from .line_case import LineCase


@tagged("post_install", "-at_install")
class TestCustomerWalk(LineCase):
    def setUp(self):
        super().setUp()
        self.store.customers.clear()
        self.flow = self.backend.flow_ids.filtered(lambda flow: flow.kind == "customer")

    def customer(self, name):
        """An account with an order that is imported; (account, contact)."""
        email = f"{name}@example.com"
        billing = {**JANE, "first_name": name, "email": email}
        account = self.store.add_customer(
            email, first_name=name, last_name="Doe", billing=billing, role="subscriber"
        )
        sale = self.buy(("MUG", 1), billing=billing, customer_id=account["id"])
        return account, sale.partner_id

    def walk(self):
        """Run the flow's poll; returns the events of accounts that it made."""
        before = self.env["channel.event"].search([("kind", "=", "customer")])
        error = self._run(self.flow, "_job_poll")
        while error:
            self.assertTrue(error.ignore_retry, "going on costs no try")
            error = self._run(self.flow, "_job_poll")
        events = self.env["channel.event"].search([("kind", "=", "customer")]) - before
        self.run_pending()
        return events

    def test_what_no_webhook_told_is_found(self):
        (account, partner), _other = self.customer("Jane"), self.customer("Joan")
        self.assertFalse(self.walk(), "contacts that show what the accounts show are no news")
        account.update(first_name="Jo", email="jo@example.com")
        event = self.walk()
        self.assertEqual(
            (event.state, event.source, event.external_id), ("done", "poll", str(account["id"]))
        )
        self.assertEqual((partner.name, partner.email), ("Jo Doe", "jo@example.com"))
        self.assertFalse(self.walk())

    def test_accounts_without_orders_make_no_events(self):
        for number in range(5):
            self.store.add_customer(f"visitor{number}@example.com")
        self.assertFalse(self.walk())
        self.assertTrue(self.flow.last_poll_at)

    def test_what_does_not_follow_is_told_once(self):
        account, partner = self.customer("Jane")
        partner.phone = "+32 2 555 00 00"
        event = self.walk()
        self.assertEqual(event.state, "ignored")
        self.assertIn("changed in Odoo", event.reason)
        self.assertFalse(self.walk(), "the same account is no news the next night")
        account["first_name"] = "Jo"
        self.assertEqual(self.walk().state, "ignored")
        self.assertEqual(partner.name, "Jane Doe")

    def test_after_a_webhook_there_is_nothing_left(self):
        account, _partner = self.customer("Jane")
        account["first_name"] = "Jo"
        self.assertEqual(self.receive(account["id"], kind="customer").state, "done")
        self.assertFalse(self.walk())

    def test_a_login_is_no_change(self):
        account, _partner = self.customer("Jane")
        self.receive(account["id"], kind="customer")
        self.store.clock.advance(60)
        account["date_modified_gmt"] = self.store.clock.stamp()
        self.assertFalse(self.walk())

    def test_an_account_that_is_deleted_leaves_the_contact(self):
        account, partner = self.customer("Jane")
        del self.store.customers[account["id"]]
        self.assertFalse(self.walk())
        binding = self.env["channel.binding.partner"]._find(self.backend, account["id"])
        self.assertEqual(binding.odoo_id, partner)

    def test_a_long_walk_gives_its_place_back_and_goes_on(self):
        found = [self.customer(name) for name in ("Jane", "Joan", "June", "Jean", "Jess")]
        for account, _partner in found:
            account["last_name"] = "Roe"
        self.flow.batch_size = 2
        with patch.object(channel_flow, "PAGES_PER_JOB", 1):
            first = self._run(self.flow, "_job_poll")
            self.assertTrue(first.ignore_retry)
            self.assertTrue(self.flow.cursor_id.value)
            self.walk()
        self.assertEqual({partner.name.split()[-1] for _a, partner in found}, {"Roe"})
        self.assertFalse(self.flow.cursor_id.value)

    def test_calls_and_queries_do_not_grow_with_the_accounts_of_a_page(self):
        costs = []
        for count in (2, 6):
            for number in range(count):
                self.customer(f"N{count}x{number}")
            self.walk()
            calls = len(self.store.requests)
            self.env.flush_all()
            with self.registry.cursor() as cr:
                flow = self.flow.with_env(self.flow.env(cr=cr))
                before = cr.sql_log_count
                flow._job_poll()
                costs.append((len(self.store.requests) - calls, cr.sql_log_count - before))
            self.env.invalidate_all()
        self.assertEqual(costs[0], costs[1])
        self.assertEqual(costs[0][0], 1)

    def test_once_a_night_behind_everything_else(self):
        self.assertEqual(self.flow.interval, 1440)
        self.flow._enqueue_poll(priority=5)
        job = self.env["queue.job"].search([("name", "=", "poll customer")])
        self.assertEqual((job.priority, job.channel), (50, "root.channel.catalog"))
