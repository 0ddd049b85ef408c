"""The tracking plug-ins: Shipment Tracking, and Advanced Shipment Tracking (AST).

Both keep a list of parcels that can be added to and taken from, but not changed, and that carries
nothing of ours: a parcel is found by its tracking number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from ...core import errors
from ...core.canonical import Sent, Shipment
from . import const, fields, serialize
from .client import WooClient

Parcel = Mapping[str, Any]


class Trackings:
    """WooCommerce Shipment Tracking; see :class:`.shipments.Way`.

    Carriers it knows are called by the plug-in's own names and get its links; others are custom
    ones with the link that Odoo has. https://woocommerce.com/document/shipment-tracking/

    A shipment of several parcels names their numbers with commas between; here each is one of its
    own, and ``Sent.external_id`` their ids with commas between.
    """

    via = const.VIA_TRACKING
    space = const.TRACKING_SPACE

    def __init__(self, client: WooClient) -> None:
        self._client = client

    def takes(self, shipment: Shipment) -> bool:
        return bool(_numbers(shipment))

    def find(self, shipment: Shipment) -> Sent | None:
        """Perhaps only some of the parcels: `change` adds the others."""
        wanted = set(map(_comparable, _numbers(shipment)))
        return _sent([parcel for parcel in self._list(shipment) if _number(parcel) in wanted])

    def tell(self, shipment: Shipment) -> Sent | None:
        return self._align(shipment, [], [])

    def change(self, shipment: Shipment, known: Sent) -> Sent | None:
        parcels = self._list(shipment)
        ids = known.external_id.split(",")
        return self._align(shipment, parcels, [parcel for parcel in parcels if _id(parcel) in ids])

    def _align(self, shipment: Shipment, there: list[Parcel], before: list[Parcel]) -> Sent | None:
        """First add the parcels that are missing, then take away those that were told before and
        are wrong now: after an interruption the new ones are found by their numbers.
        """
        told: list[Parcel] = []
        for number in _numbers(shipment):
            same = (parcel for parcel in there if _number(parcel) == _comparable(number))
            parcel = next((parcel for parcel in same if self._tells(parcel, shipment)), None)
            parcel = parcel or self._post(shipment, number)
            if parcel is None:
                return None
            told.append(parcel)
        for parcel in before:
            if parcel not in told:
                self._delete(shipment.order_external_id, _id(parcel))
        return _sent(told)

    # === CALLS === #

    def _path(self, order_id: str) -> str:
        return f"/{self.space}/orders/{order_id}/shipment-trackings"

    def _list(self, shipment: Shipment) -> list[Parcel]:
        return list(self._client.get(self._path(shipment.order_external_id)).sequence())

    def _post(self, shipment: Shipment, number: str) -> Parcel | None:
        """Add a parcel; None where it went astray and was taken back."""
        path = self._path(shipment.order_external_id)
        return self._client.post(path, self._body(shipment, number)).mapping()

    def _delete(self, order_id: str, tracking_id: str) -> None:
        with suppress(errors.NotFound):
            self._client.delete(f"{self._path(order_id)}/{tracking_id}")

    # === BODIES === #

    def _body(self, shipment: Shipment, number: str) -> dict[str, Any]:
        name, link = _carrier(shipment, number)
        known = self._carriers.get(name.casefold())
        if known:
            return serialize.tracking(shipment, number, tracking_provider=known)
        return serialize.tracking(
            shipment, number, custom_tracking_provider=name, custom_tracking_link=link
        )

    @cached_property
    def _carriers(self) -> dict[str, str]:
        """The plug-in's names of carriers by their spelling in lower case."""
        try:
            answer = self._client.get(f"/{self.space}/shipment-trackings/providers")
        except errors.Rejected as error:
            if error.code != "no_route":
                raise
            # before 1.6.20 the route had an order's number in it, which it didn't look at
            answer = self._client.get(f"{self._path('1')}/providers")
        groups = map(fields.mapping, answer.mapping().values())
        return {fields.plain(name).casefold(): name for group in groups for name in group}

    def _tells(self, parcel: Parcel, shipment: Shipment) -> bool:
        """Whether a parcel names the shipment's carrier as we would."""
        name, _link = _carrier(shipment, "")
        shown = fields.plain(parcel.get("tracking_provider")).casefold()
        return shown == fields.plain(self._carriers.get(name.casefold(), name)).casefold()


class AdvancedTrackings(Trackings):
    """Advanced Shipment Tracking, by its own namespace.

    It finds carriers by their names and aliases itself. Its ``status_shipped`` would change the
    order's status, which is never done from here: the order's status is told on its own. Parts of
    an order are named by SKU and quantity, which only the paid edition looks at.
    https://docs.zorem.com/docs/ast-free/add-tracking-to-orders/shipment-tracking-api/
    """

    space = const.ADVANCED_TRACKING_SPACE

    def _post(self, shipment: Shipment, number: str) -> Parcel | None:
        """Where a numbering plug-in is active AST takes the id for an order's *number*.

        Another order with that number gets the parcel then; the answer tells which.
        """
        made = super()._post(shipment, number) or {}
        other = _order_of(made)
        if other in ("", shipment.order_external_id):
            return made
        self._delete(other, _id(made))
        return None

    def _body(self, shipment: Shipment, number: str) -> dict[str, Any]:
        name, link = _carrier(shipment, number)
        return serialize.tracking(
            shipment,
            number,
            tracking_provider=name,
            custom_tracking_link=link,
            status_shipped=0,
            replace_tracking=0,
            **self._pieces(shipment),
        )

    def _pieces(self, shipment: Shipment) -> dict[str, str]:
        """``sku`` and ``qty`` of a part of the order; nothing where it is all of it, or where
        goods without a SKU are in it.
        """
        params = {"_fields": "line_items"}
        order = self._client.get(f"orders/{shipment.order_external_id}", params=params).mapping()
        goods = {fields.identifier(x.get("id")): x for x in fields.records(order.get("line_items"))}
        sent = {line.line_external_id: line.quantity for line in shipment.lines}
        everything = all(
            sent.get(key, Decimal(0)) >= fields.money(item.get("quantity"))
            for key, item in goods.items()
        )
        pairs = [
            (fields.text(goods.get(key, {}).get("sku")), quantity)
            for key, quantity in sent.items()
            if quantity
        ]
        if everything or not all(sku and "," not in sku for sku, _quantity in pairs):
            return {}
        return {
            "sku": ",".join(sku for sku, _quantity in pairs),
            "qty": ",".join(str(serialize.number(quantity)) for _sku, quantity in pairs),
        }

    def _tells(self, parcel: Parcel, shipment: Shipment) -> bool:
        """AST shows its own name for an alias and none for a carrier it doesn't know, so a
        carrier that was corrected without another number can't be told from those.
        """
        return True


def _numbers(shipment: Shipment) -> list[str]:
    text = shipment.tracking.number if shipment.tracking else ""
    return list(dict.fromkeys(filter(None, (part.strip() for part in text.split(",")))))


def _carrier(shipment: Shipment, number: str) -> tuple[str, str]:
    """Name and link of a parcel's carrier; without a name the link's host says who it is.

    The link that Odoo has is the first parcel's.
    """
    if shipment.tracking is None:
        return "", ""
    link = shipment.tracking.url
    for first in _numbers(shipment)[:1]:
        link = link.replace(first, number)
    return shipment.tracking.carrier or urlsplit(link).hostname or "", link


def _comparable(number: str) -> str:
    return "".join(number.split()).casefold()


def _number(parcel: Parcel) -> str:
    return _comparable(fields.text(parcel.get("tracking_number")))


def _id(parcel: Parcel) -> str:
    return fields.text(parcel.get("tracking_id"))


def _order_of(parcel: Parcel) -> str:
    """The order that a parcel says it belongs to; '' where it doesn't."""
    links = fields.records(fields.mapping(parcel.get("_links")).get("up"))
    match = re.search(r"/orders/(\d+)/?$", fields.text(links[0].get("href")) if links else "")
    return match[1] if match else ""


def _sent(parcels: list[Parcel]) -> Sent | None:
    return Sent(",".join(map(_id, parcels)), const.VIA_TRACKING) if parcels else None
