"""Contract of :class:`core.adapter.OrderSink`."""

from __future__ import annotations

import dataclasses

import pytest

from ...core import errors
from ...core.adapter import OrderSink, supports
from ...core.canonical import Note, Order, OrderUpdate
from .world import World


def read(world: World, external_id: str) -> Order:
    return world.adapter.parse_order(world.adapter.fetch_order(external_id).payload)


class OrderSinkContract:
    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), OrderSink)

    # === UPDATE === #

    def update(self, world: World, external_id: str, **values: object) -> Order:
        record = world.adapter.update_order(external_id, OrderUpdate(**values))
        assert (record.kind, record.external_id) == ("order", external_id)
        assert record.payload == world.adapter.fetch_order(external_id).payload
        return world.adapter.parse_order(record.payload)

    def test_status(self, world: World):
        status, _unknown = world.status_codes()
        external_id = world.place_order()
        assert read(world, external_id).status_code != status
        assert self.update(world, external_id, status_code=status).status_code == status

    def test_everything_at_once_and_again(self, world: World):
        external_id = world.place_order()
        before = read(world, external_id)
        values = {
            "status_code": world.status_codes()[0],
            "meta": {"odoo_order_number": "S00042", "odoo_order_url": "https://odoo.example/1"},
            "transaction_id": "txn-1",
            "customer_note": "Ring twice",
        }
        for _time in range(2):
            after = self.update(world, external_id, **values)
            assert after.status_code == values["status_code"]
            assert after.payment.transaction_id == "txn-1"
            assert after.customer_note == "Ring twice"
            assert {key: after.meta[key] for key in values["meta"]} == values["meta"]
        untouched = ("lines", "total", "total_tax", "billing", "shipping", "tax_rates")
        assert [getattr(after, name) for name in untouched] == [
            getattr(before, name) for name in untouched
        ]

    def test_another_value_replaces_the_first(self, world: World):
        external_id = world.place_order()
        for number in ("S00042", "S00043"):
            after = self.update(world, external_id, meta={"odoo_order_number": number})
            assert after.meta["odoo_order_number"] == number

    def test_what_is_not_named_stays(self, world: World):
        external_id = world.place_order()
        before = read(world, external_id)
        after = self.update(world, external_id, meta={"odoo_order_number": "S00042"})
        assert dataclasses.replace(after, meta={}, modified_at=None) == dataclasses.replace(
            before, meta={}, modified_at=None
        )

    def test_an_emptied_note(self, world: World):
        external_id = world.place_order()
        self.update(world, external_id, customer_note="Ring twice")
        assert self.update(world, external_id, customer_note="").customer_note == ""

    def test_a_status_that_does_not_exist(self, world: World):
        _status, unknown = world.status_codes()
        external_id = world.place_order()
        before = read(world, external_id)
        with pytest.raises(errors.Rejected) as caught:
            world.adapter.update_order(external_id, OrderUpdate(status_code=unknown))
        assert unknown in caught.value.params.values()
        assert read(world, external_id) == before

    @pytest.mark.parametrize("external_id", ["999999999", "", "0", "../x"])
    @pytest.mark.parametrize("values", [{"status_code": "completed"}, {"meta": {"a": "b"}}])
    def test_an_order_that_is_not_there(self, world: World, external_id, values):
        with pytest.raises(errors.NotFound):
            world.adapter.update_order(external_id, OrderUpdate(**values))

    def test_a_status_takes_nothing_out_of_the_trash(self, world: World):
        external_id = world.place_order()
        world.trash_order(external_id)
        before = read(world, external_id)
        with pytest.raises(errors.NotFound):
            world.adapter.update_order(
                external_id, OrderUpdate(status_code=world.status_codes()[0])
            )
        assert read(world, external_id).status_code == before.status_code

    # === NOTES === #

    def note(self, external_id: str, text: str = "Packed (n-1)", **values: bool) -> Note:
        return Note(external_id, text, marker="n-1", **values)

    def texts(self, world: World, external_id: str) -> list[str]:
        return [text for text in world.order_notes(external_id) if "n-1" in text]

    def test_note(self, world: World):
        external_id = world.place_order()
        mails = world.customer_mails(external_id)
        sent = world.adapter.add_note(self.note(external_id), look_first=False)
        assert sent.external_id
        assert self.texts(world, external_id) == ["Packed (n-1)"]
        assert world.customer_mails(external_id) == mails

    def test_note_to_the_customer(self, world: World):
        external_id = world.place_order()
        mails = world.customer_mails(external_id)
        world.adapter.add_note(self.note(external_id, to_customer=True), look_first=False)
        assert len(world.customer_mails(external_id)) == len(mails) + 1

    def test_a_text_stays_as_it_is(self, world: World):
        text = "1 < 2 & <b>3</b> > \"2\" 'ü' &amp; n-1\nline two"
        external_id = world.place_order()
        world.adapter.add_note(self.note(external_id, text), look_first=False)
        assert self.texts(world, external_id) == [text]

    @pytest.mark.parametrize("how", ["timeout", "reset"])
    def test_a_lost_answer_makes_no_second_note(self, world: World, how):
        external_id = world.place_order()
        note = self.note(external_id, to_customer=True)
        mails = world.customer_mails(external_id)
        world.lose(how, "after")
        with pytest.raises(errors.UnknownOutcome):
            world.impatient().add_note(note, look_first=False)
        first = world.adapter.add_note(note, look_first=True)
        assert world.adapter.add_note(note, look_first=True) == first
        assert len(self.texts(world, external_id)) == 1
        assert len(world.customer_mails(external_id)) == len(mails) + 1

    def test_a_lost_request_is_made_up_for(self, world: World):
        external_id = world.place_order()
        world.lose("reset", "before")
        with pytest.raises(errors.UnknownOutcome):
            world.adapter.add_note(self.note(external_id), look_first=False)
        world.adapter.add_note(self.note(external_id), look_first=True)
        assert len(self.texts(world, external_id)) == 1

    def test_a_marker_with_special_characters_is_found(self, world: World):
        external_id = world.place_order()
        note = Note(external_id, "Back: <R&D/IN/7> ok", marker="<R&D/IN/7>")
        first = world.adapter.add_note(note, look_first=True)
        assert world.adapter.add_note(note, look_first=True) == first

    @pytest.mark.parametrize("external_id", ["999999999", "", "0", "../x"])
    @pytest.mark.parametrize("look_first", [False, True])
    def test_a_note_on_an_order_that_is_not_there(self, world: World, external_id, look_first):
        with pytest.raises(errors.NotFound):
            world.adapter.add_note(self.note(external_id), look_first=look_first)
