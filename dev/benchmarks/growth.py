"""A long import, chunk by chunk: what a record costs at the start and at the end of it.

The bare ORM makes the same records in equal chunks at the start and at the end, alternately, in
the same database: what grows with it is Odoo's own.
"""

from __future__ import annotations

import statistics
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from odoo.addons.channel_connector.models.channel_event_jobs import CHUNK

from . import rss
from .figures import Figure, Results, Row, Sample, figure, plain
from .odoo_process import environment, measured
from .walk import Walk

#: Records at the start, and at the end, of which the cost is compared; of a smaller import a part.
WINDOW = 1000
PART = 4
#: The very first chunk does not count, nor does the last one of a page that is not full.
SMALLEST = 3 * CHUNK
#: What may grow: the noise of a machine, no more.
FLAT = 1.1
TARGET = 1.25
#: Tables of which the scanned rows are told.
SCANS_SHOWN = 12
#: The first page is asked for with nothing known, the last ones bring less.
WARM_UP = 1


@dataclass
class Chunks:
    """Cost of each record in the chunks of one end of an import."""

    ours: list[Sample] = field(default_factory=list)
    bare: list[Sample] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)


@dataclass
class Import:
    """A whole import by :class:`.walk.Walk`.

    ``twins``: what a bare record has to be made of to be like what a chunk's events became;
    ``bare``: makes them.
    """

    walk: Walk
    count: int
    twins: Callable[[Any], Any]
    bare: Callable[[Any], None]
    start: Chunks = field(default_factory=Chunks)
    end: Chunks = field(default_factory=Chunks)
    reading: list[Sample] = field(default_factory=list)
    answers: list[Sample] = field(default_factory=list)
    memory: dict[str, float] = field(default_factory=dict)
    scanned: list[tuple[int, Counter[str]]] = field(default_factory=list)
    done: int = 0
    reading_ms: float = 0.0

    @property
    def window(self) -> int:
        return min(WINDOW, max(SMALLEST, self.count // PART))

    def run(self) -> None:
        more = True
        while more:
            sample, more = self.walk.poll()
            self.reading_ms += sample.ms
            self.reading += self.walk.own_work()
            self.answers += [Sample(answer.seconds * 1000) for answer in self.walk.answers]
            for uuid in self.walk.jobs():
                self._chunk(uuid)
        if self.done != self.count:
            raise SystemExit(f"error: {self.done} of {self.count} were imported")
        self.memory["end"] = rss.read("VmRSS")
        self.memory["peak"] = rss.read("VmHWM")

    def _chunk(self, uuid: str) -> None:
        sample, events = self.walk.work(uuid)
        place = self._end_of(self.done)
        first, self.done = not self.done, self.done + len(events)
        if place is None:
            self._remember()
        elif not first and len(events) == CHUNK:  # the end of a page costs each record more
            self._note_scans()
            place.ours.append(_each(sample, len(events)))
            place.answers.append(self.walk.http_ms / len(events))
            with self.walk.made_of(events) as records:
                twins = self.twins(records)
            place.bare.append(_each(measured(lambda: self.bare(twins)), len(events)))
        if self.done % 500 < len(events):
            print(f"==> {self.done} of {self.count}", file=sys.stderr, flush=True)

    def _end_of(self, position: int) -> Chunks | None:
        if position < self.window:
            return self.start
        return self.end if position >= self.count - self.window else None

    def _remember(self) -> None:
        """The import is on its way: from here on nothing but it happens until its end is near."""
        if "start" not in self.memory:
            rss.reset_peak()
            self.memory["start"] = rss.read("VmRSS")
            self.memory["start_at"] = self.done
            self.scanned.append((self.done, self._scans()))

    def _note_scans(self) -> None:
        if len(self.scanned) == 1:
            self.scanned.append((self.done, self._scans()))

    def _scans(self) -> Counter[str]:
        """Rows that were read because no index led to the wanted ones, by table, until now."""
        with environment(self.walk.registry) as env:
            env.cr.execute("SELECT relname, seq_tup_read FROM pg_stat_user_tables")
            return Counter({name: int(rows or 0) for name, rows in env.cr.fetchall()})

    def _scanned_each(self) -> dict[str, float]:
        """Rows that each record in the middle of the import made PostgreSQL scan, by table."""
        if len(self.scanned) < 2:
            return {}
        (start, before), (end, after) = self.scanned
        found = (after - before).most_common(SCANS_SHOWN)
        return {name: round(rows / (end - start), 1) for name, rows in found}

    # === WHAT CAME OF IT === #

    def report(self, results: Results, of: str) -> None:
        """Rows about ``of`` ("orders")."""
        name = f"First import of {self.count:,} {of}"
        first, last = figure(self.start.ours), figure(self.end.ours)
        bare_first, bare_last = figure(self.start.bare), figure(self.end.bare)
        window = f"{self.window:,}"
        results.rows += [
            Row(f"{name}, each of the first {window}", first, bare_first, TARGET),
            Row(f"{name}, each of the last {window}", last, bare_last, TARGET),
            Row(f"{name}, last {window} against first {window}", last, first, FLAT),
            Row(
                f"The same made by the bare ORM, last against first {window}", bare_last, bare_first
            ),
            *self._rates(name, window, first, last),
            *self._memory(name, of),
        ]
        pages = self.reading[WARM_UP:]
        share = max(1, len(pages) // PART)
        results.more["reading_of_a_page_ms"] = {
            "first": _median(pages[:share]),
            "last": _median(pages[-share:]),
            "shops_answer_first": _median(self.answers[WARM_UP:][:share]),
            "shops_answer_last": _median(self.answers[WARM_UP:][-share:]),
        }
        results.more["memory_mib"] = self.memory
        results.more["rows_scanned_each"] = self._scanned_each()
        results.more["asking_the_shop_in_a_chunk_ms_each"] = {
            "first": statistics.median(self.start.answers),
            "last": statistics.median(self.end.answers),
        }

    def _rates(self, name: str, window: str, first: Figure, last: Figure) -> list[Row]:
        reading = self.reading_ms / self.count
        return [
            Row(
                f"{name}, rate at its {place}, reading included",
                plain(1000 / (found.p50 + reading)),
                unit="/s",
            )
            for place, found in (("start", first), ("end", last))
        ]

    def _memory(self, name: str, of: str) -> list[Row]:
        if "start" not in self.memory:
            return []
        grown = self.memory["end"] - self.memory["start"]
        between = self.count - self.memory["start_at"]
        return [
            Row(f"{name}, memory of the process at most", plain(self.memory["peak"]), unit="MiB"),
            Row(
                f"{name}, memory that stays, each of the {of}",
                plain(grown * 1024 / between),
                unit="KiB",
            ),
        ]


def _each(sample: Sample, count: int) -> Sample:
    return Sample(sample.ms / count, round((sample.queries or 0) / count))


def _median(samples: Sequence[Sample]) -> float:
    return round(statistics.median(sample.ms for sample in samples), 1) if samples else 0.0
