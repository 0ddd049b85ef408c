"""Figures of the dashboard: what they count, what they open, and what they cost."""

from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged

from .test_access import make_backend


@tagged("post_install", "-at_install")
class TestLag(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = make_backend(cls.env, state="connected")
        cls.flow = cls.env["channel.flow"]._of(cls.backend, "order", "in")

    def _event(self, kind="order", seconds=0, **values):
        moment = fields.Datetime.now() - timedelta(seconds=seconds)
        row = {
            "kind": kind,
            "external_id": str(self.env["channel.event"].search_count([])),
            "source": "webhook",
            "dedup_key": f"{kind}{self.env['channel.event'].search_count([])}",
            "received_at": moment,
            **values,
        }
        return self.env["channel.event"]._insert(self.backend, [row])

    def _figures(self, flow):
        flow.invalidate_recordset()
        return flow.waiting_count, round(flow.lag, -1), flow.lag_state

    def test_nothing_waits(self):
        self.assertEqual(self._figures(self.flow), (0, 0, "ok"))
        self.assertFalse(self.flow.last_success_at)
        self.assertEqual(self.flow.lag_text, "On time")

    def test_age_of_the_oldest_against_the_target(self):
        self.flow.latency_target = 60
        self._event(seconds=30)
        self.assertEqual(self._figures(self.flow), (1, 30, "ok"))
        self._event(seconds=600)
        self.assertEqual(self._figures(self.flow), (2, 600, "late"))
        self.assertEqual(self.flow.lag_text, "2 waiting, late: 10 min")
        self.flow.latency_target = 0
        self.assertEqual(self._figures(self.flow), (2, 600, "ok"))

    def test_states_beside_the_target(self):
        self._event(seconds=600)
        self.flow.action_pause()
        self.assertEqual(self._figures(self.flow)[2], "paused")
        self.flow.active = False
        self.assertEqual(self._figures(self.flow)[2], "off")

    def test_images_are_the_products(self):
        flow = self.backend.flow_ids.filtered(lambda f: f._key() == ("product", "in"))
        self._event("image", 30)
        self._event("product", 20)
        self.assertEqual(self._figures(flow)[:2], (2, 30))
        action = flow.action_view_waiting()
        self.assertEqual(self.env[action["res_model"]].search_count(action["domain"]), 2)

    def test_last_success(self):
        done = self._event(seconds=600)
        done._settle("done", "Created")
        self.flow.invalidate_recordset()
        self.assertEqual(self.flow.last_success_at, done.done_at)
        polled = fields.Datetime.now() + timedelta(minutes=1)
        self.flow._get_cursor().polled_at = polled
        self.flow.invalidate_recordset()
        self.assertEqual(self.flow.last_success_at, polled)
