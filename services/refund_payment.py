"""The money of a refund: what the gateway sent back, registered in its journal.

Only where the gateway's workflow registers payments and the order was paid: the credit note of an
unpaid invoice is settled with it, and no money moves.
"""

from odoo import models

from ..core import errors
from .order_facts import gateway_code
from .order_payments import DEAD


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
        values = self._prepare_payment(draft, row, amount)
        if draft.credit_note:
            payment = self._pay_credit_note(draft, values)
        else:
            payment = self._pay_on_account(draft, values)
        payment.write(
            {
                "channel_backend_id": binding.backend_id.id,
                "channel_order_id": draft.sale.id,
                "channel_method": row.external_code,
                "channel_transaction_id": binding.transaction_id,
            }
        )
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
        return sum(self._payments(draft).mapped("amount_signed")) - net

    def _payments(self, draft):
        return self.env["account.payment"].search(
            [("channel_order_id", "=", draft.sale.id), ("state", "not in", DEAD)], order="id"
        )

    # === REGISTERING === #

    def _prepare_payment(self, draft, row, amount):
        """Values of the payment, named as Odoo's payments name them; an override extends them.

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
        binding = draft.binding
        return {
            "date": draft.day,
            "amount": amount,
            "currency_id": draft.sale.currency_id.id,
            "journal_id": journal.id,
            "payment_method_line_id": method.id,
            "memo": " ".join(filter(None, (binding.number, binding.transaction_id))),
        }

    def _pay_credit_note(self, draft, values):
        """Odoo's wizard on the credit note."""
        wizard = self.env["channel.order.payments"]._with_entry("account.payment.register", values)
        wizard = wizard.with_context(active_model="account.move", active_ids=draft.credit_note.ids)
        names = {"date": "payment_date", "memo": "communication"}
        values = {names.get(name, name): value for name, value in values.items()}
        return wizard.create({**values, "payment_difference_handling": "open"})._create_payments()

    def _pay_on_account(self, draft, values):
        """A payment without credit note, matched with what the order was paid with."""
        sale = draft.sale
        partner = sale.partner_invoice_id.commercial_partner_id
        account = partner.with_company(sale.company_id).property_account_receivable_id
        payments = self.env["channel.order.payments"]
        payment = payments._with_entry("account.payment", values).create(
            {
                **values,
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": partner.id,
                "company_id": sale.company_id.id,
                "destination_account_id": sale.fiscal_position_id.map_account(account).id,
            }
        )
        payment.action_post()
        open_lines = payments._receivable((self._payments(draft) | payment).move_id).filtered(
            lambda line: not line.reconciled
        )
        for lines in open_lines.grouped("account_id").values():
            if payment.move_id in lines.move_id and len(lines) > 1:
                lines.reconcile()
        return payment
