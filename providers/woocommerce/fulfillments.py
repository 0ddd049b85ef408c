"""WooCommerce's own fulfilments (10.1 and later, where they are switched on)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core import errors
from ...core.canonical import Sent, Shipment
from . import const, fields, serialize
from .client import WooClient


class Fulfillments:
    """See :class:`.shipments.Way`.

    A change removes the meta data that it doesn't name, and one of a fulfilment that a person has
    deleted is answered as if it had happened; so the list, which leaves out deleted ones, is read
    before. The customer is mailed as :attr:`Shipment.notify_customer` says.
    """

    via = const.VIA_FULFILLMENT

    def __init__(self, client: WooClient) -> None:
        self._client = client

    def takes(self, shipment: Shipment) -> bool:
        return bool(serialize.fulfillment_items(shipment))

    def find(self, shipment: Shipment) -> Sent | None:
        for record in self._list(shipment):
            if _meta(record).get(const.FULFILLMENT_MARKER) == shipment.marker:
                return _sent(record)
        return None

    def tell(self, shipment: Shipment) -> Sent:
        return _sent(self._write(self._client.post, _path(shipment), shipment, []))

    def change(self, shipment: Shipment, known: Sent) -> Sent | None:
        for record in self._list(shipment):
            if fields.identifier(record.get("id")) == known.external_id and self.takes(shipment):
                return self._update(shipment, known, fields.records(record.get("meta_data")))
        return None

    def _update(self, shipment: Shipment, known: Sent, meta: list[dict[str, Any]]) -> Sent:
        wanted = {entry["key"]: entry["value"] for entry in serialize.fulfillment_meta(shipment)}
        known_keys = const.FULFILLMENT_KEYS
        ours = {x.get("key"): x.get("value") for x in meta if x.get("key") in known_keys}
        kept = [entry for entry in meta if entry.get("key") not in known_keys]
        if ours != wanted:
            path = f"{_path(shipment)}/{known.external_id}"
            self._write(self._client.put, path, shipment, kept)
        return known

    def _list(self, shipment: Shipment) -> list[dict[str, Any]]:
        return self._client.get(_path(shipment)).sequence()

    def _write(
        self, call: Any, path: str, shipment: Shipment, kept: list[dict[str, Any]]
    ) -> Mapping[str, Any]:
        """Part of a piece is a number with decimals, or, where the shop wants whole pieces only,
        a whole one: what is said of a parcel must not fail for that.
        """
        try:
            return call(path, serialize.fulfillment(shipment, kept)).mapping()
        except errors.Rejected as error:
            if error.code == "no_route" or not serialize.has_fractions(shipment):
                raise
        return call(path, serialize.fulfillment(shipment, kept, whole=True)).mapping()


def _path(shipment: Shipment) -> str:
    return f"orders/{shipment.order_external_id}/fulfillments"


def _meta(record: Mapping[str, Any]) -> dict[Any, Any]:
    return {
        entry.get("key"): entry.get("value") for entry in fields.records(record.get("meta_data"))
    }


def _sent(record: Mapping[str, Any]) -> Sent:
    return Sent(fields.identifier(record.get("id")), const.VIA_FULFILLMENT)
