"""A credit note made in Odoo → a refund of the shop, once, to the cent."""

import dataclasses

from odoo import models
from odoo.fields import Datetime

from ..core import errors
from ..core.canonical import ZERO, OrderStatus
from .exporter import Told
from .order_facts import parts_of
from .order_values import naive
from .refund_request import left_to_refund, refund_request


class ChannelRefundExporter(models.AbstractModel):
    _name = "channel.refund.exporter"
    _inherit = "channel.exporter"
    _description = "Channel refund exporter"

    # === PREPARING === #

    def _prepare(self, binding, record, marker):
        """See ``channel.exporter``; the content is a :class:`services.refund_request.Credit`."""
        if record.state != "posted":
            return Told("ignored", self.env._("The credit note is not posted any more"))
        known = self._known(binding, record)
        if known and not known.made_here:
            return Told(
                "ignored", self.env._("It came from the shop: refund %s", known.external_id)
            )
        credit = self.env["channel.credit.note"]._credit(binding, record)
        if not known:
            if credit.amount:
                return credit
            return Told("ignored", self.env._("It gives nothing back of this order"))
        if not record.currency_id.compare_amounts(known.amount, float(credit.amount)):
            self._forget_withdrawal(record)
            return Told("ignored", self.env._("Told already: refund %s", known.external_id))
        if not credit.amount:
            raise self._withdrawn(known)
        return dataclasses.replace(credit, replaces=known.external_id)

    def _known(self, binding, move):
        """The refund that the shop has of a credit note, as far as we know."""
        return self.env["channel.binding.refund"].search(
            [
                ("backend_id", "=", binding.backend_id.id),
                ("odoo_id", "=", move.id),
                ("order_id", "=", binding.odoo_id.id),
                ("gone_at", "=", False),
            ],
            limit=1,
        )

    def _withdrawn(self, refund):
        """The issue of a refund of the shop whose credit note counts no more."""
        return errors.Conflict(
            "refund_withdrawn",
            credit_note=refund.odoo_id.name,
            refund=refund.external_id,
            number=refund.order_id.client_order_ref,
        )

    def _forget_withdrawal(self, move):
        """The credit note is posted as it was told: nobody has to undo the refund."""
        self.env["channel.issue"].search(
            [
                ("code", "=", "refund_withdrawn"),
                ("record", "=", f"{move._name},{move.id}"),
                ("state", "=", "open"),
            ]
        )._close("resolved")

    # === SENDING === #

    def _send(self, adapter, message):
        """Returns ``(refund, echo)``, or None where the order is gone in the shop."""
        credit = message.content
        try:
            record = adapter.fetch_order(credit.order_external_id)
        except errors.NotFound:
            return None
        before = adapter.parse_order(record.payload)
        if before.status is OrderStatus.TRASHED and not message.look_first:
            return None
        if credit.replaces in {refund.external_id for refund in before.refunds}:
            raise errors.Conflict(
                "refund_changed", number=before.number, refund=credit.replaces, amount=credit.amount
            )
        request = refund_request(credit, message.marker, before)
        try:
            refund = adapter.create_refund(request, message.look_first)
        except errors.NeedsHuman as error:
            error.params.update(self._about(before))
            raise
        return refund, self._read_back(adapter, credit.order_external_id)

    def _about(self, order):
        """What a person has to know of the order to judge a refusal."""
        return {
            "number": order.number,
            "total": order.total,
            "currency": order.currency,
            "gift_cards": sum((card.amount for card in order.gift_cards), ZERO),
        }

    # === STORING === #

    def _store(self, binding, record, message, answer):
        """See ``channel.exporter``."""
        if answer is None:
            return Told("ignored", self.env._("The order is gone in the shop"))
        refund, echo = answer
        credit = message.content
        refunds = self.env["channel.binding.refund"]
        taken = refunds._find(binding.backend_id, refund.external_id).odoo_id - record
        if taken:
            raise errors.Conflict(
                "refund_taken", refund=refund.external_id, number=binding.number, other=taken.name
            )
        if credit.replaces:
            replaced = refunds._find(binding.backend_id, credit.replaces)
            replaced.write({"odoo_id": False, "gone_at": Datetime.now()})
            replaced.flush_recordset()  # one binding per credit note
            self._forget_withdrawal(record)
        values = self._prepare_binding(binding, credit, refund)
        refunds._bind(binding.backend_id, refund.external_id, record, **values)
        self._remember(binding, echo, refund)
        if message.look_first:
            # the importer leaves alone what an unfinished note may have made
            binding.odoo_id._channel_follow_up("refund")
        return Told("done", values["outcome"])

    def _prepare_binding(self, binding, credit, refund):
        """Values of the refund's binding; an override returns the dictionary, extended."""
        return {
            "order_id": binding.odoo_id.id,
            "order_external_id": binding.external_id,
            "amount": float(credit.amount),
            "reason": credit.reason,
            "refunded_at": naive(refund.created_at) or Datetime.now(),
            "made_here": True,
            "outcome": self._outcome(binding, credit, refund),
            "restocked": self._restocked(credit),
        }

    def _restocked(self, credit):
        goods = [line for line in credit.lines if line.goods and credit.restock]
        return {line.external_id: float(line.quantity) for line in goods} or False

    def _outcome(self, binding, credit, refund):
        values = {
            "refund": refund.external_id,
            "amount": credit.amount,
            "currency": binding.currency_id.name,
        }
        if credit.restock:
            return self.env._(
                "Refund %(refund)s of %(amount)s %(currency)s, goods put back into stock", **values
            )
        return self.env._("Refund %(refund)s of %(amount)s %(currency)s", **values)

    def _remember(self, binding, echo, refund):
        """Take the shop's order for known as far as this very refund has changed it.

        A refund that the shop made meanwhile is not ours: its webhook has to bring it in.
        """
        others = [row for row in echo.order.refunds if row.external_id != refund.external_id]
        without = dataclasses.replace(echo.order, refunds=tuple(others))
        known, ours = binding.parts or {}, ["status"] if self._refunded(echo.order) else []
        if parts_of(without, ())["refunds"] == known.get("refunds"):
            ours.append("refunds")
        self._remember_echo(binding, echo, ours)

    def _refunded(self, order):
        return order.status is OrderStatus.REFUNDED and left_to_refund(order) <= 0
