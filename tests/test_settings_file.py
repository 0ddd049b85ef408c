"""Settings as a file: they make another backend the same, and nothing secret or numbered leaves."""

import base64
import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import ChannelCase

SECRET_WORDS = ("secret", "token", "api_key", "password", "base_url", "wp_", "webhook_url")


@tagged("post_install", "-at_install")
class TestSettingsFile(ChannelCase):
    recorded = "excl"
    chart = "generic_coa"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mug = cls._make_product("MUG")
        cls._configure(cls.backend)
        cls.file = cls.env["channel.settings.file"]
        cls.content = cls.file._export(cls.backend)
        cls.other_company = cls._make_company("Other Company", "EUR")
        companies = (cls.company | cls.other_company).ids
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": companies})

    @classmethod
    def _configure(cls, backend):
        company = backend.company_id
        warehouse = cls.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
        )
        plan = cls.env["account.analytic.plan"].create({"name": "Shops"})
        account = cls.env["account.analytic.account"].create(
            {"name": "Web", "code": "W1", "plan_id": plan.id, "company_id": False}
        )
        backend.write(
            {
                "order_prefix": "WEB-",
                "requests_per_minute": 123,
                "warehouse_ids": [Command.set(warehouse.ids)],
                "team_id": cls.env["crm.team"].create({"name": "Web", "company_id": False}).id,
                "analytic_distribution": {str(account.id): 40.0},
                "stock_buffer": 2.0,
                "risk_rule_ids": [
                    Command.create(
                        {
                            "name": "Far away",
                            "min_total": 100,
                            "country_ids": [Command.set(cls.env.ref("base.us").ids)],
                        }
                    )
                ],
                "warehouse_map_ids": [
                    Command.create({"shipping_method": "flat_rate", "warehouse_id": warehouse.id})
                ],
                "stock_rule_ids": [
                    Command.create({"product_id": cls.mug.id, "mode": "fixed", "quantity": 7})
                ],
            }
        )
        cod = cls.env["channel.map.payment"]._find(backend, "cod")
        cod.write(
            {
                "order_policy": "always",
                "journal_id": journal.id,
                "payment_method_line_id": journal.inbound_payment_method_line_ids[:1].id,
            }
        )
        flow = backend.flow_ids.filtered(lambda one: (one.kind, one.direction) == ("order", "in"))
        flow.write({"interval": 7, "realtime": False, "latency_target": 99})
        backend.ownership_ids.filtered(lambda row: row.group == "stock").owner = "channel"

    def _wizard(self, backend, content=None, user=None):
        raw = json.dumps(self.content if content is None else content).encode()
        wizards = self.env["channel.settings.import"].with_user(user or self.env.user)
        return wizards.create({"backend_id": backend.id, "data": base64.b64encode(raw)})

    def _import(self, backend, content=None):
        wizard = self._wizard(backend, content)
        wizard.action_preview()
        wizard.action_import()
        return wizard

    def _target(self, company, **values):
        backend = self._make_backend(company, name="Second", **values)
        return backend.with_env(self.env)

    # === THERE AND BACK === #

    def test_another_backend_of_the_company_becomes_equal(self):
        target = self._target(self.company)
        self.assertNotEqual(self.file._export(target), self.content)
        wizard = self._import(target)
        self.assertFalse(wizard.missing_count)
        self.assertEqual(self.file._export(target), self.content)
        again = self._wizard(target)
        again.action_preview()
        self.assertFalse(again.line_ids, "it has all of it now")
        with self.assertRaises(UserError):
            again.action_import()

    def test_another_company_takes_its_own_records_of_the_same_names(self):
        target = self._target(self.other_company)
        self.mug.company_id = False
        self._import(target)
        cod = self.env["channel.map.payment"]._find(target, "cod")
        source = self.env["channel.map.payment"]._find(self.backend, "cod")
        self.assertEqual(cod.journal_id.company_id, self.other_company)
        self.assertEqual(cod.journal_id.code, source.journal_id.code)
        self.assertEqual(cod.payment_method_line_id.journal_id, cod.journal_id)
        self.assertEqual(target.stock_rule_ids.product_id, self.mug)
        self.assertEqual(target.analytic_distribution, self.backend.analytic_distribution)
        for section in ("flows", "ownership", "order_statuses", "risk_rules"):
            self.assertEqual(self.file._export(target)[section], self.content[section])

    def test_what_is_not_here_is_told_and_stays(self):
        target = self._target(self.other_company)  # has a warehouse of another code
        wizard = self._wizard(target)
        wizard.action_preview()
        missing = wizard.line_ids.filtered(lambda line: line.kind == "missing")
        code = self.backend.warehouse_ids.code
        self.assertIn(code, missing.mapped("after"))
        self.assertFalse(target.order_prefix, "a preview writes nothing")
        with Form(wizard) as form:  # as the browser shows it
            self.assertEqual(form.missing_count, len(missing))
        wizard.action_import()
        self.assertFalse(target.warehouse_ids | target.warehouse_map_ids.warehouse_id)
        self.assertEqual(target.order_prefix, "WEB-")
        self.assertIn("Settings imported", target.message_ids[0].body)

    def test_a_tax_is_found_by_name_amount_and_country(self):
        target = self._target(self.company)
        self.assertTrue(self.backend.tax_map_ids.tax_id)
        target.tax_map_ids.tax_id = False
        for row in target.tax_map_ids:
            row.external_code = f"9{row.external_code}"  # the rates have other numbers there
        self._import(target)
        rates = {row.external_label: row.tax_id for row in self.backend.tax_map_ids}
        self.assertEqual({row.external_label: row.tax_id for row in target.tax_map_ids}, rates)

    def test_two_of_one_name_are_not_guessed(self):
        self.env["crm.team"].create({"name": "Web", "company_id": False})
        target = self._target(self.company)
        self._import(target)
        self.assertFalse(target.team_id)

    # === WHAT DOES NOT LEAVE === #

    def test_no_secret_and_no_id_leaves(self):
        self.backend.write({"webhook_secret": "hook-secret-1", "name": "Shop of Jane"})
        self.backend.flow_ids.action_pause()
        text = json.dumps(self.file._export(self.backend))
        secrets = (self.store.key, self.store.secret, "hook-secret-1", self.server.url)
        for secret in (*secrets, self.backend.sudo().webhook_token, "Shop of Jane"):
            self.assertNotIn(secret, text)
        names = set(_names(json.loads(text)))
        self.assertFalse({name for name in names for word in SECRET_WORDS if word in name})
        self.assertFalse({name for name in names if name in ("id", "paused", "state")})
        self.assertFalse({name for name in names if name.endswith(("_id.id", "company_id"))})

    def test_the_file_is_offered_to_managers_alone(self):
        user = new_test_user(self.env, "looker", "channel_connector.group_user")
        user.write({"company_ids": [Command.link(self.company.id)], "company_id": self.company.id})
        for action in ("action_export_settings", "action_import_settings"):
            with self.assertRaises(AccessError):
                getattr(self.backend.with_user(user), action)()
        manager = new_test_user(self.env, "saver", "channel_connector.group_manager")
        manager.write(
            {"company_ids": [Command.link(self.company.id)], "company_id": self.company.id}
        )
        backend = self.backend.with_user(manager).with_context(allowed_company_ids=self.company.ids)
        action = backend.action_export_settings()
        wizard = backend.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(json.loads(base64.b64decode(wizard.data)), self.content)
        self.assertEqual(wizard.filename, "shop-settings.json")

    # === WHAT DOES NOT COME IN === #

    def test_a_file_can_set_nothing_but_settings(self):
        content = {
            **self.content,
            "settings": {
                "state": "draft",
                "api_key": "ck_x",
                "company_id": 1,
                "base_url": "http://x",
            },
        }
        wizard = self._wizard(self.backend, content)
        wizard.action_preview()
        self.assertEqual(set(wizard.line_ids.mapped("kind")), {"missing"})
        self.assertEqual(len(wizard.line_ids), 4)
        with self.assertRaises(UserError):
            wizard.action_import()

    def test_damaged_files_are_refused_in_plain_words(self):
        for content in (
            [],
            {"format": "other"},
            {**self.content, "version": 2},
            {**self.content, "provider": "other"},
            {**self.content, "settings": {"max_parallel": "many"}},
            {**self.content, "settings": {"stock_basis": "guess"}},
            {**self.content, "settings": {"team_id": {"id": 3}}},
            {**self.content, "flows": [{"kind": "order"}]},
            {**self.content, "flows": 3},
            {**self.content, "stock_rules": [{"product_id": "x"}]},
        ):
            with self.subTest(content=str(content)[-60:]), self.assertRaises(UserError):
                self._wizard(self.backend, content).action_preview()
        wizard = self.env["channel.settings.import"].create(
            {"backend_id": self.backend.id, "data": base64.b64encode(b"\xff{")}
        )
        with self.assertRaises(UserError):
            wizard.action_preview()


def _names(value):
    """All keys of a JSON document."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _names(one)
    elif isinstance(value, list):
        for one in value:
            yield from _names(one)
