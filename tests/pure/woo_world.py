"""The fake WooCommerce store as a :class:`tests.contract.world.World`."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ...core.adapter import Credentials
from ...core.http import Exchange
from ...dev.woostore import Cart, Server, Store
from ...providers.woocommerce.adapter import WooCommerceAdapter
from .woo import load

#: An address that refuses: pings and deliveries to it fail at once.
HOOK_URL = "http://127.0.0.1:9/channel/token/webhook"


class WooWorld:
    """A served store and an adapter for it; see :class:`tests.contract.world.World`."""

    def __init__(self, store: Store, server: Server, **settings: Any) -> None:
        self.store = store
        self.server = server
        self.exchanges: list[Exchange] = []
        self.adapter = self.new_adapter(store.key, store.secret, **settings)
        if not store.products:
            store.add_product(sku="A", name="Alpha", regular_price="19.99", stock_quantity=1000)

    def new_adapter(self, key: str, secret: str, **settings: Any) -> WooCommerceAdapter:
        if self.server.ca_path:
            settings.setdefault("verify_ssl", self.server.ca_path)
        return WooCommerceAdapter(
            Credentials(self.server.url, key, secret, settings, on_exchange=self.exchanges.append)
        )

    def place_order(self) -> str:
        billing = {"first_name": "Jane", "last_name": "Doe", "country": "BE"}
        cart = Cart(
            lines=[(next(iter(self.store.products.values()))["sku"], 1)],
            shipping=[("flat_rate", "4.95")],
            billing={**billing, "email": "jane@doe.example"},
            payment_method="bacs",
        )
        return str(self.store.place_order(cart)["id"])

    def touch_order(self, external_id: str) -> None:
        order = self.store.orders[int(external_id)]
        self.store.update_order(int(external_id), customer_note=order["customer_note"] + "x")

    def refund_order(self, external_id: str, amount: str) -> str:
        return str(self.store.refund_order(int(external_id), amount=amount)["id"])

    def delete_refund(self, external_id: str) -> None:
        self.store.delete_refund(int(external_id))

    def tick(self, seconds: int) -> None:
        self.store.clock.advance(seconds)

    def stop_clock(self) -> None:
        self.store.clock.freeze(datetime.now(timezone.utc).replace(microsecond=0))

    def add_customer(self, email: str) -> str:
        return str(self.store.add_customer(email, first_name="Jane")["id"])

    def requests(self) -> int:
        return len(self.store.requests)

    def refuse_key(self) -> None:
        self.store.keys.clear()

    def hook_url(self) -> str:
        return HOOK_URL

    def break_hook(self, external_id: str) -> None:
        self.store.webhooks[int(external_id)]["status"] = "disabled"

    def copy_hook(self, external_id: str) -> None:
        hook = self.store.webhooks[int(external_id)]
        self.adapter.client.post(
            "webhooks",
            {"topic": hook["topic"], "delivery_url": hook["delivery_url"], "secret": "x"},
        )

    def delivery(self, secret: str) -> tuple[Mapping[str, str], bytes, str]:
        recorded = load("delivery__order_updated_draft")
        body = recorded["body"].encode()
        digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
        headers = dict(recorded["headers"])
        headers["X-WC-Webhook-Signature"] = base64.b64encode(digest).decode()
        return headers, body, str(json.loads(body)["id"])

    def ping(self) -> tuple[Mapping[str, str], bytes, Mapping[str, str]]:
        recorded = load("delivery__ping")
        return dict(recorded["headers"]), recorded["body"].encode(), {"webhook_id": "1"}
