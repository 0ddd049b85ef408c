"""Dry runs: what they show, that they write nothing, and that applying them is the run itself."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..services.preview import diff_html
from .common import ChannelCase

#: What a dry run writes: itself, its job, and what every call to a shop leaves behind.
OWN = ("channel_preview", "channel_preview_line", "queue_job", "channel_gate", "channel_log")


class PreviewCase(ChannelCase):
    """A shop with four products; Odoo has two of them, one under an old name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mug = cls._add_product("MUG", odoo={"name": "Old name"})
        cls.book = cls._add_product("BOOK")
        cls.store.add_product(sku="NEW", name="Only in the shop", regular_price="5.00")
        cls.store.add_product(name="Set", type="grouped")

    def setUp(self):
        super().setUp()
        for flow in self.backend.flow_ids:
            if flow.kind in ("product", "price"):
                flow.active = True

    def preview(self, what="import_product"):
        """A dry run that was read by its job."""
        action = self.env["channel.preview"]._begin(self.backend, what)
        preview = self.env["channel.preview"].browse(action["res_id"])
        self._run(preview, "_job_run")
        self.assertEqual(preview.state, "ready", preview.reason)
        return preview

    def line(self, preview, name):
        return preview.line_ids.filtered(lambda line: line.name == name)

    def changed(self, line):
        """``{field: (before, after)}`` of a line."""
        return {one["field"]: (one["before"], one["after"]) for one in line.changes}

    def apply(self, records):
        """Approve a dry run, or lines of one, and let its job hand them over."""
        preview = records if records._name == "channel.preview" else records.preview_id
        records.action_apply()
        self._run(preview, "_job_run")
        self.assertIn(preview.state, ("ready", "applied"), preview.reason)

    def written(self):
        """``{table: rows inserted, updated or deleted in this transaction}``"""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
        )
        return {table: count for table, count in self.env.cr.fetchall() if table not in OWN}

    def rows(self):
        """Row counts of everything that a catalogue is made of."""
        names = ("product_", "stock_", "channel_binding_", "ir_attachment", "account_tax")
        self.env.cr.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in self.env.cr.fetchall() if row[0].startswith(names)]
        counts = {}
        for table in tables:
            self.env.cr.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = self.env.cr.fetchone()[0]
        return counts

    def assertWritesNothing(self, what):
        """A dry run leaves every table and the shop as they were; returns it."""
        first = len(self.store.requests)
        before, rows = self.written(), self.rows()
        preview = self.preview(what)
        after = self.written()
        touched = {table for table in after if after[table] != before.get(table, 0)}
        self.assertFalse(touched)
        self.assertEqual(self.rows(), rows)
        asked = {request.method for request in self.store.requests[first:]}
        self.assertLessEqual(asked, {"GET", "HEAD"})
        return preview


@tagged("post_install", "-at_install")
class TestImportDryRun(PreviewCase):
    def test_shows_what_an_import_would_do(self):
        preview = self.preview()
        actions = {line.name: line.action for line in preview.line_ids}
        self.assertEqual(actions["Product MUG"], "change")
        self.assertEqual(actions["Only in the shop"], "create")
        self.assertEqual(actions["Set"], "skip")
        self.assertTrue(self.line(preview, "Set").reason)
        mug = self.line(preview, "Product MUG")
        self.assertEqual(self.changed(mug)["name"], ("Old name", "Product MUG"))
        self.assertEqual(
            (mug.res_model, mug.res_id), ("product.template", self.mug.product_tmpl_id.id)
        )
        self.assertIn("Old name", mug.diff)
        self.assertEqual(preview.create_count, 1)

    def test_writes_nothing(self):
        preview = self.assertWritesNothing("import_product")
        self.assertGreater(preview.open_count, 0)
        self.assertEqual(self.mug.name, "Old name")

    def test_the_run_does_what_was_shown(self):
        preview = self.preview()
        self.apply(preview)
        self.run_pending()
        self.assertEqual(preview.state, "applied")
        self.assertEqual(self.mug.name, "Product MUG")
        self.assertTrue(self.env["product.product"].search([("default_code", "=", "NEW")]))
        again = self.preview()
        self.assertEqual((again.create_count, again.change_count, again.open_count), (0, 0, 0))

    def test_no_request_is_made_for_what_was_read(self):
        preview = self.preview()
        self.apply(preview)
        first = len(self.store.requests)
        for event in self.env["channel.event"].search([("backend_id", "=", self.backend.id)]):
            self.assertTrue(event.fetched_at)
        self.run_chunk(self.env["channel.event"].search([("backend_id", "=", self.backend.id)]))
        self.assertEqual(self.mug.name, "Product MUG")
        paths = [request.path for request in self.store.requests[first:]]
        self.assertFalse([path for path in paths if "/products/" in path])

    def test_only_the_chosen_lines(self):
        preview = self.preview()
        self.apply(self.line(preview, "Product MUG"))
        self.run_pending()
        self.assertEqual(self.mug.name, "Product MUG")
        self.assertFalse(self.env["product.product"].search([("default_code", "=", "NEW")]))
        self.assertEqual((preview.state, preview.applied_count), ("ready", 1))
        self.apply(preview)
        self.run_pending()
        self.assertTrue(self.env["product.product"].search([("default_code", "=", "NEW")]))

    def test_nothing_to_apply(self):
        preview = self.preview()
        with self.assertRaises(UserError):
            self.line(preview, "Set").action_apply()

    def test_a_killed_job_goes_on(self):
        preview = self.preview()
        count = len(preview.line_ids)
        self.line(preview, "Product MUG").unlink()
        preview.write({"state": "running", "position": False})
        self._run(preview, "_job_run")
        self.assertEqual((preview.state, len(preview.line_ids)), ("ready", count))

    def test_page_by_page(self):
        flow = self.backend.flow_ids.filtered(
            lambda flow: (flow.kind, flow.direction) == ("product", "in")
        )
        flow.batch_size = 1
        preview = self.preview()
        self.assertEqual(len(preview.line_ids), preview.read_count)
        self.assertEqual(self.line(preview, "Product MUG").action, "change")

    def test_only_managers(self):
        user = new_test_user(
            self.env,
            "channel_user",
            "channel_connector.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.backend.with_user(user).action_preview_import()
        preview = self.preview()
        self.assertTrue(preview.with_user(user).line_ids[0].diff)
        for records in (preview, preview.line_ids[0]):
            with self.assertRaises(AccessError):
                records.with_user(user).action_apply()
        with self.assertRaises(AccessError):
            preview.line_ids[0].with_user(user).read(["payload"])

    def test_old_ones_vanish(self):
        preview = self.preview()
        self.env["channel.preview"]._gc_runs()
        self.assertTrue(preview.exists())
        self.env.cr.execute(
            "UPDATE channel_preview SET write_date = write_date - interval '15 days' WHERE id = %s",
            [preview.id],
        )
        self.env["channel.preview"]._gc_runs()
        self.assertFalse(preview.exists())


@tagged("post_install", "-at_install")
class TestExportDryRun(PreviewCase):
    """Odoo owns everything; the mug was bound and is in step but for its name."""

    def setUp(self):
        super().setUp()
        self.store.edit_product("MUG", name="Product MUG")  # the shop remembers other tests
        self.backend.ownership_ids.owner = "odoo"
        self.import_matched()
        self.lamp = self._make_product("LAMP", list_price=12.0, weight=0.3)

    def import_matched(self):
        """Bind what the shop has, as a matching does."""
        matching = self.env["channel.matching"].browse(
            self.backend.action_match_products()["res_id"]
        )
        self._run(matching, "_job_run")
        matching.action_apply()
        self._run(matching, "_job_run")

    def flow(self, kind):
        return self.env["channel.flow"]._of(self.backend, kind, "out")

    def drain(self, kind):
        """Publish what waits of a kind, as its job does."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self._run(self.flow(kind), "_job_drain")

    def test_shows_what_an_export_would_do(self):
        self.flow("product").publish_new = True
        preview = self.preview("export_product")
        mug = self.line(preview, "Old name")
        self.assertEqual(mug.action, "change")
        self.assertEqual(self.changed(mug)["name"], ("Product MUG", "Old name"))
        self.assertEqual(self.line(preview, "LAMP").action, "create")

    def test_writes_nothing(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        preview = self.assertWritesNothing("export_product")
        self.assertGreater(preview.open_count, 0)
        self.assertEqual(self.store.product("MUG")["name"], "Product MUG")

    def test_the_run_does_what_was_shown(self):
        self.flow("product").publish_new = True
        preview = self.preview("export_product")
        for name in ("Old name", "LAMP"):
            self.apply(self.line(preview, name))
        self.drain("product")
        self.assertEqual(self.store.product("MUG")["name"], "Old name")
        self.assertEqual(self.store.product("LAMP")["name"], "LAMP")
        again = self.preview("export_product")
        self.assertNotEqual(self.line(again, "Old name").action, "change")
        self.assertNotIn(self.line(again, "LAMP").action, ("create", "change"))

    def test_a_flow_that_is_off_sends_nothing(self):
        preview = self.preview("export_product")
        self.flow("product").active = False
        with self.assertRaises(UserError):
            preview.action_apply()

    def test_prices(self):
        self.mug.list_price = 12.5
        preview = self.assertWritesNothing("export_price")
        line = preview.line_ids.filtered(lambda line: line.res_id == self.mug.id)
        self.assertEqual((line.res_model, line.action), ("product.product", "change"))
        self.assertEqual(self.changed(line)["price.regular"][1], "12.50")
        self.apply(line)
        self.drain("price")
        self.assertEqual(self.store.product("MUG")["regular_price"], "12.50")
        again = self.preview("export_price")
        line = again.line_ids.filtered(lambda line: line.res_id == self.mug.id)
        self.assertEqual(line.action, "leave")


@tagged("post_install", "-at_install")
class TestDiff(ChannelCase):
    def _diff(self, field, before, after, variant=""):
        change = {"field": field, "before": before, "after": after, "variant": variant}
        return str(diff_html(self.env, [change]))

    def test_nothing_differs(self):
        self.assertFalse(diff_html(self.env, []))

    def test_markup_of_a_shop_is_shown_as_text(self):
        text = self._diff("name", "<img src=x onerror=alert(1)>", "a & <b", "<u>red</u>")
        self.assertNotIn("<img", text)
        self.assertNotIn("<u>", text)
        self.assertIn("a &amp; &lt;b", text)

    def test_long_texts_begin_where_they_differ(self):
        same = "x" * 500
        text = self._diff("description", f"<p>{same} old end</p>", f"<p>{same} new end</p>")
        self.assertIn("old end", text)
        self.assertIn("new end", text)
        self.assertLess(len(text), 1000)

    def test_values_of_every_kind(self):
        self.assertIn(">-<", self._diff("barcode", None, "123"))
        self.assertIn("Mugs, Cups", self._diff("categories", [], ["Mugs", "Cups"]))
        attribute = {"name": "Color", "options": ["Red", "Blue"], "varies": True, "visible": True}
        text = self._diff("attribute.color", None, attribute)
        self.assertIn("Red, Blue (makes variants)", text)
        self.assertIn("Color", text)
        self.assertIn("a.png", self._diff("images", [], ["https://shop.example/x/a.png"]))
