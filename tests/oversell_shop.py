"""A fake shop in which random customers and clerks are at work, and a journal of what they do."""

from dataclasses import dataclass

from ..dev.woostore import Cart, refunds
from ..dev.woostore import meta as meta_data
from .common import JANE

ALIVE = ("pending", "on-hold", "processing", "completed")
#: Payment method, and the status it leads to (None: the gateway's own).
PAYING = (
    ("cod", None),
    ("stripe", "processing"),
    ("stripe", "pending"),
    ("bacs", None),
    ("cheque", "processing"),  # left as quotations in Odoo
)


@dataclass(frozen=True)
class Taking:
    """Pieces that somebody took at a moment. ``kind``: ``ordered``, ``reduced`` (the shop took
    them off its stock) or ``moved`` (in Odoo)."""

    moment: int
    kind: str
    place: str
    order: str
    sku: str
    pieces: int


class RandomShop:
    """Sells no more than it shows, as WooCommerce's checkout does; clerks never touch an order of
    which something has left (a shop that puts back what is gone oversells by itself), and
    trash nothing."""

    def __init__(self, name, store, rng, world):
        self.name, self.store, self.rng, self.world = name, store, rng, world
        self.left = set()  # orders of which something was delivered

    # === WHAT IT HAS === #

    def pieces(self):
        """``{order: {sku: (ordered, reduced)}}`` of all orders."""
        return {str(key): self._pieces_of(order) for key, order in self.store.orders.items()}

    def _pieces_of(self, order):
        found = {}
        for line in order["line_items"]:
            sku = self.store.products[line["product_id"]]["sku"]
            held = int(float(meta_data.value(line["meta_data"], "_reduced_stock") or 0))
            back = int(float(meta_data.value(line["meta_data"], "_restock_refunded_items") or 0))
            alive = int(line["quantity"]) - back if order["status"] in ALIVE else 0
            found[sku] = (alive, held)
        return found

    def took_back(self, key):
        """Whether it has put pieces of an order back that is alive."""
        lines = self.store.orders[int(key)]["line_items"]
        return any(meta_data.value(row["meta_data"], "_restock_refunded_items") for row in lines)

    def shown(self, sku):
        return self.store.product(sku)["stock_quantity"]

    def _for_sale(self, sku):
        """What a customer may still put into the cart: unpaid orders hold their goods."""
        waiting = sum(
            line["quantity"]
            for order in self.store.orders.values()
            for line in order["line_items"]
            if order["status"] == "pending"
            and self.store.products[line["product_id"]]["sku"] == sku
        )
        return int(self.shown(sku) - waiting)

    # === WHAT HAPPENS IN IT === #

    def act(self):
        """One random thing; the world is told what it took."""
        (doing,) = self.rng.choices(*zip(*self._doings(), strict=True))
        # no more: a signed request is good for a quarter of an hour of the shop's own clock
        self.store.clock.advance(1)
        with self.store.lock:
            before = self.pieces()
            doing()
            self.world.happened(self, before, self.pieces())

    def _doings(self):
        return (
            (self.buy, 9),
            (self.pay, 4),
            (self.cancel, 2),
            (self.refund, 1),
            (self.edit, 2),
        )

    def _order(self, *statuses):
        """A random order that a clerk may touch, or None."""
        found = [
            order
            for order in self.store.orders.values()
            if order["status"] in statuses and str(order["id"]) not in self.left
        ]
        return self.rng.choice(found) if found else None

    def buy(self):
        lines = []
        for sku in self.rng.sample(self.world.skus, self.rng.choice((1, 1, 2))):
            most = self._for_sale(sku)
            if most > 0:
                lines.append((sku, self.rng.randint(1, min(3, most))))
        if lines and self.rng.random() < 0.05:
            lines.append(("GHOST", 1))  # nobody knows it in Odoo: the import is blocked
        if lines:
            method, status = self.rng.choice(PAYING)
            cart = Cart(lines=lines, billing=JANE, payment_method=method)
            self.store.place_order(cart, status=status)

    def pay(self):
        if order := self._order("pending", "on-hold"):
            self.store.pay(order["id"])

    def cancel(self):
        if order := self._order(*ALIVE):
            self.store.update_order(order["id"], status="cancelled")

    def refund(self):
        order = self._order("processing")
        if order and order["payment_method"] == "cheque":
            return  # stays a quotation, which takes a refund over when it is confirmed
        if order and refunds.remaining(self.store, order) > 2:
            lines = [{"id": order["line_items"][0]["id"], "quantity": 1}]
            self.store.refund_order(order["id"], amount="1.00", lines=lines)

    def edit(self):
        if order := self._order("on-hold", "pending"):
            line = order["line_items"][0]
            sku = self.store.products[line["product_id"]]["sku"]
            most = line["quantity"] + max(self._for_sale(sku), 0)
            wanted = self.rng.randint(1, min(4, int(most)))
            self.store.edit_order(order["id"], set_quantity={line["id"]: wanted})
