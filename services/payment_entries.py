"""Payments of a channel's orders in Odoo: made by its wizard or on account, and matched.

Incoming ones and those paid back are made alike. Every one has a journal entry, in the order's
currency, and carries what it is of: backend, order, payment method, transaction.
"""

from odoo import models

#: States in which a payment no longer counts.
DEAD = ("canceled", "rejected")


class ChannelPaymentEntries(models.AbstractModel):
    _name = "channel.payment.entries"
    _description = "Payments of channel orders in Odoo"

    # === MAKING === #

    def _prepare(self, row, method, binding, amount, transaction, day):
        """Values of a payment of an order, in the journal of ``row``; an override extends them.

        :param row: ``channel.map.payment`` of the gateway (or of gift cards)
        :param method: ``account.payment.method.line`` of its journal
        :param transaction: the gateway's name for it, or ''
        """
        return {
            "date": day,
            "amount": amount,
            "currency_id": binding.odoo_id.currency_id.id,
            "journal_id": row.journal_id.id,
            "payment_method_line_id": method.id,
            "memo": " ".join(filter(None, (binding.number, transaction))),
            "channel_backend_id": binding.backend_id.id,
            "channel_order_id": binding.odoo_id.id,
            "channel_method": row.external_code,
            "channel_transaction_id": transaction or False,
        }

    def _pay_document(self, move, values):
        """Odoo's wizard on an invoice or credit note; what is too much for it stays open."""
        own = {name: values[name] for name in values if name.startswith("channel_")}
        names = {"date": "payment_date", "memo": "communication"}
        asked = {names.get(name, name): values[name] for name in values if name not in own}
        wizard = self._with_entry("account.payment.register", values).with_context(
            active_model="account.move", active_ids=move.ids
        )
        payment = wizard.create(
            {**asked, "group_payment": True, "payment_difference_handling": "open"}
        )._create_payments()
        payment.write(own)
        return payment

    def _pay_on_account(self, sale, values, kind="inbound"):
        """A payment without document: what Odoo suggests for the customer's next ones."""
        partner = sale.partner_invoice_id.commercial_partner_id
        account = partner.with_company(sale.company_id).property_account_receivable_id
        position = sale.fiscal_position_id or sale.fiscal_position_id._get_fiscal_position(partner)
        payment = self._with_entry("account.payment", values).create(
            {
                **values,
                "payment_type": kind,
                "partner_type": "customer",
                "partner_id": partner.id,
                "company_id": sale.company_id.id,
                "destination_account_id": position.map_account(account).id,
            }
        )
        payment.action_post()
        return payment

    def _with_entry(self, model, values):
        """The model in a context in which payments have a journal entry.

        Only entries can be matched with several invoices, and later with the gateway's payout.
        Enterprise makes none for a method without outstanding account of its own.
        """
        method = self.env["account.payment.method.line"].browse(values["payment_method_line_id"])
        return self.env[model].with_context(force_payment_move=not method.payment_account_id)

    # === FINDING === #

    def _of(self, sale, kinds=("inbound", "outbound")):
        """The payments of an order that count, oldest first."""
        return self.env["account.payment"].search(
            [
                ("channel_order_id", "=", sale.id),
                ("payment_type", "in", kinds),
                ("state", "not in", DEAD),
            ],
            order="id",
        )

    def _posted(self, sale, types=("out_invoice",)):
        return sale.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type in types
        )

    def _open_invoices(self, sale):
        """Posted invoices that are not paid, oldest first."""
        invoices = self._posted(sale).filtered("amount_residual")
        return invoices.sorted(lambda move: (move.date, move.id))

    def _receivable(self, moves):
        return moves.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    # === MATCHING === #

    def _match(self, sale):
        """Match all that is open of an order with each other, oldest first.

        Invoices with payments on account, credit notes and what was paid back with both.

        :return: the invoices of which less is open now
        """
        before = {move: move.amount_residual for move in self._open_invoices(sale)}
        moves = self._posted(sale, ("out_invoice", "out_refund")) | self._of(sale).move_id
        lines = self._receivable(moves).filtered(
            lambda line: not line.reconciled and line.parent_state == "posted"
        )
        for group in lines.grouped("account_id").values():
            if len({line.amount_residual > 0 for line in group}) > 1:
                group.reconcile()
        return sale.invoice_ids.filtered(
            lambda move: move in before and move.amount_residual != before[move]
        )
