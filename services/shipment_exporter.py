"""Goods that left for the customer, or came back → told to the shop."""

from dataclasses import dataclass
from datetime import timezone
from decimal import Decimal

from odoo import models
from odoo.fields import Datetime

from ..core.adapter import OrderSink, supports
from ..core.canonical import Note, OrderStatus, Sent, Shipment, ShipmentLine, Tracking
from ..core.fingerprint import fingerprint
from .exporter import Told

#: ``via`` of a transfer that the shop itself has asked for: nothing was sent.
BY_SHOP = "shop"


@dataclass(frozen=True)
class Parcel:
    """A shipment, and what the shop made of it when it was told before."""

    shipment: Shipment
    known: Sent | None


class ChannelShipmentExporter(models.AbstractModel):
    _name = "channel.shipment.exporter"
    _inherit = "channel.exporter"
    _description = "Channel shipment exporter"

    def _prepare(self, binding, picking, marker):
        """A :class:`Parcel`, or a :class:`Note` of goods that came back."""
        if picking.state != "done":
            return Told("ignored", self.env._("The transfer is not done"))
        lines = self.env["channel.shipment.lines"]
        if left := lines._left(binding.odoo_id, picking):
            return self._prepare_parcel(binding, picking, marker, left)
        if back := lines._came_back(binding.odoo_id, picking):
            return self._prepare_return(binding, picking, back)
        return Told("ignored", self.env._("Nothing that the shop sold is in this transfer"))

    def _send(self, adapter, message):
        content = message.content
        if isinstance(content, Note):
            return adapter.add_note(content, message.look_first)
        return adapter.send_shipment(content.shipment, content.known, message.look_first)

    def _store(self, binding, picking, message, answer):
        content = message.content
        values = {}
        if isinstance(content, Parcel):
            values = self._prepare_binding(content.shipment)
            content = content.shipment
        self._bindings._remember(binding, picking, answer.via, answer.external_id, **values)
        self._expect_echo(binding)
        return Told("done", content.text)

    @property
    def _bindings(self):
        return self.env["channel.binding.shipment"]

    # === GOODS THAT LEFT === #

    def _prepare_parcel(self, binding, picking, marker, left):
        shipment = self._prepare_shipment(binding, picking, marker, left)
        known = self._bindings._of(binding, picking)
        if not known and not shipment.tracking and self._completed_there(binding):
            return Told("ignored", self.env._("The shop completed the order itself"))
        if known and known.fingerprint == self._fingerprint(shipment):
            if known.via == BY_SHOP:
                return Told("ignored", self.env._("The shop completed the order itself"))
            return Told("ignored", self.env._("The shop knows this already"))
        told = known and known.via != BY_SHOP
        return Parcel(shipment, Sent(known._identifier(), known.via) if told else None)

    def _completed_there(self, binding):
        """Whether the shop completed the order without having been told of any shipment.

        Then its goods left before the order came here, or without us: that there is a transfer
        now is no news to it, and none to the customer.
        """
        meanings = self.env["channel.map.status"]._meanings(binding.backend_id)
        return meanings.get(binding.status_code) is OrderStatus.COMPLETED and not (
            self._bindings.search_count(
                [
                    ("backend_id", "=", binding.backend_id.id),
                    ("order_id", "=", binding.odoo_id.id),
                    ("via", "!=", BY_SHOP),
                ],
                limit=1,
            )
        )

    def _prepare_shipment(self, binding, picking, marker, left):
        """The canonical shipment; an override returns one made of it.

        :param left: ``{sales line: quantity}``, see ``channel.shipment.lines``
        """
        order, backend = binding.odoo_id, binding.backend_id
        flow = self.env["channel.flow"]._of(backend, "shipment", "out")
        tracking = self._prepare_tracking(backend, picking)
        return Shipment(
            marker=marker,
            order_external_id=binding.external_id,
            reference=picking.name,
            lines=self._prepare_lines(left),
            shipped_at=(picking.date_done or Datetime.now()).replace(tzinfo=timezone.utc),
            tracking=tracking,
            complete=order._channel_is_delivered(),
            notify_customer=flow.notify_customer,
            text=self._prepare_text(order, picking, left, tracking),
        )

    def _prepare_lines(self, left):
        """Pieces by line of the shop; several of Odoo's may have become of one."""
        pieces = {}
        for line, quantity in left.items():
            key = line.channel_external_id
            pieces[key] = pieces.get(key, Decimal(0)) + Decimal(repr(quantity))
        return tuple(ShipmentLine(key, quantity) for key, quantity in pieces.items())

    def _prepare_tracking(self, backend, picking):
        """The parcel; of several (their numbers stand in one field) the link of the first."""
        numbers = [part.strip() for part in (picking.carrier_tracking_ref or "").split(",")]
        numbers = list(dict.fromkeys(filter(None, numbers)))
        if not numbers:
            return None
        maps, carrier = self.env["channel.map.carrier"], picking.carrier_id
        name = maps._carrier_name(backend, carrier) if carrier else ""
        return Tracking(", ".join(numbers), name, self._link(picking, numbers[0]))

    def _link(self, picking, number):
        """Where the customer can follow the first parcel, or ''."""
        links = picking.get_multiple_carrier_tracking()
        if links and isinstance(links, list):
            return links[0][1]
        return (picking.carrier_tracking_url or "").replace(picking.carrier_tracking_ref, number)

    def _prepare_text(self, order, picking, left, tracking):
        """The shipment in words, as the shop's people and perhaps its customer read it."""
        lines = self.env["channel.shipment.lines"]
        values = {
            "goods": lines._in_words(left.items()),
            "carrier": picking.carrier_id.name or (tracking.carrier if tracking else ""),
            "number": tracking.number if tracking else "",
        }
        rest = lines._in_words(lines._rest(order).items())
        text = self._sentence(values)
        return self.env._("%(text)s; %(goods)s follows", text=text, goods=rest) if rest else text

    def _sentence(self, values):
        if values["carrier"] and values["number"]:
            return self.env._("Shipped %(goods)s with %(carrier)s, tracking %(number)s", **values)
        if values["carrier"]:
            return self.env._("Shipped %(goods)s with %(carrier)s", **values)
        if values["number"]:
            return self.env._("Shipped %(goods)s, tracking %(number)s", **values)
        return self.env._("Shipped %(goods)s", **values)

    # === WHAT IS REMEMBERED === #

    def _fingerprint(self, shipment):
        """What of a shipment is worth telling again."""
        return fingerprint([shipment.lines, shipment.tracking])

    def _prepare_binding(self, shipment):
        """Values of the shipment's binding; an override returns the dictionary, extended."""
        return {
            "fingerprint": self._fingerprint(shipment),
            "tracking_number": shipment.tracking.number if shipment.tracking else False,
        }

    def _remember_by_shop(self, binding, picking):
        """The shop asked for this transfer: it knows of it, until there is a tracking number."""
        left = self.env["channel.shipment.lines"]._left(binding.odoo_id, picking)
        if left:
            shipment = self._prepare_shipment(binding, picking, "", left)
            self._bindings._remember(
                binding, picking, BY_SHOP, picking.id, **self._prepare_binding(shipment)
            )

    # === GOODS THAT CAME BACK === #

    def _prepare_return(self, binding, picking, back):
        """A private note, also where the shop refunded first and waits for the goods.

        A refund made in Odoo is told by its credit note.
        """
        if self._bindings._of(binding, picking):
            return Told("ignored", self.env._("The shop knows this already"))
        if not supports(binding.backend_id._get_adapter_class(), OrderSink):
            return Told("ignored", self.env._("This kind of channel takes no notes"))
        title = self.env._("Return %s received", picking.name)
        goods = self.env["channel.shipment.lines"]._in_words(back.items())
        return Note(binding.external_id, f"{title}: {goods}", marker=title)
