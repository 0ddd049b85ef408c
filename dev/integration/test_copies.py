"""A copy of a live database reaches no shop, however it was made, until a manager confirms it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack

import databases
import pytest
import requests
from odoo_client import OdooClient, OdooError, connect_store
from servers import Server as OdooServer

from channel_connector.core.signature import hmac_sha256_base64
from channel_connector.dev.woostore import Cart, Server, Store
from channel_connector.dev.woostore.samples import JANE

#: Buttons of a backend that ask the shop something.
BUTTONS = ("action_check_connection", "action_fill_mappings", "action_connect")


def _restore(source, target):
    """A plain restore: nothing of Odoo's runs, and number and address of the database are equal."""
    databases.drop(target)
    databases.execute("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", target)
    dump = subprocess.run(["pg_dump", "--no-owner", source], stdout=subprocess.PIPE, check=True)
    psql = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", target, "-o", os.devnull]
    subprocess.run(psql, input=dump.stdout, check=True)


def _duplicate(source, target, *options):
    databases.drop(target)
    path = f"{databases.ROOT}/dev:{databases.SETUP}"
    command = [sys.executable, "-m", "upgrade_run.duplicate", source, target, *options]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=True)


def _neutralize(source, target):
    _duplicate(source, target, "--neutralize")


COPIES = {"restored": _restore, "duplicated": _duplicate, "neutralized": _neutralize}


class Copy:
    """A copy of the live database, with a server: workers, job runner and scheduler."""

    def __init__(self, kind, source, backend):
        self.kind, self.source, self.backend = kind, source, backend
        self.database = f"{source}_{kind}"
        options = ["--max-cron-threads=1"]
        self.server = OdooServer(
            self.database, f"copy_{kind}", workers=2, channels="root:1", options=options
        )

    def __enter__(self):
        try:
            COPIES[self.kind](self.source, self.database)
            self.server.start()
        except BaseException:
            self.__exit__()
            raise
        self.odoo = OdooClient(self.server.url, self.database)
        return self

    def __exit__(self, *_error):
        self.server.stop()
        databases.drop(self.database)

    def read(self, *names):
        (row,) = self.odoo.search_read("channel.backend", [("id", "=", self.backend)], names)
        return row

    def exchanges(self):
        domain = [("direction", "=", "out")]
        return self.odoo.call("channel.log", "search_count", domain)

    def tick(self):
        cron = [("cron_name", "ilike", "Channels:")]
        found = self.odoo.call("ir.cron", "search", cron, context={"active_test": False})
        self.odoo.call("ir.cron", "method_direct_trigger", found)

    def jobs_at_work(self):
        """Jobs that run or could run now."""
        rows = self.odoo.search_read(
            "queue.job", [("state", "in", ("pending", "enqueued", "started"))], ["eta", "state"]
        )
        return [row for row in rows if row["state"] != "pending" or not row["eta"]]


@pytest.fixture
def store():
    store = Store(currency="USD", name="shop")
    store.add_product(sku="MUG", name="Mug", regular_price="12.50", stock_quantity=100)
    with Server(store) as served:
        yield store, served


def _buy(store):
    cart = Cart(lines=[("MUG", 1)], billing=JANE, payment_method="cod")
    return store.place_order(cart)


@pytest.fixture
def live(server, store, sql):
    """A live database in which work waits: deliveries, polls, notes of stock; and its backend."""
    store, served = store
    running = server(workers=2, channels="root:0", options=["--max-cron-threads=1"])
    odoo = OdooClient(running.url, running.database)
    odoo.call("ir.config_parameter", "set_param", "web.base.url", running.url)
    odoo.call("ir.config_parameter", "set_param", "web.base.url.freeze", "True")
    backend = connect_store(odoo, served.url, store.key, store.secret, log_mode="all")
    _buy(store)
    store.deliver()
    flows = odoo.call(
        "channel.flow", "search", [("active", "=", False)], context={"active_test": False}
    )
    odoo.call("channel.flow", "write", flows, {"active": True})
    product = odoo.create("product.product", name="Mug", default_code="MUG", is_storable=True)
    (mug,) = store.products
    bound = {"backend_id": backend, "external_id": str(mug), "odoo_id": product}
    odoo.create("channel.binding.product", **bound)
    odoo.call("channel.backend", "action_sync_now", [backend])
    _count_stock(odoo, product, 7)
    running.stop()
    assert sql("SELECT 1 FROM channel_event WHERE state = 'pending'")
    assert sql("SELECT 1 FROM channel_outbox WHERE kind = 'stock'")
    assert len(sql("SELECT 1 FROM queue_job WHERE state = 'pending'")) >= 3
    return backend


def _count_stock(odoo, product, pieces):
    (shelf,) = odoo.call("stock.location", "search", [("usage", "=", "internal")], limit=1)
    mode = {"inventory_mode": True}
    counted = {"product_id": product, "location_id": shelf, "inventory_quantity": pieces}
    quants = odoo.call("stock.quant", "create", [counted], context=mode)
    odoo.call("stock.quant", "action_apply_inventory", quants, context=mode)


def test_copies_reach_no_shop_and_the_original_goes_on(live, store, database, server, wait_until):
    store, _served = store
    told = len(store.requests)
    with ExitStack() as stack:
        copies = [stack.enter_context(Copy(kind, database, live)) for kind in COPIES]
        logged = [copy.exchanges() for copy in copies]
        for copy in copies:
            _try_everything(copy, store, wait_until)
        assert len(store.requests) == told, store.requests[told:]
        original = server(workers=2, channels="root:1")
        ours = OdooClient(original.url, database)
        ours.call("channel.backend", "action_sync_now", [live])
        wait_until(lambda: _orders(ours) == len(store.orders), timeout=120)
        assert len(store.requests) > told
        assert [copy.exchanges() for copy in copies] == logged, "all of these were the original's"
        original.stop()
        _confirm(copies[0], store, wait_until)


def _orders(odoo):
    return odoo.call("sale.order", "search_count", [("channel_backend_id", "!=", False)])


def _try_everything(copy, store, wait_until):
    """The scheduler, jobs that waited, new ones, buttons, a delivery of the shop's."""
    wait_until(lambda: not copy.jobs_at_work(), timeout=90)
    _press_buttons(copy)
    assert _deliver(copy, store) == (404 if copy.kind == "neutralized" else 200)
    product = copy.odoo.call("product.product", "search", [("default_code", "=", "MUG")])[0]
    _count_stock(copy.odoo, product, 3)
    wait_until(lambda: not copy.jobs_at_work(), timeout=90)
    if copy.kind == "neutralized":
        assert copy.read("state")["state"] == "draft"
        return
    copy.tick()
    assert copy.read("state", "is_copy") == {"id": copy.backend, "state": "paused", "is_copy": True}
    issues = copy.odoo.search_read("channel.issue", [("code", "=", "copied_database")], ["state"])
    assert [issue["state"] for issue in issues] == ["open"]
    with pytest.raises(OdooError, match="Confirm Go-Live"):
        copy.odoo.call("channel.backend", "action_resume", [copy.backend])
    wait_until(lambda: not copy.jobs_at_work(), timeout=90)


def _press_buttons(copy):
    """What a person would try first; a neutralised backend has no address and no key any more."""
    if copy.kind == "neutralized":
        copy.odoo.call("channel.backend", "action_check_connection", [copy.backend])
        return
    for button in BUTTONS:
        with pytest.raises(OdooError, match="Confirm Go-Live"):
            copy.odoo.call("channel.backend", button, [copy.backend])
    if copy.read("state")["state"] == "connected":  # the scheduler may have been first
        copy.odoo.call("channel.backend", "action_sync_now", [copy.backend])


def _deliver(copy, store):
    """What the shop tells the original comes to the copy, signed as the shop signs."""
    hook = next(
        hook for hook in store.webhooks.records.values() if hook["topic"] == "order.updated"
    )
    body = b'{"id": 1, "status": "processing"}'
    headers = {
        "Content-Type": "application/json",
        "X-WC-Webhook-Topic": hook["topic"],
        "X-WC-Webhook-Signature": hmac_sha256_base64(hook["secret"], body),
    }
    path = hook["delivery_url"].split("/channel/")[1]
    url = f"{copy.server.url}/channel/{path}"
    return requests.post(url, data=body, headers=headers, timeout=30).status_code


def _confirm(copy, store, wait_until):
    """From now on this one is live: what has waited in it is done."""
    told = len(store.requests)
    copy.odoo.call("channel.backend", "action_confirm_live", [copy.backend])
    assert copy.read("state", "is_copy") == {
        "id": copy.backend,
        "state": "connected",
        "is_copy": False,
    }
    copy.odoo.call("channel.backend", "action_sync_now", [copy.backend])
    wait_until(lambda: _orders(copy.odoo) == len(store.orders), timeout=120)
    assert len(store.requests) > told
