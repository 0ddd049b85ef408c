"""Categories, tags, brands, attributes and their terms, and how products take them.

Names are kept as WordPress keeps them: with entities ("Food &amp; Drink"). Shared attributes keep
slugs of terms, so a product shows the terms' names, sorted, whatever order they were sent in.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import TYPE_CHECKING, Any

from . import media
from .errors import RestError
from .products import slugify, variation_slug
from .schema import TRUE

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

TREES = ("categories", "brands")


def stored_name(text: object) -> str:
    """A term's name as it is kept: one line, no tags, special characters as entities."""
    line = " ".join(re.sub(r"<[^>]*>", "", str(text)).split())
    return re.sub(r"&(?!#?\w+;)", "&amp;", line).replace("<", "&lt;").replace(">", "&gt;")


def same_name(term: Record, name: object) -> bool:
    return unescape(term["name"]).lower() == unescape(str(name)).strip().lower()


def named(store: Store, kind: str, name: object, parent: int | None = None) -> Record | None:
    """The term of a name, whatever its case; among a parent's children if one is given."""
    rows = store.terms.get(kind, {}).values()
    return next(
        (t for t in rows if same_name(t, name) and parent in (None, t.get("parent", 0))), None
    )


def new(store: Store, kind: str, values: Record) -> Record:
    """A term that has no namesake yet (among its siblings, where there are such)."""
    name, parent = stored_name(values.get("name") or ""), values.get("parent") or 0
    if not name:
        raise RestError("empty_term_name", "A name is required for this term.", 400)
    tree = kind in TREES
    same = named(store, kind, name, parent if tree else None)
    if same:
        where = "with this parent" if tree else "in this taxonomy"
        text = f"A term with the name provided already exists {where}."
        raise RestError("term_exists", text, 400, {"resource_id": same["id"]})
    term = {
        "id": store.next_id("term"),
        "name": name,
        "slug": values.get("slug") or _free_slug(store, kind, slugify(unescape(name))),
        "description": values.get("description") or "",
        "parent": parent,
        "display": values.get("display") or "default",
        "menu_order": values.get("menu_order") or 0,
    }
    store.terms.setdefault(kind, {})[term["id"]] = term
    set_image(store, term, values)
    return term


def _free_slug(store: Store, kind: str, wanted: str) -> str:
    taken = {t["slug"] for t in store.terms.get(kind, {}).values()}
    slug, count = wanted, 2
    while slug in taken:
        slug, count = f"{wanted}-{count}", count + 1
    return slug


def set_image(store: Store, term: Record, values: Record) -> None:
    """The picture of a category or brand, by id or by address; an empty one takes it away."""
    if values.get("image"):
        term["image"] = media.given(store, values["image"], "product")
    elif "image" in values:
        term["image"] = None


def complete(store: Store) -> None:
    """Make the terms that products have and nobody has made: not all were recorded."""
    for product in store.products.values():
        for row in product["attributes"]:
            for name in row.get("options", ()) if row["id"] else ():
                kind = kind_of(row["id"])
                if not named(store, kind, name):
                    new(store, kind, {"name": unescape(name)})


def rename(store: Store, kind: str, term: Record, name: object) -> None:
    before, term["name"] = term["name"], stored_name(name)
    if kind.startswith("attributes/"):
        number = int(kind.split("/")[1])
        for row in _rows_of(store, number):
            if "options" in row:
                options = [term["name"] if o == before else o for o in row["options"]]
                row["options"] = sorted(options, key=str.lower)
            elif row["option"] == before:
                row["option"] = term["name"]
        return
    for product in store.products.values():
        for row in product.get(kind) or ():
            if row["id"] == term["id"]:
                row.update(name=term["name"], slug=term["slug"])


def _rows_of(store: Store, attribute_id: int) -> list[Record]:
    """How products and variations show a shared attribute."""
    every = (row for p in store.products.values() for row in p["attributes"])
    return [row for row in every if row["id"] == attribute_id]


def remove(store: Store, kind: str, term: Record) -> None:
    """Products lose it; children of a category move up to its parent."""
    del store.terms[kind][term["id"]]
    for child in store.terms[kind].values():
        if child.get("parent") == term["id"]:
            child["parent"] = term.get("parent", 0)
    for product in store.products.values():
        if kind in product:
            product[kind] = [row for row in product[kind] if row["id"] != term["id"]]


def rename_attribute(store: Store, attribute: Record) -> None:
    for row in _rows_of(store, attribute["id"]):
        row.update(name=attribute["name"], slug=attribute["slug"])


def remove_attribute(store: Store, attribute: Record) -> None:
    del store.attributes[attribute["id"]]
    store.terms.pop(kind_of(attribute["id"]), None)
    for product in store.products.values():
        rows = product["attributes"]
        product["attributes"] = [row for row in rows if row["id"] != attribute["id"]]


# --- of products -------------------------------------------------------------------------------


def set_terms(store: Store, product: Record, params: Record) -> None:
    for kind in ("categories", "tags", "brands"):
        if params.get(kind) is not None:
            rows = [row if isinstance(row, dict) else {"id": row} for row in params[kind]]
            product[kind] = [t for t in (_term(store, kind, row) for row in rows) if t]
    if params.get("attributes") is not None:
        rows = [_attribute(store, *pair) for pair in enumerate(params["attributes"])]
        product["attributes"] = [row for row in rows if row]
    if params.get("default_attributes") is not None:
        product["default_attributes"] = params["default_attributes"]


def _term(store: Store, kind: str, row: Record) -> Record | None:
    """By id; a tag also by name. What is not known is passed over."""
    terms = store.terms.setdefault(kind, {})
    term = terms.get(row.get("id") or 0)
    if term is None and kind == "tags" and row.get("name"):
        term = named(store, kind, row["name"]) or new(store, kind, {"name": row["name"]})
    return {key: term[key] for key in ("id", "name", "slug")} if term else None


def _attribute(store: Store, index: int, row: Record) -> Record | None:
    """A shared attribute by id, which makes the terms that are missing; else one of its own."""
    known = store.attributes.get(row.get("id") or 0)
    name = known["name"] if known else str(row.get("name") or "")
    options = [str(option) for option in row.get("options") or [] if str(option) != ""]
    if known:
        options = _term_names(store, known, options)
    if not name or (known and not options):
        return None
    return {
        "id": known["id"] if known else 0,
        "name": name,
        "slug": known["slug"] if known else name,
        "position": row.get("position", index),
        "visible": row.get("visible", False) in TRUE,
        "variation": row.get("variation", False) in TRUE,
        "options": options,
    }


def _term_names(store: Store, attribute: Record, options: list[str]) -> list[str]:
    kind = kind_of(attribute["id"])
    found = [named(store, kind, o) or new(store, kind, {"name": o}) for o in options]
    return sorted({term["name"] for term in found}, key=str.lower)


def kind_of(attribute_id: int) -> str:
    """Where ``store.terms`` keeps the terms of a shared attribute."""
    return f"attributes/{attribute_id}/terms"


def choices(store: Store, parent: Record, rows: list[Record]) -> list[Record]:
    """A variation's attributes: what its parent does not vary by, and "any", is passed over."""
    varied = [row for row in parent["attributes"] if row["variation"]]
    by_key = {row["id"] or row["name"].lower(): row for row in varied}
    found = []
    for row in rows:
        attribute = by_key.get(row.get("id") or str(row.get("name", "")).lower())
        option = str(row.get("option") or "")
        if attribute and option:
            choice = {"id": attribute["id"], "name": attribute["name"]}
            choice.update(slug=variation_slug(attribute), option=_option(store, attribute, option))
            found.append(choice)
    return found


def _option(store: Store, attribute: Record, option: str) -> str:
    """Of a shared attribute a term by name or slug; what is none stays as a slug."""
    if not attribute["id"]:
        return option
    kind = kind_of(attribute["id"])
    by_slug = (t for t in store.terms.get(kind, {}).values() if t["slug"] == slugify(option))
    term = named(store, kind, option) or next(by_slug, None)
    return term["name"] if term else slugify(option)


def counts(store: Store, kind: str) -> Counter[int]:
    """Published products by the id of a term that they have."""
    live = [p for p in store.products.values() if p["status"] == "publish"]
    if not kind.startswith("attributes/"):
        return Counter(term["id"] for p in live for term in p.get(kind) or ())
    ids = {term["name"]: term["id"] for term in store.terms.get(kind, {}).values()}
    number = int(kind.split("/")[1])
    rows = (row for p in live for row in p["attributes"] if row["id"] == number)
    return Counter(
        ids[option] for row in rows for option in row.get("options", ()) if option in ids
    )
