"""Parcels by the tracking plug-ins of the fake shop."""

from __future__ import annotations

from typing import Any

import pytest

from ...dev.woostore import Cart, Store
from ...dev.woostore.rest import Request, serve
from .test_store_fulfillments import ADDRESS, ask

OFFICIAL, AST = "wc-shipment-tracking/v3", "wc-ast/v3"


@pytest.fixture
def store() -> Store:
    store = Store()
    store.add_product(sku="A", name="Alpha", regular_price="10.00", stock_quantity=50)
    store.add_product(sku="B", name="Beta", regular_price="5.00", stock_quantity=50)
    return store


@pytest.fixture
def official(store: Store) -> Store:
    store.features.add("shipment-tracking")
    return store


@pytest.fixture
def ast(store: Store) -> Store:
    store.features.add("advanced-shipment-tracking")
    return store


def place(store: Store, **more: Any) -> dict[str, Any]:
    address = {**ADDRESS, "postcode": "1011 AB"}
    cart = Cart(lines=[("A", 3), ("B", 1)], billing=address, payment_method="stripe", **more)
    return store.place_order(cart)


def path_of(order: dict[str, Any], space: str = OFFICIAL, rest: str = "") -> str:
    return f"{space}/orders/{order['id']}/shipment-trackings{rest}"


def meta_of(store: Store, order: dict[str, Any]) -> Any:
    entries = store.orders[order["id"]]["meta_data"]
    values = [m["value"] for m in entries if m["key"] == "_wc_shipment_tracking_items"]
    return values[0] if values else None


# --- WooCommerce Shipment Tracking -------------------------------------------------------------


def test_a_parcel_with_a_known_carrier(official: Store) -> None:
    order = place(official)
    sent = {
        "tracking_provider": "PostNL",
        "tracking_number": "3SABC",
        "date_shipped": "2026-11-20",
    }
    answer = ask(official, "POST", path_of(order), sent)
    made = answer.body
    assert answer.status == 201
    assert (made["tracking_provider"], made["tracking_number"]) == ("PostNL", "3SABC")
    assert made["tracking_link"] == "https://postnl.nl/tracktrace/?B=3SABC&P=1011AB&T=C"
    assert (made["date_shipped"], len(made["tracking_id"])) == ("2026-11-20", 32)
    assert ask(official, "GET", path_of(order)).body == [made]
    assert ask(official, "GET", path_of(order, rest=f"/{made['tracking_id']}")).body == made
    (kept,) = official.trackings(order["id"])
    assert (kept["tracking_provider"], kept["date_shipped"]) == ("postnl", "1795132800")
    assert official.orders[order["id"]]["status"] == "processing"


def test_a_carrier_of_ones_own(official: Store) -> None:
    sent = {
        "custom_tracking_provider": "Bike Bros",
        "custom_tracking_link": "https://bikes.example/7",
        "tracking_number": "7",
    }
    made = ask(official, "POST", path_of(place(official)), sent).body
    shown = (made["tracking_provider"], made["tracking_link"])
    assert shown == ("Bike Bros", "https://bikes.example/7")


def test_an_unknown_carrier_is_taken_and_not_shown(official: Store) -> None:
    sent = {"tracking_provider": "Bike Bros", "tracking_number": "7"}
    answer = ask(official, "POST", path_of(place(official)), sent)
    assert answer.status == 201
    assert (answer.body["tracking_provider"], answer.body["tracking_link"]) == ("", "")


def test_dates_that_cannot_be_read_are_today(official: Store) -> None:
    sent = {"tracking_number": "7", "date_shipped": "soon"}
    made = ask(official, "POST", path_of(place(official)), sent).body
    assert made["date_shipped"] == official.clock.now().strftime("%Y-%m-%d")


def test_the_same_parcel_twice_is_two_parcels(official: Store) -> None:
    order = place(official)
    for _ in range(2):
        ask(official, "POST", path_of(order), {"tracking_number": "7"})
    assert len({item["tracking_id"] for item in official.trackings(order["id"])}) == 2


def test_what_is_refused(official: Store) -> None:
    order = place(official)
    answers = [
        ask(official, "POST", path_of(order), {"tracking_provider": "PostNL"}),
        ask(official, "POST", path_of(order), {"tracking_number": "7", "tracking_id": "a"}),
        ask(official, "POST", path_of({"id": 999}), {"tracking_number": "7"}),
        ask(official, "GET", path_of(order, rest="/abc123")),
        ask(official, "DELETE", path_of(order, rest="/abc123")),
        ask(official, "PUT", path_of(order, rest="/abc123"), {"tracking_number": "8"}),
    ]
    assert [(a.status, a.body["code"]) for a in answers] == [
        (400, "rest_missing_callback_param"),
        (400, "woocommerce_rest_shop_order_shipment_tracking_exists"),
        (404, "woocommerce_rest_order_invalid_id"),
        (404, "woocommerce_rest_order_shipment_tracking_invalid_id"),
        (404, "woocommerce_rest_order_shipment_tracking_invalid_id"),
        (404, "rest_no_route"),
    ]


def test_a_parcel_is_deleted(official: Store) -> None:
    order = place(official)
    made = ask(official, "POST", path_of(order), {"tracking_number": "7"}).body
    path = path_of(order, rest=f"/{made['tracking_id']}")
    assert ask(official, "DELETE", path).body == made
    assert (ask(official, "GET", path_of(order)).body, meta_of(official, order)) == ([], [])


@pytest.mark.parametrize("path", ["shipment-trackings", "orders/1/shipment-trackings"])
def test_carriers_are_public(official: Store, path: str) -> None:
    answer = serve(official, Request("GET", f"/wp-json/{OFFICIAL}/{path}/providers"))
    assert answer.status == 200
    assert "bpost" in answer.body["Belgium"]


def test_saving_a_parcel_tells_of_the_order(official: Store) -> None:
    order = place(official)
    hook = official.webhooks.create({"topic": "order.updated", "delivery_url": "http://localhost"})
    ask(official, "POST", path_of(order), {"tracking_number": "7"})
    assert official.webhooks.pending == [(hook["id"], order["id"])]


def test_the_mail_about_completion_names_the_parcels_known_by_then(official: Store) -> None:
    order = place(official)
    ask(official, "POST", path_of(order), {"tracking_number": "3SABC"})
    official.update_order(order["id"], status="completed")
    ask(official, "POST", path_of(order), {"tracking_number": "LATE"})
    (mail,) = official.mails_of(order["id"], "completed")
    assert "3SABC" in mail.text


# --- Advanced Shipment Tracking ----------------------------------------------------------------


@pytest.mark.parametrize("space", [AST, OFFICIAL, "wc/v3"])
def test_ast_answers_in_several_namespaces(ast: Store, space: str) -> None:
    order = place(ast)
    sent = {"tracking_provider": "postnl", "tracking_number": "3SABC", "date_shipped": "20-11-2026"}
    made = ask(ast, "POST", path_of(order, space), sent).body
    assert (made["tracking_provider"], made["date_shipped"]) == ("PostNL", "2026-11-20")
    assert f"/wp-json/{space}/orders/" in made["_links"]["self"][0]["href"]
    assert ask(ast, "GET", path_of(order, AST)).body[0]["tracking_id"] == made["tracking_id"]
    note = ast.notes_of(order["id"])[-1]["note"]
    assert note == "Order was shipped with PostNL and tracking number is: 3SABC"


@pytest.mark.parametrize(
    ("shipped", "custom", "status"),
    [
        (None, False, "processing"),
        (0, True, "processing"),
        (1, False, "completed"),
        (2, False, "processing"),
        (2, True, "partial-shipped"),
        ("2", True, "partial-shipped"),
    ],
)
def test_status_shipped(ast: Store, shipped: Any, custom: bool, status: str) -> None:
    """The partial one exists only where the shop has switched it on."""
    if custom:
        ast.statuses["partial-shipped"] = "Partially Shipped"
    order = place(ast)
    sent = {"tracking_provider": "bpost", "tracking_number": "7", "status_shipped": shipped}
    ask(ast, "POST", path_of(order, AST), sent)
    assert ast.orders[order["id"]]["status"] == status
    kinds = [mail.kind for mail in ast.mails_of(order["id"])]
    expected = {"completed": ["completed"], "partial-shipped": ["partial_shipped"]}
    assert kinds == ["processing", *expected.get(status, [])]


def test_each_part_is_mailed(ast: Store) -> None:
    ast.statuses["partial-shipped"] = "Partially Shipped"
    order = place(ast)
    for number in ("1", "2"):
        sent = {"tracking_provider": "bpost", "tracking_number": number, "status_shipped": 2}
        ask(ast, "POST", path_of(order, AST), sent)
    texts = [mail.text for mail in ast.mails_of(order["id"], "partial_shipped")]
    assert ["Tracking: 2" in text for text in texts] == [False, True]


def test_parcels_are_replaced_when_asked(ast: Store) -> None:
    order = place(ast)
    for number, replace in (("1", 0), ("2", 0), ("3", 1)):
        sent = {"tracking_provider": "bpost", "tracking_number": number}
        ask(ast, "POST", path_of(order, AST), {**sent, "replace_tracking": replace})
    assert [item["tracking_number"] for item in ast.trackings(order["id"])] == ["3"]


def test_pieces_by_sku(ast: Store) -> None:
    order = place(ast)
    sent = {"tracking_provider": "bpost", "tracking_number": "7", "sku": "A,NOPE,B", "qty": "2,1,1"}
    ask(ast, "POST", path_of(order, AST), sent)
    lines = [line["id"] for line in order["line_items"]]
    pieces = [(p["item_id"], p["qty"]) for p in ast.trackings(order["id"])[0]["products_list"]]
    assert pieces == [(lines[0], "2"), (lines[1], "1")]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("dhl EXPRESS", "DHL"), ("dhl", "DHL"), ("Bike Bros", "")],
)
def test_carriers_have_aliases(ast: Store, name: str, shown: str) -> None:
    order = place(ast)
    sent = {"tracking_provider": name, "tracking_number": "7"}
    assert ask(ast, "POST", path_of(order, AST), sent).body["tracking_provider"] == shown


def test_asts_carriers_are_not_public(ast: Store) -> None:
    path = f"{AST}/orders/1/shipment-trackings/providers"
    assert serve(ast, Request("GET", f"/wp-json/{path}")).status == 401
    assert "bpost" in ask(ast, "GET", path).body["Belgium"]


def test_ast_leaves_nothing_of_the_last_parcel(ast: Store) -> None:
    order = place(ast)
    made = ask(ast, "POST", path_of(order, AST), {"tracking_number": "7"}).body
    ask(ast, "DELETE", path_of(order, AST, f"/{made['tracking_id']}"))
    assert meta_of(ast, order) is None


# --- how a client finds out --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feature", "spaces"),
    [
        (None, set()),
        ("shipment-tracking", {OFFICIAL}),
        ("advanced-shipment-tracking", {OFFICIAL, AST}),
    ],
)
def test_plug_ins_are_found(store: Store, feature: str | None, spaces: set[str]) -> None:
    if feature:
        store.features.add(feature)
    index = serve(store, Request("GET", "/wp-json/")).body
    assert {OFFICIAL, AST} & set(index["namespaces"]) == spaces
    name = "/orders/(?P<order_id>[\\d]+)/shipment-trackings"
    assert {space for space in (OFFICIAL, AST) if f"/{space}{name}" in index["routes"]} == spaces
    plugins = ask(store, "GET", "wc/v3/system_status").body["active_plugins"]
    assert len(plugins) == 1 + bool(feature)
    for space in (OFFICIAL, AST):
        own = serve(store, Request("GET", f"/wp-json/{space}")).body["routes"]
        assert bool(own) == (space in spaces)
        order = place(store)
        found = ask(store, "GET", path_of(order, space)).status
        assert found == (200 if space in spaces else 404)
