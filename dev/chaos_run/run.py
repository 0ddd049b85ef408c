"""One run: life goes on in a storm, then it is calm, and both sides are compared."""

from __future__ import annotations

import math
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random

from . import calm
from .disasters import SKEW, SKEW_AT_FIRST, Plan
from .life import Life
from .verdict import Verdict, judge
from .waiting import wait_for
from .weather import Weather
from .world import World

#: Events after which it is looked whether Odoo keeps pace, and minutes that pass with each look.
STRIDE = 5
MINUTES = 0.5
#: What may wait in Odoo: people there can only work on orders that have arrived.
BACKLOG = 40
#: Seconds that life waits for that at most, and while nothing of it gets done: a shop is down.
PATIENCE, STANDSTILL = 8, 1.5
BUSY = """
    SELECT (SELECT count(*) FROM channel_event WHERE state = 'pending')
         + (SELECT count(*) FROM channel_outbox WHERE state = 'pending')
         + (SELECT count(*) FROM queue_job WHERE model_name LIKE 'channel.%'
               AND state IN ('pending', 'enqueued', 'started'))
"""


@dataclass
class Outcome:
    """What happened, and what came of it.

    ``faults`` and ``events``: how many by kind; ``seconds``: of the storm, of the calm after it;
    ``settled``: whether everything came to an end; ``troubles``: what people had to do again.
    """

    seed: int
    wanted: int
    faults: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    settled: bool = False
    troubles: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def is_whole(self) -> bool:
        return self.settled and self.verdict.is_good


def say(message: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {message}", file=sys.stderr, flush=True)


def run(events: int, seed: int, *, keep: bool = False) -> Outcome:
    """Play ``events`` events; the same seed plans the same ones, and the same faults.

    :param keep: leave the database for a look if something is wrong
    """
    outcome = Outcome(seed, events)
    with ExitStack() as stack:
        say(f"chaos of {events} events, seed {seed}: starting PostgreSQL, Odoo and the shops")
        started = time.monotonic()
        world = stack.enter_context(World())
        random = Random(seed)
        weather = Weather(world.shops, Random(random.random()))
        stack.callback(weather.stop)
        storm = Storm(world, weather, Plan(events, Random(random.random())), outcome)
        life = Life(world.shops, world.odoo, Random(random.random()))
        life.prepare()
        for shop in world.shops:
            shop.store.clock.advance(sum(SKEW) / 2 - SKEW_AT_FIRST)
        weather.start()
        outcome.seconds["set-up"] = time.monotonic() - started
        storm.rage(life, events)
        storm.calm_down()
        outcome.verdict = judge(world.shops, world.odoo, world.sql, life)
        outcome.troubles = life.troubles
        outcome.faults = storm.plan.count + weather.count()
        world.keep = keep and not outcome.is_whole
        if world.keep:
            say(f"kept for a look: {world.database}")
    return outcome


class _Backlog:
    """What waits in Odoo, looked at again and again; time goes by with each look."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._least, self._moved = math.inf, time.monotonic()

    def is_worked_off(self) -> bool:
        """Whether it is small, or will not get smaller now."""
        calm.time_goes_by(self._world, MINUTES, busy=True)
        left, now = int(self._world.sql(BUSY)[0][0]), time.monotonic()
        if left < self._least:
            self._least, self._moved = left, now
        return left < BACKLOG or now - self._moved > STANDSTILL


class Storm:
    """Weather and disasters over one world."""

    def __init__(self, world: World, weather: Weather, plan: Plan, outcome: Outcome) -> None:
        self.world, self.weather, self.plan, self.outcome = world, weather, plan, outcome

    def rage(self, life: Life, events: int) -> None:
        started = time.monotonic()
        for number in range(events):
            self.outcome.events[life.step()] += 1
            self.weather.go_on()
            for name in self.plan.go_on(number, self.world):
                if name:
                    say(f"event {number}: {name}")
            if number % STRIDE == STRIDE - 1:
                self._keep_pace(number, started)
        self.outcome.seconds["storm"] = time.monotonic() - started

    def _keep_pace(self, number: int, started: float) -> None:
        wait_for(_Backlog(self.world).is_worked_off, PATIENCE, every=0.5)
        if number % 500 == 499:
            say(f"{number + 1} events in {time.monotonic() - started:.0f} s")

    def calm_down(self) -> None:
        """Everything works again, what waits is worked off, one reconciliation, and once more."""
        started = time.monotonic()
        self.plan.calm(self.world)
        self.weather.calm()
        self.world.server.restart()  # its log is whole again
        say("calm: everything under way arrives")
        drained = calm.drain(self.world, self.weather)
        self.outcome.seconds["drain"] = time.monotonic() - started
        say("one reconciliation")
        started = time.monotonic()
        calm.reconcile(self.world)
        self.outcome.settled = calm.drain(self.world, self.weather) and drained
        self.outcome.seconds["reconciliation"] = time.monotonic() - started
