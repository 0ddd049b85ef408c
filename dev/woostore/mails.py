"""What the shop mails to customers. Mails to its own people are not kept.

Orders without an e-mail address get none. Source: the triggers of WooCommerce's e-mail classes;
the customer's mail about a failed order exists since 9.5, cancellations are not mailed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import meta

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

UNPAID = {"pending", "failed", "cancelled"}
TRACKINGS = "_wc_shipment_tracking_items"
# Statuses of a plug-in that mails about them.
SHIPPED = {"partial-shipped": "partial_shipped", "updated-tracking": "updated_tracking"}


class Mail(NamedTuple):
    """``kind``: customer_note, on_hold, processing, completed, failed, refunded,
    partially_refunded, fulfillment_created/_updated/_deleted, partial_shipped, updated_tracking.
    """

    order_id: int
    kind: str
    text: str


def send(store: Store, order: Record, kind: str, text: str) -> None:
    if order["billing"].get("email"):
        store.mails.append(Mail(order["id"], kind, text))


def of_order(store: Store, order_id: int, kind: str | None = None) -> list[Mail]:
    return [m for m in store.mails if m.order_id == order_id and kind in (None, m.kind)]


def status_changed(store: Store, order: Record, before: str) -> None:
    kind = _kind(store, before, order["status"])
    if kind:
        number = order.get("number") or order["id"]
        text = f"Order {number}: {store.statuses.get(order['status'], '')}."
        send(store, order, kind, " ".join((text, *_parcels(order))))


def _kind(store: Store, before: str, after: str) -> str | None:
    if after == "completed":
        return "completed"
    if after == "processing" and before in UNPAID | {"on-hold"}:
        return "processing"
    if after == "on-hold" and before in UNPAID:
        return "on_hold"
    if after == "failed" and store.release >= (9, 5):
        return "failed"
    return SHIPPED.get(after) if "advanced-shipment-tracking" in store.features else None


def _parcels(order: Record) -> list[str]:
    """The tracking plug-ins add to every mail what they know by then."""
    items = meta.value(order["meta_data"], TRACKINGS, [])
    return [f"Tracking: {item['tracking_number']}" for item in items]
