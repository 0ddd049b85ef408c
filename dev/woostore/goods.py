"""A shop's products by id, found at once by SKU, GTIN and slug however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Record = dict[str, Any]

#: What products are found by, and how a value is compared: SKUs without regard to case.
FOUND_BY: dict[str, Callable[[Any], Any]] = {
    "sku": str.lower,
    "global_unique_id": str,
    "slug": str,
    "parent_id": int,
    "original_id": int,
}


class Product(dict[str, Any]):
    """A record that tells its shelf when what it is found by changes."""

    shelf: Goods | None = None

    def __setitem__(self, key: str, value: Any) -> None:
        watched = self.shelf is not None and key in FOUND_BY
        if watched:
            self.shelf.forget(self, key)
        super().__setitem__(key, value)
        if watched:
            self.shelf.learn(self, key)

    def update(self, *others: Any, **values: Any) -> None:
        for key, value in dict(*others, **values).items():
            self[key] = value


class Goods(dict[int, Record]):
    """Products and variations by id; what is put in may be a plain dict."""

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[str, dict[Any, dict[int, None]]] = {key: {} for key in FOUND_BY}

    def __setitem__(self, product_id: int, record: Record) -> None:
        self.pop(product_id, None)
        product = record if isinstance(record, Product) else Product(record)
        product.shelf = self
        super().__setitem__(product_id, product)
        for key in FOUND_BY:
            self.learn(product, key)

    def __delitem__(self, product_id: int) -> None:
        product = self[product_id]
        for key in FOUND_BY:
            self.forget(product, key)
        super().__delitem__(product_id)

    def pop(self, product_id: int, default: Any = None) -> Any:
        product = self.get(product_id, default)
        if product_id in self:
            del self[product_id]
        return product

    def update(self, others: Mapping[int, Record]) -> None:  # type: ignore[override]
        for product_id, record in others.items():
            self[product_id] = record

    # --- found by ------------------------------------------------------------------------

    def learn(self, product: Record, key: str) -> None:
        if product.get(key):
            value = FOUND_BY[key](product[key])
            self._found[key].setdefault(value, {})[product["id"]] = None

    def forget(self, product: Record, key: str) -> None:
        if product.get(key):
            owners = self._found[key].get(FOUND_BY[key](product[key]), {})
            owners.pop(product["id"], None)

    def having(self, key: str, value: Any) -> Iterator[Record]:
        """Products whose ``key`` is ``value``, oldest entry first."""
        return (self[i] for i in list(self._found[key].get(FOUND_BY[key](value), ())))
