"""The status of an order, and what follows from it: dates, notes, stock, a last refund."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import notes, stock
from .rounding import dec, number

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

REDUCES_STOCK = {"processing", "on-hold", "completed"}


RETURNS_STOCK = {"pending", "cancelled"}


def needs_processing(store: Store, order: Record) -> bool:
    """Whether anything but virtual downloads is in it."""
    for line in order["line_items"]:
        product = store.products.get(line["variation_id"] or line["product_id"])
        if product and not (product["virtual"] and product["downloadable"]):
            return True
    return False


def status_name(store: Store, status: str) -> str:
    return store.statuses.get(status, status)


def set_status(store: Store, order: Record, status: str, note: str = "") -> set[str]:
    """Change the status with all that follows from it; returns the changed fields.

    Does not save. An unknown status becomes ``pending``, as WooCommerce makes it.
    """
    if status not in store.statuses and status not in ("trash", "auto-draft"):
        status = "pending"
    before = order["status"]
    if status == before:
        return set()
    order["status"] = status
    _set_dates(store, order)
    if before not in ("auto-draft", "new"):
        text = f"Order status changed from {status_name(store, before)} to "
        text += f"{status_name(store, status)}."
        notes.add(store, order["id"], f"{note} {text}".strip())
    if status in REDUCES_STOCK:
        reduce_stock(store, order)
    elif status in RETURNS_STOCK:
        return_stock(store, order)
    if status == "refunded":
        _refund_the_rest(store, order)
    return {"status"}


def _set_dates(store: Store, order: Record) -> None:
    now = store.clock.stamp()
    if order["status"] == "completed":
        order["date_completed_gmt"] = now
    paid = {paid_status(store, order), "completed"}
    if order["status"] in paid and not order["date_paid_gmt"]:
        order["date_paid_gmt"] = now


def paid_status(store: Store, order: Record) -> str:
    """The status a payment leads to. Cash on delivery counts as paid only when completed."""
    if order["payment_method"] == "cod":
        return "completed"
    return "processing" if needs_processing(store, order) else "completed"


def payment_complete(store: Store, order: Record, transaction_id: str = "") -> set[str]:
    """A payment arrived: date, transaction and status. Does not save."""
    if transaction_id:
        order["transaction_id"] = transaction_id
    order["date_paid_gmt"] = order["date_paid_gmt"] or store.clock.stamp()
    return {"transaction_id", *set_status(store, order, paid_status(store, order))}


def _refund_the_rest(store: Store, order: Record) -> None:
    from . import refunds  # refunds changes orders in turn

    left = refunds.remaining(store, order)
    if left > 0:
        refunds.record(store, order, left, [], "Order fully refunded.", restock=False)


def reduce_stock(store: Store, order: Record) -> None:
    """Take the goods off the shelf, once; each line remembers by ``_reduced_stock``."""
    told = []
    for line in order["line_items"]:
        product = stock.stock_keeper(store, line["variation_id"] or line["product_id"])
        if product is None or _reduced(line):
            continue
        before = product["stock_quantity"] or 0
        after = before - line["quantity"]
        stock.set_stock(store, product, after)
        stock.saved(store, product)
        value = str(line["quantity"])
        line["meta_data"].append({"id": 0, "key": "_reduced_stock", "value": value})
        told.append(f"{product['name']} ({product['sku']}) {before}&rarr;{after}")
    if told:
        notes.add(store, order["id"], "Stock levels reduced: " + ", ".join(told))


def _reduced(line: Record) -> Record | None:
    return next((m for m in line["meta_data"] if m["key"] == "_reduced_stock"), None)


def return_stock(store: Store, order: Record) -> None:
    told = []
    for line in order["line_items"]:
        meta = _reduced(line)
        product = stock.stock_keeper(store, line["variation_id"] or line["product_id"])
        if meta is None or product is None:
            continue
        before = product["stock_quantity"] or 0
        after = before + number(dec(meta["value"]))
        stock.set_stock(store, product, after)
        stock.saved(store, product)
        line["meta_data"].remove(meta)
        told.append(f"{product['name']} ({product['sku']}) {before}&rarr;{after}")
    if told:
        notes.add(store, order["id"], "Stock levels increased: " + ", ".join(told))
