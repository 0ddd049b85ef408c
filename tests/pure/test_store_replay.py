"""The fake store answers the recorded reads as the recorded stores did.

Every recorded GET is sent to it over real HTTPS; status, error code, paging headers, shape and
values are compared. What is not compared stands in the tables below, with the reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
import requests

from ...dev.woostore import Server, Store, recorded_store
from ...dev.woostore.recorded import load

RECORDED = load("replay")

#: reads that are not sent at all: name (regular expression) -> why
NOT_SENT = {
    r"errors/oauth1-": "their signatures cover the recorded host; see test_store_auth",
    r"errors/(401-basic-over-http|http-to-https)": "sent over plain HTTP; see test_store_auth",
    r"errors/(401-bad-key|401-bad-secret|key-in-query)": "keys differ; see test_store_auth",
    r"errors/403-key-of-demoted-user": "same key, later without rights; see test_store_auth",
    r"errors/(shopmgr-webhooks|v2-namespace)|^webhooks/": "the stores' own hooks are not kept",
    r"orders/(get-checkout-draft|list-.*draft)": "order 219 minutes before it was placed",
    r"orders/variant-custom-status|orders/variant-reports": "a plug-in was on for a moment",
    r"data/continents|reports/sales": "not served",
    r"refunds/list-after-odd-ones": "order 490 was not recorded",
    r"variations/parent-managed-list-after": "after writes that are not replayed",
}

#: parts that may differ: (name, path) -> why
MAY_DIFFER = {
    (r".*", r"related_ids"): "WooCommerce draws them by lot",
    (r"^(orders|errors|customers|reports)/", r"X-WP-Total(Pages)?"): "not every record was kept",
    (r"orders/list-envelope", r"headers\.X-WP"): "not every record was kept",
    (r"reports/orders-totals", r"total"): "not every order was recorded",
    (r"errors/(trailing-slash|no-accept-header)", r"\.id"): "the newest order was not recorded",
    (r"errors/plain-permalinks", r"Link"): "the site's permalinks were plain for a moment",
    (r"php-refund_zero", r"\.number"): "a plug-in for order numbers was off for a moment",
    (r"products/", r"price_html"): "price ranges of variations that were not recorded",
    (r"^(payment|shipping|taxes|products|errors)/", r"Allow"): "not writable here",
    (r"^system_status", r"HPOS_enabled|order_datastore"): "recorded after a switch of storage",
    (r"shipping/zone-.*methods", r"settings\.class_costs"): "help texts with links to the admin",
    (r"settings/products", r"description"): "help texts with links to the admin",
}

#: lists whose rows share a second, in which the database decides: compared row by row, by id
TIED = (
    r"orders/modified_after",
    r"products/(list-default|filter-)",
    r"customers/orderby-registered",
)

HEADERS = {"total": "X-WP-Total", "pages": "X-WP-TotalPages", "allow": "Allow", "link": "Link"}
LATER = re.compile(r"php-|variant|account-created|after-recovery|permalinks-restored")


def reason(table: dict[str, str], name: str) -> str | None:
    return next((why for pattern, why in table.items() if re.search(pattern, name)), None)


def differences(expected: Any, actual: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(path, expected, actual) of all that differs: missing and extra keys, types, values."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected.keys() | actual.keys():
            if key in expected and key in actual:
                yield from differences(expected[key], actual[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}", expected.get(key, "missing"), actual.get(key, "missing")
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, pair in enumerate(zip(by_id(path, expected), by_id(path, actual), strict=True)):
            yield from differences(*pair, f"{path}[{index}]")
    elif type(expected) is not type(actual) or expected != actual:
        yield path, expected, actual


def by_id(path: str, rows: list[Any]) -> list[Any]:
    """Meta data come in no order of their own: the database is not asked for one."""
    return sorted(rows, key=lambda row: row["id"]) if path.endswith("meta_data") else rows


def may_differ(name: str, path: str) -> bool:
    return any(re.search(names, name) and re.search(paths, path) for names, paths in MAY_DIFFER)


class Shops:
    """Both recorded stores, each as it was when the lists were read, and some minutes later."""

    def __init__(self) -> None:
        self.stores = {
            f"{which}-{moment}": recorded_store(which, later=moment == "later")
            for which in ("incl", "excl")
            for moment in ("first", "later")
        }
        self.keys = {name: self.make_keys(store) for name, store in self.stores.items()}
        self.session = requests.Session()
        self.session.trust_env = False

    @staticmethod
    def make_keys(store: Store) -> dict[str, tuple[str, str]]:
        return {
            "rw": (store.key, store.secret),
            "wo": store.add_key("write"),
            "editor": store.add_key("read_write", "editor"),
            "shopmgr": store.add_key("read_write", "shop_manager"),
        }

    def get(self, row: dict[str, Any], query: str) -> tuple[str, requests.Response]:
        name = f"{row['store']}-{'later' if LATER.search(row['name']) else 'first'}"
        base = self.server.url_of(name)
        url = f"{base}{row['path']}?{query}" if query else base + row["path"]
        return base, self.session.get(url, auth=self.keys[name].get(row["auth"]))


@pytest.fixture(scope="module")
def shops() -> Iterator[Shops]:
    shops = Shops()
    with Server(shops.stores, tls=True) as server:
        shops.server = server
        shops.session.verify = server.ca_path
        yield shops


def sent() -> list[Any]:
    rows = [row for row in RECORDED if reason(NOT_SENT, row["name"]) is None]
    return [pytest.param(row, id=f"{row['store']}:{row['name']}") for row in rows]


@pytest.mark.parametrize("row", sent())
def test_read_is_answered_as_recorded(shops: Shops, row: dict[str, Any]) -> None:
    base, answer = shops.get(row, row["query"])
    expected = json.loads(json.dumps(row).replace("{shop}", base))
    body = answer.json()
    tied = any(re.search(pattern, row["name"]) for pattern in TIED)
    if tied and isinstance(body, list):
        # the last second of a page reaches into the next one: look for the rows in a long page
        wide = {**dict(parse_qsl(row["query"])), "per_page": "100"}
        rows = {entry["id"]: entry for entry in shops.get(row, urlencode(wide))[1].json()}
        body = [rows.get(entry["id"]) for entry in expected["body"]]
    found = [("status", expected["status"], answer.status_code)]
    found += [(name, expected[key], answer.headers.get(name)) for key, name in HEADERS.items()]
    wrong = [item for item in found if item[1] != item[2]]
    wrong += differences(expected["body"], body)
    assert [item for item in wrong if not may_differ(row["name"], item[0])] == []


def test_the_tables_have_no_dead_entries() -> None:
    """An exception that fits nothing any more must go."""
    names = [row["name"] for row in RECORDED]
    patterns = [*NOT_SENT, *TIED, *(names for names, _paths in MAY_DIFFER)]
    dead = [pattern for pattern in patterns if not any(re.search(pattern, n) for n in names)]
    assert dead == []


def test_most_reads_are_compared_in_full() -> None:
    assert len(sent()) > 200
