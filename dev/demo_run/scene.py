"""The stage of the stories: one shop and one Odoo, whose news are told after every step."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from odoo_client import OdooClient
from woostore import Cart, Store

from . import shop_view
from .books import Books
from .carts import PLACES, address
from .chapter import ODOO, SHOP, Chapter
from .clerk import Clerk
from .odoo_view import OdooView
from .payout_view import PayoutView

Record = dict[str, Any]
#: The first of the customers, none of whom was here before.
FIRST_CUSTOMER = 501


class Scene:
    """``settle`` waits until nothing moves any more on either side."""

    def __init__(
        self, odoo: OdooClient, store: Store, backend: int, settle: Callable[[], None]
    ) -> None:
        self.store = store
        self.odoo = OdooView(odoo, backend)
        self.payouts = PayoutView(odoo, backend)
        self.clerk = Clerk(odoo)
        self.books = Books(odoo, backend)
        self.chapters: list[Chapter] = []
        self._settle = settle
        self._customers = itertools.count(FIRST_CUSTOMER)

    @property
    def chapter(self) -> Chapter:
        return self.chapters[-1]

    @property
    def sale(self) -> Record:
        """The sales order of the chapter's order, read now."""
        return self.odoo.sale(self.order_id)

    @property
    def order_id(self) -> int:
        return self.chapter.order_ids[-1]

    # === STEPS === #

    def begin(self, title: str) -> None:
        self.chapters.append(Chapter(len(self.chapters) + 1, title))
        self.chapter.begin()

    def buy(self, lines: dict[str, int], gateway: str, how: str) -> int:
        """A new customer buys; returns the shop's id of the order. ``how`` says how it is paid.

        It is the chapter's order from then on.
        """
        customer = address(next(self._customers), PLACES[0])
        cart = Cart(
            lines=list(lines.items()),
            shipping=[("flat_rate", "4.95")],
            billing=customer,
            payment_method=gateway,
        )
        order = self.store.place_order(cart)
        self.chapter.order_ids.append(order["id"])
        name = f"{customer['first_name']} {customer['last_name']}"
        goods = f"{shop_view.goods(order)} for {order['total']} {order['currency']}"
        self.in_shop(f"{name} buys {goods}, {how}")
        return order["id"]

    def in_shop(self, text: str) -> None:
        """Somebody did this in the shop: say so, wait, and tell what came of it."""
        self.chapter.happens(SHOP, text)
        self._tell_news(SHOP)

    def in_odoo(self, text: str) -> None:
        """The same, done in Odoo."""
        self.chapter.happens(ODOO, text)
        self._tell_news(ODOO)

    def line(self, sku: str) -> Record:
        """A line of the chapter's order in the shop, as REST shows it."""
        return next(
            line
            for line in shop_view.order(self.store, self.order_id)["line_items"]
            if line["sku"] == sku
        )

    def compare_sides(self) -> None:
        """Show the comparison of the order's open issue as Odoo's form shows it."""
        for text in self.odoo.comparison(self.sale):
            self.chapter.adds(f"the issue compares: {text}")

    def end(self) -> None:
        """Compare what is left of the order in the shop, on invoices and of payments."""
        sale = self.sale
        sums = {
            "shop": shop_view.net(self.store, self.order_id),
            "invoices": Decimal(str(sale["channel_net_invoiced"])),
            "payments": Decimal(str(sale["channel_net_paid"])),
        }
        self.chapter.problems += [
            text for key, text in self.odoo.facts(self.order_id).items() if key[2] in PROBLEMS
        ]
        self.chapter.compare(sums, self.store.currency)

    def end_payout(self) -> None:
        """Nothing of the payout may be open."""
        payout = self.payouts.read(self.chapter.payout)
        self.chapter.problems += self.payouts.issues(payout)
        self.chapter.settle(Decimal(str(payout["residual"])), self.store.currency)

    def _tell_news(self, first: str) -> None:
        """The news of the side that acted come first."""
        self._settle()
        sides = {
            SHOP: lambda order_id: shop_view.facts(self.store, order_id),
            ODOO: self.odoo.facts,
        }
        for side in sorted(sides, key=lambda side: side != first):
            for order_id in self.chapter.order_ids:
                self.chapter.then(sides[side](order_id))
        if self.chapter.payout:
            self.chapter.then(self.payouts.facts(self.chapter.payout))


#: What of Odoo's facts is open when a story ends, and should not be.
PROBLEMS = ("issue", "note")
