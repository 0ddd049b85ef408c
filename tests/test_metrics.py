"""The figures for a monitoring system: who gets them, and what they say."""

from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged

from ..models.channel_metrics_token import PARAMETER
from .test_access import make_backend

NASTY = 'Shop "A"\\B\nC'


@tagged("post_install", "-at_install")
class TestMetricsAddress(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = make_backend(cls.env, name=NASTY, state="connected")

    def _get(self, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.url_open("/channel/metrics", headers=headers)

    def _token(self):
        return self.env["channel.metrics.token"]._renew()

    def test_no_token_no_address(self):
        self.assertEqual(self._get().status_code, 404)
        self.assertEqual(self._get("x").status_code, 404)
        token = self._token()
        self.env["channel.metrics.token"]._switch_off()
        self.assertEqual(self._get(token).status_code, 404)

    def test_the_right_token_only(self):
        old, token = self._token(), self._token()
        for wrong in (None, "x", old, token[:-1]):
            answer = self._get(wrong)
            self.assertEqual(answer.status_code, 401)
            self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")
            self.assertNotIn("channel_", answer.text)
        answer = self._get(token)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        self.assertNotIn("Set-Cookie", answer.headers)
        basic = self.url_open("/channel/metrics", headers={"Authorization": f"Basic {token}"})
        self.assertEqual(basic.status_code, 401)
        self.assertNotIn(token, self.env["ir.config_parameter"].get_param(PARAMETER))

    def test_labels_survive_any_name(self):
        text = self._get(self._token()).text
        families = {each.name: each for each in text_string_to_metric_families(text)}
        states = families["channel_backend_state"].samples
        self.assertIn(NASTY, {sample.labels["backend"] for sample in states})


@tagged("post_install", "-at_install")
class TestMetrics(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = make_backend(cls.env, name="Shop A", state="connected")
        cls.other = make_backend(cls.env, name="Shop B")

    def _event(self, number, state, received, done=None, backend=None, **values):
        backend = backend or self.backend
        now = fields.Datetime.now()
        row = {
            "backend_id": backend.id,
            "company_id": backend.company_id.id,
            "kind": "order",
            "external_id": str(number),
            "source": "webhook",
            "dedup_key": str(number),
            "state": state,
            "received_at": now - timedelta(seconds=received),
            "done_at": done is not None and now - timedelta(seconds=done),
        }
        return self.env["channel.event"].create({**row, **values})

    def _samples(self):
        text = self.env["channel.metrics"]._text().decode()
        return {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def _figure(self, name, backend="Shop A", **labels):
        return self._samples().get((name, *sorted({"backend": backend, **labels}.items())))

    def test_queues_and_durations(self):
        flow = {"flow": "order", "direction": "in"}
        self._event(1, "pending", 120)
        self._event(2, "pending", 20)
        for number, seconds in enumerate((1, 2, 3), 10):
            self._event(number, "done", 600, 600 - seconds)
        self._event(20, "ignored", 600, 600)
        self._event(21, "blocked", 600)
        self._event(22, "blocked", 7200)
        self._event(23, "done", 7200, 7000)
        self.assertEqual(self._figure("channel_waiting", **flow), 2)
        self.assertAlmostEqual(self._figure("channel_lag_seconds", **flow), 120, delta=5)
        self.assertEqual(self._figure("channel_lag_target_seconds", **flow), 60)
        outcome = "channel_outcomes_last_hour"
        self.assertEqual(self._figure(outcome, **flow, state="done"), 3)
        self.assertEqual(self._figure(outcome, **flow, state="blocked"), 1)
        self.assertEqual(self._figure("channel_stopped", **flow, state="blocked"), 2)
        took = "channel_duration_seconds_last_hour"
        self.assertEqual(self._figure(took, **flow, quantile="0.5"), 2)
        self.assertAlmostEqual(self._figure(took, **flow, quantile="0.95"), 2.9)
        self.assertEqual(self._figure("channel_waiting", "Shop B", **flow), 0)

    def test_states(self):
        state = "channel_backend_state"
        self.assertEqual(self._figure(state, state="connected"), 1)
        self.assertEqual(self._figure(state, state="paused"), 0)
        self.assertEqual(self._figure(state, "Shop B", state="draft"), 1)
        gate = self.env["channel.gate"]._of(self.backend)
        self.assertEqual(self._figure("channel_breaker_open"), 0)
        gate.write({"open_until": fields.Datetime.now(), "failures": 3})
        self.assertEqual(self._figure("channel_breaker_open"), 1)
        self.assertEqual(self._figure("channel_breaker_failures"), 3)
        self.assertEqual(self._figure("channel_calls_stopped"), 0)
        gate.stopped = True
        self.assertEqual(self._figure("channel_calls_stopped"), 1)

    def test_calls(self):
        line = {"backend_id": self.backend.id, "direction": "out"}
        log = self.env["channel.log"]
        for ms in (100, 300, 500):
            log.create({**line, "status": 200, "duration": ms})
        log.create({**line, "status": 429, "error": "rate_limited", "duration": 100})
        log.create({**line, "status": 200, "logged_at": "2026-01-01 00:00:00"})
        calls = "channel_api_calls_last_hour"
        self.assertEqual(self._figure(calls, status="200", error=""), 3)
        self.assertEqual(self._figure(calls, status="429", error="rate_limited"), 1)
        took = "channel_api_duration_seconds_last_hour"
        self.assertEqual(self._figure(took, quantile="0.5"), 0.2)
        wait = {**line, "direction": "wait", "error": "budget", "duration": 4000}
        log.create([wait, wait])
        self.assertEqual(self._figure("channel_waits_last_hour", reason="budget"), 2)
        self.assertEqual(self._figure("channel_wait_seconds_last_hour", reason="budget"), 8)
        self.assertEqual(self._figure(calls, status="0", error="budget"), None)
        self.assertEqual(self._figure(took, quantile="0.5"), 0.2)

    def test_issues(self):
        issue = self.env["channel.issue"]._touch(self.backend, "unmapped", "x", title="x")
        self._event(1, "blocked", 10, issue_ids=issue.ids, value=12.5)
        currency = self.backend.company_id.currency_id.name
        self.assertEqual(self._figure("channel_issues_open", code="unmapped"), 1)
        self.assertEqual(self._figure("channel_issue_value", currency=currency), 12.5)
        self.assertEqual(self._figure("channel_variances_open"), 0)

    def test_shops_of_one_name_are_told_apart(self):
        twin = make_backend(self.env, name="Shop A")
        flow = {"flow": "order", "direction": "in"}
        self._event(1, "pending", 20, backend=twin)
        self.assertEqual(self._figure("channel_waiting", f"Shop A #{twin.id}", **flow), 1)
        self.assertEqual(self._figure("channel_waiting", f"Shop A #{self.backend.id}", **flow), 0)

    def test_all_companies_are_told(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        make_backend(self.env, name="Far Shop", company_id=company.id)
        self.assertEqual(self._figure("channel_breaker_open", "Far Shop"), 0)

    def test_queries_grow_neither_with_shops_nor_with_rows(self):
        before = self._queries()
        for number in range(30):
            self._event(number, "done", 10, 5)
        make_backend(self.env, name="Shop C", state="connected")
        self.assertEqual(self._queries(), before)
        self.assertLessEqual(before, 20)

    def _queries(self):
        self.env["channel.metrics"]._text()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["channel.metrics"]._text()
        return self.env.cr.sql_log_count - before

    def test_only_who_works_for_all_companies_opens_the_figures_of_all(self):
        manager = new_test_user(self.env, "channel_manager", "channel_connector.group_manager")
        company = self.env["res.company"].create({"name": "Elsewhere"})
        make_backend(self.env, name="Far Shop", company_id=company.id)
        tokens = self.env["channel.metrics.token"].with_user(manager)
        for change in (tokens._renew, tokens._switch_off):
            with self.assertRaises(AccessError):
                change()
        manager.company_ids += company
        self.assertTrue(tokens._renew())

    def test_only_managers_make_tokens(self):
        user = new_test_user(self.env, "channel_user", "channel_connector.group_user")
        with self.assertRaises(AccessError):
            self.env["channel.metrics.token"].with_user(user)._renew()
        with self.assertRaises(AccessError):
            self.env["channel.metrics.token"].with_user(user)._switch_off()
        manager = new_test_user(self.env, "channel_manager", "channel_connector.group_manager")
        settings = self.env["channel.metrics.settings"].with_user(manager).create({})
        self.assertFalse(settings.is_on)
        shown = settings.action_new_token()["context"]["default_token"]
        settings.invalidate_recordset()
        self.assertTrue(settings.is_on)
        self.assertTrue(self.env["channel.metrics.token"]._is_valid(shown))
        settings.action_switch_off()
        settings.invalidate_recordset()
        self.assertFalse(settings.is_on)
