"""What of an order counts: fingerprints that tell a change from an echo."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from ..core.canonical import ZERO, Address, Line, Order, OrderStatus, Payment, ProductRef
from ..core.fingerprint import fingerprint
from ..core.reconcile import OVER as OVER  # whoever asks what of an order counts asks here

#: The shop released it for shipping: it is paid, or will be on delivery.
RELEASED = (OrderStatus.PROCESSING, OrderStatus.COMPLETED)
#: Parts of an order that are its content, what was sold to whom: all of it follows, or none.
CONTENT = ("lines", "totals", "billing", "shipping")
#: Parts that are written line by line.
AMOUNTS = ("lines", "totals")
#: Parts that Odoo's own writes change in the shop: those of an echo.
OURS = ("status", "payment", "refunds")

#: Row of the payment map for an order without gateway: nothing to pay, or entered by hand.
NO_METHOD = "no_method"
#: Row of the payment map for value paid with gift cards or store credit.
GIFT_CARD = "gift_card"

#: Fields of a gateway's row that say whether anything follows by itself.
WORKFLOW = ("invoice_policy", "register_payment", "deliver_virtual")


def gateway_code(method: str | None) -> str:
    """Code of the payment map's row for an order's payment method, which may be empty."""
    return method or NO_METHOD


#: The part "refunds" of an order without any.
NO_REFUNDS = fingerprint(())


def has_refunds(parts: Mapping[str, str] | None) -> bool:
    """Whether an order with these fingerprints of its parts has refunds in the shop."""
    return (parts or {}).get("refunds", NO_REFUNDS) != NO_REFUNDS


def parts_of(order: Order, meta_keys: Iterable[str]) -> dict[str, str]:
    """Fingerprints of an order by the name of the part.

    :data:`CONTENT`, :data:`OURS`, ``note``, ``meta`` (the custom fields that are mapped), ``rest``,
    and of each line by :func:`part_of_line`.
    """
    mapped = set(meta_keys)
    lines = {part_of_line(line.external_id): fingerprint(_sold(line)) for line in order.lines}
    return {
        **lines,
        "lines": fingerprint([list(lines.items()), order.coupons]),
        "totals": fingerprint([order.currency, order.total, order.total_tax, order.gift_cards]),
        "billing": fingerprint(order.billing),
        "shipping": fingerprint(order.shipping),
        "status": fingerprint(order.status_code),
        "payment": fingerprint(order.payment),
        "refunds": fingerprint(order.refunds),
        "note": fingerprint(order.customer_note),
        "meta": fingerprint({key: value for key, value in order.meta.items() if key in mapped}),
        "rest": fingerprint_of(
            dataclasses.replace(
                order,
                status=OrderStatus.UNKNOWN,
                status_code="",
                payment=Payment(),
                refunds=(),
                customer_note="",
                meta={},
                coupons=(),
                gift_cards=(),
                lines=(),
                tax_rates=(),
                total=ZERO,
                total_tax=ZERO,
                billing=Address(),
                shipping=Address(),
            ),
            (),
        ),
    }


def part_of_line(external_id: str) -> str:
    """Name of the part that is one line of the order."""
    return f"line {external_id}"


def _sold(line: Line) -> list:
    """What makes a line another one: not what it shows of its product *today*."""
    return [
        line.kind,
        line.name,
        line.notes,
        line.quantity,
        line.total,
        line.total_tax,
        line.taxes,
        line.code,
        line.instance,
    ]


def content_of(parts: Mapping[str, str]) -> str:
    """One fingerprint of an order's content, which a person's decision is about."""
    return fingerprint([parts[name] for name in CONTENT])


def fingerprint_of(order: Order, meta_keys: Iterable[str]) -> str:
    """Fingerprint of all that is taken over; equal ones mean there is nothing to do.

    Left out: moments and addresses of the record itself, custom fields that nobody mapped, and
    what a line shows of its product *today* (SKU, barcode, whether it still exists, its stock).
    """
    mapped = set(meta_keys)
    return fingerprint(
        dataclasses.replace(
            order,
            modified_at=None,
            completed_at=None,
            admin_url="",
            meta={key: value for key, value in order.meta.items() if key in mapped},
            lines=tuple(
                dataclasses.replace(line, product=ProductRef(), stock_reduced=None)
                for line in order.lines
            ),
        )
    )
