"""Products in several languages, as the plug-ins WPML and Polylang keep them.

Each language is a product of its own, with the same SKU and the same stock; ``lang`` and
``translations`` tell which belong together. WPML's REST lists only the default language unless
``lang`` says otherwise ("all"), Polylang's lists all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import products
from .stock import variations_of

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

WPML, POLYLANG = "wpml", "polylang"
SHARED = ("manage_stock", "stock_quantity", "stock_status", "backorders")


def is_on(store: Store) -> bool:
    return bool(store.features & {WPML, POLYLANG})


def language(store: Store, product: Record) -> str:
    return product["lang"] or store.language


def family(store: Store, product: Record) -> list[Record]:
    """The product in all its languages, the original first."""
    root = product["original_id"] or product["id"]
    first = [store.products[root]] if root in store.products else []
    return [*first, *store.products.having("original_id", root)]


def fields(store: Store, product: Record) -> Record:
    """What the plug-in adds to a product, or a variation, in REST."""
    if not is_on(store):
        return {}
    ids = {language(store, row): row["id"] for row in family(store, product)}
    shown = {lang: str(i) for lang, i in ids.items()} if WPML in store.features else ids
    return {"lang": language(store, product), "translations": shown}


def in_language(store: Store, rows: list[Record], wanted: str | None) -> list[Record]:
    if not is_on(store):
        return rows
    wanted = wanted or (store.language if WPML in store.features else "all")
    return rows if wanted == "all" else [r for r in rows if language(store, r) == wanted]


def take(store: Store, product: Record, params: Record) -> None:
    """``lang`` with ``translation_of`` (WPML) or ``translations`` (Polylang) of a write."""
    if not is_on(store):
        return
    if params.get("lang"):
        product["lang"] = str(params["lang"])
    others = [*(params.get("translations") or {}).values(), params.get("translation_of") or 0]
    roots = [int(other) for other in others if int(other) not in (0, product["id"])]
    if roots and roots[0] in store.products:
        product["original_id"] = store.products[roots[0]]["original_id"] or roots[0]


def add(store: Store, original: Record, lang: str, values: Record) -> Record:
    """The product once more in another language, its variations as well."""
    copy = _copied(store, original, {"lang": lang, "variations": [], **values})
    for variation in variations_of(store, original):
        row = _copied(store, variation, {"lang": lang, "parent_id": copy["id"]})
        copy["variations"].append(row["id"])
    return copy


def _copied(store: Store, original: Record, values: Record) -> Record:
    same = {key: products.copied(value) for key, value in original.items() if key not in OWN}
    root = original["original_id"] or original["id"]
    return products.add(store, {**same, "original_id": root, **values})


OWN = ("id", "slug", "date_created_gmt", "date_modified_gmt", "total_sales")


def share_stock(store: Store, product: Record) -> None:
    """All languages have one stock."""
    if is_on(store):
        for other in family(store, product):
            if other is not product:
                other.update({key: product[key] for key in SHARED})
