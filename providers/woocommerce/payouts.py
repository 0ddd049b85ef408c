"""Payouts of WooPayments as settlements, by the plug-in's own routes.

``wc/v3/payments/deposits`` lists the payouts, ``…/transactions?deposit_id=`` what each is made of.
The plug-in hands on what its service answers, in the smallest unit of the payout's currency.
https://github.com/Automattic/woocommerce-payments: docs/rest-api/…/deposits.md,
client/data/transactions/hooks.ts.

A payout is dated by its day of arrival and may be paid later than a younger one (holidays, slow
banks). So each run reads the last :data:`OVERLAP` days again and leaves out what it handed out.

The cursor (plain JSON)::

    {"since": "…",                 where the first run started, if anywhere
     "reached": "…",               day of the youngest payout that was handed out
     "handed_out": {id: day}}      within the overlap
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from ...core import errors
from ...core.canonical import Page, Record, Settlement, SettlementKind, SettlementLine
from . import const, fields
from .answer import Answer
from .client import WooClient

OVERLAP = timedelta(days=30)
Payload = Mapping[str, Any]

# === READING === #


def list_payouts(client: WooClient, cursor: Payload, limit: int) -> Page:
    """See :meth:`core.adapter.SettlementSource.list_settlements`: those that were paid.

    A shop without WooPayments has none, nor has one that never set it up.
    """
    since, reached = fields.moment(cursor.get("since")), fields.moment(cursor.get("reached"))
    start = max(filter(None, (since, reached and reached - OVERLAP)), default=None)
    handed_out = fields.mapping(cursor.get("handed_out"))
    records: list[Record] = []
    more = False
    for deposit in _deposits(client, start):
        if _id(deposit) in handed_out:
            continue
        if len(records) == max(1, limit):
            more = True
            break
        records.append(_record(client, deposit))
    return Page(tuple(records), _advance(cursor, handed_out, records), more)


def _advance(cursor: Payload, handed_out: Payload, records: list[Record]) -> dict[str, Any]:
    days = {record.external_id: _text(record.modified_at) for record in records}
    reached = max([fields.text(cursor.get("reached")), *days.values()])
    moment = fields.moment(reached)
    bound = _text(moment - OVERLAP) if moment else ""
    known = {**handed_out, **days}
    return {
        **{name: cursor[name] for name in ("since",) if cursor.get(name)},
        "reached": reached,
        "handed_out": {key: day for key, day in known.items() if day >= bound},
    }


def _deposits(client: WooClient, start: datetime | None) -> Iterator[Payload]:
    """Paid payouts since a moment, oldest first."""
    params: dict[str, Any] = {"status_is": "paid"}
    if start:
        # a second before: whether the service includes the moment itself isn't written anywhere
        params["date_after"] = f"{start - timedelta(seconds=1):%Y-%m-%d %H:%M:%S}"
    try:
        for deposit in _rows(client, "payments/deposits", params, "id"):
            day = _day(deposit)
            if _id(deposit) and day and (not start or day >= start):
                yield deposit
    except errors.Rejected as error:
        if error.code != "no_route" and error.params.get("channel_code") != const.NO_ACCOUNT:
            raise


def _record(client: WooClient, deposit: Payload) -> Record:
    """A payout with all its transactions."""
    fetched_at = datetime.now(timezone.utc)
    params = {"deposit_id": _id(deposit)}
    transactions = list(_rows(client, "payments/transactions", params, "transaction_id"))
    return Record(
        kind="settlement",
        external_id=_id(deposit),
        payload={"deposit": dict(deposit), "transactions": transactions},
        modified_at=_day(deposit),
        fetched_at=fetched_at,
    )


def _rows(client: WooClient, endpoint: str, params: Payload, key: str) -> Iterator[dict[str, Any]]:
    """Every row of a list, each once, until a page brings nothing new: the service may give
    smaller pages than asked for.
    """
    seen: set[str] = set()
    page, fresh = 1, True
    while fresh:
        query = {"sort": "date", "direction": "asc", "pagesize": const.MAX_PER_PAGE, "page": page}
        answer = _read(client, endpoint, {**params, **query})
        fresh = False
        for row in fields.records(answer.mapping().get("data")):
            identifier = fields.text(row.get(key))
            if identifier not in seen:
                seen.add(identifier)
                fresh = True
                yield row
        if len(seen) >= fields.money(answer.mapping().get("total_count")) > 0:
            return
        page += 1


def _read(client: WooClient, endpoint: str, params: Payload) -> Answer:
    """The plug-in hands on errors of its service without a status, which makes all of them 500."""
    try:
        return client.get(endpoint, params=params)
    except errors.Rejected as error:
        refused = error
    code = refused.params.get("channel_code")
    if refused.params.get("status") == 500 and code != const.NO_ACCOUNT:
        raise errors.ServerError("server_error", **refused.params)
    raise refused


# === MEANING === #


def parse_payout(payload: Payload) -> Settlement:
    """Translate a payout. Its lines don't contain the transfer to the bank itself.

    :raises errors.Rejected: ``not_a_settlement``, naming the ``field`` that no payout lacks
    """
    deposit = fields.mapping(payload.get("deposit"))
    currency = fields.text(deposit.get("currency")).upper()
    amount = fields.amount(deposit.get("amount"), None)
    if not _id(deposit) or amount is None or not currency:
        missing = "id" if not _id(deposit) else "currency" if not currency else "amount"
        raise errors.Rejected("not_a_settlement", field=missing)
    lines = [_line(row, currency) for row in fields.records(payload.get("transactions"))]
    return Settlement(
        external_id=_id(deposit),
        currency=currency,
        amount=major(amount, currency),
        paid_out_at=_day(deposit),
        lines=(*lines, *_payout_fee(deposit, currency)),
        gateway=const.WOOPAYMENTS,
    )


def _line(row: Payload, currency: str) -> SettlementLine:
    """One transaction. Its order's payment carries the intent; of an order that the shop doesn't
    know only the charge is named.
    """
    kind = _kind(row)
    amount, net = fields.money(row.get("amount")), fields.amount(row.get("net"), None)
    fee = -fields.money(row.get("fees")) if net is None else net - amount
    order, metadata = fields.mapping(row.get("order")), fields.mapping(row.get("metadata"))
    intent, charge = fields.text(row.get("payment_intent_id")), fields.text(row.get("charge_id"))
    charged, charged_currency = _charged(row, amount, currency)
    return SettlementLine(
        external_id=fields.text(row.get("transaction_id")),
        kind=const.SETTLEMENT_KINDS.get(kind, SettlementKind.UNKNOWN),
        amount=major(amount, currency),
        fee=major(fee, currency),
        transaction_id=intent or charge,
        other_ids=(charge,) if intent and charge and charge != intent else (),
        order_number=fields.plain(order.get("number")),
        occurred_at=fields.moment(row.get("date")),
        description=" ".join(filter(None, (kind, fields.plain(metadata.get("description"))))),
        code=kind,
        charged=charged,
        charged_currency=charged_currency,
    )


def _charged(row: Payload, amount: Decimal, currency: str) -> tuple[Decimal | None, str]:
    """What the customer paid or got back in a currency of his own; signed as the amount is."""
    other = fields.text(row.get("customer_currency")).upper()
    charged = fields.money(row.get("customer_amount"))
    if not charged or not other or other == currency:
        return None, ""
    return major(abs(charged) if amount >= 0 else -abs(charged), other), other


def _kind(row: Payload) -> str:
    """The fee of a card reader comes as a charge of its own type."""
    metadata = fields.mapping(row.get("metadata"))
    return fields.text(metadata.get("charge_type")) or fields.text(row.get("type"))


def _payout_fee(deposit: Payload, currency: str) -> tuple[SettlementLine, ...]:
    """What an instant payout costs is taken off its amount, and is no transaction."""
    fee = fields.money(deposit.get("fee"))
    if not fee:
        return ()
    return (
        SettlementLine(
            external_id=f"{_id(deposit)}/fee",
            kind=SettlementKind.FEE,
            amount=-major(fee, currency),
            occurred_at=_day(deposit),
            description="instant payout",
        ),
    )


def major(amount: Decimal, currency: str) -> Decimal:
    """An amount of the smallest unit in the currency itself: 1999 is 19.99 EUR, or 1999 JPY."""
    return amount.scaleb(-const.MINOR_DIGITS.get(currency, 2))


def _id(deposit: Payload) -> str:
    return fields.text(deposit.get("id"))


def _day(deposit: Payload) -> datetime | None:
    """The day of arrival: milliseconds since 1970, or a text in UTC."""
    value = deposit.get("date")
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / 1000, timezone.utc)
        except (ValueError, OverflowError, OSError):
            return None
    return fields.moment(value)


def _text(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
