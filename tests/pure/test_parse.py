"""WooCommerce's orders and customers become canonical values."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timezone
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ...core import errors
from ...core.canonical import (
    Address,
    Coupon,
    GiftCard,
    LineKind,
    Order,
    OrderStatus,
    ProductRef,
    RefundRef,
    TaxAmount,
    TaxRate,
)
from ...core.fingerprint import fingerprint
from ...providers.woocommerce import const, fields
from ...providers.woocommerce.parse import parse_customer, parse_order
from .woo import load, names


def parse(name: str, **changes: Any) -> Order:
    return parse_order({**load(f"order__{name}"), **changes})


def line(**item: Any) -> Any:
    """The only line of an order with one product line."""
    base = {"id": 5, "name": "Mug", "product_id": 3, "quantity": 1, "total": "1", "total_tax": "0"}
    return parse("empty", line_items=[{**base, **item}]).lines[0]


def meta(key: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"id": 1, "key": key, "value": value, **more}


class TestHeader:
    def test_a_whole_order(self):
        order = parse("percent_coupon")
        assert (order.external_id, order.number, order.currency) == ("157", "157", "EUR")
        assert (order.status, order.status_code) == (OrderStatus.PROCESSING, "processing")
        assert (order.total, order.total_tax, order.total_untaxed) == (
            D("29.46"),
            D("5.11"),
            D("24.35"),
        )
        assert order.created_at == datetime(2026, 11, 21, 8, 58, 11, tzinfo=timezone.utc)
        assert order.modified_at == order.created_at
        assert order.prices_include_tax
        assert order.created_via == "store-api"
        assert order.customer_external_id == ""
        assert order.coupons == (Coupon("pct10", D("2.16"), D("0.45"), "percent"),)
        assert order.meta == {"is_vat_exempt": "no"}

    @pytest.mark.parametrize(("code", "status"), const.ORDER_STATUS.items())
    def test_statuses(self, code, status):
        assert parse("empty", status=code).status is status
        assert parse("empty", status=f"wc-{code}").status_code == code

    def test_unknown_status_keeps_its_word(self):
        order = parse("empty", status="awaiting-shipment")
        assert (order.status, order.status_code) == (OrderStatus.UNKNOWN, "awaiting-shipment")

    def test_draft_and_trash(self):
        assert parse("checkout_draft").status is OrderStatus.DRAFT
        assert parse("trashed").status is OrderStatus.TRASHED

    def test_custom_number(self):
        assert parse("custom_number_and_status").number == "WEB-2026-000487"

    def test_number_falls_back_to_id(self):
        assert parse("empty", number="").number == "195"

    def test_only_a_paid_date_means_paid(self):
        unpaid, paid = parse("percent_coupon"), parse("paid_with_transaction")
        assert (unpaid.payment.method, unpaid.payment.paid_at) == ("cod", None)
        assert paid.payment.paid_at == datetime(2026, 11, 21, 8, 58, 27, tzinfo=timezone.utc)
        assert paid.payment.transaction_id == load("order__paid_with_transaction")["transaction_id"]

    def test_nothing_to_pay(self):
        assert parse("empty").payment.method == ""

    def test_refunds(self):
        assert [refund.amount for refund in parse("two_refunds").refunds] == [D("1.21"), D("1.21")]

    def test_minus_zero(self):
        order = parse("zero_refund")
        assert order.refunds == (RefundRef("488", D(0), "alleen aantal"),)
        assert str(parse("empty", total="-0.00").total) == "0.00"

    def test_yen_has_its_decimals_in_the_shop(self):
        order = parse("jpy")
        assert (order.currency, order.total) == ("JPY", D("1500.00"))

    def test_parent_and_note(self):
        order = parse("empty", parent_id=12, customer_note="Ring twice &amp; wait<br>Thanks")
        assert order.parent_external_id == "12"
        assert order.customer_note == "Ring twice & wait\nThanks"

    def test_attribution(self):
        order = parse(
            "empty",
            meta_data=[
                meta("_wc_order_attribution_utm_source", "google"),
                meta("_wc_order_attribution_utm_medium", "cpc"),
                meta("_wc_order_attribution_utm_campaign", "Black &amp; Friday"),
                meta("_wc_order_attribution_device_type", "Mobile"),
            ],
        )
        assert order.utm == {"source": "google", "medium": "cpc", "campaign": "Black & Friday"}
        assert order.meta == {}

    @pytest.mark.parametrize(
        ("items", "risk"),
        [
            ({"_wcpay_fraud_outcome_status": "review"}, "_wcpay_fraud_outcome_status: review"),
            ({"_wcpay_fraud_outcome_status": "allow"}, ""),
            (
                {
                    "_wcpay_fraud_outcome_status": "review",
                    "_wcpay_fraud_meta_box_type": "review_allowed",
                },
                "",
            ),
            ({"_charge_risk_level": "elevated"}, "_charge_risk_level: elevated"),
            ({"_charge_risk_level": "normal"}, ""),
            ({}, ""),
        ],
    )
    def test_risk(self, items, risk):
        assert parse("empty", meta_data=[meta(*pair) for pair in items.items()]).risk == risk

    @pytest.mark.parametrize(
        ("payload", "cards"),
        [
            (
                {"gift_cards": [{"id": 1, "code": "AB-12", "amount": 12.5}]},
                (GiftCard("AB-12", D("12.5")),),
            ),
            (
                {"meta_data": [meta("_ywgc_applied_gift_cards", {"XY": "5.00"})]},
                (GiftCard("XY", D("5.00")),),
            ),
            (
                {
                    "meta_data": [
                        meta("_ywgc_applied_gift_cards", {"XY": "5.00"}),
                        meta("ywgc_gift_card_updated_as_fee", "1"),
                    ]
                },
                (),
            ),
            ({"gift_cards": [{"code": "AB", "amount": 0}]}, ()),
        ],
    )
    def test_gift_cards(self, payload, cards):
        assert parse("empty", **payload).gift_cards == cards

    @pytest.mark.parametrize("name", names("order"))
    def test_no_secret_is_copied(self, name):
        payload = load(name)
        key = payload["order_key"] or payload["payment_url"]
        assert key
        order = parse_order({**payload, "meta_data": [meta("my_api_token", "s3cr3t")]})
        assert key not in repr(order)
        assert "s3cr3t" not in repr(order)


class TestMeta:
    def test_custom_fields_only(self):
        order = parse("vat_and_add_on")
        assert order.meta == {
            "_billing_vat": "BE0123456789",
            "vat_number": "BE0123456789",
            "is_vat_exempt": "yes",
            "arr": {"x": [1, 2]},
            "dup": "2",
        }

    def test_additional_checkout_fields(self):
        order = parse("empty", meta_data=[meta("_wc_other/my/gate-code", "12"), meta("_x", "1")])
        assert order.meta == {"_wc_other/my/gate-code": "12"}

    def test_the_first_of_a_key_counts(self):
        assert parse("empty", meta_data=[meta("a", "1"), meta("a", "2")]).meta == {"a": "1"}


class TestAddress:
    def test_company_abroad(self):
        billing = parse("company").billing
        assert billing == Address(
            first_name="Hans",
            last_name="Müller",
            company="Müller & Söhne GmbH",
            street="Straat 12 bus 3",
            street2="Apt. 4B",
            city="Berlin",
            zip="10115",
            state="DE-BE",
            country="DE",
            phone="+49 (0)30 123456",
            email="hans@example.com",
        )

    def test_shipping_address(self):
        order = parse("other_shipping_address")
        assert (order.billing.street, order.shipping.street) == (
            "Straat 12 bus 3",
            "Rue de la Paix 5",
        )

    def test_without_shipping_address(self):
        blank = dict.fromkeys(load("order__empty")["shipping"], "")
        assert not parse("empty", shipping=blank).shipping
        assert not parse("empty", shipping={**blank, "country": "BE"}).shipping

    @pytest.mark.parametrize(
        "place",
        [
            {"meta_data": [meta(key, " BE0123456789 ")]}
            for name in const.VAT_KEYS
            for key in (name, f"_{name}")
        ]
        + [
            {"billing": {"vat_number": "BE0123456789"}},
            {"meta_data": [meta("_wc_billing/my-shop/vat-id", "BE0123456789")]},
        ],
    )
    def test_vat_number(self, place):
        assert parse("empty", **place).billing.vat == "BE0123456789"

    def test_vat_of_recordings(self):
        assert parse("vat_and_add_on").billing.vat == "BE0123456789"
        assert parse_customer(load("customer__company_vat")).billing.vat == "DE123456789"

    def test_escaped_and_broken_text(self):
        order = parse(
            "empty",
            billing={
                "first_name": "Ann &amp; Bob",
                "last_name": " O&#039;Neil\u0000 ",
                "company": "5 &lt; 6",
                "city": "A\nB",
                "postcode": 1000,
                "country": "be",
                "state": None,
                "phone": ["x"],
            },
        )
        assert order.billing == Address(
            first_name="Ann & Bob",
            last_name="O'Neil",
            company="5 < 6",
            city="A B",
            zip="1000",
            country="BE",
        )


class TestLines:
    def test_products(self):
        first = parse("percent_coupon").lines[0]
        assert first.product == ProductRef("18", "", "SKU-0005")
        assert (first.kind, first.quantity) == (LineKind.PRODUCT, D(2))
        assert (first.subtotal, first.subtotal_tax) == (D("12.38"), D("2.60"))
        assert (first.total, first.total_tax) == (D("11.14"), D("2.34"))
        assert first.taxes == (TaxAmount("1", D("2.34")),)

    def test_shipping(self):
        shipping = parse("percent_coupon").lines[-1]
        assert (shipping.kind, shipping.code, shipping.instance, shipping.name) == (
            LineKind.SHIPPING,
            "flat_rate",
            "1",
            "bpost",
        )
        assert (shipping.total, shipping.total_tax) == (D("4.95"), D("1.04"))
        assert shipping.notes == ()

    def test_shipping_method_with_its_instance_in_one_field(self):
        order = parse("empty", shipping_lines=[{"id": 9, "method_id": "flat_rate:3", "total": "1"}])
        assert (order.lines[0].code, order.lines[0].instance) == ("flat_rate", "3")

    def test_pickup_location(self):
        order = parse(
            "empty",
            shipping_lines=[
                {
                    "id": 9,
                    "method_id": "pickup_location",
                    "meta_data": [
                        meta("pickup_location", "Shop Gent", display_key="Pickup location"),
                        meta("Items", "Mug &times; 1"),
                    ],
                }
            ],
        )
        assert order.lines[0].notes == (("Pickup location", "Shop Gent"),)

    def test_negative_fee_carries_its_parts(self):
        fee = parse("negative_fee_raw_taxes").lines[-1]
        assert (fee.kind, fee.name, fee.total, fee.total_tax) == (
            LineKind.FEE,
            "Cadeaubon",
            D("-2.48"),
            D("-0.52"),
        )
        assert fee.taxes == (TaxAmount("1", D("-0.5208")),)

    def test_fee_over_several_classes(self):
        taxes = [{"id": 1, "total": "-0.5208"}, {"id": 2, "total": "-0.15"}, {"id": 3, "total": ""}]
        fee = parse(
            "empty",
            fee_lines=[{"id": 4, "name": "", "tax_class": "0", "total": "-5", "taxes": taxes}],
        ).lines[0]
        assert fee.taxes == (TaxAmount("1", D("-0.5208")), TaxAmount("2", D("-0.15")))
        assert (fee.tax_class, fee.quantity) == ("", D(1))

    def test_deleted_product(self):
        lines = parse("deleted_product").lines
        assert (lines[0].product.key, lines[0].product.sku) == ("", "")
        assert (lines[0].name, lines[0].total) == ("Wordt verwijderd", D("24.79"))

    def test_variations(self):
        first = parse("variations").lines[0]
        assert (first.product.external_id, first.product.key) == ("88", "89")
        assert first.name == "T-shirt model 1 - Rood, S"
        assert first.notes == ()

    def test_attributes_that_the_name_lacks(self):
        lines = parse("custom_attribute").lines
        assert lines[0].notes == (("Lengte (cm)", "60"), ("Kleur", "Rood"))

    def test_deleted_variation(self):
        sold = parse("deleted_variation").lines[0]
        assert (sold.product.variant_external_id, sold.notes) == ("", ())

    def test_add_on_text(self):
        assert parse("vat_and_add_on").lines[0].notes == (("Gravure", "Voor Oma ❤"),)

    def test_notes_are_text_and_come_once(self):
        assert line(
            meta_data=[
                meta("a", "1", display_key="Wish", display_value="<p>Blue &amp; big</p>"),
                meta("b", "1", display_key="Wish", display_value="Blue & big"),
                meta("Backordered", "3"),
                meta("_secret", "x"),
                meta("list", ["a", {"b": 1}]),
                meta("", "no key"),
            ]
        ).notes == (("Wish", "Blue & big"),)

    def test_an_add_on_may_repeat_the_name(self):
        notes = line(name="Mug - S", meta_data=[meta("Initial", "S", display_key="Initial")]).notes
        assert notes == (("Initial", "S"),)

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("Artikel 006 Sjaal <b>wol</b>", "Artikel 006 Sjaal wol"),
            ("Trui &amp; co", "Trui & co"),
            ("Cable &lt; 5 m", "Cable < 5 m"),
            ("Cable < 5 m", "Cable < 5 m"),
            ("日本茶 ❤", "日本茶 ❤"),
            ("x" * 300, "x" * 300),
            (None, ""),
            (12, "12"),
        ],
    )
    def test_names(self, name, expected):
        assert line(name=name).name == expected

    @pytest.mark.parametrize(
        ("quantity", "expected"),
        [(0, D(0)), (0.5, D("0.5")), ("1.25", D("1.25")), (1000, D(1000)), (0.1, D("0.1"))],
    )
    def test_quantities(self, quantity, expected):
        assert line(quantity=quantity).quantity == expected

    @pytest.mark.parametrize(
        ("tax_class", "expected"), [("", ""), ("0", ""), ("reduced-rate", "reduced-rate")]
    )
    def test_tax_class(self, tax_class, expected):
        assert line(tax_class=tax_class).tax_class == expected


class TestBundles:
    """As the plug-ins' REST references have it; none of them was recorded."""

    @staticmethod
    def lines(*items: dict[str, Any]) -> list[tuple[str, str, bool]]:
        order = parse("empty", line_items=[{"total": "1", **item} for item in items])
        return [(x.external_id, x.parent_external_id, x.is_container) for x in order.lines]

    @pytest.mark.parametrize(
        ("child", "children"),
        [("bundled_by", "bundled_items"), ("composite_parent", "composite_children")],
    )
    def test_product_bundles_and_composites(self, child, children):
        assert self.lines(
            {"id": 1, children: [2, 3]}, {"id": 2, child: 1}, {"id": 3, child: "1"}, {"id": 4}
        ) == [("1", "", True), ("2", "1", False), ("3", "1", False), ("4", "", False)]

    def test_wpc_names_the_parents_product(self):
        child = {"meta_data": [meta("_woosb_parent_id", "100")]}
        assert self.lines(
            {"id": 1, "product_id": 100, "meta_data": [meta("_woosb_ids", "7/ab/1")]},
            {"id": 2, "product_id": 7, **child},
            {"id": 3, "product_id": 100},
            {"id": 4, "product_id": 7, **child},
        ) == [("1", "", True), ("2", "1", False), ("3", "", True), ("4", "3", False)]

    def test_a_parent_that_is_not_there(self):
        assert self.lines({"id": 2, "bundled_by": 99}, {"id": 3, "bundled_items": [98]}) == [
            ("2", "", False),
            ("3", "", False),
        ]

    def test_nobody_is_inside_itself(self):
        assert self.lines({"id": 2, "bundled_by": 2})[0][1] == ""


class TestTaxRates:
    def test_compound(self):
        assert parse("compound_tax").tax_rates == (
            TaxRate("18", "GST", D(5), False, "CA", "BC"),
            TaxRate("19", "PST", D(7), True, "CA", "BC"),
        )

    def test_zero_rate_is_a_rate(self):
        order = parse("free_product")
        assert order.lines[0].taxes == (TaxAmount("1", D("0.00")),)
        assert order.tax_rates[0].percent == 21

    @pytest.mark.parametrize(
        ("tax_line", "percent"),
        [
            ({"rate_percent": 0, "tax_total": "1.00"}, None),
            ({"rate_percent": 0, "tax_total": "0.00"}, D(0)),
            ({"rate_percent": 0, "tax_total": "0", "shipping_tax_total": "0.5"}, None),
            ({"tax_total": "1.00"}, None),
            ({"rate_percent": "5.5000", "tax_total": "1.00"}, D("5.5")),
            ({"rate_percent": 8.875, "tax_total": "1.00"}, D("8.875")),
        ],
    )
    def test_percent(self, tax_line, percent):
        assert (
            parse("empty", tax_lines=[{"rate_id": 3, **tax_line}]).tax_rates[0].percent == percent
        )

    @pytest.mark.parametrize(
        ("code", "label", "region"),
        [
            ("BE-BTW 21%-1", "BTW 21%", ("BE", "")),
            ("CA-BC-GST-1", "GST", ("CA", "BC")),
            ("US-NY-STATE TAX-1", "State Tax", ("US", "NY")),
            ("TAX-1", "", ("", "")),
            ("DE-MWST-RED-1", "MwSt-Red", ("DE", "")),
            ("DE-OLD NAME-1", "New name", ("DE", "")),
            ("", "", ("", "")),
        ],
    )
    def test_region(self, code, label, region):
        rate = parse(
            "empty", tax_lines=[{"rate_id": 3, "rate_code": code, "label": label}]
        ).tax_rates[0]
        assert (rate.country, rate.state) == region

    def test_rate_that_only_a_line_knows(self):
        order = parse("empty", fee_lines=[{"id": 4, "taxes": [{"id": 999, "total": "1"}]}])
        assert order.tax_rates == (TaxRate("999"),)


class TestCoupons:
    def test_kind_from_meta(self):
        coupons = parse("three_coupons_raw_taxes").coupons
        assert [coupon.kind for coupon in coupons] == ["fixed_product", "fixed_cart", "percent"]

    @pytest.mark.parametrize(
        ("info", "kind"),
        [
            (meta("coupon_info", '[150,"prod3","fixed_product",3]'), "fixed_product"),
            (meta("coupon_info", '[149,"fix5",null,5]'), "fixed_cart"),
            (meta("coupon_info", "[not json"), ""),
            (meta("coupon_data", {"discount_type": "percent"}), "percent"),
        ],
    )
    def test_older_spellings(self, info, kind):
        order = parse("empty", coupon_lines=[{"code": "X", "meta_data": [info]}])
        assert order.coupons[0].kind == kind


class TestCustomer:
    def test_account(self):
        customer = parse_customer(load("customer__company_vat"))
        assert (customer.external_id, customer.email) == ("6", "hans@example.com")
        assert (customer.first_name, customer.last_name) == ("Hans", "Müller")
        assert customer.shipping.street == "Leverstraat 99"
        assert customer.modified_at == datetime(2026, 11, 21, 8, 58, 27, tzinfo=timezone.utc)

    @pytest.mark.parametrize("payload", [{}, {"id": 0}, {"id": "x"}, {"id": None}])
    def test_no_customer(self, payload):
        with pytest.raises(errors.Rejected) as caught:
            parse_customer(payload)
        assert (caught.value.code, caught.value.params) == ("not_a_customer", {"field": "id"})


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
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["", "-0.00", "1e400", "0", "99999999999999999999", "<b>&amp;", "\x00"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "key", "value", "total", "taxes"]), inner)
    ),
    max_leaves=6,
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of everything inside a payload."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = [path] if path else []
    for key, item in items:
        found += paths(item, (*path, key))
    return found


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    payload = copy.deepcopy(draw(st.sampled_from(ORDERS)))
    for _number in range(draw(st.integers(1, 4))):
        places = paths(payload)
        *parents, last = draw(st.sampled_from(places))
        holder = payload
        for key in parents:
            holder = holder[key]
        holder[last] = draw(JSON)
    return payload


@given(st.dictionaries(st.sampled_from(["id", "email", "billing", "meta_data"]), JSON))
def test_whatever_comes_is_a_customer_or_refused(payload):
    try:
        assert parse_customer(payload).external_id.isdigit()
    except errors.Rejected as error:
        assert error.code == "not_a_customer"


@settings(max_examples=300)
@given(mutated())
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
