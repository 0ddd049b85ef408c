"""WooPayments' payouts: each once, whole, to the cent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...core import errors
from ...core.canonical import Settlement, SettlementKind
from ...dev.woostore import Server, Store
from ...providers.woocommerce import const, payouts
from ...providers.woocommerce.adapter import WooCommerceAdapter
from ..contract.polling import ids
from ..contract.settlement_source import run
from .woo import Canned, replay
from .woo_world import WooWorld

PARSER = WooCommerceAdapter()


@pytest.fixture
def world() -> Iterator[WooWorld]:
    yield from serve()


def serve(**options: Any) -> Iterator[WooWorld]:
    store = Store(**options)
    store.features.add("woopayments")
    with Server(store) as server:
        yield WooWorld(store, server)


def settlements(world: WooWorld) -> list[Settlement]:
    return [world.adapter.parse_settlement(record.payload) for record in run(world, {})[0]]


def balance(settlement: Settlement) -> D:
    return sum((line.amount + line.fee for line in settlement.lines), D(0))


def deposit(**values: Any) -> dict[str, Any]:
    base = {"id": "po_1", "date": 1701648000000, "amount": 1000, "currency": "eur", "fee": 0}
    return {**base, **values}


def parse(transaction: dict[str, Any] | None = None, **values: Any) -> Settlement:
    rows = [transaction] if transaction else []
    return PARSER.parse_settlement({"deposit": deposit(**values), "transactions": rows})


class TestPayout:
    def test_forty_charges_three_refunds_and_fees(self, world: WooWorld):
        orders = [world.paid_order() for _number in range(40)]
        refunds = [
            world.store.refund_order(int(order), "2.50", paid_back=True)["id"]
            for order in orders[:3]
        ]
        world.store.make_payout(
            [int(order) for order in orders],
            refunds,
            fees="20.01",
            adjustments=[("Dispute of last month", "-15.00")],
        )
        (settlement,) = settlements(world)
        kinds = [line.kind for line in settlement.lines]
        assert kinds.count(SettlementKind.CHARGE) == 40
        assert kinds.count(SettlementKind.REFUND) == 3
        assert kinds.count(SettlementKind.ADJUSTMENT) == 1
        assert balance(settlement) == settlement.amount > 0
        assert sum(line.fee for line in settlement.lines) == D("-20.01")
        known = {world.store.orders[int(order)]["transaction_id"] for order in orders}
        for line in settlement.lines:
            if line.kind is not SettlementKind.ADJUSTMENT:
                assert line.transaction_id in known
        refunded = [line for line in settlement.lines if line.kind is SettlementKind.REFUND]
        assert {line.amount for line in refunded} == {D("-2.50")}
        (other,) = [x for x in settlement.lines if x.kind is SettlementKind.ADJUSTMENT]
        assert "Dispute of last month" in other.description

    def test_a_charge_of_no_order_of_this_shop(self, world: WooWorld):
        world.store.make_payout([int(world.paid_order())], unknown=["12.34"], fees="0.00")
        (settlement,) = settlements(world)
        (stranger,) = [line for line in settlement.lines if not line.order_number]
        assert (stranger.amount, stranger.transaction_id[:3]) == (D("12.34"), "ch_")
        assert balance(settlement) == settlement.amount

    @pytest.mark.parametrize(
        ("currency", "decimals"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("USD", 2)]
    )
    def test_the_smallest_unit(self, currency, decimals):
        for world in serve(currency=currency, decimals=decimals):
            order = world.paid_order()
            world.pay_out([order], "0")
            (settlement,) = settlements(world)
            total = D(world.store.orders[int(order)]["total"])
            assert (settlement.currency, settlement.amount) == (currency, total)

    def test_another_currency_counts_as_what_arrives(self, world: WooWorld):
        order = world.store.orders[int(world.paid_order())]
        order["currency"] = "USD"
        world.store.make_payout([order["id"]], fees="0.00", rates={"USD": "0.90"})
        (settlement,) = settlements(world)
        assert settlement.currency == "EUR"
        assert settlement.lines[0].amount == round(D(order["total"]) * D("0.90"), 2)

    def test_no_name_of_a_customer_is_in_the_log(self, world: WooWorld):
        world.pay_out([world.paid_order()], "0")
        run(world, {})
        assert "Jane Doe" not in repr(world.exchanges)
        assert "jane@doe" not in repr(world.exchanges)


class TestMeaning:
    @pytest.mark.parametrize(("kind", "expected"), const.SETTLEMENT_KINDS.items())
    def test_kinds(self, kind, expected):
        (line,) = parse({"transaction_id": "txn_1", "type": kind, "amount": 5, "net": 5}).lines
        assert (line.kind, line.description) == (expected, kind)

    @pytest.mark.parametrize("kind", ["", None, "teleportation", 5])
    def test_an_unknown_kind(self, kind):
        (line,) = parse({"transaction_id": "txn_1", "type": kind, "amount": 5}).lines
        assert line.kind is SettlementKind.UNKNOWN

    def test_a_card_readers_fee(self):
        row = {"type": "charge", "amount": -200, "metadata": {"charge_type": "card_reader_fee"}}
        (line,) = parse(row).lines
        assert (line.kind, line.amount) == (SettlementKind.FEE, D("-2.00"))

    def test_the_net_decides_the_fee(self):
        (line,) = parse({"amount": 1000, "fees": 50, "net": 945}).lines
        assert line.fee == D("-0.55")
        (line,) = parse({"amount": 1000, "fees": 50}).lines
        assert line.fee == D("-0.50")

    def test_the_price_of_an_instant_payout(self):
        settlement = parse({"transaction_id": "txn_1", "amount": 1015, "net": 1015}, fee=15)
        assert [(line.kind, line.amount) for line in settlement.lines[1:]] == [
            (SettlementKind.FEE, D("-0.15"))
        ]
        assert balance(settlement) == settlement.amount == D("10.00")

    @pytest.mark.parametrize("date", [1701648000000, "2023-12-04", "2023-12-04 00:00:00"])
    def test_the_day(self, date):
        assert parse(date=date).paid_out_at == datetime(2023, 12, 4, tzinfo=timezone.utc)

    @pytest.mark.parametrize("date", [None, "soon", True, 10**30, [1]])
    def test_no_day(self, date):
        assert parse(date=date).paid_out_at is None

    @pytest.mark.parametrize(
        ("values", "field"),
        [({"id": ""}, "id"), ({"amount": "x"}, "amount"), ({"currency": None}, "currency")],
    )
    def test_what_no_payout_lacks(self, values, field):
        with pytest.raises(errors.Rejected) as caught:
            parse(**values)
        assert (caught.value.code, caught.value.params) == ("not_a_settlement", {"field": field})

    @pytest.mark.parametrize(("currency", "digits"), [*const.MINOR_DIGITS.items(), ("EUR", 2)])
    def test_digits(self, currency, digits):
        assert payouts.major(D(1999), currency) == D(1999) / 10**digits

    JSON = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda children: (
            st.lists(children, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["id", "amount", "net", "fees", "type", "date", "order", "metadata"]
                ),
                children,
                max_size=4,
            )
        ),
        max_leaves=8,
    )

    @given(JSON, JSON)
    def test_whatever_comes(self, values, rows):
        payload = {"deposit": values, "transactions": rows}
        try:
            assert isinstance(PARSER.parse_settlement(payload), Settlement)
        except errors.Rejected as error:
            assert error.code == "not_a_settlement"
        for row in rows if isinstance(rows, list) else [rows]:
            if isinstance(row, dict):
                assert len(parse(row or {"id": 1}).lines) == 1


class TestList:
    def test_a_shop_without_woopayments(self):
        store = Store()
        with Server(store) as server:
            world = WooWorld(store, server)
            page = world.adapter.list_settlements({}, 10)
            assert (page.records, page.more, world.requests()) == ((), False, 1)
            store.features.add("woopayments")
            made = world.pay_out([world.paid_order()], "0")
            assert ids(run(world, page.cursor)[0]) == [made]

    @staticmethod
    def refusal(code: str) -> Canned:
        return Canned(500, json.dumps({"code": code, "message": "", "data": None}))

    def test_a_plugin_without_an_account(self):
        with replay(self.refusal("wcpay_wpcom_not_connected")) as server:
            page = server.adapter().list_settlements({}, 10)
        assert (page.records, page.more) == ((), False)

    @pytest.mark.parametrize("code", ["wcpay_http_request_failed", "rate_limit"])
    def test_the_plugins_service_fails(self, code):
        """It may work the next time; a payout without its transactions is never handed out."""
        failed = self.refusal(code)
        listed = Canned(200, json.dumps({"data": [deposit()], "total_count": 1}))
        for answers in ([failed], [listed, failed]):
            with replay(*answers) as server, pytest.raises(errors.ServerError):
                server.adapter().list_settlements({}, 10)

    def test_only_what_was_paid(self, world: WooWorld):
        order = int(world.paid_order())
        waiting = world.store.make_payout([order], status="in_transit")
        world.store.make_payout([order], status="failed")
        found, cursor = run(world, {})
        assert found == []
        world.store.payouts[waiting["id"]]["status"] = "paid"
        assert ids(run(world, cursor)[0]) == [waiting["id"]]

    def test_one_that_is_paid_after_a_younger_one(self, world: WooWorld):
        order = int(world.paid_order())
        today = datetime.now(timezone.utc).date()
        slow = world.store.make_payout([order], date=today - timedelta(days=9), status="in_transit")
        quick = world.store.make_payout([order], date=today)
        found, cursor = run(world, {})
        assert ids(found) == [quick["id"]]
        world.store.payouts[slow["id"]]["status"] = "paid"
        found, cursor = run(world, cursor)
        assert ids(found) == [slow["id"]]
        assert run(world, cursor)[0] == []

    def test_since(self, world: WooWorld):
        order = int(world.paid_order())
        days = [datetime(2026, 11, day, tzinfo=timezone.utc) for day in (1, 10, 20)]
        made = [world.store.make_payout([order], date=day.date())["id"] for day in days]
        found, cursor = run(world, {"since": "2026-11-10T00:00:00+00:00"})
        assert ids(found) == made[1:]
        assert run(world, cursor)[0] == []

    def test_a_year_of_them_in_order(self, world: WooWorld):
        order = int(world.paid_order())
        first = datetime(2026, 1, 1, tzinfo=timezone.utc).date()
        made = [
            world.store.make_payout([order], date=first + timedelta(days=number))["id"]
            for number in range(120)
        ]
        found, cursor = run(world, {}, limit=50)
        assert ids(found) == made
        assert len(cursor["handed_out"]) <= 32
        before = world.requests()
        assert run(world, cursor)[0] == []
        assert world.requests() - before == 1

    def test_more_transactions_than_a_page(self, world: WooWorld):
        world.store.make_payout(adjustments=[(f"no {n}", "1.00") for n in range(230)])
        (settlement,) = settlements(world)
        assert (len(settlement.lines), settlement.amount) == (230, D(230))

    def test_smaller_pages_than_asked_for(self):
        def page(*rows: dict[str, Any]) -> Canned:
            return Canned(200, json.dumps({"data": rows}))

        rows = [{"transaction_id": f"txn_{n}", "amount": 500, "net": 500} for n in range(2)]
        answers = [page(deposit()), page(rows[0]), page(rows[1]), page(), page()]
        with replay(*answers) as server:
            found = server.adapter().list_settlements({}, 10)
        (record,) = found.records
        assert balance(PARSER.parse_settlement(record.payload)) == D("10.00")

    def test_a_service_that_repeats_itself(self):
        """Pages that are not looked at must not make an endless list."""
        answer = Canned(200, json.dumps({"data": [deposit()]}))
        rows = Canned(200, json.dumps({"data": [{"transaction_id": "txn_1", "amount": 1000}]}))
        with replay(answer, rows, rows, answer) as server:
            page = server.adapter().list_settlements({}, 10)
        assert (len(page.records), page.more) == (1, False)

    def test_a_service_that_is_down(self, world: WooWorld):
        world.server.faults.add("503-html", path="deposits")
        with pytest.raises(errors.Unreachable):
            world.adapter.list_settlements({}, 10)
