"""The table of routes."""

from __future__ import annotations

from dataclasses import replace

from . import rest_index as index
from . import rest_media as media
from . import rest_orders as orders
from . import rest_people as people
from . import rest_products as products
from . import rest_shop as shop
from . import rest_taxes as taxes
from . import rest_terms as terms
from . import rest_webhooks as hooks
from . import schemas
from .batch import batch
from .rest import EDITING, NUMBER, WORD, Endpoint, Handler, Route, Schema
from .routes_plugins import FULFILLMENTS, TRACKINGS, WOOPAYMENTS


def _collection(
    pattern: str,
    read: Handler,
    create: Handler | None = None,
    listing: Schema = None,
    writing: Schema = None,
    **extra: object,
) -> Route:
    endpoints = {"GET": Endpoint(read, "list", listing)}
    if create:
        endpoints["POST"] = Endpoint(create, "create", writing)
    return Route(pattern, endpoints, **extra)  # type: ignore[arg-type]


def _item(
    pattern: str,
    view: Handler,
    update: Handler | None = None,
    delete: Handler | None = None,
    viewing: Schema = None,
    writing: Schema = None,
) -> Route:
    endpoints = {"GET": Endpoint(view, "view", viewing)}
    if update:
        endpoints.update({m: Endpoint(update, "edit", writing) for m in EDITING})
    if delete:
        endpoints["DELETE"] = Endpoint(delete, "delete")
    return Route(pattern, endpoints)


def _batch(pattern: str, create: Handler, update: Handler, delete: Handler) -> Route:
    handler = batch(create, update, delete)
    return Route(pattern, {m: Endpoint(handler, "batch") for m in EDITING})


def _terms(path: str, since: tuple[int, ...] = (0,)) -> list[Route]:
    routes = [
        _collection(
            path, terms.list_terms, terms.create_term, schemas.TERMS_LIST, schemas.TERM_CREATE
        ),
        _batch(f"{path}/batch", terms.create_term, terms.update_term, terms.delete_term),
        _item(
            f"{path}/{NUMBER}",
            terms.view_term,
            terms.update_term,
            terms.delete_term,
            writing=schemas.TERM_WRITE,
        ),
    ]
    return [replace(route, since=since) for route in routes]


ORDERS = [
    _collection(
        "orders", orders.list_orders, orders.create_order, schemas.orders_list, schemas.order_write
    ),
    _batch("orders/batch", orders.create_order, orders.update_order, orders.delete_order),
    Route("orders/statuses", {"GET": Endpoint(orders.statuses, public=True)}, since=(9,)),
    _item(
        f"orders/{NUMBER}",
        orders.view_order,
        orders.update_order,
        orders.delete_order,
        schemas.order_view,
        schemas.order_write,
    ),
    _collection(
        f"orders/{NUMBER}/notes",
        orders.list_notes,
        orders.create_note,
        schemas.NOTES_LIST,
        schemas.NOTE_WRITE,
    ),
    _item(f"orders/{NUMBER}/notes/{NUMBER}", orders.view_note, None, orders.delete_note),
    _collection(
        f"orders/{NUMBER}/refunds",
        orders.list_refunds,
        orders.create_refund,
        schemas.refunds_list,
        schemas.REFUND_WRITE,
    ),
    _item(f"orders/{NUMBER}/refunds/{NUMBER}", orders.view_refund, None, orders.delete_refund),
    _collection("refunds", orders.list_all_refunds, None, schemas.refunds_list, since=(9,)),
    _collection("reports/orders/totals", orders.totals),
]

PRODUCTS = [
    *_terms("products/categories"),
    *_terms("products/tags"),
    *_terms("products/brands", since=(9, 6)),
    *_terms("products/shipping_classes"),
    *_terms(r"products/attributes/\d+/terms"),
    _collection(
        "products/attributes",
        terms.list_attributes,
        terms.create_attribute,
        writing=schemas.ATTRIBUTE_CREATE,
    ),
    _batch(
        "products/attributes/batch",
        terms.create_attribute,
        terms.update_attribute,
        terms.delete_attribute,
    ),
    _item(
        f"products/attributes/{NUMBER}",
        terms.view_attribute,
        terms.update_attribute,
        terms.delete_attribute,
        writing=schemas.ATTRIBUTE_WRITE,
    ),
    _collection("products/reviews", terms.empty_list, None, schemas.LISTING),
    _collection(
        "products",
        products.list_products,
        products.create_product,
        schemas.products_list,
        schemas.product_write,
    ),
    _batch(
        "products/batch",
        products.create_product,
        products.update_product,
        products.delete_product,
    ),
    _item(
        f"products/{NUMBER}",
        products.view_product,
        products.update_product,
        products.delete_product,
        writing=schemas.product_write,
    ),
    _collection(
        f"products/{NUMBER}/variations",
        products.list_variations,
        products.create_variation,
        schemas.variations_list,
        schemas.variation_write,
    ),
    _batch(
        f"products/{NUMBER}/variations/batch",
        products.create_variation,
        products.update_variation,
        products.delete_variation,
    ),
    Route(
        f"products/{NUMBER}/variations/generate",
        {"POST": Endpoint(products.generate_variations, "create")},
        since=(7, 1),
        namespaces=("wc/v3",),
    ),
    _item(
        f"products/{NUMBER}/variations/{NUMBER}",
        products.view_variation,
        products.update_variation,
        products.delete_variation,
        writing=schemas.variation_write,
    ),
]

PEOPLE = [
    _collection(
        "customers",
        people.list_customers,
        people.create_customer,
        schemas.CUSTOMERS_LIST,
        schemas.CUSTOMER_WRITE,
    ),
    _batch(
        "customers/batch", people.create_customer, people.update_customer, people.delete_customer
    ),
    _item(
        f"customers/{NUMBER}",
        people.view_customer,
        people.update_customer,
        people.delete_customer,
        writing=schemas.CUSTOMER_WRITE,
    ),
    _collection(f"customers/{NUMBER}/downloads", people.customer_downloads),
    _collection(
        "coupons",
        people.list_coupons,
        people.create_coupon,
        schemas.COUPONS_LIST,
        schemas.COUPON_WRITE,
    ),
    _batch("coupons/batch", people.create_coupon, people.update_coupon, people.delete_coupon),
    _item(
        f"coupons/{NUMBER}",
        people.view_coupon,
        people.update_coupon,
        people.delete_coupon,
        writing=schemas.COUPON_WRITE,
    ),
]

SHOP = [
    Route("", {"GET": Endpoint(index.site_index, public=True)}, namespaces=("",)),
    Route(
        r"wc(?:-[\w-]+)?/v\d",
        {"GET": Endpoint(index.namespace_index, public=True)},
        namespaces=("",),
    ),
    _collection("taxes", taxes.list_taxes, taxes.create_tax, schemas.TAXES_LIST),
    _collection("taxes/classes", taxes.list_classes, taxes.create_class),
    _item(f"taxes/classes/{WORD}", taxes.view_class, None, taxes.delete_class),
    _item(f"taxes/{NUMBER}", taxes.view_tax, None, taxes.delete_tax),
    _collection("payment_gateways", shop.list_gateways),
    _item(f"payment_gateways/{WORD}", shop.view_gateway),
    _collection("shipping_methods", shop.list_methods),
    _collection("shipping/zones", shop.list_zones),
    _item(f"shipping/zones/{NUMBER}", shop.view_zone),
    _collection(f"shipping/zones/{NUMBER}/locations", shop.zone_locations),
    _collection(f"shipping/zones/{NUMBER}/methods", shop.zone_methods),
    _collection("settings", shop.setting_groups),
    _collection(f"settings/{WORD}", shop.list_settings),
    _item(f"settings/{WORD}/{WORD}", shop.view_setting, shop.update_setting),
    _collection("system_status", shop.system_status),
    _collection("data/currencies/current", taxes.current_currency),
    _item(f"data/countries/{WORD}", taxes.country),
]

# The fake shows no other endpoint of WordPress itself.
WORDPRESS = [
    Route(
        pattern,
        {method: Endpoint(handler, schema=rules, public=True) for method, handler, rules in rows},
        namespaces=("wp/v2",),
    )
    for pattern, rows in {
        "media": [
            ("GET", media.list_media, media.LIST),
            ("POST", media.create_media, None),
        ],
        f"media/{NUMBER}": [
            ("GET", media.view_media, None),
            *((method, media.update_media, None) for method in EDITING),
            ("DELETE", media.delete_media, None),
        ],
    }.items()
]

LEGACY = [
    # Version 1 looks among posts, where orders in own tables are not.
    Route(
        "orders",
        {"GET": Endpoint(terms.empty_list, "list", schemas.LISTING)},
        namespaces=("wc/v1",),
    ),
]

WEBHOOKS = [
    _collection(
        "webhooks",
        hooks.list_webhooks,
        hooks.create_webhook,
        schemas.WEBHOOKS_LIST,
        schemas.WEBHOOK_WRITE,
    ),
    _batch("webhooks/batch", hooks.create_webhook, hooks.update_webhook, hooks.delete_webhook),
    _item(
        f"webhooks/{NUMBER}",
        hooks.view_webhook,
        hooks.update_webhook,
        hooks.delete_webhook,
        writing=schemas.WEBHOOK_WRITE,
    ),
]

ROUTES: list[Route] = [
    *ORDERS,
    *FULFILLMENTS,
    *TRACKINGS,
    *PRODUCTS,
    *PEOPLE,
    *SHOP,
    *WOOPAYMENTS,
    *WORDPRESS,
    *LEGACY,
    *WEBHOOKS,
]
