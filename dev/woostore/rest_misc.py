"""Endpoints of customers, coupons, taxes, terms, and what describes the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import coupons, customers, listing, orders, products
from .defaults import NAMES, SYMBOLS
from .errors import RestError, invalid_id, trash_not_supported
from .links import ITEM, READ, href, item_links
from .product_json import ENTITIES
from .product_writes import new_term
from .rest import Answer, Call, created, page

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

# --- customers ---------------------------------------------------------------------------------


def list_customers(call: Call) -> Answer:
    """Dates are no filter here: ``modified_after`` is passed over."""
    params = call.params
    rows = listing.by_ids(call.store.customers.values(), params)
    if params["role"] != "all":
        rows = [c for c in rows if c["role"] == params["role"]]
    if params.get("email"):
        rows = [c for c in rows if c["email"].lower() == params["email"].lower()]
    if params.get("search"):
        needle = params["search"].lower()
        keys = ("email", "username", "first_name", "last_name")
        rows = [c for c in rows if any(needle in c[key].lower() for key in keys)]
    keys_of = {
        "id": lambda c: c["id"],
        "include": lambda c: c["id"],
        "name": lambda c: c["username"].lower(),
        "registered_date": lambda c: c["date_created_gmt"],
    }
    rows.sort(key=keys_of[params["orderby"]], reverse=params["order"] == "desc")
    return page(call, rows, lambda c: customers.as_json(call.store, c))


def _customer(call: Call) -> Record:
    customer = call.store.customers.get(call.id)
    if customer is None:
        raise RestError("wc_user_invalid_id", "Invalid user ID.", 404)
    return customer


def view_customer(call: Call) -> Answer:
    return Answer(customers.as_json(call.store, _customer(call)))


def create_customer(call: Call) -> Answer:
    values = {k: v for k, v in call.params.items() if k in CUSTOMER_FIELDS and k != "email"}
    customer = customers.add(call.store, str(call.params.get("email") or ""), values)
    body = customers.as_json(call.store, customer)
    return created(call.store, f"customers/{customer['id']}", body)


CUSTOMER_FIELDS = ("email", "first_name", "last_name", "username", "billing", "shipping")


def update_customer(call: Call) -> Answer:
    customer, params = _customer(call), call.params
    for key in ("email", "first_name", "last_name"):
        if params.get(key) is not None:
            customer[key] = params[key]
    for key in ("billing", "shipping"):
        known = {k: str(v) for k, v in (params.get(key) or {}).items() if k in customer[key]}
        customer[key].update(known)
    if params.get("meta_data"):
        orders.set_meta(call.store, customer["meta_data"], params["meta_data"])
    customer["date_modified_gmt"] = call.store.clock.stamp()
    call.store.emit("customer.updated", customer["id"])
    return Answer(customers.as_json(call.store, customer))


def delete_customer(call: Call) -> Answer:
    customer = _customer(call)
    if not call.force:
        raise trash_not_supported("Customers")
    body = customers.as_json(call.store, customer)
    del call.store.customers[customer["id"]]
    call.store.emit("customer.deleted", customer["id"])
    return Answer(body)


def customer_downloads(call: Call) -> Answer:
    _customer(call)
    return Answer([])


# --- coupons -----------------------------------------------------------------------------------


def list_coupons(call: Call) -> Answer:
    rows = listing.by_ids(call.store.coupons.values(), call.params)
    rows = listing.in_dates(call.store, rows, call.params)
    if call.params.get("code"):
        match = coupons.find(call.store, call.params["code"])
        rows = [row for row in rows if row is match]
    rows = listing.sort_posts(rows, call.params)
    return page(call, rows, lambda c: coupons.as_json(call.store, c))


def _coupon(call: Call) -> Record:
    coupon = call.store.coupons.get(call.id)
    if coupon is None:
        raise invalid_id("shop_coupon")
    return coupon


def view_coupon(call: Call) -> Answer:
    return Answer(coupons.as_json(call.store, _coupon(call)))


def create_coupon(call: Call) -> Answer:
    params = dict(call.params)
    code = str(params.pop("code", "") or "")
    if not code:
        text = "Missing parameter(s): code"
        raise RestError("rest_missing_callback_param", text, 400, {"params": ["code"]})
    if coupons.find(call.store, code):
        code, text = "woocommerce_rest_coupon_code_already_exists", "The coupon code already exists"
        raise RestError(code, text, 400)
    kind = params.pop("discount_type", None) or "fixed_cart"
    amount = str(params.pop("amount", None) or "0")
    values = {k: v for k, v in params.items() if k in coupons.BLANK and v is not None}
    coupon = coupons.add(call.store, code, kind, amount, values)
    return created(
        call.store, f"coupons/{coupon['id']}", coupons.as_json(call.store, coupon)
    )


def update_coupon(call: Call) -> Answer:
    coupon = _coupon(call)
    coupon.update({k: v for k, v in call.params.items() if k in coupons.BLANK and v is not None})
    coupon["date_modified_gmt"] = call.store.clock.stamp()
    call.store.emit("coupon.updated", coupon["id"])
    return Answer(coupons.as_json(call.store, coupon))


def delete_coupon(call: Call) -> Answer:
    coupon = _coupon(call)
    if not call.force:
        raise trash_not_supported("Coupons")
    body = coupons.as_json(call.store, coupon)
    del call.store.coupons[coupon["id"]]
    return Answer(body)


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
    return Answer([_class_json(call.store, row) for row in call.store.tax_classes])


def create_class(call: Call) -> Answer:
    name = str(call.params.get("name") or "")
    row = {"name": name, "slug": products.slugify(name)}
    call.store.tax_classes.append(row)
    links = {"collection": [{"href": href(call.store, "taxes/classes")}]}
    return created(call.store, f"taxes/classes/{row['slug']}", {**row, "_links": links})


def delete_class(call: Call) -> Answer:
    row = next((r for r in call.store.tax_classes if r["slug"] == call.args[0]), None)
    if row is None:
        raise RestError("woocommerce_rest_tax_class_invalid_slug", "Invalid slug.", 404)
    call.store.tax_classes.remove(row)
    links = {"collection": [{"href": href(call.store, "taxes/classes")}]}
    return Answer({"name": row["name"], "slug": row["slug"], "_links": links})


# --- terms and attributes ----------------------------------------------------------------------


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
        raise RestError("woocommerce_rest_term_invalid", "Resource does not exist.", 404)
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
    return Answer([_attribute_json(call.store, row) for row in call.store.attributes.values()])


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
