"""Orders of every kind that random carts do not make: written down one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from woostore import Cart, Store

from .carts import PLACES, address

#: the one kind that has to end with an issue
EXPECTED_ISSUE = "unknown gift card"
SPAIN, BELGIUM, GERMANY, QUEBEC = PLACES[0], PLACES[2], PLACES[3], PLACES[5]
FLAT = ("flat_rate", "4.95")


@dataclass(frozen=True)
class Scenario:
    """One order: what is bought, and what happens to it in the shop once Odoo has it.

    ``status`` overrides what the gateway sets; ``at_once`` happens before anybody is told of
    the order; ``draft``: the checkout is opened and never finished.
    """

    title: str
    cart: Cart
    status: str | None = None
    at_once: Callable[[Store, int], Any] | None = None
    later: Callable[[Store, int], Any] | None = None
    draft: bool = False

    def place(self, store: Store) -> int:
        """Buy; returns the order's id."""
        with store.lock:  # webhooks are sent under this lock, so nobody hears of it yet
            if self.draft:
                return store.open_checkout(self.cart)["id"]
            order_id = store.place_order(self.cart, self.status)["id"]
            if self.at_once:
                self.at_once(store, order_id)
        return order_id


def _cart(number: int, place: dict[str, str] = SPAIN, **values: Any) -> Cart:
    """A plain cart of a guest, whose parts ``values`` replace."""
    plain = {
        "lines": [("MUG-1", 2), ("BOOK-1", 1)],
        "shipping": [FLAT],
        "billing": address(number, place),
        "payment_method": "stripe",
    }
    return Cart(**{**plain, **values})


def _pay(store: Store, order_id: int) -> None:
    store.update_order(order_id, status="processing")


def _cancel(store: Store, order_id: int) -> None:
    store.update_order(order_id, status="cancelled")


def _move(store: Store, order_id: int) -> None:
    moved = {"address_1": "New Street 99", "city": "Toledo", "postcode": "45001", "state": "TO"}
    store.update_order(order_id, billing=moved, shipping=moved)


def _move_and_pay(store: Store, order_id: int) -> None:
    _move(store, order_id)
    _pay(store, order_id)


def _pay_with_gift_card(store: Store, order_id: int) -> None:
    """A plug-in of which the order's lines know nothing takes a part off the total."""
    total = store.orders[order_id]["total"]
    store.update_order(order_id, total=f"{float(total) - 10:.2f}")


def _add_to_trash(store: Store, order_id: int) -> None:
    store.trash_order(order_id)


def scenarios(store: Store) -> list[Scenario]:
    """The kinds, for a shop of :func:`carts.open_shop`."""
    account = next(
        row["id"] for row in store.customers.values() if row["email"] == "jane@example.com"
    )
    jane = {**address(900, SPAIN), "email": "jane@example.com"}
    company = {**address(901, BELGIUM), "company": "Example Trading & Sons"}
    vat = [{"key": "_billing_vat_number", "value": "BE0477472701"}]
    return [
        Scenario("guest", _cart(902)),
        Scenario("the same guest again", _cart(902, lines=[("TEA-1", 3)])),
        Scenario("account", _cart(900, billing=jane, customer_id=account)),
        Scenario("company with VAT number", _cart(901, billing=company, meta_data=vat)),
        Scenario("VAT exempt", _cart(903, BELGIUM, vat_exempt=True)),
        Scenario("percent coupon", _cart(904, coupons=["third"])),
        Scenario("cart coupon", _cart(905, coupons=["five"])),
        Scenario("product coupon", _cart(906, coupons=["each1"], lines=[("CABLE-1", 3)])),
        Scenario("nothing to pay", _cart(907, coupons=["all"], shipping=[("free_shipping", "0")])),
        Scenario("positive fee", _cart(908, fees=[("Gift wrap", "2.55")])),
        Scenario("negative fee", _cart(909, fees=[("Discount", "-3.33")])),
        Scenario("several shipping lines", _cart(910, shipping=[FLAT, ("flat_rate", "12.34")])),
        Scenario("local pickup", _cart(911, BELGIUM, shipping=[("local_pickup", "0")])),
        Scenario("foreign country", _cart(912, GERMANY, lines=[("BOOK-1", 3), ("PIN-1", 9)])),
        Scenario("two rates at once", _cart(913, QUEBEC, lines=[("FRAME-1", 3)])),
        Scenario("foreign currency", _cart(914, QUEBEC, currency="USD")),
        Scenario("downloads only", _cart(915, lines=[("EBOOK-1", 1)], shipping=[])),
        Scenario("60 lines", _cart(916, lines=[("TS-RE-S", 1), ("PEN-1", 3)] * 30)),
        Scenario("transfer, paid later", _cart(917, payment_method="bacs"), later=_pay),
        Scenario("cancelled afterwards", _cart(918), later=_cancel),
        Scenario("trashed afterwards", _cart(919), later=_add_to_trash),
        Scenario("address edited afterwards", _cart(920), later=_move),
        Scenario("quotation edited", _cart(924, payment_method="bacs"), later=_move),
        Scenario("quotation edited, paid", _cart(925, payment_method="bacs"), later=_move_and_pay),
        Scenario(EXPECTED_ISSUE, _cart(921), at_once=_pay_with_gift_card),
        Scenario("cancelled before the import", _cart(922), at_once=_cancel),
        Scenario("checkout not finished", _cart(923), draft=True),
    ]
