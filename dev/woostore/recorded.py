"""The recorded stores, brought to life from ``data/``."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from . import media, products, terms
from .store import Store

Record = dict[str, Any]
DATA = Path(__file__).parent / "data"
PAGE_KINDS = ("orders", "refunds", "products", "coupons", "customers", "notes", "taxes")


def load(name: str) -> Any:
    """A file of ``data/``: JSON, plain or gzipped."""
    path = DATA / f"{name}.json.gz"
    if path.exists():
        return json.loads(gzip.decompress(path.read_bytes()))
    return json.loads((DATA / f"{name}.json").read_text())


def recorded_store(which: str, *, later: bool = True) -> Store:
    """``incl``: 10.0.2, tax included, orders in own tables; ``excl``: 8.9.3, as posts.

    ``later``: with the few orders that were recorded minutes after the lists had been read.
    """
    data = load(f"store-{which}")
    head = data["store"]
    store = Store(
        prices_include_tax=head["prices_include_tax"],
        timezone=head["timezone"],
        version=head["version"],
        hpos=head["hpos"],
        tax_rates=[],
        name=head["name"],
    )
    for kind in PAGE_KINDS:
        rows = data[kind] + (data.get(f"later_{kind}", []) if later else [])
        getattr(store, kind).update({row["id"]: _completed(kind, row) for row in rows})
    _take_catalogue(store, data)
    store.gateways = {row["id"]: row for row in data["gateways"]}
    store.shipping_methods = data["shipping_methods"]
    store.zones = data["zones"]
    store.countries = data["countries"]
    store.system_status = data["system_status"]
    _take_settings(store, data["settings"])
    for kind, last in data["last_ids"].items():
        store.start_ids_after(kind, last)
    terms.complete(store)
    return store


def take_catalogue(store: Store, which: str = "incl") -> None:
    """Give an empty shop the recorded products, with their terms, attributes and pictures.

    Products do without the variations that they had and that were not recorded.
    """
    data = load(f"store-{which}")
    with store.lock:
        store.products.update({r["id"]: _completed("products", r) for r in data["products"]})
        _take_catalogue(store, data)
        for product in store.products.values():
            product["variations"] = [i for i in product["variations"] if i in store.products]
        for kind in ("post", "term"):
            store.start_ids_after(kind, data["last_ids"][kind])
        terms.complete(store)


def _take_catalogue(store: Store, data: Record) -> None:
    for product in store.products.values():
        product["images"] = [media.adopt(store, image) for image in product["images"]]
    store.tax_classes = data["tax_classes"]
    store.terms = {k: {t["id"]: t for t in rows} for k, rows in data["terms"].items()}
    store.attributes = {row["id"]: row for row in data["attributes"]}


def _completed(kind: str, row: Record) -> Record:
    """Put back what is left out of the file because it is the same nearly everywhere."""
    if kind == "products":
        return {**{k: products.copied(v) for k, v in products.BLANK.items()}, **row}
    return row


def _take_settings(store: Store, settings: dict[str, list[Record]]) -> None:
    store.setting_records = settings
    for group, rows in settings.items():
        if group:
            values = {row["id"]: row["value"] for row in rows}
            store.settings[group] = {**store.settings.get(group, {}), **values}
