"""``dev/bench stock``: quantities of many products, and a drain of those that changed.

The quantities are compared with one grouped read of quants by the ORM, in the same process,
alternately. The drain runs as its job does, against a shop in another process: its calls are
counted against the least that the shop's protocol needs, and its time is told apart from the time
of the shop's answers.
"""

from __future__ import annotations

import cProfile
import pstats
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from odoo.api import Environment
from odoo.modules.registry import Registry

from odoo.addons.channel_connector.core.http import Exchange
from odoo.addons.channel_connector.services.job_drains import DRAIN_SIZE
from odoo.addons.channel_connector.services.job_errors import Recorder
from odoo.addons.channel_connector.services.stock_quantities import ChannelStockQuantities

from . import rss
from .figures import Results, Row, Sample, figure, plain
from .odoo_process import connect, environment, measured, prepare_company, registry
from .shop import VARIANTS, Shop
from .sizes import Sizes

TARGET = 1.5
#: drains of each kind after the first
DRAINS = 3
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

    def note_all(self) -> None:
        with environment(self.registry) as env:
            env["channel.outbox"]._note_all("stock", env["channel.backend"].browse(self.backend))

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


def _tell(message: str) -> None:
    print(f"==> {message}", file=sys.stderr, flush=True)


def _quantities(bench: Bench, rounds: int, results: Results) -> None:
    ours: list[Sample] = []
    bare: list[Sample] = []
    for _round in range(rounds + 1):
        bare.append(measured(bench.bare))
        ours.append(measured(bench.quantities))
    name = f"Quantities of {len(bench.products):,} products"
    results.rows.append(Row(name, figure(ours[1:]), figure(bare[1:]), TARGET))


def _drain(
    bench: Bench, goods: list[tuple[int, int]], noted: int, name: str, results: Results
) -> None:
    """A drain in which ``goods`` have changed, of ``noted`` products that it looks at."""
    rss.reset_peak()
    before = rss.read("VmRSS")
    sample, calls, http, reads = bench.measured_drain()
    batches = calls["POST batch"]
    assert batches == least_calls(goods), (batches, least_calls(goods))
    assert reads == ceil(noted / DRAIN_SIZE), reads
    results.more.setdefault(name, []).append(
        {
            "ms": sample.ms,
            "queries": sample.queries,
            "calls": dict(calls),
            "least_calls": least_calls(goods),
            "reads_of_quantities": reads,
            "products_per_second": round(len(goods) / sample.ms * 1000),
            "share_outside_http": round(1 - http * 1000 / sample.ms, 2),
            "peak_memory_delta_mib": round(rss.read("VmHWM") - before, 1),
        }
    )


def _rows(results: Results, name: str, changed: int) -> list[Row]:
    """What the drains of one name took, and what that means for each changed product."""
    found = results.more[name]
    outside = statistics.median(one["share_outside_http"] for one in found)
    samples = [Sample(one["ms"], one["queries"]) for one in found]
    rates = plain([one["products_per_second"] for one in found])
    per_item = plain([one["queries"] / changed for one in found])
    return [
        Row(name, figure(samples), note=f"({outside:.0%} outside HTTP)"),
        Row(f"{name}, products", rates, unit="/s"),
        Row(f"{name}, SQL of each product", per_item, unit="queries"),
    ]


def _calls(results: Results, name: str) -> Row:
    found = results.more[name]
    calls = plain([one["calls"]["POST batch"] for one in found])
    return Row(f"{name}, calls", calls, plain(found[0]["least_calls"]), 1.0, unit="calls")


def _profile(bench: Bench) -> None:
    """Print where the time of a drain goes."""
    profiler = cProfile.Profile()
    profiler.enable()
    bench.drain()
    profiler.disable()
    found = pstats.Stats(profiler)
    found.sort_stats("cumulative").print_stats("channel_connector", 45)
    found.sort_stats("tottime").print_stats(25)


@contextmanager
def prepared(count: int) -> Iterator[tuple[Bench, Shop]]:
    variable = count // SHARE_VARIANTS // VARIANTS
    with (
        registry() as database,
        Shop({}, goods=(count - variable * VARIANTS, variable)) as shop,
    ):
        yield Bench(database, shop), shop


def run(results: Results, size: Sizes) -> None:
    count = size.products
    with prepared(count) as (bench, shop):
        _quantities(bench, size.rounds, results)
        _tell("first drain")
        first = f"First drain of all {count:,} products"
        _drain(bench, shop.goods, count, first, results)
        results.rows += _rows(results, first, count)
        positions = changed(shop.goods)
        some = [shop.goods[position] for position in positions]
        names = f"Drain of {len(some):,} changed of {count:,}", f"The same with all {count:,} noted"
        for number in range(DRAINS):
            _tell(f"drains {number + 1} of {DRAINS}")
            for name, noted in zip(names, (len(some), count), strict=True):
                bench.change([bench.products[position] for position in positions])
                if noted == count:
                    bench.note_all()
                _drain(bench, some, noted, name, results)
        results.rows += [*_rows(results, names[0], len(some)), _calls(results, names[0])]
        results.rows += _rows(results, names[1], len(some))[:1]


def profile(size: Sizes) -> None:
    with prepared(size.products) as (bench, shop):
        bench.drain()
        bench.change([bench.products[position] for position in changed(shop.goods)])
        _profile(bench)
