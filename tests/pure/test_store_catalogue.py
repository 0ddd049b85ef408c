"""What people do to the fake store's catalogue, and what REST and the webhooks tell of it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ...dev.woostore import Store, recorded_store, take_catalogue
from ...dev.woostore.jsontext import dumps
from ...dev.woostore.rest import Request, serve
from .woo import load


class Shop:
    def __init__(self, *features: str) -> None:
        self.store = Store()
        self.store.features |= set(features)

    def call(self, method: str, path: str, body: Any = None, query: str = "") -> Any:
        key = base64.b64encode(f"{self.store.key}:{self.store.secret}".encode()).decode()
        headers = {"authorization": f"Basic {key}", "content-type": "application/json"}
        data = b"" if body is None else json.dumps(body).encode()
        path = f"/wp-json/wc/v3/products{path}"
        return serve(self.store, Request(method, path, query, headers, data, True)).body

    def batch(self, *rows: dict[str, Any], parent: int = 0) -> list[Any]:
        path = f"/{parent}/variations/batch" if parent else "/batch"
        return self.call("POST", path, {"update": list(rows)})["update"]

    def listen(self, topic: str) -> dict[str, Any]:
        return self.store.webhooks.create({"topic": topic, "delivery_url": "http://127.0.0.1:9/"})


@pytest.fixture
def shop() -> Shop:
    return Shop()


def shirt(shop: Shop, **values: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    rows = [{"sku": f"T-{size}", "options": {"Size": size}, **values} for size in "SM"]
    parent = shop.store.add_variable_product("Shirt", rows, sku="T")
    return parent, [shop.store.products[i] for i in parent["variations"]]


# --- doings ------------------------------------------------------------------------------------


def test_life_of_a_product(shop: Shop) -> None:
    topics = {f"product.{event}" for event in ("updated", "deleted", "restored")}
    hooks = {topic: shop.listen(topic)["id"] for topic in topics}
    store, mug = shop.store, shop.store.add_product(sku="MUG", regular_price="9")

    def told() -> set[str]:
        waiting = {hook for hook, _product in store.webhooks.pending}
        store.webhooks.pending.clear()
        return {topic for topic, hook in hooks.items() if hook in waiting}

    assert store.edit_product("MUG", name="Cup", regular_price="8")["price"] == "8"
    assert told() == {"product.updated"}
    store.trash_product("MUG")
    assert (mug["status"], told()) == ("trash", {"product.deleted"})
    assert store.restore_product("MUG")["status"] == "draft"
    assert told() == {"product.restored"}
    store.delete_product("MUG")
    assert (store.products, told()) == ({}, set())


def test_the_whole_catalogue_at_once(shop: Shop) -> None:
    parent, sizes = shirt(shop)
    mug = shop.store.add_product(sku="MUG")
    rows = shop.store.shown_products()
    assert [row["id"] for row in rows] == [parent["id"], mug["id"]]
    assert [row["sku"] for row in rows[0]["variations"]] == ["T-S", "T-M"]
    assert rows[0]["variations"][0] == shop.call(
        "GET", f"/{parent['id']}/variations/{sizes[0]['id']}"
    )


def test_the_recorded_catalogue_in_an_empty_shop(shop: Shop) -> None:
    take_catalogue(shop.store)
    rows = shop.store.shown_products()
    assert len(rows) > 80
    for row in rows:
        there = shop.call("GET", f"/{row['id']}/variations", query="per_page=100")
        ids = {variation["id"] for variation in row["variations"]}
        assert {variation["id"] for variation in there} == ids
    assert {image["id"] for row in rows for image in row["images"]} <= set(shop.store.media)
    made = shop.call("POST", "", {"name": "New"})
    assert made["id"] > max(row["id"] for row in rows)


# --- who counts --------------------------------------------------------------------------------


def stock_of(record: dict[str, Any]) -> tuple[Any, Any]:
    return record["manage_stock"], record["stock_quantity"]


def test_a_shop_that_counts_nothing(shop: Shop) -> None:
    mug = shop.store.add_product(sku="MUG", stock_quantity=4)
    cup = shop.store.add_product(sku="CUP")
    shop.store.switch_stock(False)
    rows = shop.batch(
        {"id": mug["id"], "stock_quantity": 9},
        {"id": cup["id"], "stock_quantity": 9, "manage_stock": True, "backorders": "yes"},
    )
    assert [stock_of(row) for row in rows] == [(False, 4), (False, None)]
    assert rows[1]["backorders"] == "no"
    shop.store.switch_stock(True)
    assert stock_of(shop.batch({"id": mug["id"], "stock_quantity": 9})[0]) == (True, 9)


def test_a_product_that_is_not_counted(shop: Shop) -> None:
    mug = shop.store.add_product(sku="MUG", stock_quantity=4)
    shop.store.count_stock("MUG", False)
    assert stock_of(shop.batch({"id": mug["id"], "stock_quantity": 9})[0]) == (False, None)
    row = {"id": mug["id"], "stock_quantity": 9, "manage_stock": True, "backorders": "notify"}
    assert stock_of(shop.batch(row)[0]) == (True, 9)
    assert mug["backorders"] == "notify"


def test_a_variation_that_its_parent_counts(shop: Shop) -> None:
    parent, sizes = shirt(shop, stock_quantity=3)
    shop.store.count_stock("T-S", "parent")
    assert stock_of(parent) == (True, 3)
    row = {"id": sizes[0]["id"], "stock_quantity": 9}
    assert stock_of(shop.batch(row, parent=parent["id"])[0]) == ("parent", 3)
    again = shop.batch({**row, "manage_stock": True}, parent=parent["id"])
    assert stock_of(again[0]) == (True, 9)


# --- writes ------------------------------------------------------------------------------------


def test_dates_of_a_sale(shop: Shop) -> None:
    mug = shop.store.add_product(sku="MUG", regular_price="9")
    sale = {"sale_price": "8", "date_on_sale_from_gmt": "2026-01-01T00:00:00"}
    shop.batch({"id": mug["id"], **sale})
    assert mug["date_on_sale_from_gmt"] == "2026-01-01T00:00:00"
    shop.batch({"id": mug["id"], "date_on_sale_from_gmt": None})
    assert mug["date_on_sale_from_gmt"] == "2026-01-01T00:00:00"
    shop.batch({"id": mug["id"], "date_on_sale_from_gmt": ""})
    assert mug["date_on_sale_from_gmt"] is None
    shop.batch({"id": mug["id"], "date_on_sale_to": "2026-01-01T01:00:00"})
    assert mug["date_on_sale_to_gmt"] == "2026-01-01T00:00:00"


def test_scheduled_sales(shop: Shop) -> None:
    shop.store.clock.freeze()
    mug = shop.store.add_product(
        sku="MUG",
        regular_price="9",
        sale_price="8",
        date_on_sale_from_gmt=shop.store.clock.stamp(),
    )
    shop.store.clock.advance(60)
    mug["date_on_sale_to_gmt"] = shop.store.clock.stamp()
    shop.store.clock.advance(-30)
    shop.store.run_scheduled_sales()
    assert (mug["price"], mug["date_on_sale_from_gmt"]) == ("8", None)
    shop.store.clock.advance(30)
    shop.store.run_scheduled_sales()
    assert (mug["price"], mug["sale_price"], mug["date_on_sale_to_gmt"]) == ("9", "", None)


def test_a_variation_shows_what_it_has_of_its_parent(shop: Shop) -> None:
    parent, sizes = shirt(shop)
    parent.update(weight="2", dimensions={"length": "1", "width": "2", "height": "3"})
    sizes[0].update(sku="", dimensions={"length": "9", "width": "", "height": ""})
    shown = shop.call("GET", f"/{parent['id']}/variations/{sizes[0]['id']}")
    assert (shown["sku"], shown["weight"]) == ("T", "2")
    assert shown["dimensions"] == {"length": "9", "width": "2", "height": "3"}
    assert [row["id"] for row in shop.call("GET", "", query="sku=T")] == [parent["id"]]


def test_words_that_are_no_status(shop: Shop) -> None:
    mug = shop.store.add_product(sku="MUG")
    assert shop.batch({"id": mug["id"], "status": "bogus"})[0]["status"] == "pending"


# --- languages ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("feature", "kind"), [("wpml", str), ("polylang", int)])
def test_languages(feature: str, kind: type) -> None:
    shop = Shop(feature)
    parent, _sizes = shirt(shop)
    dutch = shop.store.add_translation("T", "nl", name="Hemd")
    ids = {"en": kind(parent["id"]), "nl": kind(dutch["id"])}
    for number, lang in ((parent["id"], "en"), (dutch["id"], "nl")):
        shown = shop.call("GET", f"/{number}")
        assert (shown["lang"], shown["translations"], shown["sku"]) == (lang, ids, "T")
    variations = shop.call("GET", f"/{dutch['id']}/variations")
    assert {row["lang"] for row in variations} == {"nl"}
    assert len(variations) == 2

    def listed(query: str) -> set[int]:
        return {row["id"] for row in shop.call("GET", "", query=query)}

    assert listed("lang=nl") == {dutch["id"]}
    assert listed("lang=all") == {parent["id"], dutch["id"]}
    assert listed("") == ({parent["id"]} if feature == "wpml" else listed("lang=all"))
    assert listed("sku=T") == {parent["id"], dutch["id"]}


def test_languages_share_one_stock() -> None:
    shop = Shop("wpml")
    mug = shop.store.add_product(sku="MUG", stock_quantity=4)
    dutch = shop.store.add_translation("MUG", "nl", name="Mok")
    shop.batch({"id": dutch["id"], "stock_quantity": 7})
    assert mug["stock_quantity"] == 7


def test_a_translation_is_written() -> None:
    shop = Shop("wpml")
    mug = shop.store.add_product(sku="MUG")
    made = shop.call(
        "POST", "", {"name": "Mok", "sku": "MUG", "lang": "nl", "translation_of": mug["id"]}
    )
    assert made["translations"] == {"en": str(mug["id"]), "nl": str(made["id"])}
    refused = shop.call("POST", "", {"name": "Mug", "sku": "MUG"})
    assert refused["code"] == "product_invalid_sku"


def test_without_a_plugin_there_are_no_languages(shop: Shop) -> None:
    mug = shop.store.add_product(sku="MUG")
    assert not {"lang", "translations"} & set(shop.call("GET", f"/{mug['id']}"))


# --- deliveries --------------------------------------------------------------------------------


def test_a_variation_is_delivered_as_recorded() -> None:
    recorded = load("delivery__product_updated_variation")
    expected = json.loads(recorded["body"])
    store = recorded_store("incl", later=False)
    store.url = expected["permalink"].partition("/product/")[0]
    store.products[expected["id"]].update(
        date_modified_gmt=expected["date_modified_gmt"], stock_quantity=expected["stock_quantity"]
    )
    hook = {"topic": "product.updated", "id": 1}
    shown = json.loads(dumps(store.webhooks.payload(hook, expected["id"])))
    del shown["related_ids"], expected["related_ids"]  # drawn by lot
    assert list(shown.items()) == list(expected.items())
