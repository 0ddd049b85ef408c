"""Contacts of orders with bad data; and two contacts that are merged."""

from odoo.tests import tagged

from .common import JANE
from .line_case import ACME, OTHER, PartnerCase


@tagged("post_install", "-at_install")
class TestBadData(PartnerCase):
    def test_names(self):
        for name in ("x" * 300, "Zoë 🎁 O'Neill & Sons", "李小龍", "<b>bold</b>"):
            with self.subTest(name=name[:20]):
                sale = self.buy_as({**JANE, "first_name": name, "last_name": "", "email": ""})
                self.assertEqual(sale.partner_id.name, name.replace("<b>", "").replace("</b>", ""))

    def test_html_entities(self):
        order = self.place(("MUG", 1))
        payload = self.payload(order)
        payload["billing"].update(
            company="", last_name="O&#039;Neill &amp; Co", email="o@example.com"
        )
        _event, sale = self.import_changed(payload)
        self.assertEqual(sale.partner_id.name, "Jane O'Neill & Co")

    def test_unreadable_phone_is_kept_as_typed(self):
        for number, phone in enumerate(("call my mum", "12", "+999 123")):
            with self.subTest(phone=phone):
                email = f"phone{number}@example.com"
                self.assertEqual(
                    self.buy_as({**JANE, "phone": phone, "email": email}).partner_id.phone, phone
                )

    def test_phone_is_read_with_the_country_of_its_address(self):
        sale = self.buy_as(
            {**JANE, "country": "US", "phone": "(212) 555-0123"},
            shipping={**JANE, **OTHER, "country": "FR", "phone": "06 12 34 56 78"},
        )
        self.assertEqual(sale.partner_id.phone, "+1 212-555-0123")
        self.assertEqual(sale.partner_shipping_id.phone, "+33 6 12 34 56 78")

    def test_unknown_country(self):
        sale = self.buy_as({**JANE, "country": "XX"})
        self.assertFalse(sale.partner_id.country_id)
        self.assertIn("XX", sale.partner_id.comment)
        self.assertIn("XX", sale.message_ids[0].body)

    def test_bad_email(self):
        sales = [self.buy_as({**JANE, "email": "jane at example"}) for _number in range(2)]
        self.assertEqual(sales[0].partner_id.email, "jane at example")
        self.assertNotEqual(sales[0].partner_id, sales[1].partner_id)

    def test_bad_vat_number(self):
        """Odoo refuses it only where base_vat is installed; the order comes in either way."""
        meta = [{"key": "_billing_vat_number", "value": "BE123"}]
        company = self.buy_as(ACME, meta_data=meta).partner_id.parent_id
        if self.env["ir.module.module"]._get("base_vat").state == "installed":
            self.assertFalse(company.vat)
            self.assertIn("BE123", company.comment)
        else:
            self.assertEqual(company.vat, "BE123")


@tagged("post_install", "-at_install")
class TestMerge(PartnerCase):
    def test_merging_two_bound_contacts_keeps_both_bindings(self):
        """Odoo's merge swallows a violated unique constraint and deletes the row."""
        accounts = [self.account(f"merge{number}@example.com") for number in range(2)]
        sales = [
            self.buy_as({**JANE, "email": f"merge{number}@example.com"}, customer_id=account)
            for number, account in enumerate(accounts)
        ]
        partners = sales[0].partner_id | sales[1].partner_id
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(partners.ids, partners[0])
        self.env.invalidate_all()
        bindings = self.env["channel.binding.partner"].search(
            [("backend_id", "=", self.backend.id)]
        )
        self.assertEqual(bindings.mapped("external_id"), [str(account) for account in accounts])
        self.assertEqual(bindings.odoo_id, partners[0])
        again = self.buy_as({**JANE, "email": "merge1@example.com"}, customer_id=accounts[1])
        self.assertEqual(again.partner_id, partners[0])
