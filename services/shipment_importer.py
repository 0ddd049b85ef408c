"""The shop completed an order by itself → its goods leave in Odoo, too."""

from odoo import models

from ..core import errors
from ..core.canonical import OrderStatus
from .job_run import Outcome

#: More steps than any warehouse takes from its shelf to the customer.
MAX_STEPS = 10


class ChannelShipmentImporter(models.AbstractModel):
    """Validates what is open and available of a completed order.

    What is not available stays open, and blocks the event with an issue; a retry, when the goods
    are there, delivers them. An order whose delivery is blocked refuses by itself.
    """

    _name = "channel.shipment.importer"
    _inherit = "channel.handler"
    _description = "Channel shipment importer"

    _lock_kind = "order"

    def _read(self, adapter, events):
        """The order's import has read everything that counts; the shop is not asked again."""
        return None

    def _apply(self, works):
        return [self._deliver(work) for work in works]

    def _deliver(self, work):
        backend = work.events.backend_id.with_env(self.env)
        binding = self.env["channel.binding.order"]._find(backend, work.external_id)
        order = binding.odoo_id
        if reason := self._reason_against(binding, order):
            return Outcome("ignored", reason, record=order or None, heals=True)
        done = self._validate(order)
        for picking in done:
            self.env["channel.shipment.exporter"]._remember_by_shop(binding, picking)
        names = ", ".join(done.mapped("name"))
        if order._channel_is_delivered():
            return Outcome("done", self.env._("Validated: %s", names), record=order)
        return Outcome("blocked", record=order, error=self._shortage(binding, order, names))

    def _reason_against(self, binding, order):
        """Why nothing is delivered; '' if something is."""
        if not order:
            return self.env._("The order is not known here")
        meanings = self.env["channel.map.status"]._meanings(binding.backend_id)
        if meanings.get(binding.status_code) is not OrderStatus.COMPLETED:
            return self.env._("Not completed in the shop (%s)", binding.status_code)
        if order.state != "sale":
            return self.env._("The sales order is not confirmed")
        if not self._open(order):
            return self.env._("Nothing is left to deliver")
        return ""

    def _open(self, order):
        """Transfers that bring goods nearer to the customer, and are not done."""
        return order.picking_ids.filtered(
            lambda picking: (
                picking.state not in ("draft", "done", "cancel")
                and any(
                    (move.location_final_id or move.location_dest_id)._is_outgoing()
                    for move in picking.move_ids
                )
            )
        )

    def _validate(self, order):
        """Validate what is available, step by step; returns the transfers that are done.

        :raises UserError: Odoo refuses (a lot is missing, the delivery is blocked …)
        """
        done = self.env["stock.picking"]
        for _step in range(MAX_STEPS):
            waiting = self._open(order)
            if waiting:
                waiting.action_assign()
            ready = waiting.filtered(lambda picking: any(picking.move_ids.mapped("quantity")))
            if not ready:
                break
            ready.with_context(skip_backorder=True, skip_sms=True).button_validate()
            stuck = ready.filtered(lambda picking: picking.state != "done")
            if stuck:
                names = ", ".join(stuck.mapped("name"))
                raise errors.Rejected("transfer_not_validated", transfers=names)
            done |= ready
        return done

    def _shortage(self, binding, order, names):
        lines = self.env["channel.shipment.lines"]
        return errors.Conflict(
            "completed_without_goods",
            number=binding.number,
            order=order.name,
            goods=lines._in_words(lines._rest(order).items()) or "-",
            transfers=names or "-",
        )
