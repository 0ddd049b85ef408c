"""The guided set-up: its steps, what stops each of them, and what it writes."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..dev.woostore import Server, Store
from .common import ChannelCase

SETUP_FORM = "channel_connector.view_channel_backend_setup_form"


class SetupCase(ChannelCase):
    """A shop with orders, and a draft that knows its address and keys."""

    backend_values = {"state": "draft"}

    def setUp(self):
        super().setUp()
        # what one test buys must not be another one's first import
        case = type(self)
        case.store = Store(**self.store_options)
        case.server = Server(self.store)
        self.server.__enter__()
        self.addCleanup(self.server.__exit__, None, None, None)
        keys = {"api_key": self.store.key, "api_secret": self.store.secret}
        self.backend.write({"base_url": self.server.url, **keys})

    @classmethod
    def _make_backend(cls, company, name="Shop", **values):
        return (
            cls.env["channel.backend"]
            .create(
                {
                    "name": name,
                    "provider": "woocommerce",
                    "company_id": company.id,
                    "base_url": cls.server.url,
                    "api_key": cls.store.key,
                    "api_secret": cls.store.secret,
                    "requests_per_minute": 0,
                    **values,
                }
            )
            ._env()
        )

    def go_to(self, step):
        """Press Next until the backend stands at a step."""
        while self.backend.setup_step != step:
            before = self.backend.setup_step
            self.backend.action_setup_next()
            self.assertNotEqual(self.backend.setup_step, before)

    def flow(self, kind, direction="in"):
        flows = self.env["channel.flow"].with_context(active_test=False)
        return flows._of(self.backend, kind, direction)


@tagged("post_install", "-at_install")
class TestSetupSteps(SetupCase):
    def test_every_step_in_its_order(self):
        self._add_product("MUG")
        self.place(("MUG", 1))
        seen = []
        while self.backend.setup_step != "live":
            seen.append(self.backend.setup_step)
            self.backend.action_setup_next()
        self.assertEqual(
            seen, ["address", "check", "flows", "mappings", "matching", "dry_run", "since"]
        )
        self.backend.action_setup_live()
        self.assertEqual(self.backend.state, "connected")
        self.assertTrue(self.store.webhooks)
        self.assertFalse(self.backend.setup_warning)
        self.assertTrue(self.backend.first_import_at)

    def test_back_keeps_what_was_entered(self):
        self.go_to("flows")
        self.backend.setup_prices = "odoo"
        self.backend.action_setup_back()
        self.backend.action_setup_back()
        self.assertEqual(self.backend.setup_step, "address")
        self.backend.action_setup_back()
        self.assertEqual(self.backend.setup_step, "address")
        self.go_to("flows")
        self.assertEqual(self.backend.setup_prices, "odoo", "the recommendation came back")

    def test_resumed_where_it_was_left(self):
        self.go_to("mappings")
        action = self.backend.action_setup()
        self.assertEqual(action["res_id"], self.backend.id)
        self.assertEqual(
            self.env["channel.backend"].browse(action["res_id"]).setup_step, "mappings"
        )

    def test_what_is_live_is_not_set_up_again(self):
        self.backend.state = "connected"
        for press in (
            self.backend.action_setup_next,
            self.backend.action_setup_back,
            self.backend.action_setup_live,
            self.backend.action_setup_count,
        ):
            with self.assertRaisesRegex(UserError, "set up already"):
                press()

    def test_no_flow_runs_before_going_live(self):
        self._add_product("MUG")
        self.place(("MUG", 1))
        self.go_to("live")
        self.env["channel.backend"]._cron_tick()
        self.assertFalse(self.env["channel.event"].search([("backend_id", "=", self.backend.id)]))
        self.assertFalse(self.env["sale.order"].search([("company_id", "=", self.company.id)]))
        jobs = self.env["queue.job"].search(
            [("model_name", "in", ("channel.flow", "channel.event"))]
        )
        self.assertFalse(jobs)
        self.assertFalse(self.store.webhooks)

    def test_only_managers(self):
        user = new_test_user(self.env, "looker", "channel_connector.group_user")
        user.write({"company_id": self.company.id, "company_ids": [(6, 0, self.company.ids)]})
        backend = self.backend.with_user(user)
        for name in ("action_setup_next", "action_setup_back", "action_setup_trial"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(backend, name)()


@tagged("post_install", "-at_install")
class TestSetupBadInput(SetupCase):
    """Each step names the field and what to do."""

    def _typed(self, **values):
        with Form(self.env["channel.backend"], SETUP_FORM) as form:
            for name, value in values.items():
                form[name] = value
        return form.record

    def test_address_without_scheme_and_name_from_it(self):
        form = Form(self.env["channel.backend"], SETUP_FORM)
        form.base_url = " shop.example/eu "
        self.assertEqual((form.base_url, form.name), ("https://shop.example/eu", "shop.example"))
        self.assertEqual(
            form.setup_keys_url,
            "https://shop.example/eu/wp-admin/admin.php?page=wc-settings&tab=advanced&section=keys",
        )
        self.assertEqual(
            form.setup_permalinks_url, "https://shop.example/eu/wp-admin/options-permalink.php"
        )

    def test_address_copied_from_the_back_office(self):
        form = Form(self.env["channel.backend"], SETUP_FORM)
        form.base_url = "https://shop.example/wp-admin/admin.php?page=wc-settings"
        self.assertEqual(
            form.setup_permalinks_url, "https://shop.example/wp-admin/options-permalink.php"
        )

    def test_address_that_is_none(self):
        with self.assertRaisesRegex(ValidationError, "Shop address: “ftp://shop”.*https://"):
            self.backend.base_url = "ftp://shop"

    def test_missing_keys_are_named(self):
        backend = self.env["channel.backend"].create(
            {"name": "X", "provider": "woocommerce", "base_url": self.server.url}
        )
        with self.assertRaisesRegex(UserError, "Missing: Consumer Key, Consumer Secret.*paste"):
            backend.action_setup_next()
        self.assertEqual(backend.setup_step, "address")

    def _check_fails(self, title, **values):
        self.backend.write(values)
        self.backend.action_setup_next()
        self.assertEqual(self.backend.setup_step, "check")
        finding = self.backend.finding_ids.filtered(lambda row: row.level == "error")
        self.assertIn(title, finding.title)
        self.assertTrue(finding.suggestion)
        with self.assertRaisesRegex(UserError, "(?s)can't be used yet.*" + title[:12]):
            self.backend.action_setup_next()

    def test_swapped_keys(self):
        values = {"api_key": self.store.secret, "api_secret": self.store.key}
        self._check_fails("in each other's field", **values)

    def test_wrong_key(self):
        self._check_fails("refuses the key", api_key="ck_" + "0" * 40)

    def test_nobody_there(self):
        self._check_fails("refuses connections", base_url="http://127.0.0.1:9")

    def test_corrected_and_checked_again(self):
        self.backend.api_key = "ck_" + "0" * 40
        self.backend.action_setup_next()
        self.assertFalse(self.backend._may_read())
        self.backend.api_key = self.store.key
        self.backend.action_setup_check()
        self.assertTrue(self.backend._may_read())
        self.backend.action_setup_next()
        self.assertEqual(self.backend.setup_step, "flows")

    def test_another_key_has_to_be_checked_again(self):
        self.go_to("flows")
        self.assertTrue(self.backend._may_read())
        self.backend.api_secret = "cs_other"
        self.assertFalse(self.backend._may_read())
        with self.assertRaisesRegex(UserError, "Check the connection first"):
            self.backend.action_match_products()

    def test_nothing_chosen(self):
        self.go_to("flows")
        self.backend.flow_ids.active = False
        with self.assertRaisesRegex(UserError, "Orders come in"):
            self.backend.action_setup_next()

    def test_first_day_in_the_future(self):
        self.go_to("since")
        self.backend.import_since = fields.Datetime.now() + timedelta(days=2)
        for press in (self.backend.action_setup_next, self.backend.action_setup_count):
            with self.assertRaisesRegex(UserError, "Import Orders Since: .* in the future"):
                press()

    def test_a_shop_that_fails_meanwhile(self):
        self.go_to("live")
        self.server.pause()
        self.backend.action_setup_live()
        self.server.resume()
        self.assertEqual((self.backend.state, self.backend.setup_step), ("draft", "check"))
        self.assertEqual(self.backend.check_result, "error")
        self.backend.action_setup_check()
        self.assertEqual(self.backend.check_result, "warning")

    def test_a_key_that_only_reads_goes_live_without_webhooks(self):
        key, secret = self.store.add_key("read")
        self.backend.write({"api_key": key, "api_secret": secret})
        self.go_to("live")
        self.backend.action_setup_live()
        self.assertEqual(self.backend.state, "connected")
        self.assertIn("Webhooks could not be installed", self.backend.setup_warning)
        self.assertIn("Read/Write", self.backend.setup_warning)


@tagged("post_install", "-at_install")
class TestSetupChoices(SetupCase):
    def test_an_odoo_without_products_gets_the_shops(self):
        self.env["product.product"].search([]).sale_ok = False
        self.go_to("flows")
        self.assertEqual(self.backend.setup_products, "channel")
        self.assertEqual(self.backend.product_policy, "create")
        self.assertEqual(self.backend.setup_stock, "channel", "an empty Odoo would sell it out")
        self.assertTrue(self.flow("product").active)
        self.assertFalse(self.flow("stock", "out").active)

    def test_an_odoo_with_stock_publishes_it(self):
        mug = self._make_product("MUG")
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)])
        self.env["stock.quant"]._update_available_quantity(mug, warehouse.lot_stock_id, 3)
        self.go_to("flows")
        self.assertEqual((self.backend.setup_products, self.backend.setup_stock), ("none", "odoo"))
        self.assertTrue(self.flow("stock", "out").active)

    def _owners(self):
        return {row.group: row.owner for row in self.backend.ownership_ids}

    def test_answers_switch_flows_and_owners(self):
        self.backend.write(
            {"setup_products": "odoo", "setup_prices": "odoo", "setup_stock": "odoo"}
        )
        self.assertEqual(set(self._owners().values()), {"odoo"})
        for kind in ("product", "price", "stock"):
            self.assertTrue(self.flow(kind, "out").active, kind)
        self.assertFalse(self.flow("product").active)
        self.backend.write({"setup_products": "channel", "setup_prices": "channel"})
        owners = self._owners()
        self.assertEqual((owners.pop("stock"), set(owners.values())), ("odoo", {"channel"}))
        self.assertTrue(self.flow("product").active)
        self.assertFalse(self.flow("product", "out").active or self.flow("price", "out").active)
        self.backend.write({"setup_products": "none", "setup_orders": False})
        self.assertFalse(self.flow("product").active or self.flow("order").active)
        self.assertFalse(self.flow("customer").active)

    def test_the_shop_names_itself(self):
        self.backend.name = "127.0.0.1"
        self.backend.action_setup_next()
        self.assertNotIn(self.backend.name, ("127.0.0.1", False))
        self.backend.name = "My name"
        self.backend.action_setup_check()
        self.assertEqual(self.backend.name, "My name")


@tagged("post_install", "-at_install")
class TestSetupReading(SetupCase):
    """What a draft may read: mappings, counts, matching, dry run."""

    def opened(self, action):
        self.backend.invalidate_recordset()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_mappings_and_missing_taxes(self):
        self.store.statuses["packed"] = "Packed"
        self.go_to("mappings")
        self.assertEqual(self.backend.open_status_ids.mapped("external_label"), ["Packed"])
        self.assertTrue(self.backend.payment_map_ids and self.backend.carrier_map_ids)
        self.assertTrue(self.backend.open_tax_count)
        self.assertEqual(
            self.backend.open_tax_ids, self.backend.tax_map_ids.filtered("is_unmapped")
        )
        self.backend.action_setup_create_taxes()
        self.backend.invalidate_recordset()
        self.assertFalse(self.backend.open_tax_count)
        self.assertFalse(self.backend.open_tax_ids)

    def test_orders_are_counted_as_the_shop_names_them(self):
        self._add_product("MUG")
        for _number in range(3):
            self.place(("MUG", 1))
        self.go_to("since")
        self.assertEqual((self.backend.setup_order_count, self.backend.setup_order_total), (3, 3))
        self.assertTrue(self.backend.setup_counted)
        self.backend.import_since = fields.Datetime.now() - timedelta(days=1)
        self.assertFalse(self.backend.setup_counted)
        self.backend.with_context(setup_days=30).action_setup_since()
        self.assertTrue(self.backend.setup_counted)
        midnight = self.backend.import_since + timedelta(hours=2)
        self.assertLess(midnight, fields.Datetime.now() - timedelta(days=29))
        self.backend.action_setup_all_orders()
        self.assertFalse(self.backend.import_since)
        self.assertTrue(self.backend.setup_counted)

    def test_matching_and_dry_run_of_a_draft(self):
        mug = self._add_product("MUG")
        self.store.add_product(sku="NEW", name="Only there", regular_price="3.00")
        self.go_to("matching")
        matching = self.opened(self.backend.action_setup_matching())
        self._run(matching, "_job_run")
        self.assertEqual(matching.state, "ready", matching.reason)
        self.assertEqual((self.backend.setup_matched, self.backend.setup_only_shop), (1, 1))
        matching.action_apply()
        self._run(matching, "_job_run")
        self.assertTrue(mug.channel_binding_ids)
        self.assertEqual(self.backend.action_setup_matching()["res_id"], matching.id)
        preview = self.opened(self.backend.action_setup_preview())
        self._run(preview, "_job_run")
        self.assertEqual(self.backend.setup_create, 1)
        with self.assertRaisesRegex(UserError, "not connected"):
            preview.action_apply()


@tagged("post_install", "-at_install")
class TestTrial(SetupCase):
    """The dry run of orders: the import itself, and nothing of it stays."""

    TABLES = (
        "sale.order",
        "sale.order.line",
        "res.partner",
        "stock.picking",
        "stock.move",
        "product.product",
        "channel.event",
        "channel.issue",
        "channel.binding.order",
        "account.move",
        "mail.message",
        "mail.mail",
        "queue.job",
        "channel.outbox",
    )

    def _counts(self):
        return {
            name: self.env[name].with_context(active_test=False).search_count([])
            for name in self.TABLES
        }

    def _try(self):
        self.go_to("mappings")
        if self.backend.open_tax_ids:
            self.backend.action_setup_create_taxes()
        self.backend.action_setup_trial()
        return self.backend.setup_trial_ids

    def test_a_variant_that_odoo_does_not_know(self):
        """Nothing comes in during a dry run, so its order does not wait for the whole product."""
        sizes = [{"sku": "COAT-M", "regular_price": "12", "options": {"Size": "M"}}]
        self.store.add_variable_product("Coat", sizes)
        self.place(("COAT-M", 1))
        self.backend.product_policy = "create"
        flows = self.backend.with_context(active_test=False).flow_ids
        flows.filtered(lambda flow: flow._key() == ("product", "in")).active = True
        self.assertIn("order", self._try().mapped("result"))

    def test_shows_what_the_import_makes(self):
        self._add_product("MUG")
        self.env["res.partner"].create({"name": "Jane Doe", "email": "jane@example.com"})
        order = self.place(("MUG", 2), shipping=[("flat_rate", "4.90")])
        (row,) = self._try()
        self.assertEqual(
            (row.number, row.result, row.equal), (str(order["number"]), "order", "yes")
        )
        self.assertEqual(f"{row.odoo_total:.2f}", order["total"])
        self.assertEqual(f"{row.odoo_tax:.2f}", order["total_tax"])
        self.assertEqual(row.products, "1 known")
        self.assertTrue(row.customer)
        self.assertIn("MUG", row.lines_html)
        self.backend.action_setup_all_orders()
        self.backend.action_setup_live()
        sale = self.import_order(order)
        self.assertEqual(sale.amount_total, row.odoo_total)
        self.assertEqual((sale.state, sale.partner_id.display_name), ("sale", row.customer))

    def test_nothing_stays(self):
        self._add_product("MUG")
        for _number in range(3):
            self.place(("MUG", 1))
        self.go_to("mappings")
        self.backend.action_setup_create_taxes()
        self.env.flush_all()
        before = self._counts()
        self.backend.action_setup_trial()
        self.assertEqual(self._counts(), before)
        self.assertEqual(len(self.backend.setup_trial_ids), 3)
        self.backend.action_setup_trial()
        self.assertEqual(len(self.backend.setup_trial_ids), 3, "the second replaces the first")

    def _next_numbers(self):
        """What PostgreSQL's sequences behind Odoo's would give next; they never roll back."""
        self.env.cr.execute(
            "SELECT sequencename, last_value FROM pg_sequences WHERE sequencename ~ '^ir_sequence_'"
        )
        return dict(self.env.cr.fetchall())

    def test_no_number_is_used_up(self):
        self._add_product("MUG")
        self.place(("MUG", 1))
        self.go_to("mappings")
        self.backend.action_setup_create_taxes()
        before = self._next_numbers()
        self.backend.action_setup_trial()
        self.assertEqual(self.backend.setup_trial_ids.result, "order")
        self.assertEqual(self._next_numbers(), before)

    def test_one_bad_order_among_good_ones(self):
        self._add_product("MUG")
        self.store.add_product(sku="GHOST", name="Ghost", regular_price="1.00")
        good = self.place(("MUG", 1))
        bad = self.place(("GHOST", 1))
        over = self.place(("MUG", 1), status="cancelled")
        rows = {row.external_id: row for row in self._try()}
        self.assertEqual(rows[str(good["id"])].result, "order")
        self.assertEqual(rows[str(over["id"])].result, "ignored")
        blocked = rows[str(bad["id"])]
        self.assertEqual((blocked.result, blocked.equal), ("blocked", False))
        self.assertIn("GHOST", f"{blocked.reason} {blocked.suggestion}")
        self.assertEqual(self.backend.setup_trial_blocked, 1)

    def test_products_that_would_be_made(self):
        self.store.add_product(sku="NEW", name="Novelty", regular_price="1.00")
        self.place(("NEW", 1))
        self.backend.product_policy = "create"
        (row,) = self._try()
        self.assertEqual((row.result, row.products, row.customer_found), ("order", "1 new", "new"))
        self.assertFalse(self.env["product.product"].search([("default_code", "=", "NEW")]))

    def test_a_shop_without_orders(self):
        self.assertFalse(self._try())
        self.assertTrue(self.backend.setup_tried_at)

    def test_not_before_the_check(self):
        with self.assertRaisesRegex(UserError, "Check the connection first"):
            self.backend.action_setup_trial()
