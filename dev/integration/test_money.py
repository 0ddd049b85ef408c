"""Money and goods after an order, by real processes that die, race and lose answers."""

from __future__ import annotations

import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from money_shop import MoneyShop, held

from channel_connector.dev.woostore import Server, Store

#: Whose writers wait when the power goes: documents, bindings, and the webhook's own event, whose
#: loss only a poll makes good.
STATEMENTS = (
    "account_move",
    "account_payment",
    "account_partial_reconcile",
    "stock_picking",
    "channel_binding_refund",
    "channel_event",
)
ONE_OF_EACH = {
    "invoices": 1,
    "payments": 1,
    "credit_notes": 1,
    "paid_back": 1,
    "deliveries": 1,
    "returns": 1,
}


@pytest.fixture
def running(server):
    return server(workers=6, channels="root:4")


@pytest.fixture
def shop(odoo, sql):
    store = _store("shop")
    with Server(store) as served:
        shop = MoneyShop(store, served, odoo, sql)
        yield shop
        print("troubles:", shop.troubles())
        print("unfinished:", shop.unfinished())
        print("events:", shop.history())


def _store(name, **options):
    store = Store(currency="USD", name=name, **options)
    store.add_product(sku="MUG", name="Mug", regular_price="12.50", stock_quantity=1000)
    return store


@pytest.fixture
def shipped(shop, wait_until):
    """Function that makes a paid and shipped order."""

    def make(**cart):
        order = shop.buy(**cart)
        wait_until(lambda: shop.sale(order).get("invoice_ids") and shop.is_done(), timeout=90)
        shop.clerk.deliver(shop.sale(order))
        wait_until(shop.is_done, timeout=90)
        return order

    return make


def _revive(shop, running, wait_until):
    """Power comes back, if it has not; some minutes later everything has been done."""
    if not running.is_running:
        running.start()
    shop.later()
    wait_until(shop.is_done, timeout=120, every=0.3)
    assert not shop.troubles()


def _check(shop, order, **differing):
    """One of each, unless said otherwise, and the money is the shop's."""
    net = shop.net(order)
    expected = {**ONE_OF_EACH, "invoiced": net, "paid": net, **differing}
    assert shop.books(order) == expected
    assert len(shop.refunds(order)) == expected["credit_notes"]


# === A JOB IS KILLED === #


def test_killed_at_chosen_statements(shop, running, wait_until, shipped):
    """The server loses power while a job waits for a statement: it never happened, or once."""
    for table in STATEMENTS:
        print("held:", table)
        order = shipped()
        with held(running.database, table) as waits:
            shop.refund(order)
            shop.store.deliver()
            wait_until(waits)
            running.kill()
        _revive(shop, running, wait_until)
        _check(shop, order)


def test_killed_while_invoice_and_payment_are_made(shop, running, wait_until):
    for table in ("account_move", "account_payment"):
        with held(running.database, table) as waits:
            order = shop.buy()
            wait_until(waits)
            running.kill()
        _revive(shop, running, wait_until)
        _check(shop, order, credit_notes=0, paid_back=0, returns=0)


def test_a_killed_worker_while_the_shop_answers(shop, sql, wait_until, shipped):
    """One worker dies; its server and the job runner go on."""
    order = shipped()
    shop.server.faults.add("timeout", method="GET", path=f"/orders/{order['id']}", seconds=30)
    before = len(shop.server.faults.happened)
    shop.refund(order)
    shop.store.deliver()
    wait_until(lambda: len(shop.server.faults.happened) > before)
    pids = sql("SELECT worker_pid FROM queue_job WHERE state = 'started'")
    assert pids
    for (pid,) in pids:
        os.kill(pid, signal.SIGKILL)
    shop.server.faults.clear()
    shop.later()
    wait_until(shop.is_done, timeout=120, every=0.3)
    assert not shop.troubles()
    _check(shop, order)


def test_killed_between_the_refund_and_our_knowledge_of_it(shop, running, wait_until, shipped):
    """A credit note's refund is in the shop, and the server dies before it is written down."""
    order = shipped()
    with held(running.database, "channel_binding_refund") as waits:
        shop.clerk.credit(shop.sale(order), "MUG", 1, "Broken")
        wait_until(waits)
        assert len(shop.refunds(order)) == 1
        shop.store.deliver()
        # the webhook's job finds the order taken by ours
        wait_until(
            lambda: shop.sql(
                "SELECT 1 FROM queue_job WHERE state = 'pending' AND model_name = 'channel.event'"
                " AND eta IS NOT NULL"
            )
        )
        running.kill()
    running.start()
    # and is the first to run now
    wait_until(lambda: not shop.sql("SELECT 1 FROM channel_event WHERE state = 'pending'"))
    _revive(shop, running, wait_until)
    assert len(shop.refunds(order)) == 1
    _check(shop, order, paid_back=0, returns=0, paid=order["total"])


def test_killed_at_random_moments(shop, running, wait_until, shipped):
    rng = random.Random(20)
    orders = [shipped(), shipped()]
    for number in range(5):
        orders.append(shop.buy())
        shop.refund(orders[number % 2])
        shop.store.deliver()
        time.sleep(rng.uniform(0.05, 2))
        running.kill()
        running.start()
    shop.later()
    wait_until(shop.is_done, timeout=180, every=0.3)
    assert not shop.troubles()
    for position, order in enumerate(orders):
        made = len(shop.refunds(order))
        assert made == (3, 2, 0)[min(position, 2)]
        _check(shop, order, credit_notes=made, paid_back=made, returns=made)


# === EVERYTHING AT ONCE === #


def test_everything_of_one_order_at_once(shop, running, sql, wait_until, shipped):
    """Four jobs at a time, each webhook twice; refunds, a note, a shipment, a credit note."""
    order = shop.buy(quantity=5)
    wait_until(lambda: shop.sale(order).get("invoice_ids") and shop.is_done(), timeout=90)
    sale = shop.sale(order)
    doings = [
        lambda: shop.refund(order, 1, restock=False),
        lambda: shop.refund(order, 1, restock=False),
        lambda: shop.store.edit_order(order["id"], customer_note="Ring twice"),
        lambda: shop.clerk.deliver(sale, {"MUG": 3}),
        lambda: shop.clerk.credit(sale, "MUG", 1, "Broken"),
        lambda: _deliver_twice(shop),
        lambda: _deliver_twice(shop),
    ]
    _at_once(doings)
    # one job a record is the rule; make as many as there are events, to race on purpose
    sql("UPDATE queue_job SET identity_key = NULL WHERE state != 'done'")
    _deliver_twice(shop)
    wait_until(shop.is_done, timeout=120, every=0.3)
    assert not shop.troubles()
    assert len(shop.refunds(order)) == 3
    books = shop.books(order)
    assert (books["invoices"], books["payments"], books["credit_notes"]) == (1, 1, 3)
    assert books["invoiced"] == shop.net(order)
    assert not sql("SELECT external_id FROM channel_binding_refund GROUP BY 1 HAVING count(*) > 1")


def _deliver_twice(shop):
    """The shop tells everything twice, as some do after a hiccup."""
    with shop.store.lock:
        shop.store.webhooks.pending.extend(list(shop.store.webhooks.pending))
    shop.store.deliver()


def _at_once(doings):
    """Do all of it in threads; what one of them raises is raised."""
    with ThreadPoolExecutor(len(doings)) as threads:
        for done in [threads.submit(doing) for doing in doings]:
            done.result()


# === LOST ANSWERS === #


@pytest.mark.parametrize("kind", ["timeout", "reset"])
def test_each_post_is_in_the_shop_once(odoo, sql, wait_until, kind):
    """The shop does what it is told, and its answer is lost: the retry finds it there."""
    stores = {
        "notes": _store("notes"),
        "trackings": _store("trackings"),
        "fulfilments": _store("fulfilments", version="10.3.0"),
    }
    stores["trackings"].features.add("shipment-tracking")
    stores["fulfilments"].features.add("fulfillments")
    with Server(stores) as served:
        shops = {
            name: MoneyShop(store, served, odoo, sql, url=served.url_of(name))
            for name, store in stores.items()
        }
        orders = {name: shop.buy() for name, shop in shops.items()}
        for name, shop in shops.items():
            wait_until(lambda s=shop, n=name: s.sale(orders[n]).get("invoice_ids"), timeout=90)
        wait_until(lambda: all(shop.is_done() for shop in shops.values()), timeout=90)
        for path in ("/notes", "/shipment-trackings", "/fulfillments", "/refunds"):
            served.faults.add(kind, method="POST", path=path, when="after", seconds=3)
        for name, shop in shops.items():
            shop.clerk.deliver(shop.sale(orders[name]), carrier_tracking_ref="TRACK-1")
        shops["notes"].clerk.credit(shops["notes"].sale(orders["notes"]), "MUG", 1, "Broken")
        wait_until(lambda: all(shop.is_done() for shop in shops.values()), timeout=120, every=0.3)
        assert len(served.faults.happened) == 4
        assert not shops["notes"].troubles()
        _check_told_once(stores, orders)


def _check_told_once(stores, orders):
    notes = stores["notes"]
    told = [note for note in notes.notes_of(orders["notes"]["id"]) if "TRACK-1" in note["note"]]
    assert len(told) == 1
    assert len(notes.refunds) == 1
    assert len(stores["trackings"].trackings(orders["trackings"]["id"])) == 1
    made = [row for row in stores["fulfilments"].fulfillments.values() if not row["date_deleted"]]
    assert len(made) == 1
