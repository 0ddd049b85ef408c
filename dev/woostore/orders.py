"""Orders: their records, what moves them, and what that tells the world.

A record has the fields of the REST order, with amounts as stored and dates in UTC only. Line
keys starting with ``_`` are our own and are not served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import order_status
from .order_json import as_json
from .order_totals import Pricing, calculate_totals
from .taxes import Place

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

ADDRESS = (
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "state",
    "postcode",
    "country",
)
BILLING = (*ADDRESS, "email", "phone")
SHIPPING = (*ADDRESS, "phone")
# What the posts table holds itself: only these move date_modified where orders are posts.
POST_FIELDS = {"status", "customer_note", "date_created", "parent_id", "refund", "trash"}
LINE_KINDS = ("line_items", "tax_lines", "shipping_lines", "fee_lines", "coupon_lines")


def address(values: Record | None, keys: tuple[str, ...]) -> Record:
    values = values or {}
    return {key: str(values.get(key) or "") for key in keys}


def blank(store: Store, **values: Any) -> Record:
    """A new order record with an id, not yet in the store."""
    now = store.clock.stamp()
    order = {
        "id": store.next_id(),
        "parent_id": 0,
        "status": "pending",
        "currency": store.currency,
        "version": store.version,
        "prices_include_tax": store.rules.prices_include_tax,
        "discount_total": "0",
        "discount_tax": "0",
        "shipping_total": "0",
        "shipping_tax": "0",
        "cart_tax": "0",
        "total": "0",
        "total_tax": "0",
        "customer_id": 0,
        "order_key": "wc_order_" + store.random_key(),
        "billing": address({}, BILLING),
        "shipping": address({}, SHIPPING),
        "payment_method": "",
        "payment_method_title": "",
        "transaction_id": "",
        "customer_ip_address": "",
        "customer_user_agent": "",
        "created_via": "",
        "customer_note": "",
        "cart_hash": "",
        "meta_data": [],
        "line_items": [],
        "tax_lines": [],
        "shipping_lines": [],
        "fee_lines": [],
        "coupon_lines": [],
        "date_created_gmt": now,
        "date_modified_gmt": now,
        "date_completed_gmt": None,
        "date_paid_gmt": None,
    }
    order.update(values)
    return order


def as_rest(store: Store, order: Record, dp: int | None = None) -> Record:
    return as_json(store, order, store.decimals if dp is None else dp)


# --- saving ------------------------------------------------------------------------------------


def number_lines(store: Store, order: Record) -> None:
    """Give ids to lines and meta entries that have none yet."""
    for kind in LINE_KINDS:
        for line in order[kind]:
            line["id"] = line["id"] or store.next_id("item")
            number_meta(store, line["meta_data"])
    number_meta(store, order["meta_data"])


def number_meta(store: Store, entries: list[Record]) -> None:
    for entry in entries:
        if not entry.get("id"):
            entry["id"] = store.next_id("meta")


def saved(store: Store, order: Record, changed: set[str], *, quiet: bool = False) -> None:
    """Save: moves date_modified as the storage does, and fires order.updated.

    With orders as posts, meta, totals and lines change without moving the date.
    """
    number_lines(store, order)
    store.orders[order["id"]] = order
    if store.hpos or changed & POST_FIELDS:
        order["date_modified_gmt"] = store.clock.stamp()
    if not quiet:
        store.emit("order.updated", order["id"])


def created(store: Store, order: Record) -> None:
    number_lines(store, order)
    store.orders[order["id"]] = order
    store.emit("order.created", order["id"])


# --- totals ------------------------------------------------------------------------------------


def tax_place(store: Store, order: Record) -> Place:
    """Where an order's tax is due: the shop for local pickup or without any address."""
    based_on = store.option("tax", "woocommerce_tax_based_on", "shipping")
    methods = {line["method_id"] for line in order["shipping_lines"]}
    if based_on == "base" or methods & {"local_pickup", "legacy_local_pickup"}:
        return store.base_place()
    if based_on == "shipping" and not order["shipping"]["country"]:
        based_on = "billing"
    place = Place.of(order[based_on])
    return place if place.country else store.base_place()


def is_vat_exempt(order: Record) -> bool:
    return any(m["key"] == "is_vat_exempt" and m["value"] == "yes" for m in order["meta_data"])


def pricing(store: Store, order: Record) -> Pricing:
    place = tax_place(store, order)
    return Pricing(
        lambda tax_class: store.rates(tax_class, place),
        store.class_order(),
        store.option("tax", "woocommerce_shipping_tax_class", "inherit"),
        is_vat_exempt(order),
        store.untaxed_methods(),
    )


def recalculate(store: Store, order: Record, *, and_taxes: bool = True) -> None:
    calculate_totals(order, store.rules, pricing(store, order) if and_taxes else None)
    order["needs_processing"] = order_status.needs_processing(store, order)


# --- status ------------------------------------------------------------------------------------


# --- stock -------------------------------------------------------------------------------------


# --- the shop's admin --------------------------------------------------------------------------


def edit(store: Store, order: Record, changes: Record) -> None:
    """Edit in the admin: no recalculation, one save."""
    changed: set[str] = set()
    for key, value in changes.items():
        if key == "status":
            changed |= order_status.set_status(store, order, value)
        elif key in ("billing", "shipping"):
            order[key].update(value)
            changed.add(key)
        elif key == "meta_data":
            set_meta(store, order["meta_data"], value)
            changed.add(key)
        else:
            order[key] = value
            changed.add(key)
    saved(store, order, changed)


def set_meta(store: Store, entries: list[Record], changes: list[Record]) -> None:
    """Upsert by id, else by key; a value of None deletes."""
    for change in changes:
        wanted = change.get("id")
        match = next(
            (
                e
                for e in entries
                if (wanted and e.get("id") == wanted)
                or (not wanted and e["key"] == change.get("key"))
            ),
            None,
        )
        if change.get("value") is None:
            if match:
                entries.remove(match)
        elif match:
            match.update({k: change[k] for k in ("key", "value") if k in change})
        else:
            entries.append(
                {
                    "id": store.next_id("meta"),
                    "key": change.get("key", ""),
                    "value": change["value"],
                }
            )


def trash(store: Store, order: Record, *, by_rest: bool = False) -> None:
    """To the trash; stock stays taken.

    By REST an order kept as a post sets off the deleted topics of other posts too.
    """
    kept = {"_wp_trash_meta_status": f"wc-{order['status']}"}
    kept["_wp_trash_meta_time"] = str(int(store.clock.now().timestamp()))
    set_meta(store, order["meta_data"], [{"key": k, "value": v} for k, v in kept.items()])
    order["status"] = "trash"
    order["date_modified_gmt"] = store.clock.stamp()
    store.emit("order.deleted", order["id"])
    if by_rest and not store.hpos:
        store.emit("product.deleted", order["id"])
        store.emit("coupon.deleted", order["id"])


def leave_trash(store: Store, order: Record) -> str:
    """The status an order had before it was trashed; what was kept of it is removed."""
    kept = {m["key"]: m["value"] for m in order["meta_data"]}
    gone = ("_wp_trash_meta_status", "_wp_trash_meta_time")
    set_meta(store, order["meta_data"], [{"key": key, "value": None} for key in gone])
    return str(kept.get("_wp_trash_meta_status", "wc-pending")).removeprefix("wc-")


def untrash(store: Store, order: Record) -> None:
    order["status"] = leave_trash(store, order)
    order["date_modified_gmt"] = store.clock.stamp()
    store.emit("order.restored", order["id"])


def destroy(store: Store, order_id: int) -> None:
    """Gone for good, with its refunds and notes, and without a word."""
    del store.orders[order_id]
    for kind, parent in (("refunds", "parent_id"), ("notes", "order_id")):
        records = getattr(store, kind)
        for key in [key for key, row in records.items() if row[parent] == order_id]:
            del records[key]
