"""One customer is erased from all that is kept of them; documents stay, and others' data too."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import JANE, ChannelCase

#: A person whose every trace is found by looking for these words in every table.
TRACES = ("Quillfeather", "quillfeather@example.com", "Xanthippestraat", "+3225559876")
WHO = {
    **JANE,
    "first_name": "Zebedee",
    "last_name": "Quillfeather",
    "email": "Zebedee.Quillfeather@example.com",
    "address_1": "Xanthippestraat 7",
    "phone": "+3225559876",
}
OTHER = {**JANE, "last_name": "Neighbour", "email": "neighbour@example.com"}


@tagged("post_install", "-at_install")
class TestErasure(ChannelCase):
    backend_values = {"log_mode": "all"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_product("MUG", "10.00")
        cls.store.add_product(sku="NO-SUCH", name="Unknown", regular_price="5")
        cls.account = cls.store.add_customer(email=WHO["email"], billing=WHO)
        groups = "channel_connector.group_manager,sales_team.group_sale_manager"
        company = {"company_id": cls.company.id, "company_ids": [(6, 0, cls.company.ids)]}
        cls.manager = new_test_user(cls.env, "channel_manager", groups, **company)
        cls.user = new_test_user(cls.env, "channel_user", "channel_connector.group_user", **company)

    def setUp(self):
        super().setUp()
        self.sale = self._buy(WHO, customer_id=self.account["id"])
        self.theirs = self._buy(OTHER)
        self.partner = self.sale.partner_id

    def _buy(self, billing, **cart):
        """An order, as a poll has read it: with its payload."""
        order = self.place(("MUG", 1), billing=billing, **cart)
        event = self.import_payload(order)
        self.assertEqual(event.state, "done", event.reason)
        return self.env["sale.order"].browse(event.res_id)

    def _held(self):
        """An order of the customer that is stuck with an issue, as Odoo's own refusal words it."""
        event = self.poll(self.place(("NO-SUCH", 1), billing=WHO))
        self.run_job(event)
        self.assertEqual(event.state, "blocked")
        event.issue_id.write(
            {
                "title": "Zebedee Quillfeather has no country",
                "details": "message: Quillfeather",
                "comparison": "<p>Xanthippestraat 7</p>",
            }
        )
        event.reason = event.issue_id.title
        return event

    def _wizard(self, user=None, **values):
        wizard = self.env["channel.customer.erase"].with_user(user or self.manager)
        return wizard.create(values)

    def _erase(self, **values):
        self._wizard(**values).action_erase()
        self.env.invalidate_all()

    def _traces(self):
        """``{table: rows}`` in which one of the words stands, of all tables of this addon."""
        self.env.flush_all()
        found = {}
        names = [name for name, model in self.env.items() if name.startswith("channel.")]
        for name in [*names, "queue.job"]:
            model = self.env[name]
            if model._abstract or model._transient or not model._auto:
                continue
            self.env.cr.execute(
                f'SELECT id FROM "{model._table}" one WHERE one::text ILIKE ANY(%s)',
                [[f"%{word}%" for word in TRACES]],
            )
            if rows := self.env.cr.fetchall():
                found[name] = len(rows)
        return found

    def _traces_of_issues(self):
        return self._traces().get("channel.issue", 0)

    def test_nothing_is_left_in_any_table(self):
        self._held()
        self.env["queue.job"].search([("model_name", "=", "channel.event")]).write(
            {"exc_info": "Traceback: Zebedee.Quillfeather@example.com"}
        )
        self.env["channel.log"].create(
            {
                "backend_id": self.backend.id,
                "url": "/orders?search=zebedee.quillfeather@example.com",
                "request": "Quillfeather",
                "reference": f"order {self.sale.channel_binding_ids.external_id}",
            }
        )
        self.assertLessEqual(
            {"channel.event", "channel.issue", "channel.log", "queue.job"}, set(self._traces())
        )
        self._erase(partner_id=self.partner.id)
        self.assertEqual(self._traces(), {})

    def test_documents_stay(self):
        before = (self.sale.amount_total, self.sale.partner_id, self.partner.email)
        self._erase(partner_id=self.partner.id)
        self.assertEqual((self.sale.amount_total, self.sale.partner_id, self.partner.email), before)
        self.assertTrue(self.sale.channel_binding_ids)
        event = self.env["channel.event"].search([("res_id", "=", self.sale.id)], limit=1)
        self.assertEqual((event.state, event.payload), ("done", False))

    def test_other_customers_keep_theirs(self):
        self._erase(partner_id=self.partner.id)
        event = self.env["channel.event"].search([("res_id", "=", self.theirs.id)], limit=1)
        self.assertEqual(event.payload["billing"]["last_name"], "Neighbour")

    def test_by_e_mail_without_a_contact(self):
        """A guest whose order never got in."""
        held = self._held()
        wizard = self._wizard(email=" zebedee.quillfeather@EXAMPLE.com ")
        self.assertGreater(wizard.found_count, 1)
        self.assertEqual(wizard.open_count, 1)
        self.assertIn("Channel event", wizard.summary)
        wizard.action_erase()
        self.assertFalse(held.payload)

    def test_by_the_customer_s_id(self):
        customer = {"id": 4711, "email": "x@example.com", "last_name": "Quillfeather"}
        rows = [
            {
                "kind": "customer",
                "external_id": "4711",
                "source": "webhook",
                "dedup_key": "4711",
                "payload": customer,
            }
        ]
        event = self.env["channel.event"]._insert(self.backend, rows)
        self._erase(backend_id=self.backend.id, external_id="4711")
        self.assertFalse(event.payload)

    def test_signs_of_patterns_are_letters(self):
        """An underscore stands for any letter in SQL."""
        self._buy({**OTHER, "email": "a_b@example.com"})
        other = self._buy({**OTHER, "email": "axb@example.com"})
        self._erase(email="a_b@example.com")
        event = self.env["channel.event"].search([("res_id", "=", other.id)], limit=1)
        self.assertTrue(event.payload)

    def test_an_open_event_asks_the_shop_again(self):
        held = self._held()
        self._erase(partner_id=self.partner.id)
        self.assertEqual((held.state, held.payload, held.fetched_at), ("blocked", False, False))
        self._make_product("NO-SUCH")
        held.action_retry()
        self.run_job(held)
        self.assertEqual(held.state, "done")

    def test_a_payout_that_waits_loses_the_person_only(self):
        """It can't be asked for again."""
        rows = [
            {
                "kind": "settlement",
                "external_id": "po_1",
                "source": "manual",
                "dedup_key": "po_1",
                "payload": {"statement": {"lines": [{"text": WHO["email"], "amount": "10.00"}]}},
            }
        ]
        event = self.env["channel.event"]._insert(self.backend, rows)
        self._erase(partner_id=self.partner.id)
        self.assertEqual(
            event.payload, {"statement": {"lines": [{"text": "•••", "amount": "10.00"}]}}
        )

    def test_it_is_said_without_whom(self):
        self._erase(partner_id=self.partner.id)
        text = str(self.backend.message_ids[0].body)
        self.assertIn("personal data was erased", text)
        self.assertIn("Channel event: ", text)
        for word in TRACES:
            self.assertNotIn(word, text)

    def test_twice_is_harmless(self):
        self._erase(partner_id=self.partner.id)
        with self.assertRaisesRegex(UserError, "Nothing is kept"):
            self._erase(partner_id=self.partner.id)

    def test_the_form_shows_what_is_found(self):
        wizard = self.env["channel.customer.erase"].with_user(self.manager)
        context = {"active_model": "res.partner", "active_id": self.partner.id}
        with Form(wizard.with_context(**context)) as form:
            self.assertEqual(form.partner_id, self.partner)
            self.assertEqual(form.email, self.partner.email)
            self.assertTrue(form.found_count)
            form.partner_id = self.theirs.partner_id
            self.assertEqual(form.email, "neighbour@example.com")

    def test_only_managers_look_and_erase(self):
        with self.assertRaises(AccessError):
            self._wizard(self.user, partner_id=self.partner.id)

    def test_shops_of_other_companies_are_left_alone(self):
        other = self._make_backend(self._make_company("Other Company"))
        rows = [
            {
                "kind": "customer",
                "external_id": "1",
                "source": "webhook",
                "dedup_key": "1",
                "payload": {"email": WHO["email"]},
            }
        ]
        theirs = self.env["channel.event"]._insert(other, rows)
        self._erase(email=WHO["email"])
        self.assertTrue(theirs.payload)

    # === ODOO'S OWN LOOKUP === #

    def _look_up(self):
        """Odoo's privacy lookup; skipped where its module is not installed."""
        if "privacy.lookup.wizard" not in self.env:
            self.skipTest("the module privacy_lookup is not installed")
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": "Zebedee Quillfeather", "email": WHO["email"]}
        )
        wizard.action_lookup()
        return wizard

    def test_odoo_s_lookup_lists_and_deletes(self):
        held = self._held()
        issue = held.issue_id
        wizard = self._look_up()
        listed = set(wizard.line_ids.mapped("res_model"))
        self.assertLessEqual({"channel.event", "channel.issue", "res.partner"}, listed)
        lines = wizard.line_ids.filtered(lambda line: line.res_model.startswith("channel."))
        settled = self.env["channel.event"].search([("res_id", "=", self.sale.id)])
        lines.action_unlink_all()
        self.env.invalidate_all()
        self.assertFalse(settled.exists())
        self.assertEqual(held.state, "blocked", "an order that waits is not lost")
        self.assertFalse(held.payload)
        self.assertTrue(issue.exists())
        self.assertEqual(self._traces_of_issues(), 0)
        self.assertTrue(all(lines.mapped("is_unlinked")))
        self.assertIn("channel", wizard.execution_details.lower())

    def test_odoo_s_lookup_finds_nothing_of_others(self):
        wizard = self._look_up()
        events = self.env["channel.event"].search([("res_id", "=", self.theirs.id)])
        lines = wizard.line_ids.filtered(lambda line: line.res_model == "channel.event")
        self.assertFalse(set(lines.mapped("res_id")) & set(events.ids))
