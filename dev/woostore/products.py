"""Products and variations: records, stock, what saving one tells the world.

A record has the fields of the REST product as stored: ``manage_stock`` of a variation may be
"parent" and its ``tax_class`` "parent"; ``image`` of a variation is in ``images``.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from . import media
from .errors import RestError
from .goods import Product
from .stock import number_meta, settle, settle_parent, variations_of

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
    "lang": "",
    "original_id": 0,
}


def blank(store: Store, **values: Any) -> Record:
    """A new record with an id, not yet on sale."""
    now = store.clock.stamp()
    record = Product({key: copied(value) for key, value in BLANK.items()})
    record.update(id=store.next_id(), date_created_gmt=now, date_modified_gmt=now)
    record.update(values)
    if record["type"] == "variation":
        record["reviews_allowed"] = False
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
    values["images"] = [media.adopt(store, image) for image in values.get("images", ())]
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
    wordy = len(attributes) > 1 and any(
        "-" in slugify(row["slug"].removeprefix("pa_")) for row in attributes
    )
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
    return next(store.products.having("sku", sku), None)


def refuse_taken_sku(store: Store, sku: str, own_ids: set[int]) -> None:
    """A SKU is taken across products and variations, whatever its case.

    ``own_ids``: of the product, in all its languages.
    """
    other = next((p for p in store.products.having("sku", sku) if p["id"] not in own_ids), None)
    if other:
        raise RestError(
            "product_invalid_sku",
            "Invalid or duplicated SKU.",
            400,
            {"resource_id": other["id"], "unique_sku": f"{sku}-1"},
        )


# --- saving ------------------------------------------------------------------------------------


def created(store: Store, product: Record) -> None:
    number_meta(store, product)
    store.products[product["id"]] = product
    store.emit("product.created", product["id"])


def trash(store: Store, product: Record) -> None:
    """To the trash, variations along; it still holds its SKU."""
    for variation in variations_of(store, product):
        variation["status"] = "trash"
    product["status"] = "trash"
    product["date_modified_gmt"] = store.clock.stamp()
    store.emit("product.deleted", product["id"])


def untrash(store: Store, product: Record) -> None:
    for row in (product, *variations_of(store, product)):
        row["status"] = "publish" if row["type"] == "variation" else "draft"
    product["date_modified_gmt"] = store.clock.stamp()
    store.emit("product.restored", product["id"])


def shown_sku(store: Store, product: Record) -> str:
    """A variation without a SKU shows its parent's; it is not found by that."""
    parent = store.products.get(product["parent_id"])
    if product["type"] != "variation" or product["sku"] or parent is None:
        return product["sku"]
    return parent["sku"]


def destroy(store: Store, product: Record) -> None:
    """Gone for good, without an event. Order lines lose their link to it, and keep the rest."""
    for variation in variations_of(store, product):
        _forget(store, variation["id"])
        del store.products[variation["id"]]
    _forget(store, product["id"])
    parent = store.products.get(product["parent_id"])
    if parent and product["id"] in parent["variations"]:
        parent["variations"].remove(product["id"])
        settle_parent(store, parent)
    del store.products[product["id"]]


def _forget(store: Store, product_id: int) -> None:
    for order in (*store.orders.values(), *store.refunds.values()):
        for line in order["line_items"]:
            if line["variation_id"] == product_id:
                line.update(variation_id=0, _parent_name=None)
            if line["product_id"] == product_id:
                line["product_id"] = 0


def effective_tax_class(store: Store, product: Record) -> str:
    if product["tax_class"] == "parent" and product["parent_id"] in store.products:
        return store.products[product["parent_id"]]["tax_class"]
    return "" if product["tax_class"] == "parent" else product["tax_class"]
