"""Reading WooCommerce's catalogue: what no contract can know."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ...core import errors
from ...core.catalogue import Image, Term, TermKind
from ...core.http import Exchange
from ...dev.woostore import Server, Store
from ...providers.woocommerce import const_products
from ...providers.woocommerce.catalogue import _parents_first
from ...providers.woocommerce.pictures import mimetype_of
from .woo import Canned, replay
from .woo_world import WooWorld

IMAGE = Canned(body=b"\x89PNG\r\n\x1a\n" + b"x" * 1000, headers=[("Content-Type", "text/html")])


@pytest.fixture
def world() -> Iterator[WooWorld]:
    store = Store()
    with Server(store) as server:
        world = WooWorld(store, server, weight_unit="kg", dimension_unit="cm", price_decimals=2)
        yield world
        world.adapter.close()


class TestLanguages:
    @pytest.mark.parametrize("plug_in", ["wpml", "polylang"])
    def test_all_of_them(self, world, plug_in):
        world.store.features.add(plug_in)
        original, variants = world.variants(2)
        french = str(world.store.add_translation(int(original), "fr", name="Chemise")["id"])
        features = world.adapter.describe().features
        assert (const_products.WPML in features) == (plug_in == "wpml")
        adapter = world.new_adapter(
            world.store.key,
            world.store.secret,
            features=features,
            **world.adapter.credentials.settings,
        )
        found = {
            record.external_id: adapter.parse_product(record.payload)
            for record in adapter.list_products({}, 100).records
        }
        assert found[french].language == "fr"
        assert found[french].name == "Chemise"
        assert len(found[french].variants) == len(variants)
        assert found[original].translations == found[french].translations
        assert set(found[french].translations.values()) == {original, french}
        adapter.close()


class TestTrash:
    def test_what_was_moved_there_is_listed(self, world):
        adapter = world.new_adapter(
            world.store.key,
            world.store.secret,
            **{**world.adapter.credentials.settings, "poll_trash": True},
        )
        (external_id,) = world.goods(1)
        cursor = adapter.list_products({}, 100).cursor
        world.tick(5)
        world.trash_product(external_id)
        (record,) = adapter.list_products(cursor, 100).records
        assert adapter.parse_product(record.payload).status.value == "trashed"
        adapter.close()


class TestOddShops:
    def test_what_the_shop_shuffles_is_no_change(self, world):
        (external_id,) = world.goods(1)
        cursor = world.adapter.list_products({}, 100).cursor
        world.store.products[int(external_id)]["related_ids"] = [5, 4, 3]
        assert world.adapter.list_products(cursor, 100).records == ()
        assert "related_ids" not in world.adapter.fetch_product(external_id).payload["product"]

    def test_variations_that_break_the_shop_hold_nothing_back(self, world):
        broken, _variants = world.variants(2)
        whole, _variants = world.variants(2)
        world.server.faults.add("500-fatal-json", times=9, path=f"products/{broken}/variations")
        found = {row.external_id: row.payload for row in world.adapter.list_products({}, 9).records}
        assert len(world.adapter.parse_product(found[whole]).variants) == 2
        with pytest.raises(errors.Rejected) as caught:
            world.adapter.parse_product(found[broken])
        assert caught.value.code == "variations_unreadable"
        with pytest.raises(errors.ServerError):
            world.adapter.fetch_product(broken)

    def test_a_page_of_variations_that_is_too_heavy(self, world):
        external_id, variants = world.variants(25)
        world.server.faults.add("500-fatal-json", path="variations")
        before = world.requests()
        payload = world.adapter.fetch_product(external_id).payload
        assert len(world.adapter.parse_product(payload).variants) == len(variants)
        assert world.requests() - before == 1 + 3  # the broken one is not counted

    def test_a_shop_that_goes_away_in_between_is_asked_again(self, world):
        world.variants(2)
        world.server.faults.add("503-html", path="variations")
        with pytest.raises(errors.Unreachable):
            world.adapter.list_products({}, 9)


class TestRequests:
    def test_only_variable_products_cost_one_of_their_own(self, world):
        world.goods(5)
        world.variants(2)
        world.store.add_product(sku="G", type="grouped", grouped_products=[1])
        before = world.requests()
        world.adapter.list_products({}, 100)
        assert world.requests() - before == 2

    def test_units_are_asked_for_once(self, world):
        adapter = world.new_adapter(world.store.key, world.store.secret)
        (external_id,) = world.goods(1)
        payload = adapter.fetch_product(external_id).payload
        before = world.requests()
        for _time in range(3):
            adapter.parse_product(payload)
        assert world.requests() - before == 2
        adapter.close()

    def test_identities_are_small(self, world):
        world.variants(3)
        list(world.adapter.list_identities())
        assert all("_fields" in exchange.url for exchange in world.exchanges)


class TestTerms:
    def test_orphans_and_circles_are_kept(self):
        def category(external_id: str, parent: str) -> Term:
            return Term(TermKind.CATEGORY, external_id, external_id, parent)

        given = [category("1", "2"), category("2", "1"), category("3", "9"), category("4", "3")]
        found = _parents_first(given)
        assert [term.external_id for term in found][:2] == ["3", "4"]
        assert set(found) == set(given)


class TestPictures:
    @pytest.mark.parametrize(
        ("content", "mimetype"),
        [
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"\x89PNG\r\n\x1a\n", "image/png"),
            (b"GIF89a", "image/gif"),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
            (b"\x00\x00\x00\x20ftypavif", "image/avif"),
            (b"BM\x00", "image/bmp"),
            (b"<svg", ""),
            (b"<html>", ""),
            (b"", ""),
        ],
    )
    def test_types(self, content, mimetype):
        assert mimetype_of(content) == mimetype

    def test_no_key_goes_with_it(self):
        exchanges: list[Exchange] = []
        with replay(IMAGE) as server:
            adapter = server.adapter(exchanges)
            picture = adapter.fetch_picture(Image("1", f"{server.url}/a%20b.png"), 2000)
            (request,) = server.requests
        assert (picture.mimetype, picture.name) == ("image/png", "a b.png")
        assert "Authorization" not in request.headers
        assert "oauth" not in request.path
        assert [(row.status, row.response) for row in exchanges] == [(200, "1008 bytes")]

    def test_a_large_one_is_not_read_to_its_end(self):
        large = Canned(body=IMAGE.body + b"x" * 5_000_000)
        exchanges: list[Exchange] = []
        with replay(large) as server, pytest.raises(errors.Rejected) as caught:
            server.adapter(exchanges).fetch_picture(Image("1", f"{server.url}/a.png"), 1000)
        assert caught.value.params == {"reason": "size", "image": "1"}
        assert int(exchanges[0].response.split()[0]) < 200_000

    @pytest.mark.parametrize(
        ("status", "error", "code"),
        [
            (401, errors.Rejected, "bad_image"),
            (403, errors.Rejected, "bad_image"),
            (404, errors.NotFound, "not_found"),
            (410, errors.NotFound, "not_found"),
            (429, errors.RateLimited, "rate_limited"),
            (500, errors.ServerError, "server_error"),
            (503, errors.Unreachable, "server_unavailable"),
        ],
    )
    def test_refusals(self, status, error, code):
        with replay(Canned(status, "x")) as server, pytest.raises(error) as caught:
            server.adapter().fetch_picture(Image("1", f"{server.url}/a.png"), 1000)
        assert (type(caught.value), caught.value.code) == (error, code)

    def test_another_host_is_not_followed(self):
        moved = Canned(302, "", [("Location", "http://127.0.0.2:1/a.png")])
        with replay(moved) as server, pytest.raises(errors.Rejected):
            server.adapter().fetch_picture(Image("1", f"{server.url}/a.png"), 1000)

    def test_nobody_answers(self):
        with replay(Canned(drop=True)) as server, pytest.raises(errors.Unreachable):
            server.adapter().fetch_picture(Image("1", f"{server.url}/a.png"), 1000)
