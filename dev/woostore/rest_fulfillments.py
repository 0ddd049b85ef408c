"""Endpoints of an order's fulfilments, and the guess at a carrier by its tracking number."""

from __future__ import annotations

import re
from typing import Any

from . import fulfillments
from .errors import RestError
from .fulfillments import Invalid
from .rest import Answer, Call
from .schema import TRUE
from .schemas import BOOL, STR

Record = dict[str, Any]

NOTIFY: Record = {**BOOL, "default": False}
META_WRITE: Record = {"type": "array", "required": True}
WRITE: Record = {
    "status": STR,
    "is_fulfilled": BOOL,
    "meta_data": META_WRITE,
    "notify_customer": NOTIFY,
    "customer_note": STR,
}
DELETE: Record = {"notify_customer": NOTIFY}
WRITE_META: Record = {"meta_data": META_WRITE}
DELETE_META: Record = {"meta_key": {**STR, "required": True}}
LOOKUP: Record = {"tracking_number": {**STR, "required": True}}

# Carriers that are known by the form of their numbers: key, form, address of the tracking page.
CARRIERS = (
    ("ups", r"1Z[0-9A-Z]{16}", "https://www.ups.com/track?tracknum={}"),
    ("postnl", r"3S[A-Z0-9]{11,13}", "https://postnl.nl/tracktrace/?B={}"),
    ("fedex", r"\d{12}|\d{15}", "https://www.fedex.com/fedextrack/?trknbr={}"),
    ("dhl", r"\d{10}|JJD\d{14,18}", "https://www.dhl.com/en/express/tracking.html?AWB={}"),
    ("bpost", r"\d{24}", "https://track.bpost.cloud/btr/web/#/search?itemCode={}"),
)


def _order(call: Call) -> Record:
    order_id = int(call.args[0])
    if order_id not in call.store.orders:
        # Its status is a text here, as PHP made it.
        data = {"status": "404"}
        raise RestError("woocommerce_rest_order_invalid_id", "Invalid order ID.", 404, data)
    return call.store.orders[order_id]


def _fulfillment(call: Call, order: Record) -> Record:
    record = call.store.fulfillments.get(int(call.args[1]))
    if record is None:
        raise Invalid("Fulfillment not found.")
    if record["entity_id"] != str(order["id"]):
        raise Invalid("Invalid fulfillment ID.")
    return record


def list_fulfillments(call: Call) -> Answer:
    order = _order(call)
    rows = fulfillments.of_order(call.store, order["id"])
    return Answer([fulfillments.as_json(row) for row in rows])


def create_fulfillment(call: Call) -> Answer:
    order = _order(call)
    record = fulfillments.create(call.store, order, call.params)
    if record["is_fulfilled"] and call.params["notify_customer"] in TRUE:
        fulfillments.mail(call.store, order, record, "created")
    return Answer(fulfillments.as_json(record), 201)


def view_fulfillment(call: Call) -> Answer:
    record = _fulfillment(call, _order(call))
    if record["date_deleted"]:
        raise Invalid("Fulfillment not found.", 404)
    return Answer(fulfillments.as_json(record))


def update_fulfillment(call: Call) -> Answer:
    order = _order(call)
    record = _fulfillment(call, order)
    was_fulfilled = record["is_fulfilled"]
    fulfillments.update(call.store, order, record, call.params)
    if record["is_fulfilled"] and call.params["notify_customer"] in TRUE:
        what = "updated" if was_fulfilled else "created"
        fulfillments.mail(call.store, order, record, what)
    return Answer(fulfillments.as_json(record))


def delete_fulfillment(call: Call) -> Answer:
    order = _order(call)
    record = _fulfillment(call, order)
    fulfillments.delete(call.store, order, record)
    if record["is_fulfilled"] and call.params["notify_customer"] in TRUE:
        fulfillments.mail(call.store, order, record, "deleted")
    return Answer({"message": "Fulfillment deleted successfully."})


# --- its meta ----------------------------------------------------------------------------------


def view_meta(call: Call) -> Answer:
    return Answer([dict(m) for m in _fulfillment(call, _order(call))["meta_data"]])


def update_meta(call: Call) -> Answer:
    order = _order(call)
    record = _fulfillment(call, order)
    changes = {"meta_data": call.params["meta_data"]}
    fulfillments.update(call.store, order, record, changes)
    return view_meta(call)


def delete_meta(call: Call) -> Answer:
    order = _order(call)
    record = _fulfillment(call, order)
    gone = call.params["meta_key"]
    kept = [m for m in record["meta_data"] if m["key"] != gone]
    fulfillments.update(call.store, order, record, {"meta_data": kept})
    return view_meta(call)


def lookup(call: Call) -> Answer:
    """Whose number it may be; says nothing of the order's fulfilments. Unknown: ``[]``."""
    _order(call)
    number = re.sub(r"[^A-Z0-9]", "", call.params["tracking_number"].upper())
    found = [(key, url.format(number)) for key, form, url in CARRIERS if re.fullmatch(form, number)]
    if not found:
        return Answer([])
    key, url = found[0]
    out: Record = {"tracking_number": number, "shipping_provider": key, "tracking_url": url}
    if len(found) > 1:
        out["possibilities"] = {name: {"url": address} for name, address in found}
    return Answer(out)
