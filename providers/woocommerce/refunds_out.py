"""Refunds that are made in the shop for Odoo.

Two traps: without a word WooCommerce sends the money through the gateway and puts the goods back
on the shelf; and a refund's meta data, our marker in it, is saved after everything else, so that a
request that breaks off may leave a refund without it.
"""

from __future__ import annotations

from decimal import Decimal

from ...core import errors
from ...core.canonical import Refund, RefundRequest
from . import const, fields, parse_refunds, serialize
from .client import WooClient


def create_refund(client: WooClient, request: RefundRequest, look_first: bool) -> Refund:
    """Make a refund, once.

    :raises errors.Rejected: ``refund_exceeds_rest``, ``gateway_cannot_refund``, or
        ``refund_refused`` where the shop gives no reason that a program understands
    :raises errors.Conflict: ``refund_unclear``, an earlier try may have made one of several
    """
    path = f"orders/{request.order_external_id}/refunds"
    if look_first:
        found = _find(client, path, request)
        if found:
            return found
    params = {"dp": const.DECIMAL_PLACES}
    try:
        answer = client.post(path, serialize.refund(request), params=params)
    except errors.Rejected as error:
        refused = error
    else:
        return parse_refunds.parse_refund(answer.mapping(), request.order_external_id)
    raise _explained(client, request, refused)


def _find(client: WooClient, path: str, request: RefundRequest) -> Refund | None:
    """What an earlier try has made: with our marker, or cut off before it was written."""
    unmarked = []
    for payload in client.pages(path, {"dp": const.DECIMAL_PLACES}):
        refund = parse_refunds.parse_refund(payload, request.order_external_id)
        if refund.marker == request.marker:
            return refund
        if not refund.marker and refund.amount == request.amount:
            unmarked.append(refund)
    same = [refund for refund in unmarked if refund.reason == fields.plain(request.reason)]
    if len(same) > 1 or (same and not request.reason):
        ids = ", ".join(refund.external_id for refund in same)
        raise errors.Conflict("refund_unclear", refunds=ids, amount=str(request.amount))
    return same[0] if same else None


def _explained(
    client: WooClient, request: RefundRequest, error: errors.Rejected
) -> errors.ChannelError:
    """The shop's refusals all look alike; its order and gateway tell which it is."""
    if error.params.get("channel_code") not in const.REFUND_REFUSALS:
        return error
    params = {"_fields": "total,refunds,payment_method"}
    order = client.get(f"orders/{request.order_external_id}", params=params).mapping()
    refunded = sum(
        (abs(fields.money(item.get("total"))) for item in fields.records(order.get("refunds"))),
        Decimal(0),
    )
    rest = fields.money(order.get("total")) - refunded
    amount = str(request.amount)
    if request.amount > rest:
        return errors.Rejected("refund_exceeds_rest", amount=amount, rest=str(rest))
    method = fields.text(order.get("payment_method"))
    if request.pay_out and not _can_refund(client, method):
        return errors.Rejected("gateway_cannot_refund", amount=amount, gateway=method)
    return errors.Rejected("refund_refused", amount=amount, **error.params)


def _can_refund(client: WooClient, method: str) -> bool:
    gateways = {
        fields.text(record.get("id")): record.get("method_supports")
        for record in client.get("payment_gateways").sequence()
    }
    return "refunds" in (gateways.get(method) or ())
