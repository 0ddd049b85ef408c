"""Orders edited in the shop after goods or invoices have left: a person decides."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import JANE
from .edit_case import ProtectedCase
from .line_case import OTHER


@tagged("post_install", "-at_install")
class TestDelivered(ProtectedCase):
    def test_other_lines_still_follow(self):
        order = self.place(("MUG", 2), ("BOOK", 1))
        sale = self.import_order(order)
        self.send(sale, MUG=2)
        self.follow(order, {"BOOK": 3}, add=[("CUP", 2)])
        self.assertEqual(self.demand(sale), {"BOOK": 3, "CUP": 2})
        self.follow(order, remove=["BOOK"])
        self.assertEqual(
            (self.demand(sale), self.ordered(sale)), ({"CUP": 2}, {"MUG": 2, "CUP": 2})
        )

    def test_a_delivered_line_may_grow(self):
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        self.send(sale)
        self.follow(order, {"MUG": 5})
        self.assertEqual(self.demand(sale), {"MUG": 3})

    def test_a_line_may_shrink_to_what_was_delivered(self):
        order = self.place(("MUG", 7))
        sale = self.import_order(order)
        self.send(sale, MUG=3)
        self.follow(order, {"MUG": 5})
        self.assertEqual(self.demand(sale), {"MUG": 2})
        self.follow(order, {"MUG": 3})
        self.assertEqual((self.demand(sale), self.demand(sale, "incoming")), ({}, {}))

    def test_what_is_protected(self):
        """Fewer pieces than were delivered, another price, another product, removal."""

        def cheaper(payload):
            payload["line_items"][0].update(total="10.00", total_tax="2.10")
            payload["line_items"][0]["taxes"][0]["total"] = "2.10"

        def other(payload):
            product = self.store.product("CUP")["id"]
            payload["line_items"][0].update(product_id=product, sku="CUP", name="Cup")

        for name, change in (
            ("fewer", lambda payload: payload["line_items"][0].update(quantity=1, total="19.99")),
            ("cheaper", cheaper),
            ("other product", other),
            ("gone", lambda payload: payload["line_items"].pop(0)),
        ):
            with self.subTest(change=name):
                order = self.place(("MUG", 2), ("BOOK", 1), shipping_address=JANE)
                sale = self.import_order(order)
                self.send(sale, MUG=2)
                before = self.state_of(sale)
                payload = self.payload(order)
                change(payload)
                payload["shipping"].update(OTHER)
                event = self.import_payload(payload)
                self.assertEqual(event.state, "blocked", event.reason)
                issue = event.issue_id
                self.assertEqual(issue.code, "changed_after_delivery")
                self.assertIn("[MUG]", issue.title)
                self.assertEqual(issue.record, sale)
                self.assertEqual(self.state_of(sale), before)
                self.assertNotEqual(sale.partner_shipping_id.street, "Other Street 9")
                self.assertEqual(self.demand(sale), {"BOOK": 1})

    def test_status_and_payment_still_count(self):
        order = self.place(("MUG", 2), payment_method="bacs", status="on-hold")
        sale = self.import_order(order)
        sale.action_confirm()
        self.send(sale)
        self.store.pay(order["id"])
        self.conflict(order, {"MUG": 1}, customer_note="Sorry")
        self.assertEqual(sale.channel_status, "processing")
        self.assertTrue(sale.channel_binding_ids.paid_at)
        self.assertIn("Sorry", sale.note)
        self.assertEqual(self.ordered(sale), {"MUG": 2})

    def test_both_sides_are_shown(self):
        order = self.place(("MUG", 2), ("BOOK", 1), shipping_address=JANE)
        sale = self.import_order(order)
        self.send(sale, MUG=2)
        issue, edited = self.conflict(
            order,
            {"MUG": 1},
            add=[("CUP", 4)],
            shipping={**JANE, **OTHER, "first_name": "<b>Jane</b>"},
        )
        self.assertTrue(issue.choices)
        table = issue.comparison
        for text in ("19.99", "39.98", "Product CUP", "Nieuwstraat 1", "Other Street 9"):
            self.assertIn(text, table)
        self.assertIn(f"{float(edited['total']):.2f}", table)
        self.assertNotIn("<b>Jane", table)
        # mug, cup, total, tax, delivery address; not the book, not the invoice address
        self.assertEqual(table.count("table-warning"), 5)

    def test_accept_the_shop(self):
        """Fewer pieces than were delivered: they are ordered no more, and expected back."""
        order = self.place(("MUG", 3), ("BOOK", 1), shipping_address=JANE)
        sale = self.import_order(order)
        self.send(sale, MUG=3)
        issue, edited = self.conflict(order, {"MUG": 1}, shipping={**JANE, **OTHER})
        event = self.decide(issue, "action_accept_shop")
        self.assertEqual((event.state, issue.state), ("done", "resolved"), event.reason)
        self.assertTotals(sale, edited)
        self.assertEqual(self.ordered(sale), {"MUG": 1, "BOOK": 1})
        self.assertEqual(self.demand(sale, "incoming"), {"MUG": 2})
        self.assertEqual(self.demand(sale), {"BOOK": 1})
        self.assertEqual(sale.partner_shipping_id.street, "Other Street 9")
        self.follow(order, {"BOOK": 2})
        self.assertEqual(self.demand(sale, "incoming"), {"MUG": 2})

    def test_accept_a_removal(self):
        order = self.place(("MUG", 3), ("BOOK", 1))
        sale = self.import_order(order)
        self.send(sale, MUG=3)
        issue, edited = self.conflict(order, remove=["MUG"])
        event = self.decide(issue, "action_accept_shop")
        self.assertEqual(event.state, "done", event.reason)
        self.assertTotals(sale, edited)
        self.assertEqual(self.demand(sale, "incoming"), {"MUG": 3})
        self.follow(order, {"BOOK": 2})

    def test_accept_another_product(self):
        order = self.place(("MUG", 2), ("BOOK", 1))
        sale = self.import_order(order)
        self.send(sale, MUG=2)
        issue, edited = self.conflict(order, remove=["MUG"], add=[("CUP", 2)])
        self.decide(issue, "action_accept_shop")
        self.assertTotals(sale, edited)
        self.assertEqual(self.demand(sale), {"BOOK": 1, "CUP": 2})
        self.assertEqual(self.demand(sale, "incoming"), {"MUG": 2})

    def test_keep_odoo(self):
        order = self.place(("MUG", 3), ("BOOK", 1))
        sale = self.import_order(order)
        self.send(sale, MUG=3)
        before = self.state_of(sale)
        issue, edited = self.conflict(order, {"MUG": 1})
        event = self.decide(issue, "action_keep_odoo")
        self.assertEqual((event.state, issue.state), ("ignored", "resolved"))
        self.assertIn("kept", event.reason)
        self.assertEqual(self.state_of(sale), before)
        self.assertEqual(f"{sale.channel_amount_total:.2f}", edited["total"])

        # it is said again, and something else changes: the decision stands
        self.assertEqual(self.again(order).state, "ignored")
        self.store.clock.advance(5)
        self.store.update_order(order["id"], status="completed")
        self.assertEqual(self.again(order).state, "done")
        self.assertEqual((sale.channel_status, self.state_of(sale)), ("completed", before))

        # the shop changes the order again: a new question
        issue, _edited = self.conflict(order, {"MUG": 2})
        self.assertEqual(issue.state, "open")
        # and takes it all back: nothing to ask
        event, edited = self.edit(order, {"MUG": 3})
        self.assertEqual(event.state, "done", event.reason)
        self.assertTotals(sale, edited)
        self.assertEqual(issue.state, "resolved")

    def test_the_open_issue_follows_the_shop(self):
        order = self.place(("MUG", 3), ("CUP", 3))
        sale = self.import_order(order)
        self.send(sale)
        issue, edited = self.conflict(order, {"MUG": 1})
        key, count = issue.decision_key, len(sale.order_line)
        self.assertIn(edited["total"], issue.comparison)
        again, edited = self.conflict(order, {"CUP": 1})
        self.assertEqual(again, issue)
        self.assertIn("[CUP]", issue.title)
        self.assertIn(edited["total"], issue.comparison)
        self.assertNotEqual(issue.decision_key, key)
        # nothing new: the issue is not written
        before = issue.write_date
        messages = len(issue.message_ids)
        self.again(order)
        self.assertEqual((issue.write_date, len(issue.message_ids)), (before, messages))
        self.assertEqual(len(sale.order_line), count)

    def test_a_decision_is_about_what_was_shown(self):
        """The shop changes once more while the person decides: it is asked again."""
        order = self.place(("MUG", 3))
        sale = self.import_order(order)
        self.send(sale)
        issue, _edited = self.conflict(order, {"MUG": 2})
        self.store.clock.advance(5)
        self.store.edit_order(order["id"], set_quantity={self.item(order, "MUG"): 1})
        event = self.decide(issue, "action_accept_shop")
        self.assertEqual((event.state, issue.state), ("blocked", "open"))
        self.assertEqual(self.ordered(sale), {"MUG": 3})
        event = self.decide(issue, "action_accept_shop")
        self.assertEqual((event.state, self.ordered(sale)), ("done", {"MUG": 1}))

    def test_correct_by_hand_and_retry(self):
        order = self.place(("MUG", 3))
        sale = self.import_order(order)
        picking = self.send(sale)
        issue, edited = self.conflict(order, {"MUG": 2})
        wizard = self.env["stock.return.picking"].with_context(
            active_model="stock.picking", active_id=picking.id
        )
        wizard = wizard.create({"picking_id": picking.id})
        wizard.product_return_moves.write({"quantity": 1, "to_refund": True})
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.write({"quantity": 1, "picked": True})
        back.button_validate()
        self.assertEqual(sale.order_line[0].qty_delivered, 2)
        issue.action_retry()
        self.run_pending()
        self.assertEqual(issue.state, "resolved")
        self.assertTotals(sale, edited)
        self.assertEqual((self.demand(sale), self.demand(sale, "incoming")), ({}, {}))

    def test_a_channel_user_may_decide(self):
        order = self.place(("MUG", 3))
        sale = self.import_order(order)
        self.send(sale)
        issue, _edited = self.conflict(order, {"MUG": 1})
        user = self.env["res.users"].create(
            {
                "name": "User",
                "login": "channel_user",
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
                "group_ids": [(6, 0, self.env.ref("channel_connector.group_user").ids)],
            }
        )
        stranger = user.copy({"login": "stranger", "group_ids": [(6, 0, [])]})
        with self.assertRaises(AccessError):
            issue.with_user(stranger).action_accept_shop()
        issue.with_user(user).action_accept_shop()
        self.assertEqual(issue.message_ids[0].author_id, user.partner_id)
        self.run_pending()
        self.assertEqual(self.ordered(sale), {"MUG": 1})
        with self.assertRaises(UserError):
            issue.with_user(user).action_keep_odoo()

    def test_an_edit_races_with_a_delivery(self):
        """Two edits wait; the parcel leaves between them; an older page comes last."""
        order = self.place(("MUG", 2), ("BOOK", 2))
        sale = self.import_order(order)
        self.store.clock.advance(5)
        self.store.edit_order(order["id"], set_quantity={self.item(order, "MUG"): 4})
        first = self.payload(order)
        self.assertEqual(self.import_payload(first).state, "done")
        self.send(sale, MUG=4)
        late = self.poll(first)
        self.store.clock.advance(5)
        edited = self.store.edit_order(
            order["id"], set_quantity={self.item(order, "MUG"): 6, self.item(order, "BOOK"): 1}
        )
        self.assertEqual(self.again(order).state, "done")
        self.run_job(late)
        self.assertTotals(sale, edited)
        self.assertEqual(self.demand(sale), {"MUG": 2, "BOOK": 1})
        self.send(sale)
        issue, _edited = self.conflict(order, {"MUG": 3})
        self.assertEqual(self.ordered(sale), {"MUG": 6, "BOOK": 1})
        self.decide(issue, "action_keep_odoo")
        self.assertEqual(self.demand(sale), {})

    def test_a_set_is_delivered_by_its_parts(self):
        """A bundle counts as delivered from the start, and still follows the shop."""
        payload = self.payload(self.place(("MUG", 1), ("BOOK", 2)))
        parent, child = payload["line_items"]
        parent["bundled_items"], child["bundled_by"] = [child["id"]], parent["id"]
        event, sale = self.import_changed(payload)
        self.assertEqual(sale.state, "sale", event.reason)
        bigger = self.payload(self.place(("MUG", 2), ("BOOK", 4)))
        for mine, theirs in zip(payload["line_items"], bigger["line_items"], strict=True):
            mine.update(
                {name: theirs[name] for name in ("quantity", "total", "total_tax", "taxes")}
            )
        payload.update({name: bigger[name] for name in ("total", "total_tax", "cart_tax")})
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.assertTotals(sale, payload)
        container = sale.order_line.filtered("channel_is_container")
        self.assertEqual((container.product_uom_qty, container.qty_delivered), (2, 2))
        self.assertEqual(self.demand(sale), {"BOOK": 4})


@tagged("post_install", "-at_install")
class TestInvoiced(ProtectedCase):
    def invoiced(self, *lines, post=True, **cart):
        """An order whose goods are invoiced before they leave."""
        (self.mug | self.book | self.cup).invoice_policy = "order"
        order = self.place(*lines, **cart)
        sale = self.import_order(order)
        move = sale._create_invoices()
        if post:
            move.action_post()
        return order, sale, move

    def test_another_currency_is_refused(self):
        """Odoo can't change the currency of a confirmed order."""
        self._currency("GBP", 0.85)
        order = self.place(("MUG", 1))
        sale = self.import_order(order)
        payload = {**self.payload(order), "currency": "GBP"}
        event = self.import_payload(payload)
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "currency_changed"))
        self.assertFalse(event.issue_id.choices)
        self.assertTotals(sale, order)
        sale._action_cancel()
        sale.action_draft()
        again = self.import_payload(payload)
        self.assertEqual(again.state, "done", again.reason)
        self.assertEqual((sale.currency_id.name, sale.state), ("GBP", "sale"))
        self.assertTotals(sale, order)
        self.assertEqual((event.state, event.issue_id.state), ("ignored", "resolved"))

    def test_a_draft_invoice_protects_too(self):
        order, sale, move = self.invoiced(("MUG", 2), post=False)
        before = self.state_of(sale)
        issue, edited = self.conflict(order, {"MUG": 1})
        self.assertEqual(self.state_of(sale), before)
        move.button_cancel()
        issue.action_retry()
        self.run_pending()
        self.assertTotals(sale, edited)

    def test_more_pieces_are_invoiced_to_the_cent(self):
        order, sale, first = self.invoiced(("MUG", 3), ("CUP", 3), shipping=[("flat_rate", "4.95")])
        self.follow(order, {"MUG": 7}, add=[("BOOK", 1)])
        second = self.invoice(sale)
        edited = self.store.orders[order["id"]]
        self.assertEqual(
            f"{first.amount_total + second.amount_total:.2f}", f"{float(edited['total']):.2f}"
        )
        self.assertEqual(
            f"{first.amount_tax + second.amount_tax:.2f}", f"{float(edited['total_tax']):.2f}"
        )

    def test_accepted_quantity_is_left_to_be_credited(self):
        order, sale, move = self.invoiced(("MUG", 3))
        issue, edited = self.conflict(order, {"MUG": 1})
        self.assertIn(f">{3}<", issue.comparison)
        self.decide(issue, "action_accept_shop")
        self.assertTotals(sale, edited)
        self.assertEqual((sale.order_line.qty_invoiced, sale.order_line.product_uom_qty), (3, 1))
        self.assertEqual(self.demand(sale), {"MUG": 1})
        self.assertEqual((move.state, sale.order_line.qty_to_invoice), ("posted", -2))
        # a later edit of something else asks nothing about it
        self.follow(order, add=[("CUP", 1)])

    def test_an_address_after_the_invoice(self):
        order, sale, move = self.invoiced(("MUG", 1))
        old = move.partner_id
        self.follow(order, billing={**JANE, **OTHER})
        self.assertEqual((move.partner_id, sale.partner_invoice_id.street), (old, "Other Street 9"))
        self.assertIn(move.name, sale.message_ids[0].body)

    def test_a_credited_line_follows_again(self):
        order, sale, move = self.invoiced(("MUG", 3))
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard.create({"journal_id": move.journal_id.id}).refund_moves()
        sale.invoice_ids.filtered(lambda one: one.state == "draft").action_post()
        self.assertFalse(sale.order_line.qty_invoiced)
        self.follow(order, {"MUG": 1})
        self.assertEqual(self.demand(sale), {"MUG": 1})


@tagged("post_install", "-at_install")
class TestInvoicedIncluded(TestInvoiced):
    """A shop whose prices include tax, in a currency that is not the company's."""

    allow_inherited_tests_method = True
    store_options = {
        "prices_include_tax": True,
        "timezone": "Europe/Brussels",
        "currency": "USD",
        "round_at_subtotal": True,
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._currency("USD", 1.37)
