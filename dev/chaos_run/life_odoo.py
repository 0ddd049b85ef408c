"""The half of life that happens in Odoo: goods are shipped and counted, money is given back.

Everything can be done again: a tracking number, the reason on a credit note or a count tells what
was done already.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from odoo_client import OdooClient

from ..demo_run.clerk import ANSWERED, Clerk
from ..demo_run.goods import Goods
from .hands import Hands, Record
from .life_shop import SHARED, ShopLife, kind_of, own_goods
from .shop import Shop

SALE = ["name", "state", "picking_ids", "invoice_ids", "channel_delivery_blocked"]
#: How many things people try until there is something to do.
TRIED = 4
#: Orders that are looked at before something else happens: they may not be in Odoo yet.
GLANCES = 4


@dataclass
class Branch:
    """A shop, its life, and what was done for it in Odoo.

    ``credited``, ``cancelled``: order ids; ``parcels``: tracking numbers by order id.
    """

    shop: Shop
    life: ShopLife

    def __post_init__(self) -> None:
        self.credited: dict[int, str] = {}
        self.cancelled: set[int] = set()
        self.parcels: dict[int, list[str]] = {}


class OdooLife:
    """Each doing returns whether there was anything to do."""

    def __init__(self, branches: list[Branch], odoo: OdooClient, random: Random) -> None:
        self.branches = branches
        self.hands = Hands(odoo)
        self.clerk = Clerk(odoo)
        self.random = random
        self.doings = [
            *[self._ship] * 10,
            *[self._receive_return] * 2,
            *[self._count] * 3,
            *[self._credit] * 2,
            *[self._cancel_in_odoo] * 2,
            *[self._change_price_in_odoo] * 2,
        ]

    def go_on(self) -> str:
        """One thing happens; returns what, or '' where nothing was to do."""
        # dice of its own: how often they are rolled depends on what has come to Odoo by now
        dice = Random(self.random.getrandbits(64))
        for doing in dict.fromkeys(dice.sample(self.doings, TRIED)):
            if doing(dice):
                return kind_of(doing)
        return ""

    # === ORDERS === #

    def _sale(self, branch: Branch, order_id: int) -> Record | None:
        """The sales order of a shop's order, once it is there."""
        bound = self.hands.find(
            "channel.binding.order",
            [("backend_id", "=", branch.shop.backend), ("external_id", "=", str(order_id))],
            ["odoo_id"],
        )
        for row in bound:
            return self.hands.find("sale.order", [("id", "=", row["odoo_id"][0])], SALE)[0]
        return None

    def _some(self, dice: Random, orders: list[int]) -> list[int]:
        """A few of the oldest ones, in any order."""
        oldest = orders[: 4 * GLANCES]
        return dice.sample(oldest, min(GLANCES, len(oldest)))

    def _cancel_in_odoo(self, dice: Random) -> bool:
        branch = dice.choice(self.branches)
        waiting = [one for one in branch.life.to_cancel() if one not in branch.cancelled]
        for order_id in self._some(dice, waiting):
            sale = self._sale(branch, order_id)
            if sale and sale["state"] != "cancel":
                branch.cancelled.add(order_id)
                return self._cancel_one(sale)
        return False

    def _cancel_one(self, sale: Record) -> bool:
        wanted = [("id", "=", sale["id"]), ("state", "=", "cancel")]
        return self.hands.until(
            lambda: self.hands.look("sale.order", "search_count", wanted),
            lambda: self.clerk.cancel(sale),
        )

    # === GOODS === #

    def _ship(self, dice: Random) -> bool:
        """The next parcel of an order: some of it, or all that is left."""
        branch = dice.choice(self.branches)
        waiting = [one for one in branch.life.to_ship() if self._is_open(branch, one)]
        for order_id in self._some(dice, waiting):
            sale = self._sale(branch, order_id)
            if sale and self._is_ready(sale):
                return self._send(branch, order_id, sale)
        return False

    def _is_ready(self, sale: Record) -> bool:
        """Whether some goods of it are still here and may leave."""
        if sale["state"] != "sale" or sale["channel_delivery_blocked"]:
            return False
        wanted = [
            ("id", "in", sale["picking_ids"]),
            ("picking_type_code", "=", "outgoing"),
            ("state", "not in", ("done", "cancel")),
        ]
        return bool(self.hands.look("stock.picking", "search_count", wanted))

    def _is_open(self, branch: Branch, order_id: int) -> bool:
        return len(branch.parcels.get(order_id, ())) < branch.life.parcels[order_id]

    def _send(self, branch: Branch, order_id: int, sale: Record) -> bool:
        sent = branch.parcels.setdefault(order_id, [])
        number = f"{branch.shop.name.upper()}-{order_id}-{len(sent) + 1}"
        is_last = len(sent) + 1 == branch.life.parcels[order_id]
        sent.append(number)

        def act() -> None:
            pieces = None if is_last else self._a_part(sale)
            self.clerk.deliver(sale, pieces, carrier_tracking_ref=number)

        return self.hands.until(lambda: self._has_left(number), act)

    def _a_part(self, sale: Record) -> dict[str, float] | None:
        """One piece of the first product; all where there is no more than that."""
        moves = self.hands.find(
            "stock.move",
            [("picking_id", "in", sale["picking_ids"]), ("state", "not in", ("done", "cancel"))],
            ["product_id", "product_uom_qty"],
        )
        if sum(move["product_uom_qty"] for move in moves) < 2:
            return None
        product = moves[0]["product_id"][0]
        (row,) = self.hands.find("product.product", [("id", "=", product)], ["default_code"])
        return {row["default_code"]: 1.0}

    def _has_left(self, number: str) -> bool:
        wanted = [("carrier_tracking_ref", "=", number), ("state", "=", "done")]
        return bool(self.hands.look("stock.picking", "search_count", wanted))

    def _receive_return(self, dice: Random) -> bool:
        """What a refund of a shop has announced comes back."""
        backends = [branch.shop.backend for branch in self.branches]
        waiting = self.hands.look(
            "stock.picking",
            "search",
            [
                ("picking_type_code", "=", "incoming"),
                ("state", "not in", ("done", "cancel")),
                ("sale_id.channel_backend_id", "in", backends),
            ],
            order="id",
            limit=GLANCES,
        )
        if not waiting:
            return False
        picking = dice.choice(waiting)
        return self.hands.until(lambda: self._is_done(picking), lambda: self._receive_all(picking))

    def _receive_all(self, picking: int) -> None:
        moves = self.hands.find("stock.move", [("picking_id", "=", picking)], ["product_uom_qty"])
        odoo = self.hands.odoo
        for move in moves:
            values = {"quantity": move["product_uom_qty"], "picked": True}
            odoo.call("stock.move", "write", [move["id"]], values)
        odoo.call("stock.picking", "button_validate", [picking], context=ANSWERED)

    def _is_done(self, picking: int) -> bool:
        wanted = [("id", "=", picking), ("state", "=", "done")]
        return bool(self.hands.look("stock.picking", "search_count", wanted))

    def _count(self, dice: Random) -> bool:
        """Somebody counts a product: there is more than thought, or less."""
        branch = dice.choice(self.branches)
        sku, pieces = dice.choice(branch.life.goods), dice.randint(20, 400)
        goods = Goods(self.hands.odoo, branch.shop.backend)
        counted = [False]

        def act() -> None:
            goods.count(sku, pieces)
            counted[0] = True

        # counted twice is as good as once, whatever was sold in between
        return self.hands.until(lambda: counted[0], act)

    # === MONEY === #

    def _credit(self, dice: Random) -> bool:
        """A bookkeeper credits a piece of what was shipped, posts and pays it."""
        branch = dice.choice(self.branches)
        waiting = [one for one in branch.life.to_credit() if one not in branch.credited]
        for order_id in self._some(dice, waiting):
            sale = self._sale(branch, order_id)
            invoices = self._invoices(sale) if sale else []
            if len(invoices) == 1 and invoices[0]["payment_state"] in ("paid", "in_payment"):
                return self._give_back(branch, order_id, invoices[0])
        return False

    def _invoices(self, sale: Record) -> list[Record]:
        return self.hands.find(
            "account.move",
            [
                ("id", "in", sale["invoice_ids"]),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
            ],
            ["payment_state", "journal_id"],
        )

    def _give_back(self, branch: Branch, order_id: int, invoice: Record) -> bool:
        reason = f"Broken on arrival ({branch.shop.name} {order_id})"
        branch.credited[order_id] = reason

        def note() -> Record | None:
            wanted = [("reversed_entry_id", "=", invoice["id"]), ("ref", "ilike", reason)]
            found = self.hands.find("account.move", wanted, ["state", "name", "payment_state"])
            return found[0] if found else None

        def has(state: str) -> bool:
            return (note() or {}).get("state") == state

        def is_paid() -> bool:
            return (note() or {}).get("payment_state") in ("paid", "in_payment")

        made = self.hands.until(note, lambda: self._draft(invoice, reason))
        posted = made and self.hands.until(
            lambda: has("posted"), lambda: self._post_one_piece(note())
        )
        return posted and self.hands.until(is_paid, lambda: self._pay(note()))

    def _draft(self, invoice: Record, reason: str) -> None:
        odoo = self.hands.odoo
        context = {"active_model": "account.move", "active_ids": [invoice["id"]]}
        values = {"journal_id": invoice["journal_id"][0], "reason": reason}
        wizard = odoo.call("account.move.reversal", "create", [values], context=context)
        odoo.call("account.move.reversal", "refund_moves", wizard)

    def _post_one_piece(self, note: Any) -> None:
        """All lines but one of goods are left out, and but one piece of that."""
        goods = {sku for branch in self.branches for sku in branch.life.goods}
        lines = self.hands.find(
            "account.move.line",
            [("move_id", "=", note["id"]), ("product_id.default_code", "in", sorted(goods))],
            ["product_id"],
            order="id",
            limit=1,
        )
        (product,) = self.hands.find(
            "product.product", [("id", "=", lines[0]["product_id"][0])], ["default_code"]
        )
        self.clerk.keep_only(note["id"], product["default_code"], 1)
        self.hands.odoo.call("account.move", "action_post", [note["id"]])

    def _pay(self, note: Any) -> None:
        (journal,) = self.hands.look("account.journal", "search", [("type", "=", "bank")], limit=1)
        self.clerk.pay_back(note["name"], journal)

    # === PRICES === #

    def _change_price_in_odoo(self, dice: Random) -> bool:
        """A fixed price in the price list of a shop whose prices Odoo owns."""
        owned = [branch for branch in self.branches if not branch.life.owns_prices]
        if not owned:
            return False
        branch = dice.choice(owned)
        sku = dice.choice((*SHARED, *own_goods(branch.shop.name)))
        price = dice.randint(300, 4000) / 100
        (row,) = self.hands.find(
            "channel.backend", [("id", "=", branch.shop.backend)], ["pricelist_id"]
        )
        goods = Goods(self.hands.odoo, branch.shop.backend)
        pricelist = row["pricelist_id"][0]
        rule = [("pricelist_id", "=", pricelist), ("product_tmpl_id.default_code", "=", sku)]

        def done() -> bool:
            found = self.hands.find("product.pricelist.item", rule, ["fixed_price"])
            return bool(found) and abs(found[0]["fixed_price"] - price) < 0.001

        return self.hands.until(done, lambda: goods.fix_price(pricelist, sku, price))
