"""A warehouse has sent goods → their transfer is done here, parcel by parcel."""

from odoo import models

from ..core import errors
from ..core.fulfilment import FulfilmentState
from .fulfilment_goods import AT_WORK
from .job_run import Outcome
from .order_values import naive

#: What a warehouse's state means for the request, where nothing of it is left to send.
PROGRESS = {
    FulfilmentState.OPEN: "open",
    FulfilmentState.UNKNOWN: "open",
    FulfilmentState.PARTLY: "partly",
    FulfilmentState.SENT: "sent",
}


class ChannelFulfilmentImporter(models.AbstractModel):
    """Each parcel is one validated transfer with its own tracking number; the rest is a backorder.

    Shops are told of it by the flow that tells them of every delivery. Where the warehouse stops
    before everything has left, a person is asked once; a retry of that issue asks it anew.
    """

    _name = "channel.fulfilment.importer"
    _inherit = "channel.handler"
    _description = "Channel fulfilment importer"

    def _fetch(self, adapter, external_id):
        return adapter.fetch_fulfilment(external_id)

    def _apply(self, works):
        return [self._take(work) for work in works]

    # === ONE REQUEST === #

    def _take(self, work):
        backend = work.events.backend_id.with_env(self.env)
        fulfilment = work.record and work.adapter.parse_fulfilment(work.record.payload)
        binding = self._binding(backend, work.external_id, fulfilment)
        if not binding:
            return Outcome("ignored", self.env._("No transfer was asked for by this request"))
        if not fulfilment:
            return self._stop(work, binding, "fulfilment_withdrawn")
        if self._is_stale(binding, fulfilment):
            reason = self.env._("Newer data was taken over")
            return Outcome("ignored", reason, record=binding.odoo_id)
        done = self.env["stock.picking"]
        for parcel in fulfilment.parcels:
            if parcel.external_id not in (binding.parcels or []):
                done |= self._take_parcel(binding, parcel)
        binding.write(self._prepare_binding(binding, fulfilment))
        return self._outcome(work, binding, fulfilment, done)

    def _binding(self, backend, external_id, fulfilment):
        """The binding; of a request whose answer was lost it is made here, by its marker."""
        bindings = self.env["channel.binding.fulfilment"]
        if known := bindings._find(backend, external_id):
            return known
        marker = fulfilment.marker if fulfilment else ""
        note = marker and self.env["channel.outbox"].search(
            [
                ("backend_id", "=", backend.id),
                ("kind", "=", "fulfilment"),
                ("state", "in", ("pending", "blocked", "failed")),
                ("marker", "=", marker),
            ],
            limit=1,
        )
        picking = note and self.env["stock.picking"].browse(note.res_id).exists()
        return bindings._bind(backend, external_id, picking, marker=marker) if picking else bindings

    def _is_stale(self, binding, fulfilment):
        known, read = binding.external_modified_at, naive(fulfilment.modified_at)
        return bool(known and read and read < known)

    def _prepare_binding(self, binding, fulfilment):
        """Values of the request's binding; an override returns the dictionary, extended."""
        numbers = [parcel.tracking.number for parcel in fulfilment.parcels if parcel.tracking]
        values = {
            "status_code": fulfilment.state_code,
            "external_modified_at": naive(fulfilment.modified_at),
            "parcels": [parcel.external_id for parcel in fulfilment.parcels],
            "tracking_number": ", ".join(numbers) or False,
        }
        if binding.state in AT_WORK and fulfilment.state in PROGRESS:
            values["state"] = PROGRESS[fulfilment.state]
        return values

    # === A PARCEL === #

    def _take_parcel(self, binding, parcel):
        """Validate what a parcel holds; returns the transfer that is done.

        :raises errors.Conflict: it holds something else than was open here
        :raises UserError: Odoo refuses (a lot is missing, the delivery is blocked …)
        """
        picking = binding._open_transfer()
        number = parcel.tracking.number if parcel.tracking else ""
        if not picking:
            return self._take_late(binding, number)
        self.env["channel.fulfilment.goods"]._set_done(picking, parcel.goods)
        if number:
            picking.carrier_tracking_ref = number
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        if picking.state != "done":
            raise errors.Rejected("transfer_not_validated", transfers=picking.name)
        return picking

    def _take_late(self, binding, number):
        """A person was faster here: the number is all that is new."""
        picking = binding._transfers()[-1:]
        if picking.state == "cancel":
            raise errors.Conflict("fulfilment_of_cancelled", transfer=picking.name, number=number)
        if number and not picking.carrier_tracking_ref:
            picking.carrier_tracking_ref = number
        return picking

    # === HOW IT ENDED === #

    def _outcome(self, work, binding, fulfilment, done):
        picking = binding._open_transfer()
        if binding.state == "stopped":
            return self._decided(work, binding, picking)
        if fulfilment.state is FulfilmentState.REFUSED and binding.state in AT_WORK:
            return self._stop(work, binding, "fulfilment_refused", reason=fulfilment.reason or "-")
        if fulfilment.state is FulfilmentState.WITHDRAWN and binding.state in AT_WORK:
            return self._stop(work, binding, "fulfilment_withdrawn")
        if binding.state == "sent" and picking:
            return self._stop(work, binding, "fulfilment_short")
        if done:
            names = ", ".join(done.mapped("name"))
            return Outcome("done", self.env._("Validated: %s", names), record=done[-1:])
        return Outcome(
            "ignored", self.env._("Nothing new has left"), record=binding.odoo_id, heals=True
        )

    def _stop(self, work, binding, code, **params):
        """The warehouse sends nothing more of what is still open here."""
        picking = binding._open_transfer()
        if not picking or binding.state == "over":
            binding.state = "over"
            return Outcome("ignored", self.env._("Nothing is left to send"), heals=True)
        if binding.state == "stopped":
            return self._decided(work, binding, picking)
        binding.state = "stopped"
        goods = self.env["channel.fulfilment.goods"]._in_words(picking)
        error = errors.Conflict(code, transfer=picking.name, goods=goods or "-", **params)
        return Outcome("blocked", record=picking, error=error)

    def _decided(self, work, binding, picking):
        """The same news again; after an issue a person has said that it goes on."""
        if not work.events.issue_ids:
            return Outcome("ignored", self.env._("Waits for its issue"), record=binding.odoo_id)
        binding.state = "over"
        if not picking:
            return Outcome("done", self.env._("Nothing is left to send"), record=binding.odoo_id)
        self.env["channel.flow"]._fulfilment_changed(picking)
        return Outcome("done", self.env._("Asked for anew"), record=picking)
