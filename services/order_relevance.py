"""What becomes of a record that was read: ignored and why, cancelled, or taken over."""

from odoo import models

from ..core import errors
from ..core.canonical import OrderStatus
from .job_run import Outcome
from .order_facts import AMOUNTS, CONTENT, OURS, OVER, content_of, fingerprint_of, parts_of
from .order_values import naive
from .staleness import is_older, is_unsure


class ChannelOrderRelevance(models.AbstractModel):
    _name = "channel.order.relevance"
    _description = "Channel order relevance"

    def _decide(self, batch, draft):
        """Set ``draft.outcome`` where the end is clear; otherwise say what has to be written."""
        try:
            if draft.work.record is None:
                self._decide_gone(batch, draft)
                return
            self._read(batch, draft)
            if draft.binding:
                self._decide_known(batch, draft)
            else:
                self._ignore(draft, self._reason_to_ignore(batch, draft), heals=True)
                self._read_parts(batch, draft)
        except errors.NeedsHuman as error:
            draft.block(error)

    def _read(self, batch, draft):
        work = draft.work
        draft.order = work.adapter.parse_order(work.record.payload)
        draft.status = self.env["channel.order.workflow"]._status(batch, draft.order)
        draft.fingerprint = self._fingerprint(batch, draft.order)

    def _read_parts(self, batch, draft):
        """What an order that is unchanged never pays for."""
        draft.parts = parts_of(draft.order, batch.meta_fields.mapped("external_code"))
        draft.known_parts = draft.binding.parts or {}

    def _fingerprint(self, batch, order):
        return fingerprint_of(order, batch.meta_fields.mapped("external_code"))

    def _ignore(self, draft, reason, heals=False):
        if reason:
            draft.outcome = Outcome("ignored", reason, record=draft.sale or None, heals=heals)

    # === SEEN FOR THE FIRST TIME === #

    def _reason_to_ignore(self, batch, draft):
        """Why a record that is not an order here does not become one; '' means it does.

        A person who asks for one order by its number gets it, whatever its age.
        """
        order, backend, status = draft.order, batch.backend, draft.status
        if status is OrderStatus.DRAFT:
            return self.env._("The checkout is not finished")
        if status in OVER:
            return self.env._("Over in the shop (%s) before it was imported", order.status_code)
        if order.parent_external_id and backend.suborder_policy == "ignore":
            return self.env._("Part of order %s in the shop", order.parent_external_id)
        since, created = backend.import_since, naive(order.created_at)
        if since and created and created < since and not draft.asked_by_person:
            return self.env._("Created before the first day of import")
        return ""

    # === KNOWN ALREADY === #

    def _decide_gone(self, batch, draft):
        if not draft.binding:
            self._ignore(draft, self.env._("Gone in the shop before it was imported"), heals=True)
            return
        self._cancel(draft, self.env._("deleted in the shop"))

    def _decide_known(self, batch, draft):
        if is_unsure(draft.binding, *self._moments(draft)):
            binding = draft.binding
            draft.work.events._look_again(binding.backend_id, "order", [binding.external_id])
        if self._is_stale(draft):
            self._ignore(draft, self.env._("Older than what was taken over already"))
        elif draft.status is OrderStatus.DRAFT:
            self._ignore(draft, self.env._("The checkout is not finished"))
        elif draft.fingerprint == draft.binding.fingerprint and not draft.asked_by_person:
            # before the status counts: what Odoo cancelled there was no cancellation by the shop
            # what did not come out right has no fingerprint
            self._ignore(draft, self._reason_unchanged(draft), heals=True)
        else:
            self._read_parts(batch, draft)
            self._decide_change(draft)

    def _decide_change(self, draft):
        if draft.status in OVER:
            self._cancel(draft, draft.order.status_code)
        elif draft.sale.state == "cancel" and not draft.binding.cancelled_by_shop:
            self._ignore(draft, self.env._("The sales order was cancelled in Odoo"), heals=True)
        else:
            self._decide_content(draft)

    def _reason_unchanged(self, draft):
        if draft.fingerprint == draft.binding.sent_fingerprint:
            return self.env._("echo: our own change came back")
        return self.env._("Nothing changed")

    def _is_stale(self, draft):
        """Whether the record is older than what was taken over."""
        return is_older(draft.binding, *self._moments(draft))

    def _moments(self, draft):
        record = draft.work.record
        return naive(record.modified_at), naive(record.fetched_at)

    def _decide_content(self, draft):
        """Take the order back from cancellation; find out whether its content changed."""
        binding = draft.binding
        draft.restored = binding.cancelled_by_shop
        if draft.sale.state == "cancel":
            self.env["channel.order.workflow"]._take_back(draft.sale)
        # without a fingerprint the order did not come out right the last time, or was cancelled
        draft.content = bool(draft.changed & set(AMOUNTS)) or not binding.fingerprint
        if draft.content or draft.changed & set(CONTENT):
            decision = binding.decision or {}
            if decision.get("fingerprint") == content_of(draft.parts):
                draft.choice = decision["choice"]
                draft.content = draft.content and draft.choice != "keep"

    # === OVER === #

    def _cancel(self, draft, why):
        """End the sales order as the shop ended it, as far as nothing has left yet."""
        was_over = draft.sale.state == "cancel"
        by_shop = draft.binding.cancelled_by_shop
        if was_over and not by_shop and draft.order is None:
            self._ignore(draft, self.env._("The sales order was cancelled in Odoo"), heals=True)
            return
        if by_shop and not was_over and not self._is_reviewed(draft):
            self._ignore(draft, self.env._("Over in the shop; what was open is cancelled already"))
            return
        number = draft.order.number if draft.order else draft.binding.number
        workflow = self.env["channel.order.workflow"]
        error = None if was_over else workflow._cancel(draft.sale, number)
        draft.binding.write(self._prepare_end(draft, by_shop or not was_over))
        draft.taken = not was_over or bool(draft.changed)
        text = self.env._("Sales order %(name)s cancelled: %(why)s", name=draft.sale.name, why=why)
        state = "ignored" if was_over else "done"
        draft.outcome = Outcome(state, text, record=draft.sale, heals=True)
        if error:
            draft.block(error)

    def _is_reviewed(self, draft):
        """Whether what could not be cancelled is to be looked at again: the shop says something
        else of it, or a person asks."""
        return bool(
            "status" in draft.changed or draft.work.events.issue_id or draft.asked_by_person
        )

    def _prepare_end(self, draft, by_shop):
        """Values of the binding of an order that is over in the shop.

        Its fingerprint is forgotten, so that an equal order that comes back is taken back.

        :param by_shop: False where a person has cancelled it in Odoo before
        """
        values = {"cancelled_by_shop": by_shop, "fingerprint": False, "released": False}
        if draft.order:
            record = draft.work.record
            values.update(
                status_code=draft.order.status_code,
                parts={**draft.known_parts, **{name: draft.parts[name] for name in OURS}},
                external_modified_at=naive(record.modified_at),
                fetched_at=naive(record.fetched_at),
                **self.env["channel.order.writer"]._prepare_payment(draft.order),
            )
        return values
