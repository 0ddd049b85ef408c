"""WooCommerce keeps every role's contract, against the fake store over real HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from ...dev.woostore import Server, Store
from ..contract.catalogue_sink import CatalogueSinkContract
from ..contract.catalogue_source import CatalogueSourceContract
from ..contract.connectable import ConnectableShopContract
from ..contract.customer_source import CustomerSourceContract
from ..contract.order_audit import CatalogueAuditContract, OrderAuditContract
from ..contract.order_sink import OrderSinkContract
from ..contract.order_source import OrderSourceContract
from ..contract.price_sink import PriceSinkContract
from ..contract.reference_source import ReferenceSourceContract
from ..contract.refund_sink import RefundSinkContract
from ..contract.refund_source import RefundSourceContract
from ..contract.set_up_source import SetUpSourceContract
from ..contract.settlement_source import SettlementSourceContract
from ..contract.shipment_sink import ShipmentSinkContract
from ..contract.stock_sink import StockSinkContract
from ..contract.webhooks import WebhookAdminContract, WebhookReceiverContract
from .woo_world import WooWorld

#: both order storages, time zones on both sides of Greenwich, Basic over TLS and OAuth without
STORES: dict[str, dict[str, Any]] = {
    "10.0 tables Madrid TLS": {},
    "8.9 posts New York": {
        "version": "8.9.3",
        "hpos": False,
        "timezone": "America/New_York",
        "prices_include_tax": False,
    },
}


#: each feature that takes shipments, and none of them
SHIPPING: dict[str, tuple[dict[str, Any], set[str]]] = {
    "fulfillments": ({"version": "10.3.0"}, {"fulfillments", "shipment-tracking"}),
    "fulfillments TLS": ({"version": "10.7.0"}, {"fulfillments"}),
    "Shipment Tracking": ({}, {"shipment-tracking"}),
    "Advanced Shipment Tracking": ({}, {"advanced-shipment-tracking"}),
    "notes": ({}, set()),
    "notes 8.9": (STORES["8.9 posts New York"], set()),
}


def serve(
    options: dict[str, Any], tls: bool = False, features: Iterable[str] = ()
) -> Iterator[WooWorld]:
    store = Store(**options)
    store.features |= set(features)
    with Server(store, tls=tls) as server:
        world = WooWorld(store, server)
        yield world
        world.adapter.close()


@pytest.fixture(params=STORES)
def world(request: pytest.FixtureRequest) -> Iterator[WooWorld]:
    yield from serve(STORES[request.param], request.param.endswith("TLS"))


class TestCatalogueSource(CatalogueSourceContract):
    pass


class TestCatalogueSink(CatalogueSinkContract):
    pass


class TestConnectable(ConnectableShopContract):
    pass


class TestOrderSource(OrderSourceContract):
    pass


class TestOrderAudit(OrderAuditContract):
    pass


class TestCatalogueAudit(CatalogueAuditContract):
    pass


class TestOrderSink(OrderSinkContract):
    pass


class TestRefundSink(RefundSinkContract):
    pass


class TestShipmentSink(ShipmentSinkContract):
    @pytest.fixture(params=SHIPPING)
    def world(self, request: pytest.FixtureRequest) -> Iterator[WooWorld]:
        options, features = SHIPPING[request.param]
        yield from serve(options, request.param.endswith("TLS"), features)


class TestSettlementSource(SettlementSourceContract):
    @pytest.fixture(params=STORES)
    def world(self, request: pytest.FixtureRequest) -> Iterator[WooWorld]:
        options = STORES[request.param]
        yield from serve(options, request.param.endswith("TLS"), {"woopayments"})


class TestStockSink(StockSinkContract):
    pass


class TestPriceSink(PriceSinkContract):
    pass


class TestCustomerSource(CustomerSourceContract):
    pass


class TestRefundSource(RefundSourceContract):
    pass


class TestReferenceSource(ReferenceSourceContract):
    pass


class TestSetUpSource(SetUpSourceContract):
    pass


class TestWebhookReceiver(WebhookReceiverContract):
    pass


class TestWebhookAdmin(WebhookAdminContract):
    pass
