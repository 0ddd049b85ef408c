"""Coupons: records, REST form, validity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import RestError
from .links import ITEM, item_links
from .rounding import fixed

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]

BLANK: Record = {
    "code": "",
    "amount": "0",
    "status": "publish",
    "discount_type": "fixed_cart",
    "description": "",
    "date_expires_gmt": None,
    "usage_count": 0,
    "individual_use": False,
    "product_ids": [],
    "excluded_product_ids": [],
    "usage_limit": None,
    "usage_limit_per_user": None,
    "limit_usage_to_x_items": None,
    "free_shipping": False,
    "product_categories": [],
    "excluded_product_categories": [],
    "exclude_sale_items": False,
    "minimum_amount": "0",
    "maximum_amount": "0",
    "email_restrictions": [],
    "used_by": [],
    "meta_data": [],
}


def add(store: Store, code: str, discount_type: str, amount: str, values: Record) -> Record:
    now = store.clock.stamp()
    coupon = {k: list(v) if isinstance(v, list) else v for k, v in BLANK.items()}
    coupon.update(id=store.next_id(), date_created_gmt=now, date_modified_gmt=now)
    # Codes are lower-cased since 10.0; 9 and older kept the case.
    shown = code.lower() if store.release >= (10,) else code
    coupon.update(code=shown, discount_type=discount_type, amount=amount, **values)
    store.coupons[coupon["id"]] = coupon
    store.emit("coupon.created", coupon["id"])
    return coupon


def find(store: Store, code: str) -> Record | None:
    wanted = code.lower()
    return next((c for c in store.coupons.values() if c["code"].lower() == wanted), None)


def required(store: Store, code: str) -> Record:
    """The coupon of a code, if it may be used now; else the error REST gives."""
    coupon = find(store, code)
    shown = code.lower() if store.release >= (10,) else code
    if coupon is None:
        text = f"Coupon &quot;{shown}&quot; cannot be applied because it does not exist."
        raise RestError("woocommerce_rest_invalid_coupon", text, 400)
    expires = coupon["date_expires_gmt"]
    if expires and expires < store.clock.stamp():
        text = f"Coupon &quot;{shown}&quot; has expired."
        raise RestError("woocommerce_rest_invalid_coupon", text, 400)
    if coupon["usage_limit"] and coupon["usage_count"] >= coupon["usage_limit"]:
        text = f"Usage limit for coupon &quot;{shown}&quot; has been reached."
        raise RestError("woocommerce_rest_invalid_coupon", text, 400)
    return coupon


def as_json(store: Store, coupon: Record) -> Record:
    out: Record = {"id": coupon["id"], "code": coupon["code"]}
    out["amount"] = fixed(coupon["amount"], store.decimals)
    out["status"] = coupon["status"]
    for key in ("date_created", "date_modified"):
        out[key] = store.local(coupon[f"{key}_gmt"])
        out[f"{key}_gmt"] = coupon[f"{key}_gmt"]
    out["discount_type"] = coupon["discount_type"]
    out["description"] = coupon["description"]
    out["date_expires"] = store.local(coupon["date_expires_gmt"])
    out["date_expires_gmt"] = coupon["date_expires_gmt"]
    rest = [key for key in BLANK if key not in out and key != "status"]
    out.update({key: coupon[key] for key in rest})
    for key in ("minimum_amount", "maximum_amount"):
        out[key] = fixed(coupon[key], store.decimals)
    if store.release < (9,):
        del out["status"]
    out["_links"] = item_links(store, f"coupons/{coupon['id']}", "coupons", ITEM)
    return out
