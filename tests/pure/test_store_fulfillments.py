"""Fulfilments of WooCommerce itself, as the fake shop keeps them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ...dev.woostore import Cart, Store
from ...dev.woostore.rest import Answer, Request, serve

ADDRESS = {"first_name": "Jane", "last_name": "Doe", "country": "ES", "email": "jane@example.com"}


@pytest.fixture
def store() -> Store:
    store = Store(version="10.3.0")
    store.features.add("fulfillments")
    store.add_product(sku="A", name="Alpha", regular_price="10.00", stock_quantity=50)
    store.add_product(sku="B", name="Beta", regular_price="5.00", stock_quantity=50)
    return store


def ask(store: Store, method: str, path: str, body: Any = None, query: str = "") -> Answer:
    """A request with the store's own key, without a network. ``path`` below /wp-json/."""
    key = base64.b64encode(f"{store.key}:{store.secret}".encode()).decode()
    headers = {"authorization": f"Basic {key}", "content-type": "application/json"}
    sent = b"" if body is None else json.dumps(body).encode()
    return serve(store, Request(method, f"/wp-json/{path}", query, headers, sent, True))


def place(store: Store, *lines: tuple[str, int], **more: Any) -> dict[str, Any]:
    cart = Cart(lines=list(lines) or [("A", 3), ("B", 1)], billing=ADDRESS, **more)
    return store.place_order(cart)


def path_of(order: dict[str, Any], rest: str = "") -> str:
    return f"wc/v3/orders/{order['id']}/fulfillments{rest}"


def body(*items: tuple[int, Any], status: str = "fulfilled", **more: Any) -> dict[str, Any]:
    rows = [{"item_id": line, "qty": pieces} for line, pieces in items]
    meta = [{"id": 0, "key": "_items", "value": rows}]
    meta += [{"id": 0, "key": f"_{key}", "value": value} for key, value in more.items()]
    return {"status": status, "is_fulfilled": status == "fulfilled", "meta_data": meta}


def status_of(store: Store, order: dict[str, Any]) -> str | None:
    entries = store.orders[order["id"]]["meta_data"]
    return next((m["value"] for m in entries if m["key"] == "_fulfillment_status"), None)


def keys(record: dict[str, Any]) -> list[str]:
    return [entry["key"] for entry in record["meta_data"]]


# --- creating ----------------------------------------------------------------------------------


def test_a_parcel_is_kept_with_its_tracking(store: Store) -> None:
    order = place(store)
    line = order["line_items"][0]["id"]
    sent = body((line, 2), tracking_number="3SABC", shipment_provider="postnl")
    answer = ask(store, "POST", path_of(order), sent)
    made = answer.body
    assert answer.status == 201
    assert (made["entity_type"], made["entity_id"]) == ("WC_Order", str(order["id"]))
    assert (made["status"], made["is_fulfilled"]) == ("fulfilled", True)
    assert keys(made) == ["_items", "_tracking_number", "_shipment_provider", "_date_fulfilled"]
    assert all(entry["id"] for entry in made["meta_data"])
    assert "date_deleted" not in made
    assert ask(store, "GET", path_of(order)).body == [made]
    assert ask(store, "GET", path_of(order, f"/{made['id']}")).body == made


def test_two_parcels_make_the_order_partly_and_then_wholly_fulfilled(store: Store) -> None:
    order = place(store)
    first, second = (line["id"] for line in order["line_items"])
    seen = [status_of(store, order)]
    for items in ([(first, 2)], [(first, 1), (second, 1)]):
        ask(store, "POST", path_of(order), body(*items))
        seen.append(status_of(store, order))
    assert seen == [None, "partially_fulfilled", "fulfilled"]
    assert store.fulfilled(order["id"]) == {first: 3, second: 1}
    assert store.orders[order["id"]]["status"] == order["status"]


def test_refunded_pieces_need_no_parcel(store: Store) -> None:
    order = place(store)
    first, second = (line["id"] for line in order["line_items"])
    store.refund_order(order["id"], amount="5", lines=[{"id": second, "quantity": 1}])
    ask(store, "POST", path_of(order), body((first, 3)))
    assert status_of(store, order) == "fulfilled"


@pytest.mark.parametrize("hpos", [True, False])
def test_the_order_is_saved_and_told_of(hpos: bool) -> None:
    store = Store(version="10.3.0", hpos=hpos)
    store.features.add("fulfillments")
    store.add_product(sku="A", regular_price="10")
    order = place(store, ("A", 1))
    hook = store.webhooks.create({"topic": "order.updated", "delivery_url": "http://localhost"})
    store.clock.freeze()
    store.clock.advance(60)
    ask(store, "POST", path_of(order), body((order["line_items"][0]["id"], 1)))
    assert store.webhooks.pending == [(hook["id"], order["id"])]
    moved = store.orders[order["id"]]["date_modified_gmt"] == store.clock.stamp()
    assert moved == hpos


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (body(), "The fulfillment should contain at least one item."),
        (body((1, "2")), "Invalid item."),
        (body(("1", 2)), "Invalid item."),  # type: ignore[arg-type]
        (body((1, 0)), "Invalid item."),
        (body((1, -1)), "Invalid item."),
        (body((1, True)), "Invalid item."),
        (
            {"status": "fulfilled", "meta_data": [{"id": 0, "key": "_items", "value": "x"}]},
            "The fulfillment items should be an array.",
        ),
        # without its id an entry is not looked at
        (
            {
                "status": "fulfilled",
                "meta_data": [{"key": "_items", "value": [{"item_id": 1, "qty": 1}]}],
            },
            "The fulfillment should contain at least one item.",
        ),
        ({"meta_data": body((1, 1))["meta_data"]}, "Invalid fulfillment status."),
    ],
)
def test_what_is_refused(store: Store, sent: dict[str, Any], message: str) -> None:
    answer = ask(store, "POST", path_of(place(store)), sent)
    assert answer.status == 400
    assert answer.body == {"code": 0, "message": message, "data": {"status": 400}}
    assert store.fulfillments == {}


def test_meta_is_required(store: Store) -> None:
    answer = ask(store, "POST", path_of(place(store)), {"status": "fulfilled"})
    assert (answer.status, answer.body["code"]) == (400, "rest_missing_callback_param")


def test_nobody_counts_the_pieces(store: Store) -> None:
    """As in WooCommerce: too many, or of another order's line, is taken."""
    order = place(store, ("A", 1))
    answer = ask(store, "POST", path_of(order), body((999, 7)))
    assert (answer.status, store.fulfilled(order["id"])) == (201, {999: 7})


def test_the_status_decides_and_an_unknown_one_does_not(store: Store) -> None:
    order = place(store)
    line = order["line_items"][0]["id"]
    sent = {**body((line, 1), status="nonsense"), "is_fulfilled": True}
    made = ask(store, "POST", path_of(order), sent).body
    assert (made["status"], made["is_fulfilled"]) == ("unfulfilled", False)
    assert status_of(store, order) == "unfulfilled"


# --- changing ----------------------------------------------------------------------------------


def test_keys_that_are_not_sent_are_removed(store: Store) -> None:
    order = place(store)
    line = order["line_items"][0]["id"]
    made = ask(store, "POST", path_of(order), body((line, 1), tracking_number="X", note="n")).body
    sent = body((line, 1), tracking_number="3SNEW")
    changed = ask(store, "PUT", path_of(order, f"/{made['id']}"), sent).body
    assert keys(changed) == ["_items", "_tracking_number", "_date_fulfilled"]
    assert changed["meta_data"][1] == {**made["meta_data"][1], "value": "3SNEW"}


def test_a_draft_is_fulfilled_later(store: Store) -> None:
    order = place(store, ("A", 1))
    line = order["line_items"][0]["id"]
    made = ask(store, "POST", path_of(order), body((line, 1), status="unfulfilled")).body
    assert "_date_fulfilled" not in keys(made)
    done = ask(store, "PUT", path_of(order, f"/{made['id']}"), body((line, 1))).body
    assert (done["is_fulfilled"], "_date_fulfilled" in keys(done)) == (True, True)
    assert status_of(store, order) == "fulfilled"


def test_deletion_is_soft_and_may_be_repeated(store: Store) -> None:
    order = place(store, ("A", 1))
    made = ask(store, "POST", path_of(order), body((order["line_items"][0]["id"], 1))).body
    path = path_of(order, f"/{made['id']}")
    answers = [ask(store, "DELETE", path) for _ in range(2)]
    assert [a.status for a in answers] == [200, 200]
    assert answers[0].body == {"message": "Fulfillment deleted successfully."}
    assert (ask(store, "GET", path_of(order)).body, status_of(store, order)) == ([], None)
    gone = ask(store, "GET", path)
    assert (gone.status, gone.body["code"]) == (400, 404)
    assert store.fulfillments[made["id"]]["date_deleted"]
    assert ask(store, "PUT", path, body((1, 9))).status == 200
    assert store.fulfilled(order["id"]) == {}


def test_meta_has_endpoints_of_its_own(store: Store) -> None:
    order = place(store, ("A", 1))
    made = ask(store, "POST", path_of(order), body((order["line_items"][0]["id"], 1), x="1")).body
    path = path_of(order, f"/{made['id']}/metadata")
    assert ask(store, "GET", path).body == made["meta_data"]
    left = ask(store, "DELETE", path, query="meta_key=_x").body
    assert "_x" not in [entry["key"] for entry in left]
    sent = [*left, {"id": 0, "key": "_y", "value": "2"}]
    assert ask(store, "PUT", path, {"meta_data": sent}).body[-1]["key"] == "_y"


def test_a_refund_shrinks_drafts_only(store: Store) -> None:
    order = place(store, ("A", 3))
    line = order["line_items"][0]["id"]
    ask(store, "POST", path_of(order), body((line, 1)))
    draft = ask(store, "POST", path_of(order), body((line, 2), status="unfulfilled")).body
    store.refund_order(order["id"], amount="1", lines=[{"id": line, "quantity": 1}])
    left = ask(store, "GET", path_of(order, f"/{draft['id']}")).body
    assert left["meta_data"][0]["value"] == [{"item_id": line, "qty": 1}]
    store.refund_order(order["id"], amount="1", lines=[{"id": line, "quantity": 1}])
    assert len(ask(store, "GET", path_of(order)).body) == 1
    assert (store.fulfilled(order["id"]), status_of(store, order)) == ({line: 1}, "fulfilled")


# --- strangers ---------------------------------------------------------------------------------


def test_what_is_not_there(store: Store) -> None:
    order, other = place(store), place(store)
    made = ask(store, "POST", path_of(order), body((order["line_items"][0]["id"], 1))).body
    missing = ask(store, "GET", "wc/v3/orders/999/fulfillments")
    assert (missing.status, missing.body["code"]) == (404, "woocommerce_rest_order_invalid_id")
    assert missing.body["data"] == {"status": "404"}
    wrong = [
        ask(store, "GET", path_of(other, f"/{made['id']}")),
        ask(store, "PUT", path_of(order, "/999"), body((1, 1))),
        ask(store, "DELETE", path_of(other, f"/{made['id']}")),
    ]
    assert [a.status for a in wrong] == [400, 400, 400]
    texts = [a.body["message"] for a in wrong]
    assert texts == ["Invalid fulfillment ID.", "Fulfillment not found.", "Invalid fulfillment ID."]


@pytest.mark.parametrize(("version", "on"), [("10.3.0", False), ("10.0.2", True), ("9.9.5", True)])
def test_shops_without_the_feature(store: Store, version: str, on: bool) -> None:
    store.version = version
    if not on:
        store.features.clear()
    answer = ask(store, "GET", path_of(place(store)))
    assert (answer.status, answer.body["code"]) == (404, "rest_no_route")
    status = ask(store, "GET", "wc/v3/system_status").body["settings"]
    assert "fulfillments" not in status["enabled_features"]
    assert not any("fulfillments" in path for path in ask(store, "GET", "wc/v3").body["routes"])


def test_the_feature_is_found(store: Store) -> None:
    status = ask(store, "GET", "wc/v3/system_status").body["settings"]
    assert "fulfillments" in status["enabled_features"]
    routes = ask(store, "GET", "wc/v3").body["routes"]
    assert "/wc/v3/orders/(?P<order_id>[\\d]+)/fulfillments" in routes
    assert "/wc/v3/orders/(?P<order_id>[\\d]+)/fulfillments/(?P<id>[\\d]+)" in routes


@pytest.mark.parametrize(
    ("number", "carrier"),
    [("1Z999AA10123456784", "ups"), ("3S ABCD 1234567", "postnl"), ("nonsense", None)],
)
def test_a_carrier_is_guessed_by_its_number(store: Store, number: str, carrier: str | None) -> None:
    query = f"tracking_number={number.replace(' ', '%20')}"
    found = ask(store, "GET", path_of(place(store), "/lookup"), query=query).body
    assert (found["shipping_provider"] if found else None) == carrier


# --- what the customer hears -------------------------------------------------------------------


def test_customers_are_mailed_only_when_asked(store: Store) -> None:
    order = place(store, ("A", 1))
    sent = body((order["line_items"][0]["id"], 1), tracking_number="3SABC")
    store.mails.clear()
    made = ask(store, "POST", path_of(order), sent).body
    assert store.mails == []
    path = path_of(order, f"/{made['id']}")
    ask(store, "PUT", path, {**sent, "notify_customer": True})
    ask(store, "DELETE", path, query="notify_customer=true")
    ask(store, "POST", path_of(order), {**sent, "notify_customer": True})
    kinds = [mail.kind for mail in store.mails_of(order["id"])]
    assert kinds == ["fulfillment_updated", "fulfillment_deleted", "fulfillment_created"]
    assert "Alpha x1" in store.mails[-1].text
    assert "3SABC" in store.mails[-1].text


def test_drafts_are_not_mailed_until_they_are_fulfilled(store: Store) -> None:
    order = place(store, ("A", 1))
    line = order["line_items"][0]["id"]
    sent = {**body((line, 1), status="unfulfilled"), "notify_customer": True}
    made = ask(store, "POST", path_of(order), sent).body
    assert store.mails_of(order["id"], "fulfillment_created") == []
    sent = {**body((line, 1)), "notify_customer": True}
    ask(store, "PUT", path_of(order, f"/{made['id']}"), sent)
    assert len(store.mails_of(order["id"], "fulfillment_created")) == 1


@pytest.mark.parametrize(("version", "count"), [("10.3.0", 0), ("10.7.0", 2)])
def test_notes_are_written_since_10_7(store: Store, version: str, count: int) -> None:
    store.version = version
    order = place(store, ("A", 1))
    before = len(store.notes_of(order["id"]))
    ask(store, "POST", path_of(order), body((order["line_items"][0]["id"], 1)))
    assert len(store.notes_of(order["id"])) - before == count
