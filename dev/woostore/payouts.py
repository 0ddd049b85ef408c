"""Payouts of WooPayments: deposits, and the transactions they are made of.

Amounts are whole numbers in the currency's smallest unit. A transaction's ``net`` is its amount
less its ``fees``; refunds are negative; a deposit is the sum of its nets. Source: the plug-in's
public code and manual; the service behind it is not public, so that what it alone decides (signs,
which fields are empty) is taken from Stripe's balance transactions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import gateways, meta
from .clock import GMT, STAMP
from .rounding import dec, half_up

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

NO_DECIMALS = {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX"}
NO_DECIMALS |= {"VND", "VUV", "XAF", "XOF", "XPF"}
THREE_DECIMALS = {"BHD", "JOD", "KWD", "OMR", "TND"}


def places(currency: str) -> int:
    """Decimals of a currency, whatever the shop shows."""
    code = currency.upper()
    return 0 if code in NO_DECIMALS else 3 if code in THREE_DECIMALS else 2


def minor(amount: object, currency: str) -> int:
    """An amount in the currency's smallest unit."""
    return int(half_up(dec(amount).scaleb(places(currency)), 0))


def make(
    store: Store,
    order_ids: Iterable[int],
    refund_ids: Iterable[int],
    *,
    fees: str | None,
    adjustments: Iterable[tuple[str, ...]],
    unknown: Iterable[str],
    day: date | str | None,
    status: str,
    rates: Mapping[str, str],
) -> Record:
    """See ``Store.make_payout``."""
    arrival = _day(store, day)
    charges = [_charge(store, store.orders[number], rates) for number in order_ids]
    charges += [_stranger(store, amount, arrival) for amount in unknown]
    _set_fees(store, charges, fees)
    rows = [*charges, *(_refund(store, store.refunds[number], rates) for number in refund_ids)]
    rows += [_adjustment(store, arrival, *row) for row in adjustments]
    deposit = _deposit(store, sum(row["net"] for row in rows), arrival, status)
    for row in rows:
        row.update(deposit_id=deposit["id"], deposit_status=status)
        store.transactions[row["transaction_id"]] = row
    store.payouts[deposit["id"]] = deposit
    return deposit


def _day(store: Store, day: date | str | None) -> date:
    if isinstance(day, str):
        return date.fromisoformat(day)
    return day or store.clock.now().date()


def _deposit(store: Store, amount: int, arrival: date, status: str) -> Record:
    seconds = int(datetime(arrival.year, arrival.month, arrival.day, tzinfo=GMT).timestamp())
    return {
        "id": f"po_{store.random_key(24)}",
        "date": seconds * 1000,
        "type": "deposit" if amount >= 0 else "withdrawal",
        "amount": amount,
        "status": status,
        "bankAccount": f"STRIPE TEST BANK •••• 3000 ({store.currency})",
        "currency": store.currency.lower(),
        "automatic": True,
        "fee": 0,
        "fee_percentage": 0,
        "created": seconds,
    }


def _transaction(store: Store, kind: str, stamp: str, amount: int, **values: Any) -> Record:
    blank = {
        "transaction_id": f"txn_{store.random_key(24)}",
        "date": stamp.replace("T", " "),
        "type": kind,
        "channel": "online",
        "source": "",
        "source_identifier": "",
        "source_device": None,
        "customer_name": "",
        "customer_email": "",
        "customer_country": "",
        "amount": amount,
        "fees": 0,
        "net": amount,
        "currency": store.currency.lower(),
        "customer_amount": amount,
        "customer_currency": store.currency.lower(),
        "risk_level": 0,
        "charge_id": "",
        "loan_id": None,
        "metadata": [],
        "available_on": f"{stamp[:10]} 00:00:00",
    }
    return {**blank, **values}


def _of_order(
    store: Store,
    kind: str,
    order: Record,
    amount: Decimal,
    rates: Mapping[str, str],
    stamp: str,
    **more: Any,
) -> Record:
    """The amount as the customer paid it, as the shop gets it, and who the customer is."""
    billing, currency = order["billing"], order["currency"]
    rate = Decimal(1) if currency == store.currency else dec(rates[currency])
    values = {
        "customer_amount": minor(amount, currency),
        "customer_currency": currency.lower(),
        "customer_name": f"{billing['first_name']} {billing['last_name']}".strip(),
        "customer_email": billing.get("email", ""),
        "customer_country": billing["country"],
        "source": "visa",
        "source_identifier": "4242",
        "charge_id": charge_id(order),
        "_order_id": order["id"],
    }
    return _transaction(store, kind, stamp, minor(amount * rate, store.currency), **values, **more)


def charge_id(order: Record) -> str:
    """Of WooPayments, of Stripe, else whatever transaction the order names."""
    return str(meta.value(order["meta_data"], "_charge_id") or order["transaction_id"])


def intent_id(order: Record) -> str:
    for key in ("_intent_id", "_stripe_intent_id"):
        if meta.find(order["meta_data"], key):
            return str(meta.value(order["meta_data"], key))
    return order["transaction_id"]


def _charge(store: Store, order: Record, rates: Mapping[str, str]) -> Record:
    if not order["date_paid_gmt"] or not order["transaction_id"]:
        raise ValueError(f"order {order['id']} was not paid through a gateway")
    known = _known(store, order, "_wcpay_payment_transaction_id")
    stamp = order["date_paid_gmt"]
    return _of_order(store, "charge", order, dec(order["total"]), rates, stamp, **known)


def _known(store: Store, record: Record, key: str) -> Record:
    """The transaction's id, where the gateway has written it down and it is not used up."""
    value = meta.value(record["meta_data"], key)
    return {"transaction_id": value} if value and value not in store.transactions else {}


def _stranger(store: Store, amount: str, arrival: date) -> Record:
    """A charge of another shop of the same account."""
    charge = f"ch_{store.random_key(24)}"
    taken = minor(amount, store.currency)
    stamp = f"{arrival.isoformat()}T00:00:00"
    return _transaction(store, "charge", stamp, taken, charge_id=charge, source="visa")


def _refund(store: Store, refund: Record, rates: Mapping[str, str]) -> Record:
    known = _known(store, refund, "_wcpay_refund_transaction_id")
    order, stamp = store.orders[refund["parent_id"]], refund["date_created_gmt"]
    return _of_order(store, "refund", order, -dec(refund["amount"]), rates, stamp, **known)


def _adjustment(
    store: Store, arrival: date, text: str, amount: str, kind: str = "adjustment"
) -> Record:
    stamp = f"{arrival.isoformat()}T00:00:00"
    taken = minor(amount, store.currency)
    return _transaction(store, kind, stamp, taken, metadata={"description": text})


def _set_fees(store: Store, charges: list[Record], fees: str | None) -> None:
    """Each charge's usual fee, or a sum that is spread over the charges, the rest on the last."""
    if fees is None:
        for row in charges:
            taken = Decimal(row["amount"]).scaleb(-places(store.currency))
            row["fees"] = minor(gateways.fee_of(store, taken), store.currency)
    elif charges:
        left = minor(fees, store.currency)
        for index, row in enumerate(charges):
            row["fees"] = left // (len(charges) - index)
            left -= row["fees"]
    elif minor(fees, store.currency):
        raise ValueError("fees need a charge")
    for row in charges:
        row["net"] = row["amount"] - row["fees"]


# --- reading -----------------------------------------------------------------------------------


def transaction_json(store: Store, record: Record) -> Record:
    """With the order it belongs to, if the shop knows one."""
    out = {key: value for key, value in record.items() if not key.startswith("_")}
    order = store.orders.get(record.get("_order_id", 0))
    if order is None:
        return out
    admin = f"{store.url}/wp-admin/admin.php?page=wc-orders&action=edit&id={order['id']}"
    out["order"] = {
        "number": order.get("number") or str(order["id"]),
        "url": admin,
        "customer_url": None,
    }
    out["payment_intent_id"] = intent_id(order)
    return out


def matching(rows: Iterable[Record], params: Record, columns: Mapping[str, str]) -> list[Record]:
    """``columns``: filter to field, so that ``type_is`` and ``type_is_not`` work; and dates."""
    out = list(rows)
    for name, column in columns.items():
        for suffix, keeps in (("_is", True), ("_is_not", False)):
            wanted = str(params.get(name + suffix) or "").lower()
            if wanted:
                out = [row for row in out if (str(row[column]).lower() == wanted) == keeps]
    return _in_dates(out, params)


def _in_dates(rows: list[Record], params: Record) -> list[Record]:
    after, before = params.get("date_after"), params.get("date_before")
    between = params.get("date_between")
    if isinstance(between, list) and len(between) == 2:
        after, before = between
    if after:
        rows = [row for row in rows if _moment(row) > str(after)]
    if before:
        rows = [row for row in rows if _moment(row) < str(before)]
    return rows


def _moment(row: Record) -> str:
    """Deposits have milliseconds, transactions a text in UTC."""
    if isinstance(row["date"], str):
        return row["date"]
    return datetime.fromtimestamp(row["date"] / 1000, GMT).strftime(STAMP).replace("T", " ")


def ordered(rows: list[Record], params: Record) -> list[Record]:
    column = str(params.get("sort") or "date")
    newest_first = params.get("direction") != "asc"
    return sorted(rows, key=lambda row: row.get(column) or 0, reverse=newest_first)


def page_of(rows: list[Record], params: Record) -> list[Record]:
    """Pages count from 1; without one, or with 0, it is the first."""
    page, size = _whole(params.get("page"), 1) or 1, _whole(params.get("pagesize"), 25)
    return rows[(page - 1) * size : page * size]


def _whole(value: Any, default: int) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return default
