"""What every scenario ends with: shop, invoices and payments say the same, to the cent."""

from decimal import Decimal

from .line_case import WorkflowCase


class MoneyCase(WorkflowCase):
    """A company with a chart of accounts; ``self.gateway(code, **values)`` sets workflows."""

    chart = "generic_coa"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls._journal("Stripe", "STRP")

    @classmethod
    def _journal(cls, name, code, **values):
        """A bank journal of a gateway."""
        return cls.env["account.journal"].create(
            {
                "name": name,
                "code": code,
                "type": "bank",
                "company_id": cls.company.id,
                **values,
            }
        )

    def gateway(self, code, **values):
        """The workflow of a gateway: invoice when paid, payment in the test's journal."""
        rows = self.env["channel.map.payment"]
        rows._ensure_rows(self.backend, {code: {}})
        row = rows._find(self.backend, code)
        row.write(
            {
                "invoice_policy": "paid",
                "register_payment": True,
                "journal_id": self.journal.id,
                **values,
            }
        )
        return row

    #: Options of a cart: shipping and a fee.
    charges = {"shipping": [("flat_rate", "4.95")], "fees": [("Gift wrap", "2.50")]}

    def card(self, transaction="ch_1"):
        """Options of a cart that is paid by card at the checkout."""
        return {"payment_method": "stripe", "transaction_id": transaction}

    def money_events(self, sale):
        return self.env["channel.event"].search(
            [
                ("kind", "=", "payment"),
                ("external_id", "in", sale.channel_binding_ids.mapped("external_id")),
            ]
        )

    def money(self, sale, state="done"):
        """Run the one payment event of a sales order that waits; returns it as it ended."""
        event = self.money_events(sale).filtered(lambda event: event.state == "pending")
        self.assertEqual(len(event), 1)
        self.run_job(event)
        self.assertEqual(event.state, state, f"{event.reason} {event.issue_id.details}")
        return event

    def look_again(self, sale, state="ignored"):
        """Have the payment handler look at an order once more, as a hint too many does."""
        self.env["channel.event"]._follow_up(
            self.backend, "payment", sale.channel_binding_ids.mapped("external_id")
        )
        return self.money(sale, state)

    # === THE THREE SIDES === #

    def shop_net(self, order):
        """``{currency: amount}`` of an order of the shop: total minus refunds.

        :param order: as the REST API shows it, or its id
        """
        order = self.store.orders[order["id"] if isinstance(order, dict) else order]
        refunds = (
            refund for refund in self.store.refunds.values() if refund["parent_id"] == order["id"]
        )
        net = Decimal(str(order["total"])) - sum(
            (Decimal(str(refund["amount"])) for refund in refunds), Decimal(0)
        )
        return {order["currency"]: f"{net:.3f}"}

    def invoiced_net(self, sale):
        """Posted invoices minus posted credit notes of a sales order."""
        moves = self.moves_of(sale)
        return self._by_currency(
            moves,
            lambda move: move.amount_total * (-1 if move.move_type == "out_refund" else 1),
            sale,
        )

    def paid_net(self, sale):
        """What was registered as received for a sales order minus what was paid back."""
        return self._by_currency(self.payments_of(sale), lambda row: row.amount_signed, sale)

    def moves_of(self, sale):
        """Posted invoices and credit notes of a sales order; notes may only be linked to them."""
        moves = sale.invoice_ids | sale.invoice_ids.reversal_move_ids
        return moves.filtered(lambda move: move.state == "posted")

    def payments_of(self, sale):
        """Payments of a sales order: made for it, or matched with its invoices."""
        payments = self.env["account.payment"].search([("channel_order_id", "=", sale.id)])
        payments |= self.moves_of(sale).matched_payment_ids
        payments |= self.moves_of(sale)._get_reconciled_payments()
        return payments.filtered(lambda payment: payment.state in ("in_process", "paid"))

    def _by_currency(self, records, amount, sale):
        found = {sale.currency_id.name: 0.0}
        for record in records:
            name = record.currency_id.name
            found[name] = found.get(name, 0.0) + amount(record)
        return {name: f"{round(value, 6) + 0.0:.3f}" for name, value in found.items()}

    # === THE ASSERTION === #

    def assertMoney(self, order, gift_cards="0", paid=True, invoiced=True):
        """Shop net = invoices minus credit notes = payments registered, to the cent.

        And nothing stays open on them, in the order's currency or the company's.

        :param order: the shop's order, or its id
        :param gift_cards: what the shop's total lacks because gift cards paid it
        :param paid: False where no payment was made yet: nothing may be registered then
        :param invoiced: False where no invoice was made yet: nothing may be posted then
        """
        order_id = order["id"] if isinstance(order, dict) else order
        binding = self.env["channel.binding.order"]._find(self.backend, order_id)
        sale = binding.odoo_id
        self.env.invalidate_all()
        ((currency, net),) = self.shop_net(order_id).items()
        whole = {currency: f"{Decimal(net) + Decimal(gift_cards):.3f}"}
        nothing = {currency: "0.000"}
        self.assertEqual(self.invoiced_net(sale), whole if invoiced else nothing, "invoices")
        self.assertEqual(self.paid_net(sale), whole if paid else nothing, "payments")
        if paid and invoiced:
            self.assertSettled(sale)
        return sale

    def assertSettled(self, sale):
        """Nothing is open on the order's invoices, credit notes and payments."""
        moves = self.moves_of(sale) | self.payments_of(sale).move_id
        lines = moves.line_ids.filtered(
            lambda line: line.account_type in ("asset_receivable", "liability_payable")
        )
        for name in ("amount_residual", "amount_residual_currency"):
            self.assertEqual(
                [line.move_id.name for line in lines if round(line[name], 6)], [], f"open: {name}"
            )
        for move in self.moves_of(sale):
            self.assertIn(move.payment_state, ("paid", "in_payment", "reversed"), move.name)
