"""The shop's page for people."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
import requests

from ...dev.woostore import Cart, Server, Store


class Forms(HTMLParser):
    """The forms of a page: what a click would send."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.forms.append({})
        elif self.forms and "name" in values and tag in ("input", "button"):
            self.forms[-1][values["name"]] = values.get("value", "")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture
def store() -> Store:
    store = Store()
    store.add_product(sku="A", name="Alpha", regular_price="10", stock_quantity=5)
    return store


@pytest.fixture
def shop(store: Store) -> Iterator[Server]:
    with Server(store) as server:
        yield server


def page(shop: Server) -> Forms:
    return Forms(requests.get(shop.url + "/", timeout=30).text)


def test_a_person_buys_something(shop: Server, store: Store) -> None:
    (till,) = page(shop).forms
    answer = requests.post(
        shop.url + "/",
        data={**till, "product": "11", "payment": "cod", "country": "ES"},
        timeout=30,
    )
    assert [r.status_code for r in answer.history] == [303]
    (order,) = store.orders.values()
    assert (order["status"], order["billing"]["last_name"]) == ("processing", "Doe")
    assert store.product("A")["stock_quantity"] == 4


@pytest.mark.parametrize("status", ["processing", "completed", "cancelled"])
def test_buttons_change_the_status(shop: Server, store: Store, status: str) -> None:
    number = store.place_order(Cart(lines=[("A", 1)]))["id"]
    buttons = [form for form in page(shop).forms if form.get("status") == status]
    requests.post(shop.url + "/", data=buttons[0], timeout=30)
    assert store.orders[number]["status"] == status


def test_tracking_is_shown(shop: Server, store: Store) -> None:
    number = store.place_order(Cart(lines=[("A", 1)]))["id"]
    store.update_order(number, meta_data=[{"key": "_tracking_number", "value": "3SABC"}])
    assert "tracking_number: 3SABC" in " ".join(page(shop).text)


def test_what_became_of_an_order_is_shown(shop: Server, store: Store) -> None:
    store.features |= {"shipment-tracking", "fulfillments"}
    order = store.place_order(Cart(lines=[("A", 2)], billing={"email": "jane@example.com"}))
    item = {
        "tracking_provider": "postnl",
        "tracking_number": "3SABC",
        "custom_tracking_provider": "",
    }
    store.update_order(
        order["id"], meta_data=[{"key": "_wc_shipment_tracking_items", "value": [item]}]
    )
    items = {
        "id": 1,
        "key": "_items",
        "value": [{"item_id": order["line_items"][0]["id"], "qty": 2}],
    }
    store.fulfillments[1] = {
        **{"id": 1, "entity_id": str(order["id"]), "date_deleted": None, "meta_data": [items]},
        **{"status": "fulfilled", "is_fulfilled": True},
    }
    store.refund_order(order["id"], amount="3.00", reason="Scratched")
    store.update_order(order["id"], status="processing")
    text = " ".join(page(shop).text)
    assert "Parcel: PostNL 3SABC" in text
    assert "Fulfilled #1. Items: Alpha x2." in text
    assert "Refunded 3.00 € Scratched" in text
    assert "Order status changed from On hold to Processing." in text


def test_nothing_is_let_through(shop: Server, store: Store) -> None:
    attack = "<script>alert(1)</script>"
    store.add_product(sku=attack, name=attack, regular_price="1")
    billing = {"first_name": attack, "email": "a@example.com"}
    number = store.place_order(Cart(lines=[("A", 1)], billing=billing))["id"]
    store.update_order(number, meta_data=[{"key": "_tracking_number", "value": attack}])
    store.orders[number]["number"] = attack
    text = requests.get(shop.url + "/", timeout=30).text
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 4


@pytest.mark.parametrize(
    "form", [{"do": "buy", "product": "999"}, {"do": "buy", "product": "11", "quantity": "0"}]
)
def test_nonsense_is_refused(shop: Server, store: Store, form: dict[str, str]) -> None:
    assert requests.post(shop.url + "/", data=form, timeout=30).status_code == 400
    assert store.orders == {}


def test_the_page_points_to_the_api(shop: Server) -> None:
    answer = requests.get(shop.url + "/", timeout=30)
    assert answer.links["https://api.w.org/"]["url"] == f"{shop.url}/wp-json/"
    assert requests.get(shop.url + "/nothing", timeout=30).status_code == 404
