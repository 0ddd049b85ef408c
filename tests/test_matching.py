"""Matching the products of a shop with Odoo's: proposed, corrected by a person, applied."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ChannelCase


class MatchingCase(ChannelCase):
    """A shop and an Odoo that know some of the same products, by various marks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mug = cls._add_product("MUG")
        cls.tea = cls._make_product("TEA-1")
        cls.store.add_product(sku="tea-1", name="Tea", regular_price="4.00")
        cls.book = cls._make_product("B-9", barcode="9789999999991")
        cls.store.add_product(
            sku="BOOK", name="Cook book", regular_price="24.90", global_unique_id="9789999999991"
        )
        cls.twins = cls._make_product("DUP") + cls._make_product("DUP")
        cls.store.add_product(sku="DUP", name="Double", regular_price="1.00")
        cls.store.add_product(sku="NEW", name="Only in the shop", regular_price="1.00")
        cls.lamp = cls._make_product("LAMP")
        cls.shirt = cls._make_shirt()
        cls.parent = cls.store.add_variable_product(
            "Shirt",
            [
                {"sku": f"SHIRT-{size}", "regular_price": "20.00", "options": {"Size": size}}
                for size in ("S", "M")
            ],
        )

    @classmethod
    def _make_shirt(cls):
        attribute = cls.env["product.attribute"].create(
            {"name": "Size", "value_ids": [Command.create({"name": size}) for size in ("S", "M")]}
        )
        line = {"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]}
        shirt = cls.env["product.template"].create(
            {"name": "Shirt", "attribute_line_ids": [Command.create(line)]}
        )
        for variant in shirt.product_variant_ids:
            size = variant.product_template_attribute_value_ids.name
            variant.default_code = f"SHIRT-{size}"
        return shirt

    def match(self):
        """A matching that was read by its job."""
        action = self.backend.action_match_products()
        matching = self.env["channel.matching"].browse(action["res_id"])
        self._run(matching, "_job_run")
        self.assertEqual(matching.state, "ready", matching.reason)
        return matching

    def apply(self, matching):
        matching.action_apply()
        self._run(matching, "_job_run")
        self.assertIn(matching.state, ("ready", "applied"), matching.reason)

    def line(self, matching, sku):
        return matching.line_ids.filtered(lambda line: line.sku == sku)

    def bound(self, product, model="product"):
        """External ids that a product of Odoo is bound to."""
        domain = [("backend_id", "=", self.backend.id), ("odoo_id", "=", product.id)]
        return self.env[f"channel.binding.{model}"].search(domain)


@tagged("post_install", "-at_install")
class TestMatching(MatchingCase):
    def test_proposes_by_sku_then_barcode(self):
        matching = self.match()
        found = {
            line.sku: (line.state, line.matched_by, line.product_id) for line in matching.line_ids
        }
        self.assertEqual(found["MUG"], ("matched", "sku", self.mug))
        self.assertEqual(found["tea-1"], ("matched", "case", self.tea))
        self.assertEqual(found["BOOK"], ("matched", "barcode", self.book))
        self.assertEqual(found["DUP"][0], "ambiguous")
        self.assertEqual(found["NEW"][0], "missing_odoo")
        self.assertEqual(found["LAMP"][0], "missing_shop")
        self.assertEqual(self.line(matching, "DUP").candidate_ids, self.twins)
        parent = matching.line_ids.filtered(lambda line: line.kind == "variable")
        self.assertEqual((parent.product_tmpl_id, parent.state), (self.shirt, "matched"))

    def test_binds_nothing_before_it_is_applied(self):
        self.match()
        self.assertFalse(self.bound(self.mug))
        self.assertFalse(self.bound(self.shirt, "template"))

    def test_helpers_and_excluded_products_are_not_missed(self):
        self.lamp.product_tmpl_id.channel_excluded_backend_ids = self.backend
        missing = self.match().line_ids.filtered(lambda line: line.state == "missing_shop")
        products = missing.odoo_product_id
        self.assertNotIn(self.lamp, products)
        self.assertNotIn(self.backend.shipping_product_id, products)

    def test_applies_what_is_matched(self):
        matching = self.match()
        self.apply(matching)
        mug = self.store.product("MUG")["id"]
        self.assertEqual(self.bound(self.mug).external_id, str(mug))
        template = self.bound(self.mug.product_tmpl_id, "template")
        self.assertEqual((template.external_id, template.is_primary), (str(mug), True))
        parent = str(self.parent["id"])
        self.assertEqual(self.bound(self.shirt, "template").external_id, parent)
        variants = self.bound(self.shirt.product_variant_ids[0])
        self.assertEqual(variants.parent_external_id, parent)
        self.assertFalse(self.bound(self.twins[0]) + self.bound(self.twins[1]))
        self.assertEqual((matching.state, matching.ambiguous_count), ("ready", 1))

    def test_a_second_matching_has_nothing_left(self):
        self.apply(self.match())
        again = self.match()
        self.assertEqual(again.matched_count, 0)
        self.assertEqual(self.line(again, "MUG").state, "bound")
        self.assertEqual(again.line_ids.filtered(lambda one: one.kind == "variable").state, "bound")

    def test_a_person_decides(self):
        matching = self.match()
        line = self.line(matching, "DUP")
        line.product_id = self.twins[1]
        self.assertEqual((line.state, line.matched_by), ("matched", "person"))
        self.line(matching, "tea-1").action_drop()
        self.apply(matching)
        self.assertEqual(self.bound(self.twins[1]).sku, "DUP")
        self.assertFalse(self.bound(self.tea))
        self.assertEqual(matching.state, "applied")

    def test_a_product_that_two_of_the_shop_would_be(self):
        self.store.add_product(
            sku="MUG-COPY", name="Mug again", regular_price="1.00", global_unique_id="4006381333931"
        )
        self.mug.barcode = "4006381333931"
        matching = self.match()
        line = self.line(matching, "MUG-COPY")
        self.assertEqual((line.state, self.line(matching, "MUG").state), ("ambiguous",) * 2)
        self.assertIn(str(self.store.product("MUG")["id"]), line.explanation)
        (line + self.line(matching, "MUG")).action_confirm()
        self.apply(matching)
        bindings = self.bound(self.mug)
        self.assertEqual(len(bindings), 2)
        self.assertEqual(len(bindings.filtered("is_primary")), 1)

    def test_what_came_between_is_explained(self):
        matching = self.match()
        external_id = self.line(matching, "MUG").external_id
        self.env["channel.binding.product"]._bind(self.backend, external_id, self.lamp)
        self.apply(matching)
        line = self.line(matching, "MUG")
        self.assertEqual(line.state, "conflict")
        self.assertIn("LAMP", line.explanation)
        self.assertEqual(self.bound(self.mug), self.env["channel.binding.product"])

    def test_a_variant_sold_as_a_product_of_its_own(self):
        self.store.add_product(sku="SHIRT-L", name="Large shirt", regular_price="20.00")
        variant = self.shirt.product_variant_ids[1]
        variant.default_code = "SHIRT-L"
        matching = self.match()
        self.apply(matching)
        self.assertEqual(self.bound(variant).sku, "SHIRT-L")
        self.assertFalse(self.bound(variant).parent_external_id)
        parents = self.bound(self.shirt, "template").mapped("external_id")
        self.assertEqual(parents, [str(self.parent["id"])])

    def test_a_killed_job_goes_on(self):
        matching = self.match()
        lines = matching.line_ids
        lost = lines.filtered(lambda line: line.sku in ("MUG", "LAMP"))
        lost.unlink()
        matching.write({"state": "running", "position": False})
        self._run(matching, "_job_run")
        self.assertEqual(len(matching.line_ids), len(lines))
        self._run(matching, "_job_run")
        self.assertEqual(len(matching.line_ids), len(lines))

    def test_a_lost_job_is_replaced(self):
        action = self.backend.action_match_products()
        matching = self.env["channel.matching"].browse(action["res_id"])
        jobs = self.env["queue.job"].search([("identity_key", "=", matching._job_key())])
        self.assertEqual(len(jobs), 1)
        self.assertFalse(self.env["channel.matching"]._sweep(self.backend))
        jobs.unlink()
        self.assertEqual(self.env["channel.matching"]._sweep(self.backend), matching)

    def test_the_shop_refuses(self):
        matching = self.env["channel.matching"].browse(
            self.backend.action_match_products()["res_id"]
        )
        self.backend.api_secret = "cs_wrong"
        self._run(matching, "_job_run")
        self.assertEqual(matching.state, "failed")
        self.assertTrue(matching.reason)
        self.backend.write({"api_secret": self.store.secret, "state": "connected"})
        matching.action_continue()
        self._run(matching, "_job_run")
        self.assertEqual(matching.state, "ready")

    def test_only_managers_match(self):
        user = new_test_user(
            self.env,
            "channel_user",
            "channel_connector.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.backend.with_user(user).action_match_products()
        matching = self.match()
        with self.assertRaises(AccessError):
            matching.with_user(user).action_apply()
        with self.assertRaises(AccessError):
            matching.line_ids[0].with_user(user).action_drop()

    def test_nothing_is_corrected_while_a_job_works(self):
        matching = self.match()
        matching.action_apply()
        with self.assertRaises(UserError):
            self.line(matching, "MUG").action_drop()

    def test_missing_products_are_imported(self):
        matching = self.match()
        line = self.line(matching, "NEW")
        line.action_import()
        event = self.env["channel.event"].search(
            [("backend_id", "=", self.backend.id), ("kind", "=", "product")]
        )
        self.assertEqual((event.external_id, event.source), (line.external_id, "manual"))

    def test_queries_do_not_grow_with_products(self):
        for number in range(60):
            self.store.add_product(sku=f"P-{number}", name=f"P {number}", regular_price="1.00")
            self._make_product(f"P-{number}")
        adapter = self.backend._adapter()
        identities = [identity for page in adapter.list_identities() for identity in page]
        adapter.close()
        simple = [one for one in identities if one.sku.startswith("P-")]
        self.assertEqual(len(simple), 60)
        self.assertEqual(self._queries(simple[:5]), self._queries(simple))

    def _queries(self, identities):
        """Queries that proposing products for these costs."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["channel.product.proposals"]._propose(self.backend, identities)
        return self.env.cr.sql_log_count - before
