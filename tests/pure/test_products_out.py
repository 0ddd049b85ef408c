"""How products go to WooCommerce: which calls, and what its refusals become."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ...core import errors
from ...core.catalogue import (
    Attribute,
    Choice,
    Image,
    Picture,
    Price,
    Product,
    ProductStatus,
    Size,
    StockKeeper,
    StockLevel,
    Term,
    TermKind,
    Variant,
)
from ...dev.woostore import Server, Store
from ...providers.woocommerce import const_products
from ...providers.woocommerce.pictures_out import can_upload
from ...providers.woocommerce.serialize_products import product_body, variation_body
from ...providers.woocommerce.units import Units
from ..contract.drafts import SIZE, codes, save, simple, variable
from .woo_world import WooWorld

ALL = frozenset(("texts", "details", "prices", "images", "categories", "attributes", "stock"))
UNITS = Units("g", "cm")


@pytest.fixture
def world() -> Iterator[WooWorld]:
    store = Store()
    with Server(store) as server:
        world = WooWorld(store, server, weight_unit="kg", dimension_unit="cm", price_decimals=2)
        yield world
        world.adapter.close()


def calls(world: WooWorld, start: int) -> list[tuple[str, str]]:
    """Method and path of the requests since ``start``."""
    found = list(world.store.requests)[start:]
    return [(row.method, row.path.partition("/wc/v3/")[2]) for row in found]


def body(product: Product, *groups: str, new: bool = False) -> dict[str, Any]:
    return product_body(product, frozenset(groups), UNITS, new)


class TestBodies:
    def test_texts(self):
        assert body(simple("A"), "texts") == {
            "name": "Product A",
            "description": "All <b>of</b> A",
            "short_description": "",
            "status": "publish",
        }

    def test_details(self):
        assert body(simple("A", barcode="4006381333931", downloadable=True), "details") == {
            "tax_status": "taxable",
            "tax_class": "",
            "sku": "A",
            "global_unique_id": "4006381333931",
            "virtual": False,
            "downloadable": True,
            "weight": "250",
            "dimensions": {"length": "10", "width": "2", "height": "0.5"},
        }

    @pytest.mark.parametrize("barcode", ["ABC-1", "12 34", "x"])
    def test_what_the_shop_would_cut(self, barcode):
        """It makes "-1" of "ABC-1"."""
        assert body(simple("A", barcode=barcode), "details")["global_unique_id"] == ""

    def test_units_that_are_not_known(self):
        made = product_body(simple("A"), frozenset(("details",)), Units(), False)
        assert not {"weight", "dimensions"} & set(made)

    def test_no_weight_and_no_size(self):
        made = body(simple("A", weight=None, size=Size()), "details")
        assert made["weight"] == ""
        assert made["dimensions"] == {"length": "", "width": "", "height": ""}

    def test_prices_are_text_in_the_store_s_decimals(self):
        made = body(simple("A", price=Price(Decimal("9.999"), Decimal(8))), "prices")
        assert (made["regular_price"], made["sale_price"]) == ("10.00", "8.00")

    def test_no_price_takes_the_price_away(self):
        assert body(simple("A", price=Price()), "prices")["regular_price"] == ""

    @pytest.mark.parametrize("code", const_products.BACKORDERS)
    def test_backorders(self, code):
        stock = StockLevel(StockKeeper.ITSELF, Decimal(5), const_products.BACKORDERS[code])
        assert body(simple("A", stock=stock), "stock") == {
            "manage_stock": True,
            "backorders": code,
            "stock_quantity": 5,
        }

    @pytest.mark.parametrize(("status", "code"), const_products.STATUS_OF_PRODUCT.items())
    def test_statuses_go_there_and_back(self, status, code):
        assert body(replace(simple("A"), status=status), "texts")["status"] == code
        assert const_products.PRODUCT_STATUS[code] is status

    @pytest.mark.parametrize("status", [ProductStatus.TRASHED, ProductStatus.UNKNOWN])
    def test_statuses_that_are_not_ours_to_give(self, status):
        assert "status" not in body(replace(simple("A"), status=status), "texts")

    def test_nobody_counts(self):
        made = body(simple("A", stock=StockLevel(in_stock=False)), "stock")
        assert made == {"manage_stock": False, "stock_status": "outofstock"}

    def test_the_parent_counts(self):
        product = replace(variable("A"), stock=StockLevel(StockKeeper.ITSELF, Decimal(9)))
        variant = replace(product.variants[0], stock=StockLevel(StockKeeper.PARENT))
        assert body(product, "stock")["stock_quantity"] == 9
        made = variation_body(variant, product, frozenset(("stock",)), UNITS, False)
        assert made == {"manage_stock": False}

    def test_untaxed(self):
        made = body(replace(simple("A"), taxable=False, tax_class="zero"), "details")
        assert made["tax_status"] == "none"
        assert "tax_class" not in made

    def test_attributes(self):
        colour = Attribute("Colour", ("Red",), "7", varies=True)
        own = Attribute("Fabric Of It", ("Wool",), visible=False)
        made = body(replace(variable("A"), attributes=(colour, own)), "attributes")
        assert made == {
            "type": "variable",
            "attributes": [
                {"id": 7, "position": 0, "visible": True, "variation": True, "options": ["Red"]},
                {
                    "name": "Fabric Of It",
                    "position": 1,
                    "visible": False,
                    "variation": False,
                    "options": ["Wool"],
                },
            ],
        }

    def test_an_option_that_the_shop_would_cut(self):
        cut = replace(simple("A"), attributes=(Attribute("Fabric", ("Wool | Silk",)),))
        with pytest.raises(errors.Rejected) as caught:
            body(cut, "attributes")
        assert caught.value.code == "bad_option"
        shared = replace(cut.attributes[0], external_id="7")
        assert body(replace(cut, attributes=(shared,)), "attributes")["attributes"][0]["id"] == 7

    def test_choices(self):
        colour = Attribute("Colour", ("Red",), "7", varies=True)
        choices = (Choice(colour.key, "Red"), Choice(SIZE.key, ""))
        product = replace(variable("A"), attributes=(colour, SIZE))
        made = variation_body(Variant(choices=choices), product, frozenset(), UNITS, True)
        assert made == {"attributes": [{"id": 7, "option": "Red"}]}
        choices = (Choice(SIZE.key, "M"),)
        made = variation_body(Variant(choices=choices), product, frozenset(), UNITS, True)
        assert made == {"attributes": [{"name": "Size", "option": "M"}]}

    def test_a_variant_without_image(self):
        product = variable("A")
        groups = frozenset(("images",))
        assert variation_body(product.variants[0], product, groups, UNITS, False) == {"image": ""}
        assert "image" not in variation_body(product.variants[0], product, groups, UNITS, True)

    def test_everything_is_json(self):
        assert json.dumps(body(simple("A"), *ALL, new=True))


class TestCalls:
    def test_new_ones_are_looked_for_fifty_at_a_time(self, world):
        start = world.requests()
        results = save(world.adapter, [simple(f"N-{n}") for n in range(101)])
        assert not any(codes(results))
        assert calls(world, start) == [
            *[("GET", "products")] * 3,
            *[("POST", "products/batch")] * 2,
        ]

    def test_long_skus(self, world):
        results = save(world.adapter, [simple(f"{n}" * 90) for n in range(10, 50)])
        assert not any(codes(results))

    def test_a_variable_one(self, world):
        start = world.requests()
        made = save(world.adapter, [variable("V")])[0].echo
        assert [path for _method, path in calls(world, start)] == [
            "products",
            "products/batch",
            f"products/{made.external_id}/variations/batch",
        ]

    def test_categories_don_t_concern_variations(self, world):
        made = save(world.adapter, [variable("V")])[0].echo
        start = world.requests()
        (result,) = save(world.adapter, [made], ["categories"])
        assert calls(world, start) == [
            ("POST", "products/batch"),
            ("GET", f"products/{made.external_id}/variations"),
        ]
        assert len(result.echo.variants) == 2

    def test_few_at_a_time_where_the_shop_fetches_images(self, world):
        _id, url, _content = world.show_picture()
        wanted = [replace(simple(f"I-{n}"), images=(Image("", url),)) for n in range(11)]
        start = world.requests()
        assert not any(codes(save(world.adapter, [*wanted, simple("X")])))
        posts = [path for method, path in calls(world, start) if method == "POST"]
        assert posts == ["products/batch"] * 3

    def test_a_smaller_batch_size(self, world):
        adapter = world.new_adapter(
            world.store.key, world.store.secret, batch_size=20, **world.adapter.credentials.settings
        )
        start = world.requests()
        save(adapter, [simple(f"B-{n}") for n in range(50)])
        assert len([1 for method, _path in calls(world, start) if method == "POST"]) == 3
        adapter.close()


class TestRefusals:
    def test_a_gtin_of_something_else(self, world):
        save(world.adapter, [simple("ONE", barcode="4006381333931")])
        results = save(world.adapter, [simple("TWO", barcode="4006381333931"), simple("THREE")])
        assert codes(results) == ["barcode_taken", ""]
        assert world.known_as("TWO") == []

    def test_a_gtin_of_one_without_a_sku_is_adopted(self, world):
        row = world.store.add_product(name="Nameless", global_unique_id="4006381333931")
        (result,) = save(world.adapter, [simple("TWO", barcode="4006381333931")])
        assert result.error is None
        assert result.echo.external_id == str(row["id"])
        assert world.sku_of(str(row["id"])) == "TWO"

    def test_a_sku_with_a_comma(self, world):
        """No list can be asked for it: the refusal says where it is."""
        first, second = (save(world.adapter, [simple("A,B")])[0] for _time in range(2))
        assert first.echo.external_id == second.echo.external_id
        assert len(world.known_as("A,B")) == 1

    def test_a_change_to_a_sku_that_is_taken(self, world):
        one, two = (row.echo for row in save(world.adapter, [simple("ONE"), simple("TWO")]))
        changed = replace(two, variants=(replace(two.variants[0], sku="one"),))
        (result,) = save(world.adapter, [changed], ["details"])
        assert result.error.code == "sku_taken"
        assert result.error.params["resource_id"] == int(one.external_id)
        assert world.sku_of(two.external_id) == "TWO"

    def test_a_product_of_another_kind_is_not_written_over(self, world):
        world.store.add_product(sku="GROUP", type="grouped")
        external_id, _variants = world.variants(2)
        world.store.edit_product(int(external_id), sku="VAR")
        results = save(world.adapter, [simple("GROUP"), simple("VAR"), variable("NEW")])
        assert codes(results) == ["sku_taken", "sku_taken", ""]
        assert world.store.products[int(external_id)]["type"] == "variable"

    def test_one_thing_to_odoo_that_has_a_variation_in_the_shop(self, world):
        external_id, (variation,) = world.variants(1)
        world.store.edit_product(int(external_id), sku="PARENT")
        before = world.store.products[int(external_id)]["attributes"]
        product = simple(world.sku_of(variation), external_id=variation)
        (result,) = save(world.adapter, [replace(product, external_id=external_id)])
        assert result.error is None
        row = world.store.products[int(external_id)]
        assert (row["type"], row["sku"], row["attributes"]) == ("variable", "PARENT", before)
        assert world.shown_price(variation).regular == Decimal("12.50")

    def test_a_sku_is_never_taken_away(self, world):
        made = save(world.adapter, [simple("KEPT")])[0].echo
        bare = replace(made, variants=(replace(made.variants[0], sku=""),))
        (result,) = save(world.adapter, [bare], ["details"])
        assert result.error is None
        assert world.sku_of(made.external_id) == "KEPT"

    def test_an_image_the_shop_can_t_fetch(self, world):
        image = Image("", f"{world.server.url}/nothing.jpg")
        (result,) = save(world.adapter, [replace(simple("I"), images=(image,))])
        assert result.error.code == "image_not_fetched"
        assert world.known_as("I") == []

    def test_an_image_that_is_gone(self, world):
        (result,) = save(world.adapter, [replace(simple("I"), images=(Image("98765"),))])
        assert result.error.code == "image_gone"

    def test_a_variant_that_is_gone(self, world):
        made = save(world.adapter, [variable("V")])[0].echo
        world.remove_product(made.variants[0].external_id)
        (result,) = save(world.adapter, [made], ["prices"])
        assert isinstance(result.error, errors.NotFound)
        assert result.error.params["variant"] == "V-S"
        assert [v.sku for v in result.echo.variants] == ["V-M"]

    def test_errors_name_the_product(self, world):
        (result,) = save(world.adapter, [simple("")])
        assert result.error.params["product"] == "Product "


class TestTerms:
    def test_attributes_whose_slugs_clash(self, world):
        names = ["Größe", "Grosse", "x" * 40, "x" * 41]
        made = [world.adapter.save_term(Term(TermKind.ATTRIBUTE, "", name)) for name in names]
        assert [term.name for term in made] == names
        assert len({term.external_id for term in made}) == 4

    def test_brands_of_an_old_shop(self):
        with Server(Store(version="8.9.3")) as server:
            world = WooWorld(server.stores[""], server)
            with pytest.raises(errors.Rejected) as caught:
                world.adapter.save_term(Term(TermKind.BRAND, "", "B"))
            assert caught.value.code == "no_brands"
            assert world.adapter.list_terms(TermKind.BRAND) == []
            world.adapter.close()


class TestUploads:
    def test_the_password_is_nowhere_to_be_read(self, world):
        adapter = world.uploader()
        _id, _url, content = world.show_picture()
        adapter.upload_picture(Picture(content + b"!", "image/jpeg"), look_first=False)
        told = repr(world.exchanges) + repr(adapter.credentials)
        assert world.store.wp_app_password not in told
        assert world.store.wp_app_password.replace(" ", "") not in told
        adapter.close()

    def test_a_wrong_password_says_nothing_about_the_key(self, world):
        login = {"wp_user": world.store.wp_user, "wp_app_password": "wrong"}
        world.store.app_passwords_need_tls = False
        adapter = world.new_adapter(world.store.key, world.store.secret, **login)
        with pytest.raises(errors.Rejected) as caught:
            adapter.upload_picture(Picture(b"\xff\xd8\xff", "image/jpeg"), look_first=False)
        assert (caught.value.code, caught.value.params["reason"]) == (
            "upload_impossible",
            "refused",
        )
        adapter.close()

    @pytest.mark.parametrize(
        ("url", "safe"),
        [
            ("https://shop.example", True),
            ("http://shop.example", False),
            ("http://localhost:80", True),
            ("http://127.0.0.1", True),
        ],
    )
    def test_never_in_the_clear(self, url, safe):
        assert can_upload(url, {"wp_user": "a", "wp_app_password": "b"}) is safe
        assert not can_upload(url, {"wp_user": "a"})
