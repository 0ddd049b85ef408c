"""Samples, what is made of them, and the rows that a table is made of."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

#: Units of figures of which more is better; of all others less is.
RATES = ("/s",)


@dataclass(frozen=True)
class Sample:
    """One measurement: milliseconds and SQL queries (None where nobody counted)."""

    ms: float
    queries: int | None = None


@dataclass(frozen=True)
class Figure:
    """A figure at the median and at 95 % of its samples, and SQL queries at the median.

    Milliseconds, unless the unit of its row says otherwise.
    """

    p50: float
    p95: float
    queries: float | None
    samples: int


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least ``share`` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000 * len(ordered)) // 1000) - 1))]


def rate(moments: Sequence[float], skipped: int, last: int) -> float:
    """How many a second, from the moments (in seconds) at which each was done.

    :param skipped: how many are over before the clock starts
    :param last: how many may be alone at the end, when nothing waits any more
    """
    ordered = sorted(moments)
    start, end = skipped - 1, len(ordered) - last
    return (end - start) / (ordered[end] - ordered[start])


def figure(samples: Sequence[Sample]) -> Figure:
    queries = [sample.queries for sample in samples if sample.queries is not None]
    of_times = plain([sample.ms for sample in samples])
    return Figure(
        of_times.p50, of_times.p95, statistics.median(queries) if queries else None, len(samples)
    )


def plain(values: float | Sequence[float]) -> Figure:
    """The figure of numbers that are no times: a rate, a size, a count."""
    numbers = values if isinstance(values, Sequence) else [values]
    return Figure(
        round(statistics.median(numbers), 2),
        round(percentile(numbers, 0.95), 2),
        None,
        len(numbers),
    )


@dataclass
class Row:
    """One line of the table: ours against the bare minimum, with a target.

    ``at``: which figures are compared (p50 or p95). ``unit``: of both figures. ``target``: what
    the ratio may be at most; where there is nothing to compare with, what the figure may be.
    ``benchmark``: which one it comes from.
    """

    name: str
    ours: Figure
    bare: Figure | None = None
    target: float | None = None
    at: str = "p50"
    note: str = ""
    unit: str = "ms"
    benchmark: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the bare minimum's cost ours is."""
        if not self.bare:
            return None
        ours, bare = getattr(self.ours, self.at), getattr(self.bare, self.at)
        cost, least = (bare, ours) if self.unit in RATES else (ours, bare)
        return round(cost / least, 2) if least else None

    @property
    def met(self) -> bool | None:
        found = self.ratio if self.bare else getattr(self.ours, self.at)
        return None if self.target is None or found is None else found <= self.target


@dataclass
class Results:
    """All rows of a benchmark with what it ran on; ``more``: anything else worth keeping."""

    name: str
    machine: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [
            {**asdict(row), "benchmark": row.benchmark or self.name}
            | {"ratio": row.ratio, "met": row.met}
            for row in self.rows
        ]
        values = {"benchmark": self.name, "machine": self.machine, "rows": rows, "more": self.more}
        path.write_text(json.dumps(values, indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> Results:
        """What :meth:`write` has written."""
        values = json.loads(path.read_text())
        return cls(
            values["benchmark"],
            values["machine"],
            [_row(row) for row in values["rows"]],
            values["more"],
        )


def _row(values: dict[str, Any]) -> Row:
    kept = {key: value for key, value in values.items() if key not in ("ratio", "met")}
    bare = values["bare"] and Figure(**values["bare"])
    return Row(**{**kept, "ours": Figure(**values["ours"]), "bare": bare})
