"""A refund of an invoiced order → a credit note, posted and settled with what is unpaid.

One credit note per refund, made by Odoo's own wizard from the invoice that the refund is mostly
about; its lines are replaced by what was refunded. The rate of a foreign currency is that of the
refund's day, like in every reversal of Odoo; totals are exact in the order's currency.
"""

from dataclasses import dataclass
from typing import Any

from odoo import models
from odoo.fields import Command

from ..core.canonical import ZERO
from ..core.refund_money import Part


@dataclass
class Credit:
    """A line of a credit note to come: what it gives back, of which line of an invoice.

    ``pieces``: how many of ``sale_line`` are credited; 0 where it is only about money.
    """

    part: Part
    origin: Any
    sale_line: Any
    pieces: float


class ChannelRefundCreditNote(models.AbstractModel):
    _name = "channel.refund.credit.note"
    _description = "Channel refund credit note"

    # === MAKING === #

    def _create(self, draft):
        """Make the draft of the credit note, ``draft.credit_note``.

        :raises errors.TotalsMismatch: Odoo makes another total of it
        """
        amounts = self.env["channel.refund.amounts"]
        parts = amounts._parts(draft, draft.invoiced)
        # before the wizard's copy of the invoice counts as credited
        credits = [self._credit(draft, part) for part in parts]
        invoice = self._invoice(draft, parts)
        note = self._reverse(draft, invoice)
        lines = [self._prepare_line(draft, note, credit) for credit in credits]
        note.write(
            {
                "invoice_cash_rounding_id": False,
                "invoice_line_ids": [Command.clear(), *map(Command.create, lines)],
                **self._prepare_note(draft, invoice),
            }
        )
        amounts._check(draft, float(draft.refund.amount), note.amount_total)
        draft.credit_note = note

    def _invoice(self, draft, parts):
        """The posted invoice that has most of what is refunded; the newest of equal ones."""
        wanted = {part.line for part in parts if part.line}
        values = {}
        for source in draft.invoiced:
            move = source.record.move_id
            if move.move_type != "out_invoice":
                continue
            lines = source.record.sale_line_ids.mapped("channel_external_id")
            fits = not wanted or wanted.intersection(lines)
            values[move] = values.get(move, ZERO) + (source.charge.total if fits else ZERO)
        return max(values, key=lambda move: (values[move], move.id))

    def _reverse(self, draft, invoice):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = wizard.create(
            {
                "date": draft.day,
                "reason": draft.refund.reason or False,
                "journal_id": invoice.journal_id.id,
            }
        )
        wizard.refund_moves()
        return wizard.new_move_ids

    def _prepare_note(self, draft, invoice):
        """Values of the credit note; an override returns the dictionary, extended."""
        others = {source.record.move_id for source in draft.invoiced} - {invoice}
        names = [move.name for move in others if move.move_type == "out_invoice"]
        return {"invoice_origin": ", ".join([draft.sale.name, *sorted(names)])}

    # === LINES === #

    def _credit(self, draft, part):
        origin = self._origin(draft, part)
        sale_line = origin.sale_line_ids[:1]
        return Credit(part, origin, sale_line, self._pieces(draft, sale_line, part))

    def _prepare_line(self, draft, note, credit):
        """Values of a line of the credit note; an override returns the dictionary, extended.

        Goods given back by quantity are credited on their line of the order; money without goods
        is a line of text with the account that the invoice has for it.
        """
        amounts = self.env["channel.refund.amounts"]
        part, origin, pieces = credit.part, credit.origin, credit.pieces
        money = amounts._money(note, note.invoice_currency_rate)
        about = (credit.sale_line or origin) if part.line else None
        return {
            "name": origin.name if pieces else amounts._prepare_text(draft, about),
            "product_id": origin.product_id.id if pieces else False,
            "product_uom_id": origin.product_uom_id.id if pieces else False,
            "account_id": origin.account_id.id,
            "analytic_distribution": origin.analytic_distribution,
            "quantity": pieces or 1.0,
            "sale_line_ids": [Command.set(credit.sale_line.ids if pieces else [])],
            "tax_ids": [Command.set(origin.tax_ids.ids)],
            **amounts._prepare_amounts(origin.tax_ids, money, part, pieces or 1.0),
        }

    def _origin(self, draft, part):
        """The invoice line that a part is about: of its line, else the largest of its taxes."""
        found = [source for source in draft.invoiced if source.tax_set == part.tax_set]
        same = [
            source
            for source in found
            if part.line and part.line in source.record.sale_line_ids.mapped("channel_external_id")
        ]
        return max(same or found, key=lambda source: source.charge.base).record

    def _pieces(self, draft, sale_line, part):
        """How many pieces of an invoiced line are credited."""
        asked = sum(
            line.quantity
            for line in draft.refund.lines
            if part.line and line.line_external_id == part.line
        )
        return max(min(float(asked), sale_line.qty_invoiced), 0.0)

    # === POSTING === #

    def _post(self, draft):
        """Post the credit note; what is unpaid of the order's invoices is settled with it."""
        note = draft.credit_note
        note.action_post()
        if note.date != note.invoice_date:
            self._tell_locked(draft)
        self.env["channel.payment.entries"]._match(draft.sale)

    def _tell_locked(self, draft):
        """Odoo books behind a lock date what belongs before it: a person should know."""
        note = draft.credit_note
        draft.recorder.add_issue(
            "refund_period_locked",
            record=f"account.move,{note.id}",
            cause={"refund": draft.refund.external_id},
            refund=draft.refund.external_id,
            number=draft.binding.number,
            credit_note=note.name,
            day=str(note.invoice_date),
            booked=str(note.date),
        )
