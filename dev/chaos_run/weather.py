"""What goes wrong on the wire: answers that break, webhooks that come as they like."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any

from ..woostore.faults import Fault
from .shop import Shop

#: Seconds the addon is told to wait for an answer of a shop; longer ones only make a run longer.
READ_TIMEOUT = 3
#: How likely an answer of a shop breaks with each thing that happens.
LIKELY = 0.05
#: What each delivery is: never made, or made so often.
DROPPED, TIMES = 0.05, 3
#: Things that happen until a delivery is made, at most.
LATE = 25
#: Seconds between two looks at what has to be delivered.
EVERY = 0.02

WRITES = "POST|PUT"
#: What breaks: how often of all, the fault, and the rest of :meth:`woostore.faults.Faults.add`.
WIRE: tuple[tuple[int, str, Mapping[str, Any]], ...] = (
    (3, "429-retry-after", {"retry_after": 2}),
    (3, "429-no-retry-after", {}),
    (4, "500-fatal-json", {}),
    (3, "500-fatal-json", {"when": "after", "method": WRITES}),
    (2, "500-database-down", {}),
    (4, "502-html", {}),
    (3, "502-nginx", {"when": "after", "method": WRITES}),
    (2, "503-maintenance", {"retry_after": 3}),
    (1, "504-html", {"when": "after", "method": WRITES}),
    (2, "timeout", {"seconds": READ_TIMEOUT + 1}),
    (3, "timeout", {"seconds": READ_TIMEOUT + 1, "when": "after", "method": WRITES}),
    (2, "reset", {}),
    (3, "reset", {"when": "after", "method": WRITES}),
    (3, "half-body", {}),
    (3, "half-body", {"method": WRITES}),
    (3, "broken-json", {}),
    (3, "broken-json", {"method": WRITES}),
    (2, "200-html", {}),
    (2, "200-php-notice-before-json", {}),
)
WEIGHTS = [row[0] for row in WIRE]


class Wire:
    """Breaks answers of a shop; ``count`` tells which did break, as far as they were called for."""

    def __init__(self, shop: Shop, random: Random) -> None:
        self._shop, self._random = shop, random
        self._faults: list[Fault] = []

    def go_on(self) -> None:
        """One thing has happened in the shop or in Odoo; the next answer may break."""
        if self._random.random() >= LIKELY:
            return
        _weight, kind, options = self._random.choices(WIRE, WEIGHTS)[0]
        methods = options.get("method", "").split("|")
        more = {**options, "method": self._random.choice(methods) or None}
        self._faults.append(self._shop.server.faults.add(kind, **more))

    def count(self) -> Counter[str]:
        happened = [fault for fault in self._faults if not fault.times]
        return Counter(
            f"{fault.kind}{', after the write' if fault.when == 'after' else ''}"
            for fault in happened
        )

    def calm(self) -> None:
        self._shop.server.faults.clear()


class Post:
    """Carries a shop's webhooks to Odoo, in a thread of its own.

    Each is made :data:`TIMES` times, in any order, late; one of them says what the record was when
    the shop wanted to tell of it, the others what it is when they are made. Some are never made.
    """

    def __init__(self, shop: Shop, random: Random) -> None:
        self._shop, self._random = shop, random
        self._moment = 0
        #: (when it is due, by moments; hook; resource; body)
        self._under_way: list[tuple[int, int, int, bytes | None]] = []
        self._lock = threading.Lock()
        self._calm = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self.count: Counter[str] = Counter()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def go_on(self) -> None:
        """One more thing has happened."""
        self._moment += 1

    def calm(self) -> None:
        """From now on webhooks come as they should, those under way at once."""
        self._calm.set()

    def left(self) -> int:
        """Deliveries that were not made yet."""
        with self._lock:
            return len(self._under_way) + len(self._shop.store.webhooks.pending)

    def _work(self) -> None:
        while not self._stopped.wait(EVERY):
            with self._lock:
                self._take()
                due = self._due()
            for number, (_moment, hook, resource, body) in enumerate(due):
                if self._stopped.is_set():
                    break
                self._send(hook, resource, body)
                with self._lock:
                    self._under_way.remove(due[number])

    def _take(self) -> None:
        hooks = self._shop.store.webhooks
        for hook, resource in hooks.take():
            if self._calm.is_set():
                self._under_way.append((0, hook, resource, None))
                continue
            if self._random.random() < DROPPED:
                self.count["delivery dropped"] += 1
                continue
            self.count["delivery tripled, shuffled, late"] += 1
            bodies = (hooks.body_of(hook, resource), *[None] * (TIMES - 1))
            self._under_way += [
                (self._moment + self._random.randrange(LATE), hook, resource, body)
                for body in bodies
            ]

    def _due(self) -> list[tuple[int, int, int, bytes | None]]:
        calm = self._calm.is_set()
        due = [row for row in self._under_way if calm or row[0] <= self._moment]
        self._random.shuffle(due)
        return due

    def _send(self, hook: int, resource: int, body: bytes | None) -> None:
        status = self._shop.store.webhooks.send(hook, resource, body)
        if status is None:
            self.count["delivery of a hook that is off"] += 1
        elif not 200 <= status <= 302:
            self.count["delivery refused by a dead Odoo"] += 1


class Weather:
    """The weather of all shops."""

    def __init__(self, shops: list[Shop], random: Random) -> None:
        self.wires = [Wire(shop, Random(random.random())) for shop in shops]
        self.posts = [Post(shop, Random(random.random())) for shop in shops]

    def start(self) -> None:
        for post in self.posts:
            post.start()

    def go_on(self) -> None:
        for part in (*self.wires, *self.posts):
            part.go_on()

    def calm(self) -> None:
        for part in (*self.wires, *self.posts):
            part.calm()

    def stop(self) -> None:
        for post in self.posts:
            post.stop()

    def left(self) -> int:
        return sum(post.left() for post in self.posts)

    def count(self) -> Counter[str]:
        counts = [wire.count() for wire in self.wires] + [post.count for post in self.posts]
        return sum(counts, Counter())
