"""Contract of :class:`core.adapter.FulfilmentSink`."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest

from ...core import errors
from ...core.adapter import FulfilmentSink, supports
from ...core.canonical import Address
from ...core.fulfilment import FulfilmentRequest, Goods
from .world import World

JANE = Address(
    last_name="Jane Doe", street="Nieuwstraat 1", city="Brussel", zip="1000", country="BE"
)


def request_of(world: World, quantity: int = 1, **values: Any) -> FulfilmentRequest:
    goods = (Goods(world.sku(), D(quantity), "Mug"), Goods(world.sku(), D(1), "Book"))
    return FulfilmentRequest(
        **{
            "marker": "3f2a9c",
            "reference": "WH/OUT/00001",
            "goods": goods,
            "address": JANE,
            "order_number": "S00001",
            **values,
        }
    )


def pieces(request: FulfilmentRequest) -> dict[str, D]:
    return {goods.sku: goods.quantity for goods in request.goods}


class FulfilmentSinkContract:
    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), FulfilmentSink)

    def test_a_request(self, world: World):
        request = request_of(world, quantity=2)
        sent = world.adapter.request_fulfilment(request, None, False)
        assert world.open_requests() == [sent.external_id]
        assert world.asked_for(sent.external_id) == pieces(request)
        label = world.label(sent.external_id)
        assert all(text in label for text in ("Jane Doe", "Nieuwstraat 1", "1000", "Brussel"))

    def test_two_requests(self, world: World):
        first, second = request_of(world), request_of(world, marker="b71e04")
        sent = [
            world.adapter.request_fulfilment(request, None, True) for request in (first, second)
        ]
        assert len({one.external_id for one in sent}) == 2
        assert world.asked_for(sent[1].external_id) == pieces(second)

    # === CHANGED === #

    def test_a_changed_request(self, world: World):
        request = request_of(world)
        known = world.adapter.request_fulfilment(request, None, False)
        changed = replace(request, goods=(replace(request.goods[0], quantity=D(3)),))
        sent = world.adapter.request_fulfilment(changed, known, False)
        assert world.adapter.request_fulfilment(changed, sent, False) == sent
        assert world.open_requests() == [sent.external_id]
        assert world.asked_for(sent.external_id) == pieces(changed)

    def test_changed_too_late(self, world: World):
        request = request_of(world)
        known = world.adapter.request_fulfilment(request, None, False)
        world.send(known.external_id)
        changed = replace(request, goods=request.goods[:1])
        with pytest.raises(errors.Conflict) as caught:
            world.adapter.request_fulfilment(changed, known, False)
        assert caught.value.code == "fulfilment_under_way"

    def test_withdrawn(self, world: World):
        known = world.adapter.request_fulfilment(request_of(world), None, False)
        world.adapter.withdraw_fulfilment(known.external_id)
        assert world.open_requests() == []
        world.adapter.withdraw_fulfilment(known.external_id)

    def test_withdrawn_too_late(self, world: World):
        known = world.adapter.request_fulfilment(request_of(world), None, False)
        world.send(known.external_id)
        with pytest.raises(errors.Conflict) as caught:
            world.adapter.withdraw_fulfilment(known.external_id)
        assert caught.value.code == "fulfilment_under_way"

    @pytest.mark.parametrize("external_id", ["999999999", "", "../x", "1 2", "é"])
    def test_a_request_that_is_not_there(self, world: World, external_id):
        with pytest.raises(errors.NotFound):
            world.adapter.withdraw_fulfilment(external_id)

    # === REFUSED === #

    def test_unknown_goods(self, world: World):
        known = Goods(world.sku(), D(1))
        request = request_of(world, goods=(known, Goods("NO-SUCH-SKU", D(1))))
        with pytest.raises(errors.Rejected) as caught:
            world.adapter.request_fulfilment(request, None, False)
        assert caught.value.code == "goods_unknown"
        assert "NO-SUCH-SKU" in caught.value.params["skus"]
        assert known.sku not in caught.value.params["skus"]
        assert world.open_requests() == []

    def test_an_address_that_nobody_can_deliver_to(self, world: World):
        request = request_of(world, address=Address(last_name="Jane Doe", country="BE"))
        with pytest.raises(errors.Rejected) as caught:
            world.adapter.request_fulfilment(request, None, False)
        assert caught.value.code == "address_refused"
        assert caught.value.params["fields"]
        assert "Jane" not in str(caught.value)
        assert world.open_requests() == []

    # === ONCE === #

    @pytest.mark.parametrize("how", ["timeout", "reset"])
    def test_a_lost_answer_makes_no_second_one(self, world: World, how):
        request = request_of(world)
        world.lose(how, "after")
        with pytest.raises(errors.UnknownOutcome):
            world.impatient().request_fulfilment(request, None, False)
        (made,) = world.open_requests()
        first = world.adapter.request_fulfilment(request, None, True)
        assert first.external_id == made
        assert world.adapter.request_fulfilment(request, None, True) == first
        assert world.open_requests() == [made]

    def test_a_lost_answer_and_it_has_left_since(self, world: World):
        request = request_of(world)
        world.lose("reset", "after")
        with pytest.raises(errors.UnknownOutcome):
            world.adapter.request_fulfilment(request, None, False)
        (made,) = world.open_requests()
        world.send(made)
        assert world.adapter.request_fulfilment(request, None, True).external_id == made
        assert world.open_requests() == []

    def test_a_lost_request_is_made_up_for(self, world: World):
        request = request_of(world)
        world.lose("reset", "before")
        with pytest.raises(errors.UnknownOutcome):
            world.adapter.request_fulfilment(request, None, False)
        assert world.open_requests() == []
        sent = world.adapter.request_fulfilment(request, None, True)
        assert world.open_requests() == [sent.external_id]

    def test_a_change_whose_answer_was_lost(self, world: World):
        request = request_of(world)
        known = world.adapter.request_fulfilment(request, None, False)
        changed = replace(request, goods=request.goods[:1])
        world.lose("reset", "after")
        with pytest.raises(errors.UnknownOutcome):
            world.adapter.request_fulfilment(changed, known, False)
        sent = world.adapter.request_fulfilment(changed, known, True)
        assert world.open_requests() == [sent.external_id]
        assert world.asked_for(sent.external_id) == pieces(changed)

    def test_what_was_found_is_what_is_asked_for_now(self, world: World):
        """The try whose answer was lost may have asked for something else."""
        request = request_of(world)
        world.lose("reset", "after")
        with pytest.raises(errors.UnknownOutcome):
            world.adapter.request_fulfilment(request, None, False)
        changed = replace(request, goods=request.goods[:1])
        sent = world.adapter.request_fulfilment(changed, None, True)
        assert world.open_requests() == [sent.external_id]
        assert world.asked_for(sent.external_id) == pieces(changed)

    def test_looking_finds_nothing_that_is_over(self, world: World):
        """A request that was taken back is no answer to one that is made again."""
        request = request_of(world)
        old = world.adapter.request_fulfilment(request, None, False)
        world.adapter.withdraw_fulfilment(old.external_id)
        sent = world.adapter.request_fulfilment(request, None, True)
        assert world.open_requests() == [sent.external_id]
        assert sent != old
