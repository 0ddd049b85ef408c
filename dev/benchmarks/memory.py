"""``dev/bench memory``: what the workers of a real server need, and what of it stays.

Deliveries, then a first import, then a drain of stock, each watched in all workers of the server.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from servers import Server

from . import rss
from .clients import post_all
from .figures import Results, Row, plain
from .odoo_process import DATABASE, environment, registry
from .shop import VARIANTS, Shop
from .sizes import Sizes
from .stock import SHARE_VARIANTS, Bench
from .webhook import Endpoints

LINES = 3
WORKERS, JOBS = 2, 1
CLIENTS = 4
LOOK_EVERY = 0.5
PATIENCE = 3600
WARM_UP = 20


class Watched:
    """A server whose workers' memory is looked at."""

    def __init__(self, server: Server) -> None:
        self.pids = server.workers()

    def stays(self) -> float:
        """MiB of all workers together now."""
        return sum(rss.read("VmRSS", pid) for pid in self.pids)

    def peak(self) -> float:
        """The most MiB that one of the workers has had since :meth:`forget`."""
        return max(rss.read("VmHWM", pid) for pid in self.pids)

    def forget(self) -> None:
        for pid in self.pids:
            rss.reset_peak(pid)


@contextmanager
def watched(name: str, **values: object) -> Iterator[tuple[Server, Watched]]:
    server = Server(DATABASE, name, workers=WORKERS, **values)  # type: ignore[arg-type]
    try:
        server.start()
        yield server, Watched(server)
    finally:
        server.kill()


class Stages:
    """The three kinds of work, on one backend."""

    def __init__(self, bench: Bench, shop: Shop, size: Sizes, results: Results) -> None:
        self.bench, self.shop, self.size, self.results = bench, shop, size, results

    def deliveries(self) -> None:
        """Deliveries alone: the runner is stopped."""
        with environment(self.bench.registry) as env:
            backend = env["channel.backend"].browse(self.bench.backend)
            backend.webhook_secret = "benchmark"
            backend.webhooks_per_minute = 0
            token = backend.webhook_token
        with watched("bench-memory-hooks", options=["--load=base,web"]) as (server, workers):
            endpoints = Endpoints(server, token, "benchmark", self.shop)

            def deliver(count: int) -> None:
                block = endpoints.block("channel", count)
                post_all(server.url, block, CLIENTS, keep_alive=False)

            deliver(WARM_UP)
            self._stage(workers, f"{self.size.requests:,} deliveries", "delivery", deliver)
        with environment(self.bench.registry) as env:
            env.cr.execute("DELETE FROM queue_job")
            env.cr.execute("DELETE FROM channel_event")

    def import_and_drain(self) -> None:
        with watched("bench-memory-jobs", channels=f"root:{JOBS}") as (_server, workers):
            orders = f"a first import of {self.size.orders:,} orders"
            self._enqueue("order", "in", "_enqueue_poll")
            self._wait("SELECT count(*) FROM channel_binding_order", WARM_UP)
            self._stage(workers, orders, "order", self._wait_for_orders, self.size.orders)
            workers.forget()
            self._enqueue("stock", "out", "_enqueue_drain")
            # the goods of the orders are not counted by the shop: what waits for a person stays
            self._wait("SELECT -count(*) FROM channel_outbox WHERE state = 'pending'", 0)
            self._row(f"a drain of {self.size.products:,} products", workers.peak())

    def _wait_for_orders(self, count: int) -> None:
        with environment(self.bench.registry) as env:
            env.cr.execute("SELECT count(*) FROM channel_binding_order")
            known = env.cr.fetchone()[0]
        wanted = min(self.size.orders, known + count)
        self._wait("SELECT count(*) FROM channel_binding_order", wanted)

    def _stage(
        self,
        workers: Watched,
        name: str,
        each: str,
        work: Callable[[int], None],
        count: int = 0,
    ) -> None:
        """Work in two halves: what the second one adds is what each piece of work leaves."""
        half = (count or self.size.requests) // 2
        workers.forget()
        work(half)
        before = workers.stays()
        work(half)
        grown = (workers.stays() - before) * 1024 / half
        self._row(name, workers.peak())
        text = f"Memory that stays in the workers, each {each}"
        self.results.rows.append(Row(text, plain(grown), unit="KiB"))

    def _row(self, name: str, peak: float) -> None:
        self.results.rows.append(
            Row(f"Memory of a worker at most: {name}", plain(peak), unit="MiB")
        )

    def _enqueue(self, kind: str, direction: str, method: str) -> None:
        with environment(self.bench.registry) as env:
            flows = env["channel.backend"].browse(self.bench.backend).flow_ids
            flow = flows.filtered(lambda one: (one.kind, one.direction) == (kind, direction))
            getattr(flow, method)()

    def _wait(self, query: str, wanted: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            with environment(self.bench.registry) as env:
                env.cr.execute(query)
                found = env.cr.fetchone()[0]
            if found >= wanted:
                return
            if time.monotonic() > deadline:
                raise SystemExit(f"error: {query}: {found} of {wanted} in {PATIENCE} s")
            time.sleep(LOOK_EVERY)


def run(results: Results, size: Sizes) -> None:
    variable = size.products // SHARE_VARIANTS // VARIANTS
    goods = (size.products - variable * VARIANTS, variable)
    with registry() as database, Shop({LINES: size.orders}, goods=goods) as shop:
        stages = Stages(Bench(database, shop), shop, size, results)
        print("==> deliveries", file=sys.stderr, flush=True)
        stages.deliveries()
        print("==> a first import and a drain", file=sys.stderr, flush=True)
        stages.import_and_drain()
    results.more["workers"] = WORKERS
