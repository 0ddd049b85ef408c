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
from ...core.canonical import Sent, Shipment, Tracking
from . import const, fields, serialize
from .client import WooClient


class Trackings:
    """WooCommerce Shipment Tracking; see :class:`.shipments.Way`.

    Carriers it knows are called by the plug-in's own names and get its links; others are custom
    ones with the link that Odoo has. https://woocommerce.com/document/shipment-tracking/
    """

    via = const.VIA_TRACKING
    space = const.TRACKING_SPACE

    def __init__(self, client: WooClient) -> None:
        self._client = client

    def takes(self, shipment: Shipment) -> bool:
        return bool(shipment.tracking and shipment.tracking.number)

    def find(self, shipment: Shipment) -> Sent | None:
        return next(map(_sent, self._same_number(shipment, self._list(shipment))), None)

    def create(self, shipment: Shipment) -> Sent | None:
        made = self._client.post(self._path(shipment), self._body(shipment)).mapping()
        return _sent(made)

    def change(self, shipment: Shipment, known: Sent) -> Sent | None:
        """First add the new parcel, then take the old one away: none is ever missing.

        After an interruption between the two the new one is found by its number.
        """
        parcels = self._list(shipment)
        old = next((p for p in parcels if _sent(p) == known), None)
        same = self._same_number(shipment, parcels)
        if old in same and self._tells(old, shipment):
            return known
        new = next((_sent(parcel) for parcel in same if parcel is not old), None)
        if not new and self.takes(shipment):
            new = self.create(shipment)
        if old:
            self._delete(shipment.order_external_id, known.external_id)
        return new

    # === CALLS === #

    def _path(self, shipment: Shipment) -> str:
        return self._path_of(shipment.order_external_id)

    def _path_of(self, order_id: str) -> str:
        return f"/{self.space}/orders/{order_id}/shipment-trackings"

    def _list(self, shipment: Shipment) -> list[dict[str, Any]]:
        return self._client.get(self._path(shipment)).sequence()

    def _delete(self, order_id: str, tracking_id: str) -> None:
        with suppress(errors.NotFound):
            self._client.delete(f"{self._path_of(order_id)}/{tracking_id}")

    # === BODIES === #

    def _body(self, shipment: Shipment) -> dict[str, Any]:
        name, link = _carrier(shipment.tracking)
        known = self._carriers.get(name.casefold())
        if known:
            return serialize.tracking(shipment, tracking_provider=known)
        return serialize.tracking(
            shipment, custom_tracking_provider=name, custom_tracking_link=link
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
            answer = self._client.get(f"{self._path_of('1')}/providers")
        groups = map(fields.mapping, answer.mapping().values())
        return {fields.plain(name).casefold(): name for group in groups for name in group}

    def _tells(self, parcel: Mapping[str, Any], shipment: Shipment) -> bool:
        """Whether a parcel names the shipment's carrier as we would."""
        body = self._body(shipment)
        name = body.get("tracking_provider") or body.get("custom_tracking_provider")
        shown = fields.plain(parcel.get("tracking_provider"))
        return shown.casefold() == fields.plain(name).casefold()

    def _same_number(
        self, shipment: Shipment, parcels: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        number = _comparable(shipment.tracking.number if shipment.tracking else "")
        return [
            parcel
            for parcel in parcels
            if number and _comparable(fields.text(parcel.get("tracking_number"))) == number
        ]


class AdvancedTrackings(Trackings):
    """Advanced Shipment Tracking, by its own namespace.

    It finds carriers by their names and aliases itself. Its ``status_shipped`` would change the
    order's status, which is never done from here: the order's status is told on its own. Parts of
    an order are named by SKU and quantity, which only the paid edition looks at.
    https://docs.zorem.com/docs/ast-free/add-tracking-to-orders/shipment-tracking-api/
    """

    space = const.ADVANCED_TRACKING_SPACE

    def create(self, shipment: Shipment) -> Sent | None:
        """Where a numbering plug-in is active AST takes the id for an order's *number*.

        Another order with that number gets the parcel then; its answer tells which.
        """
        made = self._client.post(self._path(shipment), self._body(shipment)).mapping()
        other = _order_of(made)
        if other in ("", shipment.order_external_id):
            return _sent(made)
        self._delete(other, _sent(made).external_id)
        return None

    def _body(self, shipment: Shipment) -> dict[str, Any]:
        name, link = _carrier(shipment.tracking)
        return serialize.tracking(
            shipment,
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

    def _tells(self, parcel: Mapping[str, Any], shipment: Shipment) -> bool:
        """AST shows its own name for an alias and none for a carrier it doesn't know, so a
        carrier that was corrected without another number can't be told from those.
        """
        return True


def _carrier(parcel: Tracking | None) -> tuple[str, str]:
    """Name and link of a carrier; without a name the link's host says who it is."""
    if parcel is None:
        return "", ""
    return parcel.carrier or urlsplit(parcel.url).hostname or "", parcel.url


def _comparable(number: str) -> str:
    return "".join(number.split()).casefold()


def _order_of(record: Mapping[str, Any]) -> str:
    """The order that a parcel says it belongs to; '' where it doesn't."""
    links = fields.records(fields.mapping(record.get("_links")).get("up"))
    match = re.search(r"/orders/(\d+)/?$", fields.text(links[0].get("href")) if links else "")
    return match[1] if match else ""


def _sent(record: Mapping[str, Any]) -> Sent:
    return Sent(fields.text(record.get("tracking_id")), const.VIA_TRACKING)
