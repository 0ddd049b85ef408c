"""Every public method of this addon, called from outside: buttons are hidden, methods are not."""

import inspect

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .test_access import make_backend, make_everything
from .test_access_models import make_more

MODULE = "odoo.addons.channel_connector."
DENIED = "odoo.exceptions.AccessError"
#: Odoo's own methods, which ask for rights themselves; extended here.
OF_THE_ORM = {"create", "write", "unlink", "copy", "copy_data", "init"}
#: Methods of standard models that are extended here; they ask for the rights of those models.
EXTENDED = {
    ("sale.order", "action_confirm"),
    ("sale.order", "action_cancel"),
    ("stock.picking", "button_validate"),
    ("account.move", "button_draft"),
    ("account.move", "button_cancel"),
}
#: What a Channel User may do beyond looking; all else that changes something is for managers.
OF_USERS = {
    ("channel.event", "action_retry"),
    ("channel.issue", "action_retry"),
    ("channel.dead.letter", "action_retry"),
    ("channel.issue", "action_accept_shop"),
    ("channel.issue", "action_keep_odoo"),
    ("channel.outbox", "action_retry"),
    ("channel.settlement", "action_match_again"),
    ("channel.dead.letter", "action_retry"),
    ("channel.variance", "action_fix"),
    ("channel.reconciliation", "action_fix_all"),
    ("channel.product.publish", "action_publish"),
    ("channel.product.publish", "action_exclude"),
}
#: Opening a screen tells nothing: who has no rights on its records sees none of them. What is
#: called like this changes nothing, and is not asked for rights.
HARMLESS = ("ir.actions.act_window", "soft_reload")
LOOKS = "action_view_"
#: What buttons say in their context.
CONTEXT = {"figure": "in_waiting"}
WRITES = """
    SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables
     WHERE relname LIKE 'channel%' OR relname IN ('queue_job', 'mail_message', 'mail_activity')
"""


def public_methods(env):
    """``{(model, method)}`` of this addon that RPC can reach."""
    found = set()
    for name, model in env.items():
        for method, function in inspect.getmembers(type(model), inspect.isroutine):
            source = inspect.unwrap(function)
            if (
                not method.startswith("_")
                and (getattr(source, "__module__", "") or "").startswith(MODULE)
                and not getattr(function, "_api_private", False)
            ):
                found.add((name, method))
    return {
        (name, method)
        for name, method in found
        if method not in OF_THE_ORM and (name, method) not in EXTENDED
    }


def make_wizards(env, backend, wanted=None):
    """One of each wizard, its maker's own; of ``wanted`` models and methods only."""
    binding = backend.env["channel.binding.template"]._find(backend, "7")
    issue = backend.env["channel.issue"].search([("backend_id", "=", backend.id)], limit=1)
    journal = backend.env["channel.settlement"].search([("backend_id", "=", backend.id)]).journal_id
    profile = env.ref("channel_connector.profile_stripe_payout", raise_if_not_found=False)
    profile = profile or backend.env["channel.settlement.profile"].search([], limit=1)
    values = {
        "channel.issue.ignore": {"issue_ids": issue.ids, "reason": "known"},
        "channel.payload.correction": {"event_id": issue.event_ids[:1].id},
        "channel.order.import": {"backend_id": backend.id, "external_ids": "7"},
        "channel.customer.erase": {"email": "jane@example.com"},
        "channel.product.publish": {
            "template_ids": binding.odoo_id.ids,
            "backend_ids": backend.ids,
        },
        "channel.settlement.import": {
            "backend_id": backend.id,
            "profile_id": profile.id,
            "journal_id": journal.id,
            "data": "aWQ=",
        },
        "channel.settings.import": {"backend_id": backend.id, "data": "e30="},
        "channel.settings.export": {"backend_id": backend.id},
        "channel.reconcile": {"backend_id": backend.id},
        "channel.variance.ignore": {"reason": "known"},
    }
    names = {name for name, _method in wanted} if wanted else set(values)
    return {name: env[name].create(row) for name, row in values.items() if name in names}


def arguments(function):
    """Something for each argument that has to be given."""
    parameters = list(inspect.signature(inspect.unwrap(function)).parameters.values())[1:]
    return ["7" for one in parameters if one.default is one.empty and one.kind < one.VAR_POSITIONAL]


@tagged("post_install", "-at_install")
class TestMethodsByRpc(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other Company"})
        cls.backend = make_backend(cls.env)
        cls.records = {
            **make_everything(cls.backend),
            **make_more(cls.backend),
            **make_wizards(cls.env, cls.backend),
        }
        cls.backend.state = "connected"
        cls.records["channel.issue"].ignore_reason = "known"
        cls.methods = sorted(public_methods(cls.env))
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.records = dict(self.records)

    def _log_in(self, groups, **values):
        login = f"caller of {groups}"
        user = new_test_user(self.env, login, groups, password="caller-of-methods", **values)
        self.authenticate(login, "caller-of-methods")
        return user

    def _ids(self, name):
        """A record of the model; wizards have none, and services have none at all."""
        record = self.records.get(name)
        if record is None and name in ("sale.order", "product.template", "product.product"):
            binding = {"sale.order": "order", "product.template": "template"}.get(name, "product")
            record = self.records[f"channel.binding.{binding}"].odoo_id
        return record.ids if record else []

    def _call(self, name, method, ids=None):
        """What the server answers: ``(name of the error, result)``."""
        function = getattr(type(self.env[name]), method)
        args = arguments(function)
        if not getattr(function, "_api_model", False):
            args = [self._ids(name) if ids is None else ids, *args]
        params = {"model": name, "method": method, "args": args, "kwargs": {"context": CONTEXT}}
        try:
            with mute_logger("odoo.http", "odoo.sql_db"):
                result = self.make_jsonrpc_request(f"/web/dataset/call_kw/{name}/{method}", params)
        except JsonRpcException as error:
            return str(error), None
        return "", result

    def assertDenied(self, name, method):
        error, result = self.assertChangesNothing(name, method)
        if error == DENIED or (error and self.env[name]._abstract):
            return
        kinds = {result.get("type"), result.get("tag")} if isinstance(result, dict) else set()
        self.assertTrue(kinds & set(HARMLESS), f"{name}.{method}: {error or result!r}")

    def assertChangesNothing(self, name, method):
        before = self._writes()
        answer = self._call(name, method)
        self.assertEqual(self._writes(), before, f"{name}.{method} changes something")
        return answer

    def _writes(self):
        """Rows of this addon that were written in the test's transaction so far."""
        self.env.flush_all()
        self.env.cr.execute(WRITES)
        return self.env.cr.fetchone()[0]

    def test_there_are_methods(self):
        self.assertIn(("channel.backend", "action_pause"), self.methods)
        self.assertGreater(len(self.methods), 40)

    def test_public_methods_are_buttons(self):
        """A method that a screen calls is named like one; all others are not to be reached."""
        for name, method in self.methods:
            self.assertTrue(method.startswith(("action_", "get_views")), f"{name}.{method}")

    def test_nobody_without_a_group_calls_any(self):
        for groups in ("base.group_portal", "base.group_user"):
            self._log_in(groups)
            for name, method in self.methods:
                if name.startswith("channel."):
                    with self.subTest(groups=groups, model=name, method=method):
                        self.assertDenied(name, method)

    def test_users_look_and_try_again(self):
        self._log_in("channel_connector.group_user")
        for name, method in self.methods:
            if not name.startswith("channel.") or (name, method) in OF_USERS:
                continue
            with self.subTest(model=name, method=method):
                if method.startswith(LOOKS):  # whatever it says: that there is nothing to show
                    self.assertChangesNothing(name, method)
                else:
                    self.assertDenied(name, method)

    def test_users_may_do_what_is_theirs(self):
        user = self._log_in("channel_connector.group_user,product.group_product_manager")
        self.records.update(make_wizards(self.env(user=user), self.backend, OF_USERS))
        for name, method in sorted(OF_USERS):
            with self.subTest(model=name, method=method):
                error, _result = self._call(name, method)
                self.assertNotEqual(error, DENIED)

    def test_managers_are_not_stopped(self):
        """In the process, each call is taken back."""
        groups = (
            "channel_connector.group_manager,sales_team.group_sale_manager,"
            "product.group_product_manager,account.group_account_manager"
        )
        env = self.env(user=new_test_user(self.env, "manager", groups))
        self.records.update(make_wizards(env, self.backend))
        for name, method in self.methods:
            if not name.startswith("channel.") or self.env[name]._abstract:
                continue
            function = getattr(type(self.env[name]), method)
            record = env[name].browse(self._ids(name))
            with self.subTest(model=name, method=method):
                try:
                    with self.cr.savepoint(), mute_logger("odoo.sql_db"):
                        getattr(record, method)(*arguments(function))
                        raise _TakeBack
                except AccessError as error:
                    self.fail(f"{name}.{method}: {error}")
                except Exception as error:  # pylint: disable=broad-exception-caught
                    # a shop that is not there, a state that does not fit
                    self.assertNotIn("access", type(error).__name__.lower())
            self.env.invalidate_all()

    def test_the_manager_of_another_company_calls_none(self):
        self._log_in(
            "channel_connector.group_manager",
            company_id=self.other.id,
            company_ids=[(6, 0, self.other.ids)],
        )
        for name, method in self.methods:
            if name.startswith("channel.") and self._ids(name):
                with self.subTest(model=name, method=method):
                    self.assertDenied(name, method)

    def test_private_methods_are_not_callable(self):
        self._log_in("channel_connector.group_manager,base.group_system")
        reachable = []
        for name, model in self.env.items():
            for method, function in inspect.getmembers(type(model), inspect.isroutine):
                source = inspect.unwrap(function)
                hidden = method.startswith("_") or getattr(function, "_api_private", False)
                if hidden and (getattr(source, "__module__", "") or "").startswith(MODULE):
                    reachable.append((name, method))
        self.assertGreater(len(reachable), 500)
        tried = [pair for pair in reachable if pair[0] in ("channel.backend", "channel.gate")]
        tried += [pair for pair in reachable if pair[1] in ("_webhook_secrets", "admit", "quote")]
        for name, method in tried[:120]:
            with self.subTest(model=name, method=method):
                params = {"model": name, "method": method, "args": [[]], "kwargs": {}}
                with mute_logger("odoo.http"), self.assertRaises(JsonRpcException) as caught:
                    self.make_jsonrpc_request(f"/web/dataset/call_kw/{name}/{method}", params)
                self.assertEqual(str(caught.exception), DENIED)


class _TakeBack(Exception):
    """Ends a savepoint without keeping what was done in it."""
