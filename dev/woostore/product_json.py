"""How products and variations look in the REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode

from . import translations
from .defaults import SYMBOLS
from .links import ITEM, item_links
from .products import effective_tax_class, shown_sku, slugify
from .rounding import dec, fixed
from .stock import children_of, on_sale

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

ENTITIES = {"EUR": "&euro;", "USD": "&#36;", "GBP": "&pound;", "JPY": "&yen;", "CAD": "&#36;"}


def as_json(store: Store, product: Record, *, edit: bool = False) -> Record:
    """A product, or a variation at the products endpoint. ``edit``: as writes answer."""
    sold = {**product, **_stock(store, product)}
    out: Record = {key: sold[key] for key in ("id", "name", "slug")}
    out["permalink"] = permalink(store, product)
    out.update(_dates(store, product))
    out.update({key: sold[key] for key in ("type", "status", "featured", "catalog_visibility")})
    for key in ("description", "short_description"):
        out[key] = sold[key] if edit else paragraphs(sold[key])
    out["sku"] = shown_sku(store, product)
    out.update(_prices(store, product))
    out["purchasable"] = _purchasable(product)
    out["total_sales"] = product["total_sales"]
    if product["type"] == "variation":
        out["total_sales"] = str(product["total_sales"])
    out.update(_goods(store, sold, edit))
    out.update(_texts_and_terms(store, product))
    if not edit:
        out["average_rating"] = fixed(product["average_rating"], 2)
    out["meta_data"] = [dict(entry) for entry in product["meta_data"]]
    out["stock_status"] = sold["stock_status"]
    out["has_options"] = product["type"] == "variable"
    out["post_password"] = product["post_password"]
    if store.release >= (9,):
        out["global_unique_id"] = product["global_unique_id"]
    if edit:
        out["permalink_template"] = f"{store.url}/product/%pagename%/"
        out["generated_slug"] = unquote(product["slug"])
    out.update(translations.fields(store, product))
    up = f"products/{product['parent_id']}" if product["parent_id"] else None
    out["_links"] = item_links(store, f"products/{product['id']}", "products", ITEM, up)
    return out


def variation_json(store: Store, product: Record, *, edit: bool = False) -> Record:
    """A variation at its parent's endpoint."""
    sold = {**product, **_stock(store, product)}
    out: Record = {"id": product["id"], "type": "variation", **_dates(store, product)}
    out["description"] = product["description"] if edit else paragraphs(product["description"])
    out["permalink"] = permalink(store, product)
    out["sku"] = shown_sku(store, product)
    if store.release >= (9,):
        out["global_unique_id"] = product["global_unique_id"]
    out.update(_prices(store, product))
    out["status"] = product["status"]
    out["purchasable"] = _purchasable(product)
    goods = _goods(store, sold, edit)
    wanted = ("virtual", "downloadable", "downloads", "download_limit", "download_expiry")
    out.update({key: goods[key] for key in (*wanted, "tax_status", "tax_class")})
    out.update({key: goods[key] for key in ("manage_stock", "stock_quantity")})
    out["stock_status"] = sold["stock_status"]
    stock = ("backorders", "backorders_allowed", "backordered", "low_stock_amount")
    freight = ("weight", "dimensions", "shipping_class", "shipping_class_id")
    out.update({key: goods[key] for key in (*stock, *freight)})
    pictures = images(store, product, inherit=not edit)
    out["image"] = pictures[0] if pictures else None
    out["attributes"] = [dict(row) for row in product["attributes"]]
    out["menu_order"] = product["menu_order"]
    out["meta_data"] = [dict(entry) for entry in product["meta_data"]]
    out["name"] = ", ".join(row["option"] for row in product["attributes"])
    out["parent_id"] = product["parent_id"]
    out.update(translations.fields(store, product))
    parent = f"products/{product['parent_id']}"
    own = f"{parent}/variations/{product['id']}"
    out["_links"] = item_links(store, own, f"{parent}/variations", ITEM, parent)
    return out


def paragraphs(text: str) -> str:
    """``wpautop``: what is no block yet becomes paragraphs."""
    blocks = [block.strip() for block in text.split("\n\n") if block.strip()]
    return "".join(
        f"{block}\n" if block.startswith("<p") else f"<p>{block}</p>\n" for block in blocks
    )


def permalink(store: Store, product: Record) -> str:
    if product["type"] != "variation":
        if not product["slug"]:
            return f"{store.url}/?post_type=product&p={product['id']}"
        return f"{store.url}/product/{product['slug']}/"
    parent = store.products.get(product["parent_id"])
    slug = parent["slug"] if parent else slugify(product["name"])
    query = urlencode(
        {f"attribute_{row['slug']}": option_value(row) for row in product["attributes"]}
    )
    return f"{store.url}/product/{slug}/?{query}"


def option_value(row: Record) -> str:
    """How an option is kept: the slug of a global attribute's term, else the text itself."""
    return slugify(row["option"]) if row["id"] else row["option"]


def _dates(store: Store, product: Record) -> Record:
    out = {}
    for key in ("date_created", "date_modified"):
        out[key] = store.local(product[f"{key}_gmt"])
        out[f"{key}_gmt"] = product[f"{key}_gmt"]
    return out


def _prices(store: Store, product: Record) -> Record:
    out = {key: product[key] for key in ("price", "regular_price", "sale_price")}
    for key in ("date_on_sale_from", "date_on_sale_to"):
        out[key] = store.local(product[f"{key}_gmt"])
        out[f"{key}_gmt"] = product[f"{key}_gmt"]
    out["on_sale"] = is_on_sale(store, product)
    return out


def is_on_sale(store: Store, product: Record) -> bool:
    if product["type"] in ("variable", "grouped"):
        children = (store.products[i] for i in children_of(product) if i in store.products)
        return any(on_sale(store, child) for child in children)
    return on_sale(store, product)


def _purchasable(product: Record) -> bool:
    return product["type"] not in ("grouped", "external") and product["price"] != ""


def _stock(store: Store, product: Record) -> Record:
    """A variation that manages no stock itself shows its parent's."""
    parent = store.products.get(product["parent_id"])
    out = {key: product[key] for key in ("manage_stock", "stock_quantity", "backorders")}
    out["stock_status"] = product["stock_status"]
    if parent and product["manage_stock"] is not True and parent["manage_stock"] is True:
        out = {key: parent[key] for key in ("stock_quantity", "backorders", "stock_status")}
        out["manage_stock"] = "parent"
    if store.option("products", "woocommerce_manage_stock") != "yes":
        out["manage_stock"] = False
    return out


def _goods(store: Store, sold: Record, edit: bool) -> Record:
    keys = ("virtual", "downloadable", "downloads", "download_limit", "download_expiry")
    out = {key: sold[key] for key in (*keys, "external_url", "button_text", "tax_status")}
    out["downloads"] = [{**d, "file": with_host(store, d["file"])} for d in sold["downloads"]]
    out["tax_class"] = sold["tax_class"] if edit else effective_tax_class(store, sold)
    out["manage_stock"] = sold["manage_stock"]
    out["stock_quantity"] = sold["stock_quantity"]
    out["backorders"] = sold["backorders"]
    out["backorders_allowed"] = sold["backorders"] != "no"
    waits = out["backorders_allowed"] and bool(sold["manage_stock"])
    out["backordered"] = waits and (sold["stock_quantity"] or 0) < 0
    out.update({key: sold[key] for key in ("low_stock_amount", "sold_individually")})
    out.update(_size(store, sold))
    out["shipping_required"] = out["shipping_taxable"] = not sold["virtual"]
    out.update({key: sold[key] for key in ("shipping_class", "shipping_class_id")})
    return out


def _size(store: Store, sold: Record) -> Record:
    """A variation shows its parent's weight and lengths where it has none of its own."""
    parent = store.products.get(sold["parent_id"]) if sold["type"] == "variation" else None
    over = parent or sold
    lengths = {
        side: value or over["dimensions"][side] for side, value in sold["dimensions"].items()
    }
    return {"weight": sold["weight"] or over["weight"], "dimensions": lengths}


def _texts_and_terms(store: Store, product: Record) -> Record:
    keys = ("reviews_allowed", "average_rating", "rating_count", "upsell_ids", "cross_sell_ids")
    out = {key: product[key] for key in (*keys, "parent_id", "purchase_note", "categories")}
    if store.release >= (9, 6):
        out["brands"] = product["brands"]
    out["tags"] = product["tags"]
    out["images"] = images(store, product)
    keys = ("attributes", "default_attributes", "variations", "grouped_products", "menu_order")
    out.update({key: product[key] for key in keys})
    out["price_html"] = price_html(store, product)
    out["related_ids"] = product["related_ids"]
    return out


def images(store: Store, product: Record, *, inherit: bool = True) -> list[Record]:
    """Pictures with full addresses; a variation without its own shows its parent's first."""
    shown = product["images"]
    parent = store.products.get(product["parent_id"])
    if not shown and inherit and parent and product["type"] == "variation":
        shown = parent["images"][:1]
    return [{**image, "src": with_host(store, image["src"])} for image in shown]


def with_host(store: Store, address: str) -> str:
    return store.url + address if address.startswith("/") else address


# --- price as the shop shows it ----------------------------------------------------------------


def price_html(store: Store, product: Record) -> str:
    if product["price"] == "":
        return ""
    if product["type"] in ("variable", "grouped"):
        return _range_html(store, product)
    if on_sale(store, product):
        return _sale_html(store, product)
    return _amount(store, product["price"])


def _range_html(store: Store, product: Record) -> str:
    children = [store.products[i] for i in children_of(product) if i in store.products]
    prices = sorted((c["price"] for c in children if c["price"] != ""), key=dec)
    if not prices or dec(prices[0]) == dec(prices[-1]):
        return _amount(store, product["price"])
    if store.release < (9,):
        return f"{_amount(store, prices[0])} &ndash; {_amount(store, prices[-1])}"
    low, high = (_amount(store, price, hidden=True) for price in (prices[0], prices[-1]))
    low_text, high_text = (_text(store, price) for price in (prices[0], prices[-1]))
    words = f"Price range: {low_text} through {high_text}"
    return (
        f'{low} <span aria-hidden="true">&ndash;</span> {high}'
        f'<span class="screen-reader-text">{words}</span>'
    )


def _sale_html(store: Store, product: Record) -> str:
    regular, sale = product["regular_price"], product["sale_price"]
    return (
        f'<del aria-hidden="true">{_amount(store, regular)}</del> '
        f'<span class="screen-reader-text">Original price was: {_text(store, regular)}.</span>'
        f'<ins aria-hidden="true">{_amount(store, sale)}</ins>'
        f'<span class="screen-reader-text">Current price is: {_text(store, sale)}.</span>'
    )


def _amount(store: Store, price: str, *, hidden: bool = False) -> str:
    symbol = f'<span class="woocommerce-Price-currencySymbol">{_symbol(store)}</span>'
    extra = ' aria-hidden="true"' if hidden else ""
    digits = _digits(store, price)
    return (
        f'<span class="woocommerce-Price-amount amount"{extra}><bdi>{digits}&nbsp;{symbol}'
        "</bdi></span>"
    )


def _text(store: Store, price: str) -> str:
    return f"{_digits(store, price)}&nbsp;{_symbol(store)}"


def _symbol(store: Store) -> str:
    return ENTITIES.get(store.currency, SYMBOLS.get(store.currency, store.currency))


def _digits(store: Store, price: str) -> str:
    text = f"{dec(fixed(price, store.decimals)):,f}"
    thousands = store.option("general", "woocommerce_price_thousand_sep", ",")
    point = store.option("general", "woocommerce_price_decimal_sep", ".")
    return text.replace(",", "\0").replace(".", point).replace("\0", thousands)
