"""What happens in the fake shop besides arithmetic: stock, status, dates, refunds, notes."""

from __future__ import annotations

from typing import Any

import pytest

from ...dev.woostore import Cart, Store
from ...dev.woostore.errors import RestError
from ...dev.woostore.rest import Request, serve

ADDRESS = {"first_name": "Jane", "last_name": "Doe", "country": "ES", "email": "jane@example.com"}


@pytest.fixture
def store() -> Store:
    store = Store()
    store.add_product(sku="A", name="Alpha", regular_price="10.00", stock_quantity=50)
    store.add_product(sku="E", name="E-book", regular_price="5", virtual=True, downloadable=True)
    return store


def test_tax_rates_of_ones_own() -> None:
    store = Store(tax_rates=[{"country": "ES", "rate": "10", "name": "IVA"}])
    store.add_product(sku="A", regular_price="11")
    order = buy(store)
    assert (order["total_tax"], order["tax_lines"][0]["rate_code"]) == ("1.00", "ES-IVA-1")


def rest(store: Store, method: str, path: str, body: Any = None, query: str = "") -> Any:
    """A request with the store's own key, without a network; the parsed answer."""
    import base64
    import json

    key = base64.b64encode(f"{store.key}:{store.secret}".encode()).decode()
    headers = {"authorization": f"Basic {key}", "content-type": "application/json"}
    sent = b"" if body is None else json.dumps(body).encode()
    return serve(store, Request(method, f"/wp-json/wc/v3/{path}", query, headers, sent, True)).body


def buy(store: Store, sku: str = "A", quantity: int = 1, **more: Any) -> dict[str, Any]:
    status = more.pop("status", None)
    return store.place_order(Cart(lines=[(sku, quantity)], billing=ADDRESS, **more), status)


# --- payment decides the status ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("sku", "gateway", "status", "paid"),
    [
        ("A", "bacs", "on-hold", False),
        ("A", "cheque", "on-hold", False),
        ("A", "cod", "processing", False),
        ("E", "cod", "on-hold", False),
        ("A", "stripe", "processing", True),
        ("E", "stripe", "completed", True),
    ],
)
def test_status_after_checkout(
    store: Store, sku: str, gateway: str, status: str, paid: bool
) -> None:
    order = buy(store, sku, payment_method=gateway)
    assert (order["status"], order["date_paid"] is not None) == (status, paid)
    assert bool(order["transaction_id"]) == (gateway == "stripe")


def test_cash_on_delivery_is_paid_when_completed(store: Store) -> None:
    order = buy(store, payment_method="cod")
    done = store.update_order(order["id"], status="completed")
    assert order["date_paid"] is None and done["date_paid"] == done["date_completed"]


def test_unknown_status_becomes_pending_in_a_batch(store: Store) -> None:
    order = buy(store, payment_method="stripe")
    body = {"update": [{"id": order["id"], "status": "bogus"}]}
    assert rest(store, "POST", "orders/batch", body)["update"][0]["status"] == "pending"
    assert store.product("A")["stock_quantity"] == 50


# --- stock -------------------------------------------------------------------------------------


def test_stock_follows_the_status(store: Store) -> None:
    order = buy(store, quantity=3, status="pending")
    seen = [store.product("A")["stock_quantity"]]
    for status in ("processing", "completed", "cancelled", "processing", "pending"):
        store.update_order(order["id"], status=status)
        seen.append(store.product("A")["stock_quantity"])
    assert seen == [50, 47, 47, 50, 47, 50]


def test_a_sold_out_product_says_so(store: Store) -> None:
    buy(store, quantity=50)
    assert store.product("A")["stock_status"] == "outofstock"


def test_trash_and_deletion_return_no_stock(store: Store) -> None:
    order = buy(store, quantity=3)
    store.trash_order(order["id"])
    store.delete_order(order["id"])
    assert store.product("A")["stock_quantity"] == 47


def test_variation_managed_by_its_parent(store: Store) -> None:
    rows = [{"sku": "S-R", "regular_price": "5", "options": {"Colour": "Red"}}]
    parent = store.add_variable_product("Shirt", rows, sku="S", stock_quantity=9)
    buy(store, "S-R", 2)
    shown = rest(store, "GET", f"products/{parent['id']}/variations")[0]
    assert (shown["manage_stock"], shown["stock_quantity"]) == ("parent", 7)
    path = f"products/{parent['id']}/variations/{shown['id']}"
    assert rest(store, "PUT", path, {"stock_quantity": 77})["stock_quantity"] == 7


def test_lines_remember_what_they_took(store: Store) -> None:
    order = buy(store, quantity=3)
    entry = order["line_items"][0]["meta_data"][0]
    assert (entry["key"], entry["value"]) == ("_reduced_stock", "3")


def test_a_shop_that_manages_no_stock(store: Store) -> None:
    store.settings["products"]["woocommerce_manage_stock"] = "no"
    buy(store, quantity=3)
    assert store.product("A")["stock_quantity"] == 50
    assert rest(store, "PUT", "products/11", {"stock_quantity": 9})["stock_quantity"] == 50


def test_lines_outlive_their_products(store: Store) -> None:
    rows = [{"sku": "S-R", "regular_price": "5", "options": {"Colour": "Red"}}]
    parent = store.add_variable_product("Shirt", rows, sku="S")
    variation = store.product("S-R")["id"]
    number = store.place_order(Cart(lines=[("A", 1), ("S-R", 1)]))["id"]
    rest(store, "DELETE", "products/11", query="force=true")
    path = f"products/{parent['id']}/variations/{variation}"
    rest(store, "DELETE", path, query="force=true")
    lines = rest(store, "GET", f"orders/{number}")["line_items"]
    kept = [(li["product_id"], li["variation_id"], li["sku"], li["name"]) for li in lines]
    assert kept == [(0, 0, None, "Alpha"), (parent["id"], 0, "S", "Shirt - Red")]


def test_what_plugins_put_into_orders_is_served(store: Store) -> None:
    number = buy(store)["id"]
    store.update_order(number, number="WEB-7", parent_id=3, gift_cards=[{"code": "x"}])
    store.orders[number]["line_items"][0]["bundled_by"] = "5"
    store.statuses["shipped"] = "Shipped"
    store.update_order(number, status="shipped")
    shown = rest(store, "GET", "orders", query="status=shipped")[0]
    assert (shown["number"], shown["gift_cards"]) == ("WEB-7", [{"code": "x"}])
    assert (shown["line_items"][0]["bundled_by"], shown["status"]) == ("5", "shipped")


# --- dates -------------------------------------------------------------------------------------

CHANGES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "status": {"status": "completed"},
    "meta": {"meta_data": [{"key": "k", "value": "v"}]},
    "transaction": {"transaction_id": "pi_2"},
    "note": {"customer_note": "x"},
    "line": {"line_items": [{"product_id": 11, "quantity": 1}]},
}


@pytest.mark.parametrize("hpos", [True, False])
@pytest.mark.parametrize("change", CHANGES)
def test_which_writes_move_the_date(hpos: bool, change: str) -> None:
    """Orders kept as posts change in silence; the status and the customer's note show."""
    store = Store(hpos=hpos)
    store.add_product(sku="A", regular_price="10")
    store.clock.freeze()
    order = buy(store, payment_method="stripe")
    store.clock.advance(60)
    body = rest(store, "PUT", f"orders/{order['id']}", CHANGES[change])
    moved = body["date_modified_gmt"] != order["date_modified_gmt"]
    assert moved == (hpos or change in ("status", "note"))


@pytest.mark.parametrize("hpos", [True, False])
def test_refunds_move_the_date_and_their_deletion_does_not(hpos: bool) -> None:
    store = Store(hpos=hpos)
    store.add_product(sku="A", regular_price="10")
    store.clock.freeze()
    number = buy(store)["id"]
    store.clock.advance(60)
    refund = store.refund_order(number, amount="1")
    moved = store.orders[number]["date_modified_gmt"]
    assert moved == store.clock.stamp()
    store.clock.advance(60)
    rest(store, "DELETE", f"orders/{number}/refunds/{refund['id']}", query="force=true")
    rest(store, "POST", f"orders/{number}/notes", {"note": "x"})
    assert store.orders[number]["date_modified_gmt"] == moved


def test_dates_are_local_and_gmt(store: Store) -> None:
    store.clock.freeze(store.clock.now().replace(2026, 7, 1, 10, 0, 0, 999999))
    order = buy(store)
    assert order["date_created_gmt"] == "2026-07-01T10:00:00"
    assert order["date_created"] == "2026-07-01T12:00:00"


@pytest.mark.parametrize(
    ("timezone", "name", "offset", "local"),
    [
        ("America/New_York", "America/New_York", -4, "2026-07-01T06:00:00"),
        ("Asia/Kolkata", "Asia/Kolkata", 5.5, "2026-07-01T15:30:00"),
        ("+05:30", "", 5.5, "2026-07-01T15:30:00"),
        ("-03:00", "", -3, "2026-07-01T07:00:00"),
    ],
)
def test_time_zones(timezone: str, name: str, offset: float, local: str) -> None:
    store = Store(timezone=timezone)
    store.add_product(sku="A", regular_price="10")
    store.clock.freeze(store.clock.now().replace(2026, 7, 1, 10, 0, 0))
    assert buy(store)["date_created"] == local
    index = serve(store, Request("GET", "/wp-json/")).body
    assert (index["timezone_string"], index["gmt_offset"]) == (name, offset)


@pytest.mark.parametrize(
    ("value", "flag", "found"),
    [
        ("2026-07-01T09:59:59", "true", True),
        ("2026-07-01T10:00:00", "true", False),
        # with Z the value first becomes local time: two hours too late in summer
        ("2026-07-01T09:59:59Z", "true", False),
        ("2026-07-01T07:59:59Z", "true", True),
        ("2026-07-01T09:59:59Z", "false", True),
        ("2026-07-01T11:59:59", "false", True),
        ("2026-07-01T12:00:00", "false", False),
    ],
)
def test_modified_after(store: Store, value: str, flag: str, found: bool) -> None:
    store.clock.freeze(store.clock.now().replace(2026, 7, 1, 10, 0, 0))
    buy(store)
    query = f"modified_after={value}&dates_are_gmt={flag}"
    assert bool(rest(store, "GET", "orders", query=query)) == found


# --- refunds -----------------------------------------------------------------------------------


def test_refund_by_line_restocks(store: Store) -> None:
    order = buy(store, quantity=3)
    line = order["line_items"][0]["id"]
    rows = [
        {
            "id": line,
            "quantity": 2,
            "refund_total": "16.53",
            "refund_tax": [{"id": 1, "refund_total": "3.47"}],
        }
    ]
    refund = store.refund_order(order["id"], lines=rows)
    assert refund["amount"] == "20.00"
    assert refund["line_items"][0]["quantity"] == -2
    assert store.product("A")["stock_quantity"] == 49
    shown = rest(store, "GET", f"orders/{order['id']}")
    assert shown["refunds"] == [{"id": refund["id"], "reason": "", "total": "-20.00"}]
    assert shown["total"] == order["total"]


def test_the_last_refund_closes_the_order(store: Store) -> None:
    order = buy(store)
    store.refund_order(order["id"], amount="4")
    assert store.orders[order["id"]]["status"] == "on-hold"
    store.refund_order(order["id"], amount="6")
    assert store.orders[order["id"]]["status"] == "refunded"


def test_status_refunded_makes_a_refund_without_lines(store: Store) -> None:
    order = buy(store)
    store.refund_order(order["id"], amount="4")
    store.update_order(order["id"], status="refunded")
    amounts = [(r["amount"], r["line_items"]) for r in store.refunds.values()]
    assert amounts == [("4", []), ("6", [])]


@pytest.mark.parametrize("amount", ["10.01", "-1"])
def test_impossible_refunds(store: Store, amount: str) -> None:
    order = buy(store)
    with pytest.raises(RestError) as caught:
        store.refund_order(order["id"], amount=amount)
    assert caught.value.status == 500
    assert store.refunds == {}


def test_refunds_pay_back_unless_told_otherwise(store: Store) -> None:
    order = buy(store)
    path = f"orders/{order['id']}/refunds"
    refusal = rest(store, "POST", path, {"amount": "1"})
    assert refusal["data"] == 500
    assert rest(store, "POST", path, {"amount": "1", "api_refund": False})["amount"] == "1.00"
    paid = buy(store, payment_method="stripe")
    body = rest(store, "POST", f"orders/{paid['id']}/refunds", {"amount": "1"})
    assert body["refunded_payment"] is True


def test_refunds_of_all_orders_exist_since_9() -> None:
    assert rest(Store(version="8.9.3"), "GET", "refunds")["code"] == "rest_no_route"
    assert rest(Store(version="9.0.0"), "GET", "refunds") == []


# --- writes with traps -------------------------------------------------------------------------


def test_an_address_makes_the_shop_work_out_taxes_anew(store: Store) -> None:
    order = buy(store, payment_method="stripe")
    store.taxes[1]["rate"] = "10.0000"
    path = f"orders/{order['id']}"
    assert rest(store, "PUT", path, {"transaction_id": "x"})["total"] == "10.00"
    assert rest(store, "PUT", path, {"billing": {"phone": "1"}})["total"] == "9.09"


def test_a_line_without_id_is_added(store: Store) -> None:
    order = buy(store)
    body = {"line_items": [{"product_id": 11, "quantity": 1}]}
    again = rest(store, "PUT", f"orders/{order['id']}", body)
    assert [line["quantity"] for line in again["line_items"]] == [1, 1]


def test_a_refused_coupon_leaves_an_order(store: Store) -> None:
    body = {"line_items": [{"product_id": 11}], "coupon_lines": [{"code": "nope"}]}
    refusal = rest(store, "POST", "orders", body)
    left = store.orders[refusal["data"]["new_draft_order_id"]]
    assert (refusal["code"], left["status"]) == (
        "woocommerce_rest_invalid_coupon",
        "checkout-draft",
    )


def test_before_10_a_refused_coupon_leaves_a_live_order() -> None:
    store = Store(version="9.9.5")
    refusal = rest(store, "POST", "orders", {"coupon_lines": [{"code": "nope"}]})
    assert "new_draft_order_id" not in refusal["data"]
    assert [order["status"] for order in store.orders.values()] == ["pending"]


def test_taxes_of_lines_are_raw_before_10() -> None:
    shown = {}
    for version in ("9.9.5", "10.0.2"):
        store = Store(version=version)
        store.add_product(sku="A", regular_price="10")
        shown[version] = buy(store)["line_items"][0]["taxes"][0]["total"]
    assert shown == {"9.9.5": "1.735537", "10.0.2": "1.74"}


def test_batch_checks_nothing_and_fails_one_by_one(store: Store) -> None:
    body = {
        "create": [{"name": "again", "sku": "a"}],
        "update": [
            {"id": 11, "stock_quantity": "lots", "regular_price": "abc"},
            {"id": 999, "stock_quantity": 1},
        ],
    }
    out = rest(store, "POST", "products/batch", body)
    assert out["create"][0]["error"]["data"]["resource_id"] == 11
    assert (out["update"][0]["stock_quantity"], out["update"][0]["regular_price"]) == (0, "")
    assert out["update"][1]["error"]["code"] == "woocommerce_rest_product_invalid_id"


@pytest.mark.parametrize(("count", "refused"), [(100, False), (101, True)])
def test_a_batch_takes_100(store: Store, count: int, refused: bool) -> None:
    body = {"update": [{"id": 11, "stock_quantity": 1}] * count}
    out = rest(store, "POST", "products/batch", body)
    assert (out.get("code") == "woocommerce_rest_request_entity_too_large") == refused


def test_variations_are_written_through_their_parent(store: Store) -> None:
    rows = [{"sku": "S-R", "regular_price": "5", "stock_quantity": 1, "options": {"Colour": "Red"}}]
    parent = store.add_variable_product("Shirt", rows, sku="S")
    number = store.product("S-R")["id"]
    refused = rest(store, "PUT", f"products/{number}", {"stock_quantity": 5})
    assert refused["code"] == "woocommerce_rest_invalid_product_id"
    body = {"update": [{"id": number, "stock_quantity": 5}, {"id": 11, "stock_quantity": 5}]}
    out = rest(store, "POST", f"products/{parent['id']}/variations/batch", body)
    assert out["update"][0]["stock_quantity"] == 5
    assert out["update"][1]["error"]["code"] == "woocommerce_rest_product_variation_invalid_id"


def test_requests_are_kept_without_keys(store: Store) -> None:
    rest(store, "GET", "orders", query="per_page=2&consumer_key=ck_x&consumer_secret=cs_x")
    assert [(r.method, r.path, r.query, r.status) for r in store.requests] == [
        ("GET", "/wp-json/wc/v3/orders", {"per_page": "2"}, 200)
    ]
