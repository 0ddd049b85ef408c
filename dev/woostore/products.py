"""Products and variations: records, stock, what saving one tells the world.

A record has the fields of the REST product as stored: ``manage_stock`` of a variation may be
"parent" and its ``tax_class`` "parent"; ``image`` of a variation is in ``images``.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .errors import RestError
from .rounding import dec, number

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

BLANK: Record = {
    "name": "",
    "slug": "",
    "type": "simple",
    "status": "publish",
    "featured": False,
    "catalog_visibility": "visible",
    "description": "",
    "short_description": "",
    "sku": "",
    "price": "",
    "regular_price": "",
    "sale_price": "",
    "date_on_sale_from_gmt": None,
    "date_on_sale_to_gmt": None,
    "total_sales": 0,
    "virtual": False,
    "downloadable": False,
    "downloads": [],
    "download_limit": -1,
    "download_expiry": -1,
    "external_url": "",
    "button_text": "",
    "tax_status": "taxable",
    "tax_class": "",
    "manage_stock": False,
    "stock_quantity": None,
    "backorders": "no",
    "low_stock_amount": None,
    "sold_individually": False,
    "weight": "",
    "dimensions": {"length": "", "width": "", "height": ""},
    "shipping_class": "",
    "shipping_class_id": 0,
    "reviews_allowed": True,
    "average_rating": "0",
    "rating_count": 0,
    "upsell_ids": [],
    "cross_sell_ids": [],
    "parent_id": 0,
    "purchase_note": "",
    "categories": [],
    "brands": [],
    "tags": [],
    "images": [],
    "attributes": [],
    "default_attributes": [],
    "variations": [],
    "grouped_products": [],
    "menu_order": 0,
    "related_ids": [],
    "meta_data": [],
    "stock_status": "instock",
    "post_password": "",
    "global_unique_id": "",
}


def blank(store: Store, **values: Any) -> Record:
    """A new record with an id, not yet on sale."""
    now = store.clock.stamp()
    record = {key: copied(value) for key, value in BLANK.items()}
    record.update(id=store.next_id(), date_created_gmt=now, date_modified_gmt=now)
    record.update(values)
    return record


def copied(value: Any) -> Any:
    if isinstance(value, dict):
        return dict(value)
    return list(value) if isinstance(value, list) else value


def slugify(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def add(store: Store, values: Record) -> Record:
    values = dict(values)
    if values.get("stock_quantity") is not None:
        values.setdefault("manage_stock", True)
    product = blank(store, **values)
    product["name"] = product["name"] or product["sku"] or f"Product {product['id']}"
    product["slug"] = product["slug"] or slugify(product["name"])
    if product["type"] != "variation" and not product["categories"]:
        product["categories"] = [{"id": 15, "name": "Uncategorized", "slug": "uncategorized"}]
    settle(store, product)
    created(store, product)
    return product


def add_variable(store: Store, name: str, rows: list[Record], values: Record) -> Record:
    options: dict[str, list[str]] = {}
    for row in rows:
        for key, option in row["options"].items():
            if option not in options.setdefault(key, []):
                options[key].append(option)
    attributes = [
        {
            "id": 0,
            "name": key,
            "slug": key,
            "position": index,
            "visible": True,
            "variation": True,
            "options": chosen,
        }
        for index, (key, chosen) in enumerate(options.items())
    ]
    parent = add(store, {"name": name, "type": "variable", "attributes": attributes, **values})
    for row in rows:
        chosen = row["options"]
        rest = {key: value for key, value in row.items() if key != "options"}
        add_variation(store, parent, chosen, rest)
    return parent


def add_variation(store: Store, parent: Record, options: dict[str, str], values: Record) -> Record:
    """One variation of ``parent``; an option that is missing means "any"."""
    known = {a["name"]: a for a in parent["attributes"]}
    values = {"tax_class": "parent", **values}
    values["attributes"] = [
        {"id": known[k]["id"], "name": k, "slug": variation_slug(known[k]), "option": option}
        for k, option in options.items()
        if k in known
    ]
    name = variation_name(parent, values["attributes"])
    values.update(type="variation", parent_id=parent["id"], name=name)
    variation = add(store, values)
    parent["variations"].append(variation["id"])
    settle(store, parent)
    return variation


def variation_slug(attribute: Record) -> str:
    """A variation names a local attribute by its slug, its parent by the name itself."""
    return attribute["slug"] if attribute["id"] else slugify(attribute["name"])


def variation_name(parent: Record, attributes: list[Record]) -> str:
    """With the options, unless there are three or more, or a name of several words among two."""
    wordy = len(attributes) > 1 and any("-" in slugify(row["slug"].removeprefix("pa_")) for row in attributes)
    if not attributes or len(attributes) > 2 or wordy:
        return parent["name"]
    return f"{parent['name']} - " + ", ".join(row["option"] for row in attributes)


def find(store: Store, id_or_sku: int | str) -> Record:
    """By id, else by SKU without regard to case. KeyError if there is none."""
    if isinstance(id_or_sku, int):
        return store.products[id_or_sku]
    match = by_sku(store, id_or_sku)
    if match is None:
        raise KeyError(id_or_sku)
    return match


def by_sku(store: Store, sku: str) -> Record | None:
    wanted = sku.lower()
    return next((p for p in store.products.values() if p["sku"].lower() == wanted), None)


def refuse_taken_sku(store: Store, sku: str, own_id: int) -> None:
    """A SKU is taken across products and variations, whatever its case."""
    other = by_sku(store, sku) if sku else None
    if other and other["id"] != own_id:
        raise RestError(
            "product_invalid_sku",
            "Invalid or duplicated SKU.",
            400,
            {"resource_id": other["id"], "unique_sku": f"{sku}-1"},
        )


# --- stock -------------------------------------------------------------------------------------


def whole(value: Decimal) -> int | float:
    """A quantity as PHP shows it: whole, unless a plug-in lets decimals through."""
    return number(value)


def stock_keeper(store: Store, product_id: int) -> Record | None:
    """The record that holds the stock: the variation, its parent, or nobody."""
    product = store.products.get(product_id)
    if product is None:
        return None
    if product["manage_stock"] == "parent" or (
        product["parent_id"] and product["manage_stock"] is False
    ):
        product = store.products.get(product["parent_id"])
    manages = product is not None and product["manage_stock"] is True
    return product if manages and store.option("products", "woocommerce_manage_stock") else None


def set_stock(store: Store, product: Record, quantity: float) -> None:
    product["stock_quantity"] = number(dec(quantity))
    settle(store, product)


def settle(store: Store, product: Record) -> None:
    """Work out what follows from the rest: price, stock status, a parent's price."""
    if product["type"] not in ("variable", "grouped"):
        product["price"] = (
            product["sale_price"] if on_sale(store, product) else product["regular_price"]
        )
    else:
        children = [store.products[i] for i in children_of(product) if i in store.products]
        prices = [c["price"] for c in children if c["price"] != ""]
        if children:
            product["price"] = min(prices, key=dec) if prices else ""
    if product["manage_stock"] is True:
        product["stock_status"] = _status_of(product)
    if product["parent_id"] in store.products and product["type"] == "variation":
        settle_parent(store, store.products[product["parent_id"]])


def children_of(product: Record) -> list[int]:
    return product["grouped_products"] if product["type"] == "grouped" else product["variations"]


def settle_parent(store: Store, parent: Record) -> None:
    """A variable product costs what its cheapest variation does, and is out of stock with all."""
    settle(store, parent)
    if parent["manage_stock"] is True:
        for variation in variations_of(store, parent):
            if variation["manage_stock"] in (False, "parent"):
                variation["stock_status"] = parent["stock_status"]
        return
    states = {v["stock_status"] for v in variations_of(store, parent)}
    if states:
        order = ("instock", "onbackorder", "outofstock")
        parent["stock_status"] = next(state for state in order if state in states)


def variations_of(store: Store, parent: Record) -> list[Record]:
    return [store.products[i] for i in parent["variations"] if i in store.products]


def _status_of(product: Record) -> str:
    if (product["stock_quantity"] or 0) > 0:
        return "instock"
    return "outofstock" if product["backorders"] == "no" else "onbackorder"


def on_sale(store: Store, product: Record) -> bool:
    """Whether the sale price holds now: below the regular one and within its dates."""
    if product["sale_price"] == "" or dec(product["sale_price"]) >= dec(product["regular_price"]):
        return False
    now = store.clock.stamp()
    begins, ends = product["date_on_sale_from_gmt"], product["date_on_sale_to_gmt"]
    return not (begins and begins > now) and not (ends and ends < now)


# --- saving ------------------------------------------------------------------------------------


def created(store: Store, product: Record) -> None:
    _number_meta(store, product)
    store.products[product["id"]] = product
    store.emit("product.created", product["id"])


def saved(store: Store, product: Record) -> None:
    """Save: the date moves even if nothing changed; a variation moves its parent's date too."""
    _number_meta(store, product)
    product["date_modified_gmt"] = store.clock.stamp()
    store.emit("product.updated", product["id"])
    parent = store.products.get(product["parent_id"])
    if parent:
        parent["date_modified_gmt"] = product["date_modified_gmt"]


def _number_meta(store: Store, product: Record) -> None:
    for entry in product["meta_data"]:
        if not entry.get("id"):
            entry["id"] = store.next_id("meta")


def trash(store: Store, product: Record) -> None:
    """To the trash, variations along; it still holds its SKU."""
    for variation in variations_of(store, product):
        variation["status"] = "trash"
    product["status"] = "trash"
    product["date_modified_gmt"] = store.clock.stamp()
    store.emit("product.deleted", product["id"])


def destroy(store: Store, product: Record) -> None:
    """Gone for good, without an event."""
    for variation in variations_of(store, product):
        del store.products[variation["id"]]
    parent = store.products.get(product["parent_id"])
    if parent and product["id"] in parent["variations"]:
        parent["variations"].remove(product["id"])
        settle_parent(store, parent)
    del store.products[product["id"]]


def effective_tax_class(store: Store, product: Record) -> str:
    if product["tax_class"] == "parent" and product["parent_id"] in store.products:
        return store.products[product["parent_id"]]["tax_class"]
    return "" if product["tax_class"] == "parent" else product["tax_class"]
