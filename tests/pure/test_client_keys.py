"""Basic over TLS, OAuth 1.0a without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ...dev.woostore import Server, Store
from .woo_world import WooWorld


@pytest.fixture
def world() -> Iterator[WooWorld]:
    """A store over TLS, which takes Basic."""
    store = Store()
    with Server(store, tls=True) as server:
        yield WooWorld(store, server)


class TestBasic:
    def test_over_tls(self, world: WooWorld):
        external_id = world.place_order()
        assert world.adapter.fetch_order(external_id).external_id == external_id
        assert "oauth" not in repr(world.store.requests[-1].query)

    def test_keys_in_the_query(self, world: WooWorld):
        world.place_order()
        shop = world.new_adapter(world.store.key, world.store.secret, auth_in_query=True)
        params = {"per_page": 1}
        assert len(shop.client.get("orders", params=params).sequence()) == 1
        assert params == {"per_page": 1}
        text = repr(world.exchanges)
        assert world.store.key not in text and world.store.secret not in text
        assert "consumer_secret=•••" in text

    def test_keys_with_blanks_around_them(self, world: WooWorld):
        shop = world.new_adapter(f" {world.store.key}\n", f"\t{world.store.secret} ")
        assert shop.tax_rates()


class TestOAuth:
    @pytest.mark.parametrize(
        "params",
        [
            {"search": "a/b c+d&e=f%20é~"},
            {"include": "1,2,3", "_fields": "id,number"},
            {"search": "wp-json/wc/v3?x=1"},
        ],
    )
    def test_any_parameter_can_be_signed(self, params):
        store = Store()
        with Server(store) as server:
            shop = WooWorld(store, server)
            shop.adapter.client.get("orders", params=params)
            assert store.requests[-1].query.items() >= params.items()

    def test_a_body_with_a_method_in_the_address(self):
        store = Store()
        with Server(store) as server:
            shop = WooWorld(store, server)
            reader = shop.new_adapter(*store.add_key("read"))
            ids = [str(number) for number in range(1, 200)]
            assert reader.client.get_by_ids("orders", {}, "include", ids).sequence() == []
            assert store.requests[-1].method == "POST"

    def test_many_at_once(self):
        """Nonces of eight digits collide, those of the package's own do."""
        store = Store()
        with Server(store) as server:
            client = WooWorld(store, server).adapter.client
            for _number in range(30):
                client.get("orders", params={"per_page": 1})
        assert [request.status for request in store.requests] == [200] * 30
