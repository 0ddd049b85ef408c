"""A shop's life by chance: the same for the same seed, whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from .cart import Cart
from .store import Store

Record = dict[str, Any]


class Story:
    """What happens in a shop that sells ``MUG``, ``BOOK`` and ``POSTER``.

    Only what has one right end is told: an order that is paid is refunded and not edited, one that
    waits for its money is edited, cancelled, moved to the trash and restored.

    :param address: of everybody who buys; names and e-mail addresses are made up beside it
    """

    #: SKUs of what is bought, the second one not always
    goods: tuple[str, ...] = ("MUG", "BOOK")
    #: of all e-mail addresses
    domain = "example.com"

    def __init__(self, store: Store, random: Random, address: Mapping[str, str]) -> None:
        self.store = store
        self.random = random
        self.address = dict(address)
        self.guests = 0
        #: orders whose last change did not move their moment of change
        self.silent: set[int] = set()
        self.accounts = [self._account(number) for number in range(3)]
        self.doings = self._doings()

    def _doings(self) -> list[Callable[[], object]]:
        """What may happen, as often as it is likely."""
        return [
            *[self._order_by_card] * 4,
            *[self._order_on_hold] * 4,
            *[self._edit] * 4,
            *[self._refund] * 3,
            self._cancel,
            *[self._trash] * 2,
            *[self._restore] * 2,
            self._pay,
            self._complete,
            self._note,
            *[self._change_account] * 2,
            *[self._change_product] * 2,
            self._trash_product,
        ]

    def go_on(self) -> None:
        """One more thing happens, some time later."""
        self.random.choice(self.doings)()
        self.store.clock.advance(self.random.choice([0, 1, 5, 20, 80]))

    def _a_moment(self) -> None:
        """Time enough that a moment of change differs from the last one."""
        self.store.clock.advance(1)

    # === WHO AND WHAT === #

    def _account(self, number: int) -> Record:
        email = f"account{number}@{self.domain}"
        billing = {**self.address, "first_name": f"Buyer{number}", "email": email}
        values = {"first_name": f"Buyer{number}", "last_name": "Doe", "billing": billing}
        return self.store.add_customer(email, **values, role="subscriber" if number else "customer")

    def _may(self, doing: str, order: Record) -> bool:
        """Whether this may happen to an order whose status allows it."""
        return True

    def _one(self, doing: str, *statuses: str) -> int | None:
        """The id of an order in one of these statuses, if there is any."""
        found = sorted(
            order["id"]
            for order in self.store.orders.values()
            if order["status"] in statuses and self._may(doing, order)
        )
        return self.random.choice(found) if found else None

    def _buyer(self) -> Record:
        """Billing and account of a customer, or billing of a guest."""
        if self.random.random() < 0.6:
            account = self.random.choice(self.accounts)
            return {"billing": account["billing"], "customer_id": account["id"]}
        self.guests += 1
        name, email = f"Guest{self.guests}", f"guest{self.guests}@{self.domain}"
        return {"billing": {**self.address, "first_name": name, "email": email}}

    def _cart(self) -> Record:
        first, second = self.goods[:2]
        lines = [(first, self.random.randint(1, 3))]
        if self.random.random() < 0.5:
            lines.append((second, self.random.randint(1, 4)))
        return {"lines": lines, "shipping": [("flat_rate", "4.95")], **self._buyer()}

    def _place(self, status: str, **values: Any) -> Record:
        return self.store.place_order(Cart(**{**self._cart(), **values}), status=status)

    # === ORDERS === #

    def _order_by_card(self) -> Record:
        transaction = f"ch_{len(self.store.orders)}"
        return self._place("processing", payment_method="stripe", transaction_id=transaction)

    def _order_on_hold(self) -> Record:
        return self._place("on-hold", payment_method="bacs")

    def _edit(self) -> int | None:
        """Another quantity, or one more book; posts don't move their date for it."""
        order_id = self._one("edit", "on-hold")
        if order_id:
            order = self.store.orders[order_id]
            before = order["date_modified_gmt"]
            self._a_moment()
            self._change_lines(order)
            if order["date_modified_gmt"] == before:
                self.silent.add(order_id)
        return order_id

    def _change_lines(self, order: Record) -> None:
        line = self.random.choice([line for line in order["line_items"] if line["quantity"]])
        if self.random.random() < 0.6:
            pieces = {line["id"]: line["quantity"] + self.random.randint(1, 3)}
            self.store.edit_order(order["id"], set_quantity=pieces)
        else:
            added = [(self.goods[1], self.random.randint(1, 2))]
            self.store.edit_order(order["id"], add=added)

    def _refund(self) -> int | None:
        """Part of the money of an order that was paid by card, while there is some left."""
        order_id = self._one_paid_by_card()
        if order_id and len(self.refunds(order_id)) < 3:
            self._seen(order_id)
            self.store.refund_order(order_id, amount=f"{self.random.randint(1, 4)}.00")
            return order_id
        return None

    def _one_paid_by_card(self) -> int | None:
        cards = sorted(
            order["id"]
            for order in self.store.orders.values()
            if order["payment_method"] == "stripe"
            and order["status"] in ("processing", "completed")
            and self._may("refund", order)
        )
        return self.random.choice(cards) if cards else None

    def refunds(self, order_id: int) -> list[Record]:
        return [row for row in self.store.refunds.values() if row["parent_id"] == order_id]

    def _cancel(self) -> int | None:
        return self._change_status("cancelled", "on-hold")

    def _pay(self) -> int | None:
        order_id = self._one("pay", "on-hold")
        if order_id:
            self._seen(order_id)
            self.store.pay(order_id)
        return order_id

    def _complete(self) -> int | None:
        return self._change_status("completed", "processing")

    def _change_status(self, status: str, *before: str) -> int | None:
        order_id = self._one(status, *before)
        if order_id:
            self._seen(order_id)
            self.store.update_order(order_id, status=status)
        return order_id

    def _note(self) -> int | None:
        order_id = self._one("note", "on-hold", "processing")
        if order_id:
            self._seen(order_id)
            note = f"Please ring {self.random.randint(1, 9)} times"
            self.store.update_order(order_id, customer_note=note)
        return order_id

    def _trash(self) -> int | None:
        order_id = self._one("trash", "on-hold")
        if order_id:
            self._seen(order_id)
            self.store.trash_order(order_id)
        return order_id

    def _restore(self) -> int | None:
        """In the admin, or by REST, which tells nobody where orders have own tables."""
        order_id = self._one("restore", "trash")
        if order_id:
            self._seen(order_id)
            if self.random.random() < 0.5:
                self.store.restore_order(order_id)
            else:
                self.store.edit_order(order_id, status="on-hold")
        return order_id

    def _seen(self, order_id: int) -> None:
        """A change that moves the moment shows what changed in silence before."""
        self._a_moment()
        self.silent.discard(order_id)

    # === ACCOUNTS AND PRODUCTS === #

    def _change_account(self) -> int:
        account = self.random.choice(self.accounts)
        account["first_name"] = f"Buyer{self.random.randint(10, 99)}"
        account["billing"]["phone"] = f"02 555 {self.random.randint(10, 99)} 12"
        account["date_modified_gmt"] = self.store.clock.stamp()
        self.store.emit("customer.updated", account["id"])
        return account["id"]

    def _change_product(self) -> str:
        sku = self.random.choice(self.goods)
        self.store.edit_product(sku, name=f"Product {sku} {self.random.randint(1, 99)}")
        return sku

    def _trash_product(self) -> str:
        poster = self.store.product("POSTER")
        if poster["status"] == "trash":
            self.store.restore_product("POSTER")
        else:
            self.store.trash_product("POSTER")
        return "POSTER"
