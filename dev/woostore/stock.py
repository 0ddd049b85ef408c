"""The stock of products, and what follows from a product's other fields: price, state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .rounding import dec, number

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]


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
    on = store.option("products", "woocommerce_manage_stock") == "yes"
    return product if manages and on else None


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


def follow_sale(store: Store, product: Record) -> bool:
    """What wc_scheduled_sales() does; whether it did anything."""
    now, before = store.clock.stamp(), dict(product)
    begins, ends = product["date_on_sale_from_gmt"], product["date_on_sale_to_gmt"]
    if begins and begins <= now:
        product["date_on_sale_from_gmt"] = None
        if product["sale_price"] == "":
            product["date_on_sale_to_gmt"] = None
    if ends and ends <= now:
        product.update(sale_price="", date_on_sale_from_gmt=None, date_on_sale_to_gmt=None)
    settle(store, product)
    return product != before


def saved(store: Store, product: Record) -> None:
    """Save: the date moves even if nothing changed; a variation moves its parent's date too."""
    from . import translations  # which add products

    number_meta(store, product)
    product["date_modified_gmt"] = store.clock.stamp()
    translations.share_stock(store, product)
    store.emit("product.updated", product["id"])
    parent = store.products.get(product["parent_id"])
    if parent:
        parent["date_modified_gmt"] = product["date_modified_gmt"]


def number_meta(store: Store, product: Record) -> None:
    for entry in product["meta_data"]:
        if not entry.get("id"):
            entry["id"] = store.next_id("meta")
