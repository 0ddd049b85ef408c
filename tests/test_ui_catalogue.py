"""The screens of the catalogue in a real browser."""

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ChannelCase

MODULE = "channel_connector"


class CatalogueScreens(ChannelCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = ("group_manager", "product.group_product_manager", "stock.group_stock_user")
        groups = [name if "." in name else f"{MODULE}.{name}" for name in groups]
        new_test_user(
            cls.env,
            "channel_manager",
            ",".join(groups),
            password="channel_m1",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

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
