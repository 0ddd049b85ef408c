"""Payments of a channel's order: one per transaction, of the shop's amount, on its invoices.

The shop knows one transaction for the whole order, while invoices may come one by one. So it is
registered once: by Odoo's wizard on the invoices that are open, or on account while there are
none; what is left of it is matched with each invoice as it comes.
"""

from odoo import models

from ..core import errors
from .order_facts import GIFT_CARD
from .payment_entries import DEAD


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
        for invoice in self.env["channel.payment.entries"]._match(task.sale):
            task.done.append(self.env._("Payment matched with %s", invoice.name))

    # === WHAT IS MISSING === #

    def _register_gateway(self, task):
        """The gateway's share: what the shop's total says, minus what is registered already."""
        binding, sale = task.binding, task.sale
        known = self.env["channel.payment.entries"]._of(sale, ("inbound",))
        known = known.filtered(lambda payment: payment.channel_method != GIFT_CARD)
        transaction = binding.transaction_id or ""
        self._adopt_transaction(task, known, transaction)
        missing = binding.amount_total - sum(known.mapped("amount")) - self._never_due(task)
        if sale.currency_id.compare_amounts(missing, 0) <= 0:
            return
        missing -= self._settled_otherwise(sale)
        if sale.currency_id.compare_amounts(missing, 0) <= 0:
            task.waits.append(self.env._("The invoice is paid in Odoo already"))
        elif known and transaction in known.mapped(lambda one: one.channel_transaction_id or ""):
            task.problems.append(self._paid_less(task, missing))
        else:
            if self._pay(task, task.row, missing, transaction) and not known:
                self._pay_back_late(task)

    def _refunds(self, task):
        """Refunds of the shop that still are: (those before the order was paid, those after)."""
        refunds = task.sale.channel_refund_ids.filtered(lambda refund: not refund.gone_at)
        paid_at = task.binding.paid_at
        early = refunds.filtered(
            lambda refund: paid_at and refund.refunded_at and refund.refunded_at < paid_at
        )
        return early, refunds - early

    def _never_due(self, task):
        """What was refunded before it was paid: an order on delivery is paid less by it."""
        early, _late = self._refunds(task)
        return sum(early.mapped("amount"))

    def _pay_back_late(self, task):
        """What was refunded after the payment, while nobody registered either of them.

        The gateway's payout will name both.

        :raises errors.Rejected: the journal can't send money; then nothing is registered, because
            this moment does not come again
        """
        entries = self.env["channel.payment.entries"]
        _early, late = self._refunds(task)
        late = late.filtered(lambda refund: not refund.made_here)
        known = sum(entries._of(task.sale, ("outbound",)).mapped("amount"))
        owed = sum(late.mapped("amount")) - known
        if task.sale.currency_id.compare_amounts(owed, 0) <= 0:
            return
        method = self.env["channel.refund.payment"]._method(task.row)
        moment = max(filter(None, late.mapped("refunded_at")), default=None)
        day = self.env["channel.payment.importer"]._day(moment)
        transaction = task.binding.transaction_id or ""
        values = entries._prepare(task.row, method, task.binding, owed, transaction, day)
        entries._pay_on_account(task.sale, values, "outbound")
        task.done.append(self.env._("%s paid back", task.text_of(owed)))

    def _register_gift_cards(self, task):
        known = self.env["channel.payment.entries"]._of(task.sale, ("inbound",))
        known = known.filtered(lambda payment: payment.channel_method == GIFT_CARD)
        missing = task.binding.amount_gift_cards - sum(known.mapped("amount"))
        if task.sale.currency_id.compare_amounts(missing, 0) <= 0:
            return
        if not task.cards.journal_id:
            label = task.cards.external_label or self.env._("Gift cards and store credit")
            task.recorder.add_unmapped("payment", GIFT_CARD, external_label=label)
            task.problems.append(errors.Unmapped(kind="payment", value=GIFT_CARD, label=label))
            return
        self._pay(task, task.cards, missing, "")

    def _adopt_transaction(self, task, known, transaction):
        """Name the transaction of a payment that was registered before the shop told it.

        Also of one that a person registered in the gateway's journal: payouts look for it there.
        """
        nameless = known.filtered(
            lambda payment: (
                not payment.channel_transaction_id
                and payment.channel_method in (task.row.external_code, False)
                and payment.journal_id == task.row.journal_id
            )
        )
        if transaction and nameless and transaction not in known.mapped("channel_transaction_id"):
            nameless[0].channel_transaction_id = transaction

    def _settled_otherwise(self, sale):
        """What persons and bank statements have paid of the posted invoices."""
        entries = self.env["channel.payment.entries"]
        invoices = entries._posted(sale)
        ours = self.env["account.payment"].search([("channel_order_id", "=", sale.id)])
        exchange = sale.company_id.currency_exchange_journal_id
        settled = 0.0
        for partial in entries._receivable(invoices).matched_credit_ids:
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
        """Register ``amount`` in the journal of ``row``: on the oldest open invoice if there is.

        :return: whether it could be registered
        """
        journal = row.journal_id
        if not journal:
            error = errors.Rejected(
                "payment_journal_missing", gateway=task.gateway, value=row.external_code
            )
            error.cause, error.per_record = ("gateway",), False
            task.problems.append(error)
            return False
        entries = self.env["channel.payment.entries"]
        day = self.env["channel.payment.importer"]._day
        values = entries._prepare(
            row,
            row.payment_method_line_id or journal.inbound_payment_method_line_ids[:1],
            task.binding,
            amount,
            transaction,
            min(day(task.binding.paid_at), day(None)),
        )
        if invoice := entries._open_invoices(task.sale)[:1]:
            entries._pay_document(invoice, values)
        else:
            entries._pay_on_account(task.sale, values)
        text = self.env._(
            "%(amount)s paid by %(gateway)s",
            amount=task.text_of(amount),
            gateway=row.external_label or row.external_code,
        )
        task.done.append(f"{text} ({transaction})" if transaction else text)
        return True
