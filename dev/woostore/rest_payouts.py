"""Endpoints of WooPayments: deposits and transactions. The plug-in hands on what a service says."""

from __future__ import annotations

from typing import Any

from . import payouts
from .errors import RestError
from .rest import Answer, Call

Record = dict[str, Any]

DEPOSIT_FILTERS = {"status": "status", "store_currency": "currency"}
TRANSACTION_FILTERS = {
    "type": "type",
    "store_currency": "currency",
    "customer_currency": "customer_currency",
}


def _deposits(call: Call) -> list[Record]:
    return payouts.matching(call.store.payouts.values(), call.params, DEPOSIT_FILTERS)


def list_deposits(call: Call) -> Answer:
    rows = _deposits(call)
    shown = payouts.page_of(payouts.ordered(rows, call.params), call.params)
    return Answer({"data": [dict(row) for row in shown], "total_count": len(rows)})


def deposits_summary(call: Call) -> Answer:
    rows = _deposits(call)
    return Answer(
        {
            "count": len(rows),
            "store_currencies": sorted({row["currency"] for row in rows}),
            "total": sum(row["amount"] for row in rows),
            "currency": call.store.currency.lower(),
        }
    )


def view_deposit(call: Call) -> Answer:
    """One that is not there is an error of the service, without a status of its own."""
    deposit = call.store.payouts.get(str(call.args[0]))
    if deposit is None:
        text = f"Error: No such payout: '{call.args[0]}'"
        raise RestError("resource_missing", text, 500, bare=True)
    return Answer(dict(deposit))


def _transactions(call: Call) -> list[Record]:
    rows = list(call.store.transactions.values())
    if call.params.get("deposit_id"):
        rows = [row for row in rows if row["deposit_id"] == call.params["deposit_id"]]
    return payouts.matching(rows, call.params, TRANSACTION_FILTERS)


def list_transactions(call: Call) -> Answer:
    rows = payouts.ordered(_transactions(call), call.params)
    shown = payouts.page_of(rows, call.params)
    return Answer({"data": [payouts.transaction_json(call.store, row) for row in shown]})


def transactions_summary(call: Call) -> Answer:
    rows = _transactions(call)
    sums = {key: sum(row[key] for row in rows) for key in ("fees", "net")}
    return Answer(
        {
            "count": len(rows),
            "currency": call.store.currency.lower(),
            "total": sum(row["amount"] for row in rows),
            **sums,
            "store_currencies": sorted({row["currency"] for row in rows}),
            "customer_currencies": sorted({row["customer_currency"] for row in rows}),
        }
    )
