"""Who may retry, who may correct: by the screens' methods, and by RPC."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, JsonRpcException, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .test_access import make_backend, make_blocked_event


def make_issue(backend):
    """An issue about a status, which a mapping row would correct."""
    event = make_blocked_event(backend)
    issue = event.issue_id
    params = {"kind": "status", "value": "moon", "label": "moon"}
    issue.write({"code": "unmapped", "params": params})
    backend.env["channel.map.status"]._ensure_rows(backend, {"moon": {}})
    return issue


@tagged("post_install", "-at_install")
class TestIssueAccess(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "channel_user", "channel_connector.group_user")
        cls.manager = new_test_user(cls.env, "channel_manager", "channel_connector.group_manager")
        cls.backend = make_backend(cls.env, state="connected")
        cls.issue = make_issue(cls.backend)
        cls.event = cls.issue.event_ids

    def test_a_user_may_retry(self):
        self.issue.with_user(self.user).action_retry()
        self.assertEqual(self.event.state, "pending")
        self.assertEqual(self.issue.message_ids[0].author_id, self.user.partner_id)

    def test_a_user_may_not_correct(self):
        issue = self.issue.with_user(self.user)
        self.assertFalse(issue.can_fix or issue.can_create or issue.can_correct)
        self.assertTrue(issue.fix_question, "but may read what is asked")
        for act in (
            issue.action_fix,
            issue.action_fix_by_creating,
            issue.action_reopen,
            lambda: issue.write({"fix_status": "processing"}),
            lambda: self.event.with_user(self.user).action_correct_payload(),
            lambda: self.event.with_user(self.user).read(["corrected_payload"]),
            lambda: self.event.with_user(self.user).read(["corrections"]),
        ):
            with mute_logger("odoo.models"), self.assertRaises(AccessError):
                act()
        self.assertEqual(self.event.state, "blocked")

    def test_a_user_with_rights_on_the_mapping_corrects_it_there(self):
        group = self.env["res.groups"].create({"name": "Mappers"})
        self.env["ir.model.access"].create(
            {
                "name": "mappers",
                "model_id": self.env["ir.model"]._get_id("channel.map.status"),
                "group_id": group.id,
                "perm_read": True,
                "perm_write": True,
            }
        )
        self.user.group_ids = [Command.link(group.id)]
        issue = self.issue.with_user(self.user)
        action = issue.action_view_screen()
        row = (
            self.env[action["res_model"]]
            .with_user(self.user)
            .search([*action["domain"], ("external_code", "=", "moon")])
        )
        row.status = "processing"
        issue.action_retry()
        self.assertEqual(self.event.state, "pending")

    def test_a_manager_corrects(self):
        issue = self.issue.with_user(self.manager)
        self.assertTrue(issue.can_fix)
        issue.fix_status = "processing"
        issue.action_fix()
        row = self.env["channel.map.status"]._find(self.backend, "moon")
        self.assertEqual((row.status, self.event.state), ("processing", "pending"))
        bodies = " ".join(self.issue.message_ids.mapped("body"))
        self.assertIn("moon", bodies)
        self.assertIn(self.manager.partner_id, self.issue.message_ids.author_id)

    def test_a_fix_needs_the_rights_on_what_it_writes(self):
        """A Channel Manager is no accountant: activating a currency is not theirs."""
        chf = self.env["res.currency"].with_context(active_test=False)
        chf = chf.search([("name", "=", "CHF")])
        chf.active = False
        self.issue.write({"code": "currency_inactive", "params": {"currency": "CHF"}})
        issue = self.issue.with_user(self.manager)
        self.assertFalse(issue.can_fix)
        with self.assertRaises(AccessError):
            issue.action_fix()
        self.assertFalse(chf.active)

    def test_another_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.backend.company_id = self.event.company_id = company
        self.env.flush_all()
        for model in ("channel.issue", "channel.dead.letter"):
            rows = self.env[model].with_user(self.user)
            self.assertFalse(rows.search([("backend_id", "=", self.backend.id)]), model)
        with mute_logger("odoo.addons.base.models.ir_rule"), self.assertRaises(AccessError):
            self.issue.with_user(self.user).action_retry()


@tagged("post_install", "-at_install")
class TestIssueRpc(HttpCase):
    def _call(self, model, method, *args):
        return self.make_jsonrpc_request(
            "/web/dataset/call_kw",
            {"model": model, "method": method, "args": args, "kwargs": {}},
        )

    def test_by_rpc(self):
        for login, group in (("reader", "user"), ("mapper", "manager")):
            new_test_user(
                self.env, login, f"channel_connector.group_{group}", password=f"{login}_1x"
            )
        issue = make_issue(make_backend(self.env, state="connected"))
        event = issue.event_ids
        self.authenticate("reader", "reader_1x")
        for model, method, args in (
            ("channel.issue", "action_fix", [issue.ids]),
            ("channel.issue", "write", [issue.ids, {"fix_status": "processing"}]),
            ("channel.issue", "_close", [issue.ids, "resolved"]),
            ("channel.issue", "action_ignore", [issue.ids]),
            ("channel.event", "action_correct_payload", [event.ids]),
            ("channel.event", "_correct", [event.ids, {}, []]),
            ("channel.payload.correction", "create", [{"event_id": event.id}]),
            ("channel.fixer.status", "_fix", [[], issue.ids]),
        ):
            with (
                self.subTest(method=method),
                mute_logger("odoo.http"),
                self.assertRaises(JsonRpcException),
            ):
                self._call(model, method, *args)
        self.assertEqual((issue.state, event.state), ("open", "blocked"))
        self._call("channel.issue", "action_retry", issue.ids)
        self.assertEqual(event.state, "pending")
        event._settle("blocked", "again", None, issue)
        self.authenticate("mapper", "mapper_1x")
        self._call("channel.issue", "write", issue.ids, {"fix_status": "processing"})
        self._call("channel.issue", "action_fix", issue.ids)
        row = self.env["channel.map.status"]._find(issue.backend_id, "moon")
        self.assertEqual((row.status, event.state), ("processing", "pending"))
