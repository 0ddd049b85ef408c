"""Endpoints of customers and coupons."""

from __future__ import annotations

from typing import Any

from . import coupons, customers, listing, orders
from .errors import RestError, invalid_id, trash_not_supported
from .paging import created, page
from .rest import Answer, Call

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
        raise RestError("wc_user_invalid_id", "Invalid user ID.", 404, hides_allow=True)
    return customer


def view_customer(call: Call) -> Answer:
    return Answer(customers.as_json(call.store, _customer(call)))


def create_customer(call: Call) -> Answer:
    values = {k: v for k, v in call.params.items() if k in CUSTOMER_FIELDS and k != "email"}
    customer = customers.add(call.store, str(call.params.get("email") or ""), values)
    if not call.params.get("password"):
        nag = {"id": call.store.next_id("meta"), "key": "default_password_nag", "value": "1"}
        customer["meta_data"].append(nag)
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
    for order in call.store.orders.values():
        if order["customer_id"] == customer["id"]:
            order["customer_id"] = 0
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
    return created(call.store, f"coupons/{coupon['id']}", coupons.as_json(call.store, coupon))


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
