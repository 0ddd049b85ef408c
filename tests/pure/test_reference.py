"""The shop's own values, as they are mapped to Odoo's."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal as D

import pytest

from ...core import errors
from ...core.canonical import Option, TaxRate
from ...dev.woostore import Server, recorded_store
from .woo import Canned, replay
from .woo_world import WooWorld


@pytest.fixture
def world() -> Iterator[WooWorld]:
    store = recorded_store("incl")
    with Server(store) as server:
        yield WooWorld(store, server)


class TestTaxes:
    def test_recorded(self, world: WooWorld):
        rates = {rate.key: rate for rate in world.adapter.tax_rates()}
        assert rates["1"] == TaxRate("1", "BTW 21%", D("21.0000"), country="BE")
        assert rates["2"].tax_class == "reduced-rate"
        assert (rates["18"].compound, rates["19"].compound) == (False, True)
        assert (rates["19"].country, rates["19"].state) == ("CA", "BC")

    def test_more_than_a_page(self, world: WooWorld):
        first = world.store.taxes[1]
        world.store.taxes |= {number: {**first, "id": number} for number in range(1, 252)}
        before = world.requests()
        rates = world.adapter.tax_rates()
        assert {rate.key for rate in rates} == {str(number) for number in range(1, 252)}
        assert world.requests() - before == 3

    def test_rate_that_is_not_for_shipping(self):
        body = '[{"id": 5, "rate": "7.0000", "name": "A &amp; B", "shipping": false, "class": "x"}]'
        with replay(Canned(200, body)) as server:
            assert server.adapter().tax_rates() == [
                TaxRate("5", "A & B", D("7"), tax_class="x", on_shipping=False)
            ]


def test_payment_methods_with_those_switched_off(world: WooWorld):
    assert world.adapter.payment_methods() == [
        Option("bacs", "Transferencia bancaria", True),
        Option("cheque", "Check payments", False),
        Option("cod", "Contra reembolso", True),
    ]


def test_shipping_methods_and_those_of_each_zone(world: WooWorld):
    options = {option.code: option for option in world.adapter.shipping_methods()}
    assert options["flat_rate"].label == "Flat rate"
    assert options["flat_rate:1"] == Option("flat_rate:1", "België: bpost", True)
    assert options["flat_rate:6"].label.endswith(": World")


def test_codes_of_an_orders_shipping(world: WooWorld):
    """What a line says is found in the list."""
    codes = {option.code for option in world.adapter.shipping_methods()}
    order = world.adapter.parse_order(world.adapter.fetch_order("157").payload)
    shipping = order.lines[-1]
    assert {shipping.code, f"{shipping.code}:{shipping.instance}"} <= codes


class TestStatuses:
    def test_with_those_of_plug_ins(self, world: WooWorld):
        world.store.statuses["awaiting-parts"] = "Awaiting &amp; parts"
        options = world.adapter.order_statuses()
        assert Option("processing", "Processing") in options
        assert Option("awaiting-parts", "Awaiting & parts") in options
        meanings = {option.code: option.meaning for option in options}
        assert (meanings["on-hold"], meanings["awaiting-parts"]) == ("on_hold", "")

    def test_the_standard_ones_are_understood(self, world: WooWorld):
        world.store.statuses["awaiting-parts"] = "Awaiting &amp; parts"
        meanings = {option.code: option.meaning for option in world.adapter.order_statuses()}
        assert meanings["processing"] == "processing"
        assert meanings["on-hold"] == "on_hold"
        assert meanings["checkout-draft"] == "draft"
        assert meanings["awaiting-parts"] == ""

    def test_older_shops_tell_them_in_a_report(self):
        no_route = Canned(404, '{"code": "rest_no_route", "data": {"status": 404}}')
        report = Canned(200, '[{"slug": "wc-on-hold", "name": "On hold", "total": 3}]')
        with replay(no_route, report) as server:
            assert server.adapter().order_statuses() == [Option("on-hold", "On hold")]
        assert "reports/orders/totals" in server.requests[1].path

    def test_other_errors_stay(self):
        with (
            replay(Canned(400, '{"code": "rest_invalid_param"}')) as server,
            pytest.raises(errors.Rejected, match="request_refused"),
        ):
            server.adapter().order_statuses()
        assert len(server.requests) == 1
