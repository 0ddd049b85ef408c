"""Endpoints of categories, tags, brands, shipping classes and attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import listing, products, terms
from .errors import RestError, trash_not_supported
from .links import ITEM, item_links
from .paging import created, page, whole
from .product_json import with_host
from .rest import Answer, Call

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]


def term_json(
    store: Store, kind: str, term: Record, used: Mapping[int, int] | None = None
) -> Record:
    """``used``: products by term, where many terms are shown at once."""
    path = f"products/{kind}"
    out: Record = {key: term[key] for key in ("id", "name", "slug")}
    if kind in terms.TREES:
        out["parent"] = term.get("parent", 0)
    out["description"] = term.get("description", "")
    if kind in terms.TREES:
        out["display"] = term.get("display", "default")
        image = term.get("image")
        out["image"] = {**image, "src": with_host(store, image["src"])} if image else None
    if kind not in ("tags", "shipping_classes"):
        out["menu_order"] = term.get("menu_order", 0)
    used = terms.counts(store, kind) if used is None else used
    out["count"] = term.get("count", used[term["id"]])
    up = f"{path}/{term['parent']}" if term.get("parent") else None
    out["_links"] = item_links(store, f"{path}/{term['id']}", path, ITEM, up)
    return out


def _kind(call: Call) -> str:
    """``attributes/3/terms`` for the terms of an attribute, else the taxonomy's name."""
    path = call.path.split("/products/", 1)[1].strip("/").split("/")
    return "/".join(path[:3]) if path[0] == "attributes" else path[0]


def _terms(call: Call) -> dict[int, Record]:
    return call.store.terms.setdefault(_kind(call), {})


def list_terms(call: Call) -> Answer:
    kind, params = _kind(call), call.params
    rows = listing.by_ids(_terms(call).values(), params)
    if params.get("parent") is not None:
        rows = [r for r in rows if r.get("parent", 0) == params["parent"]]
    if params.get("slug"):
        rows = [r for r in rows if r["slug"] == params["slug"]]
    if params.get("search"):
        rows = [r for r in rows if params["search"].lower() in r["name"].lower()]
    used = terms.counts(call.store, kind)
    shown = [term_json(call.store, kind, r, used) for r in rows]
    if params.get("hide_empty"):
        shown = [r for r in shown if r["count"]]
    key = params["orderby"] if params["orderby"] in ("id", "slug", "count") else "slug"
    shown.sort(key=lambda r: r[key], reverse=params["order"] == "desc")
    return page(call, shown, lambda r: r)


def _term(call: Call) -> Record:
    term = _terms(call).get(call.id)
    if term is None:
        text = "Resource does not exist."
        raise RestError("woocommerce_rest_term_invalid", text, 404, hides_allow=True)
    return term


def view_term(call: Call) -> Answer:
    return Answer(term_json(call.store, _kind(call), _term(call)))


def create_term(call: Call) -> Answer:
    kind = _kind(call)
    term = terms.new(call.store, kind, call.params)
    body = term_json(call.store, kind, term)
    return created(call.store, f"products/{kind}/{term['id']}", body)


def update_term(call: Call) -> Answer:
    """Products show the new name at once."""
    term, kind, params = _term(call), _kind(call), call.params
    keys = ("slug", "description", "parent", "display", "menu_order")
    term.update({k: params[k] for k in keys if params.get(k) is not None})
    if params.get("name") is not None:
        terms.rename(call.store, kind, term, params["name"])
    terms.set_image(call.store, term, params)
    return Answer(term_json(call.store, kind, term))


def delete_term(call: Call) -> Answer:
    term = _term(call)
    if not call.force:
        raise trash_not_supported("Resource")
    body = term_json(call.store, _kind(call), term)
    terms.remove(call.store, _kind(call), term)
    return Answer(body)


def _attribute_json(store: Store, row: Record) -> Record:
    path = "products/attributes"
    return {**row, "_links": item_links(store, f"{path}/{row['id']}", path, ITEM)}


def list_attributes(call: Call) -> Answer:
    return whole(
        call.store, [_attribute_json(call.store, row) for row in call.store.attributes.values()]
    )


def _attribute(call: Call) -> Record:
    if call.id not in call.store.attributes:
        raise RestError("woocommerce_rest_taxonomy_invalid", "Resource does not exist.", 404)
    return call.store.attributes[call.id]


def view_attribute(call: Call) -> Answer:
    return Answer(_attribute_json(call.store, _attribute(call)))


def create_attribute(call: Call) -> Answer:
    store, name = call.store, str(call.params.get("name") or "")
    slug = str(call.params.get("slug") or products.slugify(name)).removeprefix("pa_")
    if len(slug) > 28:
        text = f'Slug "{slug}" is too long (28 characters max). Shorten it, please.'
        raise RestError("woocommerce_rest_cannot_create", text, 400)
    if any(row["slug"] == f"pa_{slug}" for row in store.attributes.values()):
        text = f'Slug "{slug}" is already in use. Change it, please.'
        raise RestError("woocommerce_rest_cannot_create", text, 400)
    row = {
        "id": max(store.attributes, default=0) + 1,
        "name": name,
        "slug": f"pa_{slug}",
        "type": str(call.params.get("type") or "select"),
        "order_by": str(call.params.get("order_by") or "menu_order"),
        "has_archives": bool(call.params.get("has_archives", False)),
    }
    store.attributes[row["id"]] = row
    return created(store, f"products/attributes/{row['id']}", _attribute_json(store, row))


def update_attribute(call: Call) -> Answer:
    row = _attribute(call)
    keys = ("name", "type", "order_by", "has_archives")
    row.update({k: call.params[k] for k in keys if call.params.get(k) is not None})
    if call.params.get("slug"):
        row["slug"] = "pa_" + str(call.params["slug"]).removeprefix("pa_")
    terms.rename_attribute(call.store, row)
    return Answer(_attribute_json(call.store, row))


def delete_attribute(call: Call) -> Answer:
    """Its terms go with it, and products lose it."""
    row = _attribute(call)
    if not call.force:
        raise trash_not_supported("Resource")
    body = _attribute_json(call.store, row)
    terms.remove_attribute(call.store, row)
    return Answer(body)


def empty_list(call: Call) -> Answer:
    return page(call, [], lambda r: r)
