"""Fuzz: whatever a shop answers, a call of the adapter ends with values or with a ChannelError."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ...core import errors
from ...core.canonical import Note, OrderUpdate, RefundRequest
from ...core.catalogue import Image, TermKind
from ...providers.woocommerce import client
from ...providers.woocommerce.adapter import WooCommerceAdapter
from .hostile import VALUES, damaged, mutated
from .woo import Canned, Replay, adapter, load, names, replay

ORDER, PRODUCT = load("order__variations"), load("product__variable")
ORDER["date_modified_gmt"] = "2026-11-21T08:58:15"
RECORDS: list[Any] = [
    {**ORDER, "id": 155},
    PRODUCT["product"],
    load(names("customer")[0]),
    *(load(name) for name in names("refunds")[:1]),
    {"name": "Shop", "namespaces": ["wc/v3"], "routes": {}, "gmt_offset": 1, "timezone_string": ""},
    {
        "environment": {"version": "10.0.2"},
        "settings": {"currency": "EUR", "number_of_decimals": 2},
    },
    {"id": "woocommerce_weight_unit", "value": "kg", "slug": "processing", "class": "standard"},
    {
        "id": 9,
        "topic": "order.updated",
        "delivery_url": "http://a/channel/t/webhook",
        "status": "x",
    },
    {"data": [{"id": "po_1", "date": 1701648000000, "transaction_id": "t"}], "total_count": 1},
    {"code": "rest_no_route", "message": "x", "data": {"status": 404, "params": {"id": "x"}}},
    {
        "create": [{"id": 1, "error": {"code": "x", "data": {"status": 400}}}],
        "update": [],
        "delete": [],
    },
]
ANSWERS = [*RECORDS, *([record, {**record, "id": 7}] for record in RECORDS)]
BODIES = [json.dumps(answer).encode() for answer in ANSWERS]
CURSOR = {"since": "2026-11-21T08:00:00", "after": 5, "read": 3}
NOTE = Note("155", "Hello m1", "m1")
CALLS: dict[str, Callable[[WooCommerceAdapter], Any]] = {
    "check": lambda shop: shop.check(),
    "describe": lambda shop: shop.describe(),
    "fetch_order": lambda shop: shop.parse_order(shop.fetch_order("155").payload),
    "fetch_orders": lambda shop: shop.fetch_orders(["155", "156"]),
    "list_orders": lambda shop: shop.list_orders(CURSOR, 2),
    "list_orders from the beginning": lambda shop: shop.list_orders({}, 2),
    "list_order_heads": lambda shop: shop.list_order_heads(CURSOR, 2),
    "order_heads": lambda shop: shop.order_heads(["155"]),
    "fetch_refunds": lambda shop: shop.parse_refunds(shop.fetch_refunds("155").payload),
    "refund_refs": lambda shop: shop.refund_refs(["155"]),
    "fetch_customer": lambda shop: shop.parse_customer(shop.fetch_customer("5").payload),
    "list_customers": lambda shop: shop.list_customers(CURSOR, 2),
    "list_settlements": lambda shop: shop.list_settlements({}, 2),
    "fetch_product": lambda shop: shop.parse_product(shop.fetch_product("7").payload),
    "list_products": lambda shop: shop.list_products(CURSOR, 2),
    "list_identities": lambda shop: list(shop.list_identities()),
    "list_terms": lambda shop: shop.list_terms(TermKind.CATEGORY),
    "list_stock": lambda shop: list(shop.list_stock()),
    "tax_rates": lambda shop: shop.tax_rates(),
    "payment_methods": lambda shop: shop.payment_methods(),
    "shipping_methods": lambda shop: shop.shipping_methods(),
    "order_statuses": lambda shop: shop.order_statuses(),
    "tax_classes": lambda shop: shop.tax_classes(),
    "newest_orders": lambda shop: shop.newest_orders(2),
    "count_orders": lambda shop: shop.count_orders(),
    "list_hooks": lambda shop: shop.list_hooks("http://a/channel/t/webhook"),
    "check_hooks": lambda shop: shop.check_hooks("http://a/channel/t/webhook", ["order"], ["9"]),
    "install_hooks": lambda shop: shop.install_hooks("http://a/channel/t/webhook", "s", ["order"]),
    "remove_hooks": lambda shop: shop.remove_hooks("http://a/channel/t/webhook"),
    "update_order": lambda shop: shop.update_order("155", OrderUpdate(status_code="completed")),
    "add_note": lambda shop: shop.add_note(NOTE, look_first=True),
    "create_refund": lambda shop: shop.create_refund(
        RefundRequest("m1", "155", D("1.00")), look_first=True
    ),
    "fetch_picture": lambda shop: shop.fetch_picture(
        Image("1", f"{shop.credentials.base_url}/a.png"), 10**6
    ),
}
HEADERS = st.lists(
    st.sampled_from(
        [
            ("X-WP-TotalPages", "2"),
            ("X-WP-TotalPages", "999999999"),
            ("X-WP-TotalPages", "\xb2"),
            ("X-WP-Total", "9" * 5000),
            ("Retry-After", "\xb2"),
            ("Retry-After", "Fri, 31 Dec 9999 23:59:59 -1400"),
            ("Date", "Fri, 31 Dec 9999 23:59:59 -1400"),
            ("Date", "Mon, 01 Jan 0001 00:00:00 +1400"),
            ("Content-Encoding", "gzip"),
            ("Content-Encoding", "deflate"),
            ("Content-Encoding", "x-nonsense"),
            ("Location", "http://["),
            ("Location", "//user:secret@[::1"),
            ("Set-Cookie", "a=b; expires=never"),
            ("Link", "<http://[>; rel=next"),
        ]
    ),
    max_size=3,
)
STATUSES = st.sampled_from(
    [200, 200, 200, 200, 201, 204, 301, 400, 401, 404, 418, 429, 500, 503, 599]
)
TYPES = st.sampled_from(
    ["application/json; charset=UTF-8", "text/html", "application/json", "x", ""]
)


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with replay(Canned()) as found:
        yield found


@st.composite
def answers(draw: st.DrawFn) -> Canned:
    body = draw(
        mutated(ANSWERS).map(lambda value: json.dumps(value).encode("utf-8", "replace"))
        | damaged(BODIES)
        | VALUES.map(lambda value: json.dumps(value).encode("utf-8", "replace"))
    )
    headers = [("Content-Type", draw(TYPES)), *draw(HEADERS)]
    cut = draw(st.none() | st.none() | st.none() | st.integers(0, len(body)))
    return Canned(draw(STATUSES), body, headers, cut)


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=settings.default.max_examples // 8)
@given(st.lists(answers(), min_size=1, max_size=3))
def test_fuzz_answers(server, name, canned):
    # nothing goes on for ever, whatever the number of pages is said to be
    server.answers = [*canned, Canned(body="[]")]
    shop = adapter(server.url)
    try:
        CALLS[name](shop)
    except errors.ChannelError as error:
        assert "ck_" not in str(error) and "cs_" not in str(error)
    finally:
        shop.close()


# === BOMBS === #


def test_an_answer_that_unpacks_to_more_than_memory_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(client, "MAX_ANSWER", 1_000_000)
    bomb = gzip.compress(b'{"id": 155, "note": "' + b" " * 300_000_000 + b'"}')
    canned = Canned(
        body=bomb, headers=[("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
    )
    exchanges: list[Any] = []
    with replay(canned) as server:
        shop = server.adapter(exchanges)
        with pytest.raises(errors.ServerError) as caught:
            shop.fetch_order("155")
        assert caught.value.code == "answer_too_large"
        with pytest.raises(errors.UnknownOutcome):
            shop.add_note(NOTE, look_first=False)
    assert [(line.error, line.response) for line in exchanges] == [("answer_too_large", "")] * 2


def test_a_list_that_is_too_large_is_asked_for_in_pieces(monkeypatch):
    monkeypatch.setattr(client, "MAX_ANSWER", 3_000)
    small = {"id": 155, "date_modified_gmt": "2026-11-21T08:58:15"}
    with replay(
        Canned(body=json.dumps([{**small, "note": "x" * 5_000}])), Canned(body=json.dumps([small]))
    ) as server:
        page = server.adapter().list_orders({}, 100)
    assert [record.external_id for record in page.records] == ["155"]
    assert [
        "per_page=100" in server.requests[0].path,
        "per_page=20" in server.requests[1].path,
    ] == [
        True,
        True,
    ]


def test_pages_end_where_nothing_is_on_them():
    more = [("Content-Type", "application/json"), ("X-WP-TotalPages", "999999999")]
    with replay(
        Canned(body='[{"id": 1}]', headers=more), Canned(body="[]", headers=more)
    ) as server:
        assert len(server.adapter().tax_rates()) == 1
        assert len(server.requests) == 2


def test_a_date_next_to_the_end_of_the_calendar_stops_no_poll():
    odd = [{"id": 5, "date_modified_gmt": "9999-12-31T23:59:59"}]
    with replay(Canned(body=json.dumps(odd))) as server:
        page = server.adapter().list_orders({"since": "2026-11-21T08:00:00"}, 100)
    assert [record.modified_at for record in page.records] == [None]
    assert page.cursor["since"] <= datetime.now(timezone.utc).isoformat()
