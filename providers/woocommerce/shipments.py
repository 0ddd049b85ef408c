"""Telling of a shipment, by the best feature a shop has for it.

1. WooCommerce's own fulfilments (:mod:`.fulfillments`): carrier, parcel and lines.
2. A tracking plug-in (:mod:`.trackings`): carrier and parcel; only with a tracking number.
3. A note on the order, and the newest parcel in the order's meta data.

Which of them there are is found in the index of the REST API. A feature can be switched off at
any moment: its routes are unknown then, and the next best takes over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol

from ...core import errors
from ...core.canonical import Note, OrderUpdate, Sent, Shipment
from ...core.fingerprint import fingerprint
from . import const, orders_out
from .client import WooClient
from .fulfillments import Fulfillments
from .survey import Survey
from .trackings import AdvancedTrackings, Trackings


class Way(Protocol):
    """One feature. What it does may come twice: it looks before it repeats anything."""

    via: str

    def takes(self, shipment: Shipment) -> bool:
        """Whether the feature has a place for this shipment."""

    def find(self, shipment: Shipment) -> Sent | None:
        """What an earlier try has made of it."""

    def tell(self, shipment: Shipment) -> Sent | None:
        """Tell of it; None where it ended up wrong and was taken back."""

    def change(self, shipment: Shipment, known: Sent) -> Sent | None:
        """Make what is known equal to the shipment; None where that is gone, or has no place."""


#: Feature → what uses it; best first. A note is always possible.
MAKERS: dict[str, Callable[[WooClient], Way]] = {
    const.FULFILLMENTS: Fulfillments,
    const.ADVANCED_TRACKING: AdvancedTrackings,
    const.TRACKING: Trackings,
}


class Shipments:
    """All ways of one shop.

    :param features: what :class:`core.canonical.StoreInfo` said of the shop, None to ask it
    """

    def __init__(self, client: WooClient, features: Sequence[str] | None = None) -> None:
        self._client = client
        self._features = features
        self._ways: list[Way] = []

    def send(self, shipment: Shipment, known: Sent | None, look_first: bool) -> Sent:
        """See :meth:`core.adapter.ShipmentSink.send_shipment`."""
        if known and (sent := self._changed(shipment, known)):
            return sent
        if (known or look_first) and (sent := self._found(shipment)):
            return sent
        return self._created(shipment)

    # === STEPS === #

    def _changed(self, shipment: Shipment, known: Sent) -> Sent | None:
        for way in self._each():
            if way.via == known.via:
                sent = self._try(way, partial(way.change, shipment, known))
                if sent:
                    return sent
        return None

    def _found(self, shipment: Shipment) -> Sent | None:
        """Look everywhere: the earlier try may have gone another way than this one would."""
        for way in self._each():
            found = self._try(way, partial(way.find, shipment))
            if found:
                return self._changed(shipment, found) or found
        return None

    def _created(self, shipment: Shipment) -> Sent:
        for way in self._each():
            if way.takes(shipment):
                sent = self._try(way, partial(way.tell, shipment))
                if sent:
                    return sent
        return Notes(self._client).tell(shipment)

    # === WAYS === #

    def _each(self) -> Iterator[Way]:
        """The ways there are, best first, with those that only turn out to be there meanwhile."""
        if not self._ways:
            self._ways = self._discover(self._features)
        tried: set[type] = set()
        while way := next((way for way in self._ways if type(way) not in tried), None):
            tried.add(type(way))
            yield way

    def _discover(self, features: Sequence[str] | None) -> list[Way]:
        if features is None:
            features = self._ask()
        there = [make for name, make in MAKERS.items() if features is None or name in features]
        if features and const.ADVANCED_TRACKING in features:
            # both plug-ins keep one list
            there = [make for make in there if make is not Trackings]
        return [*(make(self._client) for make in there), Notes(self._client)]

    def _ask(self) -> Sequence[str] | None:
        """None where the index is closed to strangers: then each way is tried."""
        survey = Survey(self._client)
        try:
            return survey.shipment_features if survey.index else None
        except errors.BadCredentials:
            return None

    def _try(self, way: Way, step: Callable[[], Sent | None]) -> Sent | None:
        try:
            return step()
        except errors.Rejected as error:
            if error.code != "no_route":
                raise
        self._lost(way)
        return None

    def _lost(self, way: Way) -> None:
        """A feature is gone: what was known of the shop is old, so look at it again, once."""
        if self._features is not None:
            self._features = None
            self._ways = self._discover(None)
        self._ways = [other for other in self._ways if type(other) is not type(way)]


class Notes:
    """The way of every shop: a note for people, meta data of the order for programs."""

    via = const.VIA_NOTE

    def __init__(self, client: WooClient) -> None:
        self._client = client

    def takes(self, shipment: Shipment) -> bool:
        return True

    def find(self, shipment: Shipment) -> Sent | None:
        path = f"orders/{shipment.order_external_id}/notes"
        return orders_out.find_note(self._client, path, _marker(shipment))

    def tell(self, shipment: Shipment) -> Sent:
        """The meta data first: it can be written twice, and the customer's mail may show it."""
        orders_out.update_order(
            self._client, shipment.order_external_id, OrderUpdate(meta=_meta(shipment))
        )
        marker = _marker(shipment)
        note = Note(
            shipment.order_external_id,
            "\n".join(filter(None, (shipment.text, *_parcel(shipment), f"({marker})"))),
            marker,
            shipment.notify_customer,
        )
        return orders_out.add_note(self._client, note, look_first=False)

    def change(self, shipment: Shipment, known: Sent) -> Sent | None:
        """A note can't be changed; a tracking number that came later is told by another one."""
        return self.find(shipment)


def _marker(shipment: Shipment) -> str:
    """Short, because customers read it; another one for another tracking number."""
    number = shipment.tracking.number if shipment.tracking else ""
    return f"{shipment.reference} · {fingerprint([shipment.marker, number])[:8]}"


def _parcel(shipment: Shipment) -> list[str]:
    """What the text does not say of the parcel already."""
    parcel = shipment.tracking
    if not parcel:
        return []
    return [
        part for part in (parcel.carrier, parcel.number, parcel.url) if part not in shipment.text
    ]


def _meta(shipment: Shipment) -> dict[str, str]:
    parcel = shipment.tracking
    values = {
        "reference": shipment.reference,
        "shipped_at": shipment.shipped_at.isoformat(timespec="seconds"),
        "number": parcel.number if parcel else "",
        "carrier": parcel.carrier if parcel else "",
        "url": parcel.url if parcel else "",
    }
    return {const.SHIPMENT_META[name]: value for name, value in values.items()}
