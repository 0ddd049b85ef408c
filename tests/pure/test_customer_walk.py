"""The walk through WooCommerce's customers: what it asks, what it costs."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from ...core import errors
from ...dev.woostore import Server, Store
from ..contract.customer_source import walk
from .woo import Canned, replay
from .woo_world import WooWorld


@pytest.fixture
def world() -> Iterator[WooWorld]:
    store = Store()
    with Server(store, tls=True) as server:
        yield WooWorld(store, server)


def test_what_is_asked(world: WooWorld):
    world.adapter.list_customers({"after": 7, "read": 5}, 500)
    query = world.store.requests[0].query
    assert (query["role"], query["orderby"], query["order"]) == ("all", "id", "asc")
    assert (query["per_page"], query["offset"]) == ("100", "4")
    assert "page" not in query and "avatar" not in query["_fields"]


def test_staff_and_subscribers_buy_too(world: WooWorld):
    for role in ("customer", "subscriber", "administrator"):
        world.store.add_customer(f"{role}@doe.example", role=role)
    assert len(walk(world)) == 3


@pytest.mark.parametrize(
    ("accounts", "limit", "requests"), [(0, 100, 1), (99, 100, 1), (100, 100, 2), (500, 100, 6)]
)
def test_what_it_costs(world: WooWorld, accounts, limit, requests):
    """A page brings 99 new ones, the first one 100."""
    for number in range(accounts):
        world.store.add_customer(f"jane{number}@doe.example")
    assert len(walk(world, limit)) == accounts
    assert world.requests() == requests


def test_a_heavy_page_is_read_in_pieces(world: WooWorld):
    for number in range(30):
        world.store.add_customer(f"jane{number}@doe.example")
    world.server.faults.add("500-fatal-json")
    assert len(walk(world)) == 30


def test_a_shop_that_ignores_the_parameters():
    rows = [{"id": 1, "email": "a@doe.example"}, {"id": 2, "email": "b@doe.example"}]
    body = Canned(body=json.dumps(rows), headers=[("Content-Type", "application/json")])
    with replay(body, body) as server:
        shop = server.adapter()
        page = shop.list_customers({}, 2)
        with pytest.raises(errors.ServerError, match="poll_stuck"):
            shop.list_customers(page.cursor, 2)
        assert len(server.requests) == 2


@pytest.mark.parametrize("broken", [{"after": "x"}, {"after": [1], "read": 5}, {"since": "2026"}])
def test_a_broken_cursor_starts_anew(world: WooWorld, broken):
    account = world.add_customer("jane@doe.example")
    page = world.adapter.list_customers(broken, 100)
    assert [record.external_id for record in page.records] == [account]
