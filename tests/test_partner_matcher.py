"""Customers and addresses: found again, created once, never overwritten, never merged by chance."""

from odoo.tests import tagged

from .common import JANE
from .line_case import ACME, OTHER, PartnerCase


@tagged("post_install", "-at_install")
class TestCustomers(PartnerCase):
    def test_new_guest(self):
        sale = self.buy_as()
        partner = sale.partner_id
        self.assertEqual(self.parties(sale), (partner,) * 3)
        self.assertEqual((partner.name, partner.email), ("Jane Doe", "jane@example.com"))
        self.assertEqual(
            (partner.street, partner.zip, partner.city), ("Nieuwstraat 1", "1000", "Brussel")
        )
        self.assertEqual(partner.country_id, self.env.ref("base.be"))
        self.assertEqual(
            (partner.phone, partner.phone_sanitized), ("+32 2 555 12 12", "+3225551212")
        )
        # else a delivery made later would have no street
        self.assertEqual((partner.type, partner.parent_id.id), ("contact", False))
        self.assertEqual(partner.company_id, self.company)

    def test_found_by_email_whatever_its_case_never_by_name(self):
        known = self.env["res.partner"].create({"name": "J. D.", "email": "Jane@Example.COM"})
        namesake = self.env["res.partner"].create({"name": "Jane Doe"})
        sale = self.buy_as()
        self.assertEqual(sale.partner_id, known)
        self.assertNotIn(namesake, self.parties(sale))

    def test_second_order_makes_no_new_contact(self):
        first = self.buy_as(shipping={**JANE, **OTHER})
        count = self.env["res.partner"].search_count([])
        second = self.buy_as({**JANE, "phone": "", "city": "BRUSSEL "}, shipping={**JANE, **OTHER})
        self.assertEqual(self.parties(first), self.parties(second))
        self.assertEqual(self.env["res.partner"].search_count([]), count)

    def test_account_is_bound_and_found_with_another_email(self):
        account = self.account("jane@example.com")
        first = self.buy_as(customer_id=account)
        binding = self.env["channel.binding.partner"].search(
            [("odoo_id", "=", first.partner_id.id)]
        )
        self.assertEqual((binding.external_id, binding.backend_id), (str(account), self.backend))
        second = self.buy_as({**JANE, "email": "new@example.com"}, customer_id=account)
        self.assertEqual(second.partner_id, first.partner_id)

    def test_account_of_a_known_guest(self):
        guest = self.buy_as().partner_id
        account = self.account("jane@example.com")
        self.assertEqual(self.buy_as(customer_id=account).partner_id, guest)
        self.assertEqual(len(self.partners("jane@example.com")), 1)

    def test_account_opened_after_the_order(self):
        """Shops give a guest's old orders to the new account: no change of a confirmed order."""
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        account = self.account("late@example.com")
        payload = {**self.payload(order), "customer_id": account}
        event = self.import_payload(payload)
        self.assertEqual((event.state, sale.state), ("done", "sale"), event.reason)
        later = self.buy_as({**JANE, "email": "late@example.com"}, customer_id=account)
        self.assertEqual(later.partner_id, sale.partner_id)

    def test_no_email_never_merges(self):
        nameless = {**JANE, "email": ""}
        self.env["res.partner"].create({"name": "No Mail", "email": False})
        first, second = self.buy_as(nameless), self.buy_as(nameless)
        self.assertNotEqual(first.partner_id, second.partner_id)
        self.assertFalse(first.partner_id.email)

    def test_no_email_and_imported_again_keeps_its_customer(self):
        order = self.place(("MUG", 1), billing={**JANE, "email": ""}, status="pending")
        sale = self.import_order(order)
        partner, count = sale.partner_id, self.env["res.partner"].search_count([])
        payload = self.payload(order)
        payload["billing"]["phone"] = "02 555 99 99"
        payload["customer_note"] = "changed"
        payload["line_items"][0]["quantity"] = 2
        self.assertEqual(self.import_payload(payload).res_id, sale.id)
        self.assertEqual(
            (sale.partner_id, self.env["res.partner"].search_count([])), (partner, count)
        )

    def test_same_new_customer_twice_in_a_chunk(self):
        account = self.account("twice@example.com")
        carts = (
            {"billing": {**JANE, "email": "twice@example.com"}, "customer_id": account},
            {"billing": {**JANE, "email": "Twice@example.com"}},
            {"billing": {**JANE, "email": "twice@example.com", **OTHER}, "customer_id": account},
        )
        events = self.poll(*(self.payload(self.place(("MUG", 1), **cart)) for cart in carts))
        self.run_chunk(events)
        sales = self.env["sale.order"].browse(events.mapped("res_id"))
        self.assertEqual(len(sales.partner_id), 1)
        self.assertEqual(len(sales.partner_id.child_ids), 1)

    def test_archived_contact_of_an_account_is_still_the_customer(self):
        account = self.account("jane@example.com")
        partner = self.buy_as(customer_id=account).partner_id
        partner.active = False
        self.assertEqual(self.buy_as(customer_id=account).partner_id, partner)


@tagged("post_install", "-at_install")
class TestAddresses(PartnerCase):
    def test_ship_to_elsewhere(self):
        sale = self.buy_as(shipping={**JANE, **OTHER, "first_name": "John"})
        customer, invoice, delivery = self.parties(sale)
        self.assertEqual(invoice, customer)
        self.assertEqual((delivery.parent_id, delivery.type), (customer, "delivery"))
        self.assertEqual((delivery.name, delivery.street), ("John Doe", "Other Street 9"))
        self.assertEqual(sale.picking_ids.partner_id, delivery)

    def test_known_customer_moved(self):
        """The contact keeps its address; the new one is both invoice and delivery address."""
        customer = self.buy_as().partner_id
        sale = self.buy_as({**JANE, **OTHER})
        self.assertEqual(customer.street, "Nieuwstraat 1")
        _customer, invoice, delivery = self.parties(sale)
        self.assertEqual((invoice, sale.partner_id), (delivery, customer))
        self.assertEqual((invoice.parent_id, invoice.type), (customer, "other"))
        self.assertEqual(invoice.email, "jane@example.com")
        self.assertEqual(self.parties(self.buy_as({**JANE, **OTHER})), self.parties(sale))

    def test_another_name_with_the_same_email(self):
        customer = self.buy_as().partner_id
        sale = self.buy_as({**JANE, "first_name": "John"})
        self.assertEqual((sale.partner_id, customer.name), (customer, "Jane Doe"))
        self.assertEqual(
            (sale.partner_invoice_id.name, sale.partner_invoice_id.parent_id),
            ("John Doe", customer),
        )

    def test_child_with_the_email_is_not_the_customer(self):
        customer = self.buy_as().partner_id
        self.buy_as({**JANE, **OTHER})
        self.assertEqual(self.buy_as({**JANE, **OTHER}).partner_id, customer)

    def test_contact_without_any_address_gets_its_first(self):
        known = self.env["res.partner"].create({"name": "Jane Doe", "email": "jane@example.com"})
        sale = self.buy_as()
        self.assertEqual(self.parties(sale), (known,) * 3)
        self.assertEqual(known.street, "Nieuwstraat 1")

    def test_only_a_shipping_address(self):
        name_only = {"first_name": "Jane", "last_name": "Doe", "email": "jane@example.com"}
        sale = self.buy_as(name_only, shipping={**JANE, "email": ""})
        self.assertEqual(self.parties(sale), (sale.partner_id,) * 3)
        self.assertEqual(sale.partner_id.street, "Nieuwstraat 1")

    def test_no_address_at_all(self):
        sale = self.buy_as({"email": "nobody@example.com"}, shipping={})
        self.assertEqual(self.parties(sale), (sale.partner_id,) * 3)
        self.assertEqual(sale.partner_id.name, "nobody@example.com")
        order = self.place(("MUG", 1), billing={}, shipping_address={})
        self.assertIn(order["number"], self.import_order(order).partner_id.name)

    def test_states(self):
        cases = (
            ("US", "NY", "New York"),
            ("DE", "DE-BY", "Bayern"),
            ("DE", "BY", "Bayern"),
            ("ES", "M", "Madrid"),
            ("IT", "RM", "Roma"),
            ("CA", "quebec", "Quebec"),
            ("BE", "ZZ", False),
            ("US", "new york", "New York"),
        )
        for number, (country, state, name) in enumerate(cases):
            with self.subTest(country=country, state=state):
                email = f"state{number}@example.com"
                sale = self.buy_as({**JANE, "country": country, "state": state, "email": email})
                self.assertEqual(sale.partner_id.state_id.name, name)
                self.assertEqual(sale.partner_id.country_id.code, country)

    def test_free_text_state_is_part_of_the_address(self):
        sale = self.buy_as({**JANE, "country": "IE", "state": "Connemara"})
        self.assertEqual(
            (sale.partner_id.street2, sale.partner_id.state_id.id), ("Connemara", False)
        )

    def test_unknown_state_code_is_a_note(self):
        sale = self.buy_as({**JANE, "country": "BE", "state": "ZZ"})
        self.assertFalse(sale.partner_id.street2)
        self.assertIn("ZZ", sale.partner_id.comment)


@tagged("post_install", "-at_install")
class TestCompanies(PartnerCase):
    def test_new_company(self):
        meta = [{"key": "_billing_vat_number", "value": "BE 0477.472.701"}]
        sale = self.buy_as(ACME, meta_data=meta)
        contact, company = sale.partner_id, sale.partner_id.parent_id
        self.assertEqual((company.name, company.is_company), ("ACME BV", True))
        self.assertEqual((company.vat, contact.vat), ("BE0477472701",) * 2)
        self.assertEqual(
            (contact.name, contact.email, contact.type), ("Ann Mee", "ann@acme.be", "contact")
        )
        self.assertEqual((company.street, contact.street), ("Nieuwstraat 1",) * 2)
        self.assertEqual(self.parties(sale), (contact,) * 3)

    def test_second_order_of_a_company(self):
        first = self.buy_as(ACME)
        count = self.env["res.partner"].search_count([])
        self.assertEqual(self.parties(self.buy_as(ACME)), self.parties(first))
        self.assertEqual(self.env["res.partner"].search_count([]), count)

    def test_colleague_with_the_same_vat_number(self):
        meta = [{"key": "_billing_vat_number", "value": "BE0477472701"}]
        company = self.buy_as(ACME, meta_data=meta).partner_id.parent_id
        colleague = {**ACME, "first_name": "Bob", "email": "bob@acme.be", "company": "Acme b.v."}
        first, second = (self.buy_as(colleague, meta_data=meta) for _number in range(2))
        self.assertEqual(first.partner_id.parent_id, company)
        self.assertEqual(self.parties(first), self.parties(second))
        self.assertEqual(len(company.child_ids), 2)

    def test_companies_are_never_found_by_name(self):
        stranger = self.env["res.partner"].create({"name": "ACME BV", "is_company": True})
        self.assertNotEqual(self.buy_as(ACME).partner_id.parent_id, stranger)

    def test_a_person_who_now_buys_for_a_company_is_not_moved(self):
        person = self.buy_as({**ACME, "company": ""}).partner_id
        sale = self.buy_as(ACME)
        self.assertEqual((sale.partner_id, person.parent_id.id), (person, False))
        self.assertEqual(sale.partner_invoice_id.commercial_partner_id.name, "ACME BV")
        self.assertEqual(self.parties(self.buy_as(ACME)), self.parties(sale))
        self.assertEqual(self.buy_as({**ACME, "company": ""}).partner_invoice_id, person)

    def test_parcel_for_another_company(self):
        shipping = {**JANE, **OTHER, "company": "Depot NV"}
        sale = self.buy_as(ACME, shipping=shipping)
        self.assertEqual(sale.partner_shipping_id.name, "Depot NV, Jane Doe")
        self.assertEqual(sale.partner_shipping_id.parent_id, sale.partner_id.parent_id)
