"""Writes after an order whose answers are lost on the way: the shop has them all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from ...dev.woostore import Cart, Server, Store
from .test_store_fulfillments import ADDRESS, body

Count = Callable[[Store, int], int]

#: what is sent -> path below the order's, body, how many the shop has of it
WRITES: dict[str, tuple[str, str, dict[str, Any], Count]] = {
    "note": (
        "wc/v3",
        "notes",
        {"note": "x", "customer_note": True},
        lambda store, order: len(store.mails_of(order, "customer_note")),
    ),
    "refund": (
        "wc/v3",
        "refunds",
        {"amount": "1.00", "api_refund": False},
        lambda store, order: len(store.refunds),
    ),
    "fulfilment": (
        "wc/v3",
        "fulfillments",
        {},
        lambda store, order: len(store.fulfillments),
    ),
    "tracking": (
        "wc-shipment-tracking/v3",
        "shipment-trackings",
        {"tracking_number": "7"},
        lambda store, order: len(store.trackings(order)),
    ),
    "tracking by AST": (
        "wc-ast/v3",
        "shipment-trackings",
        {"tracking_number": "7"},
        lambda store, order: len(store.trackings(order)),
    ),
}


@pytest.fixture
def shop() -> Iterator[Server]:
    store = Store(version="10.3.0")
    store.features |= {"fulfillments", "shipment-tracking", "advanced-shipment-tracking"}
    store.add_product(sku="A", regular_price="10")
    with Server(store, tls=True) as server:
        yield server


def post(shop: Server, path: str, sent: dict[str, Any]) -> requests.Response:
    store = shop.stores[""]
    session = requests.Session()
    session.trust_env = False
    return session.post(
        f"{shop.url}/wp-json/{path}",
        json=sent,
        auth=(store.key, store.secret),
        verify=shop.ca_path,
        timeout=5,
    )


LOSSES = [
    ("half-body", "after"),
    *(
        (k, w)
        for k in ("timeout", "reset", "502-html", "500-fatal-json")
        for w in ("before", "after")
    ),
]


@pytest.mark.parametrize(("kind", "when"), LOSSES)
@pytest.mark.parametrize("write", WRITES)
def test_a_lost_answer(shop: Server, write: str, when: str, kind: str) -> None:
    space, what, sent, count = WRITES[write]
    store = shop.stores[""]
    order = store.place_order(Cart(lines=[("A", 1)], billing=ADDRESS, payment_method="stripe"))
    path = f"{space}/orders/{order['id']}/{what}"
    sent = sent or body((order["line_items"][0]["id"], 1))
    shop.faults.add(kind, method="POST", path=what, when=when, seconds=0.01)
    try:
        assert post(shop, path, sent).status_code >= 500
    except requests.RequestException:
        assert kind in ("timeout", "reset", "half-body")
    assert count(store, order["id"]) == (1 if when == "after" else 0)
    assert post(shop, path, sent).status_code == 201
    assert count(store, order["id"]) == (2 if when == "after" else 1)
