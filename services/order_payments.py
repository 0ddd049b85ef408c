"""Payments of a channel's order: one per transaction, of the shop's amount, on its invoices.

The shop knows one transaction for the whole order, while invoices may come one by one. So it is
registered once: by Odoo's wizard on the invoices that are open, or on account while there are
none; what is left of it is matched with each invoice as it comes.
"""

from odoo import models

from ..core import errors
from .order_facts import GIFT_CARD

#: States in which a payment no longer counts.
DEAD = ("canceled", "rejected")


class ChannelOrderPayments(models.AbstractModel):
    _name = "channel.order.payments"
    _description = "Payments of channel orders"

    def _settle(self, task):
        """Register what the shop says was paid, if it was, and match it with the invoices."""
        if task.row.register_payment:
            if task.is_paid:
                self._register_gateway(task)
                self._register_gift_cards(task)
            else:
                text = self.env["channel.order.invoicing"]._text_unpaid(task)
                task.waits = [text, *task.waits]
        self._match(task)

    # === WHAT IS MISSING === #

    def _register_gateway(self, task):
        """The gateway's share: what the shop's total says, minus what is registered already."""
        binding, sale = task.binding, task.sale
        known = self._payments(sale).filtered(lambda payment: payment.channel_method != GIFT_CARD)
        transaction = binding.transaction_id or ""
        self._adopt_transaction(task, known, transaction)
        missing = binding.amount_total - sum(known.mapped("amount"))
        if sale.currency_id.compare_amounts(missing, 0) <= 0:
            return
        missing -= self._settled_otherwise(sale)
        if sale.currency_id.compare_amounts(missing, 0) <= 0:
            task.waits.append(self.env._("The invoice is paid in Odoo already"))
        elif known and transaction in known.mapped(lambda one: one.channel_transaction_id or ""):
            task.problems.append(self._paid_less(task, missing))
        else:
            self._pay(task, task.row, missing, transaction)

    def _register_gift_cards(self, task):
        known = self._payments(task.sale).filtered(
            lambda payment: payment.channel_method == GIFT_CARD
        )
        missing = task.binding.amount_gift_cards - sum(known.mapped("amount"))
        if task.sale.currency_id.compare_amounts(missing, 0) <= 0:
            return
        if not task.cards.journal_id:
            label = task.cards.external_label or self.env._("Gift cards and store credit")
            task.recorder.add_unmapped("payment", GIFT_CARD, external_label=label)
            task.problems.append(errors.Unmapped(kind="payment", value=GIFT_CARD, label=label))
            return
        self._pay(task, task.cards, missing, "")

    def _payments(self, sale, types=("inbound",)):
        """What was registered as received (or as paid back) for an order."""
        return self.env["account.payment"].search(
            [
                ("channel_order_id", "=", sale.id),
                ("payment_type", "in", types),
                ("state", "not in", DEAD),
            ],
            order="id",
        )

    def _adopt_transaction(self, task, known, transaction):
        """Name the transaction of a payment that was registered before the shop told it."""
        nameless = known.filtered(
            lambda payment: (
                not payment.channel_transaction_id
                and payment.channel_method == task.row.external_code
            )
        )
        if transaction and nameless and transaction not in known.mapped("channel_transaction_id"):
            nameless[0].channel_transaction_id = transaction

    def _settled_otherwise(self, sale):
        """What persons and bank statements have paid of the posted invoices."""
        invoices = self._posted(sale)
        ours = self.env["account.payment"].search([("channel_order_id", "=", sale.id)])
        exchange = sale.company_id.currency_exchange_journal_id
        settled = 0.0
        for partial in self._receivable(invoices).matched_credit_ids:
            move = partial.credit_move_id.move_id
            if (
                move.move_type == "entry"
                and move.journal_id != exchange
                and move.origin_payment_id not in ours
            ):
                settled += partial.debit_amount_currency
        # Enterprise registers payments that have no entry before the bank statement comes
        by_hand = (invoices.matched_payment_ids - ours).filtered(
            lambda payment: not payment.move_id and payment.state not in ("draft", *DEAD)
        )
        return settled + sum(by_hand.mapped("amount"))

    def _paid_less(self, task, missing):
        """The order grew after it was paid, and the shop knows no second payment."""
        return errors.Conflict(
            "payment_difference",
            number=task.binding.number,
            order=task.sale.name,
            expected=task.text_of(task.binding.amount_total),
            missing=task.text_of(missing),
        )

    # === REGISTERING === #

    def _pay(self, task, row, amount, transaction):
        """Register ``amount`` in the journal of ``row``; the order keeps its own currency."""
        if not row.journal_id:
            error = errors.Rejected("payment_journal_missing", gateway=task.gateway)
            error.cause, error.per_record = ("gateway",), False
            task.problems.append(error)
            return
        values = self._prepare_payment(task, row, amount, transaction)
        invoice = self._open_invoices(task.sale)[:1]
        payment = (
            self._pay_invoice(invoice, values) if invoice else self._pay_on_account(task, values)
        )
        payment.write(
            {
                "channel_backend_id": task.binding.backend_id.id,
                "channel_order_id": task.sale.id,
                "channel_method": row.external_code,
                "channel_transaction_id": transaction or False,
            }
        )
        text = self.env._(
            "%(amount)s paid by %(gateway)s",
            amount=task.text_of(amount),
            gateway=row.external_label or row.external_code,
        )
        task.done.append(f"{text} ({transaction})" if transaction else text)

    def _prepare_payment(self, task, row, amount, transaction):
        """Values of the payment, named as Odoo's payments name them; an override extends them."""
        journal = row.journal_id
        method = row.payment_method_line_id or journal.inbound_payment_method_line_ids[:1]
        binding = task.binding
        day = self.env["channel.payment.importer"]._day
        return {
            "date": min(day(binding.paid_at), day(None)),
            "amount": amount,
            "currency_id": task.sale.currency_id.id,
            "journal_id": journal.id,
            "payment_method_line_id": method.id,
            "memo": " ".join(filter(None, (binding.number, transaction))),
        }

    def _with_entry(self, model, values):
        """The model in a context in which payments have a journal entry.

        Only entries can be matched with several invoices, and later with the gateway's payout.
        Enterprise makes none for a method without outstanding account of its own.
        """
        method = self.env["account.payment.method.line"].browse(values["payment_method_line_id"])
        return self.env[model].with_context(force_payment_move=not method.payment_account_id)

    def _pay_invoice(self, invoice, values):
        """Odoo's wizard on one invoice; what is too much for it stays open for the others."""
        wizard = self._with_entry("account.payment.register", values).with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        names = {"date": "payment_date", "memo": "communication"}
        values = {names.get(name, name): value for name, value in values.items()}
        return wizard.create(
            {**values, "group_payment": True, "payment_difference_handling": "open"}
        )._create_payments()

    def _pay_on_account(self, task, values):
        """A payment without invoice: what Odoo suggests for the customer's next ones."""
        sale = task.sale
        partner = sale.partner_invoice_id.commercial_partner_id
        account = partner.with_company(sale.company_id).property_account_receivable_id
        position = sale.fiscal_position_id or sale.fiscal_position_id._get_fiscal_position(partner)
        payment = self._with_entry("account.payment", values).create(
            {
                **values,
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": partner.id,
                "company_id": sale.company_id.id,
                "destination_account_id": position.map_account(account).id,
            }
        )
        payment.action_post()
        return payment

    # === MATCHING === #

    def _match(self, task):
        """Match all that is open of an order with each other, oldest first.

        Invoices with the payments on account, and what was paid back before there was an invoice.
        """
        sale = task.sale
        before = {invoice: invoice.amount_residual for invoice in self._open_invoices(sale)}
        payments = self._payments(sale, ("inbound", "outbound"))
        lines = self._receivable(self._posted(sale, ("out_invoice", "out_refund")))
        lines |= self._receivable(payments.move_id)
        lines = lines.filtered(lambda line: not line.reconciled and line.parent_state == "posted")
        for group in lines.grouped("account_id").values():
            if len({line.amount_residual > 0 for line in group}) > 1:
                group.reconcile()
        for invoice, residual in before.items():
            if invoice.amount_residual != residual:
                task.done.append(self.env._("Payment matched with %s", invoice.name))

    def _open_invoices(self, sale):
        """Posted invoices that are not paid, oldest first."""
        return (
            self._posted(sale).filtered("amount_residual").sorted(lambda move: (move.date, move.id))
        )

    def _posted(self, sale, types=("out_invoice",)):
        return sale.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type in types
        )

    def _receivable(self, moves):
        return moves.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
