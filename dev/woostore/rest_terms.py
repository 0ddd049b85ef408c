"""Endpoints of categories, tags, brands, shipping classes and attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import listing, products
from .errors import RestError, trash_not_supported
from .links import ITEM, item_links
from .paging import created, page, whole
from .product_writes import new_term
from .rest import Answer, Call

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]


def term_json(store: Store, kind: str, term: Record) -> Record:
    path = f"products/{kind}"
    out: Record = {key: term[key] for key in ("id", "name", "slug")}
    if kind in ("categories", "brands"):
        out["parent"] = term.get("parent", 0)
    out["description"] = term.get("description", "")
    if kind in ("categories", "brands"):
        out["display"] = term.get("display", "default")
        out["image"] = term.get("image")
    if kind not in ("tags", "shipping_classes"):
        out["menu_order"] = term.get("menu_order", 0)
    out["count"] = term.get("count", _count(store, kind, term["id"]))
    up = f"{path}/{term['parent']}" if term.get("parent") else None
    out["_links"] = item_links(store, f"{path}/{term['id']}", path, ITEM, up)
    return out


def _count(store: Store, kind: str, term_id: int) -> int:
    if kind not in ("categories", "tags", "brands"):
        return 0
    live = (p for p in store.products.values() if p["status"] == "publish")
    return sum(any(t["id"] == term_id for t in p[kind]) for p in live)


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
    shown = [term_json(call.store, kind, r) for r in rows]
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
    kind, name = _kind(call), str(call.params.get("name") or "")
    same = next((t for t in _terms(call).values() if t["name"].lower() == name.lower()), None)
    if same:
        where = "with this parent" if kind == "categories" else "in this taxonomy"
        text = f"A term with the name provided already exists {where}."
        raise RestError("term_exists", text, 400, {"resource_id": same["id"]})
    term = new_term(call.store, kind, call.params)
    body = term_json(call.store, kind, term)
    return created(call.store, f"products/{kind}/{term['id']}", body)


def update_term(call: Call) -> Answer:
    term = _term(call)
    keys = ("name", "slug", "description", "parent", "image", "display", "menu_order")
    term.update({k: call.params[k] for k in keys if call.params.get(k) is not None})
    return Answer(term_json(call.store, _kind(call), term))


def delete_term(call: Call) -> Answer:
    term = _term(call)
    if not call.force:
        raise trash_not_supported("Resource")
    body = term_json(call.store, _kind(call), term)
    del _terms(call)[term["id"]]
    return Answer(body)


def _attribute_json(store: Store, row: Record) -> Record:
    path = "products/attributes"
    return {**row, "_links": item_links(store, f"{path}/{row['id']}", path, ITEM)}


def list_attributes(call: Call) -> Answer:
    return whole(
        call.store, [_attribute_json(call.store, row) for row in call.store.attributes.values()]
    )


def view_attribute(call: Call) -> Answer:
    if call.id not in call.store.attributes:
        raise RestError("woocommerce_rest_taxonomy_invalid", "Resource does not exist.", 404)
    return Answer(_attribute_json(call.store, call.store.attributes[call.id]))


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


def empty_list(call: Call) -> Answer:
    return page(call, [], lambda r: r)
