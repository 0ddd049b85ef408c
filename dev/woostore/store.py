"""One shop: its records, its rules, and what can be done in it without the REST API."""

from __future__ import annotations

import itertools
import secrets
import threading
from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from . import checkout, coupons, customers, defaults, orders, outgoing, products
from .auth import Key, Nonces, new_key
from .cart import Cart
from .clock import Clock, to_local, zone_of
from .doings import Doings
from .doings_goods import GoodsDoings
from .goods import Goods
from .mails import Mail
from .media import File
from .rounding import Rules
from .served import ServedRequest
from .taxes import Place, Rate, find_rates
from .trackings import PROVIDERS
from .webhooks import Webhooks

Record = dict[str, Any]


class Store(Doings, GoodsDoings):
    """A shop in memory.

    ``orders``, ``products`` (variations among them), ``refunds``, ``coupons``, ``customers``,
    ``notes``, ``fulfillments`` and ``taxes`` are plain dicts by id, near to their REST form but
    with amounts as the database keeps them (more decimals) and only UTC dates; ``payouts`` and
    ``transactions`` are WooPayments', ``mails`` what customers were sent. All access by REST and
    all methods here run under ``lock``.

    ``timezone`` is a zone's name, or a fixed offset such as "+05:30". ``tax_rates``: see
    ``defaults.tax_rate``; None = several countries, reduced, zero and compound rates.
    """

    def __init__(
        self,
        prices_include_tax: bool = True,
        round_at_subtotal: bool = False,
        timezone: str = "Europe/Madrid",
        currency: str = "EUR",
        decimals: int = 2,
        version: str = "10.0.2",
        hpos: bool = True,
        tax_rates: list[Record] | None = None,
        name: str = "Test shop",
    ) -> None:
        self.name = name
        # Of products without another one, where a plug-in translates them.
        self.language = "en"
        self.version = version
        self.wp_version = "6.8.7"
        self.hpos = hpos
        self.zone = zone_of(timezone)
        self.timezone = timezone if isinstance(self.zone, ZoneInfo) else ""
        self.url = "http://shop.invalid"
        # Plug-ins and switched features with routes of their own: see ``rest_index.PLUGINS``
        # and ``rest_index.CORE_FEATURES``.
        self.features: set[str] = set()
        self.lock = threading.RLock()
        self.clock = Clock()
        self.requests: list[ServedRequest] = []
        self.served_files: list[str] = []
        # An administrator of WordPress with an application password, and what guards it.
        self.wp_user = "shopkeeper"
        self.wp_app_password = "abcd EFGH 1234 ijkl MNOP 5678"
        self.app_passwords_need_tls = False
        # Ids of records that break PHP whenever a batch comes to them.
        self.poison: set[int] = set()
        # Real shops fetch pictures from public addresses at the ports 80, 443 and 8080 only.
        self.refuses_unsafe_images = False
        self.settings = defaults.settings(
            prices_include_tax=prices_include_tax,
            round_at_subtotal=round_at_subtotal,
            currency=currency,
            decimals=decimals,
        )
        self.setting_records: dict[str, list[Record]] = {}
        self.system_status: Record = {}
        self.reset_data()
        rates = defaults.tax_rates() if tax_rates is None else tax_rates
        self.taxes = {
            i: {"id": i, **defaults.tax_rate(rate)} for i, rate in enumerate(rates, start=1)
        }
        self.keys: dict[str, Key] = {}
        self.nonces = Nonces()
        self.key, self.secret = self.add_key("read_write")
        self.webhooks = Webhooks(self)
        self.drop: Callable[[Record, str, int], bool] | None = None

    def reset_data(self) -> None:
        """Empty every collection and put the default ones back."""
        self.orders: dict[int, Record] = {}
        self.media: dict[int, Record] = {}
        self.files: dict[str, File] = {}
        self.products = Goods()
        self.refunds: dict[int, Record] = {}
        self.coupons: dict[int, Record] = {}
        self.customers: dict[int, Record] = {}
        self.notes: dict[int, Record] = {}
        self.fulfillments: dict[int, Record] = {}
        self.payouts: dict[str, Record] = {}
        self.transactions: dict[str, Record] = {}
        self.mails: list[Mail] = []
        self.tracking_providers = {group: dict(rows) for group, rows in PROVIDERS.items()}
        # Names that AST also takes for a carrier, in lower case.
        self.tracking_aliases = {"dhl express": "DHL"}
        self.taxes: dict[int, Record] = {}
        self.tax_classes = [dict(row) for row in defaults.TAX_CLASSES]
        self.statuses = dict(defaults.ORDER_STATUSES)
        self.gateways = {row["id"]: row for row in defaults.gateways()}
        self.shipping_methods = defaults.shipping_methods()
        self.zones = defaults.shipping_zones()
        self.terms: dict[str, dict[int, Record]] = {
            "categories": {
                15: {"id": 15, "name": "Uncategorized", "slug": "uncategorized", "parent": 0}
            }
        }
        self.attributes: dict[int, Record] = {}
        self.countries: dict[str, Record] = {}
        self.sequences = {kind: itertools.count(start) for kind, start in FIRST_IDS.items()}

    def next_id(self, kind: str = "post") -> int:
        """Next id: orders, products, coupons and refunds share the sequence ``post``."""
        return next(self.sequences[kind])

    def start_ids_after(self, kind: str, last: int) -> None:
        self.sequences[kind] = itertools.count(last + 1)

    # --- rules ---------------------------------------------------------------------------

    def option(self, group: str, key: str, default: str = "") -> str:
        return self.settings.get(group, {}).get(key, default)

    @property
    def rules(self) -> Rules:
        return Rules(
            decimals=self.decimals,
            prices_include_tax=self.option("tax", "woocommerce_prices_include_tax") == "yes",
            round_at_subtotal=self.option("tax", "woocommerce_tax_round_at_subtotal") == "yes",
            dearest_piece_first=self.release >= (9,),
        )

    @property
    def decimals(self) -> int:
        return int(self.option("general", "woocommerce_price_num_decimals", "2"))

    @property
    def currency(self) -> str:
        return self.option("general", "woocommerce_currency", "EUR")

    @property
    def release(self) -> tuple[int, ...]:
        """The version as numbers, to compare with."""
        return tuple(int(part) for part in self.version.split(".") if part.isdigit())

    def base_place(self) -> Place:
        country, _, state = self.option("general", "woocommerce_default_country").partition(":")
        return Place(
            country,
            state,
            self.option("general", "woocommerce_store_postcode"),
            self.option("general", "woocommerce_store_city"),
        )

    def rates(self, tax_class: str, place: Place) -> list[Rate]:
        """Rates of a tax class at a place; class "*" gives every rate there is."""
        if tax_class == "*":
            return [Rate.of(record) for record in self.taxes.values()]
        return find_rates(self.taxes.values(), place, tax_class)

    def class_order(self) -> list[str]:
        """Tax classes in the order in which shipping looks for one to inherit."""
        slugs = sorted(row["slug"] for row in self.tax_classes if row["slug"] != "standard")
        return ["", *slugs]

    def local(self, stamp: str | None) -> str | None:
        return to_local(stamp, self.zone)

    def untaxed_methods(self) -> frozenset[str]:
        """Instances whose tax status is "none"; orders ignored that before 9."""
        if self.release < (9,):
            return frozenset()
        return frozenset(
            str(method["instance_id"])
            for zone in self.zones
            for method in zone["methods"]
            if method["settings"].get("tax_status", {}).get("value") == "none"
        )

    def download(self, address: str) -> tuple[int, str, bytes]:
        """Fetch a picture as the shop does: (status, reason, bytes); status 0 = no answer."""
        if self.refuses_unsafe_images and outgoing.is_unsafe(address):
            return 0, "A valid URL was not provided.", b""
        return outgoing.get(address, timeout=10)

    # --- keys ----------------------------------------------------------------------------

    def add_key(
        self, permissions: str = "read_write", role: str = "administrator"
    ) -> tuple[str, str]:
        """Make an API key: ``read``, ``write`` or ``read_write``, of a user with ``role``."""
        key = new_key(permissions, role)
        self.keys[key.key] = key
        return key.key, key.secret

    # --- the shop's doings ---------------------------------------------------------------

    def add_product(self, **values: Any) -> Record:
        """Put a product (simple unless ``type`` says otherwise) on sale; returns its record."""
        with self.lock:
            return products.add(self, values)

    def add_products(self, count: int, prefix: str = "P-", **values: Any) -> list[Record]:
        """Many simple products at once: SKU ``P-0``, ``P-1``, …, each with ``values``."""
        with self.lock:
            rows = (
                {"regular_price": "9.99", "sku": f"{prefix}{i}", **values} for i in range(count)
            )
            return [products.add(self, row) for row in rows]

    def add_variable_product(
        self, name: str, variations: Iterable[Record], **values: Any
    ) -> Record:
        """A variable product. Each variation: sku, regular_price, ``options`` {name: value}, …"""
        with self.lock:
            return products.add_variable(self, name, list(variations), values)

    def add_coupon(self, code: str, discount_type: str, amount: str, **values: Any) -> Record:
        """A coupon: ``percent``, ``fixed_cart`` or ``fixed_product``."""
        with self.lock:
            return coupons.add(self, code, discount_type, amount, values)

    def add_customer(self, email: str, **values: Any) -> Record:
        with self.lock:
            return customers.add(self, email, values)

    def product(self, id_or_sku: int | str) -> Record:
        return products.find(self, id_or_sku)

    def place_order(self, cart: Cart, status: str | None = None) -> Record:
        """Buy what is in the cart; returns the order as REST shows it. Fires the events."""
        with self.lock:
            order = checkout.place(self, cart, status)
            return orders.as_rest(self, order)

    def open_checkout(self, cart: Cart) -> Record:
        """Only open the (block) checkout: leaves a ``checkout-draft``."""
        with self.lock:
            return orders.as_rest(self, checkout.draft(self, cart))

    # --- webhooks ------------------------------------------------------------------------

    @property
    def delivery_headers(self) -> dict[str, str]:
        """Extra headers sent with every delivery and ping."""
        return self.webhooks.extra_headers

    @delivery_headers.setter
    def delivery_headers(self, headers: dict[str, str]) -> None:
        self.webhooks.extra_headers = dict(headers)

    def emit(self, topic: str, resource_id: int) -> None:
        """Something happened: queue the deliveries of every hook that listens."""
        self.webhooks.emit(topic, resource_id)

    def deliver(self, limit: int | None = None) -> list[tuple[int, str, int]]:
        """Deliver what is pending now; returns (status, topic, resource id), 0 = no answer."""
        return self.webhooks.deliver(limit)

    def random_key(self, length: int = 13) -> str:
        alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
        return "".join(secrets.choice(alphabet) for _ in range(length))


FIRST_IDS = {
    "post": 11,
    "item": 1,
    "meta": 1,
    "note": 1,
    "fulfillment": 1,
    "fulfillment_meta": 1,
    "user": 2,
    "term": 16,
    "attribute": 1,
    "tax": 100,
    "webhook": 1,
    "media": 100_001,
}
