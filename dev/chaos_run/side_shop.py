"""A shop as it is in the end: plain values out of the records that its REST API is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..woostore import Store, fulfillments, meta, orders, refunds, trackings
from .shop import Shop

Record = dict[str, Any]


@dataclass
class ShopRefund:
    """``pieces`` by SKU."""

    id: str
    amount: Decimal
    pieces: dict[str, Decimal] = field(default_factory=dict)


@dataclass
class ShopOrder:
    """``lines``: pieces by SKU. ``told``: how often each tracking number is told by each feature.

    ``number_told``: the sales order's number, as Odoo wrote it into the order's meta data.
    """

    id: str
    number: str
    status: str
    method: str
    is_paid: bool
    total: Decimal
    tax: Decimal
    email: str
    note: str
    lines: dict[str, Decimal]
    refunds: list[ShopRefund]
    told: dict[str, dict[str, int]]
    number_told: str = ""


@dataclass
class ShopProduct:
    """``price``: the regular one."""

    id: str
    sku: str
    name: str
    stock: int | None
    price: Decimal


@dataclass
class ShopSide:
    """``accounts``: name by e-mail address. ``undelivered``: webhooks that still wait."""

    name: str
    orders: dict[str, ShopOrder]
    products: dict[str, ShopProduct]
    accounts: dict[str, str]
    undelivered: int = 0
    includes_tax: bool = True


def read_shop(shop: Shop, numbers: Iterable[str] = ()) -> ShopSide:
    """:param numbers: tracking numbers to look for"""
    store = shop.store
    wanted = _by_order(numbers)
    with store.lock:
        notes = defaultdict(list)
        for note in store.notes.values():
            notes[note["order_id"]].append(note["note"])
        found = {
            str(order_id): _order(
                store,
                order,
                wanted.get((shop.name.upper(), str(order_id)), []),
                notes[order_id],
            )
            for order_id, order in store.orders.items()
        }
        products = {product["sku"]: _product(product) for product in store.products.values()}
        accounts = {
            row["email"]: f"{row['first_name']} {row['last_name']}".strip()
            for row in store.customers.values()
        }
        undelivered = len(store.webhooks.pending)
        includes_tax = store.rules.prices_include_tax
    return ShopSide(shop.name, found, products, accounts, undelivered, includes_tax)


def _by_order(numbers: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    """Tracking numbers are ``SHOP-order-parcel``, see :mod:`.life_odoo`."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for number in numbers:
        shop, _, rest = number.partition("-")
        found[shop, rest.partition("-")[0]].append(number)
    return found


def _order(store: Store, order: Record, numbers: Sequence[str], notes: Sequence[str]) -> ShopOrder:
    shown = orders.as_rest(store, order)
    return ShopOrder(
        id=str(order["id"]),
        number=str(shown["number"]),
        status=order["status"],
        method=order["payment_method"],
        is_paid=bool(order["date_paid_gmt"]),
        total=Decimal(shown["total"]),
        tax=Decimal(shown["total_tax"]),
        email=order["billing"].get("email", ""),
        note=order["customer_note"],
        lines=_pieces(store, order["line_items"]),
        refunds=[
            ShopRefund(
                str(refund["id"]),
                Decimal(str(refund["amount"])),
                _pieces(store, refund["line_items"], -1),
            )
            for refund in refunds.of_order(store, order["id"])
        ],
        told={number: _told(store, order, number, notes) for number in numbers},
        number_told=str(meta.value(order["meta_data"], "odoo_order_number")),
    )


def _pieces(store: Store, lines: Sequence[Record], sign: int = 1) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        found[store.products[line["product_id"]]["sku"]] += sign * Decimal(str(line["quantity"]))
    return {sku: pieces for sku, pieces in found.items() if pieces}


def _told(store: Store, order: Record, number: str, notes: Sequence[str]) -> dict[str, int]:
    """How often each feature of the shop shows a parcel."""
    parcels = [
        row
        for row in fulfillments.of_order(store, order["id"])
        if any(number == str(entry["value"]) for entry in row["meta_data"])
    ]
    tracked = [row for row in trackings.of_order(order) if row["tracking_number"] == number]
    told = [text for text in notes if number in text]
    found = {"fulfilments": len(parcels), "trackings": len(tracked), "notes": len(told)}
    return {feature: count for feature, count in found.items() if count}


def _product(product: Record) -> ShopProduct:
    return ShopProduct(
        id=str(product["id"]),
        sku=product["sku"],
        name=product["name"],
        stock=product["stock_quantity"],
        price=Decimal(str(product["regular_price"] or 0)),
    )
