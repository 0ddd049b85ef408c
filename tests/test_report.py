"""Reports on what moved and on calls: right figures whatever they are grouped by."""

from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged

from .test_access import make_backend


@tagged("post_install", "-at_install")
class TestReports(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = make_backend(cls.env, state="connected")
        cls.now = fields.Datetime.now()

    def _values(self, state, waited, reason=""):
        return {
            "backend_id": self.backend.id,
            "company_id": self.backend.company_id.id,
            "state": state,
            "reason": reason,
            "done_at": state != "pending" and self.now + timedelta(seconds=waited),
        }

    def _event(self, number, state="done", waited=1, reason=""):
        return self.env["channel.event"].create(
            {
                **self._values(state, waited, reason),
                "kind": "order",
                "external_id": str(number),
                "source": "webhook",
                "dedup_key": str(number),
                "received_at": self.now,
            }
        )

    def _note(self, number, state="done", waited=1, reason=""):
        return self.env["channel.outbox"].create(
            {
                **self._values(state, waited, reason),
                "kind": "stock",
                "res_model": "res.partner",
                "res_id": self.env.company.partner_id.id,
                "noted_at": self.now,
            }
        )

    def _groups(self, groupby, *measures, domain=()):
        report = self.env["channel.event.report"]
        mine = [("backend_id", "=", self.backend.id), *domain]
        return report._read_group(mine, groupby, measures)

    def test_percentiles_are_those_of_all_rows_of_a_group(self):
        for number, waited in enumerate((1, 2, 3, 4, 100)):
            self._event(number, waited=waited)
        self._event(9, "ignored", 5000)
        self._note(1, waited=7)
        rows = self._groups(["direction"], "wait_p50:avg", "wait_p95:avg", "wait:avg", "__count")
        figures = {row[0]: row[1:] for row in rows}
        self.assertEqual(figures["in"][0], 3)
        self.assertAlmostEqual(figures["in"][1], 80.8)
        self.assertEqual(figures["in"][2:], (22, 6))
        self.assertEqual(figures["out"], (7, 7, 7, 1))

    def test_noon_and_midnight_are_two_hours(self):
        for number, hour in enumerate((0, 12)):
            self._event(number).received_at = f"2026-01-01 {hour:02}:30:00"
        self.env.user.tz = "Europe/Brussels"
        hours = [row[0] for row in self._groups(["hour"])]
        self.assertEqual(hours, ["2026-01-01 01:00", "2026-01-01 13:00"])

    def test_decisions_are_what_was_skipped_and_why(self):
        event = self._event(1, "ignored", reason="Nothing changed")
        note = self._note(1, "ignored", reason="The shop has it already")
        self._event(2)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_connector.action_channel_decision"
        )
        rows = self.env[action["res_model"]].search(
            [("state", "=", "ignored"), ("backend_id", "=", self.backend.id)]
        )
        self.assertEqual(len(rows), 2)
        actions = [row.action_open_source() for row in rows]
        opened = {(action["res_model"], action["res_id"]) for action in actions}
        self.assertEqual(opened, {(event._name, event.id), (note._name, note.id)})
        by_reason = {row.reason: row.about for row in rows}
        self.assertEqual(by_reason["Nothing changed"], "Order 1")
        self.assertIn(self.env.company.name, by_reason["The shop has it already"])

    def test_calls_by_endpoint(self):
        line = {"backend_id": self.backend.id, "direction": "out", "method": "GET", "status": 200}
        shop = "https://shop.example/wp-json/wc/v3"
        lines = [
            {**line, "url": f"{shop}/orders/17?dp=8", "duration": 100},
            {**line, "url": f"{shop}/orders/18/refunds/3", "duration": 50},
            {**line, "url": f"{shop}/orders/19?dp=8", "duration": 300, "error": "read_timeout"},
        ]
        self.env["channel.log"].create(lines)
        rows = self.env["channel.log.report"]._read_group(
            [("backend_id", "=", self.backend.id)],
            ["endpoint"],
            ["__count", "errors:sum", "duration_p50:avg", "duration:sum"],
        )
        self.assertEqual(
            {row[0]: row[1:] for row in rows},
            {
                "/wp-json/wc/v3/orders/#": (2, 1, 200, 400),
                "/wp-json/wc/v3/orders/#/refunds/#": (1, 0, 50, 50),
            },
        )
