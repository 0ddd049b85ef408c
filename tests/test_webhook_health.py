"""Each way a shop's webhooks can be broken is found and repaired; deliveries over real HTTP."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..dev.woostore.webhooks import Webhooks
from ..services import webhook_health
from .story_case import StoryCase


class HealthCase(StoryCase):
    def setUp(self):
        super().setUp()
        self.store.orders.clear()
        # what the set-up of a story has made, an hour ago
        self.backend.webhook_ids.made_at = fields.Datetime.now() - timedelta(hours=1)

    def hook(self, topic="order.updated"):
        return next(hook for hook in self.store.webhooks if hook["topic"] == topic)

    def row(self, topic="order.updated"):
        return self.backend.webhook_ids.filtered(lambda hook: hook.topic == topic)

    def check(self):
        """The job, as the scheduler runs it.

        In a test nothing is answered while a job has its cursor, not even the shop's pings.
        """
        with patch.object(Webhooks, "ping", return_value=200):
            self.assertIsNone(self._run(self.backend, "_job_check_hooks"))

    def later(self, **time):
        """So much time has gone by since everything that has happened so far."""
        gone = timedelta(**time)
        events = self.env["channel.event"].search([("backend_id", "=", self.backend.id)])
        for event in events:
            event.received_at -= gone
            event.occurred_at = event.occurred_at and event.occurred_at - gone
        for hook in self.backend.webhook_ids:
            for name in ("made_at", "renewed_at", "checked_at"):
                hook[name] = hook[name] and hook[name] - gone
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE channel_issue SET create_date = create_date - %s WHERE backend_id = %s",
            [gone, self.backend.id],
        )
        self.env.invalidate_all()

    def poll(self):
        flow = self.backend.flow_ids.filtered(lambda flow: flow.kind == "order")
        self.assertIsNone(self._run(flow, "_job_poll"))

    def polls_waiting(self):
        jobs = self.env["queue.job"].search([("state", "=", "pending")])
        return sorted(jobs.filtered(lambda job: job.method_name == "_job_poll").mapped("name"))

    def assertHealthy(self, state="ok"):
        self.assertEqual(self.backend.webhook_state, state)
        self.assertEqual(set(self.backend.webhook_ids.mapped("state")), {"working"})
        topics = [hook["topic"] for hook in self.store.webhooks]
        self.assertEqual(len(topics), 11)
        self.assertEqual(len(set(topics)), 11)
        self.assertEqual({hook["status"] for hook in self.store.webhooks}, {"active"})
        self.assertEqual(
            {hook["delivery_url"] for hook in self.store.webhooks}, {self.backend.webhook_url}
        )

    def assertHears(self):
        """What happens in the shop now arrives by its webhooks."""
        order = self.place(("MUG", 1))
        self._deliver()
        self.env.invalidate_all()
        event = self.env["channel.event"].search(
            [("kind", "=", "order"), ("external_id", "=", str(order["id"]))], limit=1
        )
        self.assertEqual(event.source, "webhook")

    def assertRepaired(self, *words):
        """It was told in the chatter and among the events, and what was missed is asked for."""
        log = self.env["channel.event"].search([("topic", "=", "webhooks")], limit=1)
        self.assertEqual(log.state, "done")
        for word in words:
            self.assertIn(word, self.backend.message_ids[0].body)
            self.assertIn(word, log.reason)
        self.assertIn("poll order", self.polls_waiting())


@tagged("post_install", "-at_install")
class TestSeenInTheShop(HealthCase):
    def test_nothing_is_wrong(self):
        messages = len(self.backend.message_ids)
        before = len(self.store.requests)
        self.check()
        self.assertHealthy()
        self.assertEqual(len(self.store.requests) - before, 1, "one request a check")
        self.assertEqual(len(self.backend.message_ids), messages)
        self.assertFalse(self.polls_waiting())

    def test_switched_off_by_seven_failures(self):
        """Real refusals: the token was changed and changed back."""
        token = self.backend.webhook_token
        self.backend.webhook_token = "another"
        for _number in range(7):
            self.place(("MUG", 1))
            with self._odoo_listens():
                self.store.deliver()
        self.backend.webhook_token = token
        off = self.hook()
        self.assertEqual((off["status"], off["failure_count"]), ("disabled", 6))
        self.check()
        self.assertHealthy()
        self.assertEqual(self.hook()["failure_count"], 0)
        self.assertNotEqual(self.hook()["id"], off["id"])
        self.assertRepaired("order.updated", "Switched off")
        self.assertHears()

    def test_paused_by_a_person(self):
        self.hook()["status"] = "paused"
        self.check()
        self.assertHealthy()

    def test_deleted(self):
        del self.store.webhooks.records[self.hook()["id"]]
        self.check()
        self.assertHealthy()
        self.assertRepaired("order.updated", "Deleted")
        self.assertHears()

    def test_all_deleted(self):
        self.store.webhooks.records.clear()
        self.check()
        self.assertHealthy()
        self.assertHears()

    def test_another_address(self):
        wrong = self.hook()
        wrong["delivery_url"] = "https://elsewhere.example/hook"
        self.check()
        self.assertHealthy()
        self.assertNotIn(wrong["id"], self.store.webhooks.records)
        self.assertRepaired("order.updated", "Wrong address")
        self.assertHears()

    def test_this_odoo_has_moved(self):
        get_param = self.env["ir.config_parameter"].sudo()
        for hook in self.store.webhooks:
            hook["delivery_url"] = hook["delivery_url"].replace(
                get_param.get_param("web.base.url"), "https://old.example"
            )
        self.backend.webhook_ids.unlink()
        self.check()
        self.assertHealthy()

    def test_doubled(self):
        twin = {**self.hook(), "id": 999}
        self.store.webhooks.records[999] = twin
        self.check()
        self.assertHealthy()
        self.assertRepaired("order.updated", "Doubled")

    def test_hooks_of_others_stay(self):
        other = {
            **self.hook(),
            "id": 998,
            "name": "Newsletter",
            "delivery_url": "https://x.example",
        }
        self.store.webhooks.records[998] = other
        self.hook()["status"] = "disabled"
        self.check()
        self.assertIn(998, self.store.webhooks.records)

    def test_the_shop_was_set_up_anew(self):
        """Its hooks are gone and their ids belong to others now."""
        (row, *_rest) = self.backend.webhook_ids
        self.store.webhooks.records.clear()
        number = int(row.external_id)
        foreign = {**self.store.webhooks.create({"topic": "order.created", "delivery_url": "x:"})}
        self.store.webhooks.records.clear()
        self.store.webhooks.records[number] = {
            **foreign,
            "id": number,
            "name": "Newsletter",
            "delivery_url": "https://x.example",
        }
        self.check()
        self.assertEqual(self.backend.webhook_state, "ok")
        self.assertEqual(self.store.webhooks[number]["name"], "Newsletter")


@tagged("post_install", "-at_install")
class TestUnseen(HealthCase):
    def test_wrong_secret(self):
        """No shop shows a secret: the refused deliveries tell."""
        self.hook()["secret"] = "changed by somebody"
        order = self.place(("MUG", 1))
        with self._odoo_listens():
            sent = self.store.deliver()
        self.assertIn((401, "order.updated", order["id"]), sent)
        self.env.invalidate_all()
        self.assertIssue("rejected_deliveries")
        before = {hook["id"] for hook in self.store.webhooks}
        self.check()
        self.assertHealthy()
        self.assertFalse(before & {hook["id"] for hook in self.store.webhooks}, "all made anew")
        self.assertFalse(self.issues())
        self.assertRepaired("wrong signature")
        self.assertHears()

    def test_a_stranger_makes_no_storm(self):
        """Somebody who knows the address: the hooks are made anew once a day at most."""
        for hours in (0, 2, 2):
            self.later(hours=hours)
            self.backend._open_issue("rejected_deliveries")
            self.env.flush_all()
            self.check()
        made = [
            message for message in self.backend.message_ids if "Webhooks repaired" in message.body
        ]
        self.assertEqual(len(made), 1)
        self.assertIssue("rejected_deliveries")
        self.later(hours=24)
        self.check()
        self.assertFalse(self.issues())

    def test_the_owner_lost_the_right_to_read(self):
        self.store.webhooks.owner_lost_rights = True
        self.addCleanup(setattr, self.store.webhooks, "owner_lost_rights", False)
        order = self.place(("MUG", 1))
        self._deliver()
        self.assertFalse(self.env["channel.event"].search([("external_id", "=", str(order["id"]))]))
        self.check()
        self.assertRepaired("may not read")
        self.assertHealthy()
        self.poll()
        self.time_goes_by()
        self.order = order
        self.assertEqual(self._sale().state, "sale", "the poll has brought what was not told")

    def test_an_order_that_was_deleted_before_its_delivery_is_no_ailment(self):
        order = self.place(("MUG", 1))
        self.store.delete_order(order["id"])
        self._deliver()
        self.check()
        self.assertHealthy()
        self.assertFalse(
            [row for row in self.backend.message_ids if "Webhooks repaired" in row.body]
        )


@tagged("post_install", "-at_install")
class TestSilence(HealthCase):
    def shop_says_nothing(self):
        """WP-Cron sleeps: nothing is sent, and the hooks look fine."""
        self.store.webhooks.pending.clear()

    def missed(self, count=webhook_health.MISSED):
        """Orders that only the poll brings, some time ago."""
        for _number in range(count):
            self.place(("MUG", 1))
            self.shop_says_nothing()
        self.poll()
        self.later(minutes=20)

    def test_what_the_poll_finds_first_tells(self):
        self.later(minutes=1)
        self.missed()
        self.check()
        self.assertHealthy("silent")
        issue = self.assertIssue("webhooks_silent")
        self.assertIn("Order", issue.title)
        self.assertRepaired("by the schedule only")
        return issue

    def test_it_ends_by_itself_with_the_next_delivery(self):
        issue = self.test_what_the_poll_finds_first_tells()
        self.later(minutes=20)
        self.check()
        self.assertHealthy("silent")
        self.assertEqual(issue.state, "open", "made anew is not heard yet")
        self.assertHears()
        self.check()
        self.assertHealthy("ok")
        self.assertEqual(issue.state, "resolved")

    def test_one_repair_a_day(self):
        self.test_what_the_poll_finds_first_tells()
        made = {hook["id"] for hook in self.store.webhooks}
        self.later(hours=2)
        self.missed()
        self.check()
        self.assertEqual({hook["id"] for hook in self.store.webhooks}, made)
        self.later(hours=22)
        self.check()
        self.assertFalse(made & {hook["id"] for hook in self.store.webhooks})
        self.assertHealthy("silent")

    def test_one_lost_delivery_is_no_silence(self):
        self.missed(webhook_health.MISSED - 1)
        self.check()
        self.assertHealthy("ok")

    def test_a_poll_that_was_quicker_is_no_silence(self):
        for _number in range(webhook_health.MISSED):
            self.place(("MUG", 1))
        self.poll()
        self._deliver()
        self.later(minutes=20)
        self.check()
        self.assertHealthy("ok")

    def test_what_may_still_come_is_no_silence(self):
        for _number in range(webhook_health.MISSED):
            self.place(("MUG", 1))
        self.shop_says_nothing()
        self.poll()
        self.check()
        self.assertHealthy("ok")

    def test_what_was_before_the_webhooks_is_no_silence(self):
        """A first import reads years of orders that no webhook ever told."""
        self.missed(5)
        self.backend.webhook_ids.made_at = fields.Datetime.now()
        self.check()
        self.assertHealthy("ok")

    def test_what_was_lost_while_one_was_off_is_no_silence_after_its_repair(self):
        self.later(minutes=1)
        self.missed()
        self.hook("order.created")["status"] = "disabled"
        self.hook("order.updated")["status"] = "disabled"
        with patch.object(webhook_health, "MISSED", 99):
            self.check()
        self.later(minutes=20)
        self.check()
        self.assertHealthy("ok")


@tagged("post_install", "-at_install")
class TestAround(HealthCase):
    def test_a_key_that_may_not_manage_webhooks_stops_nothing_else(self):
        self.hook()["status"] = "disabled"
        key, secret = self.store.add_key("read")
        self.backend.write({"api_key": key, "api_secret": secret})
        self.check()
        self.assertEqual((self.backend.state, self.backend.webhook_state), ("connected", "broken"))
        self.assertIssue("webhooks_broken")
        self.backend.write({"api_key": self.store.key, "api_secret": self.store.secret})
        self.check()
        self.assertHealthy()
        self.assertFalse(self.issues())

    def test_nobody_installed_them_nobody_looks(self):
        self.backend.action_remove_webhooks()
        self.assertEqual((self.backend.webhook_state, len(self.store.webhooks)), ("none", 0))
        self.backend._remember_identity()
        self.backend._tick()
        self.assertFalse(self._check_jobs())
        self.check()
        self.assertFalse(len(self.store.webhooks))

    def test_hooks_of_an_earlier_version_are_found(self):
        self.backend.webhook_ids.unlink()
        self.backend.webhook_state = "none"
        self.assertIsNone(self._run(self.backend, "_job_read_store"))
        self.assertHealthy()
        self.backend.action_remove_webhooks()
        self.assertIsNone(self._run(self.backend, "_job_read_store"))
        self.assertEqual(self.backend.webhook_state, "none")

    def test_every_quarter_of_an_hour(self):
        self.backend._remember_identity()
        self.backend._tick()
        self.assertFalse(self._check_jobs(), "they were just installed")
        self.later(minutes=16)
        self.backend._tick()
        self.backend._tick()
        self.assertEqual(len(self._check_jobs()), 1)
        self.check()
        self._check_jobs().unlink()
        self.backend._tick()
        self.assertFalse(self._check_jobs())

    def test_a_check_writes_the_backend_only_when_its_state_changes(self):
        """Each write empties the caches of all workers."""
        self.check()
        with patch.object(type(self.backend), "write", side_effect=AssertionError("written")):
            self.check()

    def test_a_second_check_beside_it_waits(self):
        self.hook()["status"] = "disabled"
        self.check()
        count = len(self.store.requests)
        self.check()
        self.assertEqual(len(self.store.requests) - count, 1)

    def test_the_button(self):
        del self.store.webhooks.records[self.hook()["id"]]
        with self._odoo_listens():
            notice = self.backend.action_check_webhooks()
        self.assertIn("Deleted", notice["params"]["message"])
        self.assertHealthy()
        with self._odoo_listens():
            notice = self.backend.action_check_webhooks()
        self.assertIn("Working", notice["params"]["message"])

    def test_last_delivery_of_each(self):
        self.assertHears()
        self.assertTrue(self.row("order.created").last_delivery_at)
        self.assertFalse(self.row("customer.updated").last_delivery_at)

    def _check_jobs(self):
        return self.env["queue.job"].search(
            [("method_name", "=", "_job_check_hooks"), ("state", "=", "pending")]
        )
