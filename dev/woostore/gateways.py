"""What payment gateways leave in an order: ids, whether the money was taken, what it cost.

Source: the public plug-ins of Stripe, WooPayments and PayPal. A card that is only authorised
has a transaction id as well; it is taken later, or never.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import meta, notes
from .rounding import dec, fixed, half_up

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

FEE_RATE, FEE_FIXED = Decimal("0.015"), Decimal("0.25")


def authorise(store: Store, order: Record, reference: str = "") -> None:
    """The customer agreed, the money was not taken."""
    _write(store, order, reference, taken=False)


def take(store: Store, order: Record, reference: str = "") -> None:
    """The money was taken, at once or of an authorised card."""
    _write(store, order, reference, taken=True)


def is_uncaptured(order: Record) -> bool:
    values = {entry["key"]: entry["value"] for entry in order["meta_data"]}
    return (
        values.get("_stripe_charge_captured") == "no"
        or values.get("_intention_status") == "requires_capture"
        or values.get("_ppcp_paypal_captured") == "false"
    )


def fee_of(store: Store, amount: object) -> Decimal:
    """What a charge costs the shop."""
    return half_up(dec(amount) * FEE_RATE + FEE_FIXED, store.decimals)


def status_changed(store: Store, order: Record) -> None:
    """Plug-ins act on a status: they take an authorised payment, or let it go."""
    if not is_uncaptured(order):
        return
    takes = {"stripe": {"processing", "completed"}, "woocommerce_payments": {"completed"}}
    if order["status"] in takes.get(order["payment_method"], ()):
        take(store, order)
    elif order["status"] == "cancelled" and order["payment_method"] == "woocommerce_payments":
        meta.put(order["meta_data"], "_intention_status", "canceled")


def paid_back(store: Store, order: Record, refund: Record) -> None:
    """The gateway sent the money of a refund back, and says under which ids."""
    refund["refunded_payment"] = True
    number = f"re_{store.random_key(24)}"
    if not dec(refund["amount"]):
        return
    if order["payment_method"] == "woocommerce_payments":
        meta.put(refund["meta_data"], "_wcpay_refund_id", number)
        transaction = f"txn_{store.random_key(24)}"
        meta.put(refund["meta_data"], "_wcpay_refund_transaction_id", transaction)
        meta.put(order["meta_data"], "_wcpay_refund_status", "successful")
    elif order["payment_method"] == "stripe":
        meta.put(order["meta_data"], "_stripe_refund_id", number)
    amount = f"{fixed(refund['amount'], store.decimals)} {order['currency']}"
    notes.add(store, order["id"], f"Refunded {amount} - Refund ID: {number}")


# --- the gateways --------------------------------------------------------------------------------


def _write(store: Store, order: Record, reference: str, *, taken: bool) -> None:
    gateway = GATEWAYS.get(order["payment_method"], _other)
    order["transaction_id"] = reference or order["transaction_id"]
    for key, value in gateway(store, order, taken).items():
        meta.put(order["meta_data"], key, value)


def _known(order: Record, key: str, made: str) -> Any:
    return meta.value(order["meta_data"], key) or made


def _stripe(store: Store, order: Record, taken: bool) -> Record:
    """The transaction is the charge; fee and net are known once it is captured."""
    order["transaction_id"] = order["transaction_id"] or f"ch_{store.random_key(24)}"
    made: Record = {
        "_stripe_intent_id": _known(order, "_stripe_intent_id", f"pi_{store.random_key(24)}"),
        "_stripe_charge_captured": "yes" if taken else "no",
    }
    if taken:
        fee = fee_of(store, order["total"])
        made["_stripe_fee"] = fixed(fee, store.decimals)
        made["_stripe_net"] = fixed(dec(order["total"]) - fee, store.decimals)
        made["_stripe_currency"] = order["currency"]
    return made


def _woopayments(store: Store, order: Record, taken: bool) -> Record:
    """The transaction is the intent; payouts name the charge."""
    order["transaction_id"] = order["transaction_id"] or f"pi_{store.random_key(24)}"
    made: Record = {
        "_intent_id": order["transaction_id"],
        "_payment_method_id": _known(order, "_payment_method_id", f"pm_{store.random_key(24)}"),
        "_charge_id": _known(order, "_charge_id", f"ch_{store.random_key(24)}"),
        "_intention_status": "succeeded" if taken else "requires_capture",
        "_wcpay_intent_currency": order["currency"],
        "_charge_risk_level": "normal",
    }
    if taken:
        key = "_wcpay_payment_transaction_id"
        made[key] = _known(order, key, f"txn_{store.random_key(24)}")
        made["_wcpay_transaction_fee"] = fixed(fee_of(store, order["total"]), store.decimals)
    return made


def _paypal(store: Store, order: Record, taken: bool) -> Record:
    order["transaction_id"] = order["transaction_id"] or store.random_key(17).upper()
    made: Record = {
        "_ppcp_paypal_order_id": _known(
            order, "_ppcp_paypal_order_id", store.random_key(17).upper()
        ),
        "_ppcp_paypal_intent": "CAPTURE" if taken else "AUTHORIZE",
        "_ppcp_paypal_captured": "true" if taken else "false",
    }
    if taken:
        fee = {"currency_code": order["currency"], "value": str(fee_of(store, order["total"]))}
        made["_ppcp_paypal_fees"] = {"paypal_fee": fee}
    return made


def _other(store: Store, order: Record, taken: bool) -> Record:
    """A gateway nobody knows leaves its transaction's id."""
    order["transaction_id"] = order["transaction_id"] or f"pi_{store.random_key(24)}"
    return {}


GATEWAYS: dict[str, Callable[[Store, Record, bool], Record]] = {
    "stripe": _stripe,
    "woocommerce_payments": _woopayments,
    "ppcp-gateway": _paypal,
}
