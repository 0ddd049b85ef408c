"""``python -m footprint_run``, for dev/footprint, which explains it."""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bare_addon  # noqa: F401  gives `channel_connector` without Odoo
import databases
import psycopg2
from benchmarks.machine import describe
from servers import Server

from .life import Life
from .model import Load, Measured, costs, sizes, sizing, tables
from .readings import Connections, Sql, Tables, cpu_seconds, memory_mib

DATABASE = f"{databases.PREFIX}_footprint"
WORKERS, PLACES = 4, 2
WAL = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
PAYLOADS = "SELECT coalesce(sum(pg_column_size(payload)), 0) FROM channel_event"
JOBS = """
    SELECT model_name || '.' || method_name, count(*), sum(exec_time)
      FROM queue_job WHERE id > %s GROUP BY 1 ORDER BY 2 DESC
"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev/footprint")
    parser.add_argument("--orders", type=int, default=300)
    parser.add_argument("--lines", type=int, default=3)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--month", type=int, default=1_000_000)
    parser.add_argument("--products", type=int, default=500_000)
    parser.add_argument("--peak", type=float, default=5.0)
    return parser.parse_args()


def connect() -> Sql:
    connection = psycopg2.connect(dbname=DATABASE, application_name="footprint")
    connection.autocommit = True

    def execute(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query, parameters or None)
            return cursor.fetchall() if cursor.description else []

    execute.close = connection.close  # type: ignore[attr-defined]
    return execute


class Meter:
    """What some work costs, for each of so many orders."""

    def __init__(self, server: Server, life: Life, sql: Sql, orders: int) -> None:
        self.server, self.life, self.sql, self.orders = server, life, sql, orders
        self.postgres = int((_data_folder(sql) / "postmaster.pid").read_text().split()[0])

    def measure(self, work: Callable[[], None]) -> dict[str, Any]:
        assert self.server.process
        odoo = self.server.process.pid
        ((last,),) = self.sql("SELECT coalesce(max(id), 0) FROM queue_job")
        ((wal,),) = self.sql(WAL)
        before = cpu_seconds(odoo), cpu_seconds(self.postgres)
        asked, began = len(self.life.store.requests), time.monotonic()
        watcher = connect()
        with Connections(watcher) as connections:
            work()
        seconds = time.monotonic() - began
        used = [
            now - then
            for now, then in zip(
                (cpu_seconds(odoo), cpu_seconds(self.postgres)), before, strict=True
            )
        ]
        watcher.close()  # type: ignore[attr-defined]
        ((wal_now,),) = self.sql(WAL)
        calls = Counter(_call(request) for request in list(self.life.store.requests)[asked:])
        return {
            "seconds": round(seconds, 1),
            "odoo_cpu_ms": self._each(used[0] * 1000, 1),
            "postgres_cpu_ms": self._each(used[1] * 1000, 1),
            "wal_bytes": self._each(float(wal_now - wal), 0),
            "calls": {name: self._each(count, 3) for name, count in calls.most_common()},
            "jobs": {
                name: {"count": self._each(count, 3), "seconds": self._each(float(total or 0), 4)}
                for name, count, total in self.sql(JOBS, last)
            },
            "connections_most": connections.most,
            "connections_busy": connections.busy,
        }

    def _each(self, amount: float, digits: int) -> float:
        return round(amount / self.orders, digits)


def _data_folder(sql: Sql) -> Path:
    return Path(sql("SHOW data_directory")[0][0])


def _call(request: Any) -> str:
    """Method and kind of what was asked for, without ids."""
    path = [part for part in request.path.split("/") if part and not part.isdigit()]
    return f"{request.method} {'/'.join(path[-2:])}"


def measure(orders: int, lines: int) -> dict[str, Any]:
    with databases.locked("footprint"):
        databases.copy(os.environ["INSTALLED_DB"], DATABASE)
        server = Server(DATABASE, "footprint", workers=WORKERS, channels=f"root:{PLACES}")
        sql = connect()
        try:
            server.start()
            return _run(server, sql, orders, lines)
        finally:
            server.stop()
            sql.close()  # type: ignore[attr-defined]
            databases.drop(DATABASE)


def _run(server: Server, sql: Sql, orders: int, lines: int) -> dict[str, Any]:
    life = Life(server, sql, lines)
    with life.shop as shop:
        life.connect()
        shop.start_delivering(0.1)
        life.buy(20)  # caches, sequences, plans
        life.ship()
        meter = Meter(server, life, sql, orders)
        before, ((payloads,),) = Tables(sql), sql(PAYLOADS)
        bought = meter.measure(lambda: life.buy(orders))
        shipped = meter.measure(life.ship)
        tables = Tables(sql).since(before, orders)
        ((payloads_now,),) = sql(PAYLOADS)
        workers = sorted(memory_mib(pid) for pid in server.workers())
        shop.stop_delivering()
    return {
        "machine": describe(),
        "orders": orders,
        "lines": lines,
        "workers": WORKERS,
        "places": PLACES,
        "bought": bought,
        "shipped": shipped,
        "tables": tables,
        "payload_bytes": round((payloads_now - payloads) / orders),
        "worker_private_mib": round(workers[-1]),
    }


def main() -> None:
    options = arguments()
    if options.model:
        report = json.loads(options.model.read_text())
        one = Measured.read(report)
        load = Load(options.month, options.products, options.peak)
        print(costs(report), tables(report), sizes(one), sizing(one, load), sep="\n\n")
        return
    report = measure(options.orders, options.lines)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = options.output or Path(os.environ["STATE"]) / "bench" / f"footprint-{stamp}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n")
    print(f"written to {path}")


if __name__ == "__main__":
    main()
