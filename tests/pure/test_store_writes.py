"""The fake store does with the recorded writes what the recorded store did.

Each write is sent alone to a fresh copy of the recorded store, at the recorded moment; where it
needs something that was there then, PREPARE puts it there.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from ...dev.woostore import Store, orders, products, recorded_store
from ...dev.woostore.jsontext import dumps
from ...dev.woostore.pictures import picture
from ...dev.woostore.rebuild import record_of
from ...dev.woostore.recorded import load
from ...dev.woostore.rest import Answer, Request, serve
from .test_store_replay import differences

WRITES = {row["name"]: row for row in load("replay-writes")}
SHOP = "https://shop.example"
#: What was behind the addresses of pictures: (status, reason, bytes).
FILES = {
    f"{SHOP}/wp-content/uploads/seed/p1.jpg": (200, "OK", picture("p1.jpg")),
    "http://127.0.0.1:18080/nope.jpg": (404, "Not Found", b"<html>"),
    "http://127.0.0.1:18090/ok": (200, "OK", b"ok"),
}
NEW = "refunds/create|orders/(post|double|batch)|products/(create|bad|batch)|coupons|customers"

#: parts that may differ: (name, path) -> why
MAY_DIFFER = {
    (r".*", r"related_ids"): "WooCommerce draws them by lot",
    (NEW + r"|webhooks|notes|errors|taxes|attribute", r"\.id$|_links|new_draft_order_id"): (
        "new records get other ids here"
    ),
    (r"orders/", r"order_key|payment_url|number$"): "drawn by lot, or the new id",
    (r"orders/put-line", r"\.price$"): "made of a total of which two decimals are known",
    (r"products/", r"price_html"): "price ranges of variations that were not recorded",
    (r"customers/create", r"avatar_url|username"): "the address holds the time of recording",
    (r"create-same-image", r"images\[0\].id"): "new records get other ids here",
    (r"put-price$", r"stock_"): "the stock was 44 then",
    (r"inventory_delta-v[23]", r"price|stock_quantity|total_sales"): "others then",
    (r"inventory_delta-v2", r"generated_slug|permalink_template|low_stock|global_unique|_links"): (
        "products are shown as by version 3, which alone is used"
    ),
    (
        r"inventory_delta-v2",
        r"post_password|has_options|stock_status|in_stock|position",
    ): "as above",
    (r"orders/(put-meta|delete-force)$", r"meta_data.*\.id$"): "new entries get other ids",
    (r"products/batch-same-id", r"update\[0\]\.date_modified"): "a second passed between them",
    (r"orders/status-to-refunded", r"refunds.*\.id$"): "the new refund gets another id here",
    (r"webhooks/delete-15", r"status"): "it was paused then",
    (r"variations/batch-partial", r"stock_quantity"): "the stock was 31 then",
    (r"refunds/", r"meta_data.*\.id$|line_items.*\.id$|tax_lines.*\.id$"): "new lines",
    (r"webhooks/|notes/", r"date_|name$"): "made before the writes",
}


def put_order(store: Store, body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    record = {**record_of(body), **changes}
    store.orders[record["id"]] = record
    return record


def order_496(step: str, **line: Any) -> Callable[[Store], None]:
    def prepare(store: Store) -> None:
        record = put_order(store, WRITES[step]["body"])
        if line:
            record["line_items"][0].update(line)

    return prepare


def completed_178(store: Store) -> None:
    store.orders[178].update(
        status="completed",
        date_completed_gmt="2026-11-21T09:14:10",
        meta_data=[],
    )


def after(step: str) -> Callable[[Store], None]:
    def prepare(store: Store) -> None:
        completed_178(store)
        store.orders[178]["meta_data"] = [dict(m) for m in WRITES[step]["body"]["meta_data"]]

    return prepare


def without_refunds(store: Store) -> None:
    """Orders 199 to 211 before their refunds; what they had taken from the shelf is out again."""
    store.refunds.clear()
    for number in (199, 201, 203, 205, 207, 209, 211):
        order = store.orders[number]
        order["status"] = "completed"


def order_with_line(number: int, line: int, product: int, total: str) -> Callable[[Store], None]:
    """An order that was not recorded, with the one line that its refunds name."""

    def prepare(store: Store) -> None:
        order = put_order(store, WRITES["orders/post-create"]["body"], id=number)
        item = order["line_items"][0]
        item.update(id=line, product_id=product, name=store.products[product]["name"])
        item.update(tax_class="", total=total, subtotal=total)
        order.update(line_items=[item], total=total, payment_method="", status="completed")

    return prepare


def refund_494(store: Store) -> None:
    order_with_line(490, 1115, 21, "1652.89")(store)
    body = WRITES["refunds/delete-no-force"]["body"]
    store.refunds[494] = {**body, "parent_id": 490, "coupon_lines": []}


def hooks(store: Store) -> None:
    for number in (12, 13, 14, 15, 16):
        body = next(
            row["body"]
            for row in WRITES.values()
            if isinstance(row["body"], dict)
            and row["body"].get("id") == number
            and row["path"].startswith("/wp-json/wc/v3/webhooks")
        )
        hook = store.webhooks.create(
            {"topic": body["topic"], "delivery_url": body["delivery_url"], "name": body["name"]}
        )
        del store.webhooks.records[hook["id"]]
        stamps = {key: body[key] for key in ("date_created_gmt", "date_modified_gmt")}
        store.webhooks.records[number] = {**hook, "id": number, **stamps}


def trashed_496(store: Store) -> None:
    order_496("orders/delete-trash")(store)
    store.clock.freeze(datetime.fromisoformat("2026-11-21T09:34:01"))
    orders.trash(store, store.orders[496])


def all_variations_of_95(store: Store) -> None:
    """Those of this one were not recorded."""
    options = [(a["name"], o) for a in store.products[95]["attributes"] for o in a["options"]]
    for first in options[:2]:
        for second in options[2:]:
            products.add_variation(store, store.products[95], dict([first, second]), {})


#: name (regular expression) -> what must be there before
PREPARE: dict[str, Callable[[Store], Any]] = {
    r"orders/put-line-quantity$": order_496("orders/put-line-quantity", quantity=2),
    r"orders/put-line-remove$": order_496("orders/put-line-quantity"),
    r"orders/put-line-quantity-0$": order_496("orders/put-line-remove"),
    r"orders/delete-trash$": order_496("orders/put-line-quantity-0"),
    r"orders/delete-force$": trashed_496,
    r"orders/put-meta$": completed_178,
    r"orders/put-meta-again": after("orders/put-meta"),
    r"orders/put-meta-null": after("orders/put-meta-again-no-id"),
    r"errors/put-method-patch": after("orders/put-meta-null-deletes"),
    r"orders/put-status-same": completed_178,
    r"orders/variant-custom-status-put": lambda store: (
        store.statuses.update(shipped="Shipped"),
        put_order(
            store, {**WRITES["orders/variant-custom-status-put"]["body"], "status": "completed"}
        ),
        store.refunds.update({488: {**store.refunds[200], "id": 488, "parent_id": 487}}),
        store.refunds[488].update(amount="0", reason="alleen aantal"),
    ),
    r"orders/status-to-refunded|refunds/create-(full|part|two|shipping|amount-only|too|api)": (
        without_refunds
    ),
    r"refunds/(create-(default|item|lines|negative|unrounded|zero))": order_with_line(
        490, 1115, 21, "1652.89"
    ),
    r"refunds/create-amount-differs": order_with_line(499, 1124, 75, "41.32"),
    r"refunds/create-(quantity|refund_total)": order_with_line(501, 1128, 75, "41.32"),
    r"refunds/delete-no-force": refund_494,
    r"refunds/delete-force": order_with_line(490, 1115, 21, "1652.89"),
    r"webhooks/(delete|reactivate|update)": hooks,
    r"taxes/class-delete": lambda store: store.tax_classes.append(
        {"slug": "super-reduced", "name": "Super reduced"}
    ),
    r"products/variations-generate": all_variations_of_95,
    r"products/put-decimal": lambda store: store.features.add("decimal-stock"),
    r"products/delete-no-force": lambda store: store.products.update(
        {456: {**store.products[85], **kept_fields(WRITES["products/delete-no-force"]["body"])}}
    ),
}


def kept_fields(body: dict[str, Any]) -> dict[str, Any]:
    """Of a product as REST shows it: the fields a record has."""
    kept = {key: value for key, value in body.items() if not key.startswith("_")}
    return {**kept, "status": "publish"}


def moment(row: dict[str, Any]) -> datetime:
    """When the shop wrote: the second in its answer, which may lie before the answer's own."""
    answered = datetime.fromisoformat(row["at"])
    stamps = re.findall(r'"date_(?:modified|created)_gmt": "([^"]+)"', json.dumps(row["body"]))
    moments = [datetime.fromisoformat(stamp) for stamp in stamps]
    near = [found for found in moments if abs((found - answered).total_seconds()) <= 2]
    return max(near, default=answered)


def send(store: Store, row: dict[str, Any]) -> Answer:
    keys = {
        "rw": (store.key, store.secret),
        "wo": store.add_key("write"),
        "ro": store.add_key("read"),
    }
    headers = {}
    if row["auth"] in keys:
        key = ":".join(keys[row["auth"]])
        headers["authorization"] = "Basic " + base64.b64encode(key.encode()).decode()
    body = b""
    if row["json"] is not None:
        headers["content-type"] = "application/json"
        body = json.dumps(row["json"]).encode()
    elif isinstance(row["data"], dict):
        headers["content-type"] = "application/x-www-form-urlencoded"
        body = urlencode(row["data"]).encode()
    elif row["data"]:
        headers["content-type"] = "application/json"
        body = row["data"].encode()
    return serve(store, Request(row["method"], row["path"], row["query"], headers, body, True))


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    store = recorded_store("incl", later=False)
    store.url = SHOP
    monkeypatch.setattr(store.webhooks, "ping", lambda hook: 200)
    monkeypatch.setattr(store, "download", FILES.get)
    yield store


@pytest.mark.parametrize("name", WRITES)
def test_write_is_answered_as_recorded(store: Store, name: str) -> None:
    row = json.loads(json.dumps(WRITES[name]).replace("{shop}", SHOP))
    for pattern, prepare in PREPARE.items():
        if re.search(pattern, name):
            prepare(store)
    store.clock.freeze(moment(row))
    answer = send(store, row)
    wrong = [("status", row["status"], answer.status)]
    wrong += [("Allow", row["allow"], answer.headers.get("Allow"))]
    wrong += [("Location", row["located"], "Location" in answer.headers)]
    wrong = [item for item in wrong if item[1] != item[2]]
    wrong += differences(row["body"], json.loads(dumps(answer.body)))
    allowed = [paths for names, paths in MAY_DIFFER if re.search(names, name)]
    assert [w for w in wrong if not any(re.search(path, w[0]) for path in allowed)] == []


def test_the_tables_have_no_dead_entries() -> None:
    patterns = [*PREPARE, *(names for names, _paths in MAY_DIFFER)]
    assert [p for p in patterns if not any(re.search(p, name) for name in WRITES)] == []
