"""Stock through the real stack: goods move in Odoo, the shop shows it, whatever dies meanwhile."""

from __future__ import annotations

import os
import re
import signal
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from odoo_client import OdooClient, connect_store

from channel_connector.dev.woostore import Server, Store

PICKINGS = 8
CHANGES = 12
MANY = 250


class StockShop:
    """A fake store, connected to a running Odoo that publishes its stock."""

    def __init__(self, store, server, odoo, sql, running):
        self.store, self.server, self.odoo, self.sql, self.running = (
            store,
            server,
            odoo,
            sql,
            running,
        )
        self.backend = connect_store(
            odoo, server.url, store.key, store.secret, log_mode="all", requests_per_minute=0
        )
        self.flow = self.search(
            "channel.flow", [("kind", "=", "stock"), ("direction", "=", "out")], active_test=False
        )
        odoo.call("channel.flow", "write", self.flow, {"active": True})
        self.warehouse = odoo.search_read(
            "stock.warehouse", [], ["lot_stock_id", "out_type_id"], limit=1
        )[0]
        self.shelf = self.warehouse["lot_stock_id"][0]
        self.products: dict[str, int] = {}

    def search(self, model, domain, **context):
        return self.odoo.call(model, "search", domain, context=context)

    def bind(self, skus, parent=""):
        """Odoo's products of these SKUs, bound to the shop's."""
        ids = self.odoo.call(
            "product.product",
            "create",
            [{"name": sku, "default_code": sku, "is_storable": True} for sku in skus],
        )
        self.odoo.call(
            "channel.binding.product",
            "create",
            [
                {
                    "backend_id": self.backend,
                    "odoo_id": product,
                    "external_id": str(self.store.product(sku)["id"]),
                    "parent_external_id": str(parent),
                    "sku": sku,
                }
                for sku, product in zip(skus, ids, strict=True)
            ],
        )
        self.products.update(zip(skus, ids, strict=True))

    def count(self, quantities):
        """An inventory: pieces by SKU, committed at once."""
        self.odoo.call(
            "stock.quant",
            "create",
            [
                {
                    "product_id": self.products[sku],
                    "location_id": self.shelf,
                    "inventory_quantity_auto_apply": quantity,
                }
                for sku, quantity in quantities.items()
            ],
            context={"inventory_mode": True},
        )

    def shown(self, skus):
        return [self.store.product(sku)["stock_quantity"] for sku in skus]

    def figures(self, skus, name):
        """What Odoo's own field says."""
        ids = [self.products[sku] for sku in skus]
        context = {"warehouse_id": self.warehouse["id"]}
        rows = self.odoo.call("product.product", "read", ids, [name], context=context)
        return [row[name] for row in rows]

    def notes(self):
        return self.sql("SELECT res_id, state, reason FROM channel_outbox WHERE kind = 'stock'")

    def picking(self, skus):
        """A delivery of one piece of each, reserved."""
        (customers,) = self.search("stock.location", [("usage", "=", "customer")])[:1]
        out_type = self.warehouse["out_type_id"][0]
        route = {"location_id": self.shelf, "location_dest_id": customers}
        picking = self.odoo.create(
            "stock.picking",
            picking_type_id=out_type,
            **route,
            move_ids=[
                (0, 0, {"product_id": self.products[sku], "product_uom_qty": 1, **route})
                for sku in skus
            ],
        )
        self.odoo.call("stock.picking", "action_confirm", [picking])
        self.odoo.call("stock.picking", "action_assign", [picking])
        return picking

    def later(self):
        """Some minutes later: dead jobs are found, and what lost its job gets a new one."""
        self.sql(
            "UPDATE queue_job SET date_enqueued = date_enqueued - interval '5 minutes'"
            " WHERE state IN ('enqueued', 'started')"
        )
        self.sql("UPDATE channel_outbox SET noted_at = noted_at - interval '5 minutes'")
        cron = self.search("ir.cron", [("cron_name", "ilike", "Channels:")])
        self.odoo.call("ir.cron", "method_direct_trigger", cron)


@pytest.fixture
def shop(server, sql):
    running = server(workers=PICKINGS + 2, channels="root:2")
    odoo = OdooClient(running.url, running.database)
    odoo.call("ir.config_parameter", "set_param", "web.base.url", running.url)
    store = Store(currency="USD")
    with Server(store) as served:
        shop = StockShop(store, served, odoo, sql, running)
        yield shop
        print("notes:", shop.notes()[:20])
        print("jobs:", sql("SELECT name, state, retry, result, exc_info FROM queue_job"))


def goods(shop, count, prefix="P-"):
    """SKUs of products that the shop counts and Odoo has, both without stock."""
    rows = shop.store.add_products(count, prefix, manage_stock=True, stock_quantity=0)
    skus = [row["sku"] for row in rows]
    shop.bind(skus)
    return skus


def test_pickings_of_the_same_products_at_once(shop, wait_until):
    """The outbox is appended to, and aborts none of the transactions that move goods."""
    skus = goods(shop, 5)
    shop.count(dict.fromkeys(skus, 100))
    wait_until(lambda: shop.shown(skus) == [100] * 5)
    for _round in range(3):
        pickings = [shop.picking(skus) for _number in range(PICKINGS)]
        clients = [
            OdooClient(shop.running.url, shop.running.database) for _number in range(PICKINGS)
        ]
        with ThreadPoolExecutor(PICKINGS) as pool:
            validated = pool.map(
                lambda pair: pair[0].call("stock.picking", "button_validate", [pair[1]]),
                zip(clients, pickings, strict=True),
            )
            assert all(result is True for result in validated)
    wait_until(lambda: not shop.notes())
    assert shop.figures(skus, "qty_available") == [100 - 3 * PICKINGS] * 5
    # Odoo's own quants may keep traces of reservations that raced: the shop shows what it says
    assert shop.shown(skus) == shop.figures(skus, "free_qty")
    aborted = [
        query
        for query in re.findall(
            r"bad query: (.*?)\nERROR: ", shop.running.log.read_text(errors="replace"), re.S
        )
        if "channel_outbox" in query
    ]
    assert not aborted
    assert not shop.sql("SELECT 1 FROM queue_job WHERE state = 'failed'")


def test_a_change_is_in_the_shop_within_seconds(shop, wait_until):
    """How long it takes on an idle system is printed; it is no condition."""
    (sku,) = goods(shop, 1)
    seconds = []
    for quantity in range(1, CHANGES + 1):
        shop.count({sku: quantity})
        committed = time.monotonic()
        wait_until(lambda quantity=quantity: shop.shown([sku]) == [quantity], every=0.01)
        seconds.append(time.monotonic() - committed)
        wait_until(lambda: not shop.notes())
    ordered = sorted(seconds)
    print(
        f"stock change committed → shown in the shop: median {statistics.median(ordered):.2f} s,"
        f" slowest of {CHANGES} {ordered[-1]:.2f} s"
    )


def test_a_worker_killed_in_the_middle_of_a_drain(shop, sql, wait_until):
    """Some calls were made, one is being made, others were not: all of it is published."""
    skus = goods(shop, MANY)
    tee = shop.store.add_variable_product(
        "Tee",
        [
            {"sku": f"TEE-{size}", "options": {"Size": size}, "manage_stock": True}
            for size in ("S", "M")
        ],
    )
    shop.bind(["TEE-S", "TEE-M"], tee["id"])
    skus += ["TEE-S", "TEE-M"]
    wait_until(lambda: not shop.notes())
    variations = f"/products/{tee['id']}/variations/batch"
    shop.server.faults.add("timeout", method="POST", path=variations, seconds=60)
    before = len(shop.server.faults.happened)
    shop.count(dict.fromkeys(skus, 7))
    wait_until(lambda: len(shop.server.faults.happened) > before)
    assert shop.shown(skus[:1]) == [7], "in the middle"
    assert len(shop.notes()) == 2, "what was answered is settled"
    for (pid,) in sql("SELECT worker_pid FROM queue_job WHERE state = 'started'"):
        os.kill(pid, signal.SIGKILL)
    shop.server.faults.clear()
    shop.count({skus[0]: 8})

    def published():
        shop.later()
        return not shop.notes()

    wait_until(published, timeout=120, every=1)
    assert shop.shown(skus) == [8] + [7] * (len(skus) - 1)
    (rows,) = sql("SELECT count(*), sum(quantity) FROM channel_published_stock WHERE known")
    assert rows == (len(skus), 8 + 7 * (len(skus) - 1))
    assert not sql("SELECT 1 FROM queue_job WHERE state = 'failed'")


def test_power_cut_while_notes_are_written(shop, sql, wait_until):
    """What was committed is published after the restart, though nobody enqueued a job for it."""
    skus = goods(shop, 3)
    wait_until(lambda: not shop.notes())
    shop.server.faults.down = True
    shop.count(dict.fromkeys(skus, 5))
    assert len(shop.notes()) == 3
    shop.running.kill()
    sql("DELETE FROM queue_job")
    shop.server.faults.down = False
    sql("UPDATE channel_gate SET open_until = NULL, failures = 0")
    shop.running.start()

    def published():
        shop.later()
        return not shop.notes()

    wait_until(published, timeout=90, every=1)
    assert shop.shown(skus) == [5, 5, 5]
