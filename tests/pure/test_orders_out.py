"""What is written to WooCommerce's orders: exactly this, and nothing that works them out anew."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...core import errors
from ...core.canonical import Note, OrderUpdate
from ...dev.woostore import Server, Store
from ...providers.woocommerce import serialize
from .woo_world import WooWorld

#: keys with which WooCommerce leaves lines, addresses and totals alone
HARMLESS = {"status", "meta_data", "transaction_id", "customer_note"}


@pytest.fixture(params=["10.0.2", "8.9.3"])
def world(request: pytest.FixtureRequest) -> Iterator[WooWorld]:
    store = Store(version=request.param, hpos=request.param.startswith("10"))
    with Server(store) as server:
        yield WooWorld(store, server)


def calls(world: WooWorld, since: int) -> list[tuple[str, str]]:
    return [
        (request.method, request.path.removeprefix("/wp-json/wc/v3/"))
        for request in list(world.store.requests)[since:]
    ]


UPDATES = st.builds(
    OrderUpdate,
    status_code=st.text(max_size=9),
    meta=st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=3),
    transaction_id=st.text(max_size=9),
    customer_note=st.none() | st.text(max_size=9),
)


class TestBody:
    @given(UPDATES)
    def test_only_harmless_keys(self, update):
        body = serialize.order_update(update)
        assert set(body) <= HARMLESS
        assert bool(body) == bool(update)

    def test_every_field_is_written(self):
        values = {
            "status_code": "completed",
            "meta": {"odoo_order_number": "S1"},
            "transaction_id": "t",
            "customer_note": "n",
        }
        assert set(values) == {field.name for field in dataclasses.fields(OrderUpdate)}
        assert serialize.order_update(OrderUpdate(**values)) == {
            "status": "completed",
            "meta_data": [{"key": "odoo_order_number", "value": "S1"}],
            "transaction_id": "t",
            "customer_note": "n",
        }


class TestUpdate:
    def test_requests(self, world: WooWorld):
        external_id = world.place_order()
        path, before = f"orders/{external_id}", world.requests()
        world.adapter.update_order(external_id, OrderUpdate(meta={"odoo_order_number": "S1"}))
        assert calls(world, before) == [("PUT", path)]
        world.adapter.update_order(external_id, OrderUpdate(status_code="completed"))
        assert calls(world, before) == [("PUT", path), ("GET", path), ("PUT", path)]
        put = list(world.store.requests)[-1]
        assert put.query["dp"] == "8"
        assert put.body["status"] == "completed"
        assert not {key for key in put.body if not key.startswith("oauth")} - {"dp", "status"}

    def test_a_key_is_not_doubled(self, world: WooWorld):
        external_id = world.place_order()
        for value in ("S1", "S1", "S2"):
            world.adapter.update_order(external_id, OrderUpdate(meta={"odoo_order_number": value}))
        meta = world.store.orders[int(external_id)]["meta_data"]
        assert [m["value"] for m in meta if m["key"] == "odoo_order_number"] == ["S2"]

    def test_meta_data_reaches_the_trash_and_leaves_it_there(self, world: WooWorld):
        external_id = world.place_order()
        world.store.trash_order(int(external_id))
        record = world.adapter.update_order(external_id, OrderUpdate(meta={"odoo_x": "1"}))
        assert record.payload["status"] == "trash"

    def test_a_status_leaves_it_in_the_trash(self, world: WooWorld):
        external_id = world.place_order()
        world.store.trash_order(int(external_id))
        with pytest.raises(errors.NotFound, match="order_in_trash"):
            world.adapter.update_order(external_id, OrderUpdate(status_code="completed"))
        assert world.store.orders[int(external_id)]["status"] == "trash"

    def test_the_unknown_status_is_named(self, world: WooWorld):
        external_id = world.place_order()
        with pytest.raises(errors.Rejected) as caught:
            world.adapter.update_order(external_id, OrderUpdate(status_code="teleported"))
        assert (caught.value.code, caught.value.params) == (
            "unknown_status",
            {"status": "teleported"},
        )

    def test_another_refusal_keeps_its_name(self, world: WooWorld):
        external_id = world.place_order()
        world.server.faults.add("400-invalid-param", method="PUT")
        with pytest.raises(errors.Rejected, match="request_refused"):
            world.adapter.update_order(external_id, OrderUpdate(meta={"a": "b"}))

    def test_a_custom_status(self, world: WooWorld):
        world.store.statuses["shipped"] = "Shipped"
        external_id = world.place_order()
        record = world.adapter.update_order(external_id, OrderUpdate(status_code="shipped"))
        assert world.adapter.parse_order(record.payload).status_code == "shipped"

    def test_a_lost_answer_can_be_repeated(self, world: WooWorld):
        external_id = world.place_order()
        update = OrderUpdate(status_code="completed", meta={"odoo_x": "1"})
        world.server.faults.add("reset", method="PUT", when="after")
        with pytest.raises(errors.UnknownOutcome):
            world.adapter.update_order(external_id, update)
        mails = len(world.store.mails)
        world.adapter.update_order(external_id, update)
        assert len(world.store.mails) == mails


class TestNotes:
    def test_body(self):
        note = Note("7", "A & B <i>", marker="A", to_customer=True)
        assert serialize.note(note) == {"note": "A &amp; B &lt;i&gt;", "customer_note": True}

    def test_requests(self, world: WooWorld):
        external_id = world.place_order()
        note = Note(external_id, "Packed n-1", marker="n-1")
        path, before = f"orders/{external_id}/notes", world.requests()
        world.adapter.add_note(note, look_first=False)
        world.adapter.add_note(note, look_first=True)
        assert calls(world, before) == [("POST", path), ("GET", path)]

    def test_no_text_of_it_is_in_the_log(self, world: WooWorld):
        note = Note(world.place_order(), "Jane Doe gets n-1", marker="n-1")
        world.adapter.add_note(note, look_first=True)
        assert "Jane Doe gets" not in repr(world.exchanges)
