"""``dev/bench parallel``: how many orders a second come in by 1, 2 and 4 jobs at a time.

Real servers with queue_job's runner against as many processes that make the same records by the
bare ORM, on one database, in turns. Starting up is not counted on either side.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from servers import Server

from . import twin
from .figures import Results, Row, plain, rate
from .odoo_process import DATABASE, connect, environment, prepare_company, registry
from .order import Bench
from .shop import Shop
from .sizes import Sizes

LINES = 3
AT_ONCE = (1, 2, 4)
#: Records of each process before the clock starts: what is cached, and waits, is not of interest.
WARM_UP = 2
LOOK_EVERY = 0.05
PATIENCE = 600


class Race:
    """One connected shop, orders that wait in it, and the two ways to bring them in."""

    def __init__(self, bench: Bench, orders: list[int]) -> None:
        self.bench = bench
        self.orders = orders
        self.retried: dict[int, int] = defaultdict(int)

    def by_jobs(self, at_once: int, count: int) -> tuple[float, list[int]]:
        """Orders a second by jobs; the events that announced them."""
        events = [self.bench.announce(self.orders.pop()) for _number in range(count)]
        server = Server(
            DATABASE, f"bench-parallel-{at_once}", workers=at_once + 1, channels=f"root:{at_once}"
        )
        try:
            server.start()
            moments = self._watch(events)
        finally:
            server.kill()
        return self._rate(moments, at_once), events

    def _watch(self, events: list[int]) -> list[float]:
        """The moments at which events were seen to be over, in order."""
        moments: list[float] = []
        deadline = time.monotonic() + PATIENCE
        while len(moments) < len(events):
            with environment(self.bench.registry) as env:
                env.cr.execute(
                    "SELECT count(*) FROM channel_event WHERE id = ANY(%s) AND state != 'pending'",
                    [events],
                )
                over = env.cr.fetchone()[0]
            moments += [time.monotonic()] * (over - len(moments))
            if time.monotonic() > deadline:
                raise SystemExit(f"error: {over} of {len(events)} orders in {PATIENCE} s")
            time.sleep(LOOK_EVERY)
        return moments

    def bare(self, at_once: int, twins: list[twin.Twin]) -> float:
        """The same orders a second by processes that have nothing but the ORM."""
        with bare_processes(self.bench.backend, at_once, twins) as processes:
            for process in processes:
                _ask(process, "go")
            answers = [json.loads(_answer(process)) for process in processes]
        self.retried[at_once] += sum(answer["retried"] for answer in answers)
        moments = [moment for answer in answers for moment in answer["moments"]]
        return self._rate(moments, at_once)

    def _rate(self, moments: list[float], at_once: int) -> float:
        """Orders a second while as many as may were busy."""
        return rate(moments, WARM_UP * at_once, at_once)


@contextmanager
def bare_processes(
    backend: int, count: int, twins: list[twin.Twin]
) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that have loaded everything and wait for a word, each with its share of twins."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        processes = []
        for number in range(count):
            path = Path(folder) / f"{number}.pickle"
            path.write_bytes(pickle.dumps(twins[number::count]))
            command = [sys.executable, "-m", "benchmarks.bare_orm", str(backend), str(path)]
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            running.callback(process.wait)
            running.callback(process.kill)
            processes.append(process)
        for process in processes:
            _answer(process)
        yield processes


def _ask(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdin
    process.stdin.write(f"{text}\n")
    process.stdin.flush()


def _answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        raise SystemExit("error: a process with the bare ORM ended early")
    return line


def run(results: Results, size: Sizes) -> None:
    wanted = size.orders * size.rounds * len(AT_ONCE)
    ours: dict[int, list[float]] = defaultdict(list)
    bare: dict[int, list[float]] = defaultdict(list)
    with registry() as database, Shop({LINES: wanted}) as shop:
        with environment(database) as env:
            prepare_company(env)
            backend = connect(env, shop)
            env["channel.backend"].browse(backend).max_parallel = max(AT_ONCE)
        race = Race(Bench(database, backend), shop.orders[LINES])
        for number in range(size.rounds):
            for at_once in AT_ONCE:
                print(f"==> round {number + 1}, {at_once} at once", file=sys.stderr, flush=True)
                found, events = race.by_jobs(at_once, size.orders)
                ours[at_once].append(found)
                bare[at_once].append(race.bare(at_once, race.bench.twins(events)))
    results.rows += [
        Row(
            f"Orders of {LINES} lines by jobs, {at_once} at a time",
            plain(ours[at_once]),
            plain(bare[at_once]),
            unit="/s",
        )
        for at_once in AT_ONCE
    ]
    results.more["transactions_repeated_by_the_bare_orm"] = dict(race.retried)
