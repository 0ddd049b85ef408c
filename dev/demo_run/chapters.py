"""The stories of single orders. Each plays one life on a :class:`.scene.Scene`."""

from __future__ import annotations

from .books import CARD, CASH, CHEQUE, TRANSFER
from .scene import Scene
from .shop_view import part_of

BASKET = {"MUG-1": 3, "BOOK-1": 1}


def shipped_in_two_parcels(scene: Scene) -> None:
    scene.begin("Paid by card, shipped in two parcels; one mug comes back broken")
    order = scene.buy(BASKET, CARD.code, "paid by card")
    name = scene.clerk.deliver(scene.sale, {"MUG-1": 2}, carrier_tracking_ref="3232001")
    scene.in_odoo(f"the warehouse sends two mugs ({name}), tracking number 3232001")
    name = scene.clerk.deliver(scene.sale, carrier_tracking_ref="3232002")
    scene.in_odoo(f"the warehouse sends the rest ({name}), tracking number 3232002")
    refund = scene.store.refund_order(
        order,
        lines=[part_of(scene.line("MUG-1"), 1)],
        restock=True,
        reason="One mug is broken",
        paid_back=True,
    )
    scene.in_shop(
        f"the shopkeeper refunds one mug, {refund['amount']}, and takes it back into stock"
    )
    name = scene.clerk.receive(scene.sale)
    scene.in_odoo(f"the warehouse receives the mug ({name})")
    scene.end()


def paid_later(scene: Scene) -> None:
    scene.begin("Bank transfer: reserved at once, shipped when the money is there")
    order = scene.buy(BASKET, TRANSFER.code, "to be paid by bank transfer")
    scene.store.pay(order)
    scene.in_shop("the transfer has arrived")
    name = scene.clerk.deliver(scene.sale)
    scene.in_odoo(f"the warehouse sends everything ({name})")
    scene.end()


def edited_before_delivery(scene: Scene) -> None:
    scene.begin("Edited in the shop before delivery: the sales order follows")
    order = scene.buy(BASKET, TRANSFER.code, "to be paid by bank transfer")
    mug, book = scene.line("MUG-1")["id"], scene.line("BOOK-1")["id"]
    scene.store.edit_order(order, set_quantity={mug: 5}, add=[("TEA-1", 2)], remove=[book])
    scene.in_shop("the customer calls: five mugs instead of three, two teas, no book")
    scene.store.pay(order)
    scene.in_shop("the transfer has arrived")
    name = scene.clerk.deliver(scene.sale)
    scene.in_odoo(f"the warehouse sends everything ({name})")
    scene.end()


def edited_after_delivery_odoo_kept(scene: Scene) -> None:
    scene.begin("Edited in the shop after delivery, by mistake: Odoo is kept")
    order = scene.buy(BASKET, CARD.code, "paid by card")
    name = scene.clerk.deliver(scene.sale)
    scene.in_odoo(f"the warehouse sends everything ({name})")
    mug = scene.line("MUG-1")["id"]
    scene.store.edit_order(order, set_quantity={mug: 2})
    scene.in_shop("somebody writes two mugs instead of three")
    scene.compare_sides()
    scene.clerk.decide(scene.sale, "action_keep_odoo")
    scene.in_odoo("the clerk presses “Keep Odoo”: three mugs have left, three were paid")
    scene.store.edit_order(order, set_quantity={mug: 3})
    scene.in_shop("the mistake is put right: three mugs")
    scene.end()


def edited_after_delivery_shop_accepted(scene: Scene) -> None:
    scene.begin("Edited in the shop after delivery, with a reason: the shop is accepted")
    order = scene.buy(BASKET, CHEQUE.code, "a cheque is in the post")
    name = scene.clerk.deliver(scene.sale)
    scene.in_odoo(f"the warehouse sends everything ({name})")
    scene.store.edit_order(order, set_quantity={scene.line("MUG-1")["id"]: 2})
    scene.in_shop("the customer sends a mug back and will pay two")
    scene.compare_sides()
    scene.clerk.decide(scene.sale, "action_accept_shop")
    scene.in_odoo("the clerk presses “Accept Shop”")
    name = scene.clerk.receive(scene.sale)
    scene.in_odoo(f"the warehouse receives the mug ({name})")
    scene.store.pay(order)
    scene.in_shop("the cheque has arrived")
    scene.end()


def cancelled_in_odoo(scene: Scene) -> None:
    scene.begin("Cancelled in Odoo before anything was sent")
    scene.buy(BASKET, TRANSFER.code, "to be paid by bank transfer")
    scene.clerk.cancel(scene.sale)
    scene.in_odoo("the clerk cancels the sales order")
    scene.end()


def cancelled_in_shop(scene: Scene) -> None:
    scene.begin("Cancelled in the shop before anything was sent")
    order = scene.buy(BASKET, TRANSFER.code, "to be paid by bank transfer")
    scene.store.update_order(order, status="cancelled")
    scene.in_shop("the customer cancels the order")
    scene.end()


def refunded_before_delivery(scene: Scene) -> None:
    scene.begin("The book is sold out: refunded in the shop before delivery")
    order = scene.buy(BASKET, CARD.code, "paid by card")
    refund = scene.store.refund_order(
        order,
        lines=[part_of(scene.line("BOOK-1"), 1)],
        restock=False,
        reason="Sold out",
        paid_back=True,
    )
    scene.in_shop(f"the shopkeeper refunds the book, {refund['amount']}")
    name = scene.clerk.deliver(scene.sale)
    scene.in_odoo(f"the warehouse sends what is left ({name})")
    scene.end()


def refunded_in_odoo(scene: Scene) -> None:
    scene.begin("The book comes back, and Odoo refunds it: the shop is told")
    scene.buy(BASKET, CARD.code, "paid by card")
    name = scene.clerk.deliver(scene.sale)
    scene.in_odoo(f"the warehouse sends everything ({name})")
    name = scene.clerk.take_back(scene.sale, {"BOOK-1": 1})
    scene.in_odoo(f"the warehouse receives the book ({name})")
    name = scene.clerk.credit(scene.sale, "BOOK-1", 1, "Not what the customer wanted")
    scene.clerk.pay_back(name, scene.books.journal(CARD))
    scene.in_odoo(f"the bookkeeper credits the book ({name}) and pays it back")
    scene.end()


def cash_on_delivery(scene: Scene) -> None:
    scene.begin("Cash on delivery: paid when the parcel is handed over")
    scene.buy(BASKET, CASH.code, "to be paid at the door")
    name = scene.clerk.deliver(scene.sale)
    scene.in_odoo(f"the warehouse sends everything ({name})")
    scene.end()


def completed_in_shop(scene: Scene) -> None:
    scene.begin("Packed and completed in the shop: Odoo delivers")
    scene.books.switch_on("shipment")
    order = scene.buy(BASKET, CARD.code, "paid by card")
    scene.store.update_order(order, status="completed")
    scene.in_shop("the shopkeeper packs the parcel and completes the order")
    scene.end()


def left_to_decide(scene: Scene) -> None:
    scene.begin("Your turn: edited in the shop after delivery")
    order = scene.buy(BASKET, CARD.code, "paid by card")
    name = scene.clerk.deliver(scene.sale)
    scene.in_odoo(f"the warehouse sends everything ({name})")
    scene.store.edit_order(order, set_quantity={scene.line("MUG-1")["id"]: 2})
    scene.in_shop("somebody writes two mugs instead of three")
    scene.chapter.adds("you: open the issue in Odoo and choose a side")


ALL = (
    shipped_in_two_parcels,
    paid_later,
    edited_before_delivery,
    edited_after_delivery_odoo_kept,
    edited_after_delivery_shop_accepted,
    cancelled_in_odoo,
    cancelled_in_shop,
    refunded_before_delivery,
    refunded_in_odoo,
    cash_on_delivery,
    completed_in_shop,
)
