"""How an order looks in the REST API (orders controllers v2 and v3)."""

from __future__ import annotations

from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any

from .defaults import SYMBOLS
from .links import ITEM, item_links
from .product_json import images
from .rounding import dec, fixed, number

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]
TOTALS = (
    "discount_total",
    "discount_tax",
    "shipping_total",
    "shipping_tax",
    "cart_tax",
    "total",
    "total_tax",
)
EDITABLE = {"pending", "on-hold", "auto-draft"}
PAYABLE = {"pending", "failed", "checkout-draft"}
PLAIN = (
    "customer_id",
    "order_key",
    "billing",
    "shipping",
    "payment_method",
    "payment_method_title",
    "transaction_id",
    "customer_ip_address",
    "customer_user_agent",
    "created_via",
    "customer_note",
)


def as_json(store: Store, order: Record, dp: int) -> Record:
    """The order with ``dp`` decimals. Field order as in the recordings."""
    out: Record = {key: order[key] for key in ("id", "parent_id", "status", "currency", "version")}
    out["prices_include_tax"] = order["prices_include_tax"]
    out["date_created"] = store.local(order["date_created_gmt"])
    out["date_modified"] = store.local(order["date_modified_gmt"])
    out.update({key: fixed(order[key], dp) for key in TOTALS})
    out.update({k: dict(order[k]) if isinstance(order[k], dict) else order[k] for k in PLAIN})
    out["date_completed"] = store.local(order["date_completed_gmt"])
    out["date_paid"] = store.local(order["date_paid_gmt"])
    out["cart_hash"] = order["cart_hash"]
    out["number"] = order.get("number") or str(order["id"])
    out["meta_data"] = [dict(entry) for entry in order["meta_data"]]
    out.update(lines_json(store, order, dp))
    out["refunds"] = refund_summary(store, order, dp)
    out.update(_state(store, order))
    out.update(_extra(order, out))
    out["_links"] = _links(store, order)
    return out


def _extra(record: Record, known: Record) -> Record:
    """What a plug-in put beside the fields of core, such as ``gift_cards``, ``bundled_by``."""
    return {k: v for k, v in record.items() if k not in known and not k.startswith("_")}


def lines_json(store: Store, order: Record, dp: int) -> Record:
    return {
        "line_items": [product_line(store, line, dp) for line in order["line_items"]],
        "tax_lines": [tax_line(line, dp) for line in order["tax_lines"]],
        "shipping_lines": [shipping_line(store, line, dp) for line in order["shipping_lines"]],
        "fee_lines": [fee_line(store, line, dp) for line in order["fee_lines"]],
        "coupon_lines": [coupon_line(line) for line in order["coupon_lines"]],
    }


def _state(store: Store, order: Record) -> Record:
    status = order["status"]
    pay = f"{store.url}/checkout/order-pay/{order['id']}/?pay_for_order=true"
    return {
        "payment_url": f"{pay}&key={order['order_key']}",
        "is_editable": status in EDITABLE,
        "needs_payment": status in PAYABLE and dec(order["total"]) > 0,
        "needs_processing": order.get("needs_processing", False),
        "date_created_gmt": order["date_created_gmt"],
        "date_modified_gmt": order["date_modified_gmt"],
        "date_completed_gmt": order["date_completed_gmt"],
        "date_paid_gmt": order["date_paid_gmt"],
        "currency_symbol": SYMBOLS.get(order["currency"], order["currency"]),
    }


def _links(store: Store, order: Record) -> Record:
    links = item_links(store, f"orders/{order['id']}", "orders", ITEM)
    if store.release >= (9,):
        href = f"{store.url}/wp-json/wc/v3/orders/{order['id']}/actions/email_templates"
        links["email_templates"] = [{"embeddable": True, "href": href}]
    if order["customer_id"]:
        href = f"{store.url}/wp-json/wc/v3/customers/{order['customer_id']}"
        links["customer"] = [{"href": href}]
    if order["parent_id"]:
        links["up"] = [{"href": f"{store.url}/wp-json/wc/v3/orders/{order['parent_id']}"}]
    return links


def refund_summary(store: Store, order: Record, dp: int) -> list[Record]:
    rows = [r for r in store.refunds.values() if r["parent_id"] == order["id"]]
    rows.sort(key=lambda r: r["id"])
    rows.sort(key=lambda r: r["date_created_gmt"], reverse=True)
    return [
        {"id": r["id"], "reason": r["reason"], "total": "-" + fixed(r["amount"], dp)} for r in rows
    ]


# --- lines -------------------------------------------------------------------------------------


def taxes(store: Store, line: Record, dp: int) -> list[Record]:
    """Per rate: as stored before 10.0, with ``dp`` decimals since."""
    if store.release < (10,):
        return [dict(row) for row in line["taxes"]]
    return [
        {
            "id": row["id"],
            "total": fixed(row["total"], dp),
            "subtotal": row["subtotal"] if row["subtotal"] == "" else fixed(row["subtotal"], dp),
        }
        for row in line["taxes"]
    ]


def meta(line: Record, labels: dict[str, tuple[str, Any]] | None = None) -> list[Record]:
    out = []
    for entry in line["meta_data"]:
        key, value = (labels or {}).get(entry["key"], (entry["key"], entry["value"]))
        shown = {"display_key": entry.get("display_key", key)}
        shown["display_value"] = entry.get("display_value", value)
        out.append({"id": entry["id"], "key": entry["key"], "value": entry["value"], **shown})
    return out


def product_line(store: Store, line: Record, dp: int) -> Record:
    product = store.products.get(line["variation_id"] or line["product_id"])
    quantity = dec(line["quantity"])
    out = {
        "id": line["id"],
        "name": line["name"],
        "product_id": line["product_id"],
        "variation_id": line["variation_id"],
        "quantity": number(line["quantity"]),
        "tax_class": line["tax_class"],
        "subtotal": fixed(line["subtotal"], dp),
        "subtotal_tax": fixed(line["subtotal_tax"], dp),
        "total": fixed(line["total"], dp),
        "total_tax": fixed(line["total_tax"], dp),
        "taxes": taxes(store, line, dp),
        "meta_data": meta(line),
        "sku": sku_of(store, line),
        "price": line.get("_price", _price(dec(line["total"]), quantity)),
        "image": _with_host(store, line["_image"]) if "_image" in line else _image(store, product),
        "parent_name": line.get("_parent_name"),
    }
    return {**out, **_extra(line, out)}


def _price(total: Decimal, quantity: Decimal) -> int | float:
    """A float with all its noise: total / quantity in binary."""
    return _whole(float(total) / float(quantity)) if quantity else 0


def _whole(value: float) -> int | float:
    return int(value) if value.is_integer() else value


def sku_of(store: Store, line: Record) -> str | None:
    """The product's SKU of today; a variation without one shows its parent's."""
    if "_sku" in line:
        return line["_sku"]
    product = store.products.get(line["variation_id"] or line["product_id"])
    if product is None:
        return None
    parent = store.products.get(product["parent_id"])
    return product["sku"] or (parent["sku"] if parent else "")


def _image(store: Store, product: Record | None) -> Record:
    """The picture's id is text for a product, and a number for a variation or for none."""
    numeric = product is None or product["type"] == "variation"
    shown = images(store, product) if product else []
    if not shown:
        return {"id": 0 if numeric else "", "src": ""}
    image_id = shown[0]["id"]
    return {"id": image_id if numeric else str(image_id), "src": shown[0]["src"]}


def _with_host(store: Store, image: Record) -> Record:
    src = image["src"]
    return {**image, "src": store.url + src if src.startswith("/") else src}


def tax_line(line: Record, dp: int) -> Record:
    return {
        **line,
        "tax_total": fixed(line["tax_total"], dp),
        "shipping_tax_total": fixed(line["shipping_tax_total"], dp),
        "rate_percent": number(line["rate_percent"]),
        "meta_data": meta(line),
    }


def shipping_line(store: Store, line: Record, dp: int) -> Record:
    out = {key: line[key] for key in ("id", "method_title", "method_id", "instance_id")}
    out["total"] = fixed(line["total"], dp)
    out["total_tax"] = fixed(line["total_tax"], dp)
    out["taxes"] = taxes(store, line, dp)
    if store.release >= (9,):
        out["tax_status"] = "taxable"
    out["meta_data"] = meta(line)
    return out


def fee_line(store: Store, line: Record, dp: int) -> Record:
    out = {key: line[key] for key in ("id", "name", "tax_class", "tax_status", "amount")}
    out["total"] = fixed(line["total"], dp)
    out["total_tax"] = fixed(line["total_tax"], dp)
    out["taxes"] = taxes(store, line, dp)
    out["meta_data"] = meta(line)
    return out


def coupon_line(line: Record) -> Record:
    """Discounts of coupons are never formatted: as stored, whatever ``dp`` says."""
    return {
        "id": line["id"],
        "code": line["code"],
        "discount": line["discount"],
        "discount_tax": line["discount_tax"],
        "meta_data": meta(line),
        "discount_type": line["discount_type"],
        "nominal_amount": number(line["nominal_amount"]),
        "free_shipping": line["free_shipping"],
    }


def items_text(lines: list[Record]) -> str:
    """What a shipping line says it carries."""
    return ", ".join(f"{escape(li['name'], False)} &times; {li['quantity']}" for li in lines)
