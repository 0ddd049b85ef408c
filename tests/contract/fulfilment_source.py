"""Contract of :class:`core.adapter.FulfilmentSource`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from decimal import Decimal as D
from typing import Any

import pytest

from ...core import errors
from ...core.adapter import FulfilmentSource, supports
from ...core.canonical import Record
from ...core.fingerprint import fingerprint
from ...core.fulfilment import Fulfilment, FulfilmentState
from .polling import ids, poll
from .world import World


def run(
    world: World,
    cursor: Mapping[str, Any],
    limit: int = 100,
    between: Callable[[], None] | None = None,
) -> tuple[list[Record], dict[str, Any]]:
    return poll(world.adapter.list_fulfilments, cursor, limit, between)


def now(world: World, external_id: str) -> Fulfilment:
    return world.adapter.parse_fulfilment(world.adapter.fetch_fulfilment(external_id).payload)


class FulfilmentSourceContract:
    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), FulfilmentSource)

    # === ONE REQUEST === #

    def test_fetch(self, world: World):
        external_id = world.ask()
        record = world.adapter.fetch_fulfilment(external_id)
        assert (record.kind, record.external_id) == ("fulfilment", external_id)
        assert record.modified_at.tzinfo is not None
        assert record.fetched_at <= datetime.now(timezone.utc)
        assert json.loads(json.dumps(record.payload)) == record.payload

    @pytest.mark.parametrize("external_id", ["999999999", "", "../x", "1 2", "é"])
    def test_a_request_that_is_not_there(self, world: World, external_id):
        with pytest.raises(errors.NotFound):
            world.adapter.fetch_fulfilment(external_id)

    def test_nothing_has_left(self, world: World):
        fulfilment = now(world, world.ask())
        assert (fulfilment.state, fulfilment.parcels) == (FulfilmentState.OPEN, ())
        assert fulfilment.state_code

    def test_sent(self, world: World):
        external_id = world.ask(quantity=2)
        asked = world.asked_for(external_id)
        number = world.send(external_id)
        fulfilment = now(world, external_id)
        assert fulfilment.state is FulfilmentState.SENT
        (parcel,) = fulfilment.parcels
        assert parcel.external_id
        assert parcel.tracking.number == number
        assert parcel.sent_at.utcoffset().total_seconds() == 0
        left = {goods.sku: goods.quantity for goods in parcel.goods}
        assert left in (asked, {})
        assert all(isinstance(quantity, D) for quantity in left.values())

    def test_in_two_parcels(self, world: World):
        external_id = world.ask(quantity=3)
        numbers = [world.send(external_id, quantity=1, last=False)]
        fulfilment = now(world, external_id)
        assert fulfilment.state is FulfilmentState.PARTLY
        assert [goods.quantity for goods in fulfilment.parcels[0].goods] == [1]
        first = fulfilment.parcels[0]
        numbers.append(world.send(external_id))
        fulfilment = now(world, external_id)
        assert fulfilment.state is FulfilmentState.SENT
        assert fulfilment.parcels[0] == first
        assert [parcel.tracking.number for parcel in fulfilment.parcels] == numbers
        assert len({parcel.external_id for parcel in fulfilment.parcels}) == 2

    def test_less_than_asked_for(self, world: World):
        external_id = world.ask(quantity=3)
        world.send(external_id, quantity=1, last=True)
        fulfilment = now(world, external_id)
        assert fulfilment.state is FulfilmentState.SENT
        assert [goods.quantity for goods in fulfilment.parcels[0].goods] == [1]

    def test_refused(self, world: World):
        external_id = world.ask()
        reason = world.refuse(external_id)
        fulfilment = now(world, external_id)
        assert (fulfilment.state, fulfilment.reason) == (FulfilmentState.REFUSED, reason)

    def test_parsing_is_pure(self, world: World):
        external_id = world.ask()
        world.send(external_id)
        payload = world.adapter.fetch_fulfilment(external_id).payload
        before = json.dumps(payload)
        first, second = (world.adapter.parse_fulfilment(payload) for _time in range(2))
        assert fingerprint(first) == fingerprint(second)
        assert json.dumps(payload) == before

    @pytest.mark.parametrize("payload", [{}, {"id": None}, {"id": []}, {"status": "sent"}])
    def test_what_is_no_request(self, world: World, payload):
        with pytest.raises(errors.Rejected) as caught:
            world.adapter.parse_fulfilment(payload)
        assert caught.value.code == "not_a_fulfilment"

    # === MANY === #

    def test_everything_from_the_beginning_and_then_nothing(self, world: World):
        made = [world.ask() for _number in range(7)]
        found, cursor = run(world, {}, limit=3)
        assert Counter(ids(found)) == Counter(made)
        assert run(world, cursor, limit=3)[0] == []

    def test_listed_and_fetched_mean_the_same(self, world: World):
        external_id = world.ask()
        world.send(external_id)
        (listed,), _cursor = run(world, {})
        fetched = world.adapter.fetch_fulfilment(external_id)
        assert (listed.kind, listed.modified_at) == (fetched.kind, fetched.modified_at)
        assert world.adapter.parse_fulfilment(listed.payload) == now(world, external_id)

    def test_only_what_changed_since_a_moment(self, world: World):
        world.ask()
        world.tick(600)
        late = world.ask()
        moment = world.adapter.fetch_fulfilment(late).modified_at
        assert ids(run(world, {"since": moment.isoformat()})[0]) == [late]

    def test_what_changed_comes_again(self, world: World):
        first, second = world.ask(), world.ask()
        _found, cursor = run(world, {})
        world.tick(5)
        world.send(first)
        found, cursor = run(world, cursor)
        assert ids(found) == [first]
        world.refuse(second)
        assert ids(run(world, cursor)[0]) == [second]

    def test_seven_in_one_second(self, world: World):
        world.stop_clock()
        made = [world.ask() for _number in range(7)]
        found, cursor = run(world, {}, limit=2)
        assert Counter(ids(found)) == Counter(made)
        world.send(made[0])
        assert ids(run(world, cursor, limit=2)[0]) == [made[0]]

    def test_changes_between_pages_lose_nothing(self, world: World):
        made = [world.ask() for _number in range(7)]
        sent = iter((made[0], made[6], made[3]))

        def change() -> None:
            if external_id := next(sent, None):
                world.send(external_id)

        found, cursor = run(world, {}, limit=2, between=change)
        found += run(world, cursor)[0]
        seen = {record.external_id: record.payload for record in found}
        assert seen == {name: world.adapter.fetch_fulfilment(name).payload for name in made}

    def test_nothing_new_costs_one_request(self, world: World):
        world.ask()
        _found, cursor = run(world, {})
        before = world.requests()
        run(world, cursor)
        assert world.requests() == before + 1
