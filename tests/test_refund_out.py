"""Credit notes of Odoo become refunds of the shop, to the cent and per tax rate."""

from decimal import Decimal

from odoo.fields import Command
from odoo.tests import tagged

from .common import JANE
from .refund_out_case import RefundOutCase


class WhatIsTold:
    """The same in a tax-exclusive and a tax-inclusive shop."""

    def test_some_pieces_of_a_line(self):
        order, invoice = self.sold(("MUG", 3), ("BOOK", 1), shipping=[("flat_rate", "4.95")])
        note = self.credit(invoice, MUG=1)
        refund = self.told(note)
        (shop,) = self.refunds(order)
        self.assertAmount(shop["amount"], note.amount_total)
        self.assertEqual(shop["reason"], f"{note.name}, {note.ref}")
        self.assertIs(shop["refunded_payment"], False)
        (tax,) = order["line_items"][0]["taxes"]
        self.assertLine(
            shop,
            order["line_items"][0],
            1,
            f"{note.amount_untaxed:.2f}",
            {tax["id"]: f"{note.amount_tax:.2f}"},
        )
        self.assertEqual(self.status(order), "processing")
        self.assertEqual((refund.external_id, refund.made_here), (str(shop["id"]), True))
        self.assertEqual(refund.amount, note.amount_total)
        self.assertEqual(refund.order_external_id, str(order["id"]))

    def test_everything(self):
        order, invoice = self.sold(
            ("MUG", 3), ("BOOK", 2), shipping=[("flat_rate", "4.95")], fees=[("Gift wrap", "2.50")]
        )
        self.told(self.credit(invoice))
        (shop,) = self.refunds(order)
        self.assertEqual(Decimal(str(shop["amount"])), Decimal(order["total"]))
        rows = [*shop["line_items"], *shop["shipping_lines"], *shop["fee_lines"]]
        self.assertEqual(len(rows), 4)
        self.assertEqual(
            sum(Decimal(str(row["total"])) + Decimal(str(row["total_tax"])) for row in rows),
            -Decimal(order["total"]),
        )
        self.assertEqual(self.status(order), "refunded")

    def test_shipping_only(self):
        order, invoice = self.sold(("MUG", 1), shipping=[("flat_rate", "4.95")])
        note = self.draft_credit(invoice)
        note.invoice_line_ids.filtered(lambda line: not line.sale_line_ids.is_delivery).unlink()
        note.action_post()
        self.told(note)
        (shop,) = self.refunds(order)
        item = order["shipping_lines"][0]
        self.assertAmount(shop["amount"], note.amount_total)
        taxes = {row["id"]: row["total"] for row in item["taxes"]}
        self.assertLine(shop, item, None, item["total"], taxes)

    def test_several_credit_notes_of_one_line(self):
        order, invoice = self.sold(("MUG", 3))
        for _number in range(3):
            self.told(self.credit(invoice, MUG=1))
        self.assertEqual(len(self.refunds(order)), 3)
        self.assertEqual(
            {line["quantity"] for row in self.refunds(order) for line in row["line_items"]}, {-1}
        )


@tagged("post_install", "-at_install")
class TestTaxExclusive(WhatIsTold, RefundOutCase):
    allow_inherited_tests_method = True


@tagged("post_install", "-at_install")
class TestTaxInclusive(WhatIsTold, RefundOutCase):
    allow_inherited_tests_method = True
    store_options = {"prices_include_tax": True}


@tagged("post_install", "-at_install")
class TestRefundOut(RefundOutCase):
    def test_an_amount_that_belongs_to_no_line(self):
        order, invoice = self.sold(("MUG", 1))
        note = self.draft_credit(invoice, MUG=1)
        note.invoice_line_ids.unlink()
        self.add_line(note, "Goodwill", 5.0)
        note.action_post()
        self.told(note)
        (shop,) = self.refunds(order)
        self.assertEqual((Decimal(str(shop["amount"])), shop["line_items"]), (5, []))

    def test_an_amount_above_the_lines(self):
        order, invoice = self.sold(("MUG", 2))
        note = self.draft_credit(invoice, MUG=1)
        self.add_line(note, "For the trouble", 3.0)
        note.action_post()
        self.told(note)
        (shop,) = self.refunds(order)
        self.assertAmount(shop["amount"], note.amount_total)
        self.assertEqual(
            [Decimal(str(row["total"])) for row in shop["line_items"]], [Decimal("-19.99")]
        )

    def test_one_odoo_tax_for_two_rates_of_the_shop(self):
        order, invoice = self.sold(("MUG", 3), billing=self.montreal())
        first, second = order["line_items"][0]["taxes"]
        self.assertEqual(len(invoice.invoice_line_ids.tax_ids), 1)
        note = self.credit(invoice)
        self.told(note)
        (shop,) = self.refunds(order)
        self.assertLine(
            shop,
            order["line_items"][0],
            3,
            order["line_items"][0]["total"],
            {row["id"]: row["total"] for row in (first, second)},
        )

    def montreal(self):
        """An address where the shop has two rates, both of one tax in Odoo."""
        tax = self.env["account.tax"].create(
            {"name": "Quebec", "amount": 14.975, "company_id": self.company.id}
        )
        self.backend.tax_map_ids.filtered(lambda row: row.state_code == "QC").tax_id = tax
        return {**JANE, "country": "CA", "state": "QC"}

    def test_the_money_is_sent_only_where_the_flow_says_so(self):
        self.flow.pay_out = True
        order, invoice = self.sold(("MUG", 1), payment_method="stripe")
        self.told(self.credit(invoice))
        self.assertIs(self.refunds(order)[0]["refunded_payment"], True)

    def test_three_requests_a_refund(self):
        order, invoice = self.sold(("MUG", 1))
        note = self.credit(invoice)
        del self.store.requests[:]
        self.told(note)
        path = f"/wp-json/wc/v3/orders/{order['id']}"
        self.assertEqual(
            [(row.method, row.path) for row in self.store.requests],
            [("GET", path), ("POST", f"{path}/refunds"), ("GET", path)],
        )

    def test_its_webhook_is_an_echo(self):
        order, invoice = self.sold(("MUG", 2))
        self.told(self.credit(invoice))
        self.assertEqual(self.status(order), "refunded")
        event = self.receive(order["id"])
        self.assertEqual(event.state, "ignored")
        self.assertIn("echo", event.reason)

    def test_a_refund_that_the_shop_made_meanwhile_is_no_echo(self):
        order, invoice = self.sold(("MUG", 3))
        note = self.credit(invoice, MUG=1)
        self.store.refund_order(order["id"], amount="1.00")
        self.told(note)
        binding = self.env["channel.binding.order"]._find(self.backend, order["id"])
        self.assertFalse(binding.sent_fingerprint)

    def test_what_came_from_the_shop_is_not_told_back(self):
        order, invoice = self.sold(("MUG", 1))
        note = self.draft_credit(invoice)
        self.env["channel.binding.refund"]._bind(
            self.backend,
            "77",
            note,
            order_id=invoice.line_ids.sale_line_ids.order_id.id,
            order_external_id=str(order["id"]),
        )
        note.action_post()
        self.assertFalse(self.notes(note))

    def test_nothing_is_noted_where_the_flow_is_off(self):
        self.flow.active = False
        _order, invoice = self.sold(("MUG", 1))
        self.assertFalse(self.notes(self.credit(invoice)))

    def test_credit_notes_of_other_sales_are_nobodys(self):
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Shop Visitor"}).id,
                "company_id": self.company.id,
                "order_line": [(0, 0, {"product_id": self.mug.id})],
            }
        )
        sale.action_confirm()
        self.assertFalse(self.notes(self.credit(self.invoice(sale))))

    def test_an_accountant_who_knows_nothing_of_channels(self):
        _order, invoice = self.sold(("MUG", 1))
        user = self.env["res.users"].create(
            {
                "name": "Accountant",
                "login": "accountant",
                "company_id": self.company.id,
                "company_ids": self.company.ids,
                "group_ids": [Command.set(self.env.ref("account.group_account_invoice").ids)],
            }
        )
        note = self.draft_credit(invoice)
        note.with_user(user).action_post()
        self.told(note)
        note.with_user(user).button_draft()
        issue = self.env["channel.issue"].search([("code", "=", "refund_withdrawn")])
        self.assertEqual(issue.record, note)
