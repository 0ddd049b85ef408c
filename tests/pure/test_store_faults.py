"""The fake store's connection can go wrong in every recorded way."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ...dev.woostore import Server, Store
from ...dev.woostore.faults import KINDS

ORDERS = "/wp-json/wc/v3/orders"


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture(params=[False, True], ids=["http", "tls"])
def any_shop(request: pytest.FixtureRequest, store: Store) -> Iterator[Server]:
    with Server(store, tls=request.param) as server:
        yield server


@pytest.fixture
def shop(store: Store) -> Iterator[Server]:
    with Server(store, tls=True) as server:
        yield server


def ask(server: Server, store: Store, method: str = "GET", **more: Any) -> requests.Response:
    session = requests.Session()
    session.trust_env = False
    auth = (store.key, store.secret)
    url = server.url + more.pop("path", ORDERS)
    return session.request(method, url, auth=auth, verify=server.ca_path or True, timeout=5, **more)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("400-invalid-param", 400, "rest_invalid_param"),
        ("401-bad-key", 401, "woocommerce_rest_cannot_view"),
        ("401-bad-secret", 401, "woocommerce_rest_authentication_error"),
        ("401-readonly", 401, "woocommerce_rest_authentication_error"),
        ("403-editor-orders", 403, "woocommerce_rest_cannot_view"),
        ("404-no-route", 404, "rest_no_route"),
        ("500-fatal-json", 500, "internal_server_error"),
        ("500-database-down", 500, "wp_die"),
        ("500-business", 500, "woocommerce_rest_cannot_create_order_refund"),
        ("503-maintenance", 503, "wp_die"),
    ],
)
def test_answers_in_json(shop: Server, store: Store, kind: str, status: int, code: str) -> None:
    shop.faults.add(kind)
    answer = ask(shop, store)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ask(shop, store).status_code == 200


@pytest.mark.parametrize(
    ("kind", "status", "wait"),
    [
        ("200-html", 200, None),
        ("403-html", 403, None),
        ("429-html", 429, "7"),
        ("429-retry-after", 429, "2"),
        ("429-no-retry-after", 429, None),
        ("502-html", 502, None),
        ("502-nginx", 502, None),
        ("503-html", 503, None),
        ("504-html", 504, None),
    ],
)
def test_answers_of_others(
    shop: Server, store: Store, kind: str, status: int, wait: str | None
) -> None:
    shop.faults.add(kind)
    answer = ask(shop, store)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, wait)
    assert answer.headers["Content-Type"].startswith("text/html")


def test_retry_after_can_be_chosen(shop: Server, store: Store) -> None:
    shop.faults.add("503-maintenance", retry_after="Wed, 21 Oct 2026 07:28:00 GMT")
    assert ask(shop, store).headers["Retry-After"].startswith("Wed")


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        ("200-php-notice-before-json", b"<br />\n<b>Deprecated</b>"),
        ("200-bom", b"\xef\xbb\xbf[]"),
        ("broken-json", b"["),
    ],
)
def test_spoilt_answers(shop: Server, store: Store, kind: str, begins: bytes) -> None:
    shop.faults.add(kind)
    answer = ask(shop, store)
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset", requests.ConnectionError),
        ("half-body", (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)),
        ("timeout", requests.ConnectionError),
    ],
)
def test_broken_connections(any_shop: Server, store: Store, kind: str, error: Any) -> None:
    any_shop.faults.add(kind, seconds=0.01)
    with pytest.raises(error):
        ask(any_shop, store, path="/wp-json/")
    assert ask(any_shop, store, path="/wp-json/").status_code == 200


def test_a_held_answer(shop: Server, store: Store) -> None:
    shop.faults.add("timeout", seconds=60)
    session = requests.Session()
    with pytest.raises(requests.ReadTimeout):
        session.get(shop.url + "/wp-json/", verify=shop.ca_path, timeout=(5, 0.1))


@pytest.mark.parametrize("kind", ["500-fatal-json", "502-html", "timeout", "reset"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_the_answer_to_a_write_is_lost(shop: Server, store: Store, kind: str, when: str) -> None:
    shop.faults.add(kind, method="POST", when=when, seconds=0.01)
    with contextlib.suppress(requests.ConnectionError):
        assert ask(shop, store, "POST", json={}).status_code >= 500
    assert len(store.orders) == (1 if when == "after" else 0)


@pytest.mark.parametrize("kind", ["redirect-301", "redirect-302"])
def test_a_redirected_write_becomes_a_read(shop: Server, store: Store, kind: str) -> None:
    shop.faults.add(kind)
    answer = ask(shop, store, "POST", json={})
    assert (answer.status_code, answer.json(), store.orders) == (200, [], {})


def test_faults_choose_their_requests(shop: Server, store: Store) -> None:
    shop.faults.add("502-html", times=2, method="GET", path=r"/products$")
    seen = [
        ask(shop, store, path=f"/wp-json/wc/v3/{p}").status_code for p in ("orders", "products")
    ]
    seen += [ask(shop, store, path="/wp-json/wc/v3/products").status_code for _ in range(2)]
    assert seen == [200, 502, 502, 200]
    assert [kind for kind, _method, _path in shop.faults.happened] == ["502-html"] * 2


def test_down_until_it_is_up(shop: Server, store: Store) -> None:
    shop.faults.down = True
    assert [ask(shop, store).status_code for _ in range(2)] == [503, 503]
    shop.faults.down = False
    assert ask(shop, store).status_code == 200
    assert len(store.requests) == 1


def test_nobody_listens(any_shop: Server, store: Store) -> None:
    session = requests.Session()
    url = any_shop.url + "/wp-json/"
    verify = any_shop.ca_path or True
    assert session.get(url, verify=verify, timeout=5).status_code == 200
    any_shop.pause()
    with pytest.raises(requests.ConnectionError, match="refused"):
        session.get(url, verify=verify, timeout=5)
    any_shop.resume()
    assert session.get(url, verify=verify, timeout=5).status_code == 200


def test_an_unknown_fault_is_named() -> None:
    with pytest.raises(ValueError, match="502-html"):
        Server(Store()).faults.add("nonsense")


def test_every_kind_happens(shop: Server, store: Store) -> None:
    for kind in KINDS:
        shop.faults.add(kind, seconds=0.01)
        with contextlib.suppress(requests.RequestException):
            assert ask(shop, store).status_code
    assert [kind for kind, _method, _path in shop.faults.happened] == list(KINDS)


def test_connections_are_kept(shop: Server, store: Store) -> None:
    session = requests.Session()
    session.trust_env = False
    session.verify = shop.ca_path
    with session.get(shop.url + "/wp-json/", stream=True) as first:
        socket = first.raw.connection.sock
        first.content  # noqa: B018
    with session.get(shop.url + "/wp-json/", stream=True) as second:
        assert second.raw.connection.sock is socket


def test_several_stores_and_a_prefix() -> None:
    stores = {"one": Store(name="One"), "two": Store(name="Two")}
    with Server(stores, prefix="/shops") as server:
        names = [
            requests.get(server.url_of(n) + "/wp-json/", timeout=30).json()["name"] for n in stores
        ]
        assert server.url_of("two").endswith("/shops/two")
        assert (
            requests.get(server.url_of("two")[:-4] + "/three/wp-json/", timeout=30).status_code
            == 404
        )
    assert names == ["One", "Two"]
