"""Categories, tags, brands and attributes of the fake store, and how products take them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ...dev.woostore import Store
from ...dev.woostore.rest import Request, serve


class Shop:
    def __init__(self) -> None:
        self.store = Store()

    def call(self, method: str, path: str, body: Any = None, query: str = "") -> Any:
        key = base64.b64encode(f"{self.store.key}:{self.store.secret}".encode()).decode()
        headers = {"authorization": f"Basic {key}", "content-type": "application/json"}
        data = b"" if body is None else json.dumps(body).encode()
        path = f"/wp-json/wc/v3/products{path}"
        answer = serve(self.store, Request(method, path, query, headers, data, True))
        self.status = answer.status
        return answer.body


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.mark.parametrize("kind", ["categories", "tags", "brands", "shipping_classes"])
def test_life_of_a_term(shop: Shop, kind: str) -> None:
    made = shop.call("POST", f"/{kind}", {"name": "Food & Drink"})
    assert (made["name"], made["slug"], shop.status) == ("Food &amp; Drink", "food-drink", 201)
    path = f"/{kind}/{made['id']}"
    assert shop.call("PUT", path, {"name": "Food"})["name"] == "Food"
    assert [row["id"] for row in shop.call("GET", f"/{kind}", query="search=foo")] == [made["id"]]
    twice = shop.call("POST", f"/{kind}", {"name": "fOOD"})
    assert (twice["code"], twice["data"]["resource_id"]) == ("term_exists", made["id"])
    assert shop.call("DELETE", path) and shop.status == 501
    assert shop.call("DELETE", path, query="force=true")["id"] == made["id"]
    assert shop.call("GET", path) and shop.status == 404
    assert shop.call("POST", f"/{kind}", {}) and shop.status == 400


@pytest.mark.parametrize("kind", ["categories", "brands"])
def test_a_name_is_free_below_another_parent(shop: Shop, kind: str) -> None:
    first, second = (shop.call("POST", f"/{kind}", {"name": name})["id"] for name in "AB")
    sets = [{"name": "Sets", "parent": parent} for parent in (first, second, second)]
    rows = shop.call("POST", f"/{kind}/batch", {"create": sets})["create"]
    assert [row.get("slug") for row in rows] == ["sets", "sets-2", None]
    assert rows[2]["error"]["code"] == "term_exists"
    shop.call("DELETE", f"/{kind}/{first}", query="force=true")
    assert shop.call("GET", f"/{kind}/{rows[0]['id']}")["parent"] == 0


def test_products_follow_their_terms(shop: Shop) -> None:
    category = shop.call("POST", "/categories", {"name": "Cups"})
    made = shop.call(
        "POST", "", {"name": "P", "categories": [{"id": category["id"]}], "tags": [{"name": "x"}]}
    )
    assert [row["name"] for row in made["tags"]] == ["x"]
    shop.call("PUT", f"/categories/{category['id']}", {"name": "Mugs"})
    assert shop.call("GET", f"/{made['id']}")["categories"][0]["name"] == "Mugs"
    assert shop.call("GET", f"/categories/{category['id']}")["count"] == 1
    shop.call("DELETE", f"/categories/{category['id']}", query="force=true")
    assert shop.call("GET", f"/{made['id']}")["categories"] == []


def attribute(shop: Shop, name: str = "Colour", *options: str) -> int:
    made = shop.call("POST", "/attributes", {"name": name})
    rows = [{"name": option} for option in options]
    shop.call("POST", f"/attributes/{made['id']}/terms/batch", {"create": rows})
    return made["id"]


def options(shop: Shop, number: int) -> list[str]:
    return [row["name"] for row in shop.call("GET", f"/attributes/{number}/terms")]


def test_life_of_an_attribute(shop: Shop) -> None:
    number = attribute(shop, "Colour", "Red")
    changed = shop.call("POST", "/attributes/batch", {"update": [{"id": number, "name": "Shade"}]})
    assert (changed["update"][0]["name"], changed["update"][0]["slug"]) == ("Shade", "pa_colour")
    made = shop.call("POST", "", {"attributes": [{"id": number, "options": ["Red"]}]})
    assert made["attributes"][0]["name"] == "Shade"
    assert shop.call("DELETE", f"/attributes/{number}") and shop.status == 501
    shop.call("DELETE", f"/attributes/{number}", query="force=true")
    assert shop.call("GET", f"/{made['id']}")["attributes"] == []
    assert shop.call("GET", f"/attributes/{number}") and shop.status == 404


def test_products_make_the_terms_they_need(shop: Shop) -> None:
    number = attribute(shop, "Colour", "Red")
    wanted = {"id": number, "options": ["red", "Blue", "A & B"]}
    made = shop.call("POST", "", {"name": "P", "attributes": [wanted]})
    assert made["attributes"][0]["options"] == ["A &amp; B", "Blue", "Red"]
    assert options(shop, number) == ["A &amp; B", "Blue", "Red"]


def test_attributes_that_say_nothing_are_passed_over(shop: Shop) -> None:
    rows = [
        {"id": 99, "options": ["x"]},
        {"options": ["x"]},
        {"name": "Own", "options": ["b", "a"]},
    ]
    made = shop.call("POST", "", {"name": "P", "attributes": rows})
    assert [(row["name"], row["options"]) for row in made["attributes"]] == [("Own", ["b", "a"])]


def variable(shop: Shop) -> tuple[int, int]:
    number = attribute(shop, "Colour", "Red", "Dark blue")
    rows = [
        {"id": number, "options": ["Red", "Dark blue"], "variation": True},
        {"name": "Size", "options": ["S", "M"], "variation": True},
        {"name": "Fabric", "options": ["Wool"]},
    ]
    return shop.call("POST", "", {"name": "T", "type": "variable", "attributes": rows})[
        "id"
    ], number


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ([("Colour", "red"), ("Size", "M")], ["Red", "M"]),
        ([("Colour", "dark-blue")], ["Dark blue"]),
        ([("Colour", "Green")], ["green"]),
        ([("Colour", ""), ("Size", "S")], ["S"]),
        ([("Fabric", "Wool"), ("Smell", "x"), ("Size", "S")], ["S"]),
    ],
)
def test_choices_of_a_variation(shop: Shop, chosen: list[Any], shown: list[str]) -> None:
    parent, number = variable(shop)
    names = {"Colour": {"id": number}}
    rows = [{**names.get(name, {"name": name}), "option": option} for name, option in chosen]
    made = shop.call("POST", f"/{parent}/variations", {"attributes": rows})
    assert [row["option"] for row in made["attributes"]] == shown


def test_missing_variations_are_made(shop: Shop) -> None:
    parent, number = variable(shop)
    rows = [{"id": number, "option": "Red"}]
    shop.call("POST", f"/{parent}/variations", {"attributes": rows})  # of any size
    assert shop.call("POST", f"/{parent}/variations/generate", {}) == {"count": 2}
    assert shop.call("POST", f"/{parent}/variations/generate", {}) == {"count": 0}


def test_a_category_with_a_picture(shop: Shop) -> None:
    made = shop.call("POST", "/categories", {"name": "Cups"})
    image = shop.store.add_product(sku="A", images=["cups.png"])["images"][0]
    path = f"/categories/{made['id']}"
    assert shop.call("PUT", path, {"image": {"id": image["id"]}})["image"]["name"] == "cups.png"
    assert shop.call("GET", path)["image"]["src"].startswith(shop.store.url)
