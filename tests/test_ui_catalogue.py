"""The screens of the catalogue in a real browser."""

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ChannelCase
from .stock_case import StockCase


def make_manager(env, company):
    """Who connects shops, and edits products, of one company."""
    groups = ("channel_connector.group_manager", "product.group_product_manager")
    return new_test_user(
        env,
        "channel_manager",
        ",".join((*groups, "stock.group_stock_user")),
        password="channel_m1",
        company_id=company.id,
        company_ids=[Command.set(company.ids)],
    )


class CatalogueScreens(ChannelCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_manager(cls.env, cls.company)

    def look(self, tour, action, record):
        self.start_tour(f"/odoo/{action}/{record.id}", tour, login="channel_manager")

    def begun(self, action):
        """The run that a button of the backend has begun, after its job."""
        run = self.env[action["res_model"]].browse(action["res_id"])
        self._run(run, "_job_run")
        self.assertEqual(run.state, "ready", run.reason)
        return run


@tagged("post_install", "-at_install")
class TestMatchingInBrowser(CatalogueScreens):
    def test_corrected_and_applied(self):
        mug = self._add_product("MUG")
        twins = self._make_product("DUP", name="Left twin")
        twins += self._make_product("DUP", name="Right twin")
        self.store.add_product(sku="DUP", name="Double", regular_price="1.00")
        matching = self.begun(self.backend.action_match_products())
        self.look("channel_matching", "channel-matchings", matching)
        self.assertEqual(matching.state, "applying")
        self._run(matching, "_job_run")
        self.assertTrue(mug.channel_binding_ids and twins[1].channel_binding_ids)
        self.assertFalse(twins[0].channel_binding_ids)


@tagged("post_install", "-at_install")
class TestDryRunInBrowser(CatalogueScreens):
    def test_looked_at_and_applied(self):
        mug = self._add_product("MUG", odoo={"name": "Old name"})
        self.store.add_product(sku="NEW", name="Only in the shop", regular_price="5.00")
        preview = self.begun(self.backend.action_preview_import())
        self.look("channel_dry_run", "channel-dry-runs", preview)
        self._run(preview, "_job_run")
        self.run_pending()
        self.assertEqual(mug.name, "Product MUG")
        self.assertEqual((preview.state, preview.open_count), ("ready", 1))


@tagged("post_install", "-at_install")
class TestPublishedStockInBrowser(StockCase, HttpCase):
    def test_explained_on_the_product(self):
        make_manager(self.env, self.company)
        self.backend.stock_buffer = 2
        self.receive(self.mug, 10)
        self.drain()
        product = self.mug.product_tmpl_id
        external_id = self.mug.channel_binding_ids.external_id
        self.env["channel.binding.template"]._bind(self.backend, external_id, product)
        path = f"/odoo/action-stock.product_template_action_product/{product.id}"
        self.start_tour(path, "channel_published_stock", login="channel_manager")

    def test_the_backend_shows_an_example(self):
        self.backend.write({"stock_buffer": 3, "stock_cap": 5})
        text = self.backend.stock_example
        self.assertIn("Kept back: \N{MINUS SIGN}3", text)
        self.assertTrue(text.endswith("Published: 5"), text)
