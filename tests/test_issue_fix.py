"""Each cause that can be corrected on its issue: choose, and everything that waits comes in."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..core import errors
from ..services.issue_fixer import FIXERS
from ..services.job_errors import Recorder, draft_of
from .issue_case import IssueCase
from .money_case import MoneyCase


@tagged("post_install", "-at_install")
class TestFixers(IssueCase):
    def test_every_code_has_a_fixer(self):
        for name in set(FIXERS.values()):
            self.assertIn(name, self.env)

    def test_tax_is_chosen(self):
        taxes = self.unmap_taxes()
        events = self.held(3)
        issue = self.issue_of("unmapped")
        self.assertEqual(events.issue_id, issue)
        self.assertEqual((issue.waiting_count, issue.params["kind"]), (3, "tax"))
        self.assertAlmostEqual(issue.value_at_stake, sum(events.mapped("value")))
        taxes.active = True
        row = self.backend.tax_map_ids.filtered(
            lambda row: row.external_code == issue.params["value"]
        )
        self.assertIn(f"{row.percent:g} %", issue.fix_question)
        tax = taxes.filtered(lambda tax: tax.amount == row.percent)[0]
        first_seen = issue.first_seen
        issue.fix_tax_id = tax
        issue.action_fix()
        issue.invalidate_recordset()  # the next request asks anew
        self.assertFalse(issue.fix_choice or issue.can_fix, "nothing is asked any more")
        self.assertEqual((row.tax_id, issue.waiting_count), (tax, 3))
        self.assertEqual(issue.first_seen, first_seen)
        self.run_pending()
        self.assertSolved(issue, events)
        self.assertIn(tax.name, issue.message_ids.mapped("body")[-2])

    def test_tax_is_created(self):
        self.unmap_taxes()
        events = self.held(2)
        issue = self.issue_of("unmapped")
        self.assertTrue(issue.can_create)
        issue.action_fix_by_creating()
        self.run_pending()
        self.assertSolved(issue, events)

    def test_nothing_is_written_before_a_choice(self):
        self.unmap_taxes()
        events = self.held()
        with self.assertRaises(UserError):
            self.issue_of("unmapped").action_fix()
        self.assertEqual(events.state, "blocked")

    def test_status(self):
        event = self.held(status="backordered")
        issue = self.issue_of("unmapped", kind="status")
        self.fix(issue, fix_status="processing")
        row = self.env["channel.map.status"]._find(self.backend, "backordered")
        self.assertEqual(row.status, "processing")
        self.assertSolved(issue, event)
        self.assertEqual(self.env["sale.order"].browse(event.res_id).state, "sale")

    def test_carrier(self):
        """No order waits for it: the mapping ends the issue."""
        service = self._make_product("VAN", type="service", is_storable=False)
        carrier = self.env["delivery.carrier"].create({"name": "Van", "product_id": service.id})
        self.buy(("MUG", 1), shipping=[("flat_rate", "5")])
        issue = self.issue_of("unmapped_carrier")
        self.fix(issue, fix_carrier_id=carrier.id)
        self.assertSolved(issue)
        sale = self.buy(("MUG", 1), shipping=[("flat_rate", "5")])
        self.assertIn(service, sale.order_line.product_id)

    def test_currency(self):
        chf = self._currency("CHF", rate=1.25)
        chf.active = False
        payload = self.payload(self.place(("MUG", 1)))
        event = self.import_payload({**payload, "currency": "CHF"})
        issue = self.issue_of("currency_inactive")
        self.assertIn("CHF", issue.value_text)
        self.assertFalse(issue.fix_choice)
        issue.action_fix()
        self.assertTrue(chf.active)
        self.assertEqual(event.state, "pending")

    def test_unknown_product_is_bound(self):
        self.store.add_product(sku="NEW", name="New thing", regular_price="7")
        events = self.held(2, [("NEW", 1)])
        issue = self.issue_of("unknown_product")
        thing = self._make_product("OTHER-SKU")
        self.fix(issue, fix_product_id=thing.id)
        self.assertSolved(issue, events)
        self.assertEqual(
            self.env["sale.order"].browse(events[0].res_id).order_line.product_id, thing
        )
        binding = thing.channel_binding_ids
        self.assertEqual((binding.sku, binding.external_id), ("NEW", issue.params["key"]))

    def test_unknown_product_is_created(self):
        self.store.add_product(sku="NEW", name="New thing", regular_price="7")
        event = self.held(1, [("NEW", 1)])
        issue = self.issue_of("unknown_product")
        issue.action_fix_by_creating()
        self.run_pending()
        self.assertSolved(issue, event)
        made = self.env["sale.order"].browse(event.res_id).order_line.product_id
        self.assertEqual((made.name, made.default_code), ("New thing", "NEW"))
        self.assertFalse(made.is_storable)

    def test_product_deleted_in_the_shop_can_not_be_bound(self):
        payload = self.payload(self.place(("MUG", 1)))
        payload["line_items"][0].update(product_id=0, sku=None, name="Gone")
        self.import_payload(payload)
        issue = self.issue_of("unknown_product")
        self.assertFalse(issue.can_fix)
        with self.assertRaises(UserError):
            issue.action_fix()

    def test_ambiguous_product(self):
        self.store.add_product(sku="TWIN", name="Twin", regular_price="7")
        twins = self._make_product("TWIN") | self._make_product("TWIN")
        event = self.held(1, [("TWIN", 1)])
        issue = self.issue_of("ambiguous_product")
        self.assertEqual(issue.fix_candidate_ids, twins)
        self.fix(issue, fix_product_id=twins[1].id)
        self.assertSolved(issue, event)
        self.assertEqual(
            self.env["sale.order"].browse(event.res_id).order_line.product_id, twins[1]
        )

    def test_missing_service_product(self):
        product = self.backend.shipping_product_id
        self.backend.shipping_product_id = False
        event = self.held(shipping=[("flat_rate", "5")])
        issue = self.issue_of("missing_product")
        self.assertIn("Shipping", issue.fix_question)
        self.fix(issue, fix_product_id=product.id)
        self.assertEqual(self.backend.shipping_product_id, product)
        self.assertSolved(issue, event)

    def test_tax_class(self):
        recorder = Recorder()
        recorder.add_issue("unmapped_tax_class", value="luxury")
        recorder._write_issues(self.backend)
        issue = self.issue_of("unmapped_tax_class")
        tax = self.backend.tax_map_ids.tax_id[0]
        self.fix(issue, fix_tax_id=tax.id)
        row = self.env["channel.map.tax.class"]._find(self.backend, "luxury")
        self.assertEqual(row.tax_ids, tax)
        self.assertSolved(issue)

    def test_what_nothing_here_can_fix_opens_its_screen(self):
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        self.ship(sale)
        self.store.update_order(order["id"], status="cancelled")
        self.again(order)
        issue = self.issue_of("cancelled_too_late")
        self.assertFalse(issue.can_fix or issue.fix_choice or issue.can_create)
        action = issue.action_view_screen()
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.order", sale.id))
        self.assertEqual(issue.shop_url, sale.channel_binding_ids.url)
        self.assertEqual(issue.action_view_shop()["url"], issue.shop_url)

    def test_the_screen_of_a_mapping(self):
        self.unmap_taxes()
        self.held()
        action = self.issue_of("unmapped").action_view_screen()
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows.mapped("tax_id"), self.env["account.tax"])
        self.assertEqual(len(rows), 1)


@tagged("post_install", "-at_install")
class TestSeveralCauses(IssueCase):
    def test_all_of_one_try_are_told_and_corrected_in_any_order(self):
        for sku in ("A", "B"):
            self.store.add_product(sku=sku, name=f"Product {sku}", regular_price="7")
        taxes = self.unmap_taxes()
        shipping = self.backend.shipping_product_id
        self.backend.shipping_product_id = False
        lines = [("A", 1), ("B", 1), ("A", 1)]
        event = self.held(1, lines, status="backordered", shipping=[("flat_rate", "5")])
        causes = event.issue_ids
        self.assertEqual(
            sorted(issue.params.get("kind") or issue.code for issue in causes),
            ["missing_product", "status", "tax", "unknown_product", "unknown_product"],
        )
        self.assertIn("4 more", event.reason)
        self.assertEqual(set(causes.mapped("waiting_count")), {1})
        self.assertEqual(
            self.env["channel.issue"]._value_held(self.backend), {self.backend.id: event.value}
        )

        tax, status = (
            self.issue_of("unmapped", kind="tax"),
            self.issue_of("unmapped", kind="status"),
        )
        first, second = (self.issue_of("unknown_product", sku=sku) for sku in ("A", "B"))
        service = self.issue_of("missing_product")
        for issue, choice in (
            (status, {"fix_status": "processing"}),
            (first, {"fix_product_id": self.mug.id}),
            (service, {"fix_product_id": shipping.id}),
            (second, {"fix_product_id": self.book.id}),
        ):
            self.fix(issue, **choice)
            self.assertEqual((issue.state, event.state), ("resolved", "blocked"), issue.title)
        self.assertEqual(event.issue_ids, tax)
        taxes.active = True
        row = self.env["channel.map.tax"]._find(self.backend, tax.params["value"])
        self.fix(tax, fix_tax_id=taxes.filtered(lambda tax: tax.amount == row.percent)[0].id)
        self.assertSolved(tax, event)

    def test_a_status_and_a_total(self):
        payload = self.payload(self.place(("MUG", 1), status="backordered"))
        payload["total"] = str(float(payload["total"]) + 10)
        event = self.import_payload(payload)
        self.assertEqual(set(event.issue_ids.mapped("code")), {"unmapped", "totals_mismatch"})

    def test_ignoring_one_cause_ends_the_other(self):
        taxes = self.unmap_taxes()
        event = self.held(1, status="backordered")
        tax, status = (
            self.issue_of("unmapped", kind="tax"),
            self.issue_of("unmapped", kind="status"),
        )
        tax.ignore_reason = "A test order"
        tax.action_ignore()
        self.assertEqual((event.state, tax.state, status.state), ("ignored", "ignored", "resolved"))
        self.assertTrue(taxes)


@tagged("post_install", "-at_install")
class TestMoneyFixers(IssueCase, MoneyCase):
    def test_journal(self):
        self.gateway("stripe", journal_id=False)
        sale = self.buy(("MUG", 1), **self.card())
        event = self.money(sale, "blocked")
        issue = self.issue_of("payment_journal_missing")
        self.fix(issue, fix_journal_id=self.journal.id)
        row = self.env["channel.map.payment"]._find(self.backend, "stripe")
        self.assertEqual(row.journal_id, self.journal)
        self.assertSolved(issue, event)
        self.assertEqual(sale.invoice_ids.amount_residual, 0)

    def test_payouts_of_one_gateway(self):
        """Each payout has an issue of its own, one journal is what all of them wait for."""
        for name in ("po_1", "po_2"):
            error = errors.Rejected("settlement_journal", payout=name, gateway="stripe")
            Recorder().write_issue(self.backend, draft_of(error, "settlement", name))
        first, second = self.backend.issue_ids.filtered(lambda issue: issue.state == "open")
        first.fix_journal_id = self.journal
        first.action_fix()
        profile = self.env["channel.settlement.profile"]._of_gateway("stripe")
        self.assertEqual(profile.with_company(self.company).journal_id, self.journal)
        self.assertIn("Retried", second.message_ids[0].body)
