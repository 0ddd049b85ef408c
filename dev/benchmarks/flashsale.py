"""``dev/bench flashsale``: orders of a flash sale next to a catalogue export, webhook to order.

The moments are those that Odoo stores, in whole seconds. There is nothing to compare them with but
the flow's own latency target.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import bare_addon  # noqa: F401  makes channel_connector.dev importable
import databases
import psycopg2
from flash_sale import CHANNELS, WORKERS, FlashSale, Sql
from servers import Server

from .figures import Results, Row, plain
from .sizes import Sizes


@contextmanager
def prepared() -> Iterator[tuple[Server, Sql]]:
    """A fresh database with a running server, and a way to ask it."""
    name = f"{databases.PREFIX}_bench_flashsale"
    with databases.locked("bench_flashsale"):
        databases.copy(os.environ["INSTALLED_DB"], name)
        server = Server(name, "bench-flashsale", workers=WORKERS, channels=CHANNELS)
        connection = psycopg2.connect(dbname=name)
        connection.autocommit = True

        def sql(query: str, *parameters: object) -> list[tuple[object, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(query, parameters or None)
                return cursor.fetchall() if cursor.description else []

        try:
            server.start()
            yield server, sql
        finally:
            connection.close()
            server.kill()
            databases.drop(name)


def run(results: Results, size: Sizes) -> None:
    with prepared() as (server, sql), FlashSale(server, sql, size.products) as sale:
        _tell(f"{size.orders} orders in {size.seconds} s, {size.products} products")
        report = sale.run(size.orders, size.seconds)
    found = plain(report.seconds)
    name = f"Flash sale: {size.orders} orders in {size.seconds} s, webhook to order"
    note = f"({report.share_in_time:.0%} within {report.target} s)"
    results.rows += [Row(name, found, at=at, note=note, unit="s") for at in ("p50", "p95")]
    results.more["flashsale"] = asdict(report)
    print(report)


def _tell(message: str) -> None:
    print(f"==> {message}", file=sys.stderr, flush=True)
