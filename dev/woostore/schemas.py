"""Parameters of the endpoints, as far as they are checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

INT: Record = {"type": "integer"}
STR: Record = {"type": "string"}
BOOL: Record = {"type": "boolean"}
DATE: Record = {"type": "string", "format": "date-time"}
IDS: Record = {"type": "array", "items": INT, "default": []}
MIXED: Record = {}
META: Record = {
    "type": "array",
    "items": {"type": "object", "properties": {"id": INT, "key": STR}},
}
PRODUCT_TYPES = ["simple", "grouped", "external", "variable"]
STOCK_STATUSES = ["instock", "outofstock", "onbackorder"]


def enum(*values: str) -> Record:
    return {"type": "string", "enum": list(values)}


CONTEXT: Record = {**enum("view", "edit"), "default": "view"}
PAGING: Record = {
    "context": CONTEXT,
    "page": {**INT, "minimum": 1, "default": 1},
    "per_page": {**INT, "minimum": 1, "maximum": 100, "default": 10},
}
DATES: Record = {
    "after": DATE,
    "before": DATE,
    "modified_after": DATE,
    "modified_before": DATE,
    "dates_are_gmt": {**BOOL, "default": False},
}
LISTING: Record = {
    **PAGING,
    "search": STR,
    "exclude": IDS,
    "include": IDS,
    "offset": INT,
    "order": {**enum("asc", "desc"), "default": "desc"},
}
POSTS: Record = {**LISTING, **DATES, "parent": IDS, "parent_exclude": IDS}
POST_ORDERBY = ["date", "id", "include", "title", "slug", "modified"]


def order_statuses(store: Store) -> list[str]:
    return list(store.statuses)


def orders_list(store: Store) -> Record:
    statuses = ["any", "trash", "auto-draft", *order_statuses(store)]
    return {
        **POSTS,
        "orderby": {**enum(*POST_ORDERBY), "default": "date"},
        "status": {"type": "array", "items": enum(*statuses), "default": ["any"]},
        "customer": INT,
        "product": INT,
        "dp": {**INT, "default": store.decimals},
        "created_via": {"type": "array", "items": STR},
    }


def order_view(store: Store) -> Record:
    return {"context": CONTEXT, "dp": {**INT, "default": store.decimals}}


def order_write(store: Store) -> Record:
    lines = {"id": INT, "quantity": INT, "product_id": INT, "variation_id": INT, "meta_data": META}
    return {
        "parent_id": INT,
        "status": enum("auto-draft", *order_statuses(store)),
        "customer_id": INT,
        "customer_note": STR,
        "billing": {"type": "object", "email_in": "email"},
        "shipping": {"type": "object"},
        "payment_method": STR,
        "payment_method_title": STR,
        "transaction_id": STR,
        "meta_data": META,
        "line_items": {"type": "array", "items": {"type": "object", "properties": lines}},
        "shipping_lines": {"type": "array", "items": {"type": "object"}},
        "fee_lines": {"type": "array", "items": {"type": "object"}},
        "coupon_lines": {"type": "array", "items": {"type": "object"}},
        "set_paid": BOOL,
    }


def products_list(store: Store) -> Record:
    orderby = [*POST_ORDERBY, "price", "popularity", "rating", "menu_order"]
    types = {"type": "array", "items": enum(*PRODUCT_TYPES)}
    return {
        **POSTS,
        "orderby": {**enum(*orderby), "default": "date"},
        "slug": STR,
        "status": {
            **enum("any", "future", "trash", "draft", "pending", "private", "publish"),
            "default": "any",
        },
        "type": enum(*PRODUCT_TYPES),
        "include_types": types,
        "exclude_types": types,
        "sku": STR,
        "search_sku": STR,
        "global_unique_id": STR,
        "category": STR,
        "tag": STR,
        "on_sale": BOOL,
        "featured": BOOL,
        "stock_status": enum(*STOCK_STATUSES),
        "tax_class": STR,
        "min_price": STR,
        "max_price": STR,
    }


def variations_list(store: Store) -> Record:
    wanted = products_list(store)
    return {key: rule for key, rule in wanted.items() if key not in ("type", "category", "tag")}


_PRODUCT: Record = {
    "name": STR,
    "slug": STR,
    "type": enum(*PRODUCT_TYPES),
    "status": enum("draft", "pending", "private", "publish", "future", "auto-draft", "trash"),
    "featured": BOOL,
    "catalog_visibility": enum("visible", "catalog", "search", "hidden"),
    "description": STR,
    "short_description": STR,
    "sku": STR,
    "global_unique_id": STR,
    "regular_price": STR,
    "sale_price": STR,
    "virtual": BOOL,
    "downloadable": BOOL,
    "tax_status": enum("taxable", "shipping", "none"),
    "tax_class": STR,
    "manage_stock": BOOL,
    "stock_quantity": INT,
    "stock_status": enum(*STOCK_STATUSES),
    "backorders": enum("no", "notify", "yes"),
    "low_stock_amount": INT,
    "sold_individually": BOOL,
    "weight": STR,
    "dimensions": {"type": "object"},
    "parent_id": INT,
    "categories": {"type": "array", "items": {"type": "object"}},
    "tags": {"type": "array", "items": {"type": "object"}},
    "brands": {"type": "array", "items": MIXED},
    "images": {"type": "array", "items": {"type": "object"}},
    "attributes": {"type": "array", "items": {"type": "object"}},
    "default_attributes": {"type": "array", "items": {"type": "object"}},
    "grouped_products": {"type": "array", "items": INT},
    "menu_order": INT,
    "meta_data": META,
}
_VARIATION: Record = {
    **{k: v for k, v in _PRODUCT.items() if k not in ("type", "images", "parent_id")},
    "image": {"type": "object"},
}


def product_write(store: Store) -> Record:
    return {**_PRODUCT, **_stock_rule(store)}


def variation_write(store: Store) -> Record:
    return {**_VARIATION, **_stock_rule(store)}


def _stock_rule(store: Store) -> Record:
    """Plug-ins for goods by the metre let the stock have decimals."""
    return {"stock_quantity": {"type": "number"} if "decimal-stock" in store.features else INT}


CUSTOMERS_LIST: Record = {
    **LISTING,
    "order": {**enum("asc", "desc"), "default": "asc"},
    "orderby": {**enum("id", "include", "name", "registered_date"), "default": "name"},
    "email": {"type": "string", "format": "email"},
    "role": {
        **enum(
            "all",
            "administrator",
            "editor",
            "author",
            "contributor",
            "subscriber",
            "customer",
            "shop_manager",
        ),
        "default": "customer",
    },
}
CUSTOMER_WRITE: Record = {
    "email": STR,
    "first_name": STR,
    "last_name": STR,
    "username": STR,
    "billing": {"type": "object"},
    "shipping": {"type": "object"},
    "meta_data": META,
}

COUPONS_LIST: Record = {
    **LISTING,
    **DATES,
    "orderby": {**enum(*POST_ORDERBY), "default": "date"},
    "code": STR,
}
COUPON_WRITE: Record = {
    "code": STR,
    "amount": STR,
    "discount_type": enum("percent", "fixed_cart", "fixed_product"),
    "usage_limit": INT,
    "limit_usage_to_x_items": INT,
    "free_shipping": BOOL,
    "exclude_sale_items": BOOL,
    "product_ids": {"type": "array", "items": INT},
    "excluded_product_ids": {"type": "array", "items": INT},
    "product_categories": {"type": "array", "items": INT},
    "excluded_product_categories": {"type": "array", "items": INT},
    "meta_data": META,
}


def refunds_list(store: Store) -> Record:
    orderby = {**enum(*POST_ORDERBY), "default": "date"}
    return {**POSTS, "orderby": orderby, "dp": {**INT, "default": store.decimals}}


REFUND_WRITE: Record = {
    "amount": STR,
    "reason": STR,
    "meta_data": META,
    "line_items": {"type": "array", "items": {"type": "object"}},
    "api_refund": {**BOOL, "default": True},
    "api_restock": {**BOOL, "default": True},
}

NOTES_LIST: Record = {
    "context": CONTEXT,
    "type": {**enum("any", "customer", "internal"), "default": "any"},
}
NOTE_WRITE: Record = {
    "note": {**STR, "required": True},
    "customer_note": {**BOOL, "default": False},
    "added_by_user": {**BOOL, "default": False},
}

TAXES_LIST: Record = {
    **PAGING,
    "offset": INT,
    "order": {**enum("asc", "desc"), "default": "asc"},
    "orderby": {**enum("id", "order", "priority"), "default": "order"},
    "class": STR,
}

WEBHOOKS_LIST: Record = {
    **LISTING,
    "after": DATE,
    "before": DATE,
    "orderby": {**enum("date", "id", "title"), "default": "date"},
    "status": {**enum("all", "active", "paused", "disabled"), "default": "all"},
}
WEBHOOK_WRITE: Record = {
    "name": STR,
    "topic": STR,
    "status": enum("active", "paused", "disabled"),
    "secret": STR,
    "delivery_url": STR,
}

TERMS_LIST: Record = {
    **PAGING,
    "search": STR,
    "exclude": IDS,
    "include": IDS,
    "offset": INT,
    "order": {**enum("asc", "desc"), "default": "asc"},
    "orderby": {
        **enum("id", "include", "name", "slug", "term_group", "description", "count"),
        "default": "name",
    },
    "hide_empty": {**BOOL, "default": False},
    "parent": INT,
    "product": INT,
    "slug": STR,
}
TERM_WRITE: Record = {
    "name": STR,
    "slug": STR,
    "description": STR,
    "parent": INT,
    "image": {"type": "object"},
    "menu_order": INT,
}
TERM_CREATE: Record = {**TERM_WRITE, "name": {**STR, "required": True}}
ATTRIBUTE_WRITE: Record = {
    "name": STR,
    "slug": STR,
    "type": STR,
    "order_by": enum("menu_order", "name", "name_num", "id"),
    "has_archives": BOOL,
}
ATTRIBUTE_CREATE: Record = {**ATTRIBUTE_WRITE, "name": {**STR, "required": True}}
