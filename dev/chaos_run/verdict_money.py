"""The money of one order: invoices, payments and refunds of both sides, each exactly once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .side_odoo import ZERO, Document, Sale
from .side_shop import ShopOrder

#: A kind of finding, and a sentence about it.
Finding = tuple[str, str]
LOST, DOUBLED, DIFFERING = "lost", "doubled", "differing"
#: Paid by whom the parcel is handed over to, invoiced as goods are delivered.
ON_DELIVERY = "cod"


def judge_money(order: ShopOrder, sale: Sale) -> Iterator[Finding]:
    net = order.total - sum((refund.amount for refund in order.refunds), ZERO)
    yield from _invoices(order, sale, net)
    yield from _payments(order, sale, net)
    yield from _refunds(order, sale)
    yield from _credit_notes(sale)


def _of(documents: list[Document], kind: str) -> list[Document]:
    return [document for document in documents if document.kind == kind]


def _sum(documents: list[Document], plus: str, minus: str) -> Decimal:
    got = sum((one.amount for one in _of(documents, plus)), ZERO)
    return got - sum((one.amount for one in _of(documents, minus)), ZERO)


def _invoices(order: ShopOrder, sale: Sale, net: Decimal) -> Iterator[Finding]:
    """One for what is paid; on delivery one for each transfer, until all has left."""
    count = len(_of(sale.moves, "out_invoice"))
    amount = _sum(sale.moves, "out_invoice", "out_refund")
    if order.method == ON_DELIVERY:
        expected = bool(sale.shipped)
        is_whole = expected and not sale.open
    else:
        expected = is_whole = order.is_paid
    if expected and not count:
        yield LOST, f"{sale.name} has no invoice"
    elif count and not expected:
        yield DOUBLED, f"{sale.name} has {count} invoices, nothing is to be invoiced"
    elif count > 1 and order.method != ON_DELIVERY:
        yield DOUBLED, f"{sale.name} has {count} invoices"
    elif is_whole and amount != net:
        yield DIFFERING, f"the shop has kept {net}, {amount} were invoiced"


def _payments(order: ShopOrder, sale: Sale, net: Decimal) -> Iterator[Finding]:
    count = len(_of(sale.payments, "inbound"))
    amount = _sum(sale.payments, "inbound", "outbound")
    if order.is_paid and not count:
        yield LOST, f"{sale.name} has no payment"
    elif count and not order.is_paid:
        yield DOUBLED, f"{sale.name} has {count} payments, the shop has none"
    elif count > 1:
        yield DOUBLED, f"{sale.name} has {count} payments"
    elif count and amount != net:
        yield DIFFERING, f"the shop has kept {net}, {amount} were paid in Odoo"


def _refunds(order: ShopOrder, sale: Sale) -> Iterator[Finding]:
    there = {refund.id: refund.amount for refund in order.refunds}
    here = {refund.id: refund.amount for refund in sale.refunds}
    for key in there.keys() - here.keys():
        yield LOST, f"refund {key} of {there[key]} is not in Odoo"
    for key in here.keys() - there.keys():
        yield LOST, f"refund {key} of {here[key]} is not in the shop"
    for key in there.keys() & here.keys():
        if there[key] != here[key]:
            yield DIFFERING, f"refund {key} is {there[key]} in the shop, {here[key]} in Odoo"


def _credit_notes(sale: Sale) -> Iterator[Finding]:
    """Each belongs to one refund of the same amount, and the other way round."""
    notes = {note.id: note for note in _of(sale.moves, "out_refund")}
    wanted = [refund for refund in sale.refunds if refund.credit_note]
    for refund in wanted:
        note = notes.get(refund.credit_note or 0)
        if note is None:
            yield LOST, f"refund {refund.id} of {refund.amount} has no posted credit note"
        elif note.amount != refund.amount:
            yield DIFFERING, f"refund {refund.id} is {refund.amount}, {note.name} {note.amount}"
    told = {refund.credit_note for refund in wanted}
    for number, note in notes.items():
        if number not in told:
            yield LOST, f"the shop was not told of {note.name} of {note.amount}"
