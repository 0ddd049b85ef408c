"""A shop whose orders are invoiced here, and credit notes that it is told of."""

from decimal import Decimal

from odoo.fields import Command

from .line_case import WorkflowCase


class RefundOutCase(WorkflowCase):
    chart = "generic_coa"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.mug | cls.book).invoice_policy = "order"
        cls.flow = cls.backend.flow_ids.filtered(
            lambda flow: (flow.kind, flow.direction) == ("refund", "out")
        )

    # === IN ODOO === #

    def sold(self, *lines, **cart):
        """An order that was bought, imported and invoiced: (the shop's order, posted invoice)."""
        order = self.place(*lines, **cart)
        sale = self.import_order(order)
        return order, self.invoice(sale)

    def invoice(self, sale):
        invoice = sale._create_invoices()
        invoice.action_post()
        return invoice

    def draft_credit(self, invoice, reason="Broken", **pieces):
        """A draft credit note of these pieces by SKU; of the whole invoice where none are named."""
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = wizard.create({"reason": reason, "journal_id": invoice.journal_id.id})
        wizard.refund_moves()
        note = wizard.new_move_ids
        if pieces:
            for line in note.invoice_line_ids:
                sku = line.product_id.default_code
                if sku in pieces:
                    line.quantity = pieces[sku]
                else:
                    line.unlink()
        return note

    def credit(self, invoice, reason="Broken", **pieces):
        """A posted credit note, see :meth:`draft_credit`."""
        note = self.draft_credit(invoice, reason, **pieces)
        note.action_post()
        return note

    def add_line(self, note, name, price, taxes=()):
        """A line written by hand on a draft credit note."""
        values = {
            "name": name,
            "quantity": 1,
            "price_unit": price,
            "tax_ids": [Command.set([tax.id for tax in taxes])],
        }
        note.invoice_line_ids = [Command.create(values)]

    def give_back(self, sale, **pieces):
        """Take pieces (by SKU) of what was delivered back into stock."""
        picking = sale.picking_ids.filtered(
            lambda one: one.state == "done" and one.picking_type_code == "outgoing"
        )[:1]
        wizard = self.env["stock.return.picking"].with_context(
            active_model="stock.picking", active_ids=picking.ids, active_id=picking.id
        )
        wizard = wizard.create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = pieces.get(line.product_id.default_code, 0)
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        for move in back.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        back.button_validate()
        self.assertEqual(back.state, "done")
        return back

    # === TELLING === #

    def notes(self, record=None, **values):
        domain = [("backend_id", "=", self.backend.id), ("kind", "=", "refund")]
        domain += [(name, "=", value) for name, value in values.items()]
        if record:
            domain += [("res_model", "=", record._name), ("res_id", "=", record.id)]
        return self.env["channel.outbox"].search(domain, order="id")

    def tell(self, record=None):
        """Run the job of the notes that wait; returns the error it was postponed with."""
        waiting = self.notes(record, state="pending")
        self.assertTrue(waiting)
        return self._run(waiting, "_job_export")

    def told(self, record):
        """Tell the shop of a credit note, which must succeed; returns the binding."""
        self.assertFalse(self.tell(record))
        note = self.notes(record)[-1:]
        self.assertEqual(note.state, "done", f"{note.reason} {note.issue_id.details}")
        return self.bindings(record)

    def bindings(self, record):
        return self.env["channel.binding.refund"].search([("odoo_id", "=", record.id)])

    def blocked(self, record, code):
        """Tell the shop of a credit note, which must end with an issue; returns it."""
        self.assertFalse(self.tell(record))
        note = self.notes(record)[-1:]
        self.assertEqual((note.state, note.issue_id.code), ("blocked", code), note.reason)
        self.assertEqual(note.issue_id.record, record)
        return note.issue_id

    # === IN THE SHOP === #

    def refunds(self, order):
        """The shop's refunds of an order, oldest first, as it keeps them."""
        found = (row for row in self.store.refunds.values() if row["parent_id"] == order["id"])
        return sorted(found, key=lambda row: row["id"])

    def status(self, order):
        return self.store.orders[order["id"]]["status"]

    def stock(self, sku):
        return self.store.product(sku)["stock_quantity"]

    # === CHECKS === #

    def assertAmount(self, shop, odoo):
        self.assertEqual(Decimal(str(shop)), Decimal(repr(round(odoo, 6))))

    def assertLine(self, refund, item, quantity, total, taxes):
        """A line of the shop's refund gives back ``total`` and, per rate, ``taxes``."""
        rows = [*refund["line_items"], *refund["shipping_lines"], *refund["fee_lines"]]
        (line,) = [row for row in rows if refunded_item(row) == str(item["id"])]
        if quantity is not None:
            self.assertEqual(line["quantity"], -quantity)
        self.assertEqual(Decimal(str(line["total"])), -Decimal(total))
        self.assertEqual(
            {row["id"]: Decimal(str(row["total"])) for row in line["taxes"]},
            {key: -Decimal(amount) for key, amount in taxes.items()},
        )


def refunded_item(row):
    return next(meta["value"] for meta in row["meta_data"] if meta["key"] == "_refunded_item_id")
