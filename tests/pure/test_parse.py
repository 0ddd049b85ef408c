"""WooCommerce's orders and customers become canonical values."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal as D

import pytest

from ...core import errors
from ...core.canonical import Address, Coupon, GiftCard, OrderStatus, RefundRef
from ...providers.woocommerce import const
from ...providers.woocommerce.parse import parse_customer, parse_order
from .woo import load, names
from .woo_orders import meta, parse


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

    @pytest.mark.parametrize(
        ("code", "status"),
        [
            ("auto-draft", OrderStatus.DRAFT),
            ("checkout-draft", OrderStatus.DRAFT),
            ("pending", OrderStatus.PENDING),
            ("on-hold", OrderStatus.ON_HOLD),
            ("processing", OrderStatus.PROCESSING),
            ("completed", OrderStatus.COMPLETED),
            ("cancelled", OrderStatus.CANCELLED),
            ("failed", OrderStatus.FAILED),
            ("refunded", OrderStatus.REFUNDED),
            ("trash", OrderStatus.TRASHED),
        ],
    )
    def test_statuses(self, code, status):
        assert parse("empty", status=code).status is status
        assert parse("empty", status=f"wc-{code}").status_code == code

    def test_every_word_of_the_table_is_tested(self):
        assert len(const.ORDER_STATUS) == 10

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
            for key in (
                "_billing_vat_number",
                "billing_vat_number",
                "_vat_number",
                "vat_number",
                "_billing_vat",
                "billing_vat",
                "_billing_eu_vat_number",
                "_billing_vat_id",
                "_vat_id",
                "vat",
                "yweu_billing_vat",
                "_yweu_vat_number",
            )
        ]
        + [
            {"billing": {"vat_number": "BE0123456789"}},
            {"meta_data": [meta("_wc_billing/my-shop/vat-id", "BE0123456789")]},
        ],
    )
    def test_vat_number(self, place):
        assert parse("empty", **place).billing.vat == "BE0123456789"

    def test_the_most_specific_vat_number_counts(self):
        items = [meta("vat_number", "XX"), meta("_billing_vat_number", "BE0123456789")]
        assert parse("empty", meta_data=items).billing.vat == "BE0123456789"
        assert len(const.VAT_KEYS) == 9

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
