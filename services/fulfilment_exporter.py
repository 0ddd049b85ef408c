"""A transfer that somebody else sends → its warehouse is asked for it."""

from dataclasses import dataclass, replace

from odoo import models

from ..core import errors
from ..core.canonical import Sent
from ..core.fingerprint import fingerprint
from ..core.fulfilment import FulfilmentRequest
from .exporter import Told
from .fulfilment_goods import AT_WORK


@dataclass(frozen=True)
class Ask:
    """A request, what an earlier call made of it, and the same for people."""

    request: FulfilmentRequest
    known: Sent | None
    text: str


@dataclass(frozen=True)
class Withdrawal:
    """A request that nobody wants any more."""

    external_id: str


class ChannelFulfilmentExporter(models.AbstractModel):
    """Asks once everything in a transfer is reserved, so that one request is one transfer."""

    _name = "channel.fulfilment.exporter"
    _inherit = "channel.exporter"
    _description = "Channel fulfilment exporter"

    def _binding(self, backend, order_id):
        """Nothing of the transfer has to be known at the warehouse before it is asked for."""
        return backend

    def _claimed(self, backend, picking):
        return "transfer", picking.name

    # === WHAT === #

    def _prepare(self, backend, picking, marker):
        known = self._bindings._current(picking)
        if known and known.backend_id != backend:
            return Told("ignored", self.env._("Asked for at %s", known.backend_id.name))
        if picking.state == "cancel":
            return self._prepare_withdrawal(known, picking)
        if reason := self._reason_against(known, picking):
            return Told("ignored", reason)
        request = self._prepare_request(backend, picking, marker)
        if known.state not in AT_WORK:
            return self._ask(request, None, picking)
        if known.fingerprint == self._fingerprint(request):
            return Told("ignored", self.env._("The warehouse knows this already"))
        # what is changed keeps the name it was asked for by
        request = replace(request, marker=known.marker or marker)
        return self._ask(request, Sent(known.external_id), picking)

    def _ask(self, request, known, picking):
        goods = self.env["channel.fulfilment.goods"]._in_words(picking)
        return Ask(request, known, self.env._("Asked for %s", goods))

    def _prepare_withdrawal(self, known, picking):
        if known.state in AT_WORK and known.odoo_id == picking:
            return Withdrawal(known.external_id)
        return Told("ignored", self.env._("The warehouse does not wait for this transfer"))

    def _reason_against(self, known, picking):
        """Why a warehouse is not asked, or not asked again; '' if it is."""
        if picking.state == "done":
            return self.env._("The transfer is done")
        if known.state in AT_WORK and (known.state == "partly" or known.odoo_id != picking):
            return self.env._("The warehouse sends the rest with the same request")
        if known.state == "stopped":
            return self.env._("The warehouse has stopped: its issue needs a decision")
        if picking.channel_delivery_blocked:
            return self.env._("The delivery is held: %s", picking.channel_hold_reason or "-")
        moves = picking.move_ids.filtered(lambda move: move.state != "cancel")
        if set(moves.mapped("state")) != {"assigned"}:
            return self.env._("Not everything is reserved yet")
        return ""

    def _prepare_request(self, backend, picking, marker):
        """The canonical request; an override returns one made of it."""
        goods, carrier = self.env["channel.fulfilment.goods"], picking.carrier_id
        maps = self.env["channel.map.carrier"]
        return FulfilmentRequest(
            marker=marker,
            reference=picking.name,
            goods=goods._goods(picking),
            address=goods._address(picking),
            order_number=picking.sale_id.name or picking.origin or "",
            service=maps._carrier_name(backend, carrier) if carrier else "",
        )

    def _fingerprint(self, request):
        """What of a request is worth changing it for."""
        return fingerprint([request.goods, request.address, request.service])

    # === TELLING === #

    def _send(self, adapter, message):
        content = message.content
        if isinstance(content, Withdrawal):
            return self._withdraw(adapter, content)
        try:
            return adapter.request_fulfilment(content.request, content.known, message.look_first)
        except errors.NotFound:
            if not content.known:
                raise
        return adapter.request_fulfilment(content.request, None, True)

    def _withdraw(self, adapter, content):
        try:
            adapter.withdraw_fulfilment(content.external_id)
        except errors.NotFound:
            return None  # nobody there waits for it either
        return None

    def _store(self, backend, picking, message, answer):
        content = message.content
        if isinstance(content, Withdrawal):
            self._bindings._find(backend, content.external_id).state = "over"
            return Told("done", self.env._("Taken back"))
        binding = self._bindings._bind(
            backend,
            answer.external_id,
            picking,
            marker=content.request.marker,
            fingerprint=self._fingerprint(content.request),
        )
        if binding.state == "over":
            binding.state = "open"
        return Told("done", content.text)

    @property
    def _bindings(self):
        return self.env["channel.binding.fulfilment"]
