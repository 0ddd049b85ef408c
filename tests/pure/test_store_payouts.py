"""Payouts of WooPayments, as the fake shop makes and shows them."""

from __future__ import annotations

from typing import Any

import pytest

from ...dev.woostore import Cart, Store
from .test_store_fulfillments import ADDRESS, ask


@pytest.fixture
def store() -> Store:
    store = Store(tax_rates=[])
    store.features.add("woopayments")
    store.add_product(sku="A", regular_price="10.00")
    return store


def place(store: Store, quantity: int = 1, **more: Any) -> int:
    values = {"payment_method": "woocommerce_payments", **more}
    return store.place_order(Cart(lines=[("A", quantity)], billing=ADDRESS, **values))["id"]


def get(store: Store, path: str, query: str = "") -> Any:
    return ask(store, "GET", f"wc/v3/payments/{path}", query=query).body


def test_forty_charges_three_refunds_and_fees_make_one_deposit(store: Store) -> None:
    orders = [place(store, quantity) for quantity in range(1, 41)]
    refunds = [store.refund_order(number, amount="5.00")["id"] for number in orders[:3]]
    deposit = store.make_payout(orders, refunds, fees="123.45", date="2026-11-20")
    assert deposit["amount"] == 10_00 * 820 - 3 * 5_00 - 123_45
    rows = get(store, "transactions", f"deposit_id={deposit['id']}&pagesize=100")["data"]
    assert sum(row["net"] for row in rows) == deposit["amount"]
    assert sum(row["fees"] for row in rows) == 123_45
    assert all(row["net"] == row["amount"] - row["fees"] for row in rows)
    assert sorted(row["type"] for row in rows) == ["charge"] * 40 + ["refund"] * 3
    assert (deposit["date"], deposit["currency"]) == (1795132800000, "eur")


def test_a_charge_names_its_order_and_payment(store: Store) -> None:
    number = place(store, 2)
    order = ask(store, "GET", f"wc/v3/orders/{number}").body
    meta = {entry["key"]: entry["value"] for entry in order["meta_data"]}
    deposit = store.make_payout([number])
    (row,) = get(store, "transactions", f"deposit_id={deposit['id']}")["data"]
    assert row["payment_intent_id"] == order["transaction_id"] == meta["_intent_id"]
    assert row["charge_id"] == meta["_charge_id"]
    assert row["transaction_id"] == meta["_wcpay_payment_transaction_id"]
    assert row["order"]["number"] == str(number)
    assert (row["amount"], row["fees"]) == (20_00, 55)
    assert meta["_wcpay_transaction_fee"] == "0.55"


def test_a_refund_through_the_gateway_names_its_transaction(store: Store) -> None:
    number = place(store, 2)
    path = f"wc/v3/orders/{number}/refunds"
    refund = ask(store, "POST", path, {"amount": "5.00", "api_refund": True}).body
    meta = {entry["key"]: entry["value"] for entry in refund["meta_data"]}
    deposit = store.make_payout([number], [refund["id"]], fees="0")
    rows = get(store, "transactions", f"deposit_id={deposit['id']}&type_is=refund")["data"]
    assert [row["transaction_id"] for row in rows] == [meta["_wcpay_refund_transaction_id"]]
    assert (rows[0]["amount"], rows[0]["net"], deposit["amount"]) == (-5_00, -5_00, 15_00)
    assert refund["refunded_payment"] is True


def test_charges_of_other_gateways_keep_their_ids(store: Store) -> None:
    number = place(store, payment_method="stripe", transaction_id="ch_mine")
    deposit = store.make_payout([number], unknown=["7.00"], adjustments=[("Reader", "-2.00")])
    rows = store.transactions_of(deposit["id"])
    charges = [row for row in rows if row["type"] == "charge"]
    assert [row["charge_id"] == "ch_mine" for row in charges] == [True, False]
    assert ["order" in row for row in charges] == [True, False]
    assert [row["amount"] for row in rows if row["type"] == "adjustment"] == [-2_00]
    assert deposit["amount"] == sum(row["net"] for row in rows)


def test_another_currency_arrives_in_the_shops(store: Store) -> None:
    number = place(store, currency="USD")
    deposit = store.make_payout([number], fees="0.30", rates={"USD": "0.915"})
    (row,) = store.transactions_of(deposit["id"])
    assert (row["customer_amount"], row["customer_currency"]) == (10_00, "usd")
    assert (row["amount"], row["currency"], deposit["amount"]) == (9_15, "eur", 8_85)


@pytest.mark.parametrize(("currency", "decimals", "amount"), [("JPY", 0, 10), ("KWD", 3, 10_000)])
def test_smallest_units(currency: str, decimals: int, amount: int) -> None:
    store = Store(tax_rates=[], currency=currency, decimals=decimals)
    store.add_product(sku="A", regular_price="10")
    deposit = store.make_payout([place(store)], fees="0")
    assert deposit["amount"] == amount


def test_only_what_was_paid_is_paid_out(store: Store) -> None:
    with pytest.raises(ValueError, match="not paid"):
        store.make_payout([place(store, payment_method="bacs")])
    with pytest.raises(ValueError, match="charge"):
        store.make_payout(fees="1.00")
    assert store.payouts == {}


def test_a_deposit_may_be_negative(store: Store) -> None:
    number = place(store)
    refund = store.refund_order(number, amount="4.00")
    deposit = store.make_payout(refunds=[refund["id"]])
    assert (deposit["amount"], deposit["type"]) == (-4_00, "withdrawal")


def test_lists_have_pages_and_filters(store: Store) -> None:
    days = ("2026-11-18", "2026-11-19", "2026-11-20")
    made = [store.make_payout([place(store)], date=day) for day in days]
    pending = store.make_payout([place(store)], date="2026-11-21", status="pending")
    everything = get(store, "deposits")
    assert everything["total_count"] == 4
    newest = [pending["id"], *(deposit["id"] for deposit in reversed(made))]
    assert [row["id"] for row in everything["data"]] == newest
    pages = [get(store, "deposits", f"page={n}&pagesize=3")["data"] for n in (1, 2, 3)]
    assert [len(rows) for rows in pages] == [3, 1, 0]
    paid = get(store, "deposits", "status_is=paid&sort=date&direction=asc")["data"]
    assert [row["id"] for row in paid] == [deposit["id"] for deposit in made]
    late = get(store, "deposits", "date_after=2026-11-19%2000:00:00")["data"]
    assert [row["id"] for row in late] == newest[:2]
    assert get(store, "deposits/summary", "status_is=pending")["count"] == 1
    assert get(store, "transactions/summary")["count"] == 4


def test_a_single_deposit(store: Store) -> None:
    made = store.make_payout([place(store)])
    assert get(store, f"deposits/{made['id']}") == made
    missing = ask(store, "GET", "wc/v3/payments/deposits/po_none")
    assert (missing.status, missing.body["data"]) == (500, None)


def test_shops_without_the_plug_in(store: Store) -> None:
    store.features.clear()
    assert get(store, "deposits")["code"] == "rest_no_route"
    routes = ask(store, "GET", "wc/v3").body["routes"]
    assert not any("deposits" in path for path in routes)
    store.features.add("woopayments")
    assert "/wc/v3/payments/deposits" in ask(store, "GET", "wc/v3").body["routes"]


def test_strangers_are_turned_away(store: Store) -> None:
    store.keys.clear()
    assert ask(store, "GET", "wc/v3/payments/deposits").status == 401
