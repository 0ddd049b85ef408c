"""Two hosts on one database: jobs, webhooks and what processes remember, while one of them dies.

How long a take-over lasts depends on the machine and on queue_job: it is printed, not tested.
"""

from __future__ import annotations

import os
import signal
import time
from urllib.parse import urlsplit

import pytest
import requests
from money_shop import held
from reference import Nginx, odoo_conf
from two_hosts import Stopwatch, TwoHosts

from channel_connector.dev.woostore import Server, Store

needs_nginx = pytest.mark.skipif(not Nginx.installed(), reason="nginx is not installed")
#: A dead job is looked for once a minute, and when there is anything else to do.
PATIENCE = 180
NOTES = "SELECT 1 FROM channel_outbox WHERE kind = 'stock' AND state = 'pending'"
CUT_OFF = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ANY(%s)"


@pytest.fixture
def shop():
    store = Store(currency="USD")  # the company of a new database
    with Server(store) as served:
        yield store, served


@pytest.fixture
def hosts(server, sql, shop):
    """Two hosts of which each runs the jobs that its own runner hands out; the first one leads."""
    both = [server(workers=3, channels="root:2") for _number in range(2)]
    return TwoHosts(both, sql, *shop, both[1].url)


def test_the_leader_dies_in_the_middle(hosts, sql, wait_until, capsys):
    """Every delivery comes to both hosts, at once; the one that hands out the jobs is killed."""
    first, second = hosts.hosts
    hosts.deliver_to(first)
    wait_until(lambda: hosts.leader() == first)
    hosts.buy(40)
    hosts.served.start_delivering(0.1)
    wait_until(lambda: hosts.imported() >= 5 and hosts.started())
    dead = first.workers()
    first.kill()
    took = Stopwatch()
    left = len(hosts.store.orders) - hosts.imported()
    hosts.odoo = hosts.client(second)
    wait_until(lambda: hosts.leader() == second)
    leads = took.seconds()
    _go_on_buying(hosts, wait_until)
    alone = took.seconds()
    work = hosts.work_of({"first": dead, "second": second.workers()})
    # the dead one comes back, and is of use at once
    first.start()
    hosts.buy(10)
    wait_until(hosts.is_quiet, timeout=PATIENCE)
    assert hosts.leader() == second
    hosts.judge()
    assert all(work.values()), "both have done some of it"
    with capsys.disabled():
        print(
            f"\nleader killed with {left} orders to go: the other leads after {leads:.1f} s, "
            f"all is done after {alone:.1f} s; jobs {work}"
        )


def test_a_leader_that_was_frozen_does_nothing_twice(hosts, sql, wait_until, capsys):
    """Its connections are cut, as an operator does; then it thaws and believes it leads."""
    first, second = hosts.hosts
    wait_until(lambda: hosts.leader() == first)
    hosts.buy(25)
    hosts.served.start_delivering(0.1)
    wait_until(lambda: hosts.imported() >= 3 and hosts.started())
    # its HTTP workers go by the name of the process that they were forked from
    names = [f"odoo-{pid}" for pid in (first.process.pid, *first.workers())]
    os.killpg(first.process.pid, signal.SIGSTOP)
    try:
        sql(CUT_OFF, names)
        hosts.odoo = hosts.client(second)
        took = Stopwatch()
        wait_until(lambda: hosts.leader() == second)
        leads = took.seconds()
        wait_until(lambda: hosts.imported() >= 15, timeout=PATIENCE)
    finally:
        os.killpg(first.process.pid, signal.SIGCONT)
    _go_on_buying(hosts, wait_until)
    assert hosts.leader() == second
    # it finds its connections gone, and calls jobs failed that the other one has done since
    hosts.judge("failed job")
    with capsys.disabled():
        print(f"\nfrozen leader cut off: the other leads after {leads:.1f} s")


def test_what_a_job_has_committed_is_known_on_the_other_host(
    server, sql, shop, database, wait_until
):
    """Movements of goods are noted once a product is bound, by processes that remembered none.

    The job that binds the first one is held up after its commit, and killed there.
    """
    first = server(workers=3, channels="root:2")
    second = server(workers=1, channels="root:0")
    hosts = TwoHosts([first, second], sql, *shop, second.url)
    there = hosts.client(second)
    product = _publish_stock(there)
    count = _counter(there, product)
    count(5)
    assert not sql(NOTES)
    with held(database, "channel_log") as waits:
        hosts.buy(1)
        hosts.store.deliver()
        wait_until(waits)
        assert sql("SELECT 1 FROM channel_binding_product")
        # the binding's own note is gone
        wait_until(lambda: hosts.store.product("MUG")["stock_quantity"] == 4 and not sql(NOTES))
        count(7)
        # a drain that is not held up yet tells it before anybody sees the note
        wait_until(lambda: sql(NOTES) or hosts.store.product("MUG")["stock_quantity"] == 6)
        first.kill()
        sql("DELETE FROM channel_outbox WHERE kind = 'stock'")
        count(9)
        assert sql(NOTES)
    first.start()
    hosts.served.start_delivering(0.1)
    wait_until(lambda: hosts.store.product("MUG")["stock_quantity"] == 8, timeout=PATIENCE)
    wait_until(hosts.is_quiet, timeout=PATIENCE)
    hosts.judge()


def _publish_stock(odoo):
    """A product that the shop's first order will be bound to, and the flow that tells its stock."""
    flows = odoo.call("channel.flow", "search", [("kind", "=", "stock"), ("active", "=", False)])
    odoo.call("channel.flow", "write", flows, {"active": True})
    return odoo.create("product.product", name="Mug", default_code="MUG", is_storable=True)


def _counter(odoo, product):
    (warehouse,) = odoo.search_read("stock.warehouse", [], ["lot_stock_id"], limit=1)

    def count(pieces):
        values = {
            "product_id": product,
            "location_id": warehouse["lot_stock_id"][0],
            "inventory_quantity_auto_apply": pieces,
        }
        odoo.call("stock.quant", "create", [values], context={"inventory_mode": True})

    return count


# === THE REFERENCE SET-UP === #


@needs_nginx
def test_the_reference_behind_nginx(server, sql, shop, tmp_path, wait_until, capsys):
    """A host works on what the other's runner hands out; it dies, and the shop sees no error."""
    store, served = shop
    nginx = Nginx(tmp_path)
    conf = odoo_conf(tmp_path, nginx.jobs_port, channels="root:3,root.channel.catalog:1")
    first, second = both = [_host(server, conf) for _number in range(2)]
    nginx.configure(both)
    with nginx:
        hosts = TwoHosts(both, sql, store, served, nginx.url)
        wait_until(lambda: hosts.leader() == first)
        _doors_are_shut(nginx, hosts)
        hosts.buy(40)
        answers = store.deliver()
        wait_until(lambda: hosts.imported() >= 15)
        pids = {"first": first.workers(), "second": second.workers()}
        first.kill()
        took = Stopwatch()
        hosts.buy(20)
        answers += store.deliver()
        served.start_delivering(0.2)
        hosts.odoo = hosts.client(second)
        _go_on_buying(hosts, wait_until)
        assert {status for status, _topic, _id in answers} == {200}, "a delivery was refused"
        work = hosts.work_of(pids)
        assert all(work.values()), "jobs went to both hosts"
        hosts.judge("rejected_deliveries")
        token = urlsplit(next(iter(store.webhooks))["delivery_url"]).path.split("/")[2]
    assert any("/channel/***/webhook" in line for line in nginx.accesses())
    assert not any(token in line for line in nginx.accesses())
    assert not [
        line for host in both for line in host.tail(10**6).splitlines() if "unknown opt" in line
    ]
    with capsys.disabled():
        print(f"\nbehind nginx, leader killed: all done after {took.seconds():.1f} s; jobs {work}")


def _host(server, conf):
    """As the reference says; the channels of its file instead of those of the environment."""
    return server(
        workers=3, options=[f"--config={conf}"], environment={"ODOO_QUEUE_JOB_CHANNELS": ""}
    )


def _doors_are_shut(nginx, hosts):
    """What only the runner and the own network may ask for, and what is too much."""

    def status(method, path, **arguments):
        url = nginx.url + path
        return requests.request(method, url, verify=False, timeout=30, **arguments).status_code

    for path in ("/queue_job/runjob", "/en/queue_job/runjob", "/fr_BE//queue_job/runjob"):
        assert status("GET", path, params={"job_uuid": "x"}) == 404, path
    assert status("GET", "/queue%5Fjob/runjob?job_uuid=x") == 404
    direct = requests.get(f"{hosts.hosts[0].url}/queue_job/runjob?job_uuid=x", timeout=30)
    assert direct.status_code == 200, "it is the proxy that refuses"
    assert status("GET", "/channel/metrics") == 403
    hook = urlsplit(next(iter(hosts.store.webhooks))["delivery_url"]).path
    assert status("POST", hook, data=b"x" * (3 << 20)) == 413
    assert status("POST", hook, json={}) == 401, "it reaches Odoo, which wants a signature"
    assert status("GET", "/web/login") == 200


def _go_on_buying(hosts, wait_until):
    """A customer a second until all that was bought before is in Odoo, and the rest after that."""
    before = {str(order) for order in hosts.store.orders}

    def arrived():
        hosts.buy(1)
        time.sleep(1)
        return before <= {
            name for (name,) in hosts.sql("SELECT external_id FROM channel_binding_order")
        }

    wait_until(arrived, timeout=PATIENCE)
    wait_until(hosts.is_quiet, timeout=PATIENCE)
