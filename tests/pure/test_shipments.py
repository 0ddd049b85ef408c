"""Which feature of a WooCommerce shop takes a shipment, and the note where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ...core import errors
from ...core.canonical import Sent
from ...dev.woostore import Server, Store
from ..contract.shipment_sink import shipment_of
from .woo_world import WooWorld

ALL = {"fulfillments", "shipment-tracking", "advanced-shipment-tracking"}


@contextmanager
def shop(*features: str, version: str = "10.3.0", **settings: Any) -> Iterator[WooWorld]:
    store = Store(version=version)
    store.features |= set(features)
    with Server(store) as server:
        yield WooWorld(store, server, **settings)


def paths(world: WooWorld, since: int = 0) -> list[str]:
    """``METHOD namespace/…`` of what was asked, without the order's number."""
    found = []
    for request in list(world.store.requests)[since:]:
        parts = request.path.removeprefix("/wp-json").strip("/").split("/")
        found.append(f"{request.method} {'/'.join(p for p in parts if not p.isdigit())}".strip())
    return found


def send(world: WooWorld, number: str = "3S1", known: Sent | None = None, **values: Any) -> Sent:
    external_id = values.pop("order", None) or world.place_order()
    shipment = shipment_of(world, external_id, number, **values)
    return world.adapter.send_shipment(shipment, known, look_first=False)


class TestChoice:
    @pytest.mark.parametrize(
        ("features", "via"),
        [
            (ALL, "fulfillment"),
            ({"fulfillments"}, "fulfillment"),
            ({"shipment-tracking"}, "tracking"),
            ({"advanced-shipment-tracking"}, "tracking"),
            (set(), "note"),
        ],
    )
    def test_the_best_there_is(self, features, via):
        with shop(*features) as world:
            assert send(world).via == via

    def test_fulfilments_need_their_release(self):
        with shop("fulfillments", version="10.0.2") as world:
            assert send(world).via == "note"

    @pytest.mark.parametrize("plugin", ["shipment-tracking", "advanced-shipment-tracking"])
    def test_a_plugin_needs_a_number(self, plugin):
        with shop(plugin) as world:
            assert send(world, "").via == "note"

    def test_each_plugin_in_its_namespace(self):
        for plugin, space in (
            ("shipment-tracking", "wc-shipment-tracking/v3"),
            ("advanced-shipment-tracking", "wc-ast/v3"),
        ):
            with shop(plugin) as world:
                send(world)
                assert f"POST {space}/orders/shipment-trackings" in paths(world)

    def test_what_the_survey_says_is_what_is_used(self):
        for features in (set(), {"fulfillments"}, {"shipment-tracking"}, ALL):
            with shop(*features) as world:
                named = {name.replace("_", "-") for name in world.adapter.describe().features}
                assert named & ALL >= features & ALL


class TestDiscovery:
    def test_one_request_for_a_whole_adapter(self):
        with shop() as world:
            for number in ("3S1", "3S2"):
                send(world, number)
            assert paths(world).count("GET") == 1

    def test_it_is_small(self):
        """The index of a shop has megabytes of routes."""
        with shop("fulfillments") as world:
            send(world)
            index = next(x for x in world.exchanges if "/wp-json/?" in x.url)
            assert len(index.response) < 1000

    def test_none_where_the_shell_knows(self):
        with shop("shipment-tracking") as world:
            features = world.adapter.describe().features
            knowing = world.new_adapter(world.store.key, world.store.secret, features=features)
            external_id = world.place_order()
            shipment = shipment_of(world, external_id)
            before = world.requests()
            assert knowing.send_shipment(shipment, None, False).via == "tracking"
            assert "GET" not in paths(world, before)

    @pytest.mark.parametrize(
        ("there", "via"), [({"shipment-tracking"}, "tracking"), (set(), "note")]
    )
    def test_what_the_shell_knows_may_be_old(self, there, via):
        with shop(*there, features=["fulfillments"]) as world:
            before = world.requests()
            assert send(world).via == via
            asked = paths(world, before)
            assert "POST wc/v3/orders/fulfillments" in asked
            assert asked.count("GET") == 1
            # and it is known from then on
            before = world.requests()
            assert send(world, "3S2").via == via
            assert "POST wc/v3/orders/fulfillments" not in paths(world, before)

    def test_switched_off_between_two_shipments(self):
        with shop("fulfillments") as world:
            assert send(world).via == "fulfillment"
            world.store.features.clear()
            assert send(world, "3S2").via == "note"

    @pytest.mark.parametrize(
        ("there", "via"),
        [(ALL, "fulfillment"), ({"shipment-tracking"}, "tracking"), (set(), "note")],
    )
    @pytest.mark.parametrize("how", ["401-bad-key", "403-html"])
    def test_an_index_that_is_closed_to_strangers(self, there, via, how):
        with shop(*there) as world:
            world.server.faults.add(how, path=r"/wp-json/$")
            assert send(world).via == via

    def test_an_index_that_can_not_be_read_now(self):
        """A shop that is down must not be taken for one without features."""
        with shop("fulfillments") as world:
            world.server.faults.add("503-html", path=r"/wp-json/$")
            with pytest.raises(errors.Unreachable):
                send(world)
            assert send(world).via == "fulfillment"

    def test_a_refusal_is_no_reason_for_the_next_best(self):
        with shop("fulfillments") as world:
            world.server.faults.add("400-invalid-param", method="POST", path="fulfillments$")
            with pytest.raises(errors.Rejected, match="request_refused"):
                send(world)
            assert not world.shipments(str(max(world.store.orders)))


class TestKnown:
    """A shipment that was told before, by a feature that is gone or was not there yet."""

    @pytest.mark.parametrize(
        ("before", "after", "via"),
        [
            ({"fulfillments"}, {"shipment-tracking"}, "tracking"),
            ({"fulfillments"}, set(), "note"),
            ({"shipment-tracking"}, {"fulfillments"}, "fulfillment"),
            ({"shipment-tracking"}, set(), "note"),
            (set(), {"fulfillments"}, "fulfillment"),
            (set(), {"shipment-tracking"}, "tracking"),
        ],
    )
    def test_another_feature_takes_over(self, before, after, via):
        with shop(*before) as world:
            external_id = world.place_order()
            known = send(world, "3S1", order=external_id)
            world.store.features.clear()
            world.store.features |= after
            fresh = world.new_adapter(world.store.key, world.store.secret)
            shipment = shipment_of(world, external_id, "3S2")
            sent = fresh.send_shipment(shipment, known, False)
            assert sent.via == via
            assert fresh.send_shipment(shipment, sent, False) == sent
            assert sum("3S2" in text for text in world.shipments(external_id)) == 1

    def test_the_feature_that_took_it_keeps_it(self):
        with shop("shipment-tracking") as world:
            external_id = world.place_order()
            known = send(world, "3S1", order=external_id)
            world.store.features.add("fulfillments")
            fresh = world.new_adapter(world.store.key, world.store.secret)
            shipment = shipment_of(world, external_id, "3S2")
            assert fresh.send_shipment(shipment, known, False).via == "tracking"
            assert not world.store.fulfillments

    def test_a_retry_looks_everywhere(self):
        """Between a lost answer and the retry the shop got a better feature."""
        with shop() as world:
            external_id = world.place_order()
            shipment = shipment_of(world, external_id)
            world.server.faults.add("reset", method="POST", when="after")
            with pytest.raises(errors.UnknownOutcome):
                world.adapter.send_shipment(shipment, None, False)
            world.store.features.add("fulfillments")
            fresh = world.new_adapter(world.store.key, world.store.secret)
            assert fresh.send_shipment(shipment, None, True).via == "note"
            assert not world.store.fulfillments


class TestNote:
    def test_text_and_meta_data(self):
        with shop() as world:
            external_id = world.place_order()
            send(world, "3S1", order=external_id, text="Sent 2 x Alpha")
            *_others, text = world.order_notes(external_id)
            lines = text.split("\n")
            assert lines[:-1] == ["Sent 2 x Alpha", "DHL", "3S1", "https://track.example/3S1"]
            assert lines[-1].startswith("(WH/OUT/00001 · ")
            order = world.adapter.parse_order(world.adapter.fetch_order(external_id).payload)
            assert {key: order.meta[key] for key in order.meta if key.startswith("odoo_")} == {
                "odoo_shipment": "WH/OUT/00001",
                "odoo_shipped_at": "2026-11-21T12:30:00+00:00",
                "odoo_tracking_number": "3S1",
                "odoo_tracking_carrier": "DHL",
                "odoo_tracking_url": "https://track.example/3S1",
            }

    def test_nothing_is_said_twice(self):
        with shop() as world:
            external_id = world.place_order()
            url = "https://track.example/3S1"
            send(world, "3S1", order=external_id, text=f"Sent with DHL: 3S1, {url}")
            *_others, text = world.order_notes(external_id)
            assert len(text.split("\n")) == 2

    def test_the_newest_is_in_the_meta_data(self):
        with shop() as world:
            external_id = world.place_order()
            send(world, "3S1", order=external_id)
            send(world, "", order=external_id, marker="s-2", reference="WH/OUT/00002")
            order = world.adapter.parse_order(world.adapter.fetch_order(external_id).payload)
            assert order.meta["odoo_shipment"] == "WH/OUT/00002"
            assert order.meta["odoo_tracking_number"] == ""

    def test_meta_data_is_all_that_is_put(self):
        with shop() as world:
            send(world)
            (put,) = [x for x in world.store.requests if x.method == "PUT"]
            assert {key for key in put.body if not key.startswith("oauth")} == {"dp", "meta_data"}
