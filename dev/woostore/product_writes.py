"""Products written by REST, with what WooCommerce does to odd values.

Prices keep every decimal; a comma is dropped ("10,50" becomes 1050); words empty the price; a
sale price that is not below the regular one is dropped. Stock is ignored without a word where it
is not managed.
"""

from __future__ import annotations

import itertools
import re
import uuid
from typing import TYPE_CHECKING, Any

from . import media, orders, products, stock, terms, translations
from .clock import to_gmt
from .errors import RestError
from .rounding import dec, number, plain
from .schema import TRUE

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

PLAIN = (
    "name",
    "slug",
    "type",
    "featured",
    "catalog_visibility",
    "description",
    "short_description",
    "virtual",
    "downloadable",
    "download_limit",
    "download_expiry",
    "external_url",
    "button_text",
    "tax_status",
    "low_stock_amount",
    "sold_individually",
    "weight",
    "shipping_class",
    "reviews_allowed",
    "upsell_ids",
    "cross_sell_ids",
    "parent_id",
    "purchase_note",
    "grouped_products",
    "menu_order",
    "post_password",
)
STATUSES = {"publish", "future", "draft", "pending", "private", "trash", "auto-draft"}


def create(store: Store, params: Record) -> Record:
    product = products.blank(store, type=params.get("type") or "simple")
    apply(store, product, params)
    product["name"] = product["name"] or "Product"
    product["slug"] = _free_slug(store, product)
    if not product["categories"]:
        product["categories"] = [{"id": 15, "name": "Uncategorized", "slug": "uncategorized"}]
    products.created(store, product)
    return product


def _free_slug(store: Store, product: Record) -> str:
    wanted = product["slug"] or products.slugify(product["name"]) or str(product["id"])
    slug, count = wanted, 2
    while any(p["id"] != product["id"] for p in store.products.having("slug", slug)):
        slug, count = f"{wanted}-{count}", count + 1
    return slug


def update(store: Store, product: Record, params: Record) -> None:
    apply(store, product, params)
    stock.saved(store, product)


def apply(store: Store, product: Record, params: Record) -> None:
    translations.take(store, product, params)
    if params.get("sku") is not None:
        own = {product["id"], *(row["id"] for row in translations.family(store, product))}
        products.refuse_taken_sku(store, str(params["sku"]), own)
        product["sku"] = str(params["sku"])
    if params.get("global_unique_id") is not None:
        _set_gtin(store, product, str(params["global_unique_id"]))
    for key in PLAIN:
        if params.get(key) is not None:
            product[key] = params[key]
    if params.get("status") is not None:  # a batch takes any word
        product["status"] = params["status"] if params["status"] in STATUSES else "pending"
    if params.get("low_stock_amount", 0) is None:
        product["low_stock_amount"] = None
    if params.get("tax_class") is not None:
        product["tax_class"] = _tax_class(store, product, str(params["tax_class"]))
    _set_prices(store, product, params)
    _set_stock(store, product, params)
    terms.set_terms(store, product, params)
    if params.get("downloads") is not None:
        product["downloads"] = [_download(row) for row in params["downloads"]]
    if params.get("dimensions"):
        product["dimensions"] = {**product["dimensions"], **params["dimensions"]}
    if params.get("meta_data"):
        orders.set_meta(store, product["meta_data"], params["meta_data"])
    if params.get("images") is not None:
        product["images"] = _images(store, product, params["images"])
    stock.settle(store, product)


def _download(row: Record) -> Record:
    name, file = str(row.get("name") or ""), str(row.get("file") or "")
    return {
        "id": row.get("id") or str(uuid.uuid5(uuid.NAMESPACE_URL, file)),
        "name": name,
        "file": file,
    }


def _set_gtin(store: Store, product: Record, value: str) -> None:
    """Everything but digits and hyphens is dropped without a word."""
    gtin = re.sub(r"[^0-9-]", "", value)
    others = store.products.having("global_unique_id", gtin)
    taken = next((p for p in others if p["id"] != product["id"]), None)
    if taken:
        text = "Invalid or duplicated GTIN, UPC, EAN or ISBN."
        code = "product_invalid_global_unique_id"
        raise RestError(code, text, 400, {"resource_id": taken["id"]})
    product["global_unique_id"] = gtin


def _tax_class(store: Store, product: Record, wanted: str) -> str:
    """An unknown class becomes the standard one."""
    known = {row["slug"] for row in store.tax_classes} - {"standard"}
    if wanted == "parent" and product["type"] == "variation":
        return wanted
    return wanted if wanted in known else ""


# --- prices ------------------------------------------------------------------------------------


def price_text(store: Store, value: object) -> str:
    """A price as it is kept: only digits, point and sign survive.

    The shop's decimal separator reads as a point: "10,50" is 1050 where that is a point.
    """
    separator = store.option("general", "woocommerce_price_decimal_sep", ".")
    text = re.sub(r"[^0-9.\-]", "", str(value).replace(separator, "."))
    return text if re.fullmatch(r"-?\d*\.?\d+|-?\d+\.?", text) else ""


def _set_prices(store: Store, product: Record, params: Record) -> None:
    if product["type"] in ("variable", "grouped"):
        return
    for key in ("regular_price", "sale_price"):
        if params.get(key) is not None:
            product[key] = price_text(store, params[key])
    for key in ("date_on_sale_from", "date_on_sale_to"):
        if params.get(key) is not None:
            product[f"{key}_gmt"] = to_gmt(params[key][:19], store.zone) or None
        if params.get(f"{key}_gmt") is not None:  # null says nothing, an empty text takes it away
            product[f"{key}_gmt"] = params[f"{key}_gmt"][:19] or None
    if product["sale_price"] and dec(product["sale_price"]) >= dec(product["regular_price"]):
        product["sale_price"] = ""


# --- stock -------------------------------------------------------------------------------------


def _set_stock(store: Store, product: Record, params: Record) -> None:
    if store.option("products", "woocommerce_manage_stock") != "yes":
        if params.get("stock_status") and product["type"] != "variable":
            product["stock_status"] = params["stock_status"]
        return
    if params.get("manage_stock") is not None:
        _set_management(product, params["manage_stock"])
    if params.get("backorders") is not None:
        product["backorders"] = params["backorders"]
    if product["manage_stock"] is not True:
        if params.get("stock_status") is not None and product["manage_stock"] is False:
            product["stock_status"] = params["stock_status"]
        return
    if "stock_quantity" in params:
        product["stock_quantity"] = _quantity(params["stock_quantity"])
    elif params.get("inventory_delta") is not None:
        delta = dec(params["inventory_delta"])
        product["stock_quantity"] = number(dec(product["stock_quantity"]) + delta)
    elif product["stock_quantity"] is None:
        product["stock_quantity"] = 0


def _set_management(product: Record, value: Any) -> None:
    if value == "parent":
        product["manage_stock"] = "parent"
    else:
        product["manage_stock"] = value in TRUE
    if product["manage_stock"] is not True:
        product["stock_quantity"] = None


def _quantity(value: Any) -> int | float:
    """null and words (a batch checks nothing) count as 0."""
    return number(plain(dec(value), 6))


# --- pictures ---------------------------------------------------------------------------------


def _images(store: Store, product: Record, rows: list[Record]) -> list[Record]:
    what = "variation" if product["type"] == "variation" else "product"
    return [media.given(store, row, what) for row in rows]


# --- variations --------------------------------------------------------------------------------


def create_variation(store: Store, parent: Record, params: Record) -> Record:
    variation = products.blank(store, type="variation", parent_id=parent["id"], tax_class="parent")
    _apply_variation(store, variation, params)
    parent["variations"].append(variation["id"])
    products.created(store, variation)
    stock.settle_parent(store, parent)
    return variation


def generate_variations(store: Store, parent: Record) -> int:
    """Variations for the combinations of options that have none; returns how many."""
    varied = [row for row in parent["attributes"] if row["variation"]]
    made = 0
    taken = [v["attributes"] for v in stock.variations_of(store, parent)]
    for chosen in itertools.product(*(row["options"] for row in varied)):
        pairs = zip(varied, chosen, strict=True)
        wanted = [{"id": row["id"], "name": row["name"], "option": o} for row, o in pairs]
        choices = terms.choices(store, parent, wanted)
        if varied and not any(_fits(rows, choices) for rows in taken):
            create_variation(store, parent, {"attributes": wanted})
            made += 1
    return made


def _fits(rows: list[Record], choices: list[Record]) -> bool:
    """Whether a variation (which may leave options open) is sold for these choices."""
    wanted = {row["slug"]: row["option"] for row in choices}
    return all(wanted.get(row["slug"]) == row["option"] for row in rows)


def update_variation(store: Store, variation: Record, params: Record) -> None:
    _apply_variation(store, variation, params)
    stock.saved(store, variation)


def _apply_variation(store: Store, variation: Record, params: Record) -> None:
    params = dict(params)
    params.pop("type", None)
    wanted = params.pop("attributes", None)
    picture = params.pop("image", None)
    if picture is not None:
        params["images"] = [picture] if picture else []
    parent = store.products[variation["parent_id"]]
    if wanted is not None:
        variation["attributes"] = terms.choices(store, parent, wanted)
        variation["name"] = products.variation_name(parent, variation["attributes"])
        variation["slug"] = products.slugify(variation["name"])
    apply(store, variation, params)
