"""WooCommerce's refunds → canonical values. Pure: no HTTP, no state."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...core import errors
from ...core.canonical import ZERO, LineKind, Refund, RefundLine, TaxAmount
from . import const, fields

Payload = Mapping[str, Any]

#: Lists of a refund's lines, with the field that names a line.
_LINES = (
    ("line_items", LineKind.PRODUCT, "name"),
    ("shipping_lines", LineKind.SHIPPING, "method_title"),
    ("fee_lines", LineKind.FEE, "name"),
)


def parse_refund(payload: Payload, order_external_id: str) -> Refund:
    """Translate one refund (best read with ``dp=8``).

    WooCommerce writes ``amount`` positive and everything on the lines negative; the refund of a
    negative fee comes out negative here.
    :raises errors.Rejected: ``not_a_refund`` naming the ``field`` that no refund lacks
    """
    external_id = fields.identifier(payload.get("id"))
    amount = fields.amount(payload.get("amount"), None)
    if not external_id or amount is None:
        raise errors.Rejected("not_a_refund", field="amount" if external_id else "id")
    return Refund(
        external_id=external_id,
        order_external_id=order_external_id,
        amount=abs(amount),
        reason=fields.plain(payload.get("reason")),
        created_at=fields.moment(payload.get("date_created_gmt")),
        lines=tuple(
            _line(item, kind, name)
            for key, kind, name in _LINES
            for item in fields.records(payload.get(key))
        ),
        paid_back=payload.get("refunded_payment") is True,
        marker=fields.text(_meta(payload, const.REFUND_MARKER)),
    )


def parse_refunds(payload: Payload) -> tuple[Refund, ...]:
    """All refunds of an order, oldest first, with what the shop restocked for each.

    :param payload: ``order`` (``id`` and ``line_items``) and the list ``refunds``
    """
    order = fields.mapping(payload.get("order"))
    order_id = fields.identifier(order.get("id"))
    refunds = [parse_refund(item, order_id) for item in fields.records(payload.get("refunds"))]
    restocked = _restocked(order)
    ordered = sorted(refunds, key=lambda refund: int(refund.external_id))
    return tuple(_with_restocked(refund, restocked) for refund in ordered)


def _line(item: Payload, kind: LineKind, name: str) -> RefundLine:
    return RefundLine(
        line_external_id=fields.identifier(_meta(item, const.REFUNDED_LINE)),
        kind=kind,
        name=fields.plain(item.get(name)),
        # shipping and fees have no quantity of their own
        quantity=-fields.money(item.get("quantity")),
        total=-fields.money(item.get("total")),
        total_tax=-fields.money(item.get("total_tax")),
        taxes=_taxes(item),
    )


def _taxes(item: Payload) -> tuple[TaxAmount, ...]:
    parts = (
        (fields.identifier(part.get("id")), fields.amount(part.get("total"), None))
        for part in fields.records(item.get("taxes"))
    )
    return tuple(TaxAmount(key, -total) for key, total in parts if key and total is not None)


def _meta(record: Payload, key: str) -> Any:
    found = (meta for meta in fields.records(record.get("meta_data")) if meta.get("key") == key)
    return next(found, {}).get("value")


# === RESTOCKED === #


def _restocked(order: Payload) -> dict[str, Decimal]:
    """Pieces of each line that refunds have put back into the shop's stock, all together.

    Lines without ``_reduced_stock`` are left out: the shop does not manage their stock.
    """
    return {
        fields.identifier(item.get("id")): fields.money(_meta(item, const.RESTOCKED))
        for item in fields.records(order.get("line_items"))
        if fields.amount(_meta(item, const.REDUCED_STOCK), None) is not None
    }


def _with_restocked(refund: Refund, left: dict[str, Decimal]) -> Refund:
    """Give a refund's lines their part of what is ``left``, and take it from there.

    The shop keeps one sum per line of the order, not one per refund: older refunds are served
    first.
    """
    lines = []
    for line in refund.lines:
        known = left.get(line.line_external_id)
        if known is not None:
            part = max(min(line.quantity, known), ZERO)
            left[line.line_external_id] = known - part
            line = dataclasses.replace(line, restocked=part)
        lines.append(line)
    return dataclasses.replace(refund, lines=tuple(lines))
