"""Payload → canonical values; pure. A wrong type is as good as nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from odoo.addons.channel_connector.core import errors
from odoo.addons.channel_connector.core.canonical import Tracking
from odoo.addons.channel_connector.core.fulfilment import (
    Fulfilment,
    FulfilmentState,
    Goods,
    Parcel,
)

from . import const


def fulfilment(payload: Mapping[str, Any]) -> Fulfilment:
    """:raises errors.Rejected: ``not_a_fulfilment``"""
    external_id, status = text(payload.get("id")), text(payload.get("status"))
    if not external_id or not status:
        raise errors.Rejected("not_a_fulfilment")
    return Fulfilment(
        external_id=external_id,
        state=const.STATES.get(status, FulfilmentState.UNKNOWN),
        state_code=status,
        marker=text(payload.get("client_ref")),
        parcels=tuple(_parcels(payload.get("parcels"))),
        reason=text(payload.get("reason")),
        modified_at=moment(payload.get("changed_at")),
    )


def _parcels(rows: Any):
    for row in _objects(rows):
        if external_id := text(row.get("id")):
            number = text(row.get("tracking"))
            yield Parcel(
                external_id=external_id,
                goods=tuple(_goods(row.get("contents"))),
                sent_at=moment(row.get("left_at")),
                tracking=Tracking(number, text(row.get("carrier"))) if number else None,
            )


def _goods(rows: Any):
    for row in _objects(rows):
        sku, pieces = text(row.get("sku")), quantity(row.get("pieces"))
        if sku and pieces:
            yield Goods(sku, pieces)


def _objects(rows: Any) -> list[dict[str, Any]]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def quantity(value: Any) -> Decimal:
    """Pieces, which the warehouse writes as text; 0 for what is no number of pieces."""
    try:
        pieces = Decimal(text(value))
    except InvalidOperation:
        return Decimal(0)
    return pieces if pieces.is_finite() and pieces > 0 else Decimal(0)


def moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError:
        return None
    return found.astimezone(timezone.utc) if found.tzinfo else None
