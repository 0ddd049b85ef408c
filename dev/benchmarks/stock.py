"""``dev/bench stock``: quantities of many products, and a drain of those that changed.

The quantities are compared with one grouped read of quants by the ORM, in the same process,
alternately. The drain runs as its job does, against a shop in another process: its calls are
counted against the least that the shop's protocol needs, and its time is told apart from the time
of the shop's answers.
"""

from __future__ import annotations

import cProfile
import ctypes
import gc
import pstats
import re
import sys
from collections import Counter
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from odoo.api import Environment
from odoo.modules.registry import Registry

from odoo.addons.channel_connector.core.http import Exchange
from odoo.addons.channel_connector.services.job_drains import DRAIN_SIZE
from odoo.addons.channel_connector.services.job_errors import Recorder
from odoo.addons.channel_connector.services.stock_quantities import ChannelStockQuantities

from .figures import Results, Row, Sample, figure
from .odoo_process import connect, environment, measured, prepare_company, registry
from .shop import VARIANTS, Shop

TARGET = 1.5
SHARE_CHANGED = 5  # one of so many
AT_MOST = 100  # items of a call
#: what of the goods are variants: one of so many
SHARE_VARIANTS = 5


class Bench:
    """A connected backend, its stock flow, and what a drain costs."""

    def __init__(self, registry: Registry, shop: Shop) -> None:
        self.registry = registry
        self.calls: Counter[str] = Counter()
        self.http_seconds = 0.0
        self.reads = 0
        self._watch()
        with environment(registry) as env:
            prepare_company(env)
            self.backend = connect(env, shop)
            self.products = self._products(env, shop)
            self.flow = self._flow(env)

    def _watch(self) -> None:
        """Count the shop's answers and their seconds, and the reads of quantities."""
        on_exchange, quants = Recorder.on_exchange, ChannelStockQuantities._quants

        def counted_exchange(recorder: Recorder, exchange: Exchange) -> None:
            self.calls[f"{exchange.method} {urlsplit(exchange.url).path.split('/')[-1]}"] += 1
            self.http_seconds += exchange.seconds
            on_exchange(recorder, exchange)

        def counted_read(service: Any, products: Any, domain: Any) -> Any:
            self.reads += 1
            return quants(service, products, domain)

        Recorder.on_exchange = counted_exchange
        ChannelStockQuantities._quants = counted_read

    # === SET-UP === #

    def _products(self, env: Environment, shop: Shop) -> list[int]:
        """Products in both, in stock here."""
        _tell(f"{len(shop.goods)} products")
        shelf = env["stock.warehouse"].search([], limit=1).lot_stock_id
        products = env["product.product"].create(
            [
                {"name": f"Goods {number}", "default_code": f"S-{number}", "is_storable": True}
                for number in range(len(shop.goods))
            ]
        )
        env["channel.binding.product"].create(
            [
                {
                    "backend_id": self.backend,
                    "odoo_id": product.id,
                    "external_id": str(external_id),
                    "parent_external_id": str(parent or ""),
                }
                for product, (external_id, parent) in zip(products, shop.goods, strict=True)
            ]
        )
        env["stock.quant"].create(
            [
                {"product_id": product.id, "location_id": shelf.id, "quantity": 1 + product.id % 9}
                for product in products
            ]
        )
        return products.ids

    def _flow(self, env: Environment) -> int:
        backend = env["channel.backend"].browse(self.backend)
        flows = backend.flow_ids
        flow = flows.filtered(lambda one: (one.kind, one.direction) == ("stock", "out"))
        flow.active = True
        env["channel.outbox"]._note_all("stock", backend)
        return flow.id

    # === MEASURED === #

    def quantities(self) -> None:
        with environment(self.registry) as env:
            backend = env["channel.backend"].browse(self.backend)._env()
            products = backend.env["product.product"].browse(self.products)
            backend.env["channel.stock.quantities"]._read(backend, products)

    def bare(self) -> None:
        """The same sums by the ORM alone."""
        with environment(self.registry) as env:
            view = env["stock.warehouse"].search([]).view_location_id
            domain = [
                ("product_id", "in", self.products),
                ("location_id", "child_of", view.ids),
            ]
            sums = ["quantity:sum", "reserved_quantity:sum"]
            rows = env["stock.quant"]._read_group(domain, ["product_id"], sums)
            assert len(rows) == len(self.products)

    def drain(self) -> str:
        with environment(self.registry) as env:
            return env["channel.flow"].browse(self.flow)._job_drain()

    def change(self, products: list[int]) -> None:
        """One piece more of each: all of them are noted by the transaction that does it."""
        with environment(self.registry) as env:
            quants = env["stock.quant"].search(
                [("product_id", "in", products), ("location_id.usage", "=", "internal")]
            )
            for quantity, same in quants.grouped("quantity").items():
                same.quantity = quantity + 1

    def measured_drain(self) -> tuple[Sample, Counter[str], float, int]:
        """What a drain took: time and queries, calls, seconds of HTTP, reads of quantities."""
        self.calls.clear()
        self.http_seconds, self.reads = 0.0, 0
        sample = measured(self.drain)
        return sample, Counter(self.calls), self.http_seconds, self.reads


def least_calls(goods: list[tuple[int, int]]) -> int:
    """The fewest calls for changes of these: (id, parent's id or 0) each."""
    parents = Counter(parent for _id, parent in goods)
    simple = parents.pop(0, 0)
    return ceil(simple / AT_MOST) + sum(ceil(count / AT_MOST) for count in parents.values())


def changed(goods: list[tuple[int, int]]) -> list[int]:
    """Positions of one product in five, with all of its variants."""
    return [
        position
        for position, (id_, parent) in enumerate(goods)
        if (parent // (VARIANTS + 1) if parent else id_) % SHARE_CHANGED == 0
    ]


def memory(name: str) -> float:
    """A figure of this process's memory in MiB: ``VmRSS`` now, ``VmHWM`` the most since reset."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def reset_peak() -> None:
    """Give back what is free, so that what is needed from here on shows."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")


def _tell(message: str) -> None:
    print(f"==> {message}", file=sys.stderr, flush=True)


def _quantities(bench: Bench, rounds: int, results: Results) -> None:
    ours: list[Sample] = []
    bare: list[Sample] = []
    for _round in range(rounds + 1):
        bare.append(measured(bench.bare))
        ours.append(measured(bench.quantities))
    name = f"quantities of {len(bench.products)} products"
    results.rows.append(Row(name, figure(ours[1:]), figure(bare[1:]), TARGET))


def _drain(
    bench: Bench, goods: list[tuple[int, int]], noted: int, name: str, results: Results
) -> None:
    """A drain in which ``goods`` have changed, of ``noted`` products that it looks at."""
    reset_peak()
    before = memory("VmRSS")
    sample, calls, http, reads = bench.measured_drain()
    batches = calls["POST batch"]
    assert batches == least_calls(goods), (batches, least_calls(goods))
    assert reads == ceil(noted / DRAIN_SIZE), reads
    figures = {
        "calls": dict(calls),
        "least_calls": least_calls(goods),
        "reads_of_quantities": reads,
        "products_per_second": round(len(goods) / sample.ms * 1000),
        "share_outside_http": round(1 - http * 1000 / sample.ms, 2),
        "peak_memory_delta_mib": round(memory("VmHWM") - before, 1),
    }
    results.more[name] = figures
    note = (
        f"({figures['products_per_second']}/s, {figures['share_outside_http']:.0%} outside HTTP, "
        f"{batches} batches, peak +{figures['peak_memory_delta_mib']} MiB)"
    )
    results.rows.append(Row(name, figure([sample]), note=note))


def _profile(bench: Bench) -> None:
    """Print where the time of a drain goes."""
    profiler = cProfile.Profile()
    profiler.enable()
    bench.drain()
    profiler.disable()
    statistics = pstats.Stats(profiler)
    statistics.sort_stats("cumulative").print_stats("channel_connector", 45)
    statistics.sort_stats("tottime").print_stats(25)


def run(results: Results, count: int, rounds: int, *, profile: bool) -> None:
    variable = count // SHARE_VARIANTS // VARIANTS
    with (
        registry() as database,
        Shop({}, goods=(count - variable * VARIANTS, variable)) as shop,
    ):
        bench = Bench(database, shop)
        if profile:
            bench.drain()
            bench.change([bench.products[position] for position in changed(shop.goods)])
            _profile(bench)
            return
        _quantities(bench, rounds, results)
        _tell("first drain")
        _drain(bench, shop.goods, count, f"first drain of all {count}", results)
        positions = changed(shop.goods)
        bench.change([bench.products[position] for position in positions])
        some = [shop.goods[position] for position in positions]
        _drain(bench, some, len(some), f"drain of {len(some)} changed of {count}", results)
        bench.change([bench.products[position] for position in positions])
        with environment(database) as env:
            env["channel.outbox"]._note_all("stock", env["channel.backend"].browse(bench.backend))
        _drain(bench, some, count, f"the same with all {count} noted", results)
