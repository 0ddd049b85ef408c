"""The stories of the gateways' payouts: bank statements whose lines find their payments."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from woostore import meta, refunds

from . import shop_view
from .books import CARD, STRIPE
from .scene import Scene

#: Columns of Stripe's itemized payout reconciliation that matter.
STRIPE_COLUMNS = (
    "balance_transaction_id",
    "reporting_category",
    "source_id",
    "gross",
    "fee",
    "net",
    "currency",
    "created_utc",
    "automatic_payout_id",
)


def paid_out_by_woopayments(scene: Scene) -> None:
    """Everything that was paid by card in the stories before."""
    scene.begin("WooPayments pays out all cards of the stories above")
    store = scene.store
    scene.books.profile(CARD, scene.books.fee_account())
    scene.books.switch_on("settlement")
    with store.lock:
        told = [number for chapter in scene.chapters for number in chapter.order_ids]
        paid = [n for n in told if store.orders[n]["payment_method"] == CARD.code]
        back = [refund["id"] for n in paid for refund in refunds.of_order(store, n)]
    payout = store.make_payout(paid, refunds=back)
    scene.chapter.payout = payout["id"]
    amount = f"{Decimal(payout['amount']) / 100:.2f} {store.currency}"
    text = f"WooPayments sends {amount} to the bank: {len(paid)} payments, {len(back)} refunds"
    scene.books.sync_now()
    scene.in_shop(f"{text}, less its fees")
    scene.end_payout()


def payment_of_an_unknown_order(scene: Scene) -> None:
    """The payout of Stripe tells of an order that never arrived."""
    scene.begin("Stripe's payout file has a payment that Odoo knows nothing of")
    orders = [scene.buy({"LAMP-1": 1}, STRIPE.code, "paid by Stripe")]
    scene.store.drop = lambda _hook, _topic, _id: True
    orders.append(scene.buy({"TEA-1": 4}, STRIPE.code, "paid by Stripe; its webhook gets lost"))
    scene.store.drop = None
    scene.chapter.payout = f"po_demo_{orders[0]}"
    profile = scene.books.profile(STRIPE, scene.books.fee_account())
    scene.books.import_file(profile, "stripe.csv", _stripe_file(scene, orders))
    scene.in_odoo("the bookkeeper imports the payout file stripe.csv")
    scene.books.sync_now()
    scene.in_odoo("the clerk presses “Sync Now”")
    scene.books.match_again(scene.chapter.payout)
    scene.in_odoo("the bookkeeper presses “Match Again”")
    scene.end_payout()


def _stripe_file(scene: Scene, order_ids: list[int]) -> str:
    """What Stripe's dashboard offers to download for a payout of these orders."""
    file = io.StringIO()
    writer = csv.DictWriter(file, STRIPE_COLUMNS)
    writer.writeheader()
    for number in order_ids:
        order = shop_view.order(scene.store, number)
        gross = Decimal(order["total"])
        fee = Decimal(meta.value(order["meta_data"], "_stripe_fee"))
        values = (
            f"txn_{number}",
            "charge",
            order["transaction_id"],
            gross,
            fee,
            gross - fee,
            order["currency"].lower(),
            order["date_paid_gmt"].replace("T", " "),
            scene.chapter.payout,
        )
        writer.writerow(dict(zip(STRIPE_COLUMNS, values, strict=True)))
    return file.getvalue()


ALL = (
    paid_out_by_woopayments,
    payment_of_an_unknown_order,
)
