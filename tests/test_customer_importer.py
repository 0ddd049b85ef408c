"""Shop accounts: they keep up to date what orders have brought in, and nothing else."""

from odoo.tests import tagged

from .common import JANE
from .line_case import LineCase


@tagged("post_install", "-at_install")
class TestCustomerImporter(LineCase):
    def setUp(self):
        super().setUp()
        email = f"{self._testMethodName}@example.com"
        self.account = self.store.add_customer(
            email, first_name="Jane", last_name="Doe", billing={**JANE, "email": email}
        )
        self.billing = {**JANE, "email": email}

    def order(self):
        return self.buy(("MUG", 1), billing=self.billing, customer_id=self.account["id"])

    def event(self):
        return self.receive(self.account["id"], kind="customer")

    def test_without_an_order_there_is_no_contact(self):
        event = self.event()
        self.assertEqual((event.state, event.reason), ("ignored", "No order of this customer yet"))
        self.assertFalse(self.env["res.partner"].search([("email", "=", self.billing["email"])]))

    def test_follows_the_account(self):
        sale = self.order()
        partner, street = sale.partner_id, sale.partner_id.street
        self.account.update(first_name="Joan", email="joan@example.com")
        self.account["billing"].update(phone="02 555 34 34", address_1="Elsewhere")
        event = self.event()
        self.assertEqual((event.state, event.res_id), ("done", partner.id), event.reason)
        self.assertEqual((partner.name, partner.email), ("Joan Doe", "joan@example.com"))
        self.assertEqual((partner.phone, partner.street), ("+32 2 555 34 34", street))
        self.assertEqual(self.event().reason, "Nothing changed")
        self.account["first_name"] = "Jo"
        self.assertEqual((self.event().state, partner.name), ("done", "Jo Doe"))

    def test_what_was_changed_in_odoo_stays(self):
        partner = self.order().partner_id
        partner.phone = "+32 2 555 00 00"
        self.account["first_name"] = "Joan"
        event = self.event()
        self.assertEqual((event.state, partner.name), ("ignored", "Jane Doe"))
        self.assertIn("changed in Odoo", event.reason)

    def test_contacts_that_were_here_before_are_not_the_shops(self):
        partner = self.env["res.partner"].create(
            {"name": "Jane D.", "email": self.billing["email"]}
        )
        self.assertEqual(self.order().partner_id, partner)
        self.account["first_name"] = "Joan"
        self.assertEqual((self.event().state, partner.name), ("ignored", "Jane D."))

    def test_empty_values_delete_nothing(self):
        partner = self.order().partner_id
        phone = partner.phone
        self.account["billing"]["phone"] = ""
        self.account.update(first_name="", last_name="")
        self.account["billing"].update(first_name="", last_name="")
        self.assertEqual(self.event().state, "ignored")
        self.assertEqual((partner.name, partner.phone), ("Jane Doe", phone))

    def test_deleted_account_leaves_the_contact(self):
        partner = self.order().partner_id
        del self.store.customers[self.account["id"]]
        event = self.event()
        self.assertEqual((event.state, event.res_id), ("ignored", partner.id))
        self.assertTrue(partner.active)
