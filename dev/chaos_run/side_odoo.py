"""Odoo as it is in the end: plain values, read by SQL in few queries.

So nothing of the addon's own reading is trusted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from . import queries

Sql = Callable[..., list[tuple[Any, ...]]]
ZERO = Decimal(0)


@dataclass
class Document:
    """An invoice, credit note or payment; ``kind``: out_invoice, out_refund, inbound, outbound."""

    id: int
    name: str
    kind: str
    amount: Decimal


@dataclass
class Refund:
    """What Odoo knows of a refund; ``credit_note``: its id, None where the order was changed."""

    id: str
    amount: Decimal
    credit_note: int | None
    made_here: bool = False


@dataclass
class Sale:
    """A sales order of a shop. ``total``, ``tax``: without lines that took refunds off it.

    ``lines``, ``shipped``, ``open``: ordered pieces, those that left, and those in open transfers,
    by SKU. ``parcels``: tracking numbers of transfers that are done.
    """

    id: int
    name: str
    state: str
    total: Decimal
    tax: Decimal
    email: str
    note: str
    lines: dict[str, Decimal] = field(default_factory=dict)
    shipped: dict[str, Decimal] = field(default_factory=dict)
    open: dict[str, Decimal] = field(default_factory=dict)
    parcels: list[str] = field(default_factory=list)
    moves: list[Document] = field(default_factory=list)
    payments: list[Document] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)


@dataclass
class OdooProduct:
    """``price``: the rule in the shop's price list; ``rate``: percent of the product's taxes, which
    that price includes or not."""

    name: str
    price: Decimal | None
    bindings: int = 1
    rate: Decimal = ZERO
    is_included: bool = False

    def price_in(self, includes_tax: bool) -> Decimal | None:
        """The price as a shop states it."""
        if self.price is None or self.is_included == includes_tax:
            return self.price
        factor = 1 + self.rate / 100
        return self.price * factor if includes_tax else self.price / factor


@dataclass
class OdooSide:
    """One backend. ``issues``: titles of the open ones by what they are about.

    Keys of ``issues`` are ``("order", shop's id)``, ``("sale.order", id)`` and the like.
    """

    sales: dict[str, Sale]
    products: dict[str, OdooProduct]
    ignored: dict[str, str] = field(default_factory=dict)
    unfinished: list[str] = field(default_factory=list)
    stuck: list[tuple[str, str, bool]] = field(default_factory=list)
    issues: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass
class House:
    """What both shops share: the warehouse, contacts, the jobs, and what belongs to no shop.

    ``contacts``: how many people have an e-mail address; ``on_hand``: pieces by SKU; ``codes``:
    how many products have a SKU; ``strays``: documents of no order. ``reserved``: by SKU, what
    Odoo's quants say, and what its transfers have reserved.
    """

    on_hand: dict[str, Decimal]
    contacts: dict[str, list[str]]
    codes: dict[str, int]
    strays: list[str]
    jobs: list[str]
    reserved: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)


def read_odoo(backend: int, sql: Sql) -> OdooSide:
    sales = _sales(backend, sql)
    by_id = {sale.id: sale for sale in sales.values()}
    _add_lines(by_id, sql)
    _add_goods(by_id, sql)
    _add_money(by_id, sql)
    for sale_id, external_id, amount, move, here in sql(queries.REFUNDS, backend):
        if sale_id in by_id:
            by_id[sale_id].refunds.append(Refund(external_id, _exact(amount), move, here))
    stuck = sql(queries.STUCK, backend, backend, backend)
    return OdooSide(
        sales=sales,
        products=_products(backend, sql),
        ignored=dict(sql(queries.IGNORED, backend)),
        unfinished=[text for (text,) in sql(queries.UNFINISHED, backend, backend)],
        stuck=[(key, text, bool(told)) for key, text, told in stuck],
        issues={
            (kind, str(key)): title
            for kind, key, title in sql(queries.ISSUES, backend, backend, backend)
        },
    )


def read_house(sql: Sql) -> House:
    contacts: dict[str, list[str]] = defaultdict(list)
    for email, name in sql(queries.CONTACTS):
        contacts[email].append(name)
    return House(
        on_hand={sku: _exact(pieces) for sku, pieces in sql(queries.ON_HAND)},
        contacts=dict(contacts),
        codes=dict(sql(queries.CODES)),
        strays=[text for (text,) in sql(queries.STRAYS)],
        jobs=[text for (text,) in sql(queries.JOBS)],
        reserved={sku: (_exact(said), _exact(moved)) for sku, said, moved in sql(queries.RESERVED)},
    )


def _sales(backend: int, sql: Sql) -> dict[str, Sale]:
    return {
        external_id: Sale(
            id=sale_id,
            name=name,
            state=state,
            total=_exact(total) - _exact(off),
            tax=_exact(tax) - _exact(tax_off),
            email=email or "",
            note=note or "",
        )
        for external_id, sale_id, name, state, total, tax, off, tax_off, email, note in sql(
            queries.SALES, backend
        )
    }


def _add_lines(sales: dict[int, Sale], sql: Sql) -> None:
    for sale_id, sku, pieces in sql(queries.LINES):
        if sale_id in sales and pieces:
            sales[sale_id].lines[sku] = _exact(pieces)


def _add_goods(sales: dict[int, Sale], sql: Sql) -> None:
    for sale_id, sku, shipped, still in sql(queries.MOVES):
        if sale_id in sales:
            sale = sales[sale_id]
            sale.shipped.update({sku: _exact(shipped)} if shipped else {})
            sale.open.update({sku: _exact(still)} if still else {})
    for sale_id, _picking, number in sql(queries.PARCELS):
        if sale_id in sales:
            sales[sale_id].parcels.append(number)


def _add_money(sales: dict[int, Sale], sql: Sql) -> None:
    for sale_id, *values, amount in sql(queries.DOCUMENTS):
        if sale_id in sales:
            sales[sale_id].moves.append(Document(*values, _exact(amount)))
    for sale_id, *values, amount in sql(queries.PAYMENTS):
        if sale_id in sales:
            sales[sale_id].payments.append(Document(*values, _exact(amount)))


def _products(backend: int, sql: Sql) -> dict[str, OdooProduct]:
    return {
        sku: OdooProduct(name, _known(price), count, _exact(rate), bool(included))
        for sku, name, price, count, rate, included in sql(queries.PRODUCTS, backend)
    }


def _known(amount: float | None) -> Decimal | None:
    return None if amount is None else _exact(amount)


def _exact(amount: Any) -> Decimal:
    """The amount that a float of the database means; far finer than any currency."""
    return Decimal(str(round(float(amount or 0), 6))).normalize() + ZERO
