"""Money that comes, waits and goes back in the fake shop, and what customers are mailed of it."""

from __future__ import annotations

from typing import Any

import pytest

from ...dev.woostore import Cart, Store
from .test_store_fulfillments import ADDRESS, ask

#: gateway -> what an authorised payment leaves, what a captured one leaves
CARDS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "stripe": (
        {"_stripe_charge_captured": "no"},
        {"_stripe_charge_captured": "yes", "_stripe_fee": "0.55", "_stripe_net": "19.45"},
    ),
    "woocommerce_payments": (
        {"_intention_status": "requires_capture"},
        {"_intention_status": "succeeded", "_wcpay_transaction_fee": "0.55"},
    ),
    "ppcp-gateway": (
        {"_ppcp_paypal_captured": "false", "_ppcp_paypal_intent": "AUTHORIZE"},
        {"_ppcp_paypal_captured": "true", "_ppcp_paypal_intent": "CAPTURE"},
    ),
}


@pytest.fixture
def store() -> Store:
    store = Store(tax_rates=[])
    store.add_product(sku="A", name="Alpha", regular_price="10.00", stock_quantity=50)
    return store


def place(store: Store, status: str | None = None, **more: Any) -> dict[str, Any]:
    return store.place_order(Cart(lines=[("A", 2)], billing=ADDRESS, **more), status)


def meta(order: dict[str, Any]) -> dict[str, Any]:
    return {entry["key"]: entry["value"] for entry in order["meta_data"]}


def kinds(store: Store, order: dict[str, Any]) -> list[str]:
    return [mail.kind for mail in store.mails_of(order["id"])]


# --- cards -------------------------------------------------------------------------------------


@pytest.mark.parametrize("gateway", CARDS)
def test_authorised_is_not_paid(store: Store, gateway: str) -> None:
    order = place(store, payment_method=gateway, authorised=True)
    assert (order["status"], order["date_paid"]) == ("on-hold", None)
    assert order["transaction_id"]
    assert CARDS[gateway][0].items() <= meta(order).items()
    assert store.product("A")["stock_quantity"] == 48
    done = store.capture(order["id"])
    assert (done["status"], done["date_paid"] is None) == ("processing", False)
    assert done["transaction_id"] == order["transaction_id"]
    assert CARDS[gateway][1].items() <= meta(done).items()
    assert store.product("A")["stock_quantity"] == 48
    with pytest.raises(ValueError, match="no authorised payment"):
        store.capture(order["id"])


@pytest.mark.parametrize("gateway", CARDS)
def test_paid_at_once(store: Store, gateway: str) -> None:
    order = place(store, payment_method=gateway)
    assert (order["status"], order["date_paid"] is None) == ("processing", False)
    assert CARDS[gateway][1].items() <= meta(order).items()
    other = place(store, payment_method=gateway)
    assert other["transaction_id"] not in ("", order["transaction_id"])


@pytest.mark.parametrize("status", ["processing", "completed"])
def test_orders_put_into_a_paid_status_have_a_transaction(store: Store, status: str) -> None:
    assert place(store, status, payment_method="stripe")["transaction_id"]
    assert place(store, status, payment_method="bacs")["transaction_id"] == ""
    assert place(store, "pending", payment_method="stripe")["transaction_id"] == ""


@pytest.mark.parametrize(
    ("gateway", "status", "captured"),
    [
        ("stripe", "processing", True),
        ("stripe", "completed", True),
        ("stripe", "cancelled", False),
        ("woocommerce_payments", "processing", False),
        ("woocommerce_payments", "completed", True),
        ("ppcp-gateway", "processing", False),
    ],
)
def test_plug_ins_act_on_a_status(store: Store, gateway: str, status: str, captured: bool) -> None:
    """A PUT of a status by REST may take a customer's money."""
    order = place(store, payment_method=gateway, authorised=True)
    done = ask(store, "PUT", f"wc/v3/orders/{order['id']}", {"status": status}).body
    assert (CARDS[gateway][1].items() <= meta(done).items()) == captured


def test_a_cancelled_authorisation_is_let_go(store: Store) -> None:
    order = place(store, payment_method="woocommerce_payments", authorised=True)
    done = store.update_order(order["id"], status="cancelled")
    assert meta(done)["_intention_status"] == "canceled"
    with pytest.raises(ValueError, match="no authorised payment"):
        store.capture(order["id"])


# --- later payments ----------------------------------------------------------------------------


def test_a_transfer_arrives(store: Store) -> None:
    order = place(store, payment_method="bacs")
    hook = store.webhooks.create({"topic": "order.updated", "delivery_url": "http://localhost"})
    paid = store.pay(order["id"])
    assert (paid["status"], paid["transaction_id"]) == ("processing", "")
    assert paid["date_paid"] is not None
    assert store.webhooks.pending == [(hook["id"], order["id"])]
    with pytest.raises(ValueError, match="processing"):
        store.pay(order["id"])


@pytest.mark.parametrize("status", ["pending", "failed", "cancelled"])
def test_a_card_is_paid_later(store: Store, status: str) -> None:
    order = place(store, status, payment_method="stripe")
    paid = store.pay(order["id"], "ch_late")
    assert (paid["status"], paid["transaction_id"]) == ("processing", "ch_late")
    assert store.product("A")["stock_quantity"] == 48


# --- refunds -----------------------------------------------------------------------------------


def refund(store: Store, order: dict[str, Any], **body: Any) -> Any:
    return ask(store, "POST", f"wc/v3/orders/{order['id']}/refunds", body).body


def test_a_refund_through_the_gateway_leaves_its_ids(store: Store) -> None:
    order = place(store, payment_method="woocommerce_payments")
    made = refund(store, order, amount="5.00", api_refund=True)
    assert made["refunded_payment"] is True
    assert set(meta(made)) == {"_wcpay_refund_id", "_wcpay_refund_transaction_id"}
    quiet = refund(store, order, amount="5.00", api_refund=False)
    assert (quiet["refunded_payment"], quiet["meta_data"]) == (False, [])


def test_an_authorised_payment_cannot_be_refunded(store: Store) -> None:
    order = place(store, payment_method="woocommerce_payments", authorised=True)
    answer = refund(store, order, amount="5.00")
    assert (answer["data"], "not captured" in answer["message"]) == (500, True)
    assert store.refunds == {}


def test_a_status_refunds_the_rest_and_says_what_it_did_not(store: Store) -> None:
    order = place(store, payment_method="stripe")
    store.refund_order(order["id"], amount="5.00")
    store.update_order(order["id"], status="refunded")
    store.update_order(order["id"], status="refunded")
    amounts = [row["amount"] for row in store.refunds.values()]
    assert amounts == ["5", "15"]
    assert "issue a refund through" in store.notes_of(order["id"])[-1]["note"]
    assert kinds(store, order) == ["processing", "partially_refunded", "refunded"]


# --- mails -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gateway", "expected"),
    [
        ("bacs", ["on_hold", "processing", "completed"]),
        ("cod", ["processing", "completed"]),
        ("stripe", ["processing", "completed"]),
    ],
)
def test_each_status_is_mailed_once(store: Store, gateway: str, expected: list[str]) -> None:
    order = place(store, payment_method=gateway)
    for status in ("processing", "processing", "completed", "completed", "processing"):
        ask(store, "PUT", f"wc/v3/orders/{order['id']}", {"status": status})
    assert kinds(store, order) == expected


@pytest.mark.parametrize(("version", "expected"), [("10.0.2", ["failed"]), ("8.9.3", [])])
def test_failures_are_mailed_to_customers_since_9_5(version: str, expected: list[str]) -> None:
    store = Store(version=version, hpos=False)
    store.add_product(sku="A", regular_price="1")
    order = place(store, "failed", payment_method="stripe")
    assert kinds(store, order) == expected
    store.update_order(order["id"], status="cancelled")
    assert kinds(store, order) == expected


def test_customer_notes_are_mailed_and_others_not(store: Store) -> None:
    order = place(store, payment_method="stripe")
    path = f"wc/v3/orders/{order['id']}/notes"
    for customer in (True, False, True):
        ask(store, "POST", path, {"note": "On its way", "customer_note": customer})
    mails = store.mails_of(order["id"], "customer_note")
    assert [mail.text for mail in mails] == ["On its way"] * 2


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        (["5.00"], ["partially_refunded"]),
        (["5.00", "15.00"], ["partially_refunded", "refunded"]),
        (["20.00"], ["refunded"]),
    ],
)
def test_refunds_are_mailed(store: Store, amounts: list[str], expected: list[str]) -> None:
    order = place(store, payment_method="stripe")
    for amount in amounts:
        refund(store, order, amount=amount, api_refund=False)
    assert kinds(store, order)[1:] == expected


def test_nobody_is_mailed_without_an_address(store: Store) -> None:
    order = store.place_order(Cart(lines=[("A", 1)], payment_method="stripe"))
    store.update_order(order["id"], status="completed")
    assert store.mails == []


def test_orders_made_by_rest_are_mailed_about(store: Store) -> None:
    body = {"status": "processing", "billing": ADDRESS, "line_items": [{"product_id": 11}]}
    order = ask(store, "POST", "wc/v3/orders", body).body
    assert kinds(store, order) == ["processing"]
    (note,) = (n["note"] for n in store.notes_of(order["id"]) if "status" in n["note"])
    assert note == "Order status changed from Pending payment to Processing."
