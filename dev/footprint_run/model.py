"""The sizing on paper: what so many orders a month need, from what one was measured to cost.

Nothing here is measured by itself: :class:`Measured` comes from a footprint's file, :data:`ASSUMED`
is what no measurement of ours can tell, each with its reason.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HOURS_A_MONTH = 30 * 24
GIB = 2**30
#: Bigger than any table of ours; told apart because they go again.
OURS = ("channel_event", "channel_outbox", "channel_log")
JOBS = ("queue_job", "queue_job_lock")


@dataclass(frozen=True)
class Assumptions:
    """``busy``: how much of a core is planned to be used in the peak hour; ``shop_seconds``: one
    call to the shop (WooCommerce on a good server: 0.2 to 0.6 s); ``bloat``: size of a live table
    against the same without dead rows; ``payload_days`` …: the defaults of a backend and of
    queue_job; ``drain``: products a second (README); ``batch``: WooCommerce's most in a request.
    """

    busy: float = 0.6
    shop_seconds: float = 0.4
    bloat: float = 1.4
    payload_days: int = 30
    event_days: int = 90
    log_days: int = 30
    job_days: int = 30
    drain: float = 838.0
    batch: int = 100
    reserve: int = 20


ASSUMED = Assumptions()


@dataclass(frozen=True)
class Load:
    """Orders a month, products, and how much more the peak hour has than the average one."""

    orders: int
    products: int
    peak: float

    @property
    def per_second(self) -> float:
        return self.orders / HOURS_A_MONTH / 3600

    @property
    def at_peak(self) -> float:
        return self.per_second * self.peak


@dataclass(frozen=True)
class Measured:
    """What one order costs, from its purchase to its parcel.

    CPU in seconds; ``wal``, the tables and ``payloads`` (part of the events) in bytes;
    ``connections`` for each worker (those of the runner and of scheduled actions among them);
    ``worker`` its private memory in MiB.
    """

    odoo: float
    postgres: float
    wal: float
    calls: float
    jobs: float
    rows: Mapping[str, float]
    bytes: Mapping[str, float]
    payloads: float
    connections: float
    worker: int

    @classmethod
    def read(cls, report: Mapping[str, Any]) -> Measured:
        parts = (report["bought"], report["shipped"])
        return cls(
            odoo=sum(part["odoo_cpu_ms"] for part in parts) / 1000,
            postgres=sum(part["postgres_cpu_ms"] for part in parts) / 1000,
            wal=sum(part["wal_bytes"] for part in parts),
            calls=sum(sum(part["calls"].values()) for part in parts),
            jobs=sum(job["count"] for part in parts for job in part["jobs"].values()),
            rows={name: row["rows"] for name, row in report["tables"].items()},
            bytes={name: row["bytes"] for name, row in report["tables"].items()},
            payloads=report["payload_bytes"],
            connections=max(part["connections_most"] for part in parts) / report["workers"],
            worker=report["worker_private_mib"],
        )

    def size(self, *tables: str) -> float:
        return sum(self.bytes.get(name, 0) for name in tables)


@dataclass(frozen=True)
class Sizing:
    """What a load needs. Cores and places are those of the peak hour, bytes in GiB."""

    load: Load
    odoo_cores: float
    postgres_cores: float
    places: int
    workers: int
    connections: int
    memory: float
    calls_a_minute: float
    php_workers: int
    jobs_a_second: float
    wal_a_day: float
    documents_a_month: float
    kept: float
    queue: float
    queue_rows: float
    full_stock_minutes: float

    def __str__(self) -> str:
        return grid(self._rows())

    def _rows(self) -> list[tuple[str, str]]:
        return [
            ("Orders a second, in the peak hour", f"{self.load.at_peak:.2f}"),
            ("Cores for Odoo", f"{self.odoo_cores:.1f}"),
            ("Cores for PostgreSQL", f"{self.postgres_cores:.1f}"),
            ("Places of ``root``", f"{self.places}"),
            ("Workers, all hosts together", f"{self.workers}"),
            ("Database connections (``max_connections``)", f"{self.connections}"),
            ("Memory of the workers", f"{self.memory:.1f} GiB"),
            ("Jobs a second", f"{self.jobs_a_second:.1f}"),
            ("Calls to shops a minute", f"{self.calls_a_minute:.0f}"),
            ("PHP processes busy with them", f"{self.php_workers}"),
            ("WAL a day", f"{self.wal_a_day:.1f} GiB"),
            ("Odoo's documents a month, for ever", f"{self.documents_a_month:.1f} GiB"),
            ("Events, notes and log, as long as they are kept", f"{self.kept:.1f} GiB"),
            ("Done jobs of 30 days", f"{self.queue:.1f} GiB, {self.queue_rows / 1e6:.1f} M rows"),
            ("All stock told anew", f"{self.full_stock_minutes:.0f} min"),
        ]


def sizing(one: Measured, load: Load, assumed: Assumptions = ASSUMED) -> Sizing:
    """What a load needs, by the measured cost of one order."""
    day = load.per_second * 86400
    # a place is taken while the job computes and while the shop answers
    held = one.odoo + one.postgres + one.calls * assumed.shop_seconds
    places = math.ceil(load.at_peak * held / assumed.busy)
    odoo_cores = load.at_peak * one.odoo / assumed.busy
    workers = places + 2 * max(2, math.ceil(odoo_cores))
    documents = sum(one.bytes.values()) - one.size(*OURS, *JOBS)
    rows = one.size("channel_event", "channel_outbox") - one.payloads
    events = rows * assumed.event_days + one.payloads * assumed.payload_days
    log = one.size("channel_log") * assumed.log_days
    return Sizing(
        load=load,
        odoo_cores=odoo_cores,
        postgres_cores=load.at_peak * one.postgres / assumed.busy,
        places=places,
        workers=workers,
        connections=math.ceil(workers * one.connections) + assumed.reserve,
        memory=workers * one.worker * 1.5 / 1024,
        calls_a_minute=load.at_peak * one.calls * 60,
        php_workers=math.ceil(load.at_peak * one.calls * assumed.shop_seconds),
        jobs_a_second=load.at_peak * one.jobs,
        wal_a_day=day * one.wal / GIB,
        documents_a_month=load.orders * documents * assumed.bloat / GIB,
        kept=day * (events + log) * assumed.bloat / GIB,
        queue=day * one.size(*JOBS) * assumed.job_days * assumed.bloat / GIB,
        queue_rows=day * one.jobs * assumed.job_days,
        full_stock_minutes=load.products / assumed.drain / 60
        + load.products / assumed.batch * assumed.shop_seconds / 60,
    )


#: Orders a month of the sizing table.
STEPS = (10_000, 100_000, 300_000, 1_000_000)


def sizes(one: Measured, products: int = 10_000, peak: float = 5.0) -> str:
    """The sizing table: a row for each of :data:`STEPS`."""
    head = ("Orders a month", "at peak", "Odoo cores", "PostgreSQL cores", "places", "workers")
    rows = [(*head, "connections", "memory")]
    for orders in STEPS:
        one_size = sizing(one, Load(orders, products, peak))
        rows.append(
            (
                f"{orders:,}",
                f"{one_size.load.at_peak:.2f}/s",
                f"{one_size.odoo_cores:.1f}",
                f"{one_size.postgres_cores:.1f}",
                f"{one_size.places}",
                f"{one_size.workers}",
                f"{one_size.connections}",
                f"{one_size.memory:.1f} GiB",
            )
        )
    return grid(rows, headed=True)


def costs(report: Mapping[str, Any]) -> str:
    """What one order costs, as it was measured."""
    rows = [("For each order", "to the books", "to the parcel")]
    for name, key, unit in (
        ("CPU of Odoo", "odoo_cpu_ms", "ms"),
        ("CPU of PostgreSQL", "postgres_cpu_ms", "ms"),
        ("WAL", "wal_bytes", "bytes"),
    ):
        rows.append((name, *(f"{report[part][key]:,.0f} {unit}" for part in ("bought", "shipped"))))
    for name, key in (("Calls to the shop", "calls"), ("Jobs", "jobs")):
        rows.append((name, *(_total(report[part][key]) for part in ("bought", "shipped"))))
    for name, key in (
        ("Database connections, at most", "connections_most"),
        ("of these in a transaction", "connections_busy"),
    ):
        rows.append((name, *(str(report[part][key]) for part in ("bought", "shipped"))))
    rows.append(("Private memory of a worker", f"{report['worker_private_mib']} MiB", ""))
    return grid(rows, headed=True)


def _total(parts: Mapping[str, Any]) -> str:
    counts = (one["count"] if isinstance(one, Mapping) else one for one in parts.values())
    return f"{sum(counts):.1f}"


def tables(report: Mapping[str, Any], least: int = 100) -> str:
    """Tables that grow by more than ``least`` bytes an order, and the sum of all."""
    known = report["tables"]
    rows = [("Table", "rows", "bytes")]
    for name, row in known.items():
        if row["bytes"] >= least:
            rows.append((f"``{name}``", f"{row['rows']:.1f}", f"{row['bytes']:,}"))
    total = [sum(row[key] for row in known.values()) for key in ("rows", "bytes")]
    rows.append(("all", f"{total[0]:.1f}", f"{total[1]:,}"))
    return grid(rows, headed=True)


def grid(rows: Sequence[Sequence[str]], headed: bool = False) -> str:
    """A simple table of reStructuredText."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rule = "  ".join("=" * width for width in widths)
    lines = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    if headed:
        lines.insert(1, rule)
    return "\n".join([rule, *lines, rule])
