"""The tracking plug-ins: carriers, several parcels, changes that are interrupted, AST's traps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal as D
from typing import Any

import pytest

from ...core import errors
from ...core.canonical import Sent, ShipmentLine, Tracking
from ...dev.woostore import Cart, Server, Store
from ..contract.shipment_sink import shipment_of
from .woo import Canned, replay
from .woo_world import WooWorld

PLUGINS = ("shipment-tracking", "advanced-shipment-tracking")


@pytest.fixture(params=PLUGINS)
def world(request: pytest.FixtureRequest) -> Iterator[WooWorld]:
    yield from serve(request.param)


@pytest.fixture
def official() -> Iterator[WooWorld]:
    yield from serve(PLUGINS[0])


@pytest.fixture
def ast() -> Iterator[WooWorld]:
    yield from serve(PLUGINS[1])


def serve(plugin: str) -> Iterator[WooWorld]:
    store = Store()
    store.features.add(plugin)
    store.add_product(sku="A", name="Alpha", regular_price="19.99", stock_quantity=1000)
    store.add_product(sku="B", name="Beta", regular_price="9.99", stock_quantity=1000)
    with Server(store) as server:
        yield WooWorld(store, server)


def parcels(world: WooWorld, external_id: str) -> list[dict[str, Any]]:
    return world.store.trackings(int(external_id))


def numbers(world: WooWorld, external_id: str) -> list[str]:
    return [parcel["tracking_number"] for parcel in parcels(world, external_id)]


def send(world: WooWorld, external_id: str, tracking: Tracking, **values: Any) -> Sent:
    known = values.pop("known", None)
    shipment = shipment_of(world, external_id, tracking=tracking, **values)
    return world.adapter.send_shipment(shipment, known, False)


class TestCarriers:
    @pytest.mark.parametrize("carrier", ["PostNL", "postnl", "POSTNL"])
    def test_a_known_one_in_any_spelling(self, official: WooWorld, carrier):
        external_id = official.place_order()
        send(official, external_id, Tracking("3S1", carrier, "https://odoo.example/3S1"))
        (parcel,) = parcels(official, external_id)
        assert parcel["tracking_provider"] == "postnl"
        (shown,) = self.shown(official, external_id)
        assert shown["tracking_provider"] == "PostNL"
        assert shown["tracking_link"].startswith("https://postnl.nl/")

    def shown(self, world: WooWorld, external_id: str) -> list[dict[str, Any]]:
        path = f"/wc-shipment-tracking/v3/orders/{external_id}/shipment-trackings"
        return world.adapter.client.get(path).sequence()

    def test_an_unknown_one(self, official: WooWorld):
        external_id = official.place_order()
        send(official, external_id, Tracking("3S1", "Bike Bob", "https://bob.example/3S1"))
        (shown,) = self.shown(official, external_id)
        assert (shown["tracking_provider"], shown["tracking_link"], shown["date_shipped"]) == (
            "Bike Bob",
            "https://bob.example/3S1",
            "2026-11-21",
        )

    @pytest.mark.parametrize(
        ("url", "name"), [("https://bob.example/3S1", "bob.example"), ("", "")]
    )
    def test_without_a_name(self, official: WooWorld, url, name):
        external_id = official.place_order()
        send(official, external_id, Tracking("3S1", "", url))
        assert parcels(official, external_id)[0]["custom_tracking_provider"] == name

    def test_an_old_plugin_lists_them_elsewhere(self, official: WooWorld):
        external_id = official.place_order()
        official.server.faults.add("404-no-route", path="v3/shipment-trackings/providers$")
        send(official, external_id, Tracking("3S1", "postnl"))
        assert parcels(official, external_id)[0]["tracking_provider"] == "postnl"

    def test_they_are_asked_for_once(self, official: WooWorld):
        for number in ("3S1", "3S2"):
            send(official, official.place_order(), Tracking(number, "PostNL"))
        asked = [r for r in official.store.requests if r.path.endswith("/providers")]
        assert len(asked) == 1

    @pytest.mark.parametrize(("carrier", "slug"), [("postnl", "postnl"), ("DHL Express", "dhl")])
    def test_ast_knows_names_and_aliases_itself(self, ast: WooWorld, carrier, slug):
        external_id = ast.place_order()
        send(ast, external_id, Tracking("3S1", carrier))
        assert parcels(ast, external_id)[0]["tracking_provider"] == slug
        assert not [r for r in ast.store.requests if r.path.endswith("/providers")]


class TestSeveralParcels:
    TWO = Tracking("3S1, 3S2", "Bike Bob", "https://bob.example/3S1")

    def test_each_is_one_of_its_own(self, world: WooWorld):
        external_id = world.place_order()
        sent = send(world, external_id, self.TWO)
        assert numbers(world, external_id) == ["3S1", "3S2"]
        links = [parcel["custom_tracking_link"] for parcel in parcels(world, external_id)]
        assert links == ["https://bob.example/3S1", "https://bob.example/3S2"]
        ids = [parcel["tracking_id"] for parcel in parcels(world, external_id)]
        assert sent.external_id == ",".join(ids)

    def test_one_more(self, world: WooWorld):
        external_id = world.place_order()
        known = send(world, external_id, Tracking("3S1", "Bike Bob"))
        sent = send(world, external_id, self.TWO, known=known)
        assert numbers(world, external_id) == ["3S1", "3S2"]
        assert sent.external_id.startswith(known.external_id)

    def test_one_less(self, world: WooWorld):
        external_id = world.place_order()
        known = send(world, external_id, self.TWO)
        send(world, external_id, Tracking("3S2", "Bike Bob"), known=known)
        assert numbers(world, external_id) == ["3S2"]

    def test_interrupted_between_them(self, world: WooWorld):
        external_id = world.place_order()
        shipment = shipment_of(world, external_id, tracking=self.TWO)
        world.server.faults.add("reset", method="POST", when="after")
        with pytest.raises(errors.UnknownOutcome):
            world.adapter.send_shipment(shipment, None, False)
        assert numbers(world, external_id) == ["3S1"]
        world.adapter.send_shipment(shipment, None, True)
        assert numbers(world, external_id) == ["3S1", "3S2"]


class TestChange:
    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("method", ["POST", "DELETE"])
    def test_interrupted(self, world: WooWorld, method, when):
        external_id = world.place_order()
        known = send(world, external_id, Tracking("3S1", "Bike Bob"))
        changed = shipment_of(world, external_id, tracking=Tracking("3S2", "Bike Bob"))
        world.server.faults.add("reset", method=method, when=when)
        with pytest.raises(errors.UnknownOutcome):
            world.adapter.send_shipment(changed, known, False)
        assert numbers(world, external_id)
        sent = world.adapter.send_shipment(changed, known, True)
        assert numbers(world, external_id) == ["3S2"]
        assert world.adapter.send_shipment(changed, sent, False) == sent

    def test_the_other_parcels_stay(self, world: WooWorld):
        external_id = world.place_order(quantity=2)
        first = send(world, external_id, Tracking("3S1", "Bike Bob"))
        send(world, external_id, Tracking("3S2", "Bike Bob"), marker="s-2")
        send(world, external_id, Tracking("3S3", "Bike Bob"), known=first)
        assert sorted(numbers(world, external_id)) == ["3S2", "3S3"]

    def test_another_carrier(self, official: WooWorld):
        external_id = official.place_order()
        known = send(official, external_id, Tracking("3S1", "Bike Bob"))
        sent = send(official, external_id, Tracking("3S1", "PostNL"), known=known)
        (parcel,) = parcels(official, external_id)
        assert (parcel["tracking_provider"], parcel["tracking_id"]) == ("postnl", sent.external_id)
        assert send(official, external_id, Tracking("3S1", "postnl"), known=sent) == sent

    def test_no_number_any_more(self, world: WooWorld):
        external_id = world.place_order()
        known = send(world, external_id, Tracking("3S1", "Bike Bob"))
        sent = send(world, external_id, None, known=known, text="Sent")
        assert (sent.via, numbers(world, external_id)) == ("note", [])

    def test_one_that_a_person_deleted(self, world: WooWorld):
        external_id = world.place_order()
        known = Sent("0" * 32, "tracking")
        sent = send(world, external_id, Tracking("3S1", "Bike Bob"), known=known)
        assert sent != known
        assert numbers(world, external_id) == ["3S1"]

    @pytest.mark.parametrize("typed", ["3s 1", " 3S1 "])
    def test_a_number_that_a_person_typed(self, world: WooWorld, typed):
        external_id = world.place_order()
        made = send(world, external_id, Tracking(typed, "Bike Bob"))
        shipment = shipment_of(world, external_id, tracking=Tracking("3S1", "Bike Bob"))
        assert world.adapter.send_shipment(shipment, None, True) == made


class TestAdvanced:
    def order(self, world: WooWorld) -> str:
        cart = Cart(lines=[("A", 3), ("B", 1)], billing={"email": "jane@doe.example"})
        return str(world.store.place_order(cart)["id"])

    def test_the_status_is_left_alone(self, ast: WooWorld):
        ast.store.statuses["partial-shipped"] = "Partially shipped"
        external_id = self.order(ast)
        before = ast.store.orders[int(external_id)]["status"]
        send(ast, external_id, Tracking("3S1", "DHL"), complete=True)
        (parcel,) = parcels(ast, external_id)
        assert parcel["status_shipped"] == "0"
        assert ast.store.orders[int(external_id)]["status"] == before

    def test_a_part_is_named(self, ast: WooWorld):
        external_id = self.order(ast)
        items = ast.store.orders[int(external_id)]["line_items"]
        lines = (ShipmentLine(str(items[0]["id"]), D(2)), ShipmentLine(str(items[1]["id"]), D(1)))
        send(ast, external_id, Tracking("3S1", "DHL"), lines=lines)
        (parcel,) = parcels(ast, external_id)
        assert [(row["item_id"], row["qty"]) for row in parcel["products_list"]] == [
            (items[0]["id"], "2"),
            (items[1]["id"], "1"),
        ]

    def test_all_of_it_is_not(self, ast: WooWorld):
        external_id = self.order(ast)
        send(ast, external_id, Tracking("3S1", "DHL"))
        assert "products_list" not in parcels(ast, external_id)[0]

    def test_goods_without_a_sku_are_not(self, ast: WooWorld):
        external_id = self.order(ast)
        items = ast.store.orders[int(external_id)]["line_items"]
        ast.store.products[items[0]["product_id"]]["sku"] = ""
        lines = tuple(ShipmentLine(str(item["id"]), D(1)) for item in items)
        send(ast, external_id, Tracking("3S1", "DHL"), lines=lines)
        assert "products_list" not in parcels(ast, external_id)[0]

    @pytest.mark.parametrize(
        ("where", "via"), [("155", "tracking"), ("99", "note"), (None, "tracking")]
    )
    def test_a_parcel_that_went_astray(self, ast: WooWorld, where, via):
        """With a numbering plug-in AST may add it to the order whose *number* is 155."""
        shipment = shipment_of(ast, ast.place_order(), order_external_id="155", quantity=D(1))
        links = {"up": [{"href": f"https://x/wp-json/wc-ast/v3/orders/{where}"}]} if where else {}
        parcel = json.dumps({"tracking_id": "a" * 32, "tracking_number": "3S1", "_links": links})
        order, note = '{"id": 155, "line_items": []}', '{"id": 8}'
        answers = [Canned(200, order), Canned(201, parcel)]
        if via == "note":
            answers += [Canned(200, parcel), Canned(200, order), Canned(201, note)]
        with replay(*answers) as server:
            adapter = server.adapter(features=["advanced_shipment_tracking"])
            assert adapter.send_shipment(shipment, None, False).via == via
            asked = [(x.method, x.path.partition("?")[0]) for x in server.requests]
        deleted = ("DELETE", f"/wp-json/wc-ast/v3/orders/99/shipment-trackings/{'a' * 32}")
        assert (deleted in asked) == (via == "note")
