"""Endpoints of tax rates, tax classes, the currency and countries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import products
from .defaults import NAMES, SYMBOLS
from .errors import RestError, trash_not_supported
from .links import ITEM, READ, href, item_links
from .paging import created, page, whole
from .product_json import ENTITIES
from .rest import Answer, Call

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

# --- taxes -------------------------------------------------------------------------------------


def tax_json(store: Store, rate: Record) -> Record:
    return {**rate, "_links": item_links(store, f"taxes/{rate['id']}", "taxes", ITEM)}


def list_taxes(call: Call) -> Answer:
    rows = list(call.store.taxes.values())
    if call.params.get("class"):
        rows = [r for r in rows if r["class"] == call.params["class"]]
    key = {"id": "id", "order": "order", "priority": "priority"}[call.params["orderby"]]
    rows.sort(key=lambda r: (r[key], r["id"]), reverse=call.params["order"] == "desc")
    return page(call, rows, lambda r: tax_json(call.store, r))


def _tax(call: Call) -> Record:
    if call.id not in call.store.taxes:
        raise RestError("woocommerce_rest_invalid_id", "Invalid resource ID.", 404)
    return call.store.taxes[call.id]


def view_tax(call: Call) -> Answer:
    return Answer(tax_json(call.store, _tax(call)))


def create_tax(call: Call) -> Answer:
    store, params = call.store, call.params
    rate = {
        "id": max(store.taxes, default=0) + 1,
        "country": str(params.get("country") or ""),
        "state": str(params.get("state") or ""),
        "postcode": "",
        "city": "",
        "rate": f"{float(params.get('rate') or 0):.4f}",
        "name": str(params.get("name") or "Tax"),
        "priority": int(params.get("priority") or 1),
        "compound": bool(params.get("compound", False)),
        "shipping": bool(params.get("shipping", True)),
        "order": int(params.get("order") or 0),
        "class": str(params.get("class") or "standard"),
        "postcodes": [str(p) for p in params.get("postcodes") or []],
        "cities": [str(c).upper() for c in params.get("cities") or []],
    }
    store.taxes[rate["id"]] = rate
    return created(store, f"taxes/{rate['id']}", tax_json(store, rate))


def delete_tax(call: Call) -> Answer:
    rate = _tax(call)
    if not call.force:
        raise trash_not_supported("Taxes")
    del call.store.taxes[rate["id"]]
    return Answer(tax_json(call.store, rate))


def _class_json(store: Store, row: Record) -> Record:
    links = {"collection": [{"href": href(store, "taxes/classes")}]}
    return {"slug": row["slug"], "name": row["name"], "_links": links}


def list_classes(call: Call) -> Answer:
    return whole(call.store, [_class_json(call.store, row) for row in call.store.tax_classes])


def create_class(call: Call) -> Answer:
    name = str(call.params.get("name") or "")
    row = {"name": name, "slug": products.slugify(name)}
    call.store.tax_classes.append(row)
    links = {"collection": [{"href": href(call.store, "taxes/classes")}]}
    return created(call.store, f"taxes/classes/{row['slug']}", {**row, "_links": links})


def _class(call: Call) -> Record:
    row = next((r for r in call.store.tax_classes if r["slug"] == call.args[0]), None)
    if row is None:
        raise RestError("woocommerce_rest_tax_class_invalid_slug", "Invalid slug.", 404)
    return row


def view_class(call: Call) -> Answer:
    return whole(call.store, [_class_json(call.store, _class(call))])


def delete_class(call: Call) -> Answer:
    row = _class(call)
    call.store.tax_classes.remove(row)
    links = {"collection": [{"href": href(call.store, "taxes/classes")}]}
    return Answer({"name": row["name"], "slug": row["slug"], "_links": links})


# --- currencies and countries ------------------------------------------------------------------


def current_currency(call: Call) -> Answer:
    code = call.store.currency
    links = item_links(call.store, f"data/currencies/{code}", "data/currencies", READ)
    symbol = ENTITIES.get(code, SYMBOLS.get(code, code))
    body = {"code": code, "name": NAMES.get(code, code), "symbol": symbol, "_links": links}
    return Answer(body)


def country(call: Call) -> Answer:
    code = str(call.args[0])
    found = call.store.countries.get(code.upper())
    if found is None:
        text = "There are no locations matching these parameters."
        raise RestError("woocommerce_rest_data_invalid_location", text, 404)
    links = item_links(call.store, f"data/countries/{code}", "data/countries", READ)
    return Answer({**found, "_links": links})
