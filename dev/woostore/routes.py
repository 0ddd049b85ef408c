"""The table of routes."""

from __future__ import annotations

from . import rest_misc as misc
from . import rest_orders as orders
from . import rest_products as products
from . import rest_shop as shop
from . import rest_webhooks as hooks
from . import schemas
from .batch import batch
from .rest import EDITING, Endpoint, Handler, Route, Schema

NUMBER = r"(\d+)"
WORD = r"([\w-]+)"


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


def _terms(path: str) -> list[Route]:
    return [
        _collection(
            path, misc.list_terms, misc.create_term, schemas.TERMS_LIST, schemas.TERM_WRITE
        ),
        _batch(f"{path}/batch", misc.create_term, misc.update_term, misc.delete_term),
        _item(
            f"{path}/{NUMBER}",
            misc.view_term,
            misc.update_term,
            misc.delete_term,
            writing=schemas.TERM_WRITE,
        ),
    ]


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
        schemas.REFUNDS_LIST,
        schemas.REFUND_WRITE,
    ),
    _item(
        f"orders/{NUMBER}/refunds/{NUMBER}", orders.view_refund, None, orders.delete_refund
    ),
    _collection("refunds", orders.list_all_refunds, None, schemas.REFUNDS_LIST, since=(9,)),
    _collection("reports/orders/totals", orders.totals),
]

PRODUCTS = [
    *_terms("products/categories"),
    *_terms("products/tags"),
    *_terms("products/brands"),
    *_terms("products/shipping_classes"),
    *_terms(r"products/attributes/\d+/terms"),
    _collection("products/attributes", misc.list_attributes, misc.create_attribute),
    _item(f"products/attributes/{NUMBER}", misc.view_attribute),
    _collection("products/reviews", misc.empty_list, None, schemas.LISTING),
    _collection(
        "products",
        products.list_products,
        products.create_product,
        schemas.products_list,
        schemas.PRODUCT_WRITE,
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
        writing=schemas.PRODUCT_WRITE,
    ),
    _collection(
        f"products/{NUMBER}/variations",
        products.list_variations,
        products.create_variation,
        schemas.variations_list,
        schemas.VARIATION_WRITE,
    ),
    _batch(
        f"products/{NUMBER}/variations/batch",
        products.create_variation,
        products.update_variation,
        products.delete_variation,
    ),
    _item(
        f"products/{NUMBER}/variations/{NUMBER}",
        products.view_variation,
        products.update_variation,
        products.delete_variation,
        writing=schemas.VARIATION_WRITE,
    ),
]

PEOPLE = [
    _collection(
        "customers",
        misc.list_customers,
        misc.create_customer,
        schemas.CUSTOMERS_LIST,
        schemas.CUSTOMER_WRITE,
    ),
    _batch(
        "customers/batch", misc.create_customer, misc.update_customer, misc.delete_customer
    ),
    _item(
        f"customers/{NUMBER}",
        misc.view_customer,
        misc.update_customer,
        misc.delete_customer,
        writing=schemas.CUSTOMER_WRITE,
    ),
    _collection(f"customers/{NUMBER}/downloads", misc.customer_downloads),
    _collection(
        "coupons",
        misc.list_coupons,
        misc.create_coupon,
        schemas.COUPONS_LIST,
        schemas.COUPON_WRITE,
    ),
    _batch("coupons/batch", misc.create_coupon, misc.update_coupon, misc.delete_coupon),
    _item(
        f"coupons/{NUMBER}",
        misc.view_coupon,
        misc.update_coupon,
        misc.delete_coupon,
        writing=schemas.COUPON_WRITE,
    ),
]

SHOP = [
    Route("", {"GET": Endpoint(shop.site_index, public=True)}, namespaces=("",)),
    Route(
        r"wc/v\d", {"GET": Endpoint(shop.namespace_index, public=True)}, namespaces=("",)
    ),
    _collection("taxes", misc.list_taxes, misc.create_tax, schemas.TAXES_LIST),
    _collection("taxes/classes", misc.list_classes, misc.create_class),
    Route(f"taxes/classes/{WORD}", {"DELETE": Endpoint(misc.delete_class, "delete")}),
    _item(f"taxes/{NUMBER}", misc.view_tax, None, misc.delete_tax),
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
    _collection("data/currencies/current", misc.current_currency),
    _item(f"data/countries/{WORD}", misc.country),
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

ROUTES: list[Route] = [*ORDERS, *PRODUCTS, *PEOPLE, *SHOP, *WEBHOOKS]
