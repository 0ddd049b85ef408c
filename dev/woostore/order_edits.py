"""Edits of an order in the shop's admin: a thin layer on what REST does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import notes, order_writes, products
from .rounding import dec

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]


def edit(
    store: Store,
    order: Record,
    set_quantity: Mapping[int, float],
    add: list[tuple[int | str, float]],
    remove: list[int],
    changes: Record,
) -> None:
    """See ``Store.edit_order``."""
    lines = {line["id"]: line for line in order["line_items"]}
    new = [(products.find(store, which), pieces) for which, pieces in add]
    rows = [_scaled(lines[key], pieces) for key, pieces in set_quantity.items()]
    rows += [{"id": key, "product_id": None} for key in remove]
    rows += [{"product_id": product["id"], "quantity": pieces} for product, pieces in new]
    order_writes.update(store, order, {**changes, "line_items": rows} if rows else changes)
    if new:
        names = ", ".join(product["name"] for product, _pieces in new)
        notes.add(store, order["id"], f"Added line items: {names}", author="admin")


def _scaled(line: Record, pieces: float) -> Record:
    """REST leaves the amounts of a line alone; the admin multiplies them."""
    before = dec(line["quantity"])
    factor = dec(pieces) / before if before else dec(0)
    amounts = {key: str(dec(line[key]) * factor) for key in ("subtotal", "total")}
    return {"id": line["id"], "quantity": pieces, **amounts}
