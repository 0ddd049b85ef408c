"""Order notes: no event, no date, an e-mail to the customer where ``customer_note`` is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import mails
from .links import READ_DELETE, item_links

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]


def add(
    store: Store,
    order_id: int,
    text: str,
    *,
    customer_note: bool = False,
    author: str = "WooCommerce",
) -> Record:
    note = {
        "id": store.next_id("note"),
        "order_id": order_id,
        "author": author,
        "date_created_gmt": store.clock.stamp(),
        "note": text,
        "customer_note": customer_note,
    }
    store.notes[note["id"]] = note
    if customer_note and order_id in store.orders:
        mails.send(store, store.orders[order_id], "customer_note", text)
    return note


def of_order(store: Store, order_id: int) -> list[Record]:
    """Newest first, by the second; within one second in the order they were made."""
    found = [note for note in store.notes.values() if note["order_id"] == order_id]
    return sorted(found, key=lambda n: n["date_created_gmt"], reverse=True)


def as_json(store: Store, note: Record) -> Record:
    order = f"orders/{note['order_id']}"
    return {
        "id": note["id"],
        "author": note["author"],
        "date_created": store.local(note["date_created_gmt"]),
        "date_created_gmt": note["date_created_gmt"],
        "note": note["note"],
        "customer_note": note["customer_note"],
        "_links": item_links(
            store, f"{order}/notes/{note['id']}", f"{order}/notes", READ_DELETE, order
        ),
    }
