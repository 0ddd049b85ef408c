"""The fake WooCommerce store as a :class:`tests.contract.world.World`."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ...core.adapter import Credentials
from ...core.catalogue import Price, StockKeeper, Term, TermKind
from ...core.http import Exchange
from ...dev.woostore import Cart, Server, Store, media, pictures
from ...providers.woocommerce.adapter import WooCommerceAdapter
from ...providers.woocommerce.parse_variants import parse_price
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
        # a request more for each poll: those that need it say so
        settings.setdefault("poll_trash", False)
        if self.server.ca_path:
            settings.setdefault("verify_ssl", self.server.ca_path)
        return WooCommerceAdapter(
            Credentials(self.server.url, key, secret, settings, on_exchange=self.exchanges.append)
        )

    def place_order(self, quantity: int = 1, payment_method: str = "bacs") -> str:
        billing = {"first_name": "Jane", "last_name": "Doe", "country": "BE"}
        cart = Cart(
            lines=[(next(iter(self.store.products.values()))["sku"], quantity)],
            shipping=[("flat_rate", "4.95")],
            billing={**billing, "email": "jane@doe.example"},
            payment_method=payment_method,
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

    def impatient(self) -> WooCommerceAdapter:
        return self.new_adapter(self.store.key, self.store.secret, read_timeout=1)

    def lose(self, how: str, when: str) -> None:
        self.server.faults.add(how, method="POST", when=when, seconds=5)

    def trash_order(self, external_id: str) -> None:
        self.store.trash_order(int(external_id))

    def status_codes(self) -> tuple[str, str]:
        return "completed", "teleported"

    def order_notes(self, external_id: str) -> list[str]:
        notes = self.store.notes.values()
        return [
            html.unescape(note["note"]) for note in notes if note["order_id"] == int(external_id)
        ]

    def customer_mails(self, external_id: str) -> list[str]:
        return [html.unescape(mail.text) for mail in self.store.mails_of(int(external_id))]

    def shipments(self, external_id: str) -> list[str]:
        """Wherever they are: fulfilments, parcels of a tracking plug-in, notes."""
        fulfillments = [
            str(record["meta_data"])
            for record in self.store.fulfillments.values()
            if record["entity_id"] == external_id and not record["date_deleted"]
        ]
        parcels = [item["tracking_number"] for item in self.store.trackings(int(external_id))]
        notes = [text for text in self.order_notes(external_id) if " · " in text]
        return fulfillments + parcels + notes

    def pay_out(self, external_ids: Sequence[str], fees: str) -> str:
        deposit = self.store.make_payout([int(order) for order in external_ids], fees=fees)
        return deposit["id"]

    def paid_order(self) -> str:
        return self.place_order(payment_method="woocommerce_payments")

    # === GOODS === #

    def goods(self, count: int) -> list[str]:
        number = len(self.store.products)
        rows = self.store.add_products(count, f"G{number}-", stock_quantity=5)
        return [str(row["id"]) for row in rows]

    def variants(self, count: int) -> tuple[str, list[str]]:
        number = len(self.store.products)
        rows = [
            {
                "sku": f"V{number}-{size}",
                "regular_price": "9.99",
                "stock_quantity": 5,
                "options": {"Size": str(size)},
            }
            for size in range(count)
        ]
        parent = self.store.add_variable_product(f"Shirt {number}", rows)
        return str(parent["id"]), [str(variation) for variation in parent["variations"]]

    def shown_stock(self, external_id: str) -> int | None:
        return self.store.products[int(external_id)]["stock_quantity"]

    def shown_price(self, external_id: str) -> Price:
        return parse_price(self.store.products[int(external_id)])

    def count_by(self, external_id: str, keeper: StockKeeper) -> None:
        by = {StockKeeper.ITSELF: True, StockKeeper.NOBODY: False, StockKeeper.PARENT: "parent"}
        self.store.count_stock(int(external_id), by[keeper])

    def stop_counting(self) -> None:
        self.store.switch_stock(False)

    def remove_product(self, external_id: str) -> None:
        self.store.delete_product(int(external_id))

    def poison(self, external_id: str) -> None:
        self.store.poison.add(int(external_id))

    def limit(self) -> int:
        return 100

    # === CATALOGUE === #

    def make_term(self, kind: TermKind, name: str, parent: str = "") -> str:
        term = Term(kind, "", name, parent)
        return self.adapter.save_term(term).external_id

    def sku_of(self, external_id: str) -> str:
        return self.store.products[int(external_id)]["sku"]

    def known_as(self, sku: str) -> list[str]:
        rows = self.store.products.values()
        return [str(row["id"]) for row in rows if row["sku"].lower() == sku.lower()]

    def touch_product(self, external_id: str) -> None:
        price = self.store.products[int(external_id)]["regular_price"] or "1"
        self.store.edit_product(int(external_id), regular_price=str(float(price) + 1))

    def trash_product(self, external_id: str) -> None:
        self.store.trash_product(int(external_id))

    def show_picture(self) -> tuple[str, str, bytes]:
        name = f"picture-{len(self.store.media)}.jpg"
        row = media.add(self.store, name, pictures.picture(name))
        return str(row["id"]), self.server.url + row["src"], self.store.files[row["src"]].content

    def no_picture(self) -> str:
        return f"{self.server.url}/wp-json/"

    def pictures(self) -> int:
        return len(self.store.media)

    def uploader(self) -> WooCommerceAdapter:
        self.store.app_passwords_need_tls = self.server.ca_path is not None
        login = {"wp_user": self.store.wp_user, "wp_app_password": self.store.wp_app_password}
        return self.new_adapter(self.store.key, self.store.secret, **login)

    # === CUSTOMERS === #

    def add_customer(self, email: str) -> str:
        return str(self.store.add_customer(email, first_name="Jane")["id"])

    def remove_customer(self, external_id: str) -> None:
        del self.store.customers[int(external_id)]

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

    def move_hook(self, external_id: str, url: str) -> None:
        self.store.webhooks[int(external_id)]["delivery_url"] = url

    def foreign_hook(self) -> str:
        body = {"name": "Newsletter", "topic": "order.created"}
        url = "http://127.0.0.1:9/newsletter"
        made = self.adapter.client.post("webhooks", {**body, "delivery_url": url})
        return str(made.mapping()["id"])

    def has_hook(self, external_id: str) -> bool:
        return int(external_id) in self.store.webhooks.records

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
