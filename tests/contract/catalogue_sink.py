"""Contract of :class:`core.adapter.CatalogueSink`."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from ...core import errors
from ...core.adapter import CatalogueSink, supports
from ...core.catalogue import (
    GROUPS,
    Attribute,
    Choice,
    Image,
    ItemResult,
    Price,
    Product,
    ProductStatus,
    StockKeeper,
    StockLevel,
    Term,
    TermKind,
    Variant,
)
from ...core.catalogue_diff import changes, parts_of
from .catalogue_refusals import CatalogueRefusalsContract
from .catalogue_terms import CatalogueTermsContract
from .drafts import SIZE, codes, save, simple, variable
from .world import World


class CatalogueSinkContract(CatalogueTermsContract, CatalogueRefusalsContract):
    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), CatalogueSink)

    def assert_saved(self, world: World, product: Product, result: ItemResult) -> None:
        """Echo, and what is read, are what was sent."""
        assert result.error is None
        read = self.product_of(world, result.echo.external_id)
        assert changes(product, result.echo, GROUPS) == ()
        assert parts_of(read) == parts_of(product)
        assert [v.external_id for v in read.variants] == [
            v.external_id for v in result.echo.variants
        ]

    # === CREATING === #

    def test_one_of_each_kind(self, world: World):
        wanted = [simple("S-1"), variable("V-1")]
        for product, result in zip(wanted, save(world.adapter, wanted), strict=True):
            self.assert_saved(world, product, result)

    def test_all_that_a_product_has(self, world: World):
        tag = world.adapter.save_term(Term(TermKind.TAG, "", "New"))
        category = world.adapter.save_term(Term(TermKind.CATEGORY, "", "Clothes"))
        shared = world.adapter.save_term(Term(TermKind.ATTRIBUTE, "", "Colour"))
        colour = Attribute("Colour", ("Red", "Blue"), shared.external_id, varies=True)
        any_size = (Choice(colour.key, "Red"), Choice(SIZE.key, ""))
        blue = (Choice(colour.key, "Blue"), Choice(SIZE.key, "S"))
        product = replace(
            variable("ALL"),
            variants=(
                Variant(
                    sku="ALL-R",
                    choices=any_size,
                    barcode="4006381333931",
                    price=Price(Decimal("10.5")),
                    weight=Decimal("1.5"),
                    description="<p>Red</p>",
                ),
                Variant(sku="ALL-B", choices=blue, published=False, virtual=True),
            ),
            attributes=(colour, SIZE),
            tags=(tag,),
            categories=(category,),
            short_description="Short",
            status=ProductStatus.HIDDEN,
            taxable=False,
        )
        (result,) = save(world.adapter, [product])
        assert result.error is None
        # stores before 9.2 have no place for barcodes
        ignored = {"barcode"} if not result.echo.variants[0].barcode else set()
        assert {c.field for c in changes(product, result.echo, GROUPS)} <= ignored

    def test_a_hundred_in_few_calls(self, world: World):
        wanted = [simple(f"H-{number}") for number in range(100)]
        save(world.adapter, [simple("FIRST")])  # what the store measures in is known then
        before = world.requests()
        results = save(world.adapter, wanted)
        assert world.requests() - before <= 3
        assert codes(results) == [""] * 100
        assert len({row.echo.external_id for row in results}) == 100

    def test_changes_cost_one_call(self, world: World):
        made = [row.echo for row in save(world.adapter, [simple(f"C-{n}") for n in range(50)])]
        before = world.requests()
        results = save(world.adapter, [replace(product, name="New") for product in made], ["texts"])
        assert world.requests() - before == 1
        assert {row.echo.name for row in results} == {"New"}

    def test_nothing_costs_nothing(self, world: World):
        before = world.requests()
        assert save(world.adapter, []) == []
        assert world.requests() == before

    def test_again_makes_no_second_one(self, world: World):
        wanted = [simple("TWICE"), variable("TWICE-V")]
        first, second = save(world.adapter, wanted), save(world.adapter, wanted)
        assert [row.echo.external_id for row in first] == [row.echo.external_id for row in second]
        assert codes(second) == ["", ""]
        for sku in ("TWICE", "TWICE-V", "TWICE-V-S", "TWICE-V-M"):
            assert len(world.known_as(sku)) == 1

    @pytest.mark.parametrize("how", ["timeout", "reset"])
    @pytest.mark.parametrize("when", ["after", "before"])
    @pytest.mark.parametrize("call", [1, 2])
    def test_a_lost_answer(self, world: World, how, when, call):
        """Of the call that makes the products, and of the one that makes their variants."""
        adapter = world.impatient()
        wanted = [simple("LOST"), variable("LOST-V")]
        if call == 2:
            save(adapter, [replace(wanted[1], variants=())])
        world.lose(how, when)
        for _try in range(4):
            try:
                results = save(adapter, wanted)
                break
            except (errors.UnknownOutcome, errors.Retryable):
                continue
        adapter.close()
        assert codes(results) == ["", ""]
        for sku in ("LOST", "LOST-V", "LOST-V-S", "LOST-V-M"):
            assert len(world.known_as(sku)) == 1
        self.assert_saved(world, wanted[0], results[0])
        self.assert_saved(world, wanted[1], results[1])

    def test_one_that_a_person_has_made(self, world: World):
        (external_id,) = world.goods(1)
        (result,) = save(world.adapter, [simple(world.sku_of(external_id).lower())])
        assert result.error is None
        assert result.echo.external_id == external_id

    # === CHANGING === #

    @pytest.mark.parametrize("group", GROUPS)
    def test_only_what_is_asked_for(self, world: World, group):
        tag = world.adapter.save_term(Term(TermKind.TAG, "", "Tag"))
        external_id, url, _content = world.show_picture()
        before = save(world.adapter, [variable("ONLY")])[0].echo
        variant = replace(
            before.variants[0],
            price=Price(Decimal(77)),
            weight=Decimal(3),
            description="Other",
            stock=StockLevel(StockKeeper.ITSELF, Decimal(5)),
        )
        after = replace(
            before,
            name="Other",
            tags=(tag,),
            images=(Image(external_id, url),),
            attributes=(*before.attributes, Attribute("More", ("x",))),
            variants=(variant, before.variants[1]),
        )
        (result,) = save(world.adapter, [after], [group])
        assert result.error is None
        old, new = parts_of(before), parts_of(self.product_of(world, before.external_id))
        assert {name for name in GROUPS if old[name] != new[name]} == {group}
        assert new[group] == parts_of(after)[group]

    def test_what_is_taken_away(self, world: World):
        tag = world.adapter.save_term(Term(TermKind.TAG, "", "Tag"))
        external_id, url, _content = world.show_picture()
        full = replace(simple("FULL"), tags=(tag,), images=(Image(external_id, url),))
        made = save(world.adapter, [full])[0].echo
        bare = Variant(made.external_id, "FULL", price=Price(), stock=made.variants[0].stock)
        empty = replace(made, description="", tags=(), images=(), attributes=(), variants=(bare,))
        (result,) = save(world.adapter, [empty])
        self.assert_saved(world, empty, result)

    def test_one_more_variant(self, world: World):
        made = save(world.adapter, [variable("MORE")])[0].echo
        more = replace(made, variants=(*made.variants, *variable("MORE", ["L"]).variants))
        (result,) = save(world.adapter, [more], ["attributes"])
        assert [v.sku for v in result.echo.variants] == ["MORE-S", "MORE-M", "MORE-L"]
        assert result.echo.variants[2].price == Price(Decimal(9), Decimal(8))

    def test_no_variant_without_the_attributes_it_needs(self, world: World):
        made = save(world.adapter, [variable("FEW")])[0].echo
        more = replace(made, variants=(*made.variants, *variable("FEW", ["L"]).variants))
        (result,) = save(world.adapter, [more], ["prices"])
        assert result.error is None
        assert [v.sku for v in result.echo.variants] == ["FEW-S", "FEW-M"]

    def test_variants_that_are_not_named_stay(self, world: World):
        made = save(world.adapter, [variable("STAY")])[0].echo
        (result,) = save(world.adapter, [replace(made, variants=made.variants[:1])], ["prices"])
        assert len(result.echo.variants) == 2

    def test_a_draft_and_back(self, world: World):
        made = save(world.adapter, [simple("DRAFT")])[0].echo
        for status in (ProductStatus.DRAFT, ProductStatus.HIDDEN, ProductStatus.PUBLISHED):
            save(world.adapter, [replace(made, status=status)], ["texts"])
            assert self.product_of(world, made.external_id).status is status
