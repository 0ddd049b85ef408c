"""A shop's past: thousands of orders and products in seconds, each minutes after the one before.

One order is placed for each kind of cart; the others are copies of it, with ids, moments and
people of their own, as if they had been placed one after the other.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

import bare_addon  # noqa: F401  makes channel_connector.dev importable

from channel_connector.dev.woostore import Cart, Store

Record = dict[str, Any]
#: sold in every order: so many that not all orders fight for one product's stock
PRODUCTS = 12
#: variants of a product that has some
VARIANTS = 5
#: one product of the past in so many has variants
SHARE_VARIABLE = 20
CATEGORIES = 20
BETWEEN = timedelta(minutes=5)
LINE_KINDS = ("line_items", "tax_lines", "shipping_lines", "fee_lines", "coupon_lines")


def add_goods(store: Store) -> None:
    """What orders are made of."""
    for number in range(PRODUCTS):
        price = f"{3 + 7.13 * number:.2f}"
        store.add_product(
            sku=f"B-{number}", name=f"Goods {number}", regular_price=price, manage_stock=False
        )


def add_orders(store: Store, lines: int, wanted: int) -> list[int]:
    """Orders by different guests who ship elsewhere; their ids, oldest first.

    The last one was placed :data:`BETWEEN` before now.
    """
    placed: list[int] = []
    examples: dict[int, Record] = {}
    with _past(store, wanted):
        for number in range(wanted):
            kind = number % PRODUCTS
            if kind not in examples:
                order_id = store.place_order(_cart(lines, number))["id"]
                examples[kind] = copy.deepcopy(store.orders[order_id])
            else:
                order_id = _again(store, examples[kind], lines, number)
            placed.append(order_id)
            store.clock.advance(BETWEEN.total_seconds())
    return placed


def add_catalogue(store: Store, wanted: int) -> int:
    """Products, one in :data:`SHARE_VARIABLE` with variants, in categories; how many there are.

    Together they have ``wanted`` pieces that can be sold, or a few less.
    """
    categories = _categories(store)
    sold = 0
    with _past(store, wanted):
        for number in count():
            varies = number % SHARE_VARIABLE == SHARE_VARIABLE - 1
            sold += VARIANTS if varies else 1
            if sold > wanted:
                return number
            values = {
                "description": f"<p>What {number} is made of, and how it is worn.</p>",
                "short_description": f"Number {number}",
                "weight": f"0.{1 + number % 9}",
                "categories": [categories[number % CATEGORIES]],
            }
            _add_product(store, number, values, varies=varies)
            store.clock.advance(BETWEEN.total_seconds())
    raise AssertionError("unreachable")


def _add_product(store: Store, number: int, values: Record, *, varies: bool) -> None:
    price = {"regular_price": f"{5 + number % 90}.90"}
    if not varies:
        store.add_product(sku=f"C-{number}", name=f"Article {number}", **price, **values)
        return
    sizes = [
        {**price, "sku": f"C-{number}-{size}", "options": {"Size": f"{size}"}}
        for size in range(VARIANTS)
    ]
    store.add_variable_product(f"Article {number}", sizes, **values)


def _categories(store: Store) -> list[Record]:
    found = []
    for number in range(CATEGORIES):
        term_id = store.next_id("term")
        row = {"id": term_id, "name": f"Shelf {number}", "slug": f"shelf-{number}"}
        store.terms["categories"][term_id] = {**row, "parent": 0}
        found.append(row)
    return found


@contextmanager
def _past(store: Store, steps: int) -> Iterator[None]:
    """Begin so many steps of :data:`BETWEEN` ago; afterwards it is now again."""
    store.clock.freeze(store.clock.now() - steps * BETWEEN)
    try:
        yield
    finally:
        store.clock.freeze(datetime.now(timezone.utc))
        store.clock.run()


def _cart(lines: int, number: int) -> Cart:
    billing, shipping = _people(lines, number)
    return Cart(
        # each order starts elsewhere, so that not all fight for one product's stock
        lines=[(f"B-{(number + line) % PRODUCTS}", 1 + line % 3) for line in range(lines)],
        billing=billing,
        shipping_address=shipping,
        shipping=[("flat_rate", "4.95")],
        payment_method="cod",
    )


def _people(lines: int, number: int) -> tuple[Record, Record]:
    who = f"{os.getpid()}-{lines}-{number}"  # no customer of another shop
    address = {
        "first_name": "Jane",
        "last_name": f"Doe {who}",
        "address_1": f"Calle Mayor {number}",
        "city": "Madrid",
        "postcode": "28001",
        "state": "M",
        "country": "ES",
        "phone": "600 12 34 56",
    }
    shipping = {**address, "first_name": "Max", "address_1": f"Otra calle {number}"}
    return {**address, "email": f"jane.{who}@example.org"}, shipping


def _again(store: Store, example: Record, lines: int, number: int) -> int:
    """The same cart by somebody else, now."""
    order = copy.deepcopy(example)
    order["id"] = store.next_id()
    order["order_key"] = "wc_order_" + store.random_key()
    for role, address in zip(("billing", "shipping"), _people(lines, number), strict=True):
        order[role].update(address)
    for key in ("date_created_gmt", "date_modified_gmt", "date_completed_gmt", "date_paid_gmt"):
        order[key] = order[key] and store.clock.stamp()
    entries = [*order["meta_data"]]
    for line in (line for kind in LINE_KINDS for line in order[kind]):
        line["id"] = store.next_id("item")
        entries += line["meta_data"]
    for entry in entries:
        entry["id"] = store.next_id("meta")
    store.orders[order["id"]] = order
    return order["id"]
