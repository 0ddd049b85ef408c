"""What people do to a shop's catalogue in its admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import product_json, product_writes, products, stock, translations

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]


class GoodsDoings:
    """The part of a ``Store`` that changes products; each fires the events of the admin."""

    def edit_product(self: Store, id_or_sku: int | str, **changes: Any) -> Record:
        """Save a product or variation with other fields, named as in REST; returns the record.

        RestError where the shop refuses, e.g. a SKU that is taken.
        """
        with self.lock:
            product = self.product(id_or_sku)
            if product["type"] == "variation":
                product_writes.update_variation(self, product, changes)
            else:
                product_writes.update(self, product, changes)
            return product

    def trash_product(self: Store, id_or_sku: int | str) -> None:
        with self.lock:
            products.trash(self, self.product(id_or_sku))

    def restore_product(self: Store, id_or_sku: int | str) -> Record:
        """Take it out of the trash: a draft since WordPress 5.6, with its variations."""
        with self.lock:
            product = self.product(id_or_sku)
            products.untrash(self, product)
            return product

    def delete_product(self: Store, id_or_sku: int | str) -> None:
        """Delete for good: no event tells of it."""
        with self.lock:
            products.destroy(self, self.product(id_or_sku))

    def set_stock(self: Store, id_or_sku: int | str, quantity: float) -> Record:
        """A person changes the stock in the admin."""
        with self.lock:
            product = self.product(id_or_sku)
            stock.set_stock(self, product, quantity)
            stock.saved(self, product)
            return product

    def switch_stock(self: Store, on: bool) -> None:
        """The shop's setting "Enable stock management": without it nothing is counted."""
        with self.lock:
            self.settings["products"]["woocommerce_manage_stock"] = "yes" if on else "no"

    def count_stock(self: Store, id_or_sku: int | str, by: bool | str) -> Record:
        """Who counts a product's pieces: itself (True), nobody (False) or its "parent".

        A variation counted by its parent makes the parent count, with what it had itself.
        """
        with self.lock:
            product = self.product(id_or_sku)
            if by == "parent":
                parent = self.products[product["parent_id"]]
                if parent["manage_stock"] is not True:
                    parent.update(manage_stock=True, stock_quantity=product["stock_quantity"] or 0)
                    stock.saved(self, parent)
            return self.edit_product(product["id"], manage_stock=by)

    def run_scheduled_sales(self: Store) -> None:
        """The shop's daily task: sales that have begun or ended lose their dates (and price)."""
        with self.lock:
            for product in list(self.products.values()):
                if stock.follow_sale(self, product):
                    stock.saved(self, product)

    def add_translation(self: Store, id_or_sku: int | str, lang: str, **values: Any) -> Record:
        """The product in another language, where the shop has the feature wpml or polylang."""
        with self.lock:
            return translations.add(self, self.product(id_or_sku), lang, values)

    def shown_products(self: Store) -> list[Record]:
        """The whole catalogue as REST shows it, by id; ``variations`` are whole ones."""
        with self.lock:
            rows = [p for _id, p in sorted(self.products.items()) if p["type"] != "variation"]
            return [{**product_json.as_json(self, row), **_variations(self, row)} for row in rows]


def _variations(store: Store, product: Record) -> Record:
    rows = stock.variations_of(store, product)
    return {"variations": [product_json.variation_json(store, row) for row in rows]}
