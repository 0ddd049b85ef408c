"""Secrets stay where they were put: no table, log, answer or error shows them."""

import base64
import logging

from odoo.exceptions import UserError
from odoo.tests import HttpCase, JsonRpcException, TransactionCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .common import ChannelCase
from .test_access import SECRETS, make_backend, make_blocked_event

#: The only columns that hold credentials.
PLACES = ("_stored", "_before")


def tables_with(env, words):
    """``{(table, row)}`` of the whole database in which one of the words stands.

    Of backends all but the columns are looked at in which credentials are kept.
    """
    env.flush_all()
    patterns = [f"%{word}%" for word in words]
    found = set()
    for model in env.values():
        if model._abstract or not model._auto:
            continue
        row = SQL("to_jsonb(one)")
        if model._name == "channel.backend":
            kept = [name for name in model._fields if name.endswith(PLACES)]
            row = SQL("to_jsonb(one) - %s::text[]", kept)
        env.cr.execute(
            SQL(
                "SELECT id FROM %s one WHERE (%s)::text LIKE ANY(%s)",
                SQL.identifier(model._table),
                row,
                patterns,
            )
        )
        found |= {(model._table, id_) for (id_,) in env.cr.fetchall()}
    return found


@tagged("post_install", "-at_install")
class TestSecretsOfAShop(ChannelCase):
    """A shop that is worked with, goes wrong and is worked with again, at the highest log level."""

    backend_values = {"log_mode": "all"}

    def setUp(self):
        super().setUp()
        self._add_product("MUG", "10.00")
        backend = self.backend.sudo()
        backend.write({"wp_user": "anna", "wp_app_password": "wp-app-never-shown"})
        backend.webhook_secret = "hook-never-shown-1"
        self.words = [
            self.store.key,
            self.store.secret,
            "hook-never-shown",
            "wp-app-never-shown",
            "wrong-never-shown",
        ]

    def _everything_happens(self):
        backend = self.backend
        backend.action_check_connection()
        backend.action_install_webhooks()
        self.import_order(self.place(("MUG", 1)))
        self.import_all()
        backend.webhook_secret = "hook-never-shown-2"
        backend.action_install_webhooks()
        backend.api_secret = "cs_wrong-never-shown"
        self._goes_wrong(backend.action_check_connection)
        self._goes_wrong(backend.action_install_webhooks)
        self.receive(self.place(("MUG", 1))["id"])
        self.server.pause()
        self._goes_wrong(backend.action_install_webhooks)
        backend.state = "connected"
        self.receive(self.place(("MUG", 1))["id"])
        self.server.resume()
        self.env.cr.flush()

    def _goes_wrong(self, action):
        """A person sees the error, and no secret in it."""
        try:
            action()
        except UserError as error:
            for word in self.words:
                self.assertNotIn(word, str(error))

    def test_no_table_and_no_log_holds_one(self):
        with self.assertLogs(level=logging.DEBUG) as caught:
            self._everything_happens()
        self.assertEqual(tables_with(self.env, self.words), set())
        self.assertTrue(self.env["channel.log"].search_count([("error", "!=", False)]))
        text = "\n".join(caught.output)
        self.assertIn("127.0.0.1", text, "the libraries that speak HTTP were heard, too")
        for word in self.words:
            self.assertNotIn(word, text)

    def test_the_search_finds_what_is_there(self):
        self.env["channel.log"].create({"backend_id": self.backend.id, "url": self.store.key})
        self.assertEqual(
            {table for table, _id in tables_with(self.env, self.words)}, {"channel_log"}
        )

    def test_jobs_carry_ids_only(self):
        self._everything_happens()
        jobs = self.env["queue.job"].search([("model_name", "=like", "channel.%")])
        self.assertTrue(jobs)
        for job in jobs:
            self.assertFalse(job.args, job.func_string)
            self.assertFalse(job.kwargs, job.func_string)


@tagged("post_install", "-at_install")
class TestSecretsByRpc(HttpCase):
    """Everything a manager can ask about a backend through the door that outsiders use."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = make_backend(cls.env, wp_user="anna", wp_app_password="wp-app-never-shown")
        make_blocked_event(cls.backend)
        cls.words = (*SECRETS, "never-shown", "typed-just-now")
        groups = "channel_connector.group_manager,base.group_allow_export,base.group_system"
        groups += ",queue_job.group_queue_job_manager"
        new_test_user(cls.env, "channel_manager", groups, password="channel_m1")
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.authenticate("channel_manager", "channel_m1")

    def call(self, method, *args, model="channel.backend", **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.make_jsonrpc_request(f"/web/dataset/call_kw/{model}/{method}", params)

    def _names(self):
        return sorted(self.call("fields_get", [], ["type"]))

    def test_all_that_reads(self):
        ids, names = self.backend.ids, self._names()
        asked = {name: {} for name in names}
        answers = [
            self.call("read", ids, names),
            self.call("web_read", ids, asked),
            self.call("search_read", [], names),
            self.call("web_search_read", [], asked),
            self.call("export_data", ids, names),
            self.call("name_search", "Shop"),
            self.call("web_name_search", "Shop", {"display_name": {}, "api_key": {}}),
            self.call("default_get", names),
            self.call("copy_data", ids),
            self.call("get_views", [[False, "form"], [False, "list"], [False, "kanban"]]),
            self.call("get_metadata", ids),
            self.call("search_read", [], ["body"], model="mail.message"),
            self.call("search_read", [], [], model="queue.job"),
            self.call("search_read", [], [], model="channel.log"),
        ]
        text = repr(answers)
        self.assertIn("127.0.0.1:9", text)
        for word in self.words:
            self.assertNotIn(word, text)

    def test_groups_and_domains(self):
        for name in ("api_key", "api_secret", "webhook_secret", "wp_app_password"):
            for call in (
                ("formatted_read_group", [], [name], ["__count"]),
                ("formatted_read_group", [], [], [f"{name}_stored:array_agg"]),
                ("formatted_read_group", [], [f"{name}_stored"], ["__count"]),
                ("search_count", [(f"{name}_stored", "=like", "%")]),
                ("search", [], 0, 1, f"{name}_stored"),
                ("search", [("flow_ids.backend_id." + f"{name}_stored", "!=", False)]),
            ):
                with self.subTest(call=call), mute_logger("odoo.http", "odoo.models"):
                    try:
                        answer = repr(self.call(*call))
                    except JsonRpcException:
                        continue
                    self.assertEqual(call[0], "search_count", answer)

    def test_what_is_typed_does_not_come_back(self):
        typed = "cs_typed-just-now"
        ids = self.backend.ids
        names = ("api_key", "api_secret", "webhook_secret", "wp_app_password")
        asked = {name: {} for name in (*names, "name", "api_key_hint", "message_ids")}
        values = dict.fromkeys(names, typed)
        answers = [
            self.call("onchange", ids, values, list(names), asked),
            self.call("web_save", ids, values, asked),
            self.call("read", ids, list(names)),
            self.call(
                "web_save", [], {**values, "name": "B", "base_url": "http://127.0.0.1:9"}, asked
            ),
        ]
        self.env.invalidate_all()
        self.assertEqual(self.backend._adapter().credentials.api_secret, typed)
        self.assertEqual(tables_with(self.env, ["typed-just-now"]), set())
        for answer in answers[1:]:
            self.assertNotIn("typed-just-now", repr(answer))

    def test_a_copy_has_none(self):
        (copy_id,) = self.call("copy", self.backend.ids)
        copy = self.env["channel.backend"].browse(copy_id).sudo()
        self.assertFalse(any(copy[name] for name in copy._secret_fields()))

    def test_errors_tell_none(self):
        for call in (
            ("write", self.backend.ids, {"api_key": "cs_typed-just-now", "base_url": "nowhere"}),
            ("write", self.backend.ids, {"api_key_stored": "cs_typed-just-now"}),
            ("create", [{"api_key": "cs_typed-just-now"}]),
            ("action_check_connection", self.backend.ids),
        ):
            params = {"model": "channel.backend", "method": call[0], "args": call[1:], "kwargs": {}}
            with self.subTest(call=call[0]), mute_logger("odoo.http", "odoo.sql_db"):
                answer = self.opener.post(
                    f"{self.base_url()}/web/dataset/call_kw",
                    json={"jsonrpc": "2.0", "method": "call", "params": params},
                ).text
                for word in self.words:
                    self.assertNotIn(word, answer)


@tagged("post_install", "-at_install")
class TestSecretsAndScreens(TransactionCase):
    def test_the_settings_file_holds_none(self):
        backend = make_backend(self.env, wp_user="anna", wp_app_password="wp-app-never-shown")
        wizard = self.env["channel.settings.export"].create({"backend_id": backend.id})
        text = base64.b64decode(wizard.data).decode()
        self.assertIn("log_days", text)
        stored = [backend.sudo()[name] for name in backend._secret_fields()]
        for word in (*SECRETS, "never-shown", backend.webhook_token, *filter(None, stored)):
            self.assertNotIn(word, text)

    def test_every_field_that_takes_a_secret_hides_it(self):
        """In the form such a field is a password, and only managers have it."""
        backend = self.env["channel.backend"]
        taken = [name[: -len("_stored")] for name in backend._fields if name.endswith("_stored")]
        self.assertGreater(len(taken), 3)
        arch = backend.get_view(view_type="form")["arch"]
        for name in taken:
            with self.subTest(field=name):
                field = backend._fields[name]
                self.assertFalse(field.store)
                self.assertEqual(field.groups, "channel_connector.group_manager")
                self.assertFalse(getattr(field, "tracking", None))
                self.assertRegex(arch, rf'<field[^>]*name="{name}"[^>]*password="True"')
