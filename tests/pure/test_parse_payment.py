"""Payments that are only authorised, and what the shop took off its stock."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from ...core.canonical import Payment
from ...dev.woostore import Cart, Server, Store
from ...providers.woocommerce import const
from .woo_orders import line, meta, parse
from .woo_world import WooWorld

PAID = "2026-11-21T10:00:00"

#: a payment method and the meta data of an order, before and after the money is taken
CASES = {
    "stripe": ("stripe", {"_stripe_charge_captured": "no"}, {"_stripe_charge_captured": "yes"}),
    "stripe sepa": (
        "stripe_sepa",
        {"_stripe_charge_captured": "no"},
        {"_stripe_charge_captured": "yes"},
    ),
    "woopayments": (
        "woocommerce_payments",
        {"_intention_status": "requires_capture"},
        {"_intention_status": "succeeded"},
    ),
    "paypal": (
        "ppcp-gateway",
        {"_ppcp_paypal_intent": "AUTHORIZE", "_ppcp_paypal_captured": "false"},
        {"_ppcp_paypal_intent": "AUTHORIZE", "_ppcp_paypal_captured": "true"},
    ),
    "square": (
        "square_credit_card",
        {"_wc_square_credit_card_charge_captured": "no"},
        {"_wc_square_credit_card_charge_captured": "yes"},
    ),
    "klarna": (
        "klarna_payments",
        {"_wc_klarna_order_id": "k-1"},
        {"_wc_klarna_order_id": "k-1", "_wc_klarna_capture_id": "c-1"},
    ),
    "klarna checkout": (
        "kco",
        {"_wc_klarna_order_id": "k-1"},
        {"_wc_klarna_order_id": "k-1", "_wc_klarna_capture_id": "c-1"},
    ),
}


def payment(method: str, values: dict[str, str]) -> Payment:
    entries = [meta(key, value) for key, value in values.items()]
    return parse("empty", payment_method=method, date_paid_gmt=PAID, meta_data=entries).payment


class TestAuthorised:
    def test_every_gateway_of_the_tables_is_tried(self):
        keys = {key for _method, before, _after in CASES.values() for key in before}
        methods = [method for method, _before, _after in CASES.values()]
        for beginning, key, _until in const.UNCAPTURED:
            assert any(method.startswith(beginning) for method in methods)
            assert any(key.format(method=method) in keys for method in methods)
        assert set(const.CAPTURED_LATER) <= set(methods)

    @pytest.mark.parametrize("name", CASES)
    def test_authorised_is_not_paid(self, name):
        method, before, _after = CASES[name]
        found = payment(method, before)
        assert found.paid_at is not None
        assert (found.authorised, found.paid) == (True, False)

    @pytest.mark.parametrize("name", CASES)
    def test_captured_is(self, name):
        method, _before, after = CASES[name]
        found = payment(method, after)
        assert (found.authorised, found.paid) == (False, True)

    @pytest.mark.parametrize("name", CASES)
    def test_what_another_gateway_left_says_nothing(self, name):
        _method, before, _after = CASES[name]
        assert not payment("bacs", before).authorised
        assert not payment("", before).authorised

    @pytest.mark.parametrize("name", CASES)
    def test_without_meta_data(self, name):
        assert not payment(CASES[name][0], {}).authorised

    @pytest.mark.parametrize("method", ["stripe", "woocommerce_payments"])
    def test_through_a_shop(self, method):
        store = Store()
        with Server(store) as server:
            world = WooWorld(store, server)
            cart = Cart(lines=[("A", 1)], payment_method=method, authorised=True)
            external_id = str(store.place_order(cart)["id"])
            before = self.payment(world, external_id)
            assert (before.authorised, before.paid) == (True, False)
            store.capture(int(external_id))
            after = self.payment(world, external_id)
            assert (after.authorised, after.paid) == (False, True)

    def payment(self, world: WooWorld, external_id: str) -> Payment:
        return world.adapter.parse_order(world.adapter.fetch_order(external_id).payload).payment


class TestStockReduced:
    @pytest.mark.parametrize(
        ("value", "expected"), [("3", D(3)), (2, D(2)), ("0", D(0)), ("1.5", D("1.5"))]
    )
    def test_pieces(self, value, expected):
        assert line(meta_data=[meta("_reduced_stock", value)]).stock_reduced == expected

    @pytest.mark.parametrize("value", ["", None, "x", [], {}])
    def test_what_is_no_number_is_unknown(self, value):
        assert line(meta_data=[meta("_reduced_stock", value)]).stock_reduced is None

    def test_absent(self):
        assert line(meta_data=[]).stock_reduced is None

    def test_recorded(self):
        reduced = [x.stock_reduced for x in parse("percent_coupon").lines if x.product.key]
        assert reduced and all(
            x.stock_reduced == x.quantity for x in parse("percent_coupon").lines if x.product.key
        )
