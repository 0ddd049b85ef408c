"""What both sides must say in the end: nothing lost, nothing twice, nothing left, all equal.

The rules are the shop's and the warehouse's own (what was ordered, paid, refunded, shipped and
counted), never the addon's: whatever it computed is compared with what it should have been.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from .life_shop import own_goods
from .shop import Shop
from .side_odoo import ZERO, House, OdooSide, Sql, read_house, read_odoo
from .side_shop import ShopOrder, ShopSide, read_shop
from .verdict_money import DIFFERING, DOUBLED, LOST, Finding
from .verdict_order import judge_order, open_pieces

if TYPE_CHECKING:
    from odoo_client import OdooClient

    from .life import Life

LEFT = "left"
CENT = Decimal("0.01")


@dataclass
class Verdict:
    """Sentences by kind; good if nothing was lost, doubled, left or differs.

    ``explained``: what would be one of these, but an open issue tells a person of it. ``issues``:
    titles of all open issues. ``compared``: how many orders, refunds, … were looked at.
    """

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    explained: list[str] = field(default_factory=list)
    issues: list[str] = field(default_factory=list)
    compared: Counter[str] = field(default_factory=Counter)

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.doubled or self.left or self.differing)

    def add(self, findings: Iterable[Finding]) -> None:
        for kind, text in findings:
            getattr(self, kind).append(text)

    def __str__(self) -> str:
        kinds = (LOST, DOUBLED, LEFT, DIFFERING, "explained", "issues")
        counts = ", ".join(f"{len(getattr(self, kind))} {kind}" for kind in kinds)
        compared = ", ".join(f"{number} {what}" for what, number in self.compared.items())
        return f"{counts}; compared: {compared}"


def judge(shops: Sequence[Shop], odoo: OdooClient, sql: Sql, life: Life | None = None) -> Verdict:
    """Read and compare everything. ``life``: what was done, as it remembers it."""
    del odoo  # the database says more, and says it without the addon's help
    odoo_sides = [read_odoo(shop.backend, sql) for shop in shops]
    shop_sides = [
        read_shop(shop, (number for sale in side.sales.values() for number in sale.parcels))
        for shop, side in zip(shops, odoo_sides, strict=True)
    ]
    verdict = compare(shop_sides, odoo_sides, read_house(sql))
    if life:
        verdict.add(_remembered(life, shop_sides, odoo_sides))
    return verdict


def compare(shops: Sequence[ShopSide], odoos: Sequence[OdooSide], house: House) -> Verdict:
    """The verdict on what was read; ``shops`` and ``odoos`` in the same order."""
    verdict = Verdict()
    pairs = list(zip(shops, odoos, strict=True))
    for shop, odoo in pairs:
        for order in shop.orders.values():
            _explain(verdict, shop, odoo, order, list(judge_order(odoo, order)))
        verdict.add(_strangers(shop, odoo))
        verdict.add(_products(shop, odoo, house))
        verdict.add(_stock(shop, pairs, house))
        verdict.add(_people(shop, odoo, house))
        verdict.add(_unfinished(shop, odoo, verdict))
        verdict.issues += sorted(
            {f"{shop.name}: {text}" for (kind, _), text in odoo.issues.items() if kind == "issue"}
        )
        _count(verdict, shop, odoo)
    verdict.add((DOUBLED, f"{text} belongs to no order of a shop") for text in house.strays)
    verdict.add((LEFT, f"job {text}") for text in house.jobs)
    return verdict


def _count(verdict: Verdict, shop: ShopSide, odoo: OdooSide) -> None:
    sales = odoo.sales.values()
    verdict.compared += Counter(
        {
            "orders": len(shop.orders),
            "refunds": sum(len(order.refunds) for order in shop.orders.values()),
            "documents": sum(len(sale.moves) for sale in sales),
            "payments": sum(len(sale.payments) for sale in sales),
            "parcels": sum(len(sale.parcels) for sale in sales),
            "products": len(shop.products),
            "accounts": len(shop.accounts),
        }
    )


def _explain(
    verdict: Verdict, shop: ShopSide, odoo: OdooSide, order: ShopOrder, found: list[Finding]
) -> None:
    """Findings about an order that an open issue is about are explained by it."""
    sale = odoo.sales.get(order.id)
    keys = [(kind, order.id) for kind in ("order", "refund", "payment", "shipment")]
    keys += [("sale.order", str(sale.id))] if sale else []
    title = next((odoo.issues[key] for key in keys if key in odoo.issues), "")
    for kind, text in found:
        sentence = f"{shop.name} order {order.number}: {text}"
        if title and kind != DOUBLED:
            verdict.explained.append(f"{sentence} ({title})")
        else:
            getattr(verdict, kind).append(sentence)


# === STRANGERS, PRODUCTS, PEOPLE === #


def _strangers(shop: ShopSide, odoo: OdooSide) -> Iterator[Finding]:
    for external_id in odoo.sales.keys() - shop.orders.keys():
        yield DOUBLED, f"{shop.name}: {odoo.sales[external_id].name} is of no order of the shop"


def _products(shop: ShopSide, odoo: OdooSide, house: House) -> Iterator[Finding]:
    for sku, product in shop.products.items():
        known = odoo.products.get(sku)
        if known is None:
            yield LOST, f"{shop.name}: product {sku} is not in Odoo"
            continue
        if known.bindings != 1 or house.codes.get(sku, 0) > 1:
            count = max(known.bindings, house.codes.get(sku, 0))
            yield DOUBLED, f"{shop.name}: product {sku} is in Odoo {count} times"
        if sku in own_goods(shop.name) and known.name != product.name:
            yield DIFFERING, f"{shop.name}: {sku} is “{product.name}”, in Odoo “{known.name}”"
        price = known.price_in(shop.includes_tax)
        if price is not None and price.quantize(CENT, ROUND_HALF_UP) != product.price:
            yield DIFFERING, f"{shop.name}: {sku} costs {product.price}, in Odoo {price:.4f}"
        elif price is None:
            yield LOST, f"{shop.name}: {sku} costs {product.price}, Odoo has no price for it"


def _stock(
    shop: ShopSide, pairs: Sequence[tuple[ShopSide, OdooSide]], house: House
) -> Iterator[Finding]:
    """What lies in the warehouse minus what is ordered in any shop and has not left."""
    wanted: dict[str, Decimal] = dict.fromkeys(shop.products, ZERO)
    for other, odoo in pairs:
        for order in other.orders.values():
            for sku, pieces in open_pieces(order, odoo.sales.get(order.id)).items():
                wanted[sku] = wanted.get(sku, ZERO) + pieces
    for sku, product in shop.products.items():
        on_hand = house.on_hand.get(sku, ZERO)
        if product.stock is not None and product.stock != on_hand - wanted[sku]:
            said, moved = house.reserved.get(sku, (ZERO, ZERO))
            text = (
                f"{on_hand:g} on hand, {wanted[sku]:g} ordered; "
                f"reserved {said:g} by quants, {moved:g} by transfers"
            )
            yield DIFFERING, f"{shop.name}: {sku} shows {product.stock} pieces: {text}"


def _people(shop: ShopSide, odoo: OdooSide, house: House) -> Iterator[Finding]:
    emails = {order.email for order in shop.orders.values() if order.id in odoo.sales}
    for email in sorted(emails):
        names = house.contacts.get(email, [])
        if not names:
            yield LOST, f"{shop.name}: nobody in Odoo has the address {email}"
        elif len(names) > 1:
            yield DOUBLED, f"{shop.name}: {len(names)} contacts have the address {email}"
        elif shop.accounts.get(email, names[0]) != names[0]:
            there, here = shop.accounts[email], names[0]
            yield DIFFERING, f"{shop.name}: account {email} is {there}, in Odoo {here}"


def _unfinished(shop: ShopSide, odoo: OdooSide, verdict: Verdict) -> Iterator[Finding]:
    if shop.undelivered:
        yield LEFT, f"{shop.name}: {shop.undelivered} webhooks were not sent"
    for text in odoo.unfinished:
        yield LEFT, f"{shop.name}: {text} waits"
    # several events of a record may be stopped by one cause
    for _key, text, has_issue in dict.fromkeys(odoo.stuck):
        if has_issue:
            verdict.explained.append(f"{shop.name}: {text}")
        else:
            yield LEFT, f"{shop.name}: {text}, and no issue says so"


# === WHAT WAS DONE === #


def _remembered(
    life: Life, shops: Sequence[ShopSide], odoos: Sequence[OdooSide]
) -> Iterator[Finding]:
    """What life remembers to have done is there once, and there is nothing else."""
    for branch, shop, odoo in zip(life.branches, shops, odoos, strict=True):
        placed = {str(order_id) for order_id in branch.life.fates}
        yield from _beside(f"{shop.name} order", placed, shop.orders)
        for order_id, sale in odoo.sales.items():
            sent = branch.parcels.get(int(order_id), ())
            yield from _beside(f"{shop.name} parcel", set(), set(sale.parcels) - set(sent))
        for order_id, order in shop.orders.items():
            made = {str(refund) for refund in branch.life.refunded.get(int(order_id), ())}
            there = {refund.id for refund in order.refunds}
            told = there - made
            yield from _beside(f"{shop.name} refund", made, there - told)
            if len(told) > (int(order_id) in branch.credited):
                text = f"Odoo made the refunds {', '.join(sorted(told))} for one credit note"
                yield DOUBLED, f"{shop.name} order {order.number}: {text}"


def _beside(what: str, made: set[str], there: Iterable[str]) -> Iterator[Finding]:
    found = set(there)
    for key in sorted(made - found):
        yield LOST, f"{what} {key} is gone"
    for key in sorted(found - made):
        yield DOUBLED, f"{what} {key} was made by nobody"
