"""What refunds do to deliveries: refunded goods stay, or come back."""

from odoo.tests import tagged

from .refund_case import RefundCase


class GoodsCase(RefundCase):
    def deliveries(self, sale, state):
        return sale.picking_ids.filtered(
            lambda one: one.picking_type_code == "outgoing" and one.state == state
        )

    def returns(self, sale):
        return sale.picking_ids.filtered(lambda one: one.picking_type_code == "incoming")

    def demand(self, sale):
        """{SKU: pieces} that open deliveries still ship."""
        moves = sale.picking_ids.filtered(
            lambda one: one.picking_type_code == "outgoing" and one.state not in ("done", "cancel")
        ).move_ids
        return {
            move.product_id.default_code: move.product_uom_qty
            for move in moves
            if move.state != "cancel" and move.product_uom_qty
        }

    def flow(self):
        return self.backend.flow_ids.filtered(
            lambda flow: (flow.kind, flow.direction) == ("refund", "in")
        )


@tagged("post_install", "-at_install")
class TestKeptBack(GoodsCase):
    """Refunded before they left."""

    def test_part_of_a_delivery(self):
        order, sale = self.sold()
        event = self.refund(order, lines=[self.line(order["line_items"][0], 1)])
        self.assertEqual(self.demand(sale), {"MUG": 2, "BOOK": 2})
        self.assertIn("1 pieces", event.reason)
        self.assertFalse(self.returns(sale))
        self.ship(sale)
        self.assertEqual(self.line_of(sale, order["line_items"][0]).qty_delivered, 2)
        self.assertMoney(order)

    def test_more_ordered_later_ships_only_what_is_new(self):
        order, sale = self.sold()
        self.refund(order, lines=[self.line(order["line_items"][0], 1)])
        self.line_of(sale, order["line_items"][0]).product_uom_qty = 4
        self.assertEqual(self.demand(sale), {"MUG": 3, "BOOK": 2})

    def test_already_picked(self):
        order, sale = self.sold()
        for move in sale.picking_ids.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        self.refund(order, lines=[self.line(order["line_items"][0], 1)])
        issue = self.env["channel.issue"].search([("code", "=", "refund_goods_picked")])
        self.assertEqual(issue.record, sale.picking_ids)
        sale.picking_ids.button_validate()
        self.assertEqual(self.line_of(sale, order["line_items"][0]).qty_delivered, 2)

    def test_whole_move_that_is_picked(self):
        order, sale = self.sold()
        for move in sale.picking_ids.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        self.refund(order, lines=[self.line(order["line_items"][0], 3)])
        self.assertEqual(self.demand(sale), {"BOOK": 2})
        sale.picking_ids.button_validate()
        self.assertFalse(self.line_of(sale, order["line_items"][0]).qty_delivered)

    def test_ordered_less_after_part_has_left(self):
        """What was refunded is no surplus that has to come back."""
        order, sale = self.sold(("MUG", 3))
        sale.picking_ids.move_ids.write({"quantity": 2, "picked": True})
        sale.picking_ids.with_context(skip_backorder=True).button_validate()
        self.refund(order, lines=[self.line(order["line_items"][0], 1)])
        sale.order_line[0].product_uom_qty = 2
        self.assertEqual(self.demand(sale), {})
        self.assertFalse(self.returns(sale))

    def test_all_of_a_product(self):
        order, sale = self.sold()
        self.refund(order, lines=[self.line(order["line_items"][1], 2)])
        self.assertEqual(self.demand(sale), {"MUG": 3})

    def test_more_than_there_is(self):
        order, sale = self.sold()
        self.refund(order, lines=[self.line(order["line_items"][0], 99, "1.00", {})])
        self.assertEqual(self.demand(sale), {"BOOK": 2})

    def test_whole_order_by_amount(self):
        order, sale = self.sold()
        self.refund(order, amount=order["total"])
        self.assertEqual(self.demand(sale), {})
        self.assertEqual(sale.picking_ids.state, "cancel")

    def test_goodwill_changes_no_delivery(self):
        order, sale = self.sold()
        self.refund(order, amount="5.00")
        self.refund(order, lines=[self.line(order["line_items"][0], 0, "2.00", {})])
        self.assertEqual(self.demand(sale), {"MUG": 3, "BOOK": 2})

    def test_quantity_without_money(self):
        order, sale = self.sold()
        self.refund(order, lines=[self.line(order["line_items"][0], 1, 0, {})])
        self.assertEqual(self.demand(sale), {"MUG": 2, "BOOK": 2})

    def test_in_three_steps(self):
        self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)]
        ).delivery_steps = "pick_pack_ship"
        order, sale = self.sold()
        self.refund(order, lines=[self.line(order["line_items"][0], 1)])
        moves = sale.picking_ids.move_ids.filtered(
            lambda move: move.product_id == self.mug and move.state != "cancel"
        )
        self.assertEqual(set(moves.mapped("product_uom_qty")), {2})

    def test_locked_order(self):
        order, sale = self.sold()
        sale.action_lock()
        self.refund(order, lines=[self.line(order["line_items"][0], 1)])
        self.assertEqual(self.demand(sale), {"MUG": 2, "BOOK": 2})
        self.assertTrue(sale.locked)

    def test_service(self):
        self._add_product("COURSE", "50.00", odoo={"type": "service", "is_storable": False})
        order, sale = self.sold(("COURSE", 2))
        self.refund(order, lines=[self.line(order["line_items"][0], 1)])
        self.assertFalse(sale.picking_ids)
        self.assertMoney(order)


@tagged("post_install", "-at_install")
class TestTakenBack(GoodsCase):
    """Refunded after they left."""

    store_options = {**GoodsCase.store_options, "version": "10.0.2"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for product in cls.store.products.values():
            product.update(manage_stock=True, stock_quantity=100)

    def shipped(self, *lines, **cart):
        order, sale = self.sold(*lines, **cart)
        self.ship(sale)
        return order, sale

    def test_restocked(self):
        order, sale = self.shipped()
        event = self.refund(order, lines=[self.line(order["line_items"][0], 2)], restock=True)
        back = self.returns(sale)
        self.assertIn(back.name, event.reason)
        self.assertEqual((back.state, back.return_id), ("assigned", self.deliveries(sale, "done")))
        self.assertEqual(
            [(move.product_id, move.product_uom_qty, move.to_refund) for move in back.move_ids],
            [(self.mug, 2, True)],
        )
        bound = self.refunds_of(sale)
        self.assertEqual(bound.picking_ids, back)
        self.assertEqual(bound.restocked, {str(order["line_items"][0]["id"]): 2})
        back.button_validate()
        mug = self.line_of(sale, order["line_items"][0])
        self.assertEqual((mug.qty_delivered, mug.qty_invoiced, mug.qty_to_invoice), (1, 1, 0))
        self.assertMoney(order)

    def test_not_restocked(self):
        order, sale = self.shipped()
        self.refund(order, lines=[self.line(order["line_items"][0], 2)])
        self.assertFalse(self.returns(sale))

    def test_never(self):
        self.flow().restock_policy = "never"
        order, sale = self.shipped()
        self.refund(order, lines=[self.line(order["line_items"][0], 2)], restock=True)
        self.assertFalse(self.returns(sale))

    def test_always(self):
        self.flow().restock_policy = "always"
        order, sale = self.shipped()
        self.refund(order, lines=[self.line(order["line_items"][0], 2)])
        self.assertEqual(self.returns(sale).move_ids.product_uom_qty, 2)

    def test_always_also_of_a_whole_order_by_amount(self):
        self.flow().restock_policy = "always"
        order, sale = self.shipped()
        self.refund(order, amount=order["total"])
        moves = self.returns(sale).move_ids
        self.assertEqual(
            {move.product_id: move.product_uom_qty for move in moves}, {self.mug: 3, self.book: 2}
        )

    def test_the_second_refund_is_the_one_that_restocks(self):
        order, sale = self.shipped()
        mug = order["line_items"][0]
        self.refund(order, lines=[self.line(mug, 1)])
        self.refund(order, lines=[self.line(mug, 1)], restock=True)
        self.assertEqual(self.refunds_of(sale).mapped("restocked"), [False, {str(mug["id"]): 1}])
        self.assertEqual(self.returns(sale).move_ids.product_uom_qty, 1)

    def test_two_restocks_are_two_returns(self):
        order, sale = self.shipped()
        mug = order["line_items"][0]
        self.refund(order, lines=[self.line(mug, 1)], restock=True)
        self.refund(order, lines=[self.line(mug, 2)], restock=True)
        self.assertEqual(self.returns(sale).sorted("id").move_ids.mapped("product_uom_qty"), [1, 2])

    def test_part_has_left(self):
        """Of three mugs two were shipped; two refunded: one stays, one comes back."""
        order, sale = self.sold()
        picking = self.deliveries(sale, "assigned") or sale.picking_ids
        for move in picking.move_ids:
            picked = move.product_id == self.mug
            move.write({"quantity": 2 if picked else 0, "picked": picked})
        picking.with_context(skip_backorder=True).button_validate()
        self.refund(order, lines=[self.line(order["line_items"][0], 2)], restock=True)
        self.assertEqual(self.demand(sale), {"BOOK": 2})
        self.assertEqual(self.returns(sale).move_ids.product_uom_qty, 1)

    def test_parcel_that_came_before_the_refund(self):
        """Somebody has received the goods already: no second return."""
        order, sale = self.shipped()
        wizard = self.env["stock.return.picking"].with_context(
            active_model="stock.picking", active_id=sale.picking_ids.id
        )
        wizard = wizard.create({})
        for row in wizard.product_return_moves:
            row.quantity = 2 if row.product_id == self.mug else 0
        early = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        early.button_validate()
        self.refund(order, lines=[self.line(order["line_items"][0], 2)], restock=True)
        self.assertEqual(self.returns(sale), early)
        self.refund(order, lines=[self.line(order["line_items"][0], 1)], restock=True)
        self.assertEqual((self.returns(sale) - early).move_ids.product_uom_qty, 1)

    def test_goods_without_money(self):
        """Recorded: a refund of nothing but a quantity."""
        order, sale = self.shipped()
        self.refund(order, lines=[self.line(order["line_items"][0], 1, 0, {})], restock=True)
        self.assertFalse(self.notes(sale))
        self.assertEqual(self.returns(sale).move_ids.product_uom_qty, 1)

    def test_two_deliveries(self):
        """The newest delivery is returned first."""
        order, sale = self.sold(("MUG", 3))
        first = sale.picking_ids
        first.move_ids.write({"quantity": 2, "picked": True})
        first.with_context(cancel_backorder=False, skip_backorder=True).button_validate()
        second = self.deliveries(sale, "assigned") or sale.picking_ids - first
        second.move_ids.write({"quantity": 1, "picked": True})
        second.button_validate()
        self.refund(order, lines=[self.line(order["line_items"][0], 2)], restock=True)
        found = {back.return_id: back.move_ids.product_uom_qty for back in self.returns(sale)}
        self.assertEqual(found, {first: 1, second: 1})

    def test_before_the_invoice(self):
        """Taken off the order; the return does not lower what is invoiced a second time."""
        self.gateway("stripe", invoice_policy="delivered", register_payment=False)
        order, sale = self.ordered(**self.card())
        for move in sale.picking_ids.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        sale.picking_ids.with_context(channel_import=True).button_validate()
        self.money_events(sale).state = "ignored"
        self.refund(order, lines=[self.line(order["line_items"][0], 1)], restock=True)
        self.returns(sale).button_validate()
        sale._channel_follow_up("payment")
        self.money(sale)
        self.assertMoney(order, paid=False)
