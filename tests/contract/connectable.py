"""Contract of :class:`core.adapter.Connectable`."""

from __future__ import annotations

from ...core.adapter import Connectable, supports
from ...core.canonical import Level
from .world import World


class ConnectableContract:
    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), Connectable)

    def test_a_healthy_store(self, world: World):
        result = world.adapter.check()
        assert result.ok, result.findings
        assert result.store == world.adapter.describe()
        assert len({finding.code for finding in result.findings}) == len(result.findings)

    def test_describe(self, world: World):
        store = world.adapter.describe()
        assert store.name and store.version
        assert len(store.currency) in (0, 3)

    def test_a_refused_key_is_a_finding(self, world: World):
        world.refuse_key()
        result = world.adapter.check()
        assert not result.ok
        assert result.store is None
        assert [finding.level for finding in result.findings].count(Level.ERROR) == 1

    def test_close_twice(self, world: World):
        world.adapter.describe()
        world.adapter.close()
        world.adapter.close()


class ConnectableShopContract(ConnectableContract):
    """A shop tells what amounts and moments of it mean."""

    def test_describe_a_shop(self, world: World):
        store = world.adapter.describe()
        assert store.timezone
        assert len(store.currency) == 3
        assert store.decimals is not None

    def test_a_check_writes_nothing(self, world: World):
        external_id = world.place_order()
        before = world.adapter.fetch_order(external_id).payload
        world.adapter.check()
        assert world.adapter.fetch_order(external_id).payload == before
