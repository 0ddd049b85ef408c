"""Products for a store to take, and what it answers."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ...core.catalogue import (
    GROUPS,
    Attribute,
    Choice,
    ItemResult,
    Price,
    Product,
    ProductDraft,
    ProductKind,
    Size,
    StockKeeper,
    StockLevel,
    Variant,
)

SIZE = Attribute("Size", ("S", "M", "L"), varies=True)


def simple(sku: str, **values: Any) -> Product:
    price = Price(Decimal("12.50"))
    variant = Variant(
        **{
            "sku": sku,
            "price": price,
            "weight": Decimal("0.25"),
            "size": Size(Decimal(100), Decimal(20), Decimal(5)),
            "stock": StockLevel(StockKeeper.ITSELF, Decimal(3)),
            **values,
        }
    )
    return Product(
        "", ProductKind.SIMPLE, f"Product {sku}", (variant,), description=f"All <b>of</b> {sku}"
    )


def variable(sku: str, options: Iterable[str] = ("S", "M"), **values: Any) -> Product:
    variants = tuple(
        Variant(
            sku=f"{sku}-{option}",
            choices=(Choice(SIZE.key, option),),
            price=Price(Decimal(9), Decimal(8)),
        )
        for option in options
    )
    return Product(
        "",
        ProductKind.VARIABLE,
        f"Product {sku}",
        variants,
        sku=sku,
        attributes=(SIZE, Attribute("Fabric", ("Linen",))),
        **values,
    )


def drafts(products: Iterable[Product], groups: Iterable[str] = GROUPS) -> list[ProductDraft]:
    return [ProductDraft(f"d{n}", product, frozenset(groups)) for n, product in enumerate(products)]


def save(
    adapter: Any, products: Iterable[Product], groups: Iterable[str] = GROUPS
) -> list[ItemResult]:
    """The results in the order of the products, one of each."""
    wanted = drafts(products, groups)
    found = {row.key: row for rows in adapter.save_products(wanted) for row in rows}
    assert len(found) == len(wanted)
    return [found[draft.key] for draft in wanted]


def codes(results: Iterable[ItemResult]) -> list[str]:
    return [row.error.code if row.error else "" for row in results]
