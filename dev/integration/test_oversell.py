"""Two shops sell one warehouse's goods while it ships them: real workers, real transactions.

Nobody holds anybody up: orders are imported, stock is published and goods come in at the same
time. When all is quiet both shops show what Odoo has.
"""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

from odoo_client import OdooClient, connect_store

from channel_connector.dev.woostore import Cart, Server, Store
from channel_connector.dev.woostore.samples import JANE

SKUS = ("MUG", "CUP", "TEE")
ORDERS = 25
BUSY = "SELECT 1 FROM queue_job WHERE state IN ('pending', 'enqueued', 'started')"
WAITING = """
    SELECT 1 FROM channel_event WHERE state = 'pending'
    UNION ALL SELECT 1 FROM channel_outbox WHERE kind = 'stock' AND state = 'pending'
"""
#: What a person would have to look at.
STUCK = """
    SELECT kind, external_id, state, reason FROM channel_event WHERE state IN ('blocked', 'failed')
    UNION ALL SELECT kind, res_model || res_id, state, reason FROM channel_outbox
     WHERE state IN ('blocked', 'failed')
"""
#: Free to use, by SKU, when all is quiet. What is reserved is counted on the moves:
#: Odoo lets several quants of a place come up beside each other and merges them by SQL, after which
#: their own sum of reservations may be too low until Odoo's next clean-up.
FREE = """
    SELECT product.default_code, SUM(quant.quantity) - (
           SELECT COALESCE(SUM(move.quantity), 0) FROM stock_move move
             JOIN stock_location place ON place.id = move.location_id AND place.usage = 'internal'
            WHERE move.product_id = product.id
              AND move.state IN ('assigned', 'partially_available'))
      FROM stock_quant quant
      JOIN stock_location place ON place.id = quant.location_id AND place.usage = 'internal'
      JOIN product_product product ON product.id = quant.product_id
     GROUP BY product.id, product.default_code
"""
#: Ordered and not reserved, because nothing was left.
SHORT = """
    SELECT product.default_code, SUM(move.product_qty - move.quantity)
      FROM stock_move move
      JOIN product_product product ON product.id = move.product_id
     WHERE move.sale_line_id IS NOT NULL
       AND move.state IN ('confirmed', 'waiting', 'partially_available')
     GROUP BY 1
"""


def _store():
    store = Store(currency="USD")  # the company of a new database
    for sku in SKUS:
        store.add_product(
            sku=sku, name=sku, regular_price="12.50", manage_stock=True, stock_quantity=0
        )
    return store


def test_two_shops_and_a_warehouse(server, sql, wait_until):
    running = server(workers=6, channels="root:4")
    odoo = OdooClient(running.url, running.database)
    odoo.call("ir.config_parameter", "set_param", "web.base.url", running.url)
    products = {
        sku: odoo.create("product.product", name=sku, default_code=sku, is_storable=True)
        for sku in SKUS
    }
    _receive(odoo, products, 40)
    stores = {"east": _store(), "west": _store()}
    with Server(stores) as served:
        for name, store in stores.items():
            backend = connect_store(
                odoo, served.url_of(name), store.key, store.secret, name=name, log_mode="all"
            )
            _publish(odoo, backend, store, products)
        wait_until(
            lambda: all(_shown(store) == dict.fromkeys(SKUS, 40) for store in stores.values())
        )
        served.start_delivering(0.2)
        with ThreadPoolExecutor(3) as pool:
            work = [pool.submit(_buy, store, seed) for seed, store in enumerate(stores.values())]
            work.append(pool.submit(_receive_more, running, products))
            for done in work:
                done.result()
        wait_until(lambda: not sql(BUSY) and not sql(WAITING), timeout=180)
        assert not sql("SELECT name, exc_info FROM queue_job WHERE state = 'failed'")
        assert not sql(STUCK), sql(STUCK)
        free, short = dict(sql(FREE)), dict(sql(SHORT))
        # below zero: what is owed, of which each shop is told
        wanted = {sku: int(free[sku] - short.get(sku, 0)) for sku in SKUS}
        assert [_shown(store) for store in stores.values()] == [wanted, wanted]
        ((imported,),) = sql("SELECT COUNT(*) FROM channel_binding_order")
        assert imported == sum(len(store.orders) for store in stores.values())


def _publish(odoo, backend, store, products):
    for sku, product in products.items():
        odoo.create(
            "channel.binding.product",
            backend_id=backend,
            external_id=str(store.product(sku)["id"]),
            odoo_id=product,
            sku=sku,
        )
    flows = odoo.call(
        "channel.flow",
        "search",
        [("backend_id", "=", backend), ("kind", "=", "stock"), ("active", "=", False)],
    )
    odoo.call("channel.flow", "write", flows, {"active": True})
    odoo.call("channel.backend", "action_publish_stock", [backend])


def _receive(odoo, products, pieces):
    (place,) = odoo.call("stock.warehouse", "search_read", [], ["lot_stock_id"], limit=1)
    quants = [
        odoo.create(
            "stock.quant",
            product_id=product,
            location_id=place["lot_stock_id"][0],
            inventory_quantity=pieces,
        )
        for product in products.values()
    ]
    odoo.call("stock.quant", "action_apply_inventory", quants)


def _receive_more(running, products):
    """Goods come in while orders are reserved: through receipts, as a warehouse does."""
    odoo = OdooClient(running.url, running.database)
    (kind,) = odoo.call(
        "stock.picking.type",
        "search_read",
        [("code", "=", "incoming")],
        ["default_location_src_id", "default_location_dest_id"],
        limit=1,
    )
    for _number in range(6):
        moves = [
            (
                0,
                0,
                {
                    "product_id": product,
                    "product_uom_qty": 2,
                    "location_id": kind["default_location_src_id"][0],
                    "location_dest_id": kind["default_location_dest_id"][0],
                },
            )
            for product in products.values()
        ]
        picking = odoo.create("stock.picking", picking_type_id=kind["id"], move_ids=moves)
        odoo.call("stock.picking", "action_confirm", [picking])
        odoo.call("stock.picking", "button_validate", [picking])


def _buy(store, seed):
    """Customers who buy what is shown, one after the other."""
    rng, pause = random.Random(seed), threading.Event()
    for _number in range(ORDERS):
        pause.wait(rng.random() / 3)
        with store.lock:
            lines = [
                (sku, min(rng.randint(1, 3), shown))
                for sku, shown in _shown(store).items()
                if shown > 0 and rng.random() < 0.6
            ]
            if lines:
                store.place_order(
                    Cart(lines=lines, billing=JANE, payment_method="cod"), status="processing"
                )


def _shown(store):
    return {sku: store.product(sku)["stock_quantity"] for sku in SKUS}
