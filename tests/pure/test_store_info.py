"""What of a store's description adapters get back as settings."""

from __future__ import annotations

from ...core.canonical import StoreInfo


def test_settings_of_a_store() -> None:
    store = StoreInfo(
        name="Shop",
        currency="EUR",
        decimals=0,
        prices_include_tax=False,
        weight_unit="g",
        features=("fulfillments",),
    )
    assert store.settings() == {
        "currency": "EUR",
        "price_decimals": 0,
        "prices_include_tax": False,
        "weight_unit": "g",
        "dimension_unit": "",
        "stock_enabled": None,
    }
