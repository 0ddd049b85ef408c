"""``dev/bench webhook``: a delivery stored as event and job, against one INSERT in a controller.

Both addresses are on one server and get the same bodies in turns, by the same clients. First
with the job runner stopped, then while orders are imported by more workers than jobs may use.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import bare_addon  # noqa: F401  makes channel_connector.core importable
import databases
import psycopg2
from odoo_client import OdooClient, connect_store
from servers import Server

from channel_connector.core.signature import hmac_sha256_base64

from .clients import Delivery, post_all
from .figures import Figure, Results, Row, Sample, figure
from .shop import Shop
from .sizes import Sizes

WORKERS, CAPACITY = 4, 2
BLOCK = 50
#: orders waiting to be imported under load, for each delivery of a measurement
LOAD_SHARE = 5
#: ids that no order of the shop has
FIRST_ID = 10_000_000
TARGETS = {"p50": 2.0, "p95": 3.0}
OURS, BARE = "channel", "minimal"
#: at the end of a line of Odoo's log: path, status, …, number of queries
REQUEST = re.compile(r'"POST /(channel|minimal)/\S* HTTP/[\d.]+" 200 \S+ (\d+) ')


class Endpoints:
    """The two addresses of one server, and deliveries for them."""

    def __init__(self, server: Server, token: str, secret: str, shop: Shop) -> None:
        self.server = server
        self.token = token
        self.secret = secret
        self.shop = shop
        self._ids = itertools.count(FIRST_ID)

    def delivery(self, order_id: int, name: str = OURS) -> Delivery:
        """A signed delivery about an order, with a whole order as its body."""
        body = json.dumps({**self.shop.sample, "id": order_id}).encode()
        headers = {
            "Content-Type": "application/json",
            "X-WC-Webhook-Source": f"{self.shop.url}/",
            "X-WC-Webhook-Topic": "order.updated",
            "X-WC-Webhook-Resource": "order",
            "X-WC-Webhook-Event": "updated",
            "X-WC-Webhook-Signature": hmac_sha256_base64(self.secret, body),
            "X-WC-Webhook-ID": "1",
        }
        return Delivery(f"/{name}/{self.token}/webhook", body, headers)

    def block(self, name: str, size: int) -> list[Delivery]:
        return [self.delivery(next(self._ids), name) for _number in range(size)]

    def measure(self, requests: int, clients: int, *, keep_alive: bool) -> dict[str, list[Sample]]:
        """Blocks of deliveries to the two addresses in turns, after one block to warm up."""
        found: dict[str, list[Sample]] = defaultdict(list)
        for number in range(-1, -(-requests // BLOCK)):
            names = (OURS, BARE) if number % 2 else (BARE, OURS)
            for name in names:
                block = self.block(name, BLOCK)
                samples = post_all(self.server.url, block, clients, keep_alive=keep_alive)
                if number >= 0:
                    found[name] += samples
        return found


def rows(
    name: str, found: dict[str, list[Sample]], queries: dict[str, float], note: str = ""
) -> list[Row]:
    """The rows of one situation: at the median and at 95 %."""

    def counted(which: str) -> Figure:
        return replace(figure(found[which]), queries=queries.get(which))

    return [
        Row(f"Delivery acknowledged, {name}", counted(OURS), counted(BARE), target, at, note)
        for at, target in TARGETS.items()
    ]


def _clients(count: int) -> str:
    return f"{count} client{'s' * (count > 1)}"


def queries_in(log: Path) -> dict[str, float]:
    """Median number of queries of each address, as Odoo logs them for every request."""
    found: dict[str, list[int]] = defaultdict(list)
    for match in REQUEST.finditer(log.read_text(errors="replace")):
        found[match[1]].append(int(match[2]))
    return {name: statistics.median(counts) for name, counts in found.items()}


@contextmanager
def prepared_database() -> Iterator[str]:
    """A fresh copy with the minimal addon and its table."""
    name = f"{databases.PREFIX}_bench_webhook"
    with databases.locked("bench_webhook"):
        databases.copy(os.environ["INSTALLED_DB"], name)
        try:
            databases.install(name, "minimal_addon")
            execute(
                name,
                "CREATE TABLE minimal_delivery "
                "(id serial PRIMARY KEY, token varchar, payload jsonb)",
            )
            yield name
        finally:
            databases.drop(name)


def use_minimal_addon() -> None:
    """Put the folder of the minimal addon on the addons path, for this benchmark only."""
    config = Path(os.environ["ODOO_CONF"])
    own = config.with_name("bench.conf")
    folder = Path(__file__).parent
    text = config.read_text()
    own.write_text(re.sub(r"(?m)^(addons_path = .*)$", rf"\1,{folder}", text))
    os.environ["ODOO_RC"] = str(own)


def connect(server: Server, database: str, shop: Shop) -> Endpoints:
    """Connect the shop without limits that would slow the benchmark down."""
    odoo = OdooClient(server.url, database)
    odoo.call("ir.config_parameter", "set_param", "web.base.url", server.url)
    euro = odoo.call(
        "res.currency", "search", [("name", "=", "EUR")], context={"active_test": False}
    )
    odoo.call("res.currency", "write", euro, {"active": True})
    backend = connect_store(
        odoo,
        shop.url,
        shop.key,
        shop.secret,
        webhooks=False,
        requests_per_minute=0,
        webhooks_per_minute=0,
        max_parallel=CAPACITY,
    )
    secret = "benchmark"
    odoo.call("channel.backend", "write", [backend], {"webhook_secret": secret})
    (values,) = odoo.search_read("channel.backend", [("id", "=", backend)], ["webhook_token"])
    return Endpoints(server, values["webhook_token"], secret, shop)


@contextmanager
def running(database: str, name: str, **values: object) -> Iterator[Server]:
    server = Server(database, name, workers=WORKERS, **values)  # type: ignore[arg-type]
    with suppress(FileNotFoundError):
        server.log.unlink()
    server.start()
    try:
        yield server
    finally:
        server.kill()


def without_jobs(database: str, shop: Shop, requests: int, results: Results) -> None:
    """The runner stopped: nothing but the two controllers works."""
    with running(database, "bench-idle", options=["--load=base,web"]) as server:
        endpoints = connect(server, database, shop)
        for keep_alive, clients in itertools.product((False, True), (1, 4)):
            name = _clients(clients) + ", keep-alive" * keep_alive
            print(f"==> {name}", file=sys.stderr, flush=True)
            found = endpoints.measure(requests, clients, keep_alive=keep_alive)
            results.rows += rows(name, found, queries_in(server.log))


def under_load(database: str, shop: Shop, requests: int, results: Results) -> None:
    """While orders are imported: more workers than jobs may use at a time."""
    # the jobs of the deliveries before would come first, and they find no order
    execute(database, "DELETE FROM queue_job")
    execute(database, "DELETE FROM channel_event")
    with running(database, "bench-load", channels=f"root:{CAPACITY}") as server:
        endpoints = connect(server, database, shop)
        ids = next(iter(shop.orders.values()))
        post_all(server.url, [endpoints.delivery(i) for i in ids], 4, keep_alive=False)
        for clients in (1, 4):
            name = f"{_clients(clients)}, orders being imported"
            print(f"==> {name}", file=sys.stderr, flush=True)
            before = imported(database)
            found = endpoints.measure(requests, clients, keep_alive=False)
            done = imported(database) - before
            queries = queries_in(server.log)
            results.rows += rows(name, found, queries, f"({done})")
            if imported(database) >= len(ids):
                print("==> the orders ran out: the figures are too good", file=sys.stderr)


def imported(database: str) -> int:
    ((count,),) = execute(database, "SELECT count(*) FROM channel_binding_order")
    return int(count)


def execute(database: str, query: str) -> list[tuple]:
    """Run one statement and commit it; its rows."""
    connection = psycopg2.connect(dbname=database)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def run(results: Results, size: Sizes) -> None:
    use_minimal_addon()
    results.more = {"workers": WORKERS, "root_capacity_under_load": CAPACITY}
    with prepared_database() as database, Shop({3: size.requests * LOAD_SHARE}) as shop:
        without_jobs(database, shop, size.requests, results)
        under_load(database, shop, size.requests, results)
