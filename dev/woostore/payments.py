"""Payments that come after the order: a transfer arrives, an authorised card is captured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import gateways, notes, order_status, orders
from .defaults import PAID_BY_HAND

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

# Statuses in which payment_complete does anything.
PAYABLE = {"on-hold", "pending", "failed", "cancelled"}


def pay(store: Store, order: Record, reference: str | None) -> None:
    """The payment arrived. ValueError: the order is in no state to be paid."""
    if order["status"] not in PAYABLE:
        raise ValueError(f"order {order['id']} is {order['status']}")
    if order["payment_method"] not in PAID_BY_HAND:
        gateways.take(store, order, reference or "")
    changed = order_status.payment_complete(store, order, reference or "")
    orders.saved(store, order, changed)


def capture(store: Store, order: Record) -> None:
    """Take the money of an authorised card. ValueError: there is none to take."""
    if not gateways.is_uncaptured(order):
        raise ValueError(f"order {order['id']} has no authorised payment")
    gateways.take(store, order)
    text = f"Payment captured (transaction {order['transaction_id']})"
    notes.add(store, order["id"], text)
    orders.saved(store, order, order_status.payment_complete(store, order))
