"""Contract of :class:`core.adapter.CustomerSource`."""

from __future__ import annotations

import json

import pytest

from ...core import errors
from ...core.adapter import CustomerSource, supports
from .world import World


class CustomerSourceContract:
    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), CustomerSource)

    def test_fetch_and_parse(self, world: World):
        external_id = world.add_customer("jane@doe.example")
        record = world.adapter.fetch_customer(external_id)
        assert (record.kind, record.external_id) == ("customer", external_id)
        assert json.loads(json.dumps(record.payload)) == record.payload
        customer = world.adapter.parse_customer(record.payload)
        assert (customer.external_id, customer.email) == (external_id, "jane@doe.example")

    @pytest.mark.parametrize("external_id", ["999999999", "", "0", "../x"])
    def test_a_customer_that_is_not_there(self, world: World, external_id):
        with pytest.raises(errors.NotFound):
            world.adapter.fetch_customer(external_id)

    def test_what_is_no_customer(self, world: World):
        with pytest.raises(errors.Rejected) as caught:
            world.adapter.parse_customer({"email": "jane@doe.example"})
        assert caught.value.code == "not_a_customer"
