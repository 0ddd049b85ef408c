from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal as D

import pytest

from ...core.canonical import Address, LineKind, Order, OrderStatus
from ...core.fingerprint import fingerprint

ORDER = Order(
    "7",
    "7",
    OrderStatus.PENDING,
    "pending",
    "EUR",
    D("1.0"),
    D("0.00"),
    datetime(2026, 1, 2, tzinfo=timezone.utc),
    None,
)


def test_forty_hex_digits_that_never_change():
    text = '{"a":"é","b":[1,null],"c":"1.5"}'
    expected = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    assert fingerprint({"b": [1, None], "c": D("1.50"), "a": "é"}) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (D("1.0"), D("1.000")),
        (D("0"), D("-0.00")),
        (D("100"), D("1E+2")),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ((1, 2), [1, 2]),
        (LineKind.FEE, "fee"),
        (ORDER, replace(ORDER, total=D("1"))),
    ],
)
def test_same_meaning(one, other):
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    "changed",
    [
        {"total": D("1.01")},
        {"status": OrderStatus.ON_HOLD},
        {"billing": Address(city="Gent")},
        {"meta": {"gift": "yes"}},
        {"modified_at": datetime(2026, 1, 2, tzinfo=timezone.utc)},
    ],
)
def test_other_meaning(changed):
    assert fingerprint(ORDER) != fingerprint(replace(ORDER, **changed))
