"""What makes two products equal, and what is said about those that are not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...core.catalogue import (
    GROUPS,
    Attribute,
    Backorders,
    Choice,
    Image,
    Price,
    Product,
    ProductKind,
    ProductStatus,
    Size,
    StockKeeper,
    StockLevel,
    Term,
    TermKind,
    Variant,
)
from ...core.catalogue_diff import Change, changes, exchanged, parts_of, with_content

COLOUR = Attribute("Colour", ("Red", "Blue"), external_id="1", varies=True)
SIZE = Attribute("Size", ("S", "M"), varies=True)
NOW = datetime(2026, 1, 2, tzinfo=timezone.utc)


def variant(colour: str = "Red", size: str = "S", **values: Any) -> Variant:
    choices = (Choice(COLOUR.key, colour), Choice(SIZE.key, size))
    return Variant(**{"sku": f"{colour}-{size}", "choices": choices, **values})


SHIRT = Product(
    external_id="7",
    kind=ProductKind.VARIABLE,
    name="Shirt",
    variants=(variant(), variant("Blue", "M", price=Price(Decimal("9.50")))),
    description="<p>Soft &amp; warm</p>\n",
    categories=(Term(TermKind.CATEGORY, "3", "Clothes"), Term(TermKind.CATEGORY, "4", "Sale")),
    images=(Image("11"), Image("12")),
    attributes=(COLOUR, SIZE, Attribute("Fabric", ("Wool",), external_id="5")),
    tax_class="reduced",
)
MUG = Product(
    external_id="8",
    kind=ProductKind.SIMPLE,
    name="Mug",
    variants=(Variant("8", "MUG", price=Price(Decimal(5)), weight=Decimal("0.3")),),
)


def mug(**values: Any) -> Product:
    return replace(MUG, variants=(replace(MUG.variants[0], **values),))


def differing(before: Product, after: Product) -> set[str]:
    """Groups that differ; both functions have to agree on them."""
    old, new = parts_of(before), parts_of(after)
    groups = {group for group in GROUPS if old[group] != new[group]}
    for group in GROUPS:
        assert bool(changes(before, after, [group])) == (group in groups), group
    return groups


class TestEqual:
    def test_all_groups_have_a_fingerprint(self):
        assert tuple(parts_of(SHIRT)) == GROUPS

    @pytest.mark.parametrize(
        "other",
        [
            replace(
                SHIRT, external_id="99", url="https://x", modified_at=NOW, type_code="variable"
            ),
            replace(SHIRT, categories=SHIRT.categories[::-1]),
            replace(SHIRT, categories=tuple(replace(t, external_id="") for t in SHIRT.categories)),
            replace(SHIRT, attributes=SHIRT.attributes[::-1]),
            replace(
                SHIRT, attributes=(replace(COLOUR, options=("BLUE", "red")), *SHIRT.attributes[1:])
            ),
            replace(SHIRT, variants=SHIRT.variants[::-1]),
            replace(SHIRT, description="Soft &#38;   warm"),
            replace(SHIRT, description="<p>Soft<br>&amp; warm</p><p></p><!-- x -->"),
            replace(SHIRT, name=" Shirt  "),
            replace(SHIRT, images=(Image("11", "https://x/a.jpg", "a", "b"), Image("12"))),
            replace(SHIRT, language="fr", translations={"fr": "7"}),
            replace(SHIRT, stock=StockLevel(StockKeeper.ITSELF, Decimal(3))),
        ],
    )
    def test_what_does_not_count(self, other):
        assert differing(SHIRT, other) == set()

    @pytest.mark.parametrize(
        "values",
        [
            {"external_id": "5"},
            {"price": Price(Decimal("5.00"))},
            {"price": Price(Decimal(5), sale_from=NOW)},
            {"weight": Decimal("0.3000")},
            {"weight": Decimal("0.3001")},
            {"barcode": "INTERNAL-1"},
            {"tax_class": "zero"},
            {"stock": StockLevel(quantity=Decimal(7), backorders=Backorders.YES, in_stock=False)},
        ],
    )
    def test_what_does_not_count_of_a_variant(self, values):
        assert differing(MUG, mug(**values)) == set()

    def test_no_price_is_zero(self):
        assert differing(mug(price=Price()), mug(price=Price(Decimal(0)))) == set()

    def test_virtual_or_downloadable(self):
        assert differing(mug(virtual=True), mug(downloadable=True)) == set()

    def test_untaxed_ones_have_no_class(self):
        untaxed = replace(MUG, taxable=False)
        assert differing(untaxed, replace(untaxed, tax_class="zero")) == set()

    def test_variants_of_a_draft(self):
        draft = replace(MUG, status=ProductStatus.DRAFT)
        other = replace(mug(published=False), status=ProductStatus.DRAFT)
        assert differing(draft, other) == set()

    def test_what_every_variant_leaves_open_informs(self):
        def product(**changed: Any) -> Product:
            fabric = Attribute("Fabric", ("Wool", "Silk"), external_id="5", **changed)
            choices = (Choice(COLOUR.key, "Red"), Choice(fabric.key, ""))
            red = Variant(sku="R", choices=choices if fabric.varies else choices[:1])
            return replace(SHIRT, attributes=(COLOUR, fabric), variants=(red,))

        assert differing(product(varies=True), product()) == set()

    def test_attributes_of_two_shops(self):
        elsewhere = replace(COLOUR, external_id="77")
        choices = (Choice(elsewhere.key, "Red"), Choice(SIZE.key, "S"))
        here = replace(SHIRT, attributes=(COLOUR, SIZE), variants=(variant(),))
        there = replace(
            SHIRT, attributes=(SIZE, elsewhere), variants=(variant(choices=choices[::-1]),)
        )
        assert differing(here, there) == set()

    def test_images_by_content(self):
        here = with_content(SHIRT, {"11": "aa", "12": "bb"})
        there = replace(SHIRT, images=(Image("901"), Image("902")))
        assert differing(SHIRT, there) == {"images"}
        assert differing(here, with_content(there, {"901": "aa", "902": "bb"})) == set()
        assert differing(here, with_content(there, {"901": "bb", "902": "aa"})) == {"images"}


class TestDifferent:
    @pytest.mark.parametrize(
        "other, group",
        [
            (replace(SHIRT, name="Blouse"), "texts"),
            (replace(SHIRT, description="Soft <b>&amp;</b> warm"), "texts"),
            (replace(SHIRT, short_description="x"), "texts"),
            (replace(SHIRT, status=ProductStatus.HIDDEN), "texts"),
            (replace(SHIRT, sku="PARENT"), "details"),
            (replace(SHIRT, tax_class=""), "details"),
            (replace(SHIRT, taxable=False), "details"),
            (replace(SHIRT, categories=SHIRT.categories[:1]), "categories"),
            (replace(SHIRT, tags=(Term(TermKind.TAG, "1", "New"),)), "categories"),
            (replace(SHIRT, brands=(Term(TermKind.BRAND, "1", "Odoo"),)), "categories"),
            (replace(SHIRT, images=SHIRT.images[::-1]), "images"),
            (replace(SHIRT, images=()), "images"),
            (replace(SHIRT, attributes=SHIRT.attributes[:2]), "attributes"),
        ],
    )
    def test_of_the_product(self, other, group):
        assert differing(SHIRT, other) == {group}

    @pytest.mark.parametrize(
        "values, group",
        [
            ({"sku": "CUP"}, "details"),
            ({"barcode": "4006381333931"}, "details"),
            ({"weight": Decimal("0.31")}, "details"),
            ({"weight": None}, "details"),
            ({"size": Size(Decimal(10))}, "details"),
            ({"virtual": True}, "details"),
            ({"price": Price(Decimal("5.01"))}, "prices"),
            ({"price": Price(Decimal(5), Decimal(4))}, "prices"),
            ({"image": Image("5")}, "images"),
            ({"description": "x"}, "texts"),
            ({"published": False}, "texts"),
            ({"stock": StockLevel(StockKeeper.ITSELF)}, "stock"),
        ],
    )
    def test_of_a_variant(self, values, group):
        assert differing(MUG, mug(**values)) == {group}

    def test_dates_of_a_sale(self):
        sale = Price(Decimal(5), Decimal(4), NOW)
        assert differing(mug(price=replace(sale, sale_from=None)), mug(price=sale)) == {"prices"}

    def test_a_variant_more(self):
        more = replace(SHIRT, variants=(*SHIRT.variants, variant("Red", "M")))
        assert "attributes" in differing(SHIRT, more)

    def test_the_prices_of_two_swapped(self):
        one, two = SHIRT.variants
        swapped = (replace(one, price=two.price), replace(two, price=one.price))
        assert differing(SHIRT, replace(SHIRT, variants=swapped)) == {"prices"}


class TestChanges:
    def test_words(self):
        after = replace(mug(price=Price(Decimal("6.50"))), name="Cup")
        assert changes(MUG, after, GROUPS) == (
            Change("texts", "name", "Mug", "Cup"),
            Change("prices", "price.regular", "5", "6.5", "MUG"),
        )

    def test_only_the_groups_asked_for(self):
        after = replace(mug(price=Price(Decimal(6))), name="Cup")
        assert [change.group for change in changes(MUG, after, ("prices",))] == ["prices"]

    def test_what_is_gone(self):
        assert changes(mug(weight=None), MUG, GROUPS) == (
            Change("details", "weight", None, "0.3", "MUG"),
        )
        assert changes(MUG, mug(weight=None), GROUPS) == (
            Change("details", "weight", "0.3", None, "MUG"),
        )

    def test_a_variant_by_its_choices(self):
        after = replace(SHIRT, variants=(*SHIRT.variants, variant("Red", "M", sku="")))
        (change,) = changes(SHIRT, after, ("attributes",))
        assert change == Change("attributes", "variant", None, "Red / M", "Red / M")

    def test_all_of_a_new_product(self):
        made = changes(None, MUG, GROUPS)
        assert {(change.field, change.after) for change in made} >= {
            ("name", "Mug"),
            ("sku", "MUG"),
            ("price.regular", "5"),
        }
        assert all(change.before is None for change in made)
        assert json.loads(json.dumps([change.after for change in made]))


# === RANDOM ONES === #

words = st.text("ab é<&", max_size=4)
amounts = st.none() | st.decimals("0", "999", places=2)
moments = st.none() | st.just(NOW)
terms = st.lists(st.builds(Term, st.just(TermKind.TAG), words, words), max_size=3).map(tuple)
images = st.builds(Image, st.sampled_from(["1", "2"]), words, words, words)
attributes = st.builds(
    Attribute,
    st.sampled_from(["A", "a ", "B"]),
    st.lists(words, max_size=2).map(tuple),
    st.sampled_from(["", "1"]),
    st.booleans(),
    st.booleans(),
)
choices = st.builds(Choice, st.sampled_from([("", "a"), ("1", ""), ("", "b")]), words)
variants = st.builds(
    Variant,
    words,
    words,
    words,
    st.lists(choices, max_size=2).map(tuple),
    st.builds(Price, amounts, amounts, moments, moments),
    st.builds(StockLevel, st.sampled_from(StockKeeper), amounts),
    amounts,
    st.builds(Size, amounts, amounts, amounts),
    st.none() | images,
    words,
)
products = st.builds(
    Product,
    words,
    st.sampled_from(ProductKind),
    words,
    st.lists(variants, max_size=3).map(tuple),
    status=st.sampled_from(ProductStatus),
    sku=words,
    description=words,
    tags=terms,
    images=st.lists(images, max_size=2).map(tuple),
    attributes=st.lists(attributes, max_size=3).map(tuple),
    taxable=st.booleans(),
)


@given(products, products)
def test_fingerprints_and_changes_agree(before, after):
    differing(before, after)
    assert differing(after, after) == set()


@given(products, products)
def test_changes_are_plain_and_have_two_ends(before, after):
    for change in changes(before, after, GROUPS):
        assert json.loads(json.dumps([change.before, change.after])) is not None
        assert (change.before, change.after) != (None, None)
    assert len(changes(before, after, GROUPS)) == len(changes(after, before, GROUPS))


def test_variants_that_exchange_their_options():
    red, blue = SHIRT.variants
    swapped = replace(
        SHIRT, variants=(replace(red, choices=blue.choices), replace(blue, choices=red.choices))
    )
    assert parts_of(swapped)["attributes"] == parts_of(SHIRT)["attributes"]
    assert exchanged(SHIRT, swapped)
    turned = replace(SHIRT, variants=(blue, red))
    other = replace(SHIRT, variants=(red, variant("Blue", "S", sku="NEW")))
    nameless = replace(SHIRT, variants=(replace(red, sku=""), replace(blue, sku="")))
    for product in (SHIRT, MUG, turned, other, nameless):
        assert not exchanged(SHIRT, product)
