"""WooCommerce keeps every role's contract, against the fake store over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ...dev.woostore import Server, Store
from ..contract.connectable import ConnectableContract
from ..contract.customer_source import CustomerSourceContract
from ..contract.order_source import OrderSourceContract
from ..contract.reference_source import ReferenceSourceContract
from ..contract.refund_source import RefundSourceContract
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


@pytest.fixture(params=STORES)
def world(request: pytest.FixtureRequest) -> Iterator[WooWorld]:
    store = Store(**STORES[request.param])
    with Server(store, tls=request.param.endswith("TLS")) as server:
        world = WooWorld(store, server)
        yield world
        world.adapter.close()


class TestConnectable(ConnectableContract):
    pass


class TestOrderSource(OrderSourceContract):
    pass


class TestCustomerSource(CustomerSourceContract):
    pass


class TestRefundSource(RefundSourceContract):
    pass


class TestReferenceSource(ReferenceSourceContract):
    pass


class TestWebhookReceiver(WebhookReceiverContract):
    pass


class TestWebhookAdmin(WebhookAdminContract):
    pass
