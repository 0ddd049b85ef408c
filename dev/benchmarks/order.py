"""``dev/bench order``: an order by its job against the same records by the bare ORM.

Both run in this process, on one database with real commits, alternately. The shop is another
process; the time of its answer (GET) and queue_job's own work around a job are told apart.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from odoo.modules.registry import Registry

from odoo.addons.channel_connector.core.canonical import Notice
from odoo.addons.channel_connector.core.http import Exchange
from odoo.addons.channel_connector.services.job_errors import Recorder
from odoo.addons.channel_connector.services.order_importer import QUIET
from odoo.addons.queue_job.controllers.main import RunJobController
from odoo.addons.queue_job.job import Job

from . import twin
from .figures import Figure, Results, Row, Sample, figure, plain
from .odoo_process import connect, environment, measured, prepare_company, registry
from .shop import Shop
from .sizes import Sizes

SIZES = (1, 3, 10)
CHUNK, CHUNK_LINES = 25, 3
WARM_UP = 3
TARGET = 1.25


class Bench:
    """A connected backend and the ways to make an order."""

    def __init__(self, registry: Registry, backend: int) -> None:
        self.registry = registry
        self.backend = backend
        self.http_seconds = 0.0
        self._watch_http()

    def _watch_http(self) -> None:
        """Add up the seconds that the shop's answers take."""
        original = Recorder.on_exchange

        def on_exchange(recorder: Recorder, exchange: Exchange) -> None:
            self.http_seconds += exchange.seconds
            original(recorder, exchange)

        Recorder.on_exchange = on_exchange

    def announce(self, order_id: int) -> int:
        """Store a delivery about an order, as the webhook does; the event's id."""
        with environment(self.registry) as env:
            notice = Notice("order", "order.created", str(order_id))
            backend = env["channel.backend"].browse(self.backend)._env()
            rules = backend._delivery_rules(backend.webhook_token)
            return backend.env["channel.event"]._receive(rules, notice, {}, str(order_id)).id

    def job(self, event: int) -> None:
        """Work on an event as its job does, on a cursor that the job owns."""
        with environment(self.registry) as env:
            env["channel.event"].browse(event)._job_process()

    def chunk(self, events: list[int]) -> None:
        with environment(self.registry) as env:
            env["channel.event"].browse(events)._job_process_chunk()

    def poll(self, count: int) -> list[list[int]]:
        """Read the shop's orders as the poll does; ids of the events in chunks."""
        with environment(self.registry) as env:
            backend = env["channel.backend"].browse(self.backend)._env()
            adapter, cursor, events = backend._adapter(), {}, []
            while len(events) < count:
                page = adapter.list_orders(cursor, 100)
                cursor = page.cursor
                events += backend.env["channel.event"]._receive_polled(backend, page.records).ids
                if not page.more:
                    break
            adapter.close()
        return [events[start : start + CHUNK] for start in range(0, len(events), CHUNK)]

    def twins(self, events: list[int]) -> list[twin.Twin]:
        """The values of what events became; every one must have become a confirmed order."""
        with environment(self.registry) as env:
            found = env["channel.event"].browse(events)
            reasons = [e.reason for e in found if e.state != "done"]
            sales = env["sale.order"].browse(found.mapped("res_id"))
            reasons += [s.channel_hold_reason for s in sales if s.state != "sale"]
            if reasons:
                sys.exit(f"error: not a confirmed order: {reasons[0]}")
            return [twin.read(sale) for sale in sales]

    def bare(self, twins: list[twin.Twin]) -> None:
        """The same by the ORM, in the environment and context the importer works in."""
        with environment(self.registry) as env:
            backend = env["channel.backend"].browse(self.backend)._env()
            twin.make(backend.with_context(**QUIET).env, twins)

    def around(self) -> None:
        """What queue_job does around a job that does nothing: load, start, lock, done."""
        with environment(self.registry) as env:
            delayed = env["channel.event"].browse(0).with_delay()._job_process()
            uuid = delayed.uuid
            job = Job.load(env, uuid)
            job.set_enqueued()
            job.store()
        with environment(self.registry) as env:
            self.acquired = measured(lambda: self._run(env, uuid))

    def _run(self, env: Any, uuid: str) -> None:
        job = RunJobController._acquire_job(env, uuid)
        RunJobController._try_perform_job(env, job)


def single_orders(bench: Bench, shop: Shop, rounds: int, results: Results) -> None:
    """Jobs and their twins, one of each size a round; who goes first changes each round."""
    ours: dict[int, list[Sample]] = defaultdict(list)
    bare: dict[int, list[Sample]] = defaultdict(list)
    gets: list[Sample] = []
    last: dict[int, list[twin.Twin]] = {}
    for number in range(rounds + WARM_UP):
        for size in SIZES:
            event = bench.announce(shop.orders[size][number])
            before = bench.http_seconds
            if number % 2 and size in last:
                bare[size].append(measured(lambda twins=last[size]: bench.bare(twins)))
            whole = measured(lambda event=event: bench.job(event))
            get = (bench.http_seconds - before) * 1000
            gets.append(Sample(get))
            ours[size].append(Sample(whole.ms - get, whole.queries))
            last[size] = bench.twins([event])
            if not number % 2:
                bare[size].append(measured(lambda twins=last[size]: bench.bare(twins)))
        _tell(number, rounds + WARM_UP)
    for size in SIZES:
        mine, theirs = figure(ours[size][WARM_UP:]), figure(bare[size][WARM_UP:])
        results.rows.append(Row(f"Order by its job, {_lines(size)}", mine, theirs, TARGET))
    results.rows.append(
        Row(
            "GET of an order, which the job above does not count",
            figure(gets[WARM_UP * len(SIZES) :]),
        )
    )


def chunks(bench: Bench, count: int, results: Results) -> None:
    """Chunks of polled orders against their twins in equal chunks; figures per order."""
    ours: list[Sample] = []
    bare: list[Sample] = []
    last: list[twin.Twin] = []
    for number, events in enumerate(bench.poll(count * CHUNK)[: count + 1]):
        if len(events) < CHUNK:
            continue
        if number % 2 and last:
            bare.append(_per_order(measured(lambda twins=last: bench.bare(twins))))
        ours.append(_per_order(measured(lambda events=events: bench.chunk(events))))
        last = bench.twins(events)
        if not number % 2:
            bare.append(_per_order(measured(lambda twins=last: bench.bare(twins))))
        _tell(number, count + 1)
    name = f"Order of {CHUNK_LINES} lines in chunks of {CHUNK}, each"
    results.rows.append(Row(name, figure(ours[1:]), figure(bare[1:]), TARGET))


def _lines(count: int) -> str:
    return f"{count} line{'s' * (count > 1)}"


def _per_order(sample: Sample) -> Sample:
    return Sample(sample.ms / CHUNK, round((sample.queries or 0) / CHUNK))


def job_frame(bench: Bench, rounds: int, results: Results) -> None:
    samples = []
    for _number in range(rounds + WARM_UP):
        bench.around()
        samples.append(bench.acquired)
    results.rows.append(Row("queue_job's own work around a job", figure(samples[WARM_UP:])))


def profile_jobs(bench: Bench, orders: list[int]) -> None:
    """Print where the time of jobs goes: by what our own functions call in total."""
    events = [bench.announce(order) for order in orders]
    bench.job(events.pop())
    profiler = cProfile.Profile()
    profiler.enable()
    for event in events:
        bench.job(event)
    profiler.disable()
    statistics = pstats.Stats(profiler)
    print(f"\n{len(events)} jobs under cProfile, all times are sums")
    statistics.sort_stats("cumulative").print_stats("channel_connector", 45)
    statistics.sort_stats("tottime").print_stats(25)


def _tell(number: int, count: int) -> None:
    if number % 5 == 0:
        print(f"==> round {number + 1} of {count}", file=sys.stderr, flush=True)


def counted(results: Results) -> None:
    """What an order and each further line of it cost in queries."""
    rows = dict(zip(SIZES, results.rows, strict=False))
    least, most = rows[SIZES[0]], rows[SIZES[-1]]
    assert least.bare and most.bare

    def each_line(some: Figure, many: Figure) -> Figure:
        return plain(((many.queries or 0) - (some.queries or 0)) / (SIZES[-1] - SIZES[0]))

    ours, bare = each_line(least.ours, most.ours), each_line(least.bare, most.bare)
    results.rows.append(Row("SQL of each further order line", ours, bare, 1.0, unit="queries"))


@contextmanager
def prepared(rounds: int, chunked: int) -> Iterator[tuple[Bench, Shop, list[int]]]:
    """Two connected shops: one whose orders come one by one, one whose orders come at once."""
    with (
        registry() as database,
        Shop(dict.fromkeys(SIZES, rounds + WARM_UP)) as one_by_one,
        Shop({CHUNK_LINES: CHUNK * chunked}) as at_once,
    ):
        with environment(database) as env:
            prepare_company(env)
            backends = [connect(env, shop) for shop in (one_by_one, at_once)]
        yield Bench(database, backends[0]), one_by_one, backends


def run(results: Results, size: Sizes) -> None:
    count = max(4, size.rounds // 3)
    with prepared(size.rounds, count + 1) as (bench, shop, backends):
        single_orders(bench, shop, size.rounds, results)
        counted(results)
        job_frame(bench, size.rounds, results)
        bench.backend = backends[1]
        chunks(bench, count, results)


def profile(size: Sizes) -> None:
    with prepared(size.rounds, 0) as (bench, shop, _backends):
        profile_jobs(bench, shop.orders[CHUNK_LINES])
