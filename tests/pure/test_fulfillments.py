"""WooCommerce's own fulfilments: what is sent, what a change keeps, what a shop refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal as D
from typing import Any

import pytest

from ...core import errors
from ...core.canonical import Shipment, ShipmentLine
from ...dev.woostore import Server, Store
from ...providers.woocommerce import const, serialize
from ..contract.shipment_sink import shipment_of
from .woo import Canned, replay
from .woo_world import WooWorld


@pytest.fixture
def world() -> Iterator[WooWorld]:
    store = Store(version="10.3.0")
    store.features.add("fulfillments")
    with Server(store) as server:
        yield WooWorld(store, server)


def meta_of(record: dict[str, Any]) -> dict[str, Any]:
    return {entry["key"]: entry["value"] for entry in record["meta_data"]}


def only(world: WooWorld) -> dict[str, Any]:
    (record,) = [x for x in world.store.fulfillments.values() if not x["date_deleted"]]
    return record


def puts(world: WooWorld) -> int:
    return sum(request.method == "PUT" for request in world.store.requests)


class TestBody:
    def test_everything(self, world: WooWorld):
        shipment = shipment_of(world, world.place_order(quantity=2), notify_customer=True)
        item = int(shipment.lines[0].line_external_id)
        body = serialize.fulfillment(shipment, [])
        assert {key: body[key] for key in body if key != "meta_data"} == {
            "status": "fulfilled",
            "is_fulfilled": True,
            "notify_customer": True,
        }
        assert meta_of(body) == {
            "_items": [{"item_id": item, "qty": 2}],
            "_odoo_shipment": "s-1",
            "_tracking_number": "3S1",
            "_tracking_url": "https://track.example/3S1",
            "_shipment_provider": "DHL",
            "_shipping_provider": "DHL",
        }
        assert set(meta_of(body)) == set(const.FULFILLMENT_KEYS)
        assert all(entry["id"] == 0 for entry in body["meta_data"])
        assert type(meta_of(body)["_items"][0]["qty"]) is int

    @pytest.mark.parametrize(
        ("quantity", "whole", "expected"),
        [
            ("2", False, 2),
            ("2.000", False, 2),
            ("1.5", False, 1.5),
            ("1.5", True, 2),
            ("0.1", True, 1),
        ],
    )
    def test_quantities(self, world: WooWorld, quantity, whole, expected):
        shipment = shipment_of(world, world.place_order(), quantity=D(quantity))
        (item,) = serialize.fulfillment_items(shipment, whole)
        assert (item["qty"], type(item["qty"])) == (expected, type(expected))

    def test_lines_that_are_none(self, world: WooWorld):
        lines = (ShipmentLine("", D(1)), ShipmentLine("x", D(1)), ShipmentLine("5", D(0)))
        shipment = shipment_of(world, world.place_order(), lines=lines)
        assert serialize.fulfillment_items(shipment) == []


class TestDecimals:
    REFUSED = Canned(400, '{"code": 0, "message": "Invalid item.", "data": {"status": 400}}')
    MADE = Canned(201, '{"id": 7, "meta_data": []}')

    def shipment(self, world: WooWorld, quantity: str) -> Shipment:
        return shipment_of(world, world.place_order(), quantity=D(quantity))

    def test_a_part_of_a_piece(self, world: WooWorld):
        world.adapter.send_shipment(self.shipment(world, "0.5"), None, False)
        assert meta_of(only(world))["_items"][0]["qty"] == 0.5

    def test_a_shop_that_wants_whole_pieces(self, world: WooWorld):
        shipment = self.shipment(world, "1.5")
        with replay(self.REFUSED, self.MADE) as server:
            adapter = server.adapter(features=["fulfillments"])
            assert adapter.send_shipment(shipment, None, False).external_id == "7"
            quantities = [
                meta_of(json.loads(request.body))["_items"][0]["qty"] for request in server.requests
            ]
        assert quantities == [1.5, 2]

    def test_whole_pieces_are_not_tried_twice(self, world: WooWorld):
        shipment = self.shipment(world, "2")
        with replay(self.REFUSED) as server:
            adapter = server.adapter(features=["fulfillments"])
            with pytest.raises(errors.Rejected):
                adapter.send_shipment(shipment, None, False)
            assert len(server.requests) == 1


class TestChange:
    def test_what_others_wrote_stays(self, world: WooWorld):
        external_id = world.place_order()
        known = world.adapter.send_shipment(shipment_of(world, external_id, "3S1"), None, False)
        record = only(world)
        record["meta_data"].append({"id": 99, "key": "_label", "value": {"pdf": 1}})
        fulfilled = meta_of(record)["_date_fulfilled"]
        world.adapter.send_shipment(shipment_of(world, external_id, "3S2"), known, False)
        meta = meta_of(only(world))
        assert (meta["_tracking_number"], meta["_label"]) == ("3S2", {"pdf": 1})
        assert meta["_date_fulfilled"] == fulfilled

    def test_a_number_that_is_taken_back(self, world: WooWorld):
        external_id = world.place_order()
        known = world.adapter.send_shipment(shipment_of(world, external_id, "3S1"), None, False)
        world.adapter.send_shipment(shipment_of(world, external_id, ""), known, False)
        assert not {key for key in meta_of(only(world)) if "tracking" in key or "provider" in key}

    def test_fewer_pieces(self, world: WooWorld):
        external_id = world.place_order(quantity=3)
        known = world.adapter.send_shipment(shipment_of(world, external_id), None, False)
        less = shipment_of(world, external_id, quantity=D(1))
        world.adapter.send_shipment(less, known, False)
        assert meta_of(only(world))["_items"][0]["qty"] == 1

    def test_nothing_is_written_where_nothing_differs(self, world: WooWorld):
        external_id = world.place_order()
        shipment = shipment_of(world, external_id, notify_customer=True)
        known = world.adapter.send_shipment(shipment, None, False)
        mails = len(world.store.mails)
        assert world.adapter.send_shipment(shipment, known, False) == known
        assert (puts(world), len(world.store.mails)) == (0, mails)

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_a_lost_change(self, world: WooWorld, when):
        external_id = world.place_order()
        known = world.adapter.send_shipment(shipment_of(world, external_id, "3S1"), None, False)
        changed = shipment_of(world, external_id, "3S2", notify_customer=True)
        mails = len(world.store.mails)
        world.server.faults.add("reset", method="PUT", when=when)
        with pytest.raises(errors.UnknownOutcome):
            world.adapter.send_shipment(changed, known, False)
        assert world.adapter.send_shipment(changed, known, True) == known
        assert meta_of(only(world))["_tracking_number"] == "3S2"
        assert len(world.store.mails) == mails + 1

    def test_one_that_a_person_deleted_is_made_anew(self, world: WooWorld):
        """WooCommerce answers a change of a deleted one with 200, and does nothing."""
        external_id = world.place_order()
        shipment = shipment_of(world, external_id, "3S1")
        known = world.adapter.send_shipment(shipment, None, False)
        path = f"orders/{external_id}/fulfillments/{known.external_id}"
        world.adapter.client.delete(path)
        changed = shipment_of(world, external_id, "3S2")
        sent = world.adapter.send_shipment(changed, known, False)
        assert sent != known
        assert meta_of(only(world))["_tracking_number"] == "3S2"

    def test_a_retry_of_what_has_changed_meanwhile(self, world: WooWorld):
        """The answer to the first try was lost; before the second a number was written."""
        external_id = world.place_order()
        world.server.faults.add("reset", method="POST", when="after")
        with pytest.raises(errors.UnknownOutcome):
            world.adapter.send_shipment(shipment_of(world, external_id, ""), None, False)
        world.adapter.send_shipment(shipment_of(world, external_id, "3S1"), None, True)
        assert meta_of(only(world))["_tracking_number"] == "3S1"
