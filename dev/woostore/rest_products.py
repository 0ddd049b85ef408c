"""Endpoints of products and variations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import listing, product_writes, products, translations
from .errors import RestError, invalid_id
from .paging import created, page
from .product_json import as_json, is_on_sale, variation_json
from .rest import Answer, Call
from .rounding import dec

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]


def show(call: Call, product: Record) -> Record:
    return as_json(call.store, product)


# --- products ----------------------------------------------------------------------------------


def list_products(call: Call) -> Answer:
    store, params = call.store, call.params
    rows = _of_kind(store, params)
    rows = listing.by_ids(rows, params)
    rows = listing.in_dates(store, rows, params)
    rows = _matching(store, rows, params)
    if not any(params.get(key) for key in ("include", "sku")):
        rows = translations.in_language(store, rows, params.get("lang"))
    rows = _sorted(rows, params, older_first=True)
    return page(call, rows, lambda p: show(call, p))


def _of_kind(store: Store, params: Record) -> list[Record]:
    """Variations are listed only where a SKU or GTIN is looked for."""
    wanted = any(params.get(key) for key in ("sku", "search_sku", "global_unique_id"))
    rows = [p for p in _candidates(store, params) if wanted or p["type"] != "variation"]
    status = params["status"]
    if status == "any":
        return [p for p in rows if p["status"] not in ("trash", "auto-draft")]
    return [p for p in rows if p["status"] == status]


def _candidates(store: Store, params: Record) -> Iterable[Record]:
    """All products, or the few that a list of ids, SKUs or GTINs names."""
    if params.get("include"):
        return [store.products[i] for i in params["include"] if i in store.products]
    for key in ("sku", "global_unique_id"):
        if params.get(key):
            values = sorted(_among(params[key]))
            return [p for value in values for p in store.products.having(key, value)]
    return store.products.values()


def _matching(store: Store, rows: list[Record], params: Record) -> list[Record]:
    tests = [_TESTS[key](store, params[key]) for key in _TESTS if params.get(key) not in (None, [])]
    return [row for row in rows if all(test(row) for test in tests)]


def _among(value: str) -> set[str]:
    return {part.strip().lower() for part in value.split(",") if part.strip()}


def _one_of(key: str, values: set[str]) -> Any:
    return lambda p: p[key].lower() in values


def _has_term(kind: str, value: str) -> Any:
    wanted = _among(str(value))
    return lambda p: any(str(term["id"]) in wanted for term in p[kind])


_TESTS: dict[str, Any] = {
    "sku": lambda store, v: _one_of("sku", _among(v)),
    "search_sku": lambda store, v: lambda p: v.lower() in p["sku"].lower(),
    "global_unique_id": lambda store, v: _one_of("global_unique_id", _among(v)),
    "slug": lambda store, v: lambda p: p["slug"] == v,
    "type": lambda store, v: lambda p: p["type"] == v,
    "include_types": lambda store, v: lambda p: p["type"] in v,
    "exclude_types": lambda store, v: lambda p: p["type"] not in v,
    "category": lambda store, v: _has_term("categories", v),
    "tag": lambda store, v: _has_term("tags", v),
    "featured": lambda store, v: lambda p: p["featured"] == v,
    "on_sale": lambda store, v: lambda p: is_on_sale(store, p) == v,
    "stock_status": lambda store, v: lambda p: p["stock_status"] == v,
    "tax_class": lambda store, v: lambda p: p["tax_class"] == v.replace("standard", ""),
    "min_price": lambda store, v: lambda p: p["price"] != "" and dec(p["price"]) >= dec(v),
    "max_price": lambda store, v: lambda p: p["price"] != "" and dec(p["price"]) <= dec(v),
    "parent": lambda store, v: lambda p: p["parent_id"] in v,
    "search": lambda store, v: lambda p: _found(p, v),
}


def _found(product: Record, text: str) -> bool:
    """Every word in name, texts or SKU."""
    places = ("name", "description", "short_description", "sku")
    haystack = " ".join(product[key] for key in places).lower()
    return all(word in haystack for word in text.lower().split())


def _sorted(rows: list[Record], params: Record, *, older_first: bool) -> list[Record]:
    keys = {
        "price": lambda p: dec(p["price"]),
        "popularity": lambda p: int(p["total_sales"]),
        "rating": lambda p: dec(p["average_rating"]),
        "menu_order": lambda p: (p["menu_order"], p["name"]),
    }
    chosen = keys.get(params["orderby"])
    if chosen:
        return sorted(rows, key=chosen, reverse=params["order"] == "desc")
    return listing.sort_posts(rows, params, older_first=older_first)


def _product(call: Call) -> Record:
    product = call.store.products.get(call.id)
    if product is None:
        raise invalid_id("product")
    return product


def view_product(call: Call) -> Answer:
    return Answer(show(call, _product(call)))


def create_product(call: Call) -> Answer:
    product = product_writes.create(call.store, call.params)
    return created(call.store, f"products/{product['id']}", as_json(call.store, product, edit=True))


def update_product(call: Call) -> Answer:
    product = call.store.products.get(call.id)
    if product is None:
        raise invalid_id("product", 400)
    if product["type"] == "variation":
        text = "To manipulate product variations you should use the "
        text += "/products/&lt;product_id&gt;/variations/&lt;id&gt; endpoint."
        raise RestError("woocommerce_rest_invalid_product_id", text, 404)
    product_writes.update(call.store, product, call.params)
    return Answer(as_json(call.store, product, edit=True))


def delete_product(call: Call) -> Answer:
    """Without ``force`` to the trash, which tells of it; with it silently gone."""
    product = _product(call)
    if product["type"] == "variation":
        text = "To manipulate product variations you should use the "
        text += "/products/&lt;product_id&gt;/variations/&lt;id&gt; endpoint."
        raise RestError("woocommerce_rest_invalid_product_id", text, 404)
    if not call.force:
        if product["status"] == "trash":
            text = "The product has already been deleted."
            raise RestError("woocommerce_rest_already_trashed", text, 410)
        body = as_json(call.store, product, edit=True)
        products.trash(call.store, product)
        return Answer(body)
    body = as_json(call.store, product, edit=True)
    products.destroy(call.store, product)
    return Answer(body)


# --- variations --------------------------------------------------------------------------------


def list_variations(call: Call) -> Answer:
    """Of a product that does not exist or has none: an empty list."""
    store, params = call.store, call.params
    rows = [p for p in store.products.having("parent_id", call.id) if p["type"] == "variation"]
    rows = [p for p in rows if p["status"] != "trash"]
    rows = listing.in_dates(store, listing.by_ids(rows, params), params)
    rows = _matching(store, rows, {k: v for k, v in params.items() if k not in ("parent", "type")})
    rows = _sorted(rows, params, older_first=False)
    return page(call, rows, lambda p: variation_json(store, p))


def _variation(call: Call) -> Record:
    variation = call.store.products.get(call.id)
    if variation is None or variation["parent_id"] != call.args[0]:
        raise invalid_id("product_variation", hides_allow=True)
    return variation


def view_variation(call: Call) -> Answer:
    return Answer(variation_json(call.store, _variation(call)))


def _parent(call: Call) -> Record:
    parent = call.store.products.get(int(call.args[0]))
    if parent is None or parent["type"] != "variable":
        raise RestError(
            "woocommerce_rest_product_variation_invalid_parent",
            "Cannot set attributes due to invalid parent product.",
            404,
        )
    return parent


def create_variation(call: Call) -> Answer:
    parent = _parent(call)
    variation = product_writes.create_variation(call.store, parent, call.params)
    path = f"products/{parent['id']}/variations/{variation['id']}"
    return created(call.store, path, variation_json(call.store, variation, edit=True))


def generate_variations(call: Call) -> Answer:
    """One for each combination that has none yet; ``delete`` takes away what fits none."""
    parent = _parent(call)
    return Answer({"count": product_writes.generate_variations(call.store, parent)})


def update_variation(call: Call) -> Answer:
    variation = _variation(call)
    product_writes.update_variation(call.store, variation, call.params)
    return Answer(variation_json(call.store, variation, edit=True))


def delete_variation(call: Call) -> Answer:
    variation = _variation(call)
    body = variation_json(call.store, variation, edit=True)
    if call.force:
        products.destroy(call.store, variation)
    else:
        products.trash(call.store, variation)
    return Answer(body)
