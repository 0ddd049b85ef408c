"""Whatever a payload holds, it becomes canonical values or is refused."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ...core import errors
from ...core.canonical import Address
from ...core.fingerprint import fingerprint
from ...providers.woocommerce import fields
from ...providers.woocommerce.parse import parse_customer, parse_order
from .hostile import VALUES, mutated
from .woo import load, names
from .woo_orders import meta, parse


class TestBadData:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"id": None}, "id"),
            ({"id": 0}, "id"),
            ({"id": True}, "id"),
            ({"id": "12; drop"}, "id"),
            ({"total": ""}, "total"),
            ({"total": None}, "total"),
            ({"total": "abc"}, "total"),
            ({"total": "1e999999999"}, "total"),
            ({"total": "NaN"}, "total"),
            ({"total": [1]}, "total"),
            ({"status": ""}, "status"),
            ({"status": 5.5, "total": None}, "total"),
        ],
    )
    def test_not_an_order(self, changes, field):
        with pytest.raises(errors.Rejected) as caught:
            parse("percent_coupon", **changes)
        assert (caught.value.code, caught.value.params) == ("not_an_order", {"field": field})

    def test_signed_error_body(self):
        with pytest.raises(errors.Rejected):
            parse_order({"code": "woocommerce_rest_shop_order_invalid_id", "data": {"status": 404}})

    def test_a_wrong_optional_field_is_nothing(self):
        order = parse(
            "percent_coupon",
            billing="x",
            meta_data={"0": meta("a", "1"), "x": 5},
            line_items="none",
            tax_lines=None,
            refunds=[1],
            date_paid_gmt="yesterday",
            number=None,
            currency=None,
            parent_id="x",
        )
        assert order.billing == Address()
        assert order.meta == {"a": "1"}
        assert order.payment.paid_at is None
        assert order.refunds == ()
        assert order.currency == ""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2026-11-21T08:58:15", datetime(2026, 11, 21, 8, 58, 15, tzinfo=timezone.utc)),
            ("2026-11-21T08:58:15Z", datetime(2026, 11, 21, 8, 58, 15, tzinfo=timezone.utc)),
            ("2026-11-21T09:58:15+01:00", datetime(2026, 11, 21, 8, 58, 15, tzinfo=timezone.utc)),
            ("0001-01-01T00:00:00+14:00", None),
            ("0000-00-00T00:00:00", None),
            ("", None),
            (None, None),
            (5, None),
        ],
    )
    def test_moments(self, text, expected):
        assert fields.moment(text) == expected


ORDERS = [load(name) for name in names("order")]


@given(st.dictionaries(st.sampled_from(["id", "email", "billing", "meta_data"]), VALUES))
def test_whatever_comes_is_a_customer_or_refused(payload):
    try:
        assert parse_customer(payload).external_id.isdigit()
    except errors.Rejected as error:
        assert error.code == "not_a_customer"


@settings(max_examples=300)
@given(mutated(ORDERS))
def test_whatever_comes_is_an_order_or_refused(payload):
    try:
        order = parse_order(payload)
    except errors.Rejected as error:
        assert error.code == "not_an_order"
        return
    amounts = [order.total, order.total_tax, *(item.total for item in order.lines)]
    assert all(isinstance(amount, D) and amount.is_finite() for amount in amounts)
    assert all(
        moment is None or moment.utcoffset() is not None
        for moment in (order.created_at, order.modified_at, order.payment.paid_at)
    )
    assert "\x00" not in order.billing.name + order.number + order.customer_note
    fingerprint(order)


@pytest.mark.parametrize("name", names("order"))
def test_the_same_payload_is_the_same_order(name):
    payload = load(name)
    again = json.loads(json.dumps(payload, sort_keys=True))
    assert fingerprint(parse_order(payload)) == fingerprint(parse_order(again))
