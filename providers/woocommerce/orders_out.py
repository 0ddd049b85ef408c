"""What Odoo tells about an order: its status and number, and notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core import errors
from ...core.canonical import Note, OrderUpdate, Sent
from . import const, fields, serialize
from .answer import Answer
from .client import WooClient


def update_order(client: WooClient, order_id: str, update: OrderUpdate) -> Answer:
    """Change an order and read it as it is afterwards, in one request.

    :raises errors.NotFound: it is gone, or in the trash (``order_in_trash``)
    :raises errors.Rejected: ``unknown_status``, the shop has no such status
    """
    path = f"orders/{order_id}"
    if update.status_code:
        _check_not_in_trash(client, path)
    params = {"dp": const.DECIMAL_PLACES}
    try:
        return client.put(path, serialize.order_update(update), params=params)
    except errors.Rejected as error:
        if "status" not in error.params.get("fields", "").split(", "):
            raise
    raise errors.Rejected("unknown_status", status=update.status_code)


def _check_not_in_trash(client: WooClient, path: str) -> None:
    """A status takes an order out of the trash, and where orders have tables nobody is told."""
    order = client.get(path, params={"_fields": "status"}).mapping()
    if fields.text(order.get("status")) == "trash":
        raise errors.NotFound("order_in_trash")


def add_note(client: WooClient, note: Note, look_first: bool) -> Sent:
    """Write a note. One for the customer is mailed each time it is written."""
    path = f"orders/{note.order_external_id}/notes"
    if look_first:
        found = find_note(client, path, note.marker)
        if found:
            return found
    return _sent(client.post(path, serialize.note(note)).mapping())


def find_note(client: WooClient, path: str, marker: str) -> Sent | None:
    """The note whose text has the marker in it. All notes of an order come at once."""
    for record in client.get(path).sequence():
        if marker in fields.paragraphs(record.get("note")):
            return _sent(record)
    return None


def _sent(record: Mapping[str, Any]) -> Sent:
    return Sent(fields.identifier(record.get("id")), const.VIA_NOTE)
