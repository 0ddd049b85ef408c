"""Whole lives of orders, step by step on both sides, printed as a story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from odoo_client import OdooClient
from woostore import Cart, Store, refunds

from .carts import PLACES, address
from .clerk import Clerk

Record = dict[str, Any]
GATEWAYS = {"stripe": "Stripe", "bacs": "Bank transfers"}


@dataclass
class Chapter:
    """One order's story: its title, the order's id, whether both sides agree in the end."""

    title: str
    order_id: int = 0
    lines: list[str] = field(default_factory=list)
    net: tuple[str, str, str] = ("", "", "")

    @property
    def equal(self) -> bool:
        return len(set(self.net)) == 1

    def as_json(self) -> Record:
        return {**asdict(self), "equal": self.equal}


class Story:
    """Tells of orders in one shop; ``settle`` waits until nothing moves any more."""

    def __init__(
        self, odoo: OdooClient, store: Store, backend: int, settle: Callable[[], None]
    ) -> None:
        self.store = store
        self.settle = settle
        self.clerk = Clerk(odoo, backend)
        self.chapters: list[Chapter] = []
        self._people = iter(range(500, 600))

    def tell(self) -> list[Chapter]:
        """Play all chapters; returns them with what both sides say in the end."""
        self.clerk.open_gateways(GATEWAYS)
        self._shipped_in_two_parts_and_partly_returned()
        self._paid_later()
        self._edited_before_delivery()
        self._cancelled_in_odoo()
        self._cancelled_in_shop()
        self._refunded_by_odoo()
        return self.chapters

    # === CHAPTERS === #

    def _shipped_in_two_parts_and_partly_returned(self) -> None:
        order_id = self._begin("paid, shipped in two parts, partly refunded, returned", "stripe")
        sale = self.clerk.sale(order_id)
        self._odoo(sale)
        name = self.clerk.deliver(sale, {"MUG-1": 2}, tracking="3232001")
        self._settle_and_say("Odoo", f"{name} delivers 2 mugs, tracking 3232001")
        self._shop(order_id)
        name = self.clerk.deliver(self.clerk.sale(order_id), {"MUG-1": 1, "BOOK-1": 1})
        self._settle_and_say("Odoo", f"{name} delivers the rest")
        self._shop(order_id)
        self._refund_one_mug(order_id)
        name = self.clerk.receive_return(self.clerk.sale(order_id))
        self._settle_and_say("Odoo", f"{name} receives the mug that came back")
        self._end(order_id)

    def _paid_later(self) -> None:
        order_id = self._begin("bank transfer, on hold, paid later", "bacs")
        sale = self.clerk.sale(order_id)
        self._say("Odoo", f"{sale['name']} {sale['state']}: {sale['channel_hold_reason'] or ''}")
        self.store.pay(order_id)
        self._settle_and_say("shop", "the transfer has arrived")
        self._odoo(self.clerk.sale(order_id))
        self._end(order_id)

    def _edited_before_delivery(self) -> None:
        order_id = self._begin("edited in the shop before delivery", "bacs", status="on-hold")
        mug = self._item(order_id, "MUG-1")
        self.store.edit_order(order_id, set_quantity={mug: 5}, add=[("TEA-1", 2)])
        self._settle_and_say("shop", "five mugs instead of three, and two teas")
        self.store.pay(order_id)
        self._settle_and_say("shop", "paid")
        self._odoo(self.clerk.sale(order_id))
        self._end(order_id)

    def _cancelled_in_odoo(self) -> None:
        order_id = self._begin("cancelled in Odoo before it is paid", "bacs")
        self.clerk.cancel(self.clerk.sale(order_id))
        self._settle_and_say("Odoo", "cancels the order")
        self._shop(order_id)
        self._close(order_id, paid=False)

    def _cancelled_in_shop(self) -> None:
        order_id = self._begin("cancelled in the shop before it is paid", "bacs")
        self.store.update_order(order_id, status="cancelled")
        self._settle_and_say("shop", "cancels the order")
        sale = self.clerk.sale(order_id)
        self._say("Odoo", f"{sale['name']} {sale['state']}")
        self._close(order_id, paid=False)

    def _refunded_by_odoo(self) -> None:
        order_id = self._begin("credited in Odoo, told to the shop", "stripe")
        sale = self.clerk.sale(order_id)
        name = self.clerk.credit(sale, "BOOK-1", "Book out of print")
        self.clerk.pay_back(name, "stripe")
        self._settle_and_say("Odoo", f"{name} credits the book and pays it back")
        self._shop(order_id)
        self._end(order_id)

    # === STEPS === #

    def _begin(self, title: str, method: str, status: str | None = None) -> int:
        """Buy three mugs and a book; returns the order's id once Odoo has it."""
        cart = Cart(
            lines=[("MUG-1", 3), ("BOOK-1", 1)],
            shipping=[("flat_rate", "4.95")],
            billing=address(next(self._people), PLACES[0]),
            payment_method=method,
        )
        order = self.store.place_order(cart, status)
        self.chapters.append(Chapter(title, order["id"]))
        print(f"\n--- order {order['number']}: {title}")
        self._say("shop", f"3 mugs and a book: {order['total']} {order['currency']}, {method}")
        self.settle()
        return order["id"]

    def _refund_one_mug(self, order_id: int) -> None:
        with self.store.lock:
            line = next(
                row for row in self.store.orders[order_id]["line_items"] if row["sku"] == "MUG-1"
            )
            part = {
                "id": line["id"],
                "quantity": 1,
                "refund_total": _third(line["total"]),
                "refund_tax": [
                    {"id": tax["id"], "refund_total": _third(tax["total"])} for tax in line["taxes"]
                ],
            }
        refund = self.store.refund_order(
            order_id, lines=[part], restock=True, reason="One mug is broken"
        )
        self._settle_and_say("shop", f"refunds one mug: {refund['amount']}, restocked")
        self._odoo(self.clerk.sale(order_id))

    def _item(self, order_id: int, sku: str) -> int:
        lines = self.store.orders[order_id]["line_items"]
        return next(line["id"] for line in lines if line["sku"] == sku)

    # === SAYING === #

    def _say(self, side: str, text: str) -> None:
        row = f"    {side:<5} {text}"
        self.chapters[-1].lines.append(row)
        print(row, flush=True)

    def _settle_and_say(self, side: str, text: str) -> None:
        self._say(side, text)
        self.settle()

    def _odoo(self, sale: Record) -> None:
        """Invoices, credit notes and transfers of a sales order in one line each."""
        self._say("Odoo", f"{sale['name']} {sale['state']}")
        for move in self.clerk.moves(sale):
            kind = "credit note" if move["move_type"] == "out_refund" else "invoice"
            self._say(
                "Odoo",
                f"  {kind} {move['name']}: {move['amount_total']:.2f}"
                f" (tax {move['amount_tax']:.2f}), {move['payment_state']}",
            )
        for transfer in self.clerk.transfers(sale):
            self._say("Odoo", f"  {transfer['name']}: {transfer['state']}")

    def _shop(self, order_id: int) -> None:
        """What the shop has been told: status, shipments, refunds, newest note."""
        order = self.store.orders[order_id]
        with self.store.lock:
            back = refunds.of_order(self.store, order_id)
        self._say("shop", f"status {order['status']}")
        for refund in back:
            self._say("shop", f"  refund {refund['id']}: {Decimal(str(refund['amount'])):.2f}")
        for note in self.clerk.told(self.clerk.sale(order_id)):
            self._say("Odoo", f"  told {note['kind']}: {note['state']}: {note['reason']}")

    def _end(self, order_id: int) -> None:
        self._close(order_id, paid=True)

    def _close(self, order_id: int, *, paid: bool) -> None:
        """Compare the nets: shop, invoices and payments."""
        sale = self.clerk.sale(order_id)
        order = self.store.orders[order_id]
        with self.store.lock:
            left = refunds.remaining(self.store, order) if paid else Decimal(0)
        invoiced, paid_net = sale["channel_net_invoiced"], sale["channel_net_paid"]
        net = (f"{left:.2f}", f"{invoiced:.2f}", f"{paid_net:.2f}")
        self.chapters[-1].net = net
        sign = "=" if self.chapters[-1].equal else "≠"
        self._say("net", f"shop {net[0]} {sign} invoices {net[1]} {sign} payments {net[2]}")


def _third(amount: Any) -> str:
    return f"{Decimal(str(amount)) / 3:.2f}"
