"""The money of a refund: what the gateway sent back, registered in its journal.

Only where the gateway's workflow registers payments and the order was paid: the credit note of an
unpaid invoice is settled with it, and no money moves.
"""

from odoo import models

from ..core import errors
from .order_facts import gateway_code


class ChannelRefundPayment(models.AbstractModel):
    _name = "channel.refund.payment"
    _description = "Channel refund payment"

    def _pay_back(self, draft):
        """Register what was sent back, on the credit note or, before the invoice, on account."""
        binding = draft.binding
        maps = self.env["channel.map.payment"]
        row = maps._find(binding.backend_id, gateway_code(binding.payment_method))
        amount = self._amount(draft) if row.register_payment else 0.0
        if draft.sale.currency_id.compare_amounts(amount, 0) <= 0:
            return
        entries = self.env["channel.payment.entries"]
        values = entries._prepare(
            row, self._method(row), binding, amount, binding.transaction_id or "", draft.day
        )
        if draft.credit_note:
            payment = entries._pay_document(draft.credit_note, values)
        else:
            payment = entries._pay_on_account(draft.sale, values, "outbound")
            entries._match(draft.sale)
        draft.payment = payment
        draft.reasons.append(self.env._("paid back by %s", row.external_label or row.external_code))

    def _amount(self, draft):
        """What was sent back: what is open of the credit note; without one, what was overpaid."""
        if draft.credit_note:
            return min(draft.credit_note.amount_residual, float(draft.refund.amount))
        return min(self._overpaid(draft), float(draft.refund.amount))

    def _overpaid(self, draft):
        """What was registered as paid beyond the shop's net (of refunds up to this one)."""
        binding = draft.binding
        refunds = draft.sale.channel_refund_ids.filtered(lambda refund: not refund.gone_at)
        net = binding.amount_total + binding.amount_gift_cards - sum(refunds.mapped("amount"))
        payments = self.env["channel.payment.entries"]._of(draft.sale)
        return sum(payments.mapped("amount_signed")) - net

    def _method(self, row):
        """How the gateway's journal sends money.

        :raises errors.Rejected: the gateway's journal is missing, or can't send money
        """
        journal = row.journal_id
        method = journal.outbound_payment_method_line_ids[:1]
        if not method:
            code = "refund_method_missing" if journal else "payment_journal_missing"
            gateway = row.external_label or row.external_code
            error = errors.Rejected(code, gateway=gateway, journal=journal.name)
            error.cause, error.per_record = ("gateway",), False
            raise error
        return method
