"""Canonical values → the bodies that WooCommerce takes."""

from __future__ import annotations

import html
from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal
from typing import Any

from ...core.canonical import (
    Hook,
    LineKind,
    Note,
    OrderUpdate,
    RefundLine,
    RefundRequest,
    Shipment,
)
from . import const, fields

# === WEBHOOKS === #


def webhook_name(topic: str) -> str:
    """How our hooks are called in the shop's list."""
    return f"Odoo {topic}"


def webhook(topic: str, url: str, secret: str) -> dict[str, str]:
    """A new hook. Without a secret WooCommerce would invent one that nobody can read."""
    return {
        "name": webhook_name(topic),
        "topic": topic,
        "delivery_url": url,
        "status": "active",
        "secret": secret,
    }


def webhook_changes(keep: Iterable[Hook], secret: str, delete: Iterable[Hook]) -> dict[str, Any]:
    """A batch that gives hooks their secret and deletes others; {} where there is nothing to do.

    At most 100 hooks of one address, which is what a batch takes.
    """
    changes = {
        "update": [{"id": int(hook.external_id), "secret": secret} for hook in keep],
        "delete": [int(hook.external_id) for hook in delete],
    }
    return {name: items for name, items in changes.items() if items}


# === ORDERS === #


def order_update(update: OrderUpdate) -> dict[str, Any]:
    """Only what makes WooCommerce work nothing out again; meta data without an id replaces the
    first value of its key.
    """
    body: dict[str, Any] = {}
    if update.status_code:
        body["status"] = update.status_code
    if update.transaction_id:
        body["transaction_id"] = update.transaction_id
    if update.customer_note is not None:
        body["customer_note"] = update.customer_note
    if update.meta:
        body["meta_data"] = [{"key": key, "value": value} for key, value in update.meta.items()]
    return body


def note(note: Note) -> dict[str, Any]:
    """A note is HTML to the shop."""
    return {"note": html.escape(note.text, quote=False), "customer_note": note.to_customer}


# === REFUNDS === #


def refund(request: RefundRequest) -> dict[str, Any]:
    """A refund; what WooCommerce would do by itself is always said."""
    return {
        "amount": _amount(request.amount),
        "reason": request.reason,
        "api_refund": request.pay_out,
        "api_restock": request.restock,
        "line_items": [
            _refund_line(line) for line in request.lines if fields.identifier(line.line_external_id)
        ],
        "meta_data": [{"key": const.REFUND_MARKER, "value": request.marker}],
    }


def _refund_line(line: RefundLine) -> dict[str, Any]:
    """Shipping and fees have no quantity."""
    quantity = {"quantity": number(line.quantity)} if line.kind is LineKind.PRODUCT else {}
    return {
        "id": int(line.line_external_id),
        **quantity,
        "refund_total": _amount(line.total),
        "refund_tax": [
            {"id": int(tax.rate_key), "refund_total": _amount(tax.amount)}
            for tax in line.taxes
            if fields.identifier(tax.rate_key)
        ],
    }


def _amount(value: Decimal) -> str:
    return format(value, "f")


def number(quantity: Decimal) -> int | float:
    """A quantity as PHP tells the two apart: ``2`` is an integer, ``2.0`` is not."""
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)


# === SHIPMENTS === #


def fulfillment(
    shipment: Shipment, kept: Iterable[dict[str, Any]], whole: bool = False
) -> dict[str, Any]:
    """A fulfilment that has left.

    :param kept: meta data of others that stays: a change removes what it doesn't name
    """
    return {
        "status": "fulfilled",
        "is_fulfilled": True,
        "notify_customer": shipment.notify_customer,
        "meta_data": [*kept, *fulfillment_meta(shipment, whole)],
    }


def fulfillment_meta(shipment: Shipment, whole: bool = False) -> list[dict[str, Any]]:
    """Meta data of a fulfilment. An entry without an id, even 0, is passed over in silence."""
    values: dict[str, Any] = {
        const.FULFILLMENT_ITEMS: fulfillment_items(shipment, whole),
        const.FULFILLMENT_MARKER: shipment.marker,
    }
    parcel = shipment.tracking
    if parcel:
        values |= {const.FULFILLMENT_NUMBER: parcel.number, const.FULFILLMENT_URL: parcel.url}
        values |= dict.fromkeys(const.FULFILLMENT_CARRIER, parcel.carrier)
    return [{"id": 0, "key": key, "value": value} for key, value in values.items() if value]


def fulfillment_items(shipment: Shipment, whole: bool = False) -> list[dict[str, int | float]]:
    """Lines with pieces; ``whole`` rounds parts of a piece up."""
    return [
        {
            "item_id": int(line.line_external_id),
            "qty": number(_whole(line.quantity) if whole else line.quantity),
        }
        for line in shipment.lines
        if fields.identifier(line.line_external_id) and line.quantity > 0
    ]


def has_fractions(shipment: Shipment) -> bool:
    return any(line.quantity != _whole(line.quantity) for line in shipment.lines)


def _whole(quantity: Decimal) -> Decimal:
    return quantity.to_integral_value(ROUND_CEILING)


def tracking(shipment: Shipment, number: str, **carrier: Any) -> dict[str, Any]:
    """A parcel as the tracking plug-ins take it; the day it left is that in UTC."""
    day = shipment.shipped_at.date().isoformat()
    return {"tracking_number": number, "date_shipped": day, **carrier}
