"""The dashboard in a real browser: each counter opens as many rows as it counts."""

from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .test_access import make_backend

MODULE = "channel_connector"


@tagged("post_install", "-at_install")
class TestDashboardInBrowser(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for role in ("user", "manager"):
            login = f"channel_{role}"
            new_test_user(cls.env, login, f"{MODULE}.group_{role}", password=login, tz="UTC")
        cls.env["channel.backend"].search([]).active = False

    def _look(self, tour, login):
        action = self.env.ref(f"{MODULE}.action_channel_dashboard")
        self.start_tour(f"/odoo/{action.path}", tour, login=login)

    def _shop(self):
        """A shop each of whose figures counts another number of rows."""
        backend = make_backend(self.env, state="connected")
        backend.flow_ids.filtered(lambda flow: flow.kind == "stock").active = True
        for number, state in enumerate(("pending", "blocked", "done", "ignored"), 2):
            for index in range(number):
                self._event(backend, f"{state}{index}", state)
            for index in range(number + 4):
                self._note(backend, index, state)
        for number in range(3):
            self.env["channel.issue"]._touch(backend, "unmapped", str(number), title=str(number))
        wait = {"backend_id": backend.id, "direction": "wait", "error": "budget", "duration": 1}
        self.env["channel.log"].create([wait] * 7)
        self._orders(backend, 4)
        self._variances(backend, 5)
        return backend

    def _event(self, backend, number, state):
        late = state == "pending"
        return self.env["channel.event"].create(
            {
                "backend_id": backend.id,
                "company_id": backend.company_id.id,
                "kind": "order",
                "external_id": number,
                "source": "webhook",
                "dedup_key": number,
                "state": state,
                "reason": state,
                "received_at": fields.Datetime.now() - timedelta(hours=late),
            }
        )

    def _note(self, backend, number, state):
        return self.env["channel.outbox"].create(
            {
                "backend_id": backend.id,
                "company_id": backend.company_id.id,
                "kind": "stock",
                "res_model": "product.product",
                "res_id": number,
                "state": state,
            }
        )

    def _orders(self, backend, count):
        partner = self.env["res.partner"].create({"name": "Jane Doe"})
        for number in range(count):
            order = self.env["sale.order"].create({"partner_id": partner.id})
            self.env["channel.binding.order"].create(
                {"backend_id": backend.id, "external_id": str(number), "odoo_id": order.id}
            )

    def _variances(self, backend, count):
        self.env["channel.variance"].create(
            [
                {
                    "backend_id": backend.id,
                    "kind": "order_total",
                    "key": str(number),
                    "name": f"Order {number}",
                    "fix": "import",
                }
                for number in range(count)
            ]
        )

    def test_each_counter_opens_what_it_counts(self):
        self._shop()
        self._look("channel_dashboard", "channel_user")

    def test_empty_dashboard_leads_to_the_set_up(self):
        self._look("channel_dashboard_empty", "channel_manager")

    def test_metrics_are_switched_on(self):
        self._look("channel_metrics", "channel_manager")
        self.assertTrue(self.env["channel.metrics.token"]._stored())
