"""Refunds before the invoice: they change the order, and the invoice to come has the net amount."""

from decimal import Decimal

from odoo.tests import tagged

from .refund_case import RefundCase


class Open:
    """Refunds of orders that nobody has invoiced."""

    def order_lines(self, sale):
        """The lines that refunds have added to a sales order."""
        return sale.order_line.filtered(lambda line: line._is_channel_refund())

    def invoice_now(self, order, sale):
        """The gateway's workflow begins: invoice and payment."""
        self.gateway("stripe")
        sale._channel_follow_up("payment")
        self.money(sale)
        self.assertMoney(order)

    def assertOpen(self, order, sale):
        """The sales order is what the shop's total minus its refunds says."""
        ((_currency, net),) = self.shop_net(order).items()
        self.assertEqual(f"{sale.amount_total:.3f}", net)
        self.assertFalse(sale.invoice_ids)

    def test_line(self):
        order, sale = self.ordered(**self.card())
        row = self.line(order["line_items"][0], 1)
        event = self.refund(order, lines=[row], reason="Broken")
        self.assertIn(sale.name, event.reason)
        (line,) = self.order_lines(sale)
        self.assertEqual(f"{line.price_subtotal:.2f}", f"-{row['refund_total']}")
        self.assertEqual(line.channel_external_id, f"refund:{self.refunds_of(sale).external_id}")
        self.assertIn("Broken", line.name)
        mug = self.line_of(sale, order["line_items"][0])
        self.assertEqual((mug.product_uom_qty, mug.tax_ids), (3, line.tax_ids))
        self.assertFalse(self.refunds_of(sale).odoo_id)
        self.assertOpen(order, sale)
        self.invoice_now(order, sale)

    def test_amount_only(self):
        order, sale = self.ordered(**self.card())
        self.refund(order, amount="10.00")
        self.assertEqual(len(self.order_lines(sale)), 2)
        self.assertOpen(order, sale)
        self.invoice_now(order, sale)

    def test_several_and_the_rest_after_the_invoice(self):
        """Two taken off the order, two credited: each tax ends at zero."""
        order, sale = self.ordered(**self.card())
        self.refund(order, lines=[self.line(order["line_items"][0], 1)])
        self.refund(order, amount="3.33")
        self.assertOpen(order, sale)
        self.invoice_now(order, sale)
        self.refund(order, amount="4.44")
        self.store.update_order(order["id"], status="refunded")
        self.refund_again(order)
        self.assertEqual(len(self.notes(sale)), 2)
        self.assertEqual(set(self.taxes(sale).values()), {"0.00"})
        self.assertMoney(order)

    def test_full_of_what_has_not_left(self):
        """Nothing is left of the order: it is cancelled with its delivery."""
        order, sale = self.ordered(**self.card())
        event = self.refund(order, amount=order["total"], lines=self.whole(order))
        self.assertEqual((sale.state, sale.picking_ids.state), ("cancel", "cancel"))
        self.assertIn("cancelled", event.reason)
        self.assertEqual(self.look(order).reason, "Nothing new")
        self.assertMoney(order, paid=False, invoiced=False)

    def test_full_by_status_of_what_has_not_left(self):
        order, sale = self.ordered(**self.card())
        self.store.update_order(order["id"], status="refunded")
        self.refund_again(order)
        self.assertEqual(sale.state, "cancel")
        self.again(order, source="manual")
        self.assertEqual(sale.state, "cancel")

    def test_full_of_what_has_left(self):
        order, sale = self.ordered(**self.card())
        self.ship(sale)
        self.refund(order, amount=order["total"])
        self.assertEqual((sale.state, f"{sale.amount_total:.2f}"), ("sale", "0.00"))
        self.assertEqual(f"{sale.amount_tax:.2f}", "0.00")

    def test_zero(self):
        order, sale = self.ordered(**self.card())
        self.refund(order, amount="0")
        self.assertFalse(self.order_lines(sale))
        self.assertOpen(order, sale)

    def test_an_import_of_the_order_leaves_it_alone(self):
        order, sale = self.ordered(**self.card())
        self.refund(order, amount="10.00")
        before = sale.order_line.ids
        self.store.update_order(order["id"], status="completed")
        self.again(order)
        self.assertEqual(sale.order_line.ids, before)
        self.assertOpen(order, sale)

    def test_paid_on_account_is_paid_back_on_account(self):
        """The gateway registers payments, while invoices are made by hand."""
        self.gateway("stripe", invoice_policy="none")
        order, sale = self.ordered(**self.card())
        self.money(sale)
        self.refund(order, amount="10.00")
        self.assertOpen(order, sale)
        paid = {one.payment_type: one.amount for one in sale.channel_payment_ids}
        self.assertEqual(paid, {"inbound": float(order["total"]), "outbound": 10})
        sale._create_invoices().action_post()
        self.look_again(sale, "done")
        self.assertMoney(order)

    def test_cancelled_and_paid_back(self):
        self.gateway("stripe", invoice_policy="none")
        order, sale = self.ordered(**self.card())
        self.money(sale)
        self.refund(order, amount=order["total"])
        self.assertEqual(sale.state, "cancel")
        self.assertMoney(order)

    def test_unpaid_is_paid_less(self):
        """Cash on delivery: one thing is missing, and the courier collects the rest."""
        self.gateway("cod", invoice_policy="confirmed")
        order, sale = self.ordered(payment_method="cod")
        self.money(sale)
        self.refund(order, lines=[self.line(order["line_items"][1], 1)])
        self.assertFalse(sale.channel_payment_ids)
        self.store.update_order(order["id"], status="completed")
        self.again(order)
        self.money(sale)
        self.assertMoney(order)


@tagged("post_install", "-at_install")
class TestExclusive(Open, RefundCase):
    allow_inherited_tests_method = True


@tagged("post_install", "-at_install")
class TestInclusive(Open, RefundCase):
    allow_inherited_tests_method = True
    store_options = {"prices_include_tax": True, "timezone": "Europe/Brussels"}


@tagged("post_install", "-at_install")
class TestPartlyInvoiced(RefundCase):
    """Invoices come with each delivery."""

    def partly(self):
        """Two of the five pieces are delivered and invoiced; returns (order, sales order)."""
        self.gateway("stripe", invoice_policy="delivered")
        order, sale = self.ordered(**self.card())
        self.money(sale)
        self.deliver(sale, MUG=2)
        self.money(sale)
        self.assertEqual(len(sale.invoice_ids), 1)
        return order, sale

    def deliver(self, sale, **quantities):
        picking = sale.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        for move in picking.move_ids.filtered(lambda one: one.state != "cancel"):
            quantity = quantities.get(move.product_id.default_code, 0)
            move.write({"quantity": quantity, "picked": bool(quantity)})
        picking.with_context(skip_backorder=True).button_validate()

    def finish(self, order, sale, **quantities):
        self.deliver(sale, **quantities)
        self.money(sale)
        self.assertMoney(order)

    def test_of_what_was_invoiced(self):
        order, sale = self.partly()
        self.refund(order, lines=[self.line(order["line_items"][0], 1)])
        self.assertEqual(len(self.notes(sale)), 1)
        moves = sale.picking_ids.move_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        self.assertEqual(moves.product_id, self.book)  # the third mug never leaves
        self.finish(order, sale, BOOK=2)

    def test_of_what_was_not(self):
        order, sale = self.partly()
        self.refund(order, lines=[self.line(order["line_items"][1], 2)])
        self.assertFalse(self.notes(sale))
        self.finish(order, sale, MUG=1)

    def test_an_amount(self):
        order, sale = self.partly()
        self.refund(order, amount="7.77")
        self.assertEqual(self.notes(sale).mapped("amount_total"), [7.77])
        self.finish(order, sale, MUG=1, BOOK=2)

    def test_no_invoice_below_zero(self):
        """An amount off an order before its first invoice: goods wait until they exceed it."""
        self.gateway("stripe", invoice_policy="delivered")
        order, sale = self.ordered(("MUG", 3), ("BOOK", 2), shipping=[], fees=[], **self.card())
        self.money(sale)
        amount = Decimal(order["line_items"][0]["total"])  # more than one mug
        self.refund(order, amount=f"{amount}")
        self.deliver(sale, MUG=1)
        self.money(sale, "ignored")
        self.assertFalse(sale.invoice_ids)
        self.deliver(sale, MUG=2)
        self.money(sale)
        self.assertEqual(len(sale.invoice_ids), 1)
        self.finish(order, sale, BOOK=2)

    def test_more_than_either_part(self):
        order, sale = self.partly()
        amount = Decimal(order["total"]) - Decimal("0.01")
        event = self.refund(order, "blocked", amount=f"{amount}")
        self.assertEqual(event.issue_id.code, "refund_too_much")
        self.assertIn(sale.name, event.issue_id.suggestion)
        self.deliver(sale, MUG=1, BOOK=2)
        self.money(sale)
        event.issue_id.action_retry()
        self.run_job(event)
        self.assertEqual((event.state, event.issue_id.state), ("done", "resolved"))
        self.assertMoney(order)

    def test_draft_invoice_is_waited_for(self):
        order, sale = self.ordered(**self.card())
        draft = sale._create_invoices()
        event = self.refund(order, "blocked", amount="5.00")
        self.assertEqual(event.issue_id.code, "refund_draft_invoice")
        draft.action_post()
        event.issue_id.action_retry()
        self.run_job(event)
        self.assertEqual((event.state, event.issue_id.state), ("done", "resolved"))
        self.assertEqual(self.notes(sale).reversed_entry_id, draft)
        # the credit note of an unpaid invoice is settled with it
        self.assertEqual(f"{draft.amount_residual:.2f}", f"{draft.amount_total - 5:.2f}")
        self.assertFalse(sale.channel_payment_ids)

    def test_two_unpaid_invoices(self):
        """One credit note settles both; the invoice it is mostly about is the one it reverses."""
        self.gateway("stripe", invoice_policy="delivered", register_payment=False)
        order, sale = self.ordered(**self.card())
        for quantities in ({"MUG": 2}, {"MUG": 1, "BOOK": 2}):
            self.deliver(sale, **quantities)
            self.money(sale)
        first, second = sale.invoice_ids.sorted("id")
        self.refund(order, amount=order["total"])
        note = self.notes(sale)
        largest = max(first, second, key=lambda move: move.amount_total)
        self.assertEqual(note.reversed_entry_id, largest)
        self.assertIn(((first | second) - largest).name, note.invoice_origin)
        self.assertEqual((first | second | note).mapped("amount_residual"), [0, 0, 0])
        self.assertEqual(set(self.taxes(sale).values()), {"0.00"})

    def test_gift_card_is_not_refunded(self):
        """The shop refunds what was paid by the gateway; what the card has paid stays invoiced."""
        self.gateway("stripe")
        self.gateway("gift_card", journal_id=self._journal("Gift cards", "GIFT").id)
        order = self.place(("MUG", 3), ("BOOK", 2), **self.card())
        payload = self.payload(order)
        payload["gift_cards"] = [{"code": "GC-1", "amount": "20.00"}]
        payload["total"] = f"{Decimal(order['total']) - 20:.2f}"
        event, sale = self.import_changed(payload)
        self.assertEqual(event.state, "done", event.reason)
        self.money(sale)
        self.store.orders[order["id"]]["total"] = payload["total"]
        self.store.refund_order(order["id"], amount=payload["total"], restock=False)
        self.look(order, "done")
        self.assertMoney(order, gift_cards="20")
        tax = self.notes(sale).amount_tax / self.notes(sale).amount_total
        self.assertAlmostEqual(tax, sale.amount_tax / sale.amount_total, places=3)
