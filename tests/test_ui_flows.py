"""Flows and limits in a real browser."""

from odoo.tests import HttpCase, new_test_user, tagged

from .test_access import make_backend

MODULE = "channel_connector"


@tagged("post_install", "-at_install")
class TestFlowsInBrowser(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(cls.env, "channel_manager", f"{MODULE}.group_manager", password="channel_m1")
        cls.backend = make_backend(cls.env, state="connected", name="Only Shop")

    def _bodies(self):
        return "\n".join(self.backend.message_ids.mapped("body"))

    def test_pause_and_resume(self):
        event = self.env["channel.event"]._note(self.backend, "order", "155", "manual")
        self.env["queue.job"].search([]).unlink()
        action = self.env.ref(f"{MODULE}.action_channel_flow")
        self.start_tour(f"/odoo/{action.path}", "channel_flow_pause", login="channel_manager")
        flow = self.backend.flow_ids.filtered(lambda one: one._key() == ("order", "in"))
        self.assertFalse(flow.paused)
        self.assertIn("Flow paused: Orders", self._bodies())
        self.assertIn("Flow resumed: Orders", self._bodies())
        wake = self.env["queue.job"].search([("method_name", "=", "_job_wake")])
        self.assertEqual((len(wake), event.state), (1, "pending"))

    def test_stop_calls_and_let_them_go_on(self):
        action = self.env.ref(f"{MODULE}.action_channel_backend")
        self.start_tour(
            f"/odoo/{action.path}/{self.backend.id}", "channel_gate_stop", login="channel_manager"
        )
        self.assertIn("Calls to the shop stopped", self._bodies())
        self.assertEqual(self.backend.gate_state, "open")
