"""What the tests of refunds share: an order that was sold, invoiced and paid, and its refunds."""

from decimal import Decimal

from .money_case import MoneyCase


class RefundCase(MoneyCase):
    """Orders of three mugs (21 %), two books (6 %), shipping and a fee."""

    def sold(self, *lines, status="processing", **cart):
        """An order of the shop, imported, with its invoice and payment; returns both."""
        self.gateway("stripe")
        order, sale = self.ordered(*lines, status=status, **{**self.card(), **cart})
        self.money(sale)
        return order, sale

    def ordered(self, *lines, status="processing", **cart):
        """An order of the shop, imported and confirmed, without invoice; returns both."""
        lines = lines or (("MUG", 3), ("BOOK", 2))
        order = self.place(*lines, status=status, **{**self.charges, **cart})
        sale = self.import_order(order)
        self.assertEqual(sale.state, "sale")
        return order, sale

    # === IN THE SHOP === #

    def line(self, item, quantity, total=None, tax=None):
        """A refund's line of an item of the order; by default its share of the whole."""
        part = Decimal(quantity) / Decimal(str(item.get("quantity") or 1))
        total = Decimal(item["total"]) * part if total is None else total
        if tax is None:
            tax = {row["id"]: Decimal(row["total"]) * part for row in item["taxes"]}
        return {
            "id": item["id"],
            "quantity": quantity,
            "refund_total": f"{Decimal(total):.2f}",
            "refund_tax": [
                {"id": rate, "refund_total": f"{Decimal(amount):.2f}"}
                for rate, amount in tax.items()
            ],
        }

    def whole(self, order):
        """Refund lines for everything there is."""
        goods = [self.line(item, item["quantity"]) for item in order["line_items"]]
        others = order["shipping_lines"] + order["fee_lines"]
        return goods + [{**self.line(item, 1), "quantity": 0} for item in others]

    # === IN ODOO === #

    def refund(self, order, state="done", **options):
        """Refund in the shop; the order's webhook arrives; returns the refund's event, ended."""
        made = self.store.refund_order(order["id"], **{"restock": False, **options})
        event = self.refund_again(order, state)
        self.assertEqual(bool(self.bound(made)), state == "done")
        return event

    def refund_again(self, order, state="done"):
        """The order's webhook arrives after something happened to its refunds in the shop."""
        self.receive(order["id"])
        event = self.refund_event(order)
        for payment in self.waiting(order, "payment"):
            self.run_job(payment)
        self.run_job(event)
        self.assertEqual(event.state, state, f"{event.reason} {event.issue_id.details}")
        return event

    def refund_event(self, order):
        """The one event of an order's refunds that waits."""
        event = self.waiting(order, "refund")
        self.assertEqual(len(event), 1)
        return event

    def waiting(self, order, kind):
        """Events of a kind that wait for an order."""
        return self.env["channel.event"]._pending_of(self.backend, kind, str(order["id"]))

    def look(self, order, state="ignored"):
        """Have the refunds of an order looked at once more; returns the event, ended."""
        event = self.receive(order["id"], kind="refund", source="order")
        self.assertEqual(event.state, state, f"{event.reason} {event.issue_id.details}")
        return event

    def bound(self, refund):
        """The binding of a refund of the shop."""
        return self.env["channel.binding.refund"]._find(self.backend, str(refund["id"]))

    def refunds_of(self, sale):
        return sale.channel_refund_ids.sorted("id")

    def notes(self, sale):
        """Credit notes of a sales order, oldest first."""
        return sale.invoice_ids.filtered(lambda move: move.move_type == "out_refund").sorted("id")

    # === CHECKS === #

    def rows(self, move):
        """[(quantity, untaxed, tax)] of the lines of a credit note, as text."""
        return [
            (
                f"{line.quantity:g}",
                f"{line.price_subtotal:.2f}",
                f"{line.price_total - line.price_subtotal:.2f}",
            )
            for line in move.invoice_line_ids
        ]

    def assertNote(self, note, amount, tax):
        """A credit note: posted, linked, of exactly this amount and tax; balanced."""
        self.assertEqual((note.state, note.move_type), ("posted", "out_refund"))
        self.assertEqual(
            (f"{note.amount_total:.2f}", f"{note.amount_tax:.2f}"), (str(amount), str(tax))
        )
        self.assertEqual(note.reversed_entry_id.move_type, "out_invoice")
        self.assertAlmostEqual(sum(note.line_ids.mapped("balance")), 0)

    def taxes(self, sale):
        """{tax: invoices minus credit notes} of a sales order, as text."""
        found = {}
        for move in sale.invoice_ids.filtered(lambda move: move.state == "posted"):
            for line in move.line_ids.filtered("tax_line_id"):
                key = line.tax_line_id.name
                found[key] = found.get(key, 0.0) - line.amount_currency
        return {key: f"{amount:.2f}" for key, amount in found.items()}
