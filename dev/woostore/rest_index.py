"""Endpoints that say what the shop offers: its index, its namespaces and their routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .rest import Answer, Call, offers

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]


def site_index(call: Call) -> Answer:
    """/wp-json/: public, names the shop, its time zone and its namespaces."""
    store = call.store
    authorization = f"{store.url}/wp-admin/authorize-application.php"
    endpoints = {"endpoints": {"authorization": authorization}}
    return Answer(
        {
            "name": store.name,
            "description": "",
            "url": store.url,
            "home": store.url,
            "gmt_offset": _gmt_offset(store),
            "timezone_string": store.timezone,
            "namespaces": namespaces(store),
            "authentication": {"application-passwords": endpoints},
            "routes": routes(store),
        }
    )


def _gmt_offset(store: Store) -> int | float:
    offset = store.clock.now().astimezone(store.zone).utcoffset()
    hours = offset.total_seconds() / 3600 if offset else 0.0
    return int(hours) if hours.is_integer() else hours


def namespaces(store: Store) -> list[str]:
    extra = [space for name in PLUGINS if name in store.features for space in PLUGINS[name][1]]
    return [*NAMESPACES, *dict.fromkeys(extra)]


# Features of WooCommerce itself, with the release that brought them.
CORE_FEATURES = {"fulfillments": (10, 1)}
# Plug-ins: their file, and the namespaces they bring.
PLUGINS: dict[str, tuple[str, tuple[str, ...]]] = {
    "shipment-tracking": (
        "woocommerce-shipment-tracking/woocommerce-shipment-tracking.php",
        ("wc-shipment-tracking/v3",),
    ),
    "advanced-shipment-tracking": (
        "woo-advanced-shipment-tracking/woocommerce-advanced-shipment-tracking.php",
        ("wc-ast/v3", "wc-shipment-tracking/v3"),
    ),
    "woopayments": ("woocommerce-payments/woocommerce-payments.php", ()),
    "wpml": ("woocommerce-multilingual/wpml-woocommerce.php", ("wpml/v1",)),
    "polylang": ("polylang-wc/polylang-wc.php", ("pll/v1",)),
    "decimal-stock": ("decimal-product-quantity-for-woocommerce/index.php", ()),
}


NAMESPACES = (
    "oembed/1.0",
    "wc/v3",
    "wc/v1",
    "jetpack/v4",
    "wc-admin",
    "wc-analytics",
    "wc/store",
    "wc/store/v1",
    "wc/private",
    "wc/v2",
    "wc-admin-email",
    "wc-telemetry",
    "wccom-site/v3",
    "wp/v2",
    "wp-site-health/v1",
    "wp-block-editor/v1",
)


def routes(store: Store) -> Record:
    """Route patterns as keys: what a client looks at to find out what the shop offers."""
    from .routes import ROUTES  # the table knows this module

    out: Record = {}
    for route in ROUTES:
        if store.release < route.since or not offers(store, route):
            continue
        for namespace in route.namespaces:
            path = "/" + "/".join(part for part in (namespace, route.pattern) if part)
            out.setdefault(_named(path), {"namespace": namespace, "methods": route.allowed})
    return out


PARENTS = {"orders": "order_id", "products": "product_id", "customers": "customer_id"}


def _named(path: str) -> str:
    """``orders/(\\d+)/notes`` as WordPress writes it: with names for the groups."""
    parts = path.split("/")
    for index, part in enumerate(parts):
        if part.startswith("("):
            nested = index + 1 < len(parts)
            name = PARENTS.get(parts[index - 1], "id") if nested else "id"
            inner = part[1:-1].replace("\\d+", "[\\d]+")
            parts[index] = f"(?P<{name}>{inner})"
    return "/".join(parts)


def namespace_index(call: Call) -> Answer:
    namespace = call.path.removeprefix("/wp-json/").strip("/")
    found = {k: v for k, v in routes(call.store).items() if v["namespace"] == namespace}
    up = {"up": [{"href": f"{call.store.url}/wp-json/"}]}
    return Answer({"namespace": namespace, "routes": found, "_links": up})
