"""Refunds (wc_create_refund, refunds controller v3), the odd ones among them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import fulfillments, gateways, mails, meta, order_status, order_stock, orders
from .errors import RestError
from .links import READ_DELETE, item_links
from .order_json import lines_json
from .order_totals import set_line_taxes, tax_line
from .rounding import ZERO, dec, fixed, half_up, number, total
from .taxes import Taxes, merge

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]


def of_order(store: Store, order_id: int) -> list[Record]:
    """An order's refunds, newest first."""
    found = [r for r in store.refunds.values() if r["parent_id"] == order_id]
    return sorted(found, key=lambda r: r["id"], reverse=True)


def remaining(store: Store, order: Record) -> Decimal:
    """What of the order's total is not refunded yet."""
    refunded = total(dec(r["amount"]) for r in of_order(store, order["id"]))
    return dec(order["total"]) - refunded


def create(
    store: Store,
    order: Record,
    *,
    amount: str | None,
    lines: list[Record],
    restock: bool,
    reason: str,
    meta_data: list[Record] | None = None,
    paid_back: bool = False,
) -> Record:
    """Refund with the checks WooCommerce makes. Its errors are HTTP 500, whatever they mean."""
    value = asked_amount(amount, lines, store.decimals)
    if value < 0:
        text = "Refund amount must be greater than zero."
        raise RestError("woocommerce_rest_invalid_order_refund", text, 500, 400)
    if value > remaining(store, order):
        raise refusal("Invalid refund amount.")
    refund = record(store, order, value, lines, reason, restock=restock, meta_data=meta_data)
    if paid_back:
        gateways.paid_back(store, order, refund)
    changed = {"refund"}
    if remaining(store, order) > 0 or _keeps_status(store, order, lines):
        tell(store, order, refund, "partially_refunded")
    else:
        tell(store, order, refund, "refunded")
        changed |= order_status.set_status(store, order, "refunded")
    orders.saved(store, order, changed)
    fulfillments.after_refund(store, order)
    return refund


def tell(store: Store, order: Record, refund: Record, kind: str) -> None:
    """Every refund is mailed, the one that a status makes as well."""
    amount = f"{fixed(refund['amount'], store.decimals)} {order['currency']}"
    mails.send(store, order, kind, f"Refunded: {amount}. {refund['reason']}".strip())


def refusal(text: str) -> RestError:
    return RestError("woocommerce_rest_cannot_create_order_refund", text, 500, 500)


def asked_amount(amount: str | None, lines: list[Record], decimals: int) -> Decimal:
    """The given amount, else what the lines add up to."""
    if amount not in (None, ""):
        return half_up(dec(amount), decimals)
    rows = [dec(li.get("refund_total")) for li in lines]
    rows += [dec(tax.get("refund_total")) for li in lines for tax in li.get("refund_tax") or []]
    return half_up(total(rows), decimals)


def _keeps_status(store: Store, order: Record, lines: list[Record]) -> bool:
    """Free goods not yet refunded keep an order open; since 10.0 only if lines were sent."""
    if store.release >= (10,) and not lines:
        return False
    back = quantities(store, order)
    return any(
        not dec(line["total"]) and back.get(line["id"], ZERO) < dec(line["quantity"])
        for line in order["line_items"]
    )


def quantities(store: Store, order: Record) -> dict[int, Decimal]:
    """Pieces refunded so far, by order line."""
    back: dict[int, Decimal] = {}
    for refund in of_order(store, order["id"]):
        for line in refund["line_items"]:
            key = int(meta.value(line["meta_data"], "_refunded_item_id") or 0)
            back[key] = back.get(key, ZERO) - dec(line["quantity"])
    return back


def record(
    store: Store,
    order: Record,
    amount: Decimal,
    lines: list[Record],
    reason: str,
    *,
    restock: bool,
    meta_data: list[Record] | None = None,
) -> Record:
    """Write the refund down, without checks and without touching the order."""
    refund: Record = {
        "id": store.next_id(),
        "parent_id": order["id"],
        "date_created_gmt": store.clock.stamp(),
        "amount": store.rules.stored(amount),
        "reason": reason,
        "refunded_by": 1,
        "refunded_payment": False,
        "meta_data": [{"id": 0, **entry} for entry in meta_data or []],
        "line_items": [],
        "shipping_lines": [],
        "tax_lines": [],
        "fee_lines": [],
        "coupon_lines": [],
    }
    for wanted in lines:
        _give_back(store, order, refund, wanted)
    _sum_taxes(store, refund)
    orders.number_lines(store, refund)
    if restock:
        order_stock.restock(store, order, lines)
    store.refunds[refund["id"]] = refund
    return refund


def _give_back(store: Store, order: Record, refund: Record, wanted: Record) -> None:
    """One line of a refund; a line of another order is passed over in silence."""
    for kind in ("line_items", "fee_lines", "shipping_lines"):
        line = next((li for li in order[kind] if li["id"] == wanted.get("id")), None)
        if line is None:
            continue
        nothing = not any(wanted.get(k) for k in ("quantity", "refund_total", "refund_tax"))
        if not nothing:
            refund[kind].append(_refund_line(store, kind, line, wanted))


def _refund_line(store: Store, kind: str, line: Record, wanted: Record) -> Record:
    rules = store.rules
    amount = rules.stored(-dec(wanted.get("refund_total")))
    taxes: Taxes = {
        row["id"]: -dec(row["refund_total"])
        for row in wanted.get("refund_tax") or []
        if dec(row.get("refund_total"))
    }
    back = {"id": 0, "key": "_refunded_item_id", "value": str(line["id"])}
    made = {**line, "id": 0, "total": amount, "meta_data": [back]}
    for key in ("_price", "_image"):
        made.pop(key, None)
    if kind == "line_items":
        made["quantity"] = number(-dec(wanted.get("quantity") or 0))
        made["subtotal"] = amount
    set_line_taxes(made, taxes, taxes if kind == "line_items" else None, rules)
    return made


def _sum_taxes(store: Store, refund: Record) -> None:
    known = {rate.id: rate for rate in store.rates("*", store.base_place())}
    cart = merge(*(_by_rate(li) for li in refund["line_items"] + refund["fee_lines"]))
    shipping = merge(*(_by_rate(li) for li in refund["shipping_lines"]))
    refund["tax_lines"] = [
        tax_line(known[key], cart.get(key, ZERO), shipping.get(key, ZERO), store.rules)
        for key in merge(cart, shipping)
        if key in known
    ]


def _by_rate(line: Record) -> Taxes:
    return {row["id"]: dec(row["total"]) for row in line["taxes"]}


def as_rest(store: Store, refund: Record, dp: int | None = None, *, parent: bool = False) -> Record:
    """``parent``: also parent_id, as the list over all orders shows it."""
    dp = store.decimals if dp is None else dp
    lines = lines_json(store, refund, dp)
    out: Record = {"id": refund["id"]}
    if parent:
        out["parent_id"] = refund["parent_id"]
    out["date_created"] = store.local(refund["date_created_gmt"])
    out["date_created_gmt"] = refund["date_created_gmt"]
    out["amount"] = fixed(refund["amount"], dp)
    out.update({key: refund[key] for key in ("reason", "refunded_by", "refunded_payment")})
    out["meta_data"] = [dict(entry) for entry in refund["meta_data"]]
    out.update({k: lines[k] for k in ("line_items", "shipping_lines", "tax_lines", "fee_lines")})
    order = f"orders/{refund['parent_id']}"
    own = f"{order}/refunds/{refund['id']}"
    out["_links"] = item_links(store, own, f"{order}/refunds", READ_DELETE, order)
    return out
