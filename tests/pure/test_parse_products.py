"""Products of WooCommerce as canonical values."""

from __future__ import annotations

import copy
from datetime import datetime, timezone
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...core import errors
from ...core.catalogue import (
    Attribute,
    Backorders,
    Choice,
    Price,
    Product,
    ProductKind,
    ProductStatus,
    Size,
    StockKeeper,
    Term,
    TermKind,
)
from ...core.catalogue_diff import parts_of
from ...dev.woostore import Server
from ...dev.woostore.recorded import recorded_store
from ...providers.woocommerce import const_products
from ...providers.woocommerce.parse_products import parse_product
from ...providers.woocommerce.units import Units
from .woo import load, names
from .woo_world import WooWorld

METRIC = Units("kg", "cm")


def parse(fixture: str, units: Units = METRIC, **changes: Any) -> Product:
    payload = load(f"product__{fixture}")
    return parse_product({**payload, "product": {**payload["product"], **changes}}, units)


class TestRecorded:
    @pytest.mark.parametrize("name", names("product"))
    def test_every_trimmed_one(self, name):
        product = parse_product(load(name), METRIC)
        assert product.external_id and product.name
        assert product.kind is not ProductKind.UNKNOWN
        assert set(parts_of(product).values())

    @pytest.mark.parametrize("which", ["incl", "excl"])
    def test_every_one_of_a_store(self, which):
        with Server(recorded_store(which)) as server:
            world = WooWorld(server.stores[""], server)
            records, cursor, more = [], {}, True
            while more:
                page = world.adapter.list_products(cursor, 100)
                records, cursor, more = records + list(page.records), page.cursor, page.more
            products = [world.adapter.parse_product(record.payload) for record in records]
            parents = [p for p in world.store.products.values() if p["type"] != "variation"]
            assert {p.external_id for p in products} == {str(p["id"]) for p in parents}
            variants = {v.external_id for p in products for v in p.variants}
            assert variants >= {
                str(p["id"]) for p in world.store.products.values() if p["type"] == "variation"
            }
            world.adapter.close()

    def test_a_simple_one(self):
        product = parse("simple")
        assert (product.external_id, product.kind) == ("11", ProductKind.SIMPLE)
        assert product.status is ProductStatus.PUBLISHED
        assert product.sku == ""
        assert product.description == "<p>Beschrijving 1</p>"
        assert product.categories == (
            Term(TermKind.CATEGORY, "20", "Keuken"),
            Term(TermKind.CATEGORY, "18", "T-shirts"),
        )
        assert product.tags == (Term(TermKind.TAG, "27", "éco"),)
        assert [(image.external_id, image.alt) for image in product.images] == [("10", "alt é")]
        assert product.attributes == (
            Attribute("Materiaal", ("Katoen",), "3"),
            Attribute("Losse eigenschap", ("waarde", "een", "twee")),
        )
        (variant,) = product.variants
        assert (variant.external_id, variant.sku) == ("11", "SKU-0001")
        assert variant.price == Price(D("19.95"))
        assert (variant.stock.keeper, variant.stock.quantity) == (StockKeeper.ITSELF, 0)
        assert variant.weight == D("0.2")
        assert variant.size == Size(D(100), D(55), D(20))

    def test_a_variable_one(self):
        product = parse("variable")
        assert (product.kind, product.sku) == (ProductKind.VARIABLE, "TS-01")
        colour, size = product.attributes
        assert colour.varies and colour.options == ("Blauw", "Rood", "Zwart")
        variant = next(v for v in product.variants if v.sku == "TS-01-ZW-M")
        assert variant.choices == (Choice(colour.key, "Zwart"), Choice(size.key, "M"))
        assert variant.price.regular == D("25.95")
        assert variant.image is None  # the shop shows the product's
        assert variant.tax_class is None
        assert [int(v.external_id) for v in product.variants] == sorted(
            int(v.external_id) for v in product.variants
        )

    def test_any_option(self):
        product = parse("any")
        (variant,) = product.variants
        assert [choice.option for choice in variant.choices] == ["Rood", ""]

    def test_what_the_parent_counts(self):
        product = parse("parent_counts")
        assert (product.stock.keeper, product.stock.quantity) == (StockKeeper.ITSELF, 39)
        assert {v.stock.keeper for v in product.variants} == {StockKeeper.PARENT}

    def test_words_and_numbers(self):
        assert parse("full").name == "Artikel 008 Trui & co"
        assert parse("no_price").variants[0].price == Price()
        assert parse("decimals").variants[0].price.regular == D("12.35")
        exact = Units("kg", "cm", 4)
        assert parse("decimals", exact).variants[0].price.regular == D("12.3456")
        assert parse("virtual").variants[0].virtual
        assert parse("downloadable").variants[0].downloadable
        assert parse("backorders").variants[0].stock.backorders is Backorders.NOTIFY
        assert parse("odd_sku").variants[0].sku == "sku ümläut/1 #2"
        assert parse("external").kind is ProductKind.EXTERNAL
        assert parse("grouped").variants == ()

    def test_a_sale(self):
        price = parse("sku_0012").variants[0].price
        assert price.sale == 10
        assert price.sale_from == datetime(2026, 10, 31, 23, tzinfo=timezone.utc)


class TestMeanings:
    @pytest.mark.parametrize("unit", const_products.WEIGHT_UNITS)
    def test_weights_go_there_and_back(self, unit):
        units = Units(unit, "cm")
        for text in ("0.2", "12.5", "3", "0.001"):
            assert units.weight_text(units.kilograms(text)) == text

    @pytest.mark.parametrize("unit", const_products.DIMENSION_UNITS)
    def test_lengths_go_there_and_back(self, unit):
        units = Units("kg", unit)
        for text in ("0.2", "12.5", "3"):
            assert units.length_text(units.millimetres(text)) == text

    @pytest.mark.parametrize(
        ("unit", "kilograms"), [("g", "0.0005"), ("lbs", "0.226796185"), ("oz", "0.0141747615625")]
    )
    def test_weights(self, unit, kilograms):
        assert parse("simple", Units(unit, "cm"), weight="0.5").variants[0].weight == D(kilograms)

    @pytest.mark.parametrize("value", ["", "0", "-1", "abc", None, [], "1e999"])
    def test_no_weight(self, value):
        assert parse("simple", weight=value).variants[0].weight is None

    def test_an_unknown_unit(self):
        product = parse("simple", Units("stone", ""))
        assert (product.variants[0].weight, product.variants[0].size) == (None, Size())
        assert Units("stone", "").weight_text(D(1)) is None

    @pytest.mark.parametrize(("code", "status"), const_products.PRODUCT_STATUS.items())
    def test_statuses(self, code, status):
        product = parse("simple", status=code)
        assert (product.status, product.status_code) == (status, code)

    @pytest.mark.parametrize(("code", "kind"), const_products.PRODUCT_KIND.items())
    def test_kinds(self, code, kind):
        assert parse("simple", type=code).kind is kind

    @pytest.mark.parametrize(("code", "meaning"), const_products.BACKORDERS.items())
    def test_backorders(self, code, meaning):
        assert parse("simple", backorders=code).variants[0].stock.backorders is meaning

    @pytest.mark.parametrize(
        ("value", "keeper"),
        [
            (True, StockKeeper.ITSELF),
            (False, StockKeeper.NOBODY),
            ("parent", StockKeeper.PARENT),
            (None, StockKeeper.NOBODY),
            ("odd", StockKeeper.NOBODY),
        ],
    )
    def test_who_counts(self, value, keeper):
        assert parse("simple", manage_stock=value).variants[0].stock.keeper is keeper

    def test_an_unknown_status_and_type(self):
        product = parse("simple", status="wc-odd", type="subscription")
        assert (product.status, product.status_code) == (ProductStatus.UNKNOWN, "wc-odd")
        assert (product.kind, product.type_code) == (ProductKind.UNKNOWN, "subscription")
        assert product.variants[0].sku == "SKU-0001"

    @pytest.mark.parametrize(
        ("status", "taxable"), [("taxable", True), ("none", False), ("shipping", False)]
    )
    def test_taxes(self, status, taxable):
        assert parse("simple", tax_status=status).taxable is taxable

    @pytest.mark.parametrize("value", [12, "12"])
    def test_translations(self, value):
        product = parse("simple", lang="fr", translations={"en": value, "fr": 11, "de": None})
        assert product.language == "fr"
        assert product.translations == {"en": "12", "fr": "11"}

    def test_a_variation_of_its_own(self):
        payload = copy.deepcopy(load("product__variable"))
        payload["variations"][0].update(
            image={"id": 500, "src": "https://x/b.jpg"},
            tax_class="zero-rate",
            status="private",
            description="<p>Special</p>",
        )
        changed = str(payload["variations"][0]["id"])
        product = parse_product(payload, METRIC)
        variant = next(v for v in product.variants if v.external_id == changed)
        assert variant.image and variant.image.external_id == "500"
        assert (variant.tax_class, variant.published) == ("zero-rate", False)
        assert variant.description == "<p>Special</p>"

    def test_html_in_names(self):
        attributes = [{"id": 0, "name": "A &amp; B", "options": ["&lt;1", "2"], "variation": False}]
        product = parse("simple", name="Caf&eacute; <b>x</b>", attributes=attributes)
        assert product.name == "Café x"
        assert product.attributes == (Attribute("A & B", ("<1", "2")),)


class TestBadData:
    def test_a_delivery(self):
        payload = load("product__simple")
        assert parse_product(payload["product"], METRIC) == parse_product(payload, METRIC)

    @pytest.mark.parametrize(
        ("payload", "field"),
        [
            ({}, "id"),
            ({"product": None}, "id"),
            ({"product": {"id": "x", "type": "simple"}}, "id"),
            ({"product": {"id": 5}}, "type"),
            ({"product": {"id": 5, "type": "variation"}}, "type"),
            ({"id": 5}, "type"),
            ({"id": 5, "type": "variation"}, "variations"),
            ({"id": 5, "type": "variable"}, "variations"),
            ({"id": 5, "type": "simple", "variations": [6]}, "variations"),
        ],
    )
    def test_not_a_product(self, payload, field):
        with pytest.raises(errors.Rejected) as caught:
            parse_product(payload, METRIC)
        assert (caught.value.code, caught.value.params) == ("not_a_product", {"field": field})


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(st.data())
def test_nothing_crashes(data):
    payload = copy.deepcopy(load(data.draw(st.sampled_from(names("product")))))
    rows = [payload["product"], *payload["variations"]]
    row = data.draw(st.sampled_from(rows))
    for key in data.draw(st.lists(st.sampled_from(sorted(row)), max_size=4)):
        row[key] = data.draw(anything)
    try:
        product = parse_product(payload, METRIC)
    except errors.Rejected as error:
        assert error.code == "not_a_product"
    else:
        assert len(parts_of(product)) == 7
