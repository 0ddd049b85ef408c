"""Endpoints of orders, their notes and refunds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import gateways, listing, notes, order_writes, orders, refunds
from .errors import RestError, invalid_id
from .paging import created, page
from .rest import Answer, Call
from .schema import TRUE

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]
HIDDEN = {"trash", "auto-draft", "new"}


def get_order(store: Store, order_id: int, status: int = 404) -> Record:
    if order_id not in store.orders:
        raise invalid_id("shop_order", status)
    return store.orders[order_id]


def show(call: Call, order: Record) -> Record:
    # what is written has no schema for it, so that it may still be a text
    dp = call.params.get("dp")
    return orders.as_rest(call.store, order, None if dp is None else int(dp))


# --- reading -----------------------------------------------------------------------------------


def list_orders(call: Call) -> Answer:
    rows = listing.by_ids(call.store.orders.values(), call.params)
    rows = _with_status(call, rows)
    rows = listing.in_dates(call.store, rows, call.params)
    rows = _matching(call, rows)
    rows = listing.sort_posts(rows, call.params)
    extra = {"dp": call.params["dp"], "context": "view"}
    if "/v3/" in call.path:
        call.query.pop("status", None)
        call.query["status"] = call.params["status"]
    return page(call, rows, lambda o: show(call, o), link_params=extra, empty_past_end=True)


def _with_status(call: Call, rows: list[Record]) -> list[Record]:
    """``any`` covers drafts of the checkout, and not the trash nor statuses nobody registers."""
    wanted = set(call.params["status"])
    if "any" in wanted:
        wanted |= set(call.store.statuses) - HIDDEN
    return [order for order in rows if order["status"] in wanted]


def _matching(call: Call, rows: list[Record]) -> list[Record]:
    params = call.params
    if params.get("customer") is not None:
        rows = [o for o in rows if o["customer_id"] == params["customer"]]
    if params.get("product") is not None:
        wanted = params["product"]
        rows = [o for o in rows if _has_product(o, wanted)]
    if params.get("parent"):
        rows = [o for o in rows if o["parent_id"] in params["parent"]]
    if params.get("created_via"):
        rows = [o for o in rows if o["created_via"] in params["created_via"]]
    if params.get("search"):
        rows = [o for o in rows if found(call.store, o, str(params["search"]))]
    return rows


def _has_product(order: Record, product_id: int) -> bool:
    return any(product_id in (li["product_id"], li["variation_id"]) for li in order["line_items"])


def found(store: Store, order: Record, text: str) -> bool:
    """Full text over addresses and lines; by HPOS over the transaction too, never over meta.

    A number that a plug-in gave is not found, the id is.
    """
    billing, shipping = order["billing"], order["shipping"]
    places = [str(order["id"]), *billing.values(), *shipping.values()]
    places += [line["name"] for line in order["line_items"]]
    if store.hpos:
        places.append(order["transaction_id"])
    for address in (billing, shipping):
        places.append(f"{address['first_name']} {address['last_name']}")
    needle = text.lower()
    return any(needle in str(place).lower() for place in places)


def view_order(call: Call) -> Answer:
    return Answer(show(call, get_order(call.store, call.id)))


def statuses(call: Call) -> Answer:
    rows = call.store.statuses.items()
    return Answer([{"slug": slug, "name": name} for slug, name in rows])


def totals(call: Call) -> Answer:
    """reports/orders/totals"""
    every = call.store.orders.values()
    return Answer(
        [
            {"slug": slug, "name": name, "total": sum(o["status"] == slug for o in every)}
            for slug, name in call.store.statuses.items()
        ]
    )


# --- writing -----------------------------------------------------------------------------------


def create_order(call: Call) -> Answer:
    order = order_writes.create(call.store, call.params)
    return created(call.store, f"orders/{order['id']}", show(call, order))


def update_order(call: Call) -> Answer:
    order = get_order(call.store, call.id, 400)
    order_writes.update(call.store, order, call.params)
    return Answer(show(call, order))


def delete_order(call: Call) -> Answer:
    """Without ``force`` to the trash; a second time refuses. With it: gone, silently."""
    order = get_order(call.store, call.id)
    before = show(call, order)
    if call.force:
        orders.destroy(call.store, call.id)
        return Answer(before)
    if order["status"] == "trash":
        text = "The order has already been deleted."
        raise RestError("woocommerce_rest_already_trashed", text, 410)
    orders.trash(call.store, order, by_rest=True)
    before["date_modified"] = call.store.local(order["date_modified_gmt"])
    before["date_modified_gmt"] = order["date_modified_gmt"]
    return Answer(before)


# --- notes -------------------------------------------------------------------------------------


def list_notes(call: Call) -> Answer:
    get_order(call.store, int(call.args[0]))
    rows = notes.of_order(call.store, int(call.args[0]))
    kind = call.params["type"]
    if kind != "any":
        rows = [row for row in rows if row["customer_note"] == (kind == "customer")]
    return Answer([notes.as_json(call.store, row) for row in rows])


def _note(call: Call) -> Record:
    get_order(call.store, int(call.args[0]))
    note = call.store.notes.get(call.id)
    if note is None or note["order_id"] != call.args[0]:
        raise RestError("woocommerce_rest_invalid_id", "Invalid resource ID.", 404)
    return note


def view_note(call: Call) -> Answer:
    return Answer(notes.as_json(call.store, _note(call)))


def create_note(call: Call) -> Answer:
    order = get_order(call.store, call.id)
    author = "admin" if call.params["added_by_user"] else "WooCommerce"
    note = notes.add(
        call.store,
        order["id"],
        re.sub(r"<script.*?</script>", "", call.params["note"]),
        customer_note=call.params["customer_note"],
        author=author,
    )
    body = notes.as_json(call.store, note)
    return created(call.store, f"orders/{order['id']}/notes/{note['id']}", body)


def delete_note(call: Call) -> Answer:
    note = _note(call)
    if not call.force:
        text = "Webhooks do not support trashing."
        raise RestError("woocommerce_rest_trash_not_supported", text, 501)
    del call.store.notes[note["id"]]
    return Answer(notes.as_json(call.store, note))


# --- refunds -----------------------------------------------------------------------------------


def list_refunds(call: Call) -> Answer:
    """Of an order that does not exist: an empty list."""
    rows = refunds.of_order(call.store, call.id)
    rows = listing.in_dates(call.store, rows, call.params)
    return page(call, rows, lambda r: refunds.as_rest(call.store, r, call.params.get("dp")))


def list_all_refunds(call: Call) -> Answer:
    rows = listing.by_ids(call.store.refunds.values(), call.params)
    dated = [{**r, "date_modified_gmt": r["date_created_gmt"]} for r in rows]
    rows = listing.sort_posts(listing.in_dates(call.store, dated, call.params), call.params)
    dp = call.params["dp"]
    extra = {"dp": dp}
    return page(
        call, rows, lambda r: refunds.as_rest(call.store, r, dp, parent=True), link_params=extra
    )


def _refund(call: Call) -> Record:
    order_id = int(call.args[0])
    if order_id not in call.store.orders:
        raise RestError("woocommerce_rest_invalid_order_id", "Invalid order ID.", 404)
    refund = call.store.refunds.get(call.id)
    if refund is None:
        raise invalid_id("shop_order_refund")
    if refund["parent_id"] != order_id:
        code, text = "woocommerce_rest_invalid_order_refund_id", "Invalid order refund ID."
        raise RestError(code, text, 500, 404)
    return refund


def view_refund(call: Call) -> Answer:
    return Answer(refunds.as_rest(call.store, _refund(call), call.params.get("dp")))


def create_refund(call: Call) -> Answer:
    """``api_refund`` and ``api_restock`` are true unless said otherwise."""
    store, params = call.store, call.params
    if call.id not in store.orders:
        raise RestError("woocommerce_rest_invalid_order_id", "Invalid order ID.", 404)
    order = store.orders[call.id]
    pays = params["api_refund"] in TRUE
    lines = params.get("line_items") or []
    value = refunds.asked_amount(params.get("amount"), lines, store.decimals)
    if pays and 0 <= value <= refunds.remaining(store, order):
        _refuse_if_unable(store, order)
    refund = refunds.create(
        store,
        order,
        amount=params.get("amount"),
        lines=lines,
        restock=params["api_restock"] in TRUE,
        reason=params.get("reason") or "",
        meta_data=params.get("meta_data"),
        paid_back=pays,
    )
    path = f"orders/{order['id']}/refunds/{refund['id']}"
    return created(store, path, refunds.as_rest(store, refund))


def _refuse_if_unable(store: Store, order: Record) -> None:
    gateway = store.gateways.get(order["payment_method"])
    if gateway is None:
        raise refunds.refusal("The payment gateway for this order does not exist.")
    if "refunds" not in gateway["method_supports"]:
        raise refunds.refusal(
            "The payment gateway for this order does not support automatic refunds."
        )
    if order["payment_method"] == "woocommerce_payments" and gateways.is_uncaptured(order):
        raise refunds.refusal("This payment is not captured yet.")


def delete_refund(call: Call) -> Answer:
    """No event, and the order's date stays."""
    refund = _refund(call)
    body = refunds.as_rest(call.store, refund)
    del call.store.refunds[refund["id"]]
    return Answer(body)
