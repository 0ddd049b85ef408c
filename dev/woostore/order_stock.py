"""What orders do to the shelf: take goods, give them back, follow edits and refunds.

A product line remembers in its meta what it has taken and still holds (``_reduced_stock``) and
what refunds have put back (``_restock_refunded_items``). Source: wc-stock-functions.php,
wc_maybe_adjust_line_item_product_stock, wc_restock_refunded_items.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import meta, notes, stock
from .rounding import ZERO, dec, number

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

TAKEN = "_reduced_stock"
RESTOCKED = "_restock_refunded_items"
HOLDS_STOCK = {"processing", "on-hold", "completed"}
RETURNS_STOCK = {"pending", "cancelled"}


def follow_status(store: Store, order: Record) -> None:
    if order["status"] in HOLDS_STOCK:
        take(store, order)
    elif order["status"] in RETURNS_STOCK:
        give_back(store, order)


def take(store: Store, order: Record) -> None:
    """Take the goods off the shelf, once for the whole order."""
    if _has_taken(order):
        return
    told = []
    for line, product in _kept_lines(store, order):
        before, after = _move(store, product, -dec(line["quantity"]))
        meta.put(line["meta_data"], TAKEN, str(line["quantity"]))
        told.append(f"{product['name']} ({product['sku']}) {before}&rarr;{after}")
    order["_stock_taken"] = True
    if told:
        notes.add(store, order["id"], "Stock levels reduced: " + ", ".join(told))


def give_back(store: Store, order: Record) -> None:
    """Put back what the lines still hold; a line whose goods all came back keeps its 0."""
    told = []
    for line, product in _kept_lines(store, order):
        held = _held(line)
        if held:
            before, after = _move(store, product, held)
            meta.drop(line["meta_data"], TAKEN)
            told.append(f"{product['name']} ({product['sku']}) {before}&rarr;{after}")
    order["_stock_taken"] = False
    if told:
        notes.add(store, order["id"], "Stock levels increased: " + ", ".join(told))


def adjust(store: Store, order: Record, line: Record) -> None:
    """After an edit: the shelf follows the line's quantity, as far as the order holds stock."""
    product = _keeper(store, line)
    if order["status"] not in HOLDS_STOCK or product is None:
        return
    wanted = dec(line["quantity"]) - dec(meta.value(line["meta_data"], RESTOCKED))
    if wanted == _held(line):
        return
    before, after = _move(store, product, _held(line) - wanted)
    meta.put(line["meta_data"], TAKEN, str(number(wanted)))
    order["_stock_taken"] = True
    text = f"Adjusted stock: {line['name']} ({before}&rarr;{after})"
    notes.add(store, order["id"], text, author="admin")


def put_back(store: Store, line: Record) -> None:
    """A line is removed: what it still holds goes back, without a word."""
    product = _keeper(store, line)
    if product is not None and _held(line):
        _move(store, product, _held(line))


def restock(store: Store, order: Record, rows: list[Record]) -> None:
    """A refund puts pieces back, as many as it says, if the line still holds any."""
    wanted = {row.get("id"): dec(row.get("quantity") or 0) for row in rows}
    for line, product in _kept_lines(store, order):
        pieces = wanted.get(line["id"], ZERO)
        if not pieces or not _held(line):
            continue
        before, after = _move(store, product, pieces)
        restocked = dec(meta.value(line["meta_data"], RESTOCKED))
        meta.put(line["meta_data"], TAKEN, str(number(_held(line) - pieces)))
        meta.put(line["meta_data"], RESTOCKED, str(number(restocked + pieces)))
        text = f"Item #{product['id']} stock increased from {before} to {after}."
        notes.add(store, order["id"], text)


def _has_taken(order: Record) -> bool:
    """Orders that were recorded do not say it themselves, their lines do."""
    lines = order["line_items"]
    return order.get("_stock_taken", any(meta.find(li["meta_data"], TAKEN) for li in lines))


def _held(line: Record) -> Decimal:
    return dec(meta.value(line["meta_data"], TAKEN))


def _keeper(store: Store, line: Record) -> Record | None:
    return stock.stock_keeper(store, line.get("variation_id") or line.get("product_id", 0))


def _kept_lines(store: Store, order: Record) -> list[tuple[Record, Record]]:
    """Lines with the product that keeps their stock; others move nothing."""
    pairs = [(line, _keeper(store, line)) for line in order["line_items"]]
    return [(line, product) for line, product in pairs if product is not None]


def _move(store: Store, product: Record, pieces: Decimal) -> tuple[float, float]:
    """Change the stock and save; returns what it was and what it is."""
    before = product["stock_quantity"] or 0
    stock.set_stock(store, product, before + number(pieces))
    stock.saved(store, product)
    return before, product["stock_quantity"]
