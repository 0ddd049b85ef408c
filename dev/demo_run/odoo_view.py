"""What Odoo knows of a shop's order, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import html
from odoo_client import OdooClient

from .chapter import ODOO

Record = dict[str, Any]
Fact = tuple[tuple[Any, ...], str]
SALE = ["name", "state", "amount_total", "invoice_ids", "picking_ids", "channel_hold_reason"]
SALE += ["channel_delivery_blocked", "channel_net_invoiced", "channel_net_paid"]
SALE += ["channel_payment_ids", "channel_issue_ids", "channel_note_ids"]
STATES = {"draft": "a quotation", "sent": "a quotation", "sale": "confirmed", "cancel": "cancelled"}
TRANSFERS = {
    "waiting": "waits for another transfer",
    "confirmed": "waits for stock",
    "assigned": "is ready",
    "done": "is done",
    "cancel": "is cancelled",
}
PAYMENT_STATES = {"paid": "paid", "in_payment": "paid", "partial": "partly paid"}
SETTLED = {"reversed": "credited", "not_paid": "open"}


class OdooView:
    """Reads the sales orders of one backend."""

    def __init__(self, odoo: OdooClient, backend: int) -> None:
        self.odoo = odoo
        self.backend = backend

    def sale(self, external_id: int) -> Record:
        """The sales order of a shop's order. :raises LookupError: there is none"""
        mine = [("backend_id", "=", self.backend), ("external_id", "=", str(external_id))]
        for binding in self.odoo.search_read("channel.binding.order", mine, ["odoo_id"]):
            return self._read("sale.order", [binding["odoo_id"][0]], SALE)[0]
        raise LookupError(f"order {external_id} is not in Odoo")

    def facts(self, external_id: int) -> dict[tuple[Any, ...], str]:
        """Everything there is to say now, in the order in which it usually happens."""
        try:
            sale = self.sale(external_id)
        except LookupError:
            return {}
        found = [
            self._order(sale),
            *self._transfers(sale),
            *self._moves(sale),
            *self._payments(sale),
            *self._stuck(sale),
        ]
        return {(ODOO, external_id, *key): text for key, text in found}

    def comparison(self, sale: Record) -> Iterator[str]:
        """What differs, row by row, of the tables that the order's issues show."""
        for issue in self._read("channel.issue", sale["channel_issue_ids"], ["comparison"]):
            tables = html.fromstring(issue["comparison"] or "<p/>")
            for row in tables.xpath("//tr[contains(@class, 'table-warning')]"):
                yield _compared([cell.text_content() for cell in row.xpath("td")])

    # === ONE BY ONE === #

    def _order(self, sale: Record) -> Fact:
        text = f"{sale['name']} is {STATES[sale['state']]}: {self._goods(sale)}"
        if sale["channel_hold_reason"] and sale["state"] != "cancel":
            held = "may not leave yet" if sale["channel_delivery_blocked"] else "held"
            text = f"{text}; {held}: {sale['channel_hold_reason']}"
        return ("order",), text

    def _goods(self, sale: Record) -> str:
        lines = self.odoo.search_read(
            "sale.order.line",
            [("order_id", "=", sale["id"]), ("product_id.type", "=", "consu")],
            ["product_uom_qty", "product_id"],
        )
        rows = [(row["product_uom_qty"], _name(row)) for row in lines]
        return ", ".join(f"{pieces:g} x {name}" for pieces, name in rows if pieces)

    def _transfers(self, sale: Record) -> Iterator[Fact]:
        names = ["name", "state", "picking_type_code", "move_ids"]
        for picking in self._read("stock.picking", sale["picking_ids"], names):
            moves = self._read("stock.move", picking["move_ids"], ["product_id", "product_uom_qty"])
            rows = [(move["product_uom_qty"], _name(move)) for move in moves]
            goods = ", ".join(f"{pieces:g} x {name}" for pieces, name in rows if pieces)
            what = "return" if picking["picking_type_code"] == "incoming" else "delivery"
            text = f"{what} {picking['name']} {TRANSFERS[picking['state']]}: {goods}"
            yield ("transfer", picking["id"]), text

    def _moves(self, sale: Record) -> Iterator[Fact]:
        names = ["name", "move_type", "state", "amount_total", "amount_tax", "payment_state"]
        for move in self._read("account.move", sale["invoice_ids"], names):
            what = "credit note" if move["move_type"] == "out_refund" else "invoice"
            paid = {**PAYMENT_STATES, **SETTLED}.get(move["payment_state"], move["payment_state"])
            text = f"{move['amount_total']:.2f} (tax {move['amount_tax']:.2f}), {paid}"
            if move["state"] != "posted":
                text = f"{text}, {move['state']}"
            yield ("move", move["id"]), f"{what} {move['name']} of {text}"

    def _payments(self, sale: Record) -> Iterator[Fact]:
        names = ["amount", "payment_type", "journal_id", "channel_transaction_id", "state"]
        for payment in self._read("account.payment", sale["channel_payment_ids"], names):
            way = "paid back through" if payment["payment_type"] == "outbound" else "received by"
            text = f"{payment['amount']:.2f} {way} {payment['journal_id'][1]}"
            if number := payment["channel_transaction_id"]:
                text = f"{text}, transaction {short(number)}"
            yield ("payment", payment["id"]), text

    def _stuck(self, sale: Record) -> Iterator[Fact]:
        for issue in self._read("channel.issue", sale["channel_issue_ids"], ["title"]):
            yield ("issue", issue["id"]), f"issue “{issue['title']}”"
        stuck = ("blocked", "failed")
        for note in self._read("channel.outbox", sale["channel_note_ids"], ["state", "reason"]):
            if note["state"] in stuck:
                yield ("note", note["id"]), f"could not tell the shop: {note['reason']}"

    def _read(self, model: str, ids: list[int], names: list[str]) -> list[Record]:
        return self.odoo.search_read(model, [("id", "in", ids)], names, order="id") if ids else []


def short(number: str) -> str:
    """The beginning of a gateway's number: enough to recognise it."""
    return f"{number[:12]}…" if len(number) > 13 else number


def _compared(cells: list[str]) -> str:
    """A row of lines (quantity, untaxed and tax of both sides, what is used), or of totals."""
    if len(cells) == 3:
        return "{}: shop {}, Odoo {}".format(*cells)
    text = "{}: shop {} for {} + tax {}, Odoo {} for {} + tax {}; delivered {}, invoiced {}"
    return text.format(*cells)


def _name(row: Record) -> str:
    """The product's name without its code."""
    return row["product_id"][1].partition("] ")[2] or row["product_id"][1]
