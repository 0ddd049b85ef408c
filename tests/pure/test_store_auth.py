"""Who may ask the fake store, and what it answers the others: as recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import woocommerce

from ...dev.woostore import Server, Store

VIEW = "woocommerce_rest_cannot_view"
WRONG = "woocommerce_rest_authentication_error"


@pytest.fixture
def store() -> Store:
    store = Store()
    store.add_product(sku="A", regular_price="10")
    return store


@pytest.fixture
def shop(store: Store) -> Iterator[Server]:
    with Server(store, tls=True) as server:
        yield server


@pytest.fixture
def plain(store: Store) -> Iterator[Server]:
    with Server(store) as server:
        yield server


def ask(server: Server, path: str = "/wp-json/wc/v3/orders", **more: Any) -> requests.Response:
    session = requests.Session()
    session.trust_env = False
    method = more.pop("method", "GET")
    return session.request(method, server.url + path, verify=server.ca_path or True, **more)


def refusal(answer: requests.Response) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["code"], body["message"]


def test_basic_over_tls(shop: Server, store: Store) -> None:
    assert ask(shop, auth=(store.key, store.secret)).status_code == 200


def test_keys_in_the_query_over_tls(shop: Server, store: Store) -> None:
    params = {"consumer_key": store.key, "consumer_secret": store.secret}
    assert ask(shop, params=params).status_code == 200
    assert store.requests[-1].query == {}


def test_nobody_and_an_unknown_key_get_the_same(shop: Server) -> None:
    expected = (401, VIEW, "Sorry, you cannot list resources.")
    assert refusal(ask(shop)) == expected
    assert refusal(ask(shop, auth=("ck_" + "0" * 40, "cs_x"))) == expected


def test_wrong_secret(shop: Server, store: Store) -> None:
    answer = ask(shop, auth=(store.key, "cs_wrong"))
    assert refusal(answer) == (401, WRONG, "Consumer secret is invalid.")


def test_basic_over_http_is_ignored(plain: Server, store: Store) -> None:
    assert refusal(ask(plain, auth=(store.key, store.secret)))[:2] == (401, VIEW)


@pytest.mark.parametrize(("believes", "status"), [(True, 200), (False, 401)])
def test_behind_a_proxy(store: Store, believes: bool, status: int) -> None:
    with Server(store, behind_proxy=believes) as server:
        headers = {"X-Forwarded-Proto": "https"}
        answer = ask(server, auth=(store.key, store.secret), headers=headers)
    assert answer.status_code == status


def test_plain_permalinks_never_authenticate(shop: Server, store: Store) -> None:
    for path in ("/?rest_route=/wc/v3/orders", "/index.php?rest_route=/wc/v3/orders"):
        assert refusal(ask(shop, path, auth=(store.key, store.secret)))[:2] == (401, VIEW)


@pytest.mark.parametrize(
    ("permissions", "method", "lacks"),
    [("read", "POST", "write"), ("read", "DELETE", "write"), ("write", "GET", "read")],
)
def test_permissions_of_a_key(
    shop: Server, store: Store, permissions: str, method: str, lacks: str
) -> None:
    answer = ask(shop, "/wp-json/wc/v3/products/11", auth=store.add_key(permissions), method=method)
    text = f"The API key provided does not have {lacks} permissions."
    assert refusal(answer) == (401, WRONG, text)


def test_read_key_may_post_a_get(shop: Server, store: Store) -> None:
    answer = ask(
        shop,
        "/wp-json/wc/v3/products?_method=GET",
        auth=store.add_key("read"),
        method="POST",
        json={"include": [11, 99], "_fields": "id"},
    )
    assert (answer.status_code, answer.json()) == (200, [{"id": 11}])


def test_key_of_a_user_without_rights(shop: Server, store: Store) -> None:
    answer = ask(shop, auth=store.add_key("read_write", "editor"))
    assert refusal(answer) == (403, VIEW, "Sorry, you cannot list resources.")


def test_demoted_user(shop: Server, store: Store) -> None:
    key = store.add_key("read_write")
    assert ask(shop, auth=key).status_code == 200
    store.keys[key[0]].role = "subscriber"
    assert refusal(ask(shop, auth=key))[:2] == (403, VIEW)


# --- OAuth 1.0a --------------------------------------------------------------------------------


def client(server: Server, store: Store) -> woocommerce.API:
    return woocommerce.API(server.url, store.key, store.secret, version="wc/v3", timeout=10)


def test_the_common_client_signs_well_enough(plain: Server, store: Store) -> None:
    answer = client(plain, store).get("products", params={"sku": "A", "_fields": "id,sku"})
    assert (answer.status_code, answer.json()) == (200, [{"id": 11, "sku": "A"}])


def test_a_signed_write(plain: Server, store: Store) -> None:
    answer = client(plain, store).post("products", {"name": "New", "sku": "B"})
    assert answer.status_code == 201


def test_lists_in_the_query_break_the_signature(plain: Server, store: Store) -> None:
    answer = client(plain, store).get("products", params={"include[]": "11"})
    assert refusal(answer)[2] == "Invalid signature - provided signature does not match."


def test_a_signature_is_good_once(plain: Server, store: Store) -> None:
    url = client(plain, store).get("products", params={"sku": "A"}).request.url
    answer = ask(plain, url.removeprefix(plain.url))
    assert refusal(answer) == (401, WRONG, "Invalid nonce - nonce has already been used.")


def test_a_changed_request_is_refused(plain: Server, store: Store) -> None:
    url = client(plain, store).get("products", params={"sku": "A"}).request.url
    answer = ask(plain, url.removeprefix(plain.url).replace("sku=A", "sku=B"))
    assert refusal(answer)[2] == "Invalid signature - provided signature does not match."


@pytest.mark.parametrize(("minutes", "status"), [(-14, 200), (14, 200), (-16, 401), (16, 401)])
def test_a_wrong_clock(plain: Server, store: Store, minutes: int, status: int) -> None:
    store.clock.advance(minutes * 60)
    answer = client(plain, store).get("products")
    assert answer.status_code == status
    if status == 401:
        assert refusal(answer)[2] == "Invalid timestamp."


def test_the_index_is_public(plain: Server) -> None:
    body = ask(plain, "/wp-json/").json()
    assert "wc/v3" in body["namespaces"]
    assert body["timezone_string"] == "Europe/Madrid"
    assert "/wc/v3/orders/(?P<order_id>[\\d]+)/refunds/(?P<id>[\\d]+)" in body["routes"]
