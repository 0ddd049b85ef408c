"""Pictures of the fake store: they are really served, fetched, uploaded and refused."""

from __future__ import annotations

import hashlib
import io
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ...dev.woostore import Server, Store, recorded_store
from ...dev.woostore.pictures import kind_of, picture
from .woo import Canned, replay

HTML = "text/html"


class Shop:
    def __init__(self, server: Server, store: Store) -> None:
        self.server = server
        self.store = store
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = server.ca_path
        self.keys = (store.key, store.secret)
        self.user = (store.wp_user, store.wp_app_password)

    def call(self, method: str, path: str, **values: Any) -> requests.Response:
        values.setdefault("auth", self.keys)
        return self.session.request(method, f"{self.server.url}/wp-json/{path}", **values)

    def upload(self, name: str, content: bytes, auth: Any = None) -> requests.Response:
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return self.call(
            "POST", "wp/v2/media", data=content, headers=headers, auth=auth or self.user
        )


@pytest.fixture(scope="module")
def shops() -> Iterator[Server]:
    with Server({"a": Store(), "b": recorded_store("incl")}, tls=True) as server:
        yield server


@pytest.fixture
def shop(shops: Server) -> Shop:
    shops.stores["a"].reset_data()
    return Shop(shops, shops.stores["a"])


# --- the bytes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.jpg", "b.jpeg", "c.png"])
def test_pictures_are_pictures(name: str) -> None:
    image_module = pytest.importorskip("PIL.Image")
    image = image_module.open(io.BytesIO(picture(name)))
    image.load()
    assert image.size == (32, 32)
    assert f"image/{image.format.lower()}" == kind_of(picture(name))


def test_each_name_has_its_own_picture_for_ever() -> None:
    names = [f"{stem}.{end}" for stem, end in itertools.product("abc", ("jpg", "png"))]
    assert len({picture(name) for name in names}) == len(names)
    digest = hashlib.sha256(picture("a.jpg")).hexdigest()
    assert digest == "2a544bbb57b84799f06d2340ed5f497af4a49d606fe58298d40e959b8bad6437"


# --- served ------------------------------------------------------------------------------------


def test_recorded_pictures_are_served(shops: Server) -> None:
    shop = Shop(shops, shops.stores["b"])
    rows = shop.session.get(
        f"{shops.url_of('b')}/wp-json/wc/v3/products?per_page=100&order=asc",
        auth=(shop.store.key, shop.store.secret),
    ).json()
    addresses = {image["src"] for row in rows for image in row["images"]}
    assert len(addresses) == 5
    answers = [shop.session.get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["Content-Type"] for answer in answers} == {"image/jpeg"}
    assert len({answer.content for answer in answers}) == len(addresses)


def test_made_products_have_pictures_by_name(shop: Shop) -> None:
    shop.store.add_product(sku="A", images=["red.png", {"src": "blue.jpg", "alt": "Blue"}])
    red, blue = shop.call("GET", "wc/v3/products").json()[0]["images"]
    assert (red["name"], red["alt"], blue["alt"]) == ("red.png", "", "Blue")
    answer = shop.session.get(red["src"])
    assert (answer.headers["Content-Type"], answer.content) == ("image/png", picture("red.png"))
    assert shop.store.served_files == [red["src"].removeprefix(shop.store.url)]


def test_a_file_that_is_not_there(shop: Shop) -> None:
    answer = shop.session.get(f"{shop.store.url}/wp-content/uploads/2026/01/no.jpg")
    assert answer.status_code == 404


# --- fetched -----------------------------------------------------------------------------------


def canned(content: bytes, kind: str = "image/png", status: int = 200) -> Canned:
    return Canned(status, content, [("Content-Type", kind)])


def add(shop: Shop, *addresses: str, **values: Any) -> requests.Response:
    images = [{"src": address} for address in addresses]
    return shop.call("POST", "wc/v3/products", json={"name": "P", "images": images, **values})


def test_a_picture_is_fetched_and_kept(shop: Shop) -> None:
    with replay(canned(picture("x.png"))) as source:
        made = add(shop, f"{source.url}/channel/image/tok%C3%A9n.png?v=1").json()
        again = shop.call(
            "PUT",
            f"wc/v3/products/{made['id']}",
            json={"images": [{"src": f"{source.url}/channel/image/tok%C3%A9n.png"}]},
        ).json()
    assert [r.path for r in source.requests] == [
        "/channel/image/tok%C3%A9n.png?v=1",
        "/channel/image/tok%C3%A9n.png",
    ]
    assert [row["images"][0]["name"] for row in (made, again)] == ["tokén.png", "tokén-1.png"]
    for row in (made, again):
        assert shop.session.get(row["images"][0]["src"]).content == picture("x.png")


def test_redirects_are_followed(shop: Shop) -> None:
    moved = Canned(302, b"", [("Location", "/there.png")])
    with replay(moved, canned(picture("x.png"))) as source:
        assert add(shop, f"{source.url}/here.png").status_code == 201


def test_bytes_decide_the_ending(shop: Shop) -> None:
    with replay(canned(picture("x.png"))) as source:
        image = add(shop, f"{source.url}/x.jpg").json()["images"][0]
    assert image["src"].endswith("/x.png")


@pytest.mark.parametrize(
    ("path", "answer", "text"),
    [
        ("x.png", canned(b"<html>", HTML), "Invalid image: Sorry, you are not allowed to upload"),
        ("image/7", canned(picture("x.png")), "Invalid image: Sorry, you are not allowed"),
        ("x.png", canned(b"", HTML, 404), "Error getting remote image {}. Error: Not Found"),
        ("x.png", Canned(drop=True), "Error getting remote image {}. Error: cURL error"),
    ],
)
def test_what_is_no_picture_makes_no_product(
    shop: Shop, path: str, answer: Canned, text: str
) -> None:
    with replay(answer) as source:
        address = f"{source.url}/{path}"
        refused = add(shop, address)
    assert (refused.status_code, refused.json()["code"]) == (
        400,
        "woocommerce_product_image_upload_error",
    )
    assert refused.json()["message"].startswith(text.format(address))
    assert shop.store.products == {}


def test_a_careful_shop_fetches_from_public_addresses_only(shop: Shop) -> None:
    shop.store.refuses_unsafe_images = True
    refused = add(shop, "http://127.0.0.1:8080/x.png").json()
    shop.store.refuses_unsafe_images = False
    assert "A valid URL was not provided." in refused["message"]


def test_pictures_of_a_variation(shop: Shop) -> None:
    parent = shop.store.add_variable_product("T", [{"sku": "T1", "options": {"Size": "S"}}])
    path = f"wc/v3/products/{parent['id']}/variations/{parent['variations'][0]}"
    refused = shop.call("PUT", path, json={"image": {"id": 999}}).json()
    assert refused["code"] == "woocommerce_variation_invalid_image_id"
    image = shop.upload("v.png", picture("v.png")).json()
    changed = shop.call("PUT", path, json={"image": {"id": image["id"]}}).json()
    assert changed["image"]["src"] == image["source_url"]


# --- the media library -------------------------------------------------------------------------


def test_upload_and_use(shop: Shop) -> None:
    answer = shop.upload("front.png", picture("front.png"))
    assert answer.status_code == 201
    row = answer.json()
    assert (row["slug"], row["title"]["rendered"], row["mime_type"]) == (
        "front",
        "front.png",
        "image/png",
    )
    made = shop.call(
        "POST",
        "wc/v3/products",
        json={"name": "P", "images": [{"id": row["id"], "alt": "From the front"}]},
    ).json()
    assert [image["src"] for image in made["images"]] == [row["source_url"]]
    seen = shop.call("GET", f"wp/v2/media/{row['id']}", auth=shop.user).json()
    assert seen["alt_text"] == "From the front"


def test_upload_as_a_form(shop: Shop) -> None:
    files = {"file": ("form.png", picture("form.png"), "image/png")}
    answer = shop.call("POST", "wp/v2/media", files=files, auth=shop.user)
    assert shop.session.get(answer.json()["source_url"]).content == picture("form.png")


def test_media_are_searched(shop: Shop) -> None:
    for name in ("one-abc.png", "two-abc.png", "three.png"):
        shop.upload(name, picture(name))

    def found(**params: Any) -> list[str]:
        rows = shop.call("GET", "wp/v2/media", params=params, auth=None).json()
        return [row["slug"] for row in rows]

    assert found(search="abc") == ["two-abc", "one-abc"]
    assert found(slug="three") == ["three"]
    assert found(per_page=1, order="asc") == ["one-abc"]


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (None, "rest_cannot_create"),
        ("keys", "invalid_username"),
        (("shopkeeper", "wrong"), "incorrect_password"),
    ],
)
def test_who_may_not_upload(shop: Shop, who: Any, code: str) -> None:
    headers = {"Content-Disposition": 'attachment; filename="x.png"'}
    answer = shop.call(
        "POST",
        "wp/v2/media",
        data=picture("x.png"),
        headers=headers,
        auth=shop.keys if who == "keys" else who,
    )
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert shop.store.media == {}


def test_an_upload_that_is_no_picture(shop: Shop) -> None:
    answer = shop.upload("x.png", b"words")
    assert (answer.status_code, answer.json()["code"]) == (500, "rest_upload_sideload_error")
    nameless = shop.call("POST", "wp/v2/media", data=picture("x.png"), auth=shop.user)
    assert nameless.json()["code"] == "rest_upload_no_content_disposition"


def test_a_deleted_picture_leaves_its_products(shop: Shop) -> None:
    product = shop.store.add_product(sku="A", images=["a.png", "b.png"])
    number = product["images"][0]["id"]
    path = f"wp/v2/media/{number}"
    assert shop.call("DELETE", path, auth=shop.user).status_code == 501
    shop.call("DELETE", f"{path}?force=true", auth=shop.user)
    assert [image["name"] for image in product["images"]] == ["b.png"]
    assert shop.call("GET", path, auth=shop.user).status_code == 404
