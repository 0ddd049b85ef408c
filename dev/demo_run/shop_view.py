"""What a shop knows of an order, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from woostore import Store, fulfillments, meta, orders, refunds

from .chapter import SHOP

Record = dict[str, Any]
Fact = tuple[tuple[Any, ...], str]
#: What WooCommerce's own notes are about: they repeat what is told already.
OWN_NOTES = ("tatus changed", "tock", "Added line items", "Refund ID", "fully refunded", "Payment")
#: Mails that follow from what Odoo or the shop's people did.
MAILS = {
    "completed": "“Your order is complete”",
    "partially_refunded": "“Partial refund”",
    "refunded": "“Refund”",
    "customer_note": "“A note about your order”",
    "fulfillment_created": "“Your parcel is on its way”",
}


def facts(store: Store, order_id: int) -> dict[tuple[Any, ...], str]:
    """Everything there is to say now, the status first."""
    with store.lock:
        shown = order(store, order_id)
        found = [
            _status(shown),
            *_number(shown),
            *_parcels(store, shown),
            *_refunds(store, shown),
            *_notes(store, shown),
            *_mails(store, shown),
        ]
    return {(SHOP, order_id, *key): text for key, text in found}


def order(store: Store, order_id: int) -> Record:
    """An order as REST shows it."""
    with store.lock:
        return orders.as_rest(store, store.orders[order_id])


def goods(order: Record) -> str:
    """``3 x Coffee mug, 1 x Cook book`` of an order as REST shows it."""
    return ", ".join(
        f"{line['quantity']} x {line['name']}" for line in order["line_items"] if line["quantity"]
    )


def part_of(line: Record, pieces: int) -> Record:
    """What REST takes to refund some pieces of a line."""
    share = Decimal(pieces) / line["quantity"]
    taxes = [
        {"id": tax["id"], "refund_total": f"{Decimal(tax['total']) * share:.2f}"}
        for tax in line["taxes"]
    ]
    total = f"{Decimal(line['total']) * share:.2f}"
    return {"id": line["id"], "quantity": pieces, "refund_total": total, "refund_tax": taxes}


def net(store: Store, order_id: int) -> Decimal:
    """The order's total less its refunds; nothing once it is over."""
    with store.lock:
        order = store.orders[order_id]
        if order["status"] in ("cancelled", "failed", "trash"):
            return Decimal(0)
        return refunds.remaining(store, order)


# --- one by one ---------------------------------------------------------------------------------


def _status(order: Record) -> Fact:
    return ("status",), f"order {order['number']} is {order['status']}"


def _number(order: Record) -> Iterator[Fact]:
    if number := meta.value(order["meta_data"], "odoo_order_number"):
        yield ("number",), f"keeps Odoo's number {number}"


def _parcels(store: Store, order: Record) -> Iterator[Fact]:
    names = {line["id"]: line["name"] for line in order["line_items"]}
    for record in fulfillments.of_order(store, order["id"]):
        values = {entry["key"]: entry["value"] for entry in record["meta_data"]}
        pieces = ", ".join(
            f"{row['qty']:g} x {names[row['item_id']]}" for row in values.get("_items", [])
        )
        number = values.get("_tracking_number")
        carrier = values.get("_provider_name") or values.get("_shipment_provider") or ""
        parcel = " ".join(filter(None, ("parcel", carrier.upper(), number)))
        yield ("parcel", record["id"]), f"{parcel}: {pieces}"


def _refunds(store: Store, order: Record) -> Iterator[Fact]:
    for refund in reversed(refunds.of_order(store, order["id"])):
        reason = f" ({refund['reason']})" if refund["reason"] else ""
        text = f"refund of {Decimal(str(refund['amount'])):.2f}{reason}"
        yield ("refund", refund["id"]), text


def _notes(store: Store, order: Record) -> Iterator[Fact]:
    for note in store.notes_of(order["id"]):
        if not any(words in note["note"] for words in OWN_NOTES):
            yield ("note", note["id"]), f"note “{note['note']}”"


def _mails(store: Store, order: Record) -> Iterator[Fact]:
    for number, mail in enumerate(store.mails_of(order["id"])):
        if mail.kind in MAILS:
            yield ("mail", number), f"mails {MAILS[mail.kind]} to the customer"
