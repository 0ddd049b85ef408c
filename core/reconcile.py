"""What differs between a shop's order and Odoo's, and what a day's orders come to on both sides.

Pure: whoever calls has read both sides, and puts what is found into words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .canonical import ZERO, OrderHead, OrderStatus

#: In the shop such an order is over; nothing is sold by it (any more).
OVER = (OrderStatus.CANCELLED, OrderStatus.FAILED, OrderStatus.TRASHED)
#: Money is expected for such an order, or was there and has been given back.
COUNTED = (OrderStatus.PROCESSING, OrderStatus.COMPLETED, OrderStatus.REFUNDED)


@dataclass(frozen=True)
class KnownOrder:
    """What Odoo has of a shop's order.

    ``total``: what the shop's total should be by Odoo's lines; ``taken``: what it was when it was
    taken over. ``refunds``: ``{external id: amount}`` of those that are not known to be deleted;
    ``ours``: of these, what Odoo itself made.
    """

    external_id: str
    status_code: str
    total: Decimal
    taken: Decimal
    cancelled: bool = False
    cancelled_by_shop: bool = False
    confirmed: bool = True
    decided: bool = False
    refunds: Mapping[str, Decimal] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Difference:
    """``kind``: one of ``channel.variance``; ``shop`` and ``odoo``: codes or amounts as text;
    ``amount``: what the shop has more; ``fix``: ``import``, ``send`` or ``none``.
    """

    kind: str
    shop: str
    odoo: str
    amount: Decimal = ZERO
    fix: str = "import"


def order_differences(
    head: OrderHead | None, known: KnownOrder, status: OrderStatus
) -> Iterator[Difference]:
    """What differs of an order that Odoo knows.

    :param head: None where the shop does not have it any more
    :param status: what the shop's status means here, which a person may have mapped
    """
    if head is None:
        if not known.cancelled:
            yield Difference("order_gone", "", known.status_code, -known.total)
        return
    if status in OVER:
        if not known.cancelled:
            yield Difference("order_status", head.status_code, known.status_code, -known.total)
        return
    if known.cancelled:
        if status is not OrderStatus.REFUNDED:
            fix = "import" if known.cancelled_by_shop else "send"
            yield Difference("order_status", head.status_code, "cancelled", head.total, fix)
        return
    if head.status_code != known.status_code:
        yield Difference("order_status", head.status_code, known.status_code)
    if head.total != known.total and not known.decided:
        # where the shop's is as it was taken over Odoo's was changed by hand: a person decides
        fix = "none" if head.total == known.taken else "import"
        amount = head.total - known.total
        yield Difference("order_total", f"{head.total}", f"{known.total}", amount, fix)
    if known.confirmed:
        yield from _refund_differences(head, known)


def _refund_differences(head: OrderHead, known: KnownOrder) -> Iterator[Difference]:
    shown = {refund.external_id: refund.amount for refund in head.refunds}
    if shown.keys() == known.refunds.keys():
        return
    lost = known.refunds.keys() - shown.keys()
    fix = "send" if lost and lost <= known.ours and shown.keys() <= known.refunds.keys() else ""
    amount = sum(known.refunds.values(), ZERO) - sum(shown.values(), ZERO)
    yield Difference(
        "refund", _refunds_text(shown), _refunds_text(known.refunds), amount, fix or "import"
    )


def _refunds_text(refunds: Mapping[str, Decimal]) -> str:
    """``1.50 (#31), 2.00 (#32)``"""
    return ", ".join(f"{amount} (#{key})" for key, amount in sorted(refunds.items()))


# === MONEY OF A DAY === #


@dataclass(frozen=True)
class OrderMoney:
    """One order's money on both sides. ``gift_cards``: what the shop's total lacks.

    ``invoice_due``, ``payment_due``: whether Odoo should have it by now; ``tax`` None: not
    compared. ``explained``: another difference says why it is not the same.
    """

    external_id: str
    number: str
    total: Decimal
    tax: Decimal
    refunds: Decimal
    gift_cards: Decimal = ZERO
    invoiced: Decimal = ZERO
    invoiced_tax: Decimal = ZERO
    credited: Decimal = ZERO
    paid: Decimal = ZERO
    invoice_due: bool = False
    payment_due: bool = False
    explained: bool = False

    @property
    def net(self) -> Decimal:
        return self.total + self.gift_cards - self.refunds

    def missing(self, aspect: str) -> Decimal:
        """What Odoo lacks (negative: has too much) of :data:`ASPECTS`."""
        if aspect == "invoices":
            return self.net - (self.invoiced - self.credited) if self.invoice_due else ZERO
        if aspect == "payments":
            return self.net - self.paid if self.payment_due else ZERO
        if not self.invoice_due or self.refunds or self.missing("invoices"):
            return ZERO
        return self.tax - self.invoiced_tax


#: What of a day is compared: each is a row of its own where it differs.
ASPECTS = ("invoices", "payments", "tax")


@dataclass
class DayMoney:
    """What the orders of one day and currency come to; kept as JSON while a run goes on.

    ``wrong``: ``{aspect: {order's external id: [number, what Odoo lacks, explained]}}``
    """

    orders: int = 0
    gross: Decimal = ZERO
    tax: Decimal = ZERO
    refunds: Decimal = ZERO
    invoiced: Decimal = ZERO
    invoiced_tax: Decimal = ZERO
    credited: Decimal = ZERO
    paid: Decimal = ZERO
    wrong: dict[str, dict[str, list[Any]]] = field(default_factory=dict)

    def add(self, money: OrderMoney) -> None:
        self.orders += 1
        self.gross += money.total + money.gift_cards
        for name in ("tax", "refunds", "invoiced", "invoiced_tax", "credited", "paid"):
            setattr(self, name, getattr(self, name) + getattr(money, name))
        for aspect in ASPECTS:
            if missing := money.missing(aspect):
                row = [money.number, str(missing), money.explained]
                self.wrong.setdefault(aspect, {})[money.external_id] = row

    def missing(self, aspect: str, explained: bool = True) -> Decimal:
        """What Odoo lacks of the day; without what other differences explain."""
        rows = self.wrong.get(aspect, {}).values()
        return sum((Decimal(row[1]) for row in rows if explained or not row[2]), ZERO)

    def unexplained(self, aspect: str) -> Decimal:
        """The size of what no other difference explains; opposite ones do not level out."""
        rows = self.wrong.get(aspect, {}).values()
        return sum((abs(Decimal(row[1])) for row in rows if not row[2]), ZERO)

    def dump(self) -> dict[str, Any]:
        return {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def load(cls, values: Mapping[str, Any]) -> DayMoney:
        amounts = {one.name for one in fields(cls)} - {"orders", "wrong"}
        return cls(
            **{name: Decimal(value) if name in amounts else value for name, value in values.items()}
        )


def zone_of(name: str) -> tzinfo:
    """A shop's time zone: a name, or an offset such as ``UTC+5.5`` where it has no city.

    >>> datetime(2026, 1, 1, tzinfo=zone_of("UTC-3.5")).utcoffset() == timedelta(hours=-3.5)
    True
    """
    if match := re.fullmatch(r"UTC([+-]\d+(?:\.\d+)?)", name):
        return timezone(timedelta(hours=float(match[1])))
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.utc


def day_of(moment: datetime | None, zone: tzinfo) -> date | None:
    """The calendar day of a moment where the shop is."""
    return moment.astimezone(zone).date() if moment else None
