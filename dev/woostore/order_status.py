"""The status of an order, and what follows from it: dates, notes, stock, mails, a last refund."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import gateways, mails, notes, order_stock

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

REFUND_BY_STATUS = (
    "Order status set to refunded. To return funds to the customer you will need to issue a "
    "refund through your payment gateway."
)


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
    order_stock.follow_status(store, order)
    gateways.status_changed(store, order)
    mails.status_changed(store, order, before)
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
        refund = refunds.record(store, order, left, [], "Order fully refunded.", restock=False)
        refunds.tell(store, order, refund, "refunded")
        notes.add(store, order["id"], REFUND_BY_STATUS)
