"""Who may see and change what; secrets can be set and never be read back."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, JsonRpcException, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

KEY, SECRET, HOOK_SECRET = "ck_never-shown", "cs_never-shown", "hook_never-shown"
SECRETS = (KEY, SECRET, HOOK_SECRET)
STORED = (
    "api_key_stored",
    "api_secret_stored",
    "webhook_secret_stored",
    "webhook_secret_before",
)
#: what a Channel Manager configures and a Channel User only reads
CONFIGURATION = (
    "channel.backend",
    "channel.flow",
    "channel.map.tax",
    "channel.map.payment",
    "channel.map.carrier",
    "channel.map.status",
    "channel.map.currency",
    "channel.map.warehouse",
    "channel.risk.rule",
    "channel.meta.field",
    "channel.binding.order",
    "channel.binding.refund",
    "channel.binding.shipment",
    "channel.binding.fulfilment",
    "channel.binding.partner",
    "channel.binding.template",
    "channel.binding.product",
    "channel.binding.category",
    "channel.binding.tag",
    "channel.binding.brand",
    "channel.binding.attribute",
    "channel.binding.image",
    "channel.map.tax.class",
    "channel.ownership",
    "channel.stock.rule",
    "channel.matching",
    "channel.matching.line",
    "channel.preview",
    "channel.preview.line",
)
WORK = ("channel.event", "channel.issue", "channel.log", "channel.finding")
INNER = (
    "channel.gate",
    "channel.cursor",
    "channel.outbox",
    "channel.dead.letter",
    "channel.published.stock",
    "channel.published.price",
    "channel.demand",
    "channel.settlement",
    "channel.settlement.line",
)


def make_backend(env, **values):
    return env["channel.backend"].create(
        {
            "name": "Shop",
            "provider": "woocommerce",
            "base_url": "http://127.0.0.1:9",
            "api_key": KEY,
            "api_secret": SECRET,
            "webhook_secret": HOOK_SECRET,
            **values,
        }
    )


def make_blocked_event(backend, external_id="7"):
    """An event that waits for an issue, as a job leaves it behind."""
    row = {
        "kind": "order",
        "external_id": external_id,
        "source": "webhook",
        "dedup_key": external_id,
        "payload": {"id": external_id, "billing": {"email": "jane@example.com"}},
    }
    event = backend.env["channel.event"]._insert(backend, [row])
    issue = backend.env["channel.issue"]._touch(
        backend, "unknown_product", f"cause-{external_id}", title="Product is not known"
    )
    event._settle("blocked", "Product is not known", None, issue)
    return event


def make_everything(backend):
    """One record of each model for a backend: ``{model name: record}``."""
    env = backend.env
    event = make_blocked_event(backend)
    company = backend.company_id
    row = {"backend_id": backend.id}
    code = {**row, "external_code": "x"}
    warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
    partner = env["res.partner"].create({"name": "Jane Doe"})
    product = env["product.product"].create({"name": "Chair"})
    order = env["sale.order"].create({"partner_id": partner.id, "company_id": company.id})
    picking = env["stock.picking"].create({"picking_type_id": warehouse.out_type_id.id})
    field = env["ir.model.fields"]._get("sale.order", "client_order_ref")

    def bind(kind, record):
        return env[f"channel.binding.{kind}"]._bind(backend, "7", record)

    return {
        "channel.backend": backend,
        "channel.flow": backend.flow_ids[0],
        "channel.cursor": backend.flow_ids[0]._get_cursor(),
        "channel.gate": env["channel.gate"]._of(backend),
        "channel.finding": env["channel.finding"].create(
            {**row, "level": "ok", "code": "x", "title": "Fine"}
        ),
        "channel.event": event,
        "channel.issue": event.issue_id,
        "channel.dead.letter": env["channel.dead.letter"].search(
            [("backend_id", "=", backend.id)], limit=1
        ),
        "channel.log": env["channel.log"].create({**row, "url": "http://127.0.0.1:9"}),
        "channel.map.tax": env["channel.map.tax"].create(code),
        "channel.map.payment": env["channel.map.payment"].create(code),
        "channel.map.carrier": env["channel.map.carrier"].create(code),
        "channel.map.status": env["channel.map.status"].create(code),
        "channel.map.currency": env["channel.map.currency"].create(
            {**code, "currency_id": company.currency_id.id}
        ),
        "channel.map.warehouse": env["channel.map.warehouse"].create(
            {**row, "warehouse_id": warehouse.id}
        ),
        "channel.risk.rule": env["channel.risk.rule"].create({**row, "name": "Risky"}),
        "channel.meta.field": env["channel.meta.field"].create({**code, "field_id": field.id}),
        "channel.binding.order": bind("order", order),
        "channel.binding.refund": env["channel.binding.refund"].create(
            {**row, "external_id": "7", "order_id": order.id, "order_external_id": "7"}
        ),
        "channel.binding.shipment": env["channel.binding.shipment"].create(
            {**row, "external_id": "7", "order_id": order.id, "odoo_id": picking.id}
        ),
        "channel.binding.fulfilment": bind("fulfilment", picking),
        "channel.outbox": env["channel.outbox"]._note("order_status", order, lambda one: one),
        "channel.binding.partner": bind("partner", partner),
        "channel.binding.template": bind("template", product.product_tmpl_id),
        "channel.binding.product": bind("product", product),
        **make_catalogue(backend),
        **make_published(backend, product),
        **make_payout(backend),
    }


def make_payout(backend):
    """The same, of a gateway's statement."""
    env = backend.env
    values = {
        "name": "Gateway",
        "code": "GATE",
        "type": "bank",
        "company_id": backend.company_id.id,
    }
    settlement = env["channel.settlement"].create(
        {
            "backend_id": backend.id,
            "external_id": "po_7",
            "profile_id": env["channel.settlement.profile"].search([], limit=1).id,
            "journal_id": env["account.journal"].create(values).id,
            "currency_id": backend.company_id.currency_id.id,
        }
    )
    line = {"settlement_id": settlement.id, "external_id": "7", "kind": "charge"}
    return {
        "channel.settlement": settlement,
        "channel.settlement.line": env["channel.settlement.line"].create(line),
    }


def make_published(backend, product):
    """The same, of what a shop was told of a product that is bound to it."""
    env, row = backend.env, {"backend_id": backend.id, "product_id": product.id}
    binding = env["channel.binding.product"]._find(backend, "7")
    told = {**row, "binding_id": binding.id}
    return {
        "channel.published.stock": env["channel.published.stock"].create({**told, "quantity": 1}),
        "channel.published.price": env["channel.published.price"].create(told),
        "channel.stock.rule": env["channel.stock.rule"].create(row),
        "channel.demand": env["channel.demand"].create(
            {**row, "company_id": backend.company_id.id, "order_external_id": "7", "quantity": 1}
        ),
    }


def make_catalogue(backend):
    """The same, of what only catalogues need."""
    env, row = backend.env, {"backend_id": backend.id}

    def bind(kind, model):
        values = {"name": f"x {backend.id}"}
        if model == "ir.attachment":
            values["company_id"] = backend.company_id.id
        return env[f"channel.binding.{kind}"]._bind(backend, "7", env[model].create(values))

    matching = env["channel.matching"].create(row)
    preview = env["channel.preview"].create({**row, "what": "import_product"})
    return {
        "channel.binding.category": bind("category", "product.category"),
        "channel.binding.tag": bind("tag", "product.tag"),
        "channel.binding.brand": bind("brand", "channel.brand"),
        "channel.binding.attribute": bind("attribute", "product.attribute"),
        "channel.binding.image": bind("image", "ir.attachment"),
        "channel.map.tax.class": env["channel.map.tax.class"].create({**row, "external_code": "x"}),
        "channel.ownership": backend.ownership_ids[0],
        "channel.matching": matching,
        "channel.matching.line": env["channel.matching.line"].create(
            {"matching_id": matching.id, "external_id": "7", "kind": "simple", "found": "none"}
        ),
        "channel.preview": preview,
        "channel.preview.line": env["channel.preview.line"].create(
            {"preview_id": preview.id, "key": "7", "action": "leave"}
        ),
    }


class AccessCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "channel_user", "channel_connector.group_user,base.group_allow_export"
        )
        cls.manager = new_test_user(
            cls.env, "channel_manager", "channel_connector.group_manager,base.group_allow_export"
        )
        cls.backend = make_backend(cls.env)


@tagged("post_install", "-at_install")
class TestSecrets(AccessCase):
    def test_all_that_can_be_read_holds_no_secret(self):
        for user in (self.user, self.manager):
            with self.subTest(user=user.login):
                values = self.backend.with_user(user).read()
                self.assertTrue(values[0]["name"])
                for secret in SECRETS:
                    self.assertNotIn(secret, repr(values))

    def test_user_reads_no_secret_field(self):
        backend = self.backend.with_user(self.user)
        for name in ("api_key", "api_secret", "webhook_secret", "webhook_url", *STORED):
            with self.subTest(field=name), self.assertRaises(AccessError):
                backend.read([name])
            with self.subTest(export=name), self.assertRaises(AccessError):
                backend.export_data([name])

    def test_manager_reads_nothing_where_a_secret_was_set(self):
        backend = self.backend.with_user(self.manager)
        (values,) = backend.read(["api_key", "api_secret", "webhook_secret"])
        self.assertEqual(
            [values[name] for name in ("api_key", "api_secret", "webhook_secret")], [False] * 3
        )
        exported = backend.export_data(["api_key", "api_secret", "webhook_secret"])
        self.assertEqual(exported["datas"], [["", "", ""]])

    def test_stored_secrets_can_neither_be_read_nor_guessed_by_searching(self):
        for user in (self.user, self.manager):
            backends = self.env["channel.backend"].with_user(user)
            for name in STORED:
                with self.subTest(user=user.login, field=name):
                    with self.assertRaises(AccessError):
                        self.backend.with_user(user).read([name])
                    with self.assertRaises(AccessError):
                        backends.search([(name, "=like", "c%")])
                    with self.assertRaises(AccessError):
                        backends.search([], order=name)
                    with self.assertRaises(AccessError):
                        backends.formatted_read_group([], [name], ["__count"])
                    with self.assertRaises(AccessError):
                        self.backend.with_user(user).write({name: "x"})

    def test_manager_sets_a_secret_that_is_then_used(self):
        backend = self.backend.with_user(self.manager)
        with Form(backend) as form:
            form.api_key = "ck_new"
        credentials = self.backend._adapter().credentials
        self.assertEqual((credentials.api_key, credentials.api_secret), ("ck_new", SECRET))
        self.assertIn("stored", backend.api_key_hint)

    def test_saving_the_form_keeps_the_secrets(self):
        with Form(self.backend.with_user(self.manager)) as form:
            form.name = "Renamed"
        credentials = self.backend._adapter().credentials
        self.assertEqual((credentials.api_key, credentials.api_secret), (KEY, SECRET))
        self.assertEqual(self.backend._webhook_secrets(), [HOOK_SECRET])

    def test_user_sets_no_secret(self):
        with self.assertRaises(AccessError):
            self.backend.with_user(self.user).write({"api_key": "ck_mine"})

    def test_copy_has_no_secret(self):
        copy = self.backend.with_user(self.manager).copy()
        self.assertFalse(copy._adapter().credentials.api_key)
        self.assertNotEqual(copy.webhook_token, self.backend.webhook_token)

    def test_chatter_and_tracking_hold_no_secret(self):
        self.env.cr.flush()  # what is created in a transaction is not tracked in it
        self.backend.with_user(self.manager).write(
            {"api_key": "ck_changed", "webhook_secret": "hook_changed", "name": "Renamed"}
        )
        self.env.cr.flush()
        messages = self.backend.message_ids
        tracked = messages.sudo().tracking_value_ids
        self.assertIn("Renamed", tracked.mapped("new_value_char"))
        text = repr([messages.read(), tracked.read()])
        for secret in (*SECRETS, "ck_changed", "hook_changed"):
            self.assertNotIn(secret, text)

    def test_payloads_are_for_managers(self):
        event = make_blocked_event(self.backend)
        for name in ("payload", "payload_text"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                event.with_user(self.user).read([name])
        with self.assertRaises(AccessError):
            event.with_user(self.user).search([("payload", "!=", False)])
        self.assertIn("jane@example.com", event.with_user(self.manager).payload_text)


@tagged("post_install", "-at_install")
class TestRights(AccessCase):
    def test_user_reads_everything_and_changes_nothing(self):
        records = make_everything(self.backend)
        self.assertEqual(set(records), {*CONFIGURATION, *WORK, *INNER})
        for name, record in records.items():
            record = record.with_user(self.user)
            with self.subTest(model=name):
                self.assertTrue(record.read(["display_name"]))
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(record.has_access(operation), operation)

    def test_manager_configures(self):
        records = make_everything(self.backend)
        for name in CONFIGURATION:
            self.assertTrue(records[name].with_user(self.manager).has_access("write"), name)
        for name in ("channel.log", "channel.finding", *INNER):
            self.assertFalse(records[name].with_user(self.manager).has_access("write"), name)

    def test_others_see_nothing(self):
        stranger = new_test_user(self.env, "stranger", "base.group_user")
        for name, record in make_everything(self.backend).items():
            self.assertFalse(record.with_user(stranger).has_access("read"), name)

    def test_user_retries_an_event(self):
        event = make_blocked_event(self.backend)
        event.with_user(self.user).action_retry()
        self.assertEqual(event.state, "pending")
        self.assertEqual(event.job_count, 1)

    def test_user_retries_an_issue(self):
        event = make_blocked_event(self.backend)
        event.issue_id.with_user(self.user).action_retry()
        self.assertEqual(event.state, "pending")

    def test_user_may_write_a_note_on_an_issue(self):
        issue = make_blocked_event(self.backend).issue_id
        message = issue.with_user(self.user).message_post(body="Asked the supplier")
        self.assertIn(message, issue.message_ids)

    def test_user_ignores_no_issue(self):
        issue = make_blocked_event(self.backend).issue_id
        with self.assertRaises(AccessError):
            issue.with_user(self.user).write({"ignore_reason": "mine"})
        issue.ignore_reason = "known"
        with self.assertRaises(AccessError):
            issue.with_user(self.user).action_ignore()
        with self.assertRaises(AccessError):
            self.env["channel.issue.ignore"].with_user(self.user).create({"reason": "mine"})

    def test_manager_ignores_with_a_reason(self):
        event = make_blocked_event(self.backend)
        issue = event.issue_id
        wizard = self.env["channel.issue.ignore"].with_user(self.manager)
        wizard = wizard.with_context(active_ids=issue.ids).create({"reason": "A test order"})
        wizard.action_ignore()
        self.assertEqual((issue.state, issue.ignore_reason), ("ignored", "A test order"))
        self.assertEqual(event.state, "ignored")

    def test_buttons_are_for_managers(self):
        """Buttons are public methods: hiding them on the screen protects nothing."""
        buttons = (
            "action_check_connection",
            "action_connect",
            "action_install_webhooks",
            "action_remove_webhooks",
            "action_fill_mappings",
            "action_confirm_live",
            "action_match_products",
            "action_preview_import",
            "action_preview_export",
            "action_preview_prices",
        )
        stranger = new_test_user(self.env, "stranger", "base.group_user")
        for user in (self.user, stranger):
            for name in buttons:
                with self.subTest(user=user.login, button=name), self.assertRaises(AccessError):
                    getattr(self.backend.with_user(user), name)()
        self.backend.state = "connected"
        with self.assertRaises(AccessError):
            self.backend.with_user(self.user).action_pause()
        for name in ("action_sync_now", "action_pause"):
            with self.subTest(button=name), self.assertRaises(AccessError):
                getattr(self.backend.with_user(stranger), name)()
        self.assertFalse(self.env["channel.log"].search([("backend_id", "=", self.backend.id)]))

    def test_salesperson_works_with_an_imported_order(self):
        salesperson = new_test_user(
            self.env, "salesperson", "sales_team.group_sale_salesman_all_leads"
        )
        order = make_everything(self.backend)["channel.binding.order"].odoo_id
        order.channel_binding_ids.write({"number": "S-77", "amount_total": order.amount_total})
        order = order.with_user(salesperson)
        with Form(order) as form:
            form.client_order_ref = "ABC"
            self.assertEqual(form.channel_number, "S-77")
        self.assertEqual(order.search([("channel_number", "=", "S-77")]), order)
        self.assertNotIn(order, order.search([("channel_number", "!=", "S-77")]))
        self.assertTrue(order.read())
        order.copy()
        product = self.env["product.product"].create({"name": "Chair", "type": "consu"})
        order.order_line = [Command.create({"product_id": product.id})]
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        with self.assertRaises(AccessError):
            order.channel_binding_ids.with_user(salesperson).read(["number"])


@tagged("post_install", "-at_install")
class TestProductManagers(AccessCase):
    """Whoever edits products needs no rights on channels, and gets none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.editor = new_test_user(
            cls.env, "editor", "base.group_user,product.group_product_manager"
        )
        product = cls.env["product.product"].create({"name": "Chair"})
        cls.env["channel.binding.template"]._bind(cls.backend, "7", product.product_tmpl_id)
        cls.env["channel.binding.product"]._bind(cls.backend, "7", product)
        product.product_tmpl_id.channel_excluded_backend_ids = cls.backend
        cls.product = product.with_user(cls.editor)

    def test_edits_what_shops_show(self):
        brand = self.env["channel.brand"].with_user(self.editor).create({"name": "Acme"})
        with Form(self.product.product_tmpl_id) as form:
            form.channel_visibility = "hidden"
            form.channel_length = 120
            form.channel_brand_ids.add(brand)
        self.assertEqual(self.product.channel_length, 120)
        with Form(self.product) as form:
            form.channel_width = 80
        self.assertEqual(self.product.product_tmpl_id.channel_width, 80)

    def test_reads_copies_and_searches_products(self):
        for record in (self.product, self.product.product_tmpl_id):
            names = [name for name in record.fields_get() if name.startswith("channel_")]
            self.assertIn("channel_visibility", names)
            self.assertTrue(record.read(names))
        copied = self.product.product_tmpl_id.copy()
        self.assertEqual(copied.sudo().channel_excluded_backend_ids, self.backend)
        self.assertEqual(self.product.search([("id", "=", self.product.id)]), self.product)

    def test_keeps_products_out_of_a_shop(self):
        groups = "product.group_product_manager,channel_connector.group_user"
        person = new_test_user(self.env, "both", groups)
        table = self.env["product.template"].create({"name": "Table"})
        wizard = self.env["channel.product.publish"].with_user(person)
        wizard.create({"template_ids": table.ids, "backend_ids": self.backend.ids}).action_exclude()
        self.assertEqual(table.channel_excluded_backend_ids, self.backend)

    def test_sees_no_channel(self):
        for name in ("channel_binding_ids", "channel_price_ids", "channel_excluded_backend_ids"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                self.product.read([name])
        with self.assertRaises(AccessError):
            self.backend.with_user(self.editor).read(["name"])


@tagged("post_install", "-at_install")
class TestCompanies(AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other Company"})
        cls.env.user.company_ids += cls.other
        env = cls.env(context={"allowed_company_ids": cls.other.ids})
        cls.theirs = make_everything(make_backend(env, company_id=cls.other.id))

    def test_records_of_another_company_are_invisible(self):
        for user in (self.user, self.manager):
            for name, record in self.theirs.items():
                record = record.with_user(user).with_context(allowed_company_ids=None)
                with self.subTest(user=user.login, model=name):
                    self.assertFalse(record.search([("id", "=", record.id)]))
                    with self.assertRaises(AccessError):
                        record.read(["display_name"])

    def test_other_company_s_event_can_not_be_retried(self):
        event = self.theirs["channel.event"]
        with self.assertRaises(AccessError):
            event.with_user(self.user).with_context(allowed_company_ids=None).action_retry()
        with self.assertRaises(AccessError):
            event.issue_id.with_user(self.user).with_context(
                allowed_company_ids=None
            ).action_retry()
        self.assertEqual(event.state, "blocked")

    def test_no_order_is_imported_into_another_company(self):
        backend = self.theirs["channel.backend"]
        backend.state = "connected"
        wizard = self.env["channel.order.import"].with_user(self.manager)
        wizard = wizard.create({"backend_id": backend.id, "external_ids": "1"})
        with self.assertRaises(AccessError):
            wizard.with_context(allowed_company_ids=None).action_import()


@tagged("post_install", "-at_install")
class TestSecretsByRpc(HttpCase):
    """The same through the door that outsiders use."""

    def test_secrets_by_rpc(self):
        new_test_user(
            self.env,
            "channel_manager",
            "channel_connector.group_manager,base.group_allow_export",
            password="channel_m1",
        )
        backend = make_backend(self.env)
        self.authenticate("channel_manager", "channel_m1")

        def call(method, *args, **kwargs):
            return self.make_jsonrpc_request(
                "/web/dataset/call_kw",
                {"model": "channel.backend", "method": method, "args": args, "kwargs": kwargs},
            )

        text = repr(call("read", backend.ids))
        self.assertIn(backend.base_url, text)
        text += repr(call("web_read", backend.ids, {"api_key": {}, "webhook_secret": {}}))
        text += repr(call("export_data", backend.ids, ["api_key", "api_secret"]))
        for secret in SECRETS:
            self.assertNotIn(secret, text)
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            call("search", [("api_key_stored", "=like", "ck%")])
        for private in ("_webhook_secrets", "_adapter", "_env"):
            with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
                call(private, backend.ids)
