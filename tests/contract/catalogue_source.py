"""Contract of :class:`core.adapter.CatalogueSource`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ...core import errors
from ...core.adapter import CatalogueSource, supports
from ...core.canonical import Record
from ...core.catalogue import Image, Product, ProductKind, ProductStatus, Term, TermKind
from ...core.catalogue_diff import parts_of
from .polling import ids, poll
from .world import World

MAX_BYTES = 1_000_000


def run(
    world: World,
    cursor: Mapping[str, Any],
    limit: int = 100,
    between: Callable[[], None] | None = None,
) -> tuple[list[Record], dict[str, Any]]:
    return poll(world.adapter.list_products, cursor, limit, between)


class CatalogueSourceContract:
    def product_of(self, world: World, external_id: str) -> Product:
        return world.adapter.parse_product(world.adapter.fetch_product(external_id).payload)

    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), CatalogueSource)

    # === ONE PRODUCT === #

    def test_a_product_without_variants(self, world: World):
        (external_id,) = world.goods(1)
        record = world.adapter.fetch_product(external_id)
        assert (record.kind, record.external_id) == ("product", external_id)
        assert record.fetched_at.tzinfo is not None
        assert record.modified_at.utcoffset().total_seconds() == 0
        assert json.loads(json.dumps(record.payload)) == record.payload
        product = world.adapter.parse_product(record.payload)
        assert (product.kind, product.status) == (ProductKind.SIMPLE, ProductStatus.PUBLISHED)
        assert [(v.external_id, v.sku) for v in product.variants] == [
            (external_id, world.sku_of(external_id))
        ]

    def test_a_product_with_more_variants_than_a_page(self, world: World):
        external_id, variants = world.variants(103)
        product = self.product_of(world, external_id)
        assert product.kind is ProductKind.VARIABLE
        assert sorted(v.external_id for v in product.variants) == sorted(variants)
        (attribute,) = [attribute for attribute in product.attributes if attribute.varies]
        options = {v.choices[0].option for v in product.variants}
        assert options == set(attribute.options)
        assert {choice.attribute for v in product.variants for choice in v.choices} == {
            attribute.key
        }

    def test_the_id_of_a_variant_reads_its_product(self, world: World):
        external_id, variants = world.variants(2)
        record = world.adapter.fetch_product(variants[0])
        assert record.external_id == external_id
        assert len(world.adapter.parse_product(record.payload).variants) == 2

    def test_one_in_the_trash(self, world: World):
        (external_id,) = world.goods(1)
        world.trash_product(external_id)
        assert self.product_of(world, external_id).status is ProductStatus.TRASHED

    @pytest.mark.parametrize("external_id", ["999999999", "", "0", "../x", "1?x=1"])
    def test_one_that_is_not_there(self, world: World, external_id):
        with pytest.raises(errors.NotFound):
            world.adapter.fetch_product(external_id)

    def test_what_is_no_product(self, world: World):
        with pytest.raises(errors.Rejected) as caught:
            world.adapter.parse_product({"code": "x"})
        assert caught.value.code == "not_a_product"

    def test_its_address(self, world: World):
        assert world.adapter.product_url("12").startswith("http")
        assert "12" in world.adapter.product_url("12")

    # === MANY PRODUCTS === #

    def test_everything_from_the_beginning_and_then_nothing(self, world: World):
        _found, cursor = run(world, {})
        placed = [*world.goods(5), world.variants(2)[0]]
        world.tick(1)
        found, cursor = run(world, cursor, limit=2)
        assert Counter(ids(found)) == Counter(placed)
        assert run(world, cursor)[0] == []

    def test_listed_and_fetched_mean_the_same(self, world: World):
        external_id, _variants = world.variants(3)
        listed = next(row for row in run(world, {})[0] if row.external_id == external_id)
        fetched = world.adapter.fetch_product(external_id)
        assert listed.kind == fetched.kind
        assert listed.modified_at == fetched.modified_at
        parse = world.adapter.parse_product
        assert parse(listed.payload) == parse(fetched.payload)

    def test_a_change_of_a_variant_is_one_of_its_product(self, world: World):
        external_id, variants = world.variants(2)
        world.goods(2)
        _found, cursor = run(world, {})
        world.tick(5)
        before = parts_of(self.product_of(world, external_id))
        world.touch_product(variants[1])
        (record,), _cursor = run(world, cursor)
        assert record.external_id == external_id
        after = parts_of(world.adapter.parse_product(record.payload))
        assert {group for group in after if after[group] != before[group]} == {"prices"}

    def test_edits_between_pages_lose_nothing(self, world: World):
        placed = []
        for _number in range(9):
            placed += world.goods(1)
            world.tick(1)
        world.tick(600)
        edits = iter(placed[:4])

        def edit() -> None:
            world.tick(1)
            world.touch_product(next(edits, placed[0]))

        found, cursor = run(world, {}, limit=2, between=edit)
        found += run(world, cursor)[0]
        assert set(ids(found)) >= set(placed)
        seen = {record.external_id: record.payload for record in found}
        for external_id in placed:
            assert seen[external_id] == world.adapter.fetch_product(external_id).payload

    def test_nothing_new_costs_one_request(self, world: World):
        world.variants(2)
        _found, cursor = run(world, {})
        before = world.requests()
        run(world, cursor)
        assert world.requests() == before + 1

    # === MATCHING === #

    def test_everything_that_can_be_matched(self, world: World):
        simple = world.goods(102)
        parent, variants = world.variants(3)
        (gone,) = world.goods(1)
        world.trash_product(gone)
        before = world.requests()
        pages = list(world.adapter.list_identities())
        assert world.requests() - before <= 3
        found = {row.external_id: row for page in pages for row in page}
        assert sum(map(len, pages)) == len(found)
        assert set(found) >= {*simple, parent, *variants}
        assert gone not in found
        assert all(found[key].sku == world.sku_of(key) for key in (*simple, *variants))
        assert {found[key].parent_external_id for key in variants} == {parent}
        assert found[parent].kind is ProductKind.VARIABLE
        assert found[simple[0]].parent_external_id == ""
        assert all(row.name for row in found.values())
        assert len({found[key].name for key in variants}) == 3

    # === TERMS === #

    def test_terms_after_their_parents(self, world: World):
        top = world.make_term(TermKind.CATEGORY, "Top")
        low = world.make_term(TermKind.CATEGORY, "Low", top)
        terms = list(world.adapter.list_terms(TermKind.CATEGORY))
        ids = [term.external_id for term in terms]
        assert ids.index(top) < ids.index(low)
        found = Term(TermKind.CATEGORY, low, "Low", top)
        assert found in terms

    def test_more_terms_than_a_page(self, world: World):
        made = {world.make_term(TermKind.TAG, f"Tag {n}") for n in range(101)}
        assert {term.external_id for term in world.adapter.list_terms(TermKind.TAG)} >= made

    @pytest.mark.parametrize("kind", TermKind)
    def test_all_kinds_can_be_asked_for(self, world: World, kind):
        assert {term.kind for term in world.adapter.list_terms(kind)} <= {kind}

    # === PICTURES === #

    def test_a_picture(self, world: World):
        external_id, url, content = world.show_picture()
        picture = world.adapter.fetch_picture(Image(external_id, url), MAX_BYTES)
        assert picture.content == content
        assert picture.mimetype.startswith("image/")
        assert picture.name

    def test_a_picture_that_is_too_large(self, world: World):
        external_id, url, content = world.show_picture()
        with pytest.raises(errors.Rejected) as caught:
            world.adapter.fetch_picture(Image(external_id, url), len(content) - 1)
        assert caught.value.code == "bad_image"
        assert world.adapter.fetch_picture(Image(external_id, url), len(content)).content

    def test_what_is_no_picture(self, world: World):
        for url in (world.no_picture(), "", "file:///etc/hosts"):
            with pytest.raises(errors.Rejected) as caught:
                world.adapter.fetch_picture(Image("1", url), MAX_BYTES)
            assert caught.value.code == "bad_image"

    def test_a_picture_that_is_gone(self, world: World):
        _external_id, url, _content = world.show_picture()
        with pytest.raises(errors.NotFound):
            world.adapter.fetch_picture(Image("1", url.replace("picture", "nothing")), MAX_BYTES)
