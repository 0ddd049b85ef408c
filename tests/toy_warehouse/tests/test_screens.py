"""A person connects the warehouse step by step, and sees at a transfer that it was asked for."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .toy_case import ToyCase

SETUP_FORM = "channel_connector.view_channel_backend_setup_form"


@tagged("post_install", "-at_install")
class TestScreens(ToyCase):
    def _entered(self, **values):
        """A warehouse whose address was entered, before anything else."""
        self.toy.active = False
        return self._make_toy(name="New", warehouse_ids=False, **values)

    def _walk(self, backend):
        """Press Next up to the end; returns the steps."""
        steps = [backend.setup_step]
        while steps[-1] != "live":
            backend.action_setup_next()
            steps.append(backend.setup_step)
            if steps[-1] == "flows":
                backend.warehouse_ids = self.house
        return steps

    def test_from_its_address_to_the_first_request(self):
        backend = self._entered()
        self.assertEqual(self._walk(backend), ["address", "check", "flows", "live"])
        backend.action_setup_back()
        self.assertEqual(backend.setup_step, "flows")
        backend.action_setup_next()
        _order, sale = self.sold(("MUG", 1))
        backend.action_setup_live()
        self.assertEqual((backend.state, backend.setup_warning), ("connected", False))
        self.toy = backend
        self.assertFalse(self.ask())
        (dispatch,) = self.warehouse.open()
        self.assertEqual(self.binding(dispatch).odoo_id, sale.picking_ids)

    def test_it_sends_for_some_warehouse(self):
        backend = self._entered()
        backend.action_setup_next()
        backend.action_setup_next()
        with self.assertRaisesRegex(UserError, "which of Odoo's warehouses"):
            backend.action_setup_next()

    def test_its_own_words(self):
        form = Form(self.env["channel.backend"], SETUP_FORM)
        form.provider = "toy_warehouse"
        self.assertEqual((form.api_key_label, form.api_secret_label), ("Account", "Password"))
        self.assertIn("letter of welcome", form.access_help)
        self.assertFalse(form.api_key_placeholder)
        backend = self._entered(api_key=False, api_secret=False)
        with self.assertRaisesRegex(UserError, "Missing: Account, Password"):
            backend.action_setup_next()
        form.provider = "woocommerce"
        self.assertEqual((form.api_key_label, form.api_key_placeholder), ("Consumer Key", "ck_…"))

    def test_a_transfer_tells_that_it_was_asked_for(self):
        _order, sale, dispatch = self.asked(("MUG", 2))
        transfer = sale.picking_ids
        self.assertIn(
            f"Toy was asked to send this (request {dispatch['id']})", self._said(transfer)
        )
        self.warehouse.ship(dispatch["id"], pieces=1, last=False)
        self.look()
        self.assertFalse(self._said(transfer))
        self.assertIn("was asked", self._said(sale.picking_ids - transfer))
        self.assertEqual(self.toy.fulfilment_count, 1)
        self.warehouse.reject(dispatch["id"])
        self.look()
        self.assertIn("its issue says why", self._said(sale.picking_ids - transfer))

    def _said(self, transfer):
        transfer.invalidate_recordset()
        return transfer.channel_request_text
