"""A recorded catalogue, read and written to an empty store, is the same catalogue there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ...core import errors
from ...core.catalogue import (
    GROUPS,
    Attribute,
    Image,
    ItemResult,
    Product,
    ProductDraft,
    ProductKind,
    Term,
    TermKind,
    Variant,
)
from ...core.catalogue_diff import changes, parts_of, with_content
from ...dev.woostore import Server, Store
from ...dev.woostore.recorded import recorded_store
from ...providers.woocommerce.adapter import WooCommerceAdapter
from .woo_world import WooWorld

MAX_BYTES = 1_000_000
KINDS = (ProductKind.SIMPLE, ProductKind.VARIABLE)


@pytest.fixture(params=["incl", "excl"])
def worlds(request: pytest.FixtureRequest) -> Iterator[tuple[WooWorld, WooWorld]]:
    source = recorded_store(request.param)
    target = Store()
    target.tax_classes = source.tax_classes
    with Server(source) as here, Server(target) as there:
        pair = WooWorld(source, here), WooWorld(target, there)
        yield pair
        for world in pair:
            world.adapter.close()


def read_all(adapter: WooCommerceAdapter) -> list[Product]:
    found, cursor, more = [], {}, True
    while more:
        page = adapter.list_products(cursor, 50)
        found += [adapter.parse_product(record.payload) for record in page.records]
        cursor, more = page.cursor, page.more
    return [product for product in found if product.kind in KINDS]


class Copy:
    """Carries a catalogue over: its terms get new ids, its images are fetched by the target."""

    def __init__(self, source: WooCommerceAdapter, target: WooCommerceAdapter) -> None:
        self.source, self.target = source, target
        self.ids: dict[tuple[TermKind, str], str] = {}
        self.hashes: dict[str, str] = {}

    def terms(self) -> None:
        for kind in TermKind:
            for term in self.source.list_terms(kind):
                parent = self.ids.get((kind, term.parent_external_id), "")
                made = self.target.save_term(
                    replace(term, external_id="", parent_external_id=parent)
                )
                self.ids[kind, term.external_id] = made.external_id

    def product(self, product: Product) -> Product:
        attributes = tuple(map(self.attribute, product.attributes))
        return replace(
            product,
            external_id="",
            variants=tuple(map(self.variant, product.variants)),
            images=tuple(map(self.image, product.images)),
            attributes=attributes,
            **{
                field: tuple(map(self.term, getattr(product, field)))
                for field in ("categories", "tags", "brands")
            },
        )

    def term(self, term: Term) -> Term:
        return replace(term, external_id=self.ids[term.kind, term.external_id])

    def attribute(self, attribute: Attribute) -> Attribute:
        new = self.ids.get((TermKind.ATTRIBUTE, attribute.external_id), "")
        return replace(attribute, external_id=new)

    def variant(self, variant: Variant) -> Variant:
        choices = tuple(
            replace(
                choice,
                attribute=(
                    self.ids.get((TermKind.ATTRIBUTE, choice.attribute[0]), ""),
                    choice.attribute[1],
                ),
            )
            for choice in variant.choices
        )
        image = variant.image and self.image(variant.image)
        return replace(variant, external_id="", choices=choices, image=image)

    def image(self, image: Image) -> Image:
        return replace(image, external_id="")


def hashes_of(adapter: WooCommerceAdapter, products: list[Product]) -> dict[str, str]:
    import hashlib

    images = [image for product in products for image in product.images]
    images += [v.image for product in products for v in product.variants if v.image]
    return {
        image.external_id: hashlib.sha256(
            adapter.fetch_picture(image, MAX_BYTES).content
        ).hexdigest()
        for image in images
    }


def save(
    adapter: WooCommerceAdapter, products: list[Product], groups: frozenset[str]
) -> list[ItemResult]:
    drafts = [ProductDraft(str(n), product, groups) for n, product in enumerate(products)]
    return [row for results in adapter.save_products(drafts) for row in results]


def by_sku(products: list[Product]) -> dict[str, Product]:
    return {product.sku or product.variants[0].sku: product for product in products}


def test_the_second_store_equals_the_first(worlds):
    source, target = (world.adapter for world in worlds)
    products = read_all(source)
    known = hashes_of(source, products)
    here = [with_content(product, known) for product in products]
    assert len(here) > 70 and known
    copy = Copy(source, target)
    copy.terms()
    results = save(target, [copy.product(product) for product in here], frozenset(GROUPS))
    refused = [row for row in results if row.error]
    assert {row.error.code for row in refused} == {"sku_missing"}
    nameless = [product for product in here if not all(v.sku for v in product.variants)]
    assert {row.key for row in refused} == {str(here.index(product)) for product in nameless}
    there = read_all(target)
    known = hashes_of(target, there)
    found = by_sku([with_content(product, known) for product in there])
    for product in here:
        if product in nameless:
            continue
        twin = found.pop(product.sku or product.variants[0].sku)
        assert changes(product, twin, GROUPS) == ()
        assert parts_of(product) == parts_of(twin)
    assert set(found) <= {"A"}  # the world's own

    # the echoes are what is read, and nothing has to be written again
    echoes = by_sku([row.echo for row in results if row.echo])
    for sku, product in by_sku(there).items():
        if sku in echoes:
            assert changes(echoes[sku], product, set(GROUPS) - {"images"}) == ()


def test_a_second_copy_makes_no_second_product(worlds):
    source, target = (world.adapter for world in worlds)
    products = read_all(source)
    copy = Copy(source, target)
    copy.terms()
    copied = [replace(copy.product(product), images=()) for product in products]
    groups = frozenset(GROUPS) - {"images"}
    first = {row.key: row.echo for row in save(target, copied, groups)}
    count = len(worlds[1].store.products)
    again = {row.key: row.echo for row in save(target, copied, groups)}
    assert len(worlds[1].store.products) == count
    for key, echo in again.items():
        assert (echo is None) == (first[key] is None)
        if echo:
            assert changes(first[key], echo, GROUPS) == ()
            assert [v.external_id for v in echo.variants] == [
                v.external_id for v in first[key].variants
            ]


def test_terms_are_made_once(worlds):
    source, target = (world.adapter for world in worlds)
    for _time in range(2):
        Copy(source, target).terms()
    for kind in TermKind:
        there = {term.external_id: term for term in target.list_terms(kind)}
        here = {term.external_id: term for term in source.list_terms(kind)}
        assert {term.name for term in there.values()} >= {term.name for term in here.values()}
        assert len(there) <= len(here) + 1
    with pytest.raises(errors.NotFound):
        target.save_term(Term(TermKind.TAG, "99999", "x"))
