"""Figures of the dashboard: what they count, what they open, and what they cost."""

import json
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from ..models.channel_backend_dashboard import BOXES
from .common import ChannelCase
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
        self.assertEqual(self.flow.lag_text, "Late: 10 min (2)")
        story = self.flow._lag_story()
        self.assertIn("2 waiting, the oldest for 10 min.", story)
        self.assertIn("Target: 60 sec.", story)
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


@tagged("post_install", "-at_install")
class TestFigures(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = make_backend(cls.env, state="connected")
        cls.other = make_backend(cls.env, name="Other", state="connected")

    def _fill(self, backend, each):
        """``each`` rows of every state and day in both boxes."""
        today = self.env["channel.backend"]._today_start()
        number = 0
        for moment in (today, today - timedelta(seconds=1)):
            for state in ("pending", "done", "ignored", "blocked", "failed"):
                for _index in range(each):
                    number += 1
                    self._row(backend, "channel.event", number, state, received_at=moment)
                    self._row(backend, "channel.outbox", number, state, noted_at=moment)
        self.env.flush_all()

    def _row(self, backend, model, number, state, **moment):
        values = {"backend_id": backend.id, "company_id": backend.company_id.id, "state": state}
        if model == "channel.event":
            values |= {"kind": "order", "external_id": str(number), "source": "webhook"}
            values |= {"dedup_key": str(number)}
        else:
            values |= {"kind": "stock", "res_model": "product.product", "res_id": number}
        return self.env[model].create({**values, **moment})

    def _issue(self, backend, cause, *events):
        issue = self.env["channel.issue"]._touch(backend, "unmapped", cause, title=cause)
        for number, state, value, currency in events:
            row = self._row(backend, "channel.event", number, state)
            row.write({"issue_id": issue.id, "issue_ids": issue.ids})
            row.write({"value": value, "currency_code": currency})
        return issue

    def _rows(self, action):
        return self.env[action["res_model"]].search_count(action["domain"])

    def test_each_figure_of_the_queues_opens_what_it_counts(self):
        self._fill(self.backend, 1)
        self._fill(self.other, 2)
        expected = {"waiting": 2, "stuck": 4, "done": 1, "skipped": 1}
        for backend, factor in ((self.backend, 1), (self.other, 2)):
            for box in BOXES:
                for name, number in expected.items():
                    figure = f"{box}_{name}"
                    with self.subTest(backend=backend.name, figure=figure):
                        self.assertEqual(backend[figure], number * factor)
                        action = backend.with_context(figure=figure).action_view_figure()
                        self.assertEqual(self._rows(action), number * factor)

    def test_a_figure_nobody_knows(self):
        with self.assertRaises(UserError):
            self.backend.with_context(figure="in_company").action_view_figure()

    def test_value_held_up_counts_each_order_once_in_the_company_currency(self):
        currency = self.backend.company_id.currency_id.name
        self._issue(
            self.backend,
            "one",
            ("1", "blocked", 100, currency),
            ("1", "pending", 100, currency),
            ("2", "failed", 20.5, False),
            ("3", "done", 1000, currency),
        )
        self._issue(self.backend, "closed", ("4", "blocked", 500, currency))._close("resolved")
        self.assertEqual(self.backend.issue_value, 120.5)
        self.assertEqual(self.backend.issue_count, 1)
        self.assertEqual(self._rows(self.backend.action_view_open_issues()), 1)
        self.assertEqual(self.other.issue_value, 0)

    def test_value_held_up_in_another_currency(self):
        foreign = self.env.ref("base.JPY")
        foreign.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "currency_id": foreign.id,
                "company_id": self.backend.company_id.id,
                "rate": 200.0,
            }
        )
        self._issue(self.backend, "one", ("1", "blocked", 5000, "JPY"))
        self.assertEqual(self.backend.issue_value, 25)

    def _shown(self, backends):
        """Read what the dashboard's card shows, as the web client asks for it."""
        view = self.env.ref("channel_connector.view_channel_dashboard_kanban")
        arch = etree.fromstring(backends.get_view(view.id, "kanban")["arch"])
        names = {node.get("name") for node in arch.iter("field")}
        self.env.flush_all()
        self.env.invalidate_all()
        backends.web_read({name: {} for name in names})
        return names

    def test_queries_grow_neither_with_backends_nor_with_rows(self):
        with self.assertQueryCount(100):
            self._shown(self.backend)  # what is read once
        before = self._queries(self.backend)
        self._fill(self.backend, 2)
        self._fill(self.other, 2)
        more = make_backend(self.env, name="Third", state="connected")
        after = self._queries(self.backend | self.other | more)
        self.assertEqual(after, before)
        self.assertLessEqual(after, 22)

    def _queries(self, backends):
        self._shown(backends)
        before = self.env.cr.sql_log_count
        self._shown(backends)
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestOrdersToday(ChannelCase):
    def test_number_value_and_diagram(self):
        self._add_product("MUG", "10.00")
        orders = [self.place(("MUG", number)) for number in (1, 2, 3)]
        sales = [self.import_order(order) for order in orders]
        yesterday = self.env["channel.backend"]._today_start() - timedelta(seconds=1)
        sales[0].date_order = yesterday
        self.env.flush_all()
        self.backend.invalidate_recordset()
        total = sum(sale.amount_total for sale in sales[1:])
        self.assertEqual(self.backend.orders_today, 2)
        self.assertAlmostEqual(self.backend.orders_today_value, total, 2)
        action = self.backend.action_view_orders_today()
        self.assertEqual(self.env[action["res_model"]].search_count(action["domain"]), 2)
        (graph,) = json.loads(self.backend.orders_graph)
        values = [day["value"] for day in graph["values"]]
        self.assertEqual(len(values), 7)
        self.assertEqual(values[-2:], [round(sales[0].amount_total, 2), round(total, 2)])
