"""Orders that are over in the shop: what can be cancelled is, what can't is said."""

from odoo.tests import tagged

from .edit_case import ProtectedCase


class CancelCase(ProtectedCase):
    def cancel(self, order, status="cancelled"):
        self.store.clock.advance(5)
        self.store.update_order(order["id"], status=status)
        return self.again(order)

    def too_late(self, order, *names):
        """Cancel an order of which something has left; the issue names ``names``."""
        event = self.cancel(order)
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "cancelled_too_late"))
        for name in names:
            self.assertIn(name, event.issue_id.title)
        return event.issue_id

    def bring_back(self, picking):
        """Return all of a delivery."""
        wizard = self.env["stock.return.picking"].with_context(
            active_model="stock.picking", active_id=picking.id
        )
        wizard = wizard.create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.write({"quantity": line.move_id.quantity, "to_refund": True})
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        return back

    def credit(self, move):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard = wizard.create({"journal_id": move.journal_id.id})
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        note.action_post()
        return note


@tagged("post_install", "-at_install")
class TestCancelled(CancelCase):
    def test_nothing_has_left(self):
        for status in ("cancelled", "failed"):
            with self.subTest(status=status):
                order = self.place(("MUG", 2), shipping=[("flat_rate", "4.95")])
                sale = self.import_order(order)
                (self.mug).invoice_policy = "order"
                draft = sale._create_invoices()
                event = self.cancel(order, status)
                self.assertEqual((event.state, sale.state), ("done", "cancel"), event.reason)
                self.assertEqual((draft.state, self.demand(sale)), ("cancel", {}))

    def test_partly_delivered(self):
        order = self.place(("MUG", 5), ("BOOK", 1), shipping=[("flat_rate", "4.95")])
        sale = self.import_order(order)
        done = self.send(sale, MUG=2)
        issue = self.too_late(order, done.name)
        self.assertEqual(sale.state, "sale")
        self.assertEqual((self.ordered(sale), self.demand(sale)), ({"MUG": 2}, {}))
        self.assertFalse(self.demand(sale, "incoming"))
        self.assertEqual(f"{sale.amount_untaxed:.2f}", "39.98")
        # said again, it is not asked again
        self.assertEqual(self.again(order).state, "ignored")

        # the goods come back: retry cancels the rest
        self.bring_back(done)
        issue.action_retry()
        self.run_pending()
        self.assertEqual((issue.state, sale.state), ("resolved", "cancel"))

    def test_invoiced_but_not_delivered(self):
        self.mug.invoice_policy = "order"
        order = self.place(("MUG", 3))
        sale = self.import_order(order)
        move = self.invoice(sale)
        issue = self.too_late(order, move.name)
        self.assertEqual((sale.state, self.demand(sale)), ("sale", {}))
        self.assertEqual(sale.order_line.product_uom_qty, 3)
        self.credit(move)
        issue.action_retry()
        self.run_pending()
        self.assertEqual((issue.state, sale.state), ("resolved", "cancel"))

    def test_delivered_and_invoiced_in_part(self):
        order = self.place(("MUG", 7), ("CUP", 1))
        sale = self.import_order(order)
        done = self.send(sale, MUG=3)
        move = self.invoice(sale)
        self.send(sale, MUG=2)
        draft = sale._create_invoices()
        self.too_late(order, done.name, move.name)
        self.assertEqual((move.state, draft.state), ("posted", "cancel"))
        self.assertEqual((self.ordered(sale), self.demand(sale)), ({"MUG": 5}, {}))
        second = self.invoice(sale)
        line = sale.order_line.filtered(lambda line: line.product_id == self.mug)
        self.assertAlmostEqual(move.amount_total + second.amount_total, line.price_total)

    def test_goods_on_their_way_back_are_still_expected(self):
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        done = self.send(sale)
        wizard = self.env["stock.return.picking"].with_context(
            active_model="stock.picking", active_id=done.id
        )
        wizard = wizard.create({"picking_id": done.id})
        wizard.product_return_moves.write({"quantity": 2, "to_refund": True})
        wizard.action_create_returns()
        self.too_late(order, done.name)
        self.assertEqual(self.demand(sale, "incoming"), {"MUG": 2})

    def test_deleted_too_late(self):
        order = self.place(("MUG", 2), ("BOOK", 1))
        sale = self.import_order(order)
        self.send(sale, MUG=2)
        self.store.delete_order(order["id"])
        event = self.again(order)
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "cancelled_too_late"))
        self.assertEqual((sale.state, self.demand(sale)), ("sale", {}))

    def test_a_locked_order(self):
        self.env["res.config.settings"].create({"group_auto_done_setting": True}).execute()
        order = self.place(("MUG", 2), ("BOOK", 1))
        sale = self.import_order(order)
        done = self.send(sale, MUG=2)
        self.too_late(order, done.name)
        self.assertEqual(self.demand(sale), {})


@tagged("post_install", "-at_install")
class TestRestored(CancelCase):
    def restore(self, order):
        self.store.clock.advance(5)
        self.store.update_order(order["id"], status="processing")
        return self.again(order)

    def test_after_a_partial_cancel(self):
        order = self.place(("MUG", 5), ("BOOK", 1), shipping=[("flat_rate", "4.95")])
        sale = self.import_order(order)
        done = self.send(sale, MUG=2)
        issue = self.too_late(order, done.name)
        event = self.restore(order)
        self.assertEqual((event.state, sale.state), ("done", "sale"), event.reason)
        self.assertEqual(self.demand(sale), {"MUG": 3, "BOOK": 1})
        self.assertTotals(sale, order)
        self.assertEqual(issue.state, "resolved")
        self.assertEqual(issue.event_ids.mapped("state"), ["ignored"])
        self.send(sale)
        self.assertEqual(sale.delivery_status, "full")

    def test_invoiced_before(self):
        """The quantities never changed; only the transfers have to be made anew."""
        self.mug.invoice_policy = "order"
        order = self.place(("MUG", 3))
        sale = self.import_order(order)
        move = self.invoice(sale)
        self.too_late(order, move.name)
        event = self.restore(order)
        self.assertEqual(event.state, "done", event.reason)
        self.assertEqual(self.demand(sale), {"MUG": 3})
        self.assertTotals(sale, order)

    def test_with_an_edit_in_between(self):
        order = self.place(("MUG", 5))
        sale = self.import_order(order)
        self.cancel(order)
        event, edited = self.edit(order, {"MUG": 2}, status="processing")
        self.assertEqual((event.state, sale.state), ("done", "sale"), event.reason)
        self.assertTotals(sale, edited)
        self.assertEqual(self.demand(sale), {"MUG": 2})

    def test_cancelled_in_odoo_first(self):
        """A person cancelled it here; the shop's cancellation later changes nothing of that."""
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        sale.action_cancel()
        self.assertEqual(self.cancel(order).state, "ignored")
        event = self.restore(order)
        self.assertEqual((event.state, sale.state), ("ignored", "cancel"))
        self.assertIn("in Odoo", event.reason)


@tagged("post_install", "-at_install")
class TestEcho(CancelCase):
    def remember(self, order):
        """What an exporter remembers after a write of its own."""
        binding = self.env["channel.binding.order"]._find(self.backend, order["id"])
        adapter = self.backend._adapter()
        exporter = self.env["channel.exporter"]
        exporter._remember_echo(
            binding, exporter._read_back(adapter, str(order["id"])), ("status", "payment")
        )
        adapter.close()
        return binding

    def test_our_own_cancellation_comes_back(self):
        """It is no cancellation by the shop: restored there, it stays cancelled here."""
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        sale.action_cancel()
        self.store.update_order(order["id"], status="cancelled")
        binding = self.remember(order)
        event = self.again(order)
        self.assertEqual(event.state, "ignored")
        self.assertIn("echo", event.reason)
        self.assertFalse(binding.cancelled_by_shop)
        self.store.clock.advance(5)
        self.store.update_order(order["id"], status="processing")
        event = self.again(order)
        self.assertEqual((event.state, sale.state), ("ignored", "cancel"))

    def test_our_own_completion_comes_back(self):
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        self.send(sale)
        self.store.update_order(order["id"], status="completed")
        self.remember(order)
        event = self.again(order)
        self.assertIn("echo", event.reason)

    def test_a_state_that_returns_is_no_echo(self):
        """Completed by us, put back by the shop, completed by the shop."""
        order = self.place(("MUG", 2))
        sale = self.import_order(order)
        self.store.update_order(order["id"], status="completed")
        self.remember(order)
        for status in ("processing", "cancelled", "completed"):
            self.store.clock.advance(5)
            self.store.update_order(order["id"], status=status)
            event = self.again(order)
            self.assertEqual(event.state, "done", (status, event.reason))
        self.assertEqual((sale.state, sale.channel_status), ("sale", "completed"))
