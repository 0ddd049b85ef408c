"""Whatever dies, fills up or is set wrong during a run, and when."""

from __future__ import annotations

import math
import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from .shop import Shop
from .waiting import until, wait_for

if TYPE_CHECKING:
    from .world import World

#: Seconds that the shops' clocks are slow: at first, and what they are set to later. A signed
#: request allows a quarter of an hour, a new connection less; and with ten minutes, what changed
#: last is old enough for a reconciliation that follows at once.
SKEW_AT_FIRST = -580
SKEW = (-860, -610)
#: Seconds to wait for a job that can be killed.
PATIENCE = 15
#: What a write of the log says where the disk is full.
FULL = """
    CREATE OR REPLACE FUNCTION chaos_disk_full() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END$$;
    CREATE OR REPLACE TRIGGER chaos_disk_full BEFORE INSERT ON channel_log
        FOR EACH STATEMENT EXECUTE FUNCTION chaos_disk_full()
"""
RUNNING = "SELECT worker_pid FROM queue_job WHERE state = 'started' AND model_name LIKE 'channel.%'"
Doing = Callable[["World", Random], bool]


@dataclass(frozen=True)
class Disaster:
    """``per``: how often in 10,000 events, at least once in any run; ``lasts``: share of the run
    after which ``after`` ends it. Both return whether it happened."""

    name: str
    per: int
    doing: Doing
    lasts: float = 0.0
    after: Doing | None = None


# === PROCESSES === #


def kill_worker(world: World, random: Random) -> bool:
    """Kill the process of a running job, at any point of its work."""
    ours: set[int] = set()

    def find() -> bool:
        running = {pid for (pid,) in world.sql(RUNNING) if pid}
        ours.update(running & set(world.server.workers()))
        return bool(ours)

    if not wait_for(find, PATIENCE, every=0.01):
        return False
    time.sleep(random.random() * 0.1)
    return _kill(random.choice(sorted(ours)))


def kill_runner(world: World, random: Random) -> bool:
    """Kill the process that hands the jobs out."""
    told = world.server.log.read_text(errors="replace")
    runners = re.findall(r"Worker WorkerJobRunner \((\d+)\) alive", told)
    alive = {int(pid) for pid in runners} & set(world.server.workers())
    return any(_kill(pid) for pid in alive)  # a server has one


def kill_odoo(world: World, random: Random) -> bool:
    """The machine's power fails."""
    world.server.kill()
    until(world.server.start, RuntimeError)
    return True


def restart_odoo(world: World, random: Random) -> bool:
    world.server.restart()
    return True


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


# === POSTGRESQL === #


def crash_postgres(world: World, random: Random) -> bool:
    return _restart_postgres("immediate")


def restart_postgres(world: World, random: Random) -> bool:
    return _restart_postgres("fast")


def _restart_postgres(mode: str) -> bool:
    """Only a private server is ours to stop."""
    if not os.environ.get("PG_BASE"):
        return False
    script = f'. "{os.environ["SETUP"]}/env.sh" && restart_postgres {mode}'
    subprocess.run(["bash", "-euc", script], check=True, stdin=subprocess.DEVNULL)
    return True


# === A FULL DISK === #


def fill_log(world: World, random: Random) -> bool:
    """Odoo's log can't be written: every line fails."""
    world.server.stop()
    until(lambda: world.server.start("--logfile=/dev/full"), RuntimeError)
    return True


def fill_log_table(world: World, random: Random) -> bool:
    """The addon's HTTP log can't be written."""
    world.sql(FULL)
    return True


def empty_log_table(world: World, random: Random) -> bool:
    world.sql("DROP TRIGGER IF EXISTS chaos_disk_full ON channel_log")
    return True


# === SHOPS === #


def close_shop(world: World, random: Random) -> bool:
    """A shop says to everybody that it is closed, or does not even answer."""
    shop = random.choice(world.shops)
    if random.random() < 0.5:
        shop.server.faults.down = True
    else:
        shop.server.pause()
    return True


def open_shops(world: World, random: Random) -> bool:
    for shop in world.shops:
        shop.server.faults.down = False
        shop.server.resume()
    return True


def disable_hooks(world: World, random: Random) -> bool:
    """What a shop does itself after failures in a row."""
    return _switch_off(random.choice(world.shops), "disabled", failures=6)


def pause_hook(world: World, random: Random) -> bool:
    """What a person does with one webhook."""
    return _switch_off(random.choice(world.shops), "paused", limit=1)


def _switch_off(shop: Shop, status: str, failures: int = 0, limit: int = 100) -> bool:
    with shop.store.lock:
        active = [hook for hook in shop.store.webhooks if hook["status"] == "active"][:limit]
        for hook in active:
            hook.update(status=status, failure_count=failures)
    return bool(active)


def skew_clock(world: World, random: Random) -> bool:
    """A shop's clock is set, back or forth."""
    shop = random.choice(world.shops)
    wanted = random.uniform(*SKEW)
    with shop.store.lock:
        now = shop.store.clock.now().timestamp() - time.time()
        shop.store.clock.advance(wanted - now)
    return True


DISASTERS = (
    Disaster("worker killed with -9 in the middle of a job", 40, kill_worker),
    Disaster("job runner killed with -9", 8, kill_runner),
    Disaster("Odoo killed with -9", 2, kill_odoo),
    Disaster("Odoo restarted", 3, restart_odoo),
    Disaster("PostgreSQL crashed", 2, crash_postgres),
    Disaster("PostgreSQL restarted", 2, restart_postgres),
    Disaster("log file on a full disk", 1, fill_log, 0.1, restart_odoo),
    Disaster("log table on a full disk", 2, fill_log_table, 0.04, empty_log_table),
    Disaster("shop down for a while", 10, close_shop, 0.008, open_shops),
    Disaster("webhooks disabled by the shop", 3, disable_hooks),
    Disaster("webhook paused by a person", 3, pause_hook),
    Disaster("clock of a shop set", 10, skew_clock),
)
#: Part of a run in which nothing breaks yet, and at whose end nothing new breaks.
QUIET = 0.05


class Plan:
    """Which disaster happens after which event; ``count`` tells which did."""

    def __init__(self, events: int, random: Random) -> None:
        self._random = random
        self._steps: dict[int, list[tuple[str, Doing]]] = {}
        self.count: Counter[str] = Counter()
        for disaster in DISASTERS:
            for _number in range(math.ceil(disaster.per * events / 10_000)):
                self._add(disaster, events)

    def _add(self, disaster: Disaster, events: int) -> None:
        last = 1 - QUIET - disaster.lasts
        step = int(events * self._random.uniform(QUIET, last))
        self._steps.setdefault(step, []).append((disaster.name, disaster.doing))
        if disaster.after:
            end = step + max(1, int(events * disaster.lasts))
            self._steps.setdefault(end, []).append(("", disaster.after))

    def go_on(self, step: int, world: World) -> Iterator[str]:
        """What is planned after this event happens; yields the name of each before it does."""
        for name, doing in self._steps.pop(step, []):
            yield name
            if doing(world, self._random) and name:
                self.count[name] += 1

    def calm(self, world: World) -> None:
        """Whatever still lasts is over."""
        for doing in (empty_log_table, open_shops):
            doing(world, self._random)
