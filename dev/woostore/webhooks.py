"""Webhooks: what is told to whom, when, and how long one goes on trying.

Source of the rules: class-wc-webhook.php and recorded deliveries.
- Deliveries wait in a queue; the same (hook, resource) waits only once, and the body is made
  when it is sent.
- 200 to 302 is success, redirects are not followed, nothing is tried again. The 7th failure in a
  row switches the hook off; switching it on again keeps the count.
- Creating a hook pings it, unsigned. Unless that gets exactly 200 it is pinged after every
  delivery again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import coupons, customers, orders, product_json
from .errors import RestError, invalid_id
from .jsontext import dumps
from .links import ITEM, item_links
from .outgoing import is_unsafe, post

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

HOOKS = {
    "order.created": ["woocommerce_new_order"],
    "order.updated": ["woocommerce_update_order", "woocommerce_order_refunded"],
    "order.deleted": ["wp_trash_post", "woocommerce_trash_order"],
    "order.restored": ["untrashed_post", "woocommerce_untrash_order"],
    "product.created": [
        "woocommerce_process_product_meta",
        "woocommerce_new_product",
        "woocommerce_new_product_variation",
    ],
    "product.updated": [
        "woocommerce_process_product_meta",
        "woocommerce_update_product",
        "woocommerce_update_product_variation",
    ],
    "product.deleted": ["wp_trash_post"],
    "product.restored": ["untrashed_post"],
    "customer.created": [
        "user_register",
        "woocommerce_created_customer",
        "woocommerce_new_customer",
    ],
    "customer.updated": ["profile_update", "woocommerce_update_customer"],
    "customer.deleted": ["delete_user"],
    "coupon.created": ["woocommerce_process_shop_coupon_meta", "woocommerce_new_coupon"],
    "coupon.updated": ["woocommerce_process_shop_coupon_meta", "woocommerce_update_coupon"],
    "coupon.deleted": ["wp_trash_post"],
    "coupon.restored": ["untrashed_post"],
}
ACTION_PREFIXES = ("action.woocommerce_", "action.wc_")
MAX_FAILURES = 5
STATUSES = ("active", "paused", "disabled")


def valid_topic(topic: str) -> bool:
    return topic in HOOKS or topic.startswith(ACTION_PREFIXES)


def hooks_of(topic: str) -> list[str]:
    return HOOKS.get(topic) or [topic.partition(".")[2]]


@dataclass
class Webhooks:
    """The hooks of a store by id, and the queue of what is still to be told.

    ``records`` holds what REST never shows as well: secret, failure_count, pending_delivery.
    """

    store: Store
    records: dict[int, Record] = field(default_factory=dict)
    pending: list[tuple[int, int]] = field(default_factory=list)
    extra_headers: dict[str, str] = field(default_factory=dict)
    timeout: float = 60.0
    owner_lost_rights: bool = False
    # Real shops do not call private addresses or ports other than 80, 443 and 8080.
    refuses_unsafe: bool = False

    def __post_init__(self) -> None:
        self._waiting: set[tuple[int, int]] = set()
        # One runner at a time: a slow receiver delays every other delivery.
        self.runner = threading.Lock()

    def __getitem__(self, hook_id: int) -> Record:
        return self.records[hook_id]

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records.values())

    def __len__(self) -> int:
        return len(self.records)

    # --- hooks ---------------------------------------------------------------------------

    def create(self, values: Record) -> Record:
        """Save a hook; the caller pings it when the store is no longer locked."""
        now = self.store.clock.now()
        stamp = self.store.clock.stamp()
        topic = values["topic"]
        name = values.get("name")
        hook = {
            "id": self.store.next_id("webhook"),
            "name": name or f"Webhook created on {now:%b %d, %Y @ %I:%M %p}",
            "status": values.get("status") or "active",
            "topic": topic,
            "delivery_url": values["delivery_url"],
            "secret": values.get("secret") or self.store.random_key(50),
            "date_created_gmt": stamp,
            "date_modified_gmt": None,
            "failure_count": 0,
            "pending_delivery": False,
        }
        self.records[hook["id"]] = hook
        return hook

    def ping(self, hook: Record) -> int:
        """Tell the receiver that it is there: a form post without signature; 0 = no answer."""
        if hook["id"] in self.records:
            hook["date_modified_gmt"] = hook["date_modified_gmt"] or self.store.clock.stamp()
        body = f"webhook_id={hook['id']}"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status = self._post(hook["delivery_url"], body.encode(), headers, timeout=5)
        hook["pending_delivery"] = status != 200
        return status

    # --- queue ---------------------------------------------------------------------------

    def emit(self, topic: str, resource_id: int) -> None:
        """Queue for every active hook on ``topic``; waiting ones are not queued twice."""
        for hook in sorted(self.records.values(), key=lambda h: -h["id"]):
            wanted = (hook["id"], resource_id)
            listens = hook["topic"] == topic and hook["status"] == "active"
            if listens and not self._is_waiting(wanted):
                self.pending.append(wanted)
                self._waiting.add(wanted)

    def _is_waiting(self, wanted: tuple[int, int]) -> bool:
        """Whether it is in ``pending``, which others empty and which may be long."""
        if len(self._waiting) != len(self.pending):
            self._waiting = set(self.pending)
        return wanted in self._waiting

    def deliver(self, limit: int | None = None) -> list[tuple[int, str, int]]:
        """Send what waits now, oldest first, at most ``limit``; what it sets off waits on."""
        sent = []
        with self.runner:
            with self.store.lock:
                count = len(self.pending) if limit is None else min(limit, len(self.pending))
                batch, self.pending[:count] = self.pending[:count], []
            for hook_id, resource_id in batch:
                hook = self.records.get(hook_id)
                if hook is not None and hook["status"] == "active":
                    status = self._deliver_one(hook, resource_id)
                    sent.append((status, hook["topic"], resource_id))
        return sent

    def take(self) -> list[tuple[int, int]]:
        """Take what waits out of the queue, for one who carries it himself; see :meth:`send`."""
        with self.store.lock:
            batch, self.pending[:] = self.pending[:], []
        return batch

    def send(self, hook_id: int, resource_id: int, body: bytes | None = None) -> int | None:
        """Send one delivery; its status, 0 = no answer, None = the hook is off or gone.

        ``body``: an older one, instead of what the record is now.
        """
        hook = self.records.get(hook_id)
        if hook is None or hook["status"] != "active":
            return None
        return self._deliver_one(hook, resource_id, body)

    def body_of(self, hook_id: int, resource_id: int) -> bytes | None:
        """What a delivery would say now; None: the hook is gone."""
        with self.store.lock:
            hook = self.records.get(hook_id)
            return dumps(self.payload(hook, resource_id)).encode() if hook else None

    def _deliver_one(self, hook: Record, resource_id: int, body: bytes | None = None) -> int:
        if self.store.drop and self.store.drop(hook, hook["topic"], resource_id):
            return -1
        if body is None:
            body = self.body_of(hook["id"], resource_id)
        status = self._post(hook["delivery_url"], body, self.headers(hook, body))
        self._count(hook, 200 <= status <= 302)
        if hook["pending_delivery"]:
            self.ping(hook)
        return status

    def _count(self, hook: Record, success: bool) -> None:
        if success:
            hook["failure_count"] = 0
            return
        if hook["failure_count"] > MAX_FAILURES:
            hook["status"] = "disabled"
            hook["date_modified_gmt"] = self.store.clock.stamp()
        else:
            hook["failure_count"] += 1

    def _post(
        self, url: str, body: bytes, headers: dict[str, str], timeout: float | None = None
    ) -> int:
        agent = f"WooCommerce/{self.store.version} Hookshot (WordPress/{self.store.wp_version})"
        sent = {"User-Agent": agent, "Connection": "close", **headers, **self.extra_headers}
        if self.refuses_unsafe and is_unsafe(url):
            return 0
        return post(url, body, sent, timeout or self.timeout)

    # --- what is sent --------------------------------------------------------------------

    def headers(self, hook: Record, body: bytes) -> dict[str, str]:
        resource, _, event = hook["topic"].partition(".")
        return {
            "Content-Type": "application/json",
            "X-WC-Webhook-Source": f"{self.store.url}/",
            "X-WC-Webhook-Topic": hook["topic"],
            "X-WC-Webhook-Resource": resource,
            "X-WC-Webhook-Event": event,
            "X-WC-Webhook-Signature": signature(hook["secret"], body),
            "X-WC-Webhook-ID": str(hook["id"]),
            "X-WC-Webhook-Delivery-ID": self.delivery_id(hook),
        }

    def delivery_id(self, hook: Record) -> str:
        """Hash of the hook and the second: several deliveries share it."""
        second = int(self.store.clock.now().timestamp())
        text = f"{hook['id']}{second}".encode()
        return hmac.new(b"woostore", text, hashlib.md5).hexdigest()

    def payload(self, hook: Record, resource_id: int) -> Record:
        """The body as it is now; an error object if the resource is gone or rights are lost."""
        resource, _, event = hook["topic"].partition(".")
        if resource == "action":
            return {"action": event, "arg": resource_id}
        if event == "deleted":
            return {"id": resource_id}
        try:
            if self.owner_lost_rights:
                text = "Sorry, you cannot view this resource."
                raise RestError("woocommerce_rest_cannot_view", text, 403)
            return self._resource(resource, resource_id)
        except RestError as error:
            return error.body()

    def _resource(self, resource: str, resource_id: int) -> Record:
        store = self.store
        if resource == "order" and resource_id in store.orders:
            return orders.as_rest(store, store.orders[resource_id])
        if resource == "product" and resource_id in store.products:
            return product_json.as_json(store, store.products[resource_id])
        if resource == "coupon" and resource_id in store.coupons:
            return coupons.as_json(store, store.coupons[resource_id])
        if resource == "customer":
            if resource_id not in store.customers:
                raise RestError("wc_user_invalid_id", "Invalid user ID.", 404)
            return customers.as_json(store, store.customers[resource_id])
        raise invalid_id({"order": "shop_order", "coupon": "shop_coupon"}.get(resource, resource))

    def as_json(self, hook: Record) -> Record:
        resource, _, event = hook["topic"].partition(".")
        out = {key: hook[key] for key in ("id", "name", "status", "topic")}
        out.update(resource=resource, event=event, hooks=hooks_of(hook["topic"]))
        out["delivery_url"] = hook["delivery_url"]
        for key in ("date_created", "date_modified"):
            out[key] = self.store.local(hook[f"{key}_gmt"])
            out[f"{key}_gmt"] = hook[f"{key}_gmt"]
        out["_links"] = item_links(self.store, f"webhooks/{hook['id']}", "webhooks", ITEM)
        return out


def signature(secret: str, body: bytes) -> str:
    """Over the raw body. The secret counts as its HTML entities read."""
    key = html.unescape(secret).encode()
    return base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()
