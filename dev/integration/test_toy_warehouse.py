"""A shop's orders, sent by the toy warehouse: the real stack, cut off in the middle."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from typing import Any

import databases
import pytest
from money_shop import find_dead_jobs
from odoo_client import OdooClient, connect_store

from channel_connector.dev.woostore import Cart, Server, Store
from channel_connector.dev.woostore.samples import JANE

ORDERS = 4


def load_warehouse() -> Any:
    """The toy warehouse's server; the addon around it can be imported by Odoo only."""
    path = databases.TOY / "tests" / "warehouse.py"
    spec = importlib.util.spec_from_file_location("toy_warehouse_server", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Warehouse("MUG")


@pytest.fixture
def database() -> Iterator[str]:
    """As conftest's, with the addon that adds the warehouse."""
    name = f"{databases.PREFIX}_int_{os.getpid()}"
    with databases.locked():
        installed = databases.installed_toy()
    databases.copy(installed, name)
    yield name
    databases.drop(name)


@pytest.fixture
def warehouse():
    with load_warehouse() as running:
        yield running


@pytest.fixture
def store():
    store = Store(currency="USD")  # the company of a new database
    store.add_product(sku="MUG", name="Mug", regular_price="12.50", stock_quantity=1000)
    return store


class House:
    """What an admin does to have the warehouse send the shop's goods."""

    def __init__(self, odoo: OdooClient, warehouse: Any) -> None:
        self.odoo, self.warehouse = odoo, warehouse
        fields = ["id", "lot_stock_id"]
        (self.own,) = odoo.search_read("stock.warehouse", [], fields, limit=1)

    def fill_shelf(self) -> None:
        product = self.odoo.create("product.product", name="Mug", default_code="MUG", is_storable=1)
        quant = {"product_id": product, "location_id": self.own["lot_stock_id"][0]}
        quant["inventory_quantity_auto_apply"] = 1000
        self.odoo.call("stock.quant", "create", [quant], context={"inventory_mode": True})

    def connect(self) -> int:
        backend = self.odoo.create(
            "channel.backend",
            name="Toy",
            provider="toy_warehouse",
            base_url=self.warehouse.url,
            api_key=self.warehouse.account,
            api_secret=self.warehouse.password,
            warehouse_ids=[self.own["id"]],
        )
        self.odoo.call("channel.backend", "action_connect", [backend])
        flows = [("backend_id", "=", backend), ("kind", "=", "fulfilment"), ("active", "=", False)]
        found = self.odoo.call("channel.flow", "search", flows)
        self.odoo.call("channel.flow", "write", found, {"active": True})
        return backend


def test_a_power_cut_between_shop_and_door(server, sql, store, warehouse, wait_until):
    running = server(workers=4, channels="root:2")
    odoo = OdooClient(running.url, running.database)
    odoo.call("ir.config_parameter", "set_param", "web.base.url", running.url)
    house = House(odoo, warehouse)
    house.fill_shelf()
    with Server(store) as shop:
        connect_store(odoo, shop.url, store.key, store.secret)
        toy = house.connect()
        orders = [buy(store) for _number in range(ORDERS)]
        warehouse.lose("timeout", "after")  # it takes the request, and answers nothing
        store.deliver()
        wait_until(warehouse.is_silent)
        running.kill()
        running.start()
        odoo = OdooClient(running.url, running.database)
        find_dead_jobs(sql)
        wait_until(lambda: len(warehouse.open()) == ORDERS)
        wait_until(lambda: not waiting(sql, toy))
        assert len(warehouse.dispatches) == ORDERS, "nothing is asked for twice"
        names = list(warehouse.dispatches)
        numbers = [warehouse.ship(name) for name in names[1:]]
        numbers.append(warehouse.ship(names[0], pieces=1, last=False))
        odoo.call("channel.backend", "action_sync_now", [toy])
        wait_until(lambda: told(store, numbers))
        numbers.append(warehouse.ship(names[0]))
        odoo.call("channel.backend", "action_sync_now", [toy])
        wait_until(lambda: told(store, numbers))
        wait_until(lambda: all(row["status"] == "completed" for row in store.orders.values()))
    assert not sql("SELECT code, title FROM channel_issue WHERE state = 'open'")
    done = "SELECT carrier_tracking_ref FROM stock_picking WHERE state = 'done'"
    assert sorted(number for (number,) in sql(done)) == sorted(numbers)
    assert sql("SELECT count(*) FROM stock_picking WHERE state != 'done'") == [(0,)]
    assert len(orders) == ORDERS


def buy(store: Store) -> dict[str, Any]:
    cart = Cart(lines=[("MUG", 2)], billing=JANE, payment_method="cod")
    return store.place_order(cart)


def told(store: Store, numbers: list[str]) -> bool:
    """Whether the shop knows each parcel, from exactly one note."""
    texts = [row["note"] for row in store.notes.values()]
    found = [sum(number in text for text in texts) for number in numbers]
    assert max(found) <= 1, texts
    return min(found) == 1


def waiting(sql: Any, backend: int) -> bool:
    query = "SELECT 1 FROM channel_outbox WHERE backend_id = %s AND state != 'done'"
    return bool(sql(query, backend))
