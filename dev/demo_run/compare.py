"""What the shop has against what Odoo has, order by order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from odoo_client import OdooClient
from woostore import Store, orders

Record = dict[str, Any]
#: Orders in these states of the shop are no sale (yet, or any more): only they may be ignored.
NO_SALE = frozenset({"checkout-draft", "pending", "cancelled", "failed", "refunded", "trash"})
EQUAL, WITH_ISSUE, IGNORED, DIFFERING = "equal", "with_issue", "ignored", "differing"


@dataclass
class Comparison:
    """One order on both sides; amounts in its currency, None where Odoo has no order.

    ``verdict``: equal, with_issue, ignored or differing; ``reason`` says why it is not equal.
    ``refunded``: refunds of the shop were taken off the order, and its total is right all the same.
    ``source``: what brought the order into Odoo: webhook, poll, manual, or ''. ``issue``: the
    open issue about it; an equal order may have one too, such as an edit that came too late.
    """

    shop: str
    external_id: str
    number: str
    kind: str
    status: str
    currency: str
    total: Decimal
    tax: Decimal
    odoo_order: str = ""
    odoo_state: str = ""
    odoo_total: Decimal | None = None
    odoo_tax: Decimal | None = None
    refunded: bool = False
    rounding_lines: int = 0
    source: str = ""
    verdict: str = ""
    reason: str = ""
    issue: str = ""

    def as_json(self) -> Record:
        values = asdict(self)
        return {
            key: str(value) if isinstance(value, Decimal) else value
            for key, value in values.items()
        }


@dataclass
class OdooSide:
    """What Odoo knows of one backend's orders, by the shop's id.

    ``sales``: the sales order with ``rounding_lines``; ``events``: oldest first; ``issues``: the
    open issues' titles by their id.
    """

    sales: dict[str, Record] = field(default_factory=dict)
    events: dict[str, list[Record]] = field(default_factory=dict)
    issues: dict[int, str] = field(default_factory=dict)


def read_odoo(odoo: OdooClient, backend: int) -> OdooSide:
    """Read everything of a backend in five calls."""
    mine = ("backend_id", "=", backend)
    side = OdooSide()
    for event in odoo.search_read(
        "channel.event",
        [mine, ("kind", "=", "order")],
        ["external_id", "state", "reason", "source", "issue_id", "res_id", "done_at"],
        order="id",
    ):
        side.events.setdefault(event["external_id"], []).append(event)
    issues = odoo.search_read("channel.issue", [mine, ("state", "=", "open")], ["title"])
    side.issues = {issue["id"]: issue["title"] for issue in issues}
    bound = odoo.search_read("channel.binding.order", [mine], ["external_id", "odoo_id"])
    sales = _read_sales(odoo, backend, [row["odoo_id"][0] for row in bound])
    side.sales = {row["external_id"]: sales[row["odoo_id"][0]] for row in bound}
    return side


def _read_sales(odoo: OdooClient, backend: int, ids: list[int]) -> dict[int, Record]:
    names = ["name", "state", "amount_total", "amount_tax", "currency_id", "channel_hold_reason"]
    names += ["channel_difference", "channel_amount_refunded"]
    sales = {
        sale["id"]: {**sale, "rounding_lines": 0}
        for sale in odoo.search_read("sale.order", [("id", "in", ids)], names)
    }
    (values,) = odoo.search_read("channel.backend", [("id", "=", backend)], ["rounding_product_id"])
    product = values["rounding_product_id"]
    lines = [("order_id", "in", ids), ("product_id", "=", product[0])] if product else []
    for line in odoo.search_read("sale.order.line", lines, ["order_id"]) if lines else []:
        sales[line["order_id"][0]]["rounding_lines"] += 1
    return sales


def compare(
    shop: str, store: Store, side: OdooSide, ids: Iterable[int], kinds: dict[int, str]
) -> list[Comparison]:
    """Compare the store's own records, as its REST shows them, with Odoo."""
    with store.lock:
        records = [orders.as_rest(store, store.orders[order_id]) for order_id in ids]
    return [_compare_one(shop, record, side, kinds.get(record["id"], "")) for record in records]


def _compare_one(shop: str, record: Record, side: OdooSide, kind: str) -> Comparison:
    external_id = str(record["id"])
    found = Comparison(
        shop=shop,
        external_id=external_id,
        number=record["number"],
        kind=kind,
        status=record["status"],
        currency=record["currency"],
        total=Decimal(record["total"]),
        tax=Decimal(record["total_tax"]),
    )
    sale = side.sales.get(external_id)
    events = side.events.get(external_id, [])
    if sale:
        _take_sale(found, sale, events)
    found.issue = _open_issue(events, side)
    found.verdict, found.reason = _judge(found, record, events)
    return found


def _take_sale(found: Comparison, sale: Record, events: list[Record]) -> None:
    found.odoo_order = sale["name"]
    found.odoo_state = sale["state"]
    found.odoo_total = _exact(sale["amount_total"])
    found.odoo_tax = _exact(sale["amount_tax"])
    found.rounding_lines = sale["rounding_lines"]
    found.refunded = bool(sale["channel_amount_refunded"]) and not sale["channel_difference"]
    settled = sorted(
        (event for event in events if event["res_id"]), key=lambda e: (e["done_at"], e["id"])
    )
    found.source = settled[0]["source"] if settled else ""


def _exact(amount: float) -> Decimal:
    """The amount that a float of the database means; far finer than any currency."""
    return Decimal(str(round(amount, 6)))


def _open_issue(events: list[Record], side: OdooSide) -> str:
    """Title of the issue that the newest event waits for; '' if there is none."""
    issues = (event["issue_id"] for event in reversed(events) if event["issue_id"])
    return next((side.issues[issue[0]] for issue in issues if issue[0] in side.issues), "")


def _judge(found: Comparison, record: Record, events: list[Record]) -> tuple[str, str]:
    """The verdict and, unless it is equal, the reason."""
    if found.refunded or (found.odoo_total == found.total and found.odoo_tax == found.tax):
        return EQUAL, ""
    if found.issue:
        return WITH_ISSUE, found.issue
    if found.odoo_total is not None:
        return DIFFERING, "the totals differ and no issue says why"
    if not events:
        return DIFFERING, "Odoo has never heard of it"
    last = events[-1]
    if last["state"] == "ignored" and (record["status"] in NO_SALE or record["parent_id"]):
        return IGNORED, last["reason"] or ""
    return DIFFERING, f"event {last['state']}: {last['reason'] or 'no reason given'}"
