"""Contract of :class:`core.adapter.ShipmentSink`."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone
from decimal import Decimal as D
from typing import Any

import pytest

from ...core import errors
from ...core.adapter import ShipmentSink, supports
from ...core.canonical import LineKind, Shipment, ShipmentLine, Tracking
from .world import World


def shipment_of(world: World, external_id: str, number: str = "3S1", **values: Any) -> Shipment:
    """All goods of an order, or ``quantity`` of each line."""
    order = world.adapter.parse_order(world.adapter.fetch_order(external_id).payload)
    quantity = values.pop("quantity", None)
    goods = [line for line in order.lines if line.kind is LineKind.PRODUCT]
    tracking = Tracking(number, "DHL", f"https://track.example/{number}") if number else None
    return Shipment(
        **{
            "marker": "s-1",
            "order_external_id": external_id,
            "reference": "WH/OUT/00001",
            "lines": tuple(
                ShipmentLine(line.external_id, quantity or line.quantity) for line in goods
            ),
            "shipped_at": datetime(2026, 11, 21, 12, 30, tzinfo=timezone.utc),
            "tracking": tracking,
            "text": f"Sent with DHL: {number}" if number else "Sent",
            **values,
        }
    )


class ShipmentSinkContract:
    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), ShipmentSink)

    def test_a_shipment(self, world: World):
        external_id = world.place_order()
        sent = world.adapter.send_shipment(shipment_of(world, external_id), None, False)
        assert sent.external_id and sent.via
        (told,) = world.shipments(external_id)
        assert "3S1" in told

    def test_it_says_nothing_of_the_status(self, world: World):
        external_id = world.place_order()
        shipment = shipment_of(world, external_id, complete=True)
        before = world.adapter.parse_order(world.adapter.fetch_order(external_id).payload)
        world.adapter.send_shipment(shipment, None, False)
        after = world.adapter.parse_order(world.adapter.fetch_order(external_id).payload)
        assert after.status_code == before.status_code
        assert (after.total, after.lines) == (before.total, before.lines)

    def test_two_parts(self, world: World):
        external_id = world.place_order(quantity=2)
        first = shipment_of(world, external_id, "3S1", quantity=D(1))
        second = shipment_of(
            world, external_id, "3S2", quantity=D(1), marker="s-2", reference="WH/OUT/00002"
        )
        sent = [world.adapter.send_shipment(part, None, True) for part in (first, second)]
        assert len({part.external_id for part in sent}) == 2
        told = world.shipments(external_id)
        assert len(told) == 2
        assert "3S1" in told[0] and "3S2" in told[1]

    def test_without_a_number_and_told_later(self, world: World):
        external_id = world.place_order()
        bare = shipment_of(world, external_id, "")
        known = world.adapter.send_shipment(bare, None, False)
        assert len(world.shipments(external_id)) == 1
        numbered = shipment_of(world, external_id, "3S1")
        later = world.adapter.send_shipment(numbered, known, False)
        again = world.adapter.send_shipment(numbered, later, False)
        assert again == later
        assert sum("3S1" in text for text in world.shipments(external_id)) == 1

    def test_another_number(self, world: World):
        external_id = world.place_order()
        known = world.adapter.send_shipment(shipment_of(world, external_id, "3S1"), None, False)
        changed = shipment_of(world, external_id, "3S2")
        sent = world.adapter.send_shipment(changed, known, False)
        assert world.adapter.send_shipment(changed, sent, False) == sent
        assert sum("3S2" in text for text in world.shipments(external_id)) == 1
        if sent.via != "note":
            assert not any("3S1" in text for text in world.shipments(external_id))

    def test_part_of_a_piece(self, world: World):
        external_id = world.place_order(quantity=2)
        shipment = shipment_of(world, external_id, quantity=D("0.5"))
        world.adapter.send_shipment(shipment, None, False)
        assert len(world.shipments(external_id)) == 1

    def test_no_line_that_the_store_knows(self, world: World):
        external_id = world.place_order()
        shipment = shipment_of(world, external_id, lines=(ShipmentLine("", D(1)),))
        assert world.adapter.send_shipment(shipment, None, False).external_id
        assert len(world.shipments(external_id)) == 1

    # === ONCE === #

    @pytest.mark.parametrize("number", ["3S1", ""])
    @pytest.mark.parametrize("how", ["timeout", "reset"])
    def test_a_lost_answer_makes_no_second_one(self, world: World, how, number):
        external_id = world.place_order()
        shipment = shipment_of(world, external_id, number, notify_customer=True)
        mails = world.customer_mails(external_id)
        world.lose(how, "after")
        with pytest.raises(errors.UnknownOutcome):
            world.impatient().send_shipment(shipment, None, False)
        assert len(world.shipments(external_id)) == 1
        first = world.adapter.send_shipment(shipment, None, True)
        assert world.adapter.send_shipment(shipment, None, True) == first
        assert len(world.shipments(external_id)) == 1
        assert len(world.customer_mails(external_id)) <= len(mails) + 1

    @pytest.mark.parametrize("number", ["3S1", ""])
    def test_a_lost_request_is_made_up_for(self, world: World, number):
        external_id = world.place_order()
        shipment = shipment_of(world, external_id, number)
        world.lose("reset", "before")
        with pytest.raises(errors.UnknownOutcome):
            world.adapter.send_shipment(shipment, None, False)
        assert world.shipments(external_id) == []
        world.adapter.send_shipment(shipment, None, True)
        assert len(world.shipments(external_id)) == 1

    def test_a_change_whose_answer_was_lost(self, world: World):
        external_id = world.place_order()
        known = world.adapter.send_shipment(shipment_of(world, external_id, "3S1"), None, False)
        changed = shipment_of(world, external_id, "3S2")
        world.lose("reset", "after")
        try:
            sent = world.adapter.send_shipment(changed, known, False)
        except errors.UnknownOutcome:
            sent = world.adapter.send_shipment(changed, known, True)
        assert sum("3S2" in text for text in world.shipments(external_id)) == 1
        assert world.adapter.send_shipment(changed, sent, False) == sent

    def test_the_customer_is_told_only_if_asked(self, world: World):
        external_id = world.place_order()
        shipment = shipment_of(world, external_id)
        mails = world.customer_mails(external_id)
        sent = world.adapter.send_shipment(shipment, None, False)
        assert world.customer_mails(external_id) == mails
        if sent.via != "tracking":
            # the plug-ins only add to the mails that the shop sends anyway
            other = dataclasses.replace(shipment, marker="s-2", notify_customer=True)
            world.adapter.send_shipment(other, None, False)
            assert len(world.customer_mails(external_id)) == len(mails) + 1

    @pytest.mark.parametrize("external_id", ["999999999", "", "0", "../x"])
    @pytest.mark.parametrize("look_first", [False, True])
    def test_an_order_that_is_not_there(self, world: World, external_id, look_first):
        shipment = shipment_of(world, world.place_order(), order_external_id=external_id)
        with pytest.raises(errors.NotFound):
            world.adapter.send_shipment(shipment, None, look_first)
