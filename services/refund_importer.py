"""Refunds of a channel's order → credit notes, or changes of what is not invoiced yet.

All refunds of an order are read at once; what Odoo does not know yet is taken over oldest first,
each as a whole or not at all. One that fails stops those after it: their amounts depend on it.
"""

from odoo import models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Date, Datetime

from odoo.addons.queue_job.exception import RetryableJobError

from ..core import errors
from ..core.canonical import ZERO
from .job_run import Outcome
from .order_values import naive
from .refund_draft import RefundDraft, by_tax_set, total_of


class ChannelRefundImporter(models.AbstractModel):
    _name = "channel.refund.importer"
    _inherit = "channel.handler"
    _description = "Channel refund importer"

    _lock_kind = "order"

    def _read(self, adapter, events):
        """See ``channel.handler``. A payment that waits goes first: it may make the invoice.

        :raises RetryableJobError: a payment of this order is waiting
        """
        event = events[0]
        if self.env["channel.event"]._pending_of(event.backend_id, "payment", event.external_id):
            raise RetryableJobError("the order's payment goes first", seconds=5, ignore_retry=True)
        return super()._read(adapter, events)

    def _fetch(self, adapter, external_id):
        return adapter.fetch_refunds(external_id)

    def _apply(self, works):
        """See ``channel.handler``."""
        # what is made here is no news to be looked at again
        own = self.with_context(channel_import=True)
        return [own._take_over_all(work) for work in works]

    # === ONE ORDER === #

    def _take_over_all(self, work):
        """Take over what is new of an order's refunds; returns its outcome."""
        backend = work.events.backend_id.with_env(self.env)
        binding = self.env["channel.binding.order"]._find(backend, work.external_id)
        if reason := self._reason_to_wait(binding, work.record):
            return Outcome("ignored", reason, record=binding.odoo_id or None)
        refunds = work.adapter.parse_refunds(work.record.payload)
        known = self._known(binding)
        gone = self._note_gone(work, binding, refunds, known)
        reasons, error = self._take_over_new(work, binding, refunds, known)
        values = {"record": binding.odoo_id}
        if error:
            return Outcome("blocked", error=error, **values)
        if not reasons and not gone:
            return Outcome("ignored", self.env._("Nothing new"), heals=True, **values)
        return Outcome("done", "; ".join([*gone, *reasons]), **values)

    def _reason_to_wait(self, binding, record):
        """Why nothing can be done (yet), for people; '' where something may be."""
        sale = binding.odoo_id
        if not binding:
            return self.env._("The order is not in Odoo")
        if record is None:
            return self.env._("The order is gone in the shop")
        if sale.state in ("draft", "sent"):
            return self.env._(
                "Quotation %s is not confirmed: its refunds count when it is", sale.name
            )
        return ""

    def _known(self, binding):
        """``{external id: channel.binding.refund}`` of the order."""
        refunds = self.env["channel.binding.refund"].search(
            [
                ("backend_id", "=", binding.backend_id.id),
                ("order_external_id", "=", binding.external_id),
            ]
        )
        return {refund.external_id: refund for refund in refunds}

    # === DELETED IN THE SHOP === #

    def _note_gone(self, work, binding, refunds, known):
        """Note refunds that are not in the shop any more; returns what to tell, one text each.

        A shop deletes them in silence; what became of them here is left for a person to judge.
        """
        present = {refund.external_id for refund in refunds}
        texts = []
        for external_id, refund in known.items():
            if external_id in present:
                refund.filtered("gone_at").gone_at = False
            elif not refund.gone_at:
                refund.gone_at = Datetime.now()
                self._tell_gone(work, binding, refund)
                texts.append(self.env._("refund %s was deleted in the shop", external_id))
        return texts

    def _tell_gone(self, work, binding, refund):
        record = refund.odoo_id or refund.order_id
        currency = refund.currency_id
        work.recorder.add_issue(
            "refund_deleted",
            record=f"{record._name},{record.id}",
            cause={"refund": refund.external_id},
            refund=refund.external_id,
            number=binding.number,
            became=refund.odoo_id.name or refund.outcome or refund.order_id.name,
            amount=f"{refund.amount:.{currency.decimal_places}f} {currency.name}",
        )

    # === NEW === #

    def _take_over_new(self, work, binding, refunds, known):
        """Take over each refund that is not known; returns (texts, the error that stopped it)."""
        new = [refund for refund in refunds if refund.external_id not in known]
        ours = self._made_by_odoo(binding, new)
        left = self._restocked_left(refunds, known)
        reasons, paid = [], ZERO
        for refund in refunds:
            paid += refund.amount
            if refund.external_id in known:
                continue
            if refund.marker in ours:
                reasons.append(self.env._("%s is told by Odoo itself", refund.external_id))
                continue
            draft = RefundDraft(binding, refund, self._day(refund), work.recorder)
            draft.is_last = self._takes_the_rest(binding, paid)
            draft.restocked = self._take_restocked(refund, left)
            try:
                with self.env.cr.savepoint():
                    self._take_over(draft)
            except (errors.NeedsHuman, UserError, RedirectWarning) as error:
                return reasons, self._as_issue(draft, error)
            reasons.append(f"{refund.external_id}: {', '.join(draft.reasons)}")
        return reasons, None

    def _takes_the_rest(self, binding, paid):
        """Whether refunds of this amount altogether leave nothing of an order."""
        total, compare = binding.amount_total, binding.odoo_id.currency_id.compare_amounts
        return compare(total, 0) > 0 and compare(float(paid), total) >= 0

    def _made_by_odoo(self, binding, refunds):
        """Markers of refunds that a note of the outbox made: their exporter binds them."""
        markers = [refund.marker for refund in refunds if refund.marker]
        notes = self.env["channel.outbox"].search_fetch(
            [
                ("backend_id", "=", binding.backend_id.id),
                ("kind", "=", "refund"),
                ("marker", "in", markers),
            ],
            ["marker"],
        )
        return set(notes.mapped("marker"))

    def _restocked_left(self, refunds, known):
        """``{line: pieces}`` that the shop restocked for refunds that are not known yet.

        It keeps one sum per line, so what known refunds had is taken off.
        """
        left = {}
        for refund in refunds:
            for line in refund.lines:
                if line.restocked is not None:
                    key = line.line_external_id
                    left[key] = left.get(key, 0.0) + float(line.restocked)
        for binding in known.values():
            for key, pieces in (binding.restocked or {}).items():
                left[key] = left.get(key, 0.0) - pieces
        return left

    def _take_restocked(self, refund, left):
        """This refund's part of what is left, which is reduced by it."""
        found = {}
        for line in refund.lines:
            key = line.line_external_id
            if (pieces := min(float(line.quantity), left.get(key, 0.0))) > 0:
                found[key] = pieces
                left[key] -= pieces
        return found

    def _day(self, refund):
        """The refund's date in the backend's time zone; never in the future."""
        moment = naive(refund.created_at) or Datetime.now()
        return min(Date.context_today(self, moment), Date.context_today(self))

    def _as_issue(self, draft, error):
        """What stops a refund, as an error that names it."""
        if isinstance(error, errors.ChannelError):
            return error
        return errors.Rejected(
            "refund_not_booked",
            refund=draft.refund.external_id,
            number=draft.binding.number,
            message=error.args[0],
        )

    # === ONE REFUND === #

    def _take_over(self, draft):
        """Make of one refund what it means here, and bind it.

        It is bound before its credit note is posted: what is bound is not told to the shop.

        :raises errors.NeedsHuman: nothing of it is done
        """
        credit, change = self.env["channel.refund.credit.note"], "channel.refund.order.change"
        route = self._route(draft)
        if route == "invoiced":
            credit._create(draft)
        bound = self._bind(draft)
        self.env["channel.refund.goods"]._handle(draft)
        if route == "invoiced":
            credit._post(draft)
        elif route == "open":
            self.env[change]._apply(draft)
        if draft.refund.amount:
            self.env["channel.refund.payment"]._pay_back(draft)
        bound.write(self._prepare_outcome(draft))

    def _route(self, draft):
        """Whether the refund is of what is ``invoiced``, or of what is still ``open``; or ''.

        :raises errors.Conflict: it is more than either of them
        """
        amount = draft.refund.amount
        if not amount:
            return ""
        self.env["channel.refund.amounts"]._read(draft)
        invoiced, still_open = (
            total_of(by_tax_set(sources)) for sources in (draft.invoiced, draft.open)
        )
        if draft.sale.state == "cancel":
            still_open = ZERO
        if amount <= invoiced and (still_open < amount or self._concerns_invoiced(draft)):
            return "invoiced"
        if amount <= still_open:
            self._check_no_draft(draft)
            return "open"
        if draft.sale.state == "cancel" and not invoiced:
            return ""
        raise self._conflict(draft, "refund_too_much", invoiced=invoiced, open=still_open)

    def _concerns_invoiced(self, draft):
        """Whether the refund is about something that was invoiced, or does not say about what."""
        lines = [draft.sale_lines(line.line_external_id) for line in draft.refund.lines]
        lines = self.env["sale.order.line"].union(*lines)
        if lines:
            return any(lines.mapped("qty_invoiced"))
        return any(source.charge for source in draft.invoiced)

    def _check_no_draft(self, draft):
        """A draft of an invoice would not have the lines that take the refund off."""
        drafts = draft.sale.invoice_ids.filtered(
            lambda move: move.state == "draft" and move.move_type == "out_invoice"
        )
        if drafts:
            name = drafts[0].display_name
            raise self._conflict(draft, "refund_draft_invoice", invoice=name)

    def _conflict(self, draft, code, **params):
        currency = draft.sale.currency_id
        return errors.Conflict(
            code,
            refund=draft.refund.external_id,
            number=draft.binding.number,
            order=draft.sale.name,
            amount=f"{draft.refund.amount:.{currency.decimal_places}f} {currency.name}",
            **params,
        )

    # === BINDING === #

    def _bind(self, draft):
        return self.env["channel.binding.refund"].create(self._prepare_binding(draft))

    def _prepare_binding(self, draft):
        """Values of the refund's binding; an override returns the dictionary, extended."""
        binding, refund = draft.binding, draft.refund
        return {
            "backend_id": binding.backend_id.id,
            "external_id": refund.external_id,
            "odoo_id": draft.credit_note.id if draft.credit_note else False,
            "order_id": draft.sale.id,
            "order_external_id": binding.external_id,
            "amount": float(refund.amount),
            "reason": refund.reason,
            "refunded_at": naive(refund.created_at),
            "restocked": draft.restocked or False,
            "synced_at": Datetime.now(),
        }

    def _prepare_outcome(self, draft):
        """Values of the binding when all is done; an override returns the dictionary, extended."""
        if draft.credit_note:
            draft.reasons.insert(0, self.env._("credit note %s", draft.credit_note.name))
        if not draft.reasons:
            draft.reasons.append(self._reason_for_nothing(draft))
        return {
            "outcome": ", ".join(draft.reasons),
            "picking_ids": draft.returns.ids if draft.returns else [],
            "expected_back": draft.expected_back or False,
        }

    def _reason_for_nothing(self, draft):
        if draft.refund.amount:
            return self.env._("sales order %s was cancelled before", draft.sale.name)
        return self.env._("nothing was given back")
