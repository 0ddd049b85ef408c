"""The recorded catalogues, imported over HTTP: by polls, webhooks, and again."""

import json
from uuid import uuid4

from odoo.tests import tagged

from ..core.canonical import Notice
from ..core.catalogue import GROUPS
from ..core.catalogue_diff import changes
from .catalogue_case import ShopCase

#: Kinds of which Odoo has no counterpart.
IGNORED = ("grouped", "external")


class RecordedTests:
    allow_inherited_tests_method = True

    def test_everything_comes(self):
        events = self.import_catalogue()
        by_state = events.grouped("state")
        self.assertEqual(set(by_state), {"done", "ignored"}, events.mapped("reason"))
        kinds = {
            self.store.products[int(event.external_id)]["type"] for event in by_state["ignored"]
        }
        self.assertEqual(kinds, set(IGNORED))
        bindings = self.env["channel.binding.template"].search(
            [("backend_id", "=", self.backend.id)]
        )
        templates = bindings.odoo_id
        odoo = (
            self.env["channel.product.reader"]
            .with_env(self.backend.env)
            ._read(self.backend, templates)
        )
        wrong = []
        for binding in bindings:
            shop = self.shown(binding.external_id)
            wrong += changes(odoo[binding.odoo_id.id], shop, set(GROUPS) - {"stock", "images"})
        self.assertFalse(wrong)

    def test_a_second_run_writes_nothing(self):
        self.import_catalogue()
        self.assertEqual(self.poll_products(), "0 records")
        templates = self.env["channel.binding.template"].search([]).odoo_id
        stamps = templates.mapped("write_date")
        for binding in self.env["channel.binding.template"].search([], limit=5):
            self.assertEqual(self.receive(binding.external_id, kind="product").state, "ignored")
        self.assertEqual(templates.mapped("write_date"), stamps)


@tagged("post_install", "-at_install")
class TestRecordedIncl(RecordedTests, ShopCase):
    recorded = "incl"


@tagged("post_install", "-at_install")
class TestRecordedExcl(RecordedTests, ShopCase):
    recorded = "excl"


@tagged("post_install", "-at_install")
class TestProductPoll(ShopCase):
    """Many products by pages, deliveries, and what was deleted."""

    def add(self, count, **values):
        return self.store.add_products(count, name="Thing", **values)

    def events(self, **values):
        domain = [("backend_id", "=", self.backend.id), ("kind", "=", "product")]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["channel.event"].search(domain, order="id")

    def deliver(self, product, **changes):
        """A webhook's delivery, as the endpoint stores it."""
        payload = json.loads(json.dumps({**self.store_json(product["id"]), **changes}))
        notice = Notice("product", "product.updated", str(product["id"]))
        rules = self.env["channel.backend"]._delivery_rules(self.backend.sudo().webhook_token)
        return self.env["channel.event"]._receive(rules, notice, payload, str(uuid4()))

    def store_json(self, product_id):
        (row,) = [row for row in self.store.shown_products() if row["id"] == product_id]
        return {**row, "variations": []}

    def test_a_poll_that_breaks_off_keeps_its_pages(self):
        self.flow.batch_size = 10
        self.add(35)
        self.server.faults.add("502-html", path=r"/products", skip=2)
        self.assertTrue(self._run(self.flow, "_job_poll").ignore_retry)
        kept = len(self.events())
        self.assertTrue(0 < kept < 35, kept)
        self.env["channel.gate"]._of(self.backend).write({"open_until": False, "failures": 0})
        self.assertEqual(self.poll_products(), f"{35 - kept} records")
        self.assertEqual(len(set(self.events().mapped("external_id"))), 35)

    def test_a_killed_chunk_is_worked_on_again(self):
        self.add(6)
        self.poll_products()
        self.run_chunk(self.events()[:3])
        # the worker died before the second chunk: the sweep gives its events jobs again
        self.run_pending()
        self.run_pending()
        self.assertEqual(set(self.events().mapped("state")), {"done"})
        self.assertEqual(len(self.env["channel.binding.template"].search([])), 6)

    def test_one_bad_record_does_not_hold_up_its_chunk(self):
        self.add(4)
        bad = self.store.add_product(sku="BAD", name="Bad", regular_price="1")
        self._make_product("BAD")
        self._make_product("BAD")
        nonsense = self.store.add_product(sku="ODD", name="Odd", regular_price="1")
        self.poll_products()
        odd = self.events(external_id=str(nonsense["id"]))
        self.env.cr.execute(
            "UPDATE channel_event SET payload = '{}'::jsonb WHERE id = %s", [odd.id]
        )
        odd.invalidate_recordset()
        self.run_chunk(self.events())
        blocked = self.events(state="blocked")
        self.assertEqual(set(blocked.mapped("external_id")), {str(bad["id"]), str(nonsense["id"])})
        self.assertEqual(
            set(blocked.issue_id.mapped("code")), {"ambiguous_product", "not_a_product"}
        )
        self.assertEqual(len(self.events(state="done")), 4)

    def test_a_barcode_that_odoo_refuses_blocks_only_its_product(self):
        self._make_product("OTHER", barcode="4006381333931", company_id=False)
        self.add(2)
        first = self.store.add_product(sku="A", name="A", regular_price="1")
        self.import_catalogue()
        self.store.edit_product(first["id"], global_unique_id="4006381333931")
        event = self.receive(first["id"], kind="product")
        self.assertEqual(event.state, "blocked")
        self.assertEqual(len(self.events(state="done")), 3)

    def test_an_echo_is_settled_without_a_call(self):
        """A shop announces a product for each piece it sells."""
        (product,) = self.add(1, manage_stock=True, stock_quantity=5)
        self.import_catalogue()
        self.store.set_stock(product["id"], 4)
        calls = len(self.store.requests)
        event = self.deliver(product)
        self.run_job(event)
        self.assertEqual((event.state, event.res_model), ("ignored", "product.template"))
        made = [
            call
            for call in self.store.requests[calls:]
            if call.path.startswith("/wp-json/wc/v3/products")
        ]
        self.assertFalse(made)

    def test_a_delivery_that_differs_is_a_hint(self):
        (product,) = self.add(1)
        self.import_catalogue()
        event = self.deliver(product, name="A lie")
        self.run_job(event)
        self.assertEqual(event.state, "ignored")
        self.assertEqual(self.binding(str(product["id"])).odoo_id.name, "Thing")
        self.store.edit_product(product["id"], name="Better")
        event = self.deliver(product)
        self.run_job(event)
        self.assertEqual(event.state, "done")
        self.assertEqual(self.binding(str(product["id"])).odoo_id.name, "Better")

    def test_trashed_restored_and_deleted(self):
        (product,) = self.add(1)
        self.import_catalogue()
        binding = self.binding(str(product["id"]))
        template = binding.odoo_id
        self.store.trash_product(product["id"])
        self.assertEqual(self.receive(product["id"], kind="product").state, "done")
        self.assertTrue(binding.gone_at)
        self.assertTrue(template.active)
        self.assertEqual(self.receive(product["id"], kind="product").state, "ignored")
        self.store.restore_product(product["id"])
        self.store.edit_product(product["id"], status="publish")
        self.receive(product["id"], kind="product")
        self.assertFalse(binding.gone_at)
        variant = self.binding(str(product["id"]), "channel.binding.product")
        self.assertFalse(variant.gone_at)
        self.store.delete_product(product["id"])
        self.assertEqual(self.receive(product["id"], kind="product").state, "done")
        self.assertTrue(binding.gone_at and variant.gone_at)

    def test_gone_while_odoo_publishes_it(self):
        (product,) = self.add(1)
        self.import_catalogue()
        flow = self.backend.flow_ids.filtered(
            lambda flow: (flow.kind, flow.direction) == ("product", "out")
        )
        flow.active = True
        self.store.trash_product(product["id"])
        self.receive(product["id"], kind="product")
        issue = self.env["channel.issue"].search([("code", "=", "product_gone")])
        self.assertEqual(issue.state, "open")
        self.store.restore_product(product["id"])
        self.receive(product["id"], kind="product")
        self.assertEqual(issue.state, "resolved")

    def test_a_made_anew_product_of_the_same_sku(self):
        (product,) = self.add(1)
        self.import_catalogue()
        template = self.binding(str(product["id"])).odoo_id
        self.store.delete_product(product["id"])
        self.receive(product["id"], kind="product")
        again = self.store.add_product(sku="P-0", name="Thing", regular_price="9.99")
        self.receive(again["id"], kind="product")
        self.assertEqual(self.binding(str(again["id"])).odoo_id, template)

    def test_a_deleted_variation_reads_its_product_again(self):
        shirt = self.store.add_variable_product(
            "Shirt",
            [
                {"sku": "S-R", "regular_price": "5", "options": {"Colour": "Red"}},
                {"sku": "S-B", "regular_price": "5", "options": {"Colour": "Blue"}},
            ],
            sku="S",
        )
        self.import_catalogue()
        gone = self.by_sku("S-B")
        self.store.delete_product("S-B")
        external_id = (
            self.env["channel.binding.product"].search([("odoo_id", "=", gone.id)]).external_id
        )
        event = self.receive(external_id, kind="product")
        self.assertEqual(event.state, "ignored")
        self.run_pending()
        self.assertFalse(gone.active)
        self.assertEqual(
            self.binding(str(shirt["id"])).odoo_id.product_variant_ids.default_code, "S-R"
        )

    def test_an_unknown_record_is_ignored(self):
        event = self.receive("987654", kind="product")
        self.assertEqual(event.state, "ignored")

    def test_weights_are_kept_to_the_gram(self):
        precision = self.env.ref("product.decimal_stock_weight")
        self.flow.active = False
        precision.digits = 2
        self.flow.active = True
        self.assertEqual(precision.digits, 3)
        (product,) = self.add(1, weight="0.125")
        self.import_catalogue()
        template = self.binding(str(product["id"])).odoo_id
        self.assertInStep(self.shown(product["id"]), template)
