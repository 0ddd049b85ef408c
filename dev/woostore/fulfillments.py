"""Fulfilments of WooCommerce itself (10.1 and later, switched off unless the shop wants them).

Source: OrderFulfillmentsRestController, FulfillmentsDataStore, FulfillmentsManager.
- The status decides ``is_fulfilled``; an unknown one becomes what the fulfilment was before.
- Items are checked for their form only: neither that the order has them, nor how many are left.
- Every change saves the order, with the meta ``_fulfillment_status``, so order.updated fires.
- Deleted ones stay, with a date, and are not listed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import mails, meta, notes, orders, refunds
from .errors import RestError
from .rounding import ZERO, dec, number

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

ENTITY = "WC_Order"
STATUSES = {"unfulfilled": "Unfulfilled", "fulfilled": "Fulfilled"}
ORDER_STATUSES = {
    **STATUSES,
    "partially_fulfilled": "Partially fulfilled",
    "no_fulfillments": "No fulfillments",
}
ORDER_STATUS = "_fulfillment_status"


class Invalid(RestError):
    """PHP exceptions without a code of their own: the error code is the number 0."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(code, message, 400)


def of_order(store: Store, order_id: int) -> list[Record]:
    """The fulfilments that are not deleted, oldest first."""
    rows = store.fulfillments.values()
    return [f for f in rows if f["entity_id"] == str(order_id) and not f["date_deleted"]]


def fulfilled(store: Store, order_id: int) -> dict[int, int | float]:
    """Pieces that left, by order line."""
    rows = [f for f in of_order(store, order_id) if f["is_fulfilled"]]
    return {key: number(value) for key, value in _pieces(rows).items()}


# --- writing -----------------------------------------------------------------------------------


def create(store: Store, order: Record, params: Record) -> Record:
    """Meta entries without id, key and value are passed over in silence."""
    given = [m for m in params["meta_data"] if _complete(m)]
    record: Record = {
        "id": 0,
        "entity_type": ENTITY,
        "entity_id": str(order["id"]),
        "status": None,
        "is_fulfilled": False,
        "date_updated": None,
        "date_deleted": None,
        "meta_data": [{"id": 0, "key": m["key"], "value": m["value"]} for m in given],
    }
    _set_status(record, params.get("status"))
    _check(record)
    record["id"] = store.next_id("fulfillment")
    store.fulfillments[record["id"]] = record
    _saved(store, order, record)
    text = f"Fulfillment #{record['id']} created (status: {STATUSES[record['status']]})."
    _note(store, order, f"{text} {_summary(order, record)}")
    return record


def update(store: Store, order: Record, record: Record, params: Record) -> None:
    """Keys of the meta that are not sent are removed. A deleted fulfilment does not change."""
    if record["date_deleted"]:
        return
    changed = {**record, "meta_data": [dict(entry) for entry in record["meta_data"]]}
    _set_status(changed, params.get("status"))
    if params.get("meta_data") is not None:
        change_meta(changed, params["meta_data"])
    _check(changed)
    before = (record["status"], _summary(order, record))
    record.update(changed)
    _saved(store, order, record)
    _tell_update(store, order, record, *before)


def _tell_update(store: Store, order: Record, record: Record, status: str, summary: str) -> None:
    name = f"Fulfillment #{record['id']}"
    if record["status"] != status:
        text = f"status changed from {STATUSES[status]} to {STATUSES[record['status']]}."
        _note(store, order, f"{name} {text}")
    elif _summary(order, record) != summary:
        _note(store, order, f"{name} updated. {_summary(order, record)}")


def change_meta(record: Record, rows: list[Record]) -> None:
    """Upsert by id, else by key; what is not sent goes."""
    rows = [row for row in rows if isinstance(row, dict)]
    for row in rows:
        known = [m for m in record["meta_data"] if row.get("id") and m["id"] == row["id"]]
        entry = known[0] if known else meta.find(record["meta_data"], row.get("key", ""))
        if entry is None:
            entry = {"id": 0}
            record["meta_data"].append(entry)
        entry.update(key=row.get("key", ""), value=row.get("value"))
    sent = {row.get("key") for row in rows}
    record["meta_data"] = [
        m for m in record["meta_data"] if m["key"] in sent and m["value"] is not None
    ]


def delete(store: Store, order: Record, record: Record) -> None:
    """A second time nothing happens, and that is no error."""
    if not record["date_deleted"]:
        record["date_deleted"] = _now(store)
        _touch(store, order)
        _note(store, order, f"Fulfillment #{record['id']} deleted.")


def _complete(entry: Any) -> bool:
    keys = ("id", "key", "value")
    return isinstance(entry, dict) and all(entry.get(key) is not None for key in keys)


def _set_status(record: Record, status: str | None) -> None:
    if status is None:
        return
    if status not in STATUSES:
        status = "fulfilled" if record["is_fulfilled"] else "unfulfilled"
    record.update(status=status, is_fulfilled=status == "fulfilled")


def _check(record: Record) -> None:
    if record["status"] is None:
        raise Invalid("Invalid fulfillment status.")
    items = meta.value(record["meta_data"], "_items")
    if not items:
        raise Invalid("The fulfillment should contain at least one item.")
    if not isinstance(items, (list, dict)):
        raise Invalid("The fulfillment items should be an array.")
    rows = items if isinstance(items, list) else list(items.values())
    if not all(_is_item(row) for row in rows):
        raise Invalid("Invalid item.")


def _is_item(row: Any) -> bool:
    if not isinstance(row, dict):
        return False
    line, pieces = row.get("item_id"), row.get("qty")
    return (
        type(line) is int and line > 0 and type(pieces) in (int, float) and pieces > 0  # type: ignore[operator]
    )


def _saved(store: Store, order: Record, record: Record) -> None:
    record["date_updated"] = _now(store)
    if record["is_fulfilled"] and not meta.find(record["meta_data"], "_date_fulfilled"):
        meta.put(record["meta_data"], "_date_fulfilled", _now(store))
    for entry in record["meta_data"]:
        entry["id"] = entry["id"] or store.next_id("fulfillment_meta")
    _touch(store, order)


def _now(store: Store) -> str:
    """The site's time, as MySQL writes it."""
    return (store.local(store.clock.stamp()) or "").replace("T", " ")


# --- what it does to the order -----------------------------------------------------------------


def _touch(store: Store, order: Record) -> None:
    before = meta.value(order["meta_data"], ORDER_STATUS, "no_fulfillments")
    after = order_status_of(store, order)
    if after == "no_fulfillments":
        meta.drop(order["meta_data"], ORDER_STATUS)
    else:
        meta.put(order["meta_data"], ORDER_STATUS, after)
    if after != before:
        names = f"from {ORDER_STATUSES[before]} to {ORDER_STATUSES[after]}"
        _note(store, order, f"Order fulfillment status changed {names}.")
    orders.saved(store, order, {"meta_data"})


def order_status_of(store: Store, order: Record) -> str:
    rows = of_order(store, order["id"])
    if not rows:
        return "no_fulfillments"
    left = _left(order, rows, refunds.quantities(store, order))
    if all(f["is_fulfilled"] for f in rows) and not any(value > 0 for value in left.values()):
        return "fulfilled"
    some = any(f["is_fulfilled"] for f in rows)
    return "partially_fulfilled" if some else "unfulfilled"


def _left(order: Record, rows: list[Record], refunded: dict[int, Decimal]) -> dict[int, Decimal]:
    """Pieces of each line that are in no fulfilment and not refunded."""
    packed = _pieces(rows)
    return {
        line["id"]: dec(line["quantity"])
        - packed.get(line["id"], ZERO)
        - refunded.get(line["id"], ZERO)
        for line in order["line_items"]
    }


def _pieces(rows: list[Record]) -> dict[int, Decimal]:
    packed: dict[int, Decimal] = {}
    for record in rows:
        for row in items_of(record):
            packed[row["item_id"]] = packed.get(row["item_id"], ZERO) + dec(row["qty"])
    return packed


def items_of(record: Record) -> list[Record]:
    items = meta.value(record["meta_data"], "_items", [])
    return list(items.values()) if isinstance(items, dict) else items


def after_refund(store: Store, order: Record) -> None:
    """Refunded pieces leave the drafts, as far as unpacked ones do not cover them."""
    rows, refunded = of_order(store, order["id"]), refunds.quantities(store, order)
    if not rows or not refunded:
        return
    unpacked = _left(order, rows, {})
    missing = {key: value - max(unpacked.get(key, ZERO), ZERO) for key, value in refunded.items()}
    if not any(value > 0 for value in missing.values()):
        return
    for record in rows:
        if not record["is_fulfilled"]:
            _take_out(store, record, missing)
    _touch(store, order)


def _take_out(store: Store, record: Record, missing: dict[int, Decimal]) -> None:
    kept = []
    for row in items_of(record):
        gone = min(max(missing.get(row["item_id"], ZERO), ZERO), dec(row["qty"]))
        missing[row["item_id"]] = missing.get(row["item_id"], ZERO) - gone
        if dec(row["qty"]) > gone:
            kept.append({**row, "qty": number(dec(row["qty"]) - gone)})
    if kept:
        meta.put(record["meta_data"], "_items", kept)
    else:
        record["date_deleted"] = _now(store)


# --- words -------------------------------------------------------------------------------------


def mail(store: Store, order: Record, record: Record, what: str) -> None:
    """``what``: created, updated or deleted."""
    text = f"Fulfillment #{record['id']} {what}. {_summary(order, record)}"
    mails.send(store, order, f"fulfillment_{what}", text)


def _note(store: Store, order: Record, text: str) -> None:
    if store.release >= (10, 7):
        notes.add(store, order["id"], text)


def described(order: Record, record: Record) -> str:
    return f"{STATUSES[record['status']]} #{record['id']}. {_summary(order, record)}"


def _summary(order: Record, record: Record) -> str:
    names = {line["id"]: line["name"] for line in order["line_items"]}
    rows = [
        f"{names.get(row['item_id'], 'Item #' + str(row['item_id']))} x{row['qty']}"
        for row in items_of(record)
    ]
    tracking = meta.value(record["meta_data"], "_tracking_number")
    text = f"Items: {', '.join(rows)}."
    return f"{text} Tracking: {tracking}." if tracking else text


def as_json(record: Record) -> Record:
    """``date_deleted`` is there only when it has a value."""
    out = {key: value for key, value in record.items() if key != "meta_data"}
    if not out["date_deleted"]:
        del out["date_deleted"]
    return {**out, "meta_data": [dict(entry) for entry in record["meta_data"]]}
