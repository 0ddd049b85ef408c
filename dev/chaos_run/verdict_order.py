"""One order on both sides: what was ordered, what has left, what the shop was told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from .side_odoo import ZERO, OdooSide, Sale
from .side_shop import ShopOrder
from .verdict_money import DIFFERING, DOUBLED, LOST, Finding, judge_money

#: In these states of the shop an order is over: Odoo has cancelled it, or never taken it over.
OVER = frozenset({"trash", "cancelled"})
#: Not ordered yet, so it may be unknown to Odoo.
NO_ORDER = frozenset({"checkout-draft", "pending", "failed"})


def judge_order(odoo: OdooSide, order: ShopOrder) -> Iterator[Finding]:
    """Everything that both sides say of an order."""
    sale = odoo.sales.get(order.id)
    if order.status in OVER:
        yield from _over(order, sale)
    elif sale is None:
        if not (order.status in NO_ORDER and odoo.ignored.get(order.id)):
            yield LOST, f"{order.status} in the shop, not in Odoo"
    elif sale.state == "cancel":
        yield DIFFERING, f"{order.status} in the shop, {sale.name} is cancelled"
    else:
        yield from _head(order, sale)
        yield from _goods(order, sale)
        yield from judge_money(order, sale)


def _over(order: ShopOrder, sale: Sale | None) -> Iterator[Finding]:
    if sale is None:
        return
    if sale.state != "cancel":
        yield DIFFERING, f"{order.status} in the shop, {sale.name} is {sale.state}"
    for document in [*sale.moves, *sale.payments]:
        yield DIFFERING, f"{order.status} in the shop, and has {document.kind} {document.name}"


def _head(order: ShopOrder, sale: Sale) -> Iterator[Finding]:
    waits = order.status == "on-hold"
    state = "draft" if sale.state == "sent" else sale.state
    told = order.number_told if not waits else ""
    facts: list[tuple[str, object, object]] = [
        ("state", "draft" if waits else "sale", state),
        ("total", order.total, sale.total),
        ("tax", order.tax, sale.tax),
        ("e-mail", order.email, sale.email),
        ("note", order.note, _plain(sale.note)),
        ("lines", order.lines, sale.lines),
    ]
    for name, there, here in facts:
        if there != here:
            yield DIFFERING, f"{name} {_text(there)} in the shop, {_text(here)} in {sale.name}"
    if not waits and told != sale.name:
        yield LOST, f"the shop was not told the number {sale.name}, it knows {told or 'none'}"


def _plain(text: str) -> str:
    return re.sub(r"<[^>]+>", "", text).strip()


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{pieces:g} x {sku}" for sku, pieces in sorted(value.items())) or "none"
    return str(value) or "none"


# === GOODS === #


def open_pieces(order: ShopOrder, sale: Sale | None) -> dict[str, Decimal]:
    """Pieces that are still to leave: ordered, not refunded, not sent."""
    if order.status in (OVER | NO_ORDER):
        return {}
    refunded: Counter[str] = Counter()
    for refund in order.refunds:
        refunded.update(refund.pieces)  # type: ignore[arg-type]
    shipped = sale.shipped if sale else {}
    left = {
        sku: pieces - refunded.get(sku, 0) - shipped.get(sku, ZERO)
        for sku, pieces in order.lines.items()
    }
    return {sku: pieces for sku, pieces in left.items() if pieces > 0}


def _goods(order: ShopOrder, sale: Sale) -> Iterator[Finding]:
    wanted = {} if order.status == "on-hold" else open_pieces(order, sale)
    if wanted != sale.open:
        yield DIFFERING, f"{_text(wanted)} to ship, {_text(sale.open)} in open transfers"
    for sku, pieces in sale.shipped.items():
        if pieces > order.lines.get(sku, ZERO):
            yield DOUBLED, f"{pieces:g} x {sku} left, {order.lines.get(sku, ZERO):g} were ordered"
    for number, times in Counter(sale.parcels).items():
        if times > 1:
            yield DOUBLED, f"parcel {number} left {times} times"
        yield from _told(order, number)
    all_left = bool(sale.shipped) and not sale.open
    if all_left and order.status == "processing":
        yield LOST, f"all of {sale.name} has left, the shop says {order.status}"
    if order.status == "completed" and not all_left:
        yield DIFFERING, f"completed in the shop, not all of {sale.name} has left"


def _told(order: ShopOrder, number: str) -> Iterator[Finding]:
    told = order.told.get(number, {})
    if not told:
        yield LOST, f"the shop was not told of parcel {number}"
    for feature, times in told.items():
        if times > 1:
            yield DOUBLED, f"the shop shows parcel {number} {times} times in its {feature}"
