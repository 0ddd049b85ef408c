"""Orders through the real stack: shop, webhooks, Odoo's workers and job runner, PostgreSQL."""

from __future__ import annotations

import threading
import time

import pytest
import requests
from odoo_client import OdooClient, connect_store

from channel_connector.core.signature import hmac_sha256_base64
from channel_connector.dev.woostore import Cart, Server, Store
from channel_connector.dev.woostore.samples import JANE


class Shop:
    """A fake store, connected to a running Odoo."""

    def __init__(self, store, shop, odoo, backend):
        self.store, self.server, self.odoo, self.backend = store, shop, odoo, backend

    def buy(self, sku="MUG", quantity=1, **values):
        cart = Cart(
            lines=[(sku, quantity)],
            shipping=[("flat_rate", "4.90")],
            **{"billing": JANE, "payment_method": "cod", **values},
        )
        return self.store.place_order(cart)

    def sale_orders(self, *domain):
        return self.odoo.search_read(
            "sale.order",
            [("channel_backend_id", "=", self.backend), *domain],
            ["name", "state", "amount_total", "amount_tax", "client_order_ref"],
        )

    def events(self, **filters):
        domain = [("backend_id", "=", self.backend)]
        domain += [(name, "=", value) for name, value in filters.items()]
        return self.odoo.search_read(
            "channel.event", domain, ["external_id", "state", "reason", "source", "topic"]
        )

    def token(self):
        url = self.odoo.search_read(
            "channel.backend", [("id", "=", self.backend)], ["webhook_url"]
        )[0]["webhook_url"]
        return url.split("/channel/")[1].split("/")[0]


@pytest.fixture
def shop(server, sql, request):
    running = server(workers=4, channels="root:2")
    odoo = OdooClient(running.url, running.database)
    odoo.call("ir.config_parameter", "set_param", "web.base.url", running.url)
    store = Store(currency="USD")  # the company of a new database
    store.add_product(sku="MUG", name="Mug", regular_price="12.50", stock_quantity=1000)
    with Server(store) as shop:
        backend = connect_store(odoo, shop.url, store.key, store.secret, log_mode="all")
        connected = Shop(store, shop, odoo, backend)
        yield connected
        if getattr(request.node, "failed", False):
            print("events:", connected.events())
            print("jobs:", sql("SELECT name, state, retry, result, exc_info FROM queue_job"))


def test_webhook_becomes_a_confirmed_order(shop, wait_until):
    order = shop.buy()
    shop.store.deliver()
    (sale,) = wait_until(lambda: shop.sale_orders())
    assert f"{sale['amount_total']:.2f}" == order["total"]
    assert f"{sale['amount_tax']:.2f}" == order["total_tax"]
    assert sale["state"] == "sale"
    wait_until(lambda: not shop.events(state="pending"))
    assert {event["state"] for event in shop.events()} <= {"done", "ignored"}


def test_the_same_order_twenty_times_in_parallel_is_one_sale_order(shop, sql, wait_until):
    order = shop.buy()
    url = f"{shop.odoo.url}/channel/{shop.token()}/webhook"
    secret = next(iter(shop.store.webhooks))["secret"]

    def deliver(number):
        body = b'{"id": %d, "number": "%d"}' % (order["id"], number)
        answer = requests.post(
            url,
            data=body,
            headers={
                "Content-Type": "application/json",
                "X-WC-Webhook-Topic": "order.updated" if number % 2 else "order.created",
                "X-WC-Webhook-Resource": "order",
                "X-WC-Webhook-Event": "updated" if number % 2 else "created",
                "X-WC-Webhook-Source": shop.server.url,
                "X-WC-Webhook-Signature": hmac_sha256_base64(secret, body),
            },
            timeout=30,
        )
        assert answer.status_code == 200

    threads = [threading.Thread(target=deliver, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # one job a record is the rule; make as many as there are events, to race on purpose
    sql("UPDATE queue_job SET identity_key = NULL")
    wait_until(lambda: shop.sale_orders())
    wait_until(lambda: not shop.events(state="pending"))
    assert len(shop.sale_orders()) == 1
    assert not sql("SELECT 1 FROM queue_job WHERE state = 'failed'")


def test_a_store_that_is_down_burns_no_retries(shop, sql, wait_until):
    orders = [shop.buy() for _number in range(3)]
    shop.server.faults.down = True
    shop.store.deliver()
    wait_until(lambda: sql("SELECT 1 FROM channel_gate WHERE failures > 0"))
    time.sleep(1)
    assert not sql("SELECT 1 FROM queue_job WHERE state = 'failed'")
    assert sql("SELECT max(retry) FROM queue_job WHERE model_name = 'channel.event'") == [(0,)]
    assert {event["state"] for event in shop.events(kind="order")} == {"pending"}
    assert sql("SELECT 1 FROM channel_log WHERE status = 503")
    shop.server.faults.down = False
    # an hour later: the breaker lets a probe through, postponed jobs are due
    sql("UPDATE channel_gate SET open_until = now() at time zone 'utc' - interval '1 second'")
    sql("UPDATE queue_job SET eta = NULL WHERE state = 'pending'")
    wait_until(lambda: len(shop.sale_orders()) == len(orders), timeout=90)
    assert sql("SELECT failures, open_until FROM channel_gate") == [(0, None)]


def test_the_sweep_brings_back_what_lost_its_job(shop, sql, wait_until):
    shop.odoo.call("channel.backend", "action_pause", [shop.backend])
    shop.buy()
    shop.store.deliver()
    wait_until(lambda: shop.events(state="pending"))
    wait_until(lambda: not sql("SELECT 1 FROM queue_job WHERE state NOT IN ('done', 'cancelled')"))
    sql("DELETE FROM queue_job")
    sql("UPDATE channel_event SET received_at = received_at - interval '2 minutes'")
    shop.odoo.call("channel.backend", "action_resume", [shop.backend])
    shop.odoo.call(
        "ir.cron",
        "method_direct_trigger",
        shop.odoo.call("ir.cron", "search", [("cron_name", "ilike", "Channels:")]),
    )
    wait_until(lambda: shop.sale_orders())
    wait_until(lambda: not shop.events(state="pending"))


def test_the_budget_is_shared_without_a_failed_job(shop, sql, wait_until):
    """All workers take from one row; meeting there costs no job a try."""
    shop.odoo.call("channel.backend", "write", [shop.backend], {"max_parallel": 4})
    orders = [shop.buy() for _number in range(20)]
    shop.store.deliver()
    wait_until(lambda: len(shop.sale_orders()) == len(orders), timeout=90)
    wait_until(lambda: not shop.events(state="pending"))
    # a job that is done has counted its one run
    assert sql("SELECT max(retry) FROM queue_job WHERE model_name = 'channel.event'") == [(1,)]
    assert not sql("SELECT 1 FROM queue_job WHERE state = 'failed'")
