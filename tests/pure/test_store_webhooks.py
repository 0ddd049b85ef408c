"""Webhooks of the fake store, over real HTTP, as recorded."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from ...dev.woostore import Cart, Server, Store

SECRET = "whsec-0123456789"


@dataclass
class Receiver:
    """A place where deliveries arrive; ``status`` is what it answers."""

    url: str = ""
    status: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def topics(self) -> list[str]:
        return [headers.get("X-WC-Webhook-Topic", "ping") for headers, _body in self.got]

    def bodies(self) -> list[Any]:
        return [json.loads(body) for headers, body in self.got if "X-WC-Webhook-ID" in headers]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append((dict(self.headers), body))
            self.send_response(receiver.status)
            self.send_header("Location", receiver.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield receiver
    server.shutdown()
    server.server_close()


@pytest.fixture
def store() -> Store:
    store = Store()
    store.add_product(sku="A", name="Alpha", regular_price="10", stock_quantity=50)
    return store


@pytest.fixture
def shop(store: Store) -> Iterator[Server]:
    with Server(store, tls=True) as server:
        yield server


Hook = Callable[..., requests.Response]


@pytest.fixture
def hook(shop: Server, store: Store, receiver: Receiver) -> Hook:
    def create(topic: str, **more: Any) -> requests.Response:
        body = {"topic": topic, "delivery_url": receiver.url, "secret": SECRET, **more}
        return call(shop, store, "POST", "webhooks", body)

    return create


def call(shop: Server, store: Store, method: str, path: str, body: Any = None) -> requests.Response:
    session = requests.Session()
    session.trust_env = False
    url = f"{shop.url}/wp-json/wc/v3/{path}"
    return session.request(
        method, url, json=body, auth=(store.key, store.secret), verify=shop.ca_path
    )


def buy(store: Store, **more: Any) -> int:
    cart = Cart(lines=[("A", 1)], payment_method="stripe", **more)
    return store.place_order(cart)["id"]


# --- creating ----------------------------------------------------------------------------------


def test_creating_pings_before_it_answers(hook: Hook, receiver: Receiver) -> None:
    answer = hook("order.created")
    assert answer.status_code == 201
    ((headers, body),) = receiver.got
    assert body == b"webhook_id=1"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["User-Agent"] == "WooCommerce/10.0.2 Hookshot (WordPress/6.8.7)"
    assert not [name for name in headers if name.lower().startswith("x-wc")]


def test_the_secret_is_never_shown(hook: Hook) -> None:
    body = hook("order.created").json()
    assert SECRET not in json.dumps(body)
    assert {"secret", "failure_count", "pending_delivery"}.isdisjoint(body)


@pytest.mark.parametrize("status", [202, 204, 404, 500])
def test_only_200_ends_the_pinging(
    hook: Hook, store: Store, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    hook("order.created")
    receiver.status = 200
    buy(store)
    store.deliver()
    assert receiver.topics() == ["ping", "order.created", "ping"]
    buy(store)
    store.deliver()
    assert receiver.topics()[3:] == ["order.created"]


def test_a_receiver_that_is_not_there_does_not_matter(hook: Hook, store: Store) -> None:
    answer = hook("order.created", delivery_url="http://127.0.0.1:1/nothing")
    assert answer.status_code == 201
    assert store.webhooks[1]["pending_delivery"] is True


# --- delivering --------------------------------------------------------------------------------


def test_headers_and_signature(hook: Hook, store: Store, receiver: Receiver, shop: Server) -> None:
    hook("order.updated")
    receiver.got.clear()
    store.delivery_headers = {"Cookie": "test=1"}
    number = buy(store)
    assert store.deliver() == [(200, "order.updated", number)]
    ((headers, body),) = receiver.got
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    assert headers["X-WC-Webhook-Signature"] == base64.b64encode(digest).decode()
    assert headers["X-WC-Webhook-Source"] == f"{shop.url}/"
    assert headers["X-WC-Webhook-Topic"] == "order.updated"
    assert headers["X-WC-Webhook-Resource"] == "order"
    assert headers["X-WC-Webhook-Event"] == "updated"
    assert headers["X-WC-Webhook-ID"] == "1"
    assert headers["Content-Type"] == "application/json"
    assert headers["Cookie"] == "test=1"
    assert json.loads(body) == call(shop, store, "GET", f"orders/{number}").json()


def test_the_body_is_written_as_php_writes_it(hook: Hook, store: Store, receiver: Receiver) -> None:
    hook("order.updated")
    buy(store, billing={"first_name": "Zoë"})
    store.deliver()
    body = receiver.got[-1][1]
    assert b"Zo\\u00eb" in body
    assert b"https:\\/\\/" in body


def test_block_checkout_tells_of_the_update_first(
    hook: Hook, store: Store, receiver: Receiver
) -> None:
    for topic in ("order.created", "order.updated", "product.updated"):
        hook(topic)
    receiver.got.clear()
    buy(store)
    store.deliver()
    assert receiver.topics() == ["order.updated", "product.updated", "order.created"]
    assert {body["status"] for body in receiver.bodies()} == {"processing", "publish"}


def test_classic_checkout_tells_of_the_order_first(
    hook: Hook, store: Store, receiver: Receiver
) -> None:
    hook("order.created")
    hook("order.updated")
    receiver.got.clear()
    buy(store, created_via="checkout")
    store.deliver()
    assert receiver.topics() == ["order.created", "order.updated"]


def test_opening_the_checkout_tells_of_a_draft(
    hook: Hook, store: Store, receiver: Receiver
) -> None:
    hook("order.created")
    hook("order.updated")
    receiver.got.clear()
    store.open_checkout(Cart(lines=[("A", 1)]))
    store.deliver()
    assert [
        (b["status"], t) for b, t in zip(receiver.bodies(), receiver.topics(), strict=True)
    ] == [("checkout-draft", "order.updated")]


def test_changes_coalesce_and_the_last_state_is_sent(
    hook: Hook, store: Store, receiver: Receiver
) -> None:
    hook("order.updated")
    number = buy(store)
    for note in ("one", "two", "three"):
        store.update_order(number, customer_note=note)
    assert store.deliver() == [(200, "order.updated", number)]
    assert receiver.bodies()[-1]["customer_note"] == "three"
    assert store.deliver() == []


def test_one_delivery_id_for_all_deliveries_of_a_second(
    hook: Hook, store: Store, receiver: Receiver
) -> None:
    hook("order.created")
    store.clock.freeze()
    buy(store), buy(store)
    store.deliver()
    store.clock.advance(1)
    buy(store)
    store.deliver()
    ids = [h["X-WC-Webhook-Delivery-ID"] for h, _b in receiver.got if "X-WC-Webhook-ID" in h]
    assert ids[0] == ids[1] != ids[2]


def test_a_record_that_is_gone_gives_a_signed_error(
    hook: Hook, store: Store, receiver: Receiver
) -> None:
    hook("order.created")
    number = buy(store)
    store.delete_order(number)
    store.deliver()
    assert receiver.bodies()[-1] == {
        "code": "woocommerce_rest_shop_order_invalid_id",
        "message": "Invalid ID.",
        "data": {"status": 404},
    }


def test_an_owner_without_rights_gives_a_signed_error(
    hook: Hook, store: Store, receiver: Receiver
) -> None:
    hook("order.created")
    buy(store)
    store.webhooks.owner_lost_rights = True
    store.deliver()
    assert receiver.bodies()[-1]["code"] == "woocommerce_rest_cannot_view"


def test_a_variation_comes_as_a_product(hook: Hook, store: Store, receiver: Receiver) -> None:
    rows = [{"sku": "S-R", "regular_price": "5", "stock_quantity": 3, "options": {"Colour": "Red"}}]
    parent = store.add_variable_product("Shirt", rows, sku="S")
    hook("product.updated")
    store.set_stock("S-R", 2)
    store.deliver()
    (body,) = receiver.bodies()
    assert (body["type"], body["parent_id"], body["stock_quantity"]) == (
        "variation",
        parent["id"],
        2,
    )


# --- events and silence ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hpos", "act", "topics"),
    [
        (True, "trash", ["order.deleted"]),
        (True, "rest-trash", ["order.deleted"]),
        (False, "rest-trash", ["order.deleted", "product.deleted", "coupon.deleted"]),
        (True, "rest-untrash", []),
        (False, "rest-untrash", ["order.updated"]),
        (True, "restore", ["order.restored"]),
        (True, "delete", []),
        (True, "rest-delete", []),
        (True, "note", []),
        (True, "refund", ["order.updated"]),
        (True, "refund-delete", []),
        (True, "nothing", ["order.updated"]),
    ],
)
def test_what_is_told(hpos: bool, act: str, topics: list[str]) -> None:
    store = Store(hpos=hpos)
    store.add_product(sku="A", regular_price="10")
    number = buy(store)
    refund = store.refund_order(number, amount="1")["id"]
    if act in ("restore", "rest-untrash"):
        store.trash_order(number)
    told: list[str] = []
    store.webhooks.emit = lambda topic, _id: told.append(topic)  # type: ignore[method-assign]
    with Server(store, tls=True) as shop:
        doings: dict[str, Callable[[], Any]] = {
            "trash": lambda: store.trash_order(number),
            "restore": lambda: store.restore_order(number),
            "delete": lambda: store.delete_order(number),
            "refund": lambda: store.refund_order(number, amount="1"),
            "rest-trash": lambda: call(shop, store, "DELETE", f"orders/{number}"),
            "rest-delete": lambda: call(shop, store, "DELETE", f"orders/{number}?force=true"),
            "rest-untrash": lambda: call(
                shop, store, "PUT", f"orders/{number}", {"status": "processing"}
            ),
            "note": lambda: call(shop, store, "POST", f"orders/{number}/notes", {"note": "x"}),
            "refund-delete": lambda: call(
                shop, store, "DELETE", f"orders/{number}/refunds/{refund}?force=true"
            ),
            "nothing": lambda: call(shop, store, "PUT", f"orders/{number}", {}),
        }
        doings[act]()
    assert told == topics


def test_trash_tells_only_the_id(hook: Hook, store: Store, receiver: Receiver) -> None:
    hook("order.deleted")
    number = buy(store)
    store.trash_order(number)
    store.deliver()
    assert receiver.bodies() == [{"id": number}]


# --- failures ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 204, 301, 302])
def test_success(hook: Hook, store: Store, receiver: Receiver, status: int) -> None:
    hook("order.created")
    receiver.status = status
    number = buy(store)
    assert store.deliver() == [(status, "order.created", number)]
    assert store.webhooks[1]["failure_count"] == 0
    assert len(receiver.got) == 2


def test_the_seventh_failure_switches_off_and_the_count_stays(
    hook: Hook, store: Store, receiver: Receiver, shop: Server
) -> None:
    hook("order.updated")
    number = buy(store)
    receiver.status = 500
    states = []
    for _ in range(8):
        store.update_order(number)
        sent = store.deliver()
        states.append((len(sent), store.webhooks[1]["status"]))
    assert states == [(1, "active")] * 6 + [(1, "disabled"), (0, "disabled")]
    call(shop, store, "PUT", "webhooks/1", {"status": "active"})
    store.update_order(number)
    store.deliver()
    assert store.webhooks[1]["status"] == "disabled"


def test_a_success_forgets_the_failures(hook: Hook, store: Store, receiver: Receiver) -> None:
    hook("order.updated")
    number = buy(store)
    for status in (500, 500, 200, 500):
        receiver.status = status
        store.update_order(number)
        store.deliver()
    assert store.webhooks[1]["failure_count"] == 1


def test_nothing_is_tried_again(hook: Hook, store: Store, receiver: Receiver) -> None:
    hook("order.created")
    receiver.status = 500
    buy(store)
    store.deliver()
    assert store.deliver() == []


def test_dropped_deliveries(hook: Hook, store: Store, receiver: Receiver) -> None:
    hook("order.created")
    receiver.got.clear()
    dropped = buy(store)
    store.drop = lambda _hook, _topic, resource: resource == dropped
    kept = buy(store)
    assert store.deliver() == [(-1, "order.created", dropped), (200, "order.created", kept)]
    assert [body["id"] for body in receiver.bodies()] == [kept]


def test_private_addresses_can_be_refused(hook: Hook, store: Store, receiver: Receiver) -> None:
    hook("order.created")
    receiver.got.clear()
    store.webhooks.refuses_unsafe = True
    buy(store)
    assert store.deliver()[0][0] == 0
    assert receiver.got == []


def test_delivering_in_the_background(
    hook: Hook, store: Store, shop: Server, receiver: Receiver
) -> None:
    hook("order.created")
    arrived = threading.Event()
    store.drop = lambda *_args: arrived.set()  # type: ignore[func-returns-value,return-value]
    shop.start_delivering(every=0.01)
    buy(store)
    assert arrived.wait(10)
    shop.stop_delivering()
