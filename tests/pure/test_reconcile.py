"""What differs of an order, and what a day comes to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from ...core.canonical import OrderHead, OrderStatus, RefundRef
from ...core.reconcile import (
    DayMoney,
    KnownOrder,
    OrderMoney,
    day_of,
    order_differences,
    zone_of,
)

TEN = Decimal("10.00")
HEAD = OrderHead("1", "1", OrderStatus.PROCESSING, "processing", "EUR", TEN)
KNOWN = KnownOrder("1", "processing", TEN, TEN)
REFUND = RefundRef("7", Decimal("2.00"))


def found(head: Any, known: KnownOrder, status: OrderStatus | None = None) -> list[tuple]:
    meaning = status or (head.status if head else OrderStatus.UNKNOWN)
    return [(one.kind, one.fix, str(one.amount)) for one in order_differences(head, known, meaning)]


def shop(status: OrderStatus = OrderStatus.PROCESSING, **values: Any) -> OrderHead:
    return replace(HEAD, status=status, status_code=status.value, **values)


@pytest.mark.parametrize(
    ("head", "known", "expected"),
    [
        (HEAD, KNOWN, []),
        (None, KNOWN, [("order_gone", "import", "-10.00")]),
        (None, replace(KNOWN, cancelled=True), []),
        (shop(OrderStatus.TRASHED), KNOWN, [("order_status", "import", "-10.00")]),
        (shop(OrderStatus.CANCELLED), replace(KNOWN, cancelled=True), []),
        (HEAD, replace(KNOWN, cancelled=True), [("order_status", "send", "10.00")]),
        (
            HEAD,
            replace(KNOWN, cancelled=True, cancelled_by_shop=True),
            [("order_status", "import", "10.00")],
        ),
        (shop(OrderStatus.REFUNDED), replace(KNOWN, cancelled=True), []),
        (shop(OrderStatus.COMPLETED), KNOWN, [("order_status", "import", "0")]),
        (shop(total=Decimal("12.00")), KNOWN, [("order_total", "import", "2.00")]),
        (HEAD, replace(KNOWN, total=Decimal("9.00")), [("order_total", "none", "1.00")]),
        (HEAD, replace(KNOWN, total=Decimal("9.00"), decided=True), []),
        (shop(refunds=(REFUND,)), KNOWN, [("refund", "import", "-2.00")]),
        (shop(refunds=(REFUND,)), replace(KNOWN, confirmed=False), []),
        (shop(refunds=(REFUND,)), replace(KNOWN, refunds={"7": Decimal("2.00")}), []),
        (HEAD, replace(KNOWN, refunds={"7": Decimal("2.00")}), [("refund", "import", "2.00")]),
        (
            HEAD,
            replace(KNOWN, refunds={"7": Decimal("2.00")}, ours=frozenset("7")),
            [("refund", "send", "2.00")],
        ),
        (
            shop(refunds=(RefundRef("8", TEN),)),
            replace(KNOWN, refunds={"7": Decimal("2.00")}, ours=frozenset("7")),
            [("refund", "import", "-8.00")],
        ),
    ],
)
def test_order_differences(head, known, expected):
    assert found(head, known) == expected


def test_a_status_means_what_a_person_says():
    head = replace(HEAD, status=OrderStatus.UNKNOWN, status_code="annulled")
    assert found(head, KNOWN, OrderStatus.CANCELLED) == [("order_status", "import", "-10.00")]


# === MONEY === #

MONEY = OrderMoney(
    "1",
    "1",
    total=TEN,
    tax=Decimal("1.74"),
    refunds=Decimal("2.00"),
    invoiced=TEN,
    invoiced_tax=Decimal("1.74"),
    credited=Decimal("2.00"),
    paid=Decimal("8.00"),
    invoice_due=True,
    payment_due=True,
)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, {}),
        ({"credited": Decimal(0)}, {"invoices": "-2.00"}),
        ({"invoiced": Decimal(0), "credited": Decimal(0)}, {"invoices": "8.00"}),
        ({"invoiced": Decimal(0), "invoice_due": False}, {}),
        ({"paid": Decimal(0)}, {"payments": "8.00"}),
        ({"paid": Decimal(0), "payment_due": False}, {}),
        ({"gift_cards": Decimal("1.00")}, {"invoices": "1.00", "payments": "1.00"}),
        # a refund's tax is not known, so an order with one says nothing of the tax
        ({"invoiced_tax": Decimal(0)}, {}),
        (
            {
                "refunds": Decimal(0),
                "credited": Decimal(0),
                "paid": TEN,
                "invoiced_tax": Decimal("1.70"),
            },
            {"tax": "0.04"},
        ),
    ],
)
def test_money_of_an_order(values, expected):
    day = DayMoney()
    day.add(replace(MONEY, **values))
    assert {aspect: str(day.missing(aspect)) for aspect in day.wrong} == expected


def test_a_day_survives_being_stored():
    day = DayMoney()
    day.add(MONEY)
    day.add(replace(MONEY, external_id="2", paid=Decimal(0), explained=True))
    day.add(replace(MONEY, external_id="3", paid=Decimal("9.00")))
    assert DayMoney.load(json.loads(json.dumps(day.dump()))) == day
    assert (day.orders, day.gross, day.paid) == (3, Decimal("30.00"), Decimal("17.00"))
    assert day.missing("payments") == Decimal("7.00")
    assert day.missing("payments", explained=False) == Decimal("-1.00")
    assert day.unexplained("payments") == Decimal("1.00")


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Madrid", date(2026, 3, 2)),
        ("America/New_York", date(2026, 3, 1)),
        ("UTC+1", date(2026, 3, 2)),
        ("UTC-3.5", date(2026, 3, 1)),
        ("", date(2026, 3, 1)),
        ("Mars/Olympus", date(2026, 3, 1)),
    ],
)
def test_the_day_is_the_shops(zone, expected):
    assert day_of(datetime(2026, 3, 1, 23, 30, tzinfo=timezone.utc), zone_of(zone)) == expected
