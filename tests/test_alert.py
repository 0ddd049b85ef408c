"""Alerts: when they come, when they go, and that they don't flap."""

from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, new_test_user, tagged

from .test_access import make_backend


@tagged("post_install", "-at_install")
class TestAlerts(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = new_test_user(cls.env, "channel_user", "channel_connector.group_manager")
        cls.backend = make_backend(
            cls.env, state="connected", responsible_id=cls.person.id, alert_silence_hours=0
        )
        cls.backend._remember_identity()
        cls.flow = cls.env["channel.flow"]._of(cls.backend, "order", "in")
        cls.flow.latency_target = 60

    def _event(self, number, seconds, state="pending", **values):
        row = {
            "backend_id": self.backend.id,
            "company_id": self.backend.company_id.id,
            "kind": "order",
            "external_id": str(number),
            "source": "webhook",
            "dedup_key": str(number),
            "received_at": fields.Datetime.now() - timedelta(seconds=seconds),
            "state": state,
            **values,
        }
        return self.env["channel.event"].create(row)

    def _check(self):
        """One minute's look; returns the codes of the alerts that are open then."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.backend._env()._check_alerts()
        return self._alerts().mapped("code")

    def _alerts(self, state="open"):
        return self.env["channel.issue"].search(
            [("backend_id", "=", self.backend.id), ("state", "=", state)]
        )

    def test_all_is_fine(self):
        self._event(1, 30)
        self.assertEqual(self._check(), [])

    def test_late_is_told_once_and_ends_by_itself(self):
        event = self._event(1, 60 + 110)
        self.assertEqual(self._check(), [], "late, but not for long")
        event.received_at -= timedelta(seconds=20)
        self.assertEqual(self._check(), ["lag_too_long"])
        issue = self._alerts()
        self.assertIn("Orders", issue.title)
        self.assertTrue(issue.suggestion)
        self.assertEqual(issue.activity_ids.user_id, self.person)
        self.assertEqual(self._check(), ["lag_too_long"])
        self.assertEqual(self._alerts(), issue, "one issue, however often it is looked at")
        event._settle("done", "Created")
        self.assertEqual(self._check(), ["lag_too_long"], "it has only just arrived, and late")
        event.done_at -= timedelta(minutes=16)
        self.assertEqual(self._check(), [])
        self.assertEqual(issue.state, "resolved")
        self.assertFalse(issue.activity_ids)

    def test_a_lag_around_its_limit_does_not_flap(self):
        """An order each minute that takes a little longer than it may: one alert, not sixty."""
        self._event(0, 200)
        self._check()
        for number in range(1, 10):
            waiting = self._event(number, 200 if number % 2 else 10)
            self.assertEqual(self._check(), ["lag_too_long"])
            waiting._settle("done", "Created")
        self.assertEqual(len(self._alerts() | self._alerts("resolved")), 1)

    def test_each_flow_has_its_own_alert(self):
        stock = self.backend.flow_ids.filtered(lambda flow: flow._key() == ("stock", "out"))
        stock.write({"active": True, "latency_target": 60})
        self._event(1, 500)
        self.env["channel.outbox"].create(
            {
                "backend_id": self.backend.id,
                "company_id": self.backend.company_id.id,
                "kind": "stock",
                "res_model": "product.product",
                "res_id": 1,
                "noted_at": fields.Datetime.now() - timedelta(seconds=500),
            }
        )
        self.assertEqual(self._check(), ["lag_too_long"] * 2)
        self.flow.action_pause()
        self.assertEqual(self._check(), ["lag_too_long"], "who pauses a flow knows that it waits")
        stock.active = False
        self.assertEqual(self._check(), [])

    def test_the_first_import_takes_its_time(self):
        self._event(1, 500)
        self.backend.write({"first_import_at": fields.Datetime.now()})
        self.assertTrue(self.backend.first_import_open)
        self.assertEqual(self._check(), [])
        self.backend.first_import_at -= timedelta(days=365)
        self.assertEqual(self._check(), ["lag_too_long"])

    def test_switched_off(self):
        self._event(1, 500)
        self.assertEqual(self._check(), ["lag_too_long"])
        self.backend.alert_lag = False
        self.assertEqual(self._check(), [])

    def test_ignored_stays_quiet_for_a_day(self):
        self._event(1, 500)
        self._check()
        issue = self._alerts()
        issue.ignore_reason = "Moving the warehouse"
        issue.action_ignore()
        self.assertEqual(self._check(), [])
        issue.closed_at -= timedelta(days=1, minutes=1)
        self.assertEqual(self._check(), ["lag_too_long"])

    def test_silence(self):
        self.backend.alert_silence_hours = 6
        self.assertEqual(self._check(), [], "a new shop has never sent anything")
        self._event(1, 7 * 3600, "done")
        self.assertEqual(self._check(), ["silence"])
        self.assertIn("6 hours", self._alerts().title)
        self._event(2, 0, "ignored")
        self.assertEqual(self._check(), [])

    def test_longest_quiet_time_helps_to_choose(self):
        hour = 3600
        for number, hours in enumerate((1, 3, 4, 13, 15)):
            self._event(number, hours * hour, "done")
        self._event(9, 40 * 24 * hour, "done")
        self.env.flush_all()
        self.assertEqual(self.backend.longest_silence, 9)

    def test_value_held_up(self):
        self.backend.alert_issue_value = 1000
        cause = self.env["channel.issue"]._touch(self.backend, "unmapped", "cause", title="cause")
        event = self._event(1, 0, "blocked", issue_ids=cause.ids, value=1000)
        self.assertEqual(self._check(), ["unmapped"])
        event.value = 1001
        self.assertCountEqual(self._check(), ["unmapped", "value_too_high"])
        event.value = 900
        self.assertCountEqual(self._check(), ["unmapped", "value_too_high"], "not yet fine")
        event.value = 800
        self.assertEqual(self._check(), ["unmapped"])

    def test_the_schedule_looks(self):
        self._event(1, 500)
        self.env.flush_all()
        self.env.invalidate_all()
        self.backend._env()._tick()
        self.assertEqual(self._alerts().mapped("code"), ["lag_too_long"])

    def test_a_quiet_minute_is_cheap(self):
        self.backend.write({"alert_silence_hours": 6, "alert_issue_value": 1000})
        self._check()
        backend = self.backend._env()
        before = self.env.cr.sql_log_count
        backend._check_alerts()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 8)
