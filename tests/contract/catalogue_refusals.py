"""What a :class:`core.adapter.CatalogueSink` refuses, and what it survives."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ...core import errors
from ...core.catalogue import (
    Image,
    Price,
    Product,
    ProductKind,
    ProductStatus,
    Term,
    TermKind,
)
from .drafts import codes, save, simple, variable
from .world import World


class CatalogueRefusalsContract:
    def product_of(self, world: World, external_id: str) -> Product:
        return world.adapter.parse_product(world.adapter.fetch_product(external_id).payload)

    def test_without_a_sku(self, world: World):
        wanted = [simple(""), simple("WITH"), variable("", ()), variable("PARENT", ())]
        nameless = replace(variable("N"), variants=(replace(variable("N").variants[0], sku=""),))
        results = save(world.adapter, [*wanted, nameless])
        assert codes(results) == ["sku_missing", "", "sku_missing", "", "sku_missing"]
        assert world.known_as("N") == []

    def test_two_with_one_sku(self, world: World):
        results = save(world.adapter, [simple("ONE"), simple("one"), simple("TWO")])
        assert codes(results) == ["", "sku_twice", ""]
        assert world.known_as("ONE") == [results[0].echo.external_id]

    def test_the_sku_of_a_variant(self, world: World):
        _parent, variants = world.variants(1)
        results = save(world.adapter, [simple(world.sku_of(variants[0])), simple("OTHER")])
        assert codes(results) == ["sku_taken_by_variation", ""]
        assert results[0].error.params["resource_id"] == int(variants[0])

    def test_a_variant_with_the_sku_of_something_else(self, world: World):
        (external_id,) = world.goods(1)
        product = variable("MINE")
        taken = replace(product.variants[0], sku=world.sku_of(external_id))
        results = save(world.adapter, [replace(product, variants=(taken, product.variants[1]))])
        assert codes(results) == ["sku_taken"]
        assert results[0].error.params["variant"] == taken.sku
        assert len(results[0].echo.variants) == 1

    def test_a_sku_in_the_trash(self, world: World):
        (external_id,) = world.goods(1)
        sku = world.sku_of(external_id)
        world.trash_product(external_id)
        results = save(world.adapter, [simple(sku), simple("OTHER")])
        assert codes(results) == ["sku_in_trash", ""]
        assert self.product_of(world, external_id).status is ProductStatus.TRASHED

    def test_one_that_is_gone(self, world: World):
        made = [row.echo for row in save(world.adapter, [simple("GONE"), simple("STAYS")])]
        world.remove_product(made[0].external_id)
        results = save(world.adapter, made, ["texts"])
        assert isinstance(results[0].error, errors.NotFound)
        assert results[1].error is None

    def test_one_that_breaks_the_store(self, world: World):
        made = [row.echo for row in save(world.adapter, [simple(f"B-{n}") for n in range(9)])]
        world.poison(made[4].external_id)
        results = save(world.adapter, [replace(product, name="X") for product in made], ["texts"])
        assert [bool(row.error) for row in results] == [n == 4 for n in range(9)]

    def test_what_the_store_would_misread(self, world: World):
        """A batch is checked by nobody but us."""
        wrong = Price(Decimal(5), Decimal(6))
        nowhere = Term(TermKind.CATEGORY, "", "Nowhere")
        results = save(
            world.adapter,
            [
                simple("W-1", price=wrong),
                replace(simple("W-2"), categories=(nowhere,)),
                replace(simple("W-3"), kind=ProductKind.GROUPED),
                replace(simple("W-4"), images=(Image(content_hash="aa"),)),
            ],
        )
        assert codes(results) == [
            "sale_not_below",
            "term_missing",
            "kind_not_published",
            "image_missing",
        ]
        assert not any(world.known_as(f"W-{n}") for n in range(1, 5))
