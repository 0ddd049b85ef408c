"""Orders that are edited in the shop after they were imported."""

from .line_case import WorkflowCase


class EditCase(WorkflowCase):
    """Two more products, and words for what a story checks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cup = cls._add_product("CUP", "7.35")

    def item(self, order, sku):
        """The id of the order's line that sells ``sku``."""
        return next(
            item["id"]
            for item in self.store.orders[order["id"]]["line_items"]
            if item.get("sku") == sku or self.store.products[item["product_id"]]["sku"] == sku
        )

    def edit(self, order, quantities=None, **changes):
        """Edit an order in the shop, ``quantities`` by SKU, and import it again.

        :return: (event, the order as REST shows it now)
        """
        self.store.clock.advance(5)
        by_item = {self.item(order, sku): pieces for sku, pieces in (quantities or {}).items()}
        changes["remove"] = [self.item(order, sku) for sku in changes.get("remove", ())]
        edited = self.store.edit_order(order["id"], set_quantity=by_item, **changes)
        return self.again(edited), edited

    def follow(self, order, quantities=None, **changes):
        """As :meth:`edit`; the sales order must follow to the cent, and is returned."""
        event, edited = self.edit(order, quantities, **changes)
        self.assertEqual(event.state, "done", f"{event.reason} {event.issue_id.details}")
        sale = self.env["sale.order"].browse(event.res_id)
        self.assertTotals(sale, edited)
        return sale

    def ordered(self, sale):
        """Pieces by SKU of the goods that are ordered."""
        lines = sale.order_line.filtered(lambda line: line.product_id.type == "consu")
        return {
            line.product_id.default_code: line.product_uom_qty
            for line in lines
            if line.product_uom_qty
        }

    def demand(self, sale, kind="outgoing"):
        """Pieces by SKU that still have to be moved."""
        found = {}
        for move in sale.picking_ids.move_ids:
            if move.state not in ("done", "cancel") and move.picking_type_id.code == kind:
                sku = move.product_id.default_code
                found[sku] = found.get(sku, 0) + move.product_uom_qty
        return found

    def send(self, sale, **pieces):
        """Deliver these pieces (by SKU), or all; the rest becomes a backorder."""
        picking = sale.picking_ids.filtered(
            lambda one: one.state not in ("done", "cancel") and one.picking_type_code == "outgoing"
        )
        for move in picking.move_ids:
            wanted = pieces.get(move.product_id.default_code, 0) if pieces else move.product_uom_qty
            move.write({"quantity": wanted, "picked": bool(wanted)})
        picking.with_context(skip_backorder=True).button_validate()
        return picking

    def invoice(self, sale):
        moves = sale._create_invoices()
        moves.action_post()
        return moves


class ProtectedCase(EditCase):
    chart = "generic_coa"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.mug | cls.book | cls.cup).invoice_policy = "delivery"

    def conflict(self, order, quantities=None, **changes):
        """Edit an order; it must end as a question to a person. Returns (issue, order)."""
        event, edited = self.edit(order, quantities, **changes)
        self.assertEqual(event.state, "blocked", event.reason)
        self.assertEqual(event.issue_id.code, "changed_after_delivery")
        return event.issue_id, edited

    def decide(self, issue, choice):
        """Press a button of the issue and let the jobs run; returns the event it was about."""
        event = issue.event_ids.filtered(lambda one: one.state == "blocked")[:1]
        getattr(issue, choice)()
        self.run_pending()
        return event

    def state_of(self, sale):
        return [
            (line.product_uom_qty, line.price_subtotal, line.price_tax, line.name)
            for line in sale.order_line
        ]
