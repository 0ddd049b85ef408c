"""What Odoo says of an order as a whole: its number, that it is complete, that it is cancelled."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from odoo import models

from ..core import errors
from ..core.canonical import OrderStatus, OrderUpdate
from .exporter import Told
from .order_facts import parts_of

#: From which statuses Odoo may move an order of the shop. Nothing is completed that waits for its
#: payment: a shop would take it for paid.
MAY_BECOME = {
    OrderStatus.COMPLETED: (OrderStatus.PROCESSING,),
    OrderStatus.CANCELLED: (
        OrderStatus.PENDING,
        OrderStatus.ON_HOLD,
        OrderStatus.PROCESSING,
        OrderStatus.FAILED,
    ),
}
#: A shop that waits for the payment completes nothing.
WAIT_FOR_PAYMENT = (OrderStatus.PENDING, OrderStatus.ON_HOLD, OrderStatus.FAILED)
#: Where nothing is told any more, not even a number.
OVER_THERE = (OrderStatus.CANCELLED, OrderStatus.TRASHED, OrderStatus.REFUNDED)


@dataclass(frozen=True)
class Change:
    """What the shop's order shall become; ``wanted`` None: its status is left alone.

    ``meanings``: what the shop's statuses mean, by code, as far as they are mapped.
    """

    external_id: str
    update: OrderUpdate
    wanted: OrderStatus | None
    meanings: Mapping[str, OrderStatus]


@dataclass
class Changed:
    """What was really sent, and the shop's order before (where its status counts) and after."""

    update: OrderUpdate
    before: Any = None
    echo: Any = None


class ChannelOrderStatusExporter(models.AbstractModel):
    _name = "channel.order.status.exporter"
    _inherit = "channel.exporter"
    _description = "Channel order status exporter"

    # === WHAT === #

    def _prepare(self, binding, order, marker):
        meanings = self.env["channel.map.status"]._meanings(binding.backend_id)
        status = meanings.get(binding.status_code, OrderStatus.UNKNOWN)
        if reason := self._reason_against(binding, order, status):
            return Told("ignored", reason)
        wanted, reason = self._wanted(binding, order, status)
        update = self._prepare_update(binding, order, wanted)
        if not update:
            return Told("ignored", reason or self.env._("The shop has it already"))
        return Change(binding.external_id, update, wanted, meanings)

    def _reason_against(self, binding, order, status):
        """Why nothing at all is told; '' if something may be."""
        if order.state == "cancel" and binding.cancelled_by_shop:
            return self.env._("Cancelled by the shop itself")
        if order.state not in ("sale", "cancel"):
            return self.env._("The sales order is not confirmed")
        if status in OVER_THERE:
            return self.env._("Over in the shop already (%s)", binding.status_code)
        return ""

    def _wanted(self, binding, order, status):
        """``(OrderStatus that the shop's order shall get or None, why it does not get it)``.

        :raises errors.Conflict: it was cancelled after goods had left
        """
        if order.state == "cancel":
            self._check_nothing_left(binding, order)
            return OrderStatus.CANCELLED, ""
        flow = self.env["channel.flow"]._of(binding.backend_id, "shipment", "out")
        is_complete = flow.complete_order and order._channel_is_delivered()
        if not is_complete or status is OrderStatus.COMPLETED:
            return None, ""
        if order._channel_shipments_wait():
            # a shop mails the tracking numbers with the completion: they have to be there
            return None, self.env._("Delivered, but the shop was not told of every shipment yet")
        if status in WAIT_FOR_PAYMENT:
            code = binding.status_code
            return None, self.env._("Delivered, but the shop waits for the payment (%s)", code)
        return OrderStatus.COMPLETED, ""

    def _check_nothing_left(self, binding, order):
        goods = order.order_line.filtered(
            lambda line: line.product_id.type == "consu" and not line.channel_is_container
        )
        if any(line.qty_delivered > 0 for line in goods):
            raise errors.Conflict(
                "cancelled_after_shipment", number=binding.number, order=order.name
            )

    def _prepare_update(self, binding, order, wanted):
        """The canonical update; false where the shop has it all already."""
        code = ""
        if wanted:
            code = self.env["channel.map.status"]._code_of(binding.backend_id, wanted)
        meta = {} if order.state == "cancel" else self._prepare_meta(order)
        return OrderUpdate(code, meta if meta != binding.sent_meta else {})

    def _prepare_meta(self, order):
        """Custom fields of the shop's order; an override returns the dictionary, extended."""
        return {
            "odoo_order_number": order.name,
            "odoo_order_url": f"{order.get_base_url()}/odoo/sale.order/{order.id}",
        }

    # === SENDING === #

    def _send(self, adapter, message):
        """Look before the status is changed: what is known of it here may be old.

        :raises errors.Conflict: ``cancel_refused``, the shop's order has gone too far
        :raises errors.Unmapped: nobody said what the status it has now means
        """
        change, before = message.content, None
        update = change.update
        if change.wanted:
            record = adapter.fetch_order(change.external_id)
            before = adapter.parse_order(record.payload)
            if not self._may_become(change, before):
                update = dataclasses.replace(update, status_code="")
        if not update:
            return Changed(update, before)
        record = adapter.update_order(change.external_id, update)
        return Changed(update, before, self._read_back(adapter, change.external_id, record))

    def _may_become(self, change, order):
        status = change.meanings.get(order.status_code) or order.status
        if status is OrderStatus.UNKNOWN:
            code = order.status_code
            raise errors.Unmapped(kind="status", value=code, label=code)
        if status in MAY_BECOME[change.wanted]:
            return True
        if change.wanted is OrderStatus.CANCELLED and status not in OVER_THERE:
            raise errors.Conflict("cancel_refused", number=order.number, status=order.status_code)
        return False

    # === STORING === #

    def _store(self, binding, order, message, answer):
        update, echo = answer.update, answer.echo
        if not echo:
            status = answer.before.status_code
            return Told("ignored", self.env._("Left as it is in the shop (%s)", status))
        self._remember_echo(binding, echo, self._ours(binding, answer))
        if update.meta:
            binding.sent_meta = dict(update.meta)
        told = [self.env._("Number %s", order.name)] if update.meta else []
        if update.status_code:
            told.append(self.env._("Status %s", echo.order.status_code))
        return Told("done", ", ".join(told))

    def _ours(self, binding, answer):
        """Parts of the shop's order that our change has changed, and nobody else.

        A shop takes an order for paid when it is completed; but not if it was paid before.
        """
        code = answer.update.status_code
        if not code or answer.echo.order.status_code != code:
            return ()
        keys = binding.backend_id.meta_field_ids.mapped("external_code")
        known, before = binding.parts or {}, parts_of(answer.before, keys)
        return ("status", "payment") if before["payment"] == known.get("payment") else ("status",)
