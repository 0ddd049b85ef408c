"""Who owns what, dry runs, languages: exports that are more than sending."""

from odoo.tests import tagged

from ..core.catalogue import GROUPS
from .product_export_case import ProductExportCase


@tagged("post_install", "-at_install")
class TestProductExportOwner(ProductExportCase):
    def setUp(self):
        super().setUp()
        self.mug = self.template()
        self.publish(self.mug)
        self.row = self.shop("MUG")
        self.incoming = self.product_flow(self.backend, "in")
        self.mark()

    def events(self):
        return self.env["channel.event"].search(
            [("backend_id", "=", self.backend.id), ("kind", "=", "product")]
        )

    def edit_shop(self, **values):
        """A person edits the product in the shop, now."""
        self.store.edit_product(self.row["id"], **values)

    def test_created_with_everything(self):
        """Whoever owns what: a product that the shop does not have is made with all of it."""
        self.own(self.backend, "channel")
        chair = self.template("CHAIR", name="Chair", weight=4, is_storable=True)
        self.publish(chair)
        row = self.shop("CHAIR")
        self.assertEqual(
            (row["name"], row["weight"], row["regular_price"]), ("Chair", "4", "10.00")
        )
        binding = self.bound(chair)
        self.assertEqual(set(binding.odoo_parts), set(GROUPS))
        self.assertEqual(binding.odoo_parts, binding.shop_parts)

    def test_what_the_shop_owns_is_taken_back(self):
        self.own(self.backend, "channel", ("texts",))
        self.mug.name = "Cup"
        self.assertEqual(self.drain(), "0 published, 1 left as they are, 0 refused")
        self.assertEqual(self.writes(), [])
        event = self.events()
        self.assertEqual((event.external_id, event.source), (str(self.row["id"]), "reconcile"))
        self.assertNotIn("texts", self.bound(self.mug).odoo_parts)

    def test_what_the_shop_owns_and_nobody_imports(self):
        self.incoming.active = False
        self.own(self.backend, "channel", ("texts",))
        self.mug.name = "Cup"
        self.mug.weight = 2
        self.drain()
        self.assertEqual((self.row["name"], self.row["weight"]), ("Mug", "2"))
        self.assertFalse(self.events())

    def test_shop_changed_it_too_and_the_owner_wins(self):
        self.edit_shop(name="Shop's mug")
        self.mug.name = "Cup"
        self.drain()
        self.assertEqual(self.row["name"], "Cup")
        self.assertInStep(self.mug)

    def test_shop_changed_it_too_and_a_person_is_asked(self):
        self.own(self.backend, "odoo", ("texts",), "issue")
        self.edit_shop(name="Shop's mug")
        self.mug.name = "Cup"
        self.mug.weight = 2
        self.drain()
        issue = self.stuck(self.mug)
        self.assertEqual(issue.code, "product_conflict")
        self.assertIn("Shop's mug | Cup", issue.details)
        # what nobody disputes has gone
        self.assertEqual((self.row["name"], self.row["weight"]), ("Shop's mug", "2"))
        self.own(self.backend, "odoo", ("texts",), "owner")
        self.drain()
        self.assertEqual(self.row["name"], "Cup")
        self.assertEqual(issue.state, "resolved")

    def test_only_odoo_changed_it_and_nobody_is_asked(self):
        self.own(self.backend, "odoo", policy="issue")
        self.mug.name = "Cup"
        self.assertEqual(self.drain(), "1 published, 0 left as they are, 0 refused")
        self.assertEqual(self.row["name"], "Cup")

    def test_newest_change_wins(self):
        self.own(self.backend, "odoo", ("texts",), "newest")
        self.edit_shop(name="Shop's mug")
        self.row["date_modified_gmt"] = "2099-01-01T00:00:00"
        self.mug.name = "Cup"
        self.drain()
        self.assertEqual((self.row["name"], self.writes()), ("Shop's mug", []))
        self.assertEqual(self.events().external_id, str(self.row["id"]))
        self.events().unlink()
        self.row["date_modified_gmt"] = "2020-01-01T00:00:00"
        self.mug.name = "Beaker"
        self.drain()
        self.assertEqual(self.row["name"], "Beaker")

    def test_new_owner_sends_its_values(self):
        self.own(self.backend, "channel", ("texts",))
        self.incoming.active = False
        self.mug.name = "Cup"
        self.drain()
        self.assertEqual(self.row["name"], "Mug")
        self.own(self.backend, "odoo", ("texts",))
        self.drain()
        self.assertEqual(self.row["name"], "Cup")

    # === DRY RUN === #

    def preview(self, *templates):
        adapter = self.backend._adapter()
        try:
            plans = self.env["channel.product.exporter"]._preview(
                self.backend, adapter, self.env["product.template"].union(*templates)
            )
        finally:
            adapter.close()
        return {plan.record: plan for plan in plans}

    def everything(self):
        """All that a dry run may not touch."""
        self.commit_notes()
        tables = [name for name in self.env.registry if name.startswith("channel.")]
        counts = {}
        for name in [*tables, "product.template", "product.product"]:
            model = self.env[name]
            if model._auto and not model._abstract:
                rows = model.sudo().with_context(active_test=False).search([])
                counts[name] = (
                    len(rows),
                    rows._log_access and max(rows.mapped("write_date"), default=0),
                )
        return counts, [dict(row) for row in self.store.products.values()]

    def test_dry_run_shows_what_the_run_does(self):
        chair, same, nameless = (self.template(sku) for sku in ("CHAIR", "SAME", False))
        self.publish(same)
        (chair + nameless).write({"channel_wanted_backend_ids": [(4, self.backend.id)]})
        self.mug.write({"name": "Cup", "weight": 2})
        self.mark()
        before = self.everything()
        plans = self.preview(self.mug, chair, same, nameless)
        self.assertEqual(self.everything(), before)
        self.assertEqual(self.writes(), [])
        self.assertEqual(
            [plan.action for plan in plans.values()], ["change", "create", "leave", "ignore"]
        )
        self.assertEqual(
            [(one.field, one.before, one.after) for one in plans[self.mug].changes],
            [("name", "Mug", "Cup"), ("weight", None, "2")],
        )
        self.assertIn(
            ("name", None, "Mug"), [(c.field, c.before, c.after) for c in plans[chair].changes]
        )
        self.assertEqual(plans[nameless].error.code, "sku_missing")
        self.drain()
        self.assertEqual((self.row["name"], self.row["weight"]), ("Cup", "2"))
        self.assertTrue(self.bound(chair))

    def test_dry_run_of_a_conflict(self):
        self.own(self.backend, "odoo", ("texts",), "issue")
        self.edit_shop(name="Shop's mug")
        self.mug.name = "Cup"
        plan = self.preview(self.mug)[self.mug]
        self.assertEqual(plan.error.code, "product_conflict")

    def test_what_a_dry_run_goes_over(self):
        chair = self.template("CHAIR")
        found = self.env["channel.product.exporter"]._preview_records
        self.assertEqual(found(self.backend, 0, 10), self.mug)
        self.out.publish_new = True
        self.assertIn(chair, found(self.backend, 0, 1000))
        self.assertEqual(found(self.backend, chair.id - 1, 1), chair)

    # === LANGUAGES === #

    def test_texts_of_other_languages(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        Binding = self.env["channel.binding.template"]
        dutch = self.store.add_product(name="Mok", regular_price="10.00")
        self.bound(self.mug).language = "en"
        Binding._bind(self.backend, str(dutch["id"]), self.mug, language="nl", is_primary=False)
        self.mug.with_context(lang="nl_NL").name = "Beker"
        self.drain()
        self.assertEqual((self.row["name"], dutch["name"]), ("Mug", "Beker"))
        self.assertInStep(self.mug)
        self.mug.weight = 2
        self.drain()
        self.assertEqual((self.row["weight"], dutch["weight"]), ("2", ""))
