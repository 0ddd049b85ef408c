"""Contract of :class:`core.adapter.CustomerSource`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from ...core import errors
from ...core.adapter import CustomerSource, supports
from .world import World


def walk(
    world: World, limit: int = 100, between: Callable[[list[str]], None] | None = None
) -> list[str]:
    """The external ids that a whole run lists, with the cursor through JSON at every step."""
    found: list[str] = []
    position: dict[str, Any] = {}
    more, steps = True, 0
    while more:
        steps += 1
        assert steps < 200, "the walk never ends"
        page = world.adapter.list_customers(json.loads(json.dumps(position)), limit)
        assert len(page.records) <= max(limit, 2)
        assert all(record.kind == "customer" for record in page.records)
        found += [record.external_id for record in page.records]
        position, more = dict(page.cursor), page.more
        if between and more:
            between(found)
    assert position == {}, "the next run starts from the beginning"
    return found


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

    # === ALL OF THEM === #

    def accounts(self, world: World, count: int) -> list[str]:
        return [world.add_customer(f"jane{number}@doe.example") for number in range(count)]

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
    def test_each_once(self, world: World, limit):
        accounts = self.accounts(world, 7)
        found = Counter(walk(world, limit))
        assert {found[account] for account in accounts} == {1}
        assert set(found.values()) == {1}

    def test_listed_and_fetched_mean_the_same(self, world: World):
        external_id = world.add_customer("jane@doe.example")
        page = world.adapter.list_customers({}, 100)
        (listed,) = [record for record in page.records if record.external_id == external_id]
        fetched = world.adapter.fetch_customer(external_id)
        parse = world.adapter.parse_customer
        assert parse(listed.payload) == parse(fetched.payload)
        assert listed.fetched_at.tzinfo is not None

    def test_one_that_is_deleted_hides_none(self, world: World):
        """All accounts behind it move up, past the place where the next page begins."""
        accounts = self.accounts(world, 12)
        gone: list[str] = []

        def delete(found: list[str]) -> None:
            read = [account for account in accounts if account in found and account not in gone]
            for account in read[:2]:
                world.remove_customer(account)
                gone.append(account)

        found = walk(world, 3, delete)
        assert gone and set(accounts) <= set(found)

    def test_everything_read_is_deleted(self, world: World):
        accounts = self.accounts(world, 9)

        def delete(found: list[str]) -> None:
            for account in accounts[:5]:
                if account in found:
                    found.remove(account)
                    world.remove_customer(account)

        assert set(accounts[5:]) <= set(walk(world, 3, delete))

    def test_new_ones_come_at_the_end(self, world: World):
        accounts = self.accounts(world, 4)

        def add(_found: list[str]) -> None:
            if len(accounts) < 6:
                accounts.append(world.add_customer(f"joan{len(accounts)}@doe.example"))

        assert set(accounts) <= set(walk(world, 3, add))
