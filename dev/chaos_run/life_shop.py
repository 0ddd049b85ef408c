"""The half of life that happens in a shop: what is ordered, edited, paid and refunded there.

Each order has a fate from the moment it is placed, so that both sides never do to one order what
has no right end, such as a refund of goods that the warehouse packs at the same moment.

=============  ================================================================================
fate           what happens
=============  ================================================================================
``ship``       the warehouse ships it, in one or two parcels; completed, it may get what
               :attr:`ShopLife.after` says: refunds of the shop, a credit note of Odoo, or nothing
``refund``     paid by card, refunded in part before anything was sent; nothing is ever sent
``wait``       on hold: edited, noted, cancelled, trashed, restored; once paid it is shipped
``cancel``     on hold until Odoo cancels it
``refuse``     taxed by a rate that the shop has added lately and nobody has mapped: Odoo refuses it
=============  ================================================================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

from ..woostore import Store, defaults
from ..woostore import refunds as shop_refunds
from ..woostore.story import Story

Record = dict[str, Any]
SHIP, REFUND, WAIT, CANCEL, REFUSE = "ship", "refund", "wait", "cancel", "refuse"
#: Both shops sell these out of one warehouse; Odoo owns their names.
SHARED = ("MUG", "BOOK", "TEE")
#: How many goods of its own a shop has, which owns their names.
OWN = 3
#: What the shops put on their shelves at first; Odoo's counts take over.
PIECES = 5_000
#: What has to be left of an order's money: a refund of all of it cancels the order, too.
LEFT = Decimal(5)
PLACES = (
    {"country": "ES", "state": "M", "postcode": "28001", "city": "Madrid"},
    {"country": "BE", "state": "", "postcode": "1000", "city": "Brussel"},
    {"country": "DE", "state": "", "postcode": "10115", "city": "Berlin"},
)
#: Where nobody has bought yet, and the rate that the shop adds for it.
ABROAD = {"country": "FI", "state": "", "postcode": "00100", "city": "Helsinki"}
NEW_RATE = {"country": "FI", "rate": "25.5", "name": "ALV 25.5%"}
ADDRESS = {"last_name": "Doe", "address_1": "Main Street 1", "phone": "02 555 12 12", **PLACES[1]}


def own_goods(name: str) -> tuple[str, ...]:
    """SKUs that only this shop sells."""
    return tuple(f"{name.upper()}-{number}" for number in range(OWN))


def fill(store: Store, name: str) -> None:
    """Put goods on sale and print coupons; before the shop is connected, nothing hears of it."""
    prices = ("12.50", "7.35", "19.99", "3.10", "48.00", "9.95")
    for sku, price in zip((*SHARED, *own_goods(name)), prices, strict=True):
        store.add_product(
            sku=sku,
            name=f"Product {sku}",
            regular_price=price,
            tax_class="reduced-rate" if sku == "BOOK" else "",
            manage_stock=True,
            stock_quantity=PIECES,
        )
    store.add_coupon("ten", "percent", "10")
    store.add_coupon("five", "fixed_cart", "5")


class ShopLife(Story):
    """:param owns_prices: the shop changes prices, Odoo takes them over"""

    def __init__(self, store: Store, random: Random, name: str, owns_prices: bool) -> None:
        self.goods = (*SHARED, *own_goods(name))
        self.own = own_goods(name)
        self.domain = f"{name.lower()}.example.com"
        self.owns_prices = owns_prices
        #: by order id
        self.fates: dict[int, str] = {}
        #: what happens once it was shipped: ``refund``, ``credit`` or nothing
        self.after: dict[int, str] = {}
        #: ids of the refunds that the shop's people made, by order
        self.refunded: dict[int, set[int]] = {}
        #: in how many parcels it is shipped
        self.parcels: dict[int, int] = {}
        super().__init__(store, random, ADDRESS)

    def _doings(self) -> list[Callable[[], object]]:
        return [
            *[self._order_by_card] * 6,
            *[self._order_on_hold] * 4,
            *[self._order_cash_on_delivery] * 2,
            self._order_of_a_new_rate,
            *[self._edit] * 6,
            *[self._refund] * 3,
            *[self._refund_pieces] * 3,
            self._cancel,
            *[self._trash] * 2,
            *[self._restore] * 2,
            *[self._pay] * 3,
            *[self._note] * 2,
            *[self._change_account] * 2,
            *[self._change_product] * 2,
            *([self._change_price] * 2 if self.owns_prices else []),
        ]

    def go_on(self) -> str:
        """One thing happens; returns what. Instead of what can't happen now something else does."""
        with self.store.lock:
            doing = next(one for one in self.random.sample(self.doings, len(self.doings)) if one())
        return kind_of(doing)

    def _a_moment(self) -> None:
        """Nothing: two changes within a second are told apart, too."""

    # === WHO AND WHAT === #

    def _may(self, doing: str, order: Record) -> bool:
        fate = self.fates.get(order["id"])
        if doing == "refund":
            return fate == REFUND or (
                order["status"] == "completed" and self.after.get(order["id"]) == REFUND
            )
        if doing == "note":
            return fate in (WAIT, REFUND)
        return fate == WAIT

    def _buyer(self) -> Record:
        buyer = super()._buyer()
        if not buyer.get("customer_id"):
            buyer["billing"] = {**buyer["billing"], **self.random.choice(PLACES)}
        return buyer

    def _cart(self) -> Record:
        count = self.random.choice((1, 1, 2, 2, 3, 4))
        lines = [(sku, self.random.randint(1, 4)) for sku in self.random.sample(self.goods, count)]
        coupons = self.random.choice(((), (), (), ("ten",), ("five",)))
        cost = f"{self.random.randint(300, 900) / 100:.2f}"
        shipping = [("flat_rate", cost)]
        return {"lines": lines, "coupons": list(coupons), "shipping": shipping, **self._buyer()}

    # === ORDERS === #

    def _place(self, status: str, **values: Any) -> Record:
        order = super()._place(status, **values)
        self.parcels[order["id"]] = self.random.choice((1, 1, 2))
        self.after[order["id"]] = self.random.choice((REFUND, REFUND, "credit", "", ""))
        return order

    def _order_by_card(self) -> Record:
        order = super()._order_by_card()
        self.fates[order["id"]] = self.random.choice((SHIP, SHIP, SHIP, REFUND))
        return order

    def _order_on_hold(self) -> Record:
        order = super()._order_on_hold()
        self.fates[order["id"]] = self.random.choice((WAIT, WAIT, WAIT, WAIT, CANCEL))
        return order

    def _order_cash_on_delivery(self) -> Record:
        order = self._place("processing", payment_method="cod")
        self.fates[order["id"]] = SHIP
        return order

    def _order_of_a_new_rate(self) -> Record:
        rates = self.store.taxes
        if not any(rate["country"] == NEW_RATE["country"] for rate in rates.values()):
            number = max(rates) + 1
            rates[number] = {"id": number, **defaults.tax_rate(NEW_RATE)}
        self.guests += 1
        email = f"guest{self.guests}@{self.domain}"
        billing = {**self.address, **ABROAD, "first_name": "Guest", "email": email}
        order = self._place("processing", payment_method="cod", billing=billing, customer_id=0)
        self.fates[order["id"]] = REFUSE
        return order

    def _pay(self) -> int | None:
        order_id = super()._pay()
        if order_id:
            self.fates[order_id] = SHIP
        return order_id

    # === REFUNDS === #

    def _refund(self) -> int | None:
        """Some money of an order that was paid by card, about none of its lines."""
        order_id = self._one_paid_by_card()
        if not order_id or len(self.refunds(order_id)) > 3:
            return None
        amount = Decimal(self.random.randint(100, 400)) / 100
        if self._left(order_id) - amount < LEFT:
            return None
        return self._give_back(order_id, amount=f"{amount:.2f}")

    def _refund_pieces(self) -> int | None:
        """A piece of a line with its part of the money."""
        order_id = self._one_paid_by_card()
        if not order_id:
            return None
        order = self.store.orders[order_id]
        back = shop_refunds.quantities(self.store, order)
        there = [
            line for line in order["line_items"] if back.get(line["id"], 0) + 1 < line["quantity"]
        ]
        if not there:
            return None
        part = _part_of(self.random.choice(there))
        if self._left(order_id) - _money(part) < LEFT:
            return None
        return self._give_back(order_id, lines=[part], restock=self.random.random() < 0.7)

    def _give_back(self, order_id: int, **options: Any) -> int:
        refund = self.store.refund_order(order_id, paid_back=True, **options)
        self.refunded.setdefault(order_id, set()).add(refund["id"])
        return refund["id"]

    def _left(self, order_id: int) -> Decimal:
        return shop_refunds.remaining(self.store, self.store.orders[order_id])

    # === PRODUCTS === #

    def _change_product(self) -> str:
        sku = self.random.choice(self.own)
        self.store.edit_product(sku, name=f"Product {sku} {self.random.randint(1, 999)}")
        return sku

    def _change_price(self) -> str:
        sku = self.random.choice(self.goods)
        self.store.edit_product(sku, regular_price=f"{self.random.randint(300, 4000) / 100:.2f}")
        return sku

    # === WHAT WAITS FOR ODOO === #

    def to_ship(self) -> list[int]:
        """Orders that are released and not complete in the shop, the oldest first."""
        return self._waiting(
            lambda order: order["status"] == "processing" and self.fates.get(order["id"]) == SHIP
        )

    def to_credit(self) -> list[int]:
        return self._waiting(
            lambda order: (
                order["status"] == "completed"
                and order["payment_method"] == "stripe"
                and self.after.get(order["id"]) == "credit"
                and Decimal(str(order["total"])) > 4 * LEFT
            )
        )

    def to_cancel(self) -> list[int]:
        return self._waiting(
            lambda order: order["status"] == "on-hold" and self.fates.get(order["id"]) == CANCEL
        )

    def _waiting(self, wanted: Callable[[Record], bool]) -> list[int]:
        with self.store.lock:
            return sorted(order["id"] for order in self.store.orders.values() if wanted(order))

    def told(self) -> Counter[str]:
        """How many orders there are of each fate."""
        return Counter(self.fates.values())


def kind_of(doing: Callable[..., object]) -> str:
    """What a table calls a doing: ``order by card``."""
    return doing.__name__.strip("_").replace("_", " ").replace("odoo", "Odoo")


def _part_of(line: Record) -> Record:
    """One piece of an order's line, as a refund names it."""
    share = 1 / Decimal(str(line["quantity"]))

    def part(amount: object) -> str:
        return f"{Decimal(str(amount or 0)) * share:.2f}"

    taxes = [{"id": tax["id"], "refund_total": part(tax["total"])} for tax in line["taxes"]]
    return {
        "id": line["id"],
        "quantity": 1,
        "refund_total": part(line["total"]),
        "refund_tax": taxes,
    }


def _money(part: Record) -> Decimal:
    amounts = [part["refund_total"], *(tax["refund_total"] for tax in part["refund_tax"])]
    return sum((Decimal(amount) for amount in amounts), Decimal())
