"""Contract of :class:`core.adapter.ReferenceSource`."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ...core.adapter import ReferenceSource, supports
from .world import World


class ReferenceSourceContract:
    def test_plays_the_role(self, world: World):
        assert supports(type(world.adapter), ReferenceSource)

    @pytest.mark.parametrize("name", ["payment_methods", "shipping_methods", "order_statuses"])
    def test_options(self, world: World, name):
        options = list(getattr(world.adapter, name)())
        assert options
        assert all(option.code and option.label for option in options)
        assert len({option.code for option in options}) == len(options)

    def test_tax_rates(self, world: World):
        rates = list(world.adapter.tax_rates())
        assert rates
        assert len({rate.key for rate in rates}) == len(rates)
        assert all(rate.percent is None or isinstance(rate.percent, Decimal) for rate in rates)

    def test_an_orders_values_are_among_them(self, world: World):
        order = world.adapter.parse_order(world.adapter.fetch_order(world.place_order()).payload)
        codes = {option.code for option in world.adapter.order_statuses()}
        assert order.status_code in codes
        assert order.payment.method in {x.code for x in world.adapter.payment_methods()}
        known = {rate.key: rate.percent for rate in world.adapter.tax_rates()}
        assert order.tax_rates
        assert all(known[rate.key] == rate.percent for rate in order.tax_rates)
