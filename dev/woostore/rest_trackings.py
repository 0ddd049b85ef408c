"""Endpoints of the tracking plug-ins: WooCommerce Shipment Tracking, and AST, which copies them.

AST answers in its own namespace, in the other plug-in's and in WooCommerce's.
"""

from __future__ import annotations

import re
from typing import Any

from . import trackings
from .errors import RestError
from .rest import Answer, Call
from .schemas import STR

Record = dict[str, Any]

OFFICIAL, AST = "shipment-tracking", "advanced-shipment-tracking"
OFFICIAL_SPACE = "wc-shipment-tracking/v3"
AST_SPACES = ("wc-ast/v3", OFFICIAL_SPACE, "wc/v3", "wc/v2", "wc/v1")
WRITE: Record = {
    "tracking_provider": STR,
    "custom_tracking_provider": STR,
    "tracking_number": {"required": True},
}


def _by_ast(call: Call) -> bool:
    """Where both are installed the official plug-in keeps its namespace."""
    own = call.path.startswith(f"/wp-json/{OFFICIAL_SPACE}/")
    return not (own and OFFICIAL in call.store.features)


def _order(call: Call) -> Record:
    order_id = int(call.args[0])
    if order_id not in call.store.orders:
        raise RestError("woocommerce_rest_order_invalid_id", "Invalid order ID.", 404)
    return call.store.orders[order_id]


def _item(call: Call, order: Record) -> Record:
    item = trackings.find(order, str(call.args[1]))
    if item is None:
        code = "woocommerce_rest_order_shipment_tracking_invalid_id"
        raise RestError(code, "Invalid shipment tracking ID.", 404)
    return item


def _show(call: Call, order: Record, item: Record) -> Record:
    namespace = re.sub(r"^/wp-json/|/orders/.*$", "", call.path)
    return trackings.as_json(call.store, order, item, namespace)


def list_trackings(call: Call) -> Answer:
    order = _order(call)
    return Answer([_show(call, order, item) for item in trackings.of_order(order)])


def view_tracking(call: Call) -> Answer:
    order = _order(call)
    return Answer(_show(call, order, _item(call, order)))


def create_tracking(call: Call) -> Answer:
    """The Location names the number that the id begins with, as PHP's %d makes it."""
    if call.params.get("tracking_id"):
        code = "woocommerce_rest_shop_order_shipment_tracking_exists"
        raise RestError(code, "Cannot create existing order shipment tracking.", 400)
    order = _order(call)
    add = trackings.add_by_ast if _by_ast(call) else trackings.add
    body = _show(call, order, add(call.store, order, call.params))
    digits = re.match(r"\d*", body["tracking_id"])
    number = int(digits[0] or 0) if digits else 0
    path = f"{call.store.url}{call.path.rstrip('/')}/{number}"
    return Answer(body, 201, {"Location": path})


def delete_tracking(call: Call) -> Answer:
    order = _order(call)
    item = _item(call, order)
    body = _show(call, order, item)
    trackings.remove(call.store, order, item["tracking_id"], by_ast=_by_ast(call))
    return Answer(body)


def providers(call: Call) -> Answer:
    return Answer(call.store.tracking_providers)
