"""Customers: records and REST form."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from .errors import RestError
from .links import ITEM, item_links

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

# The order of the address fields differs from that of an order's address.
FIELDS = (
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "postcode",
    "country",
    "state",
)
BILLING = (*FIELDS, "email", "phone")
SHIPPING = (*FIELDS, "phone")


def add(store: Store, email: str, values: Record) -> Record:
    """A customer; refuses what is no e-mail address or already has an account."""
    if "@" not in email:
        raise RestError("customer_invalid_email", "Invalid email address", 400)
    if any(c["email"].lower() == email.lower() for c in store.customers.values()):
        text = f"An account is already registered with {email}. "
        text += "Please log in or use a different email address."
        raise RestError("registration-error-email-exists", text, 400)
    now = store.clock.stamp()
    customer = {
        "id": store.next_id("user"),
        "date_created_gmt": now,
        "date_modified_gmt": now,
        "email": email,
        "first_name": "",
        "last_name": "",
        "role": "customer",
        "username": email.split("@")[0],
        "is_paying_customer": False,
        "meta_data": [],
    }
    values = dict(values)
    for key, fields in (("billing", BILLING), ("shipping", SHIPPING)):
        given = values.pop(key, None) or {}
        customer[key] = {field: str(given.get(field) or "") for field in fields}
    customer.update({k: v for k, v in values.items() if k != "password"})
    store.customers[customer["id"]] = customer
    store.emit("customer.created", customer["id"])
    store.emit("customer.updated", customer["id"])
    return customer


def as_json(store: Store, customer: Record) -> Record:
    out: Record = {"id": customer["id"]}
    for key in ("date_created", "date_modified"):
        out[key] = store.local(customer[f"{key}_gmt"])
        out[f"{key}_gmt"] = customer[f"{key}_gmt"]
    keys = ("email", "first_name", "last_name", "role", "username")
    out.update({key: customer[key] for key in keys})
    out["billing"] = dict(customer["billing"])
    out["shipping"] = dict(customer["shipping"])
    out["is_paying_customer"] = customer["is_paying_customer"]
    out["avatar_url"] = customer.get("avatar_url") or avatar(customer["email"])
    out["meta_data"] = [dict(entry) for entry in customer["meta_data"]]
    out["_links"] = item_links(store, f"customers/{customer['id']}", "customers", ITEM)
    return out


def avatar(email: str) -> str:
    digest = hashlib.sha256(email.strip().lower().encode()).hexdigest()
    return f"https://secure.gravatar.com/avatar/{digest}?s=96&d=mm&r=g"
