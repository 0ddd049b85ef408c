"""Samples, what is made of them, and the table they end in."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Sample:
    """One measurement: milliseconds and SQL queries (None where nobody counted)."""

    ms: float
    queries: int | None = None


@dataclass(frozen=True)
class Figure:
    """What a step costs: milliseconds at the median and at 95 %, queries at the median."""

    p50: float
    p95: float
    queries: float | None
    samples: int


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least ``share`` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000 * len(ordered)) // 1000) - 1))]


def figure(samples: Sequence[Sample]) -> Figure:
    times = [sample.ms for sample in samples]
    queries = [sample.queries for sample in samples if sample.queries is not None]
    return Figure(
        p50=round(statistics.median(times), 2),
        p95=round(percentile(times, 0.95), 2),
        queries=statistics.median(queries) if queries else None,
        samples=len(samples),
    )


@dataclass
class Row:
    """One line of the table: ours against the bare minimum, with a target for the ratio.

    ``at``: which figures are compared (p50 or p95). Without ``bare`` it is a figure alone.
    """

    name: str
    ours: Figure
    bare: Figure | None = None
    target: float | None = None
    at: str = "p50"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        if not self.bare:
            return None
        return round(getattr(self.ours, self.at) / getattr(self.bare, self.at), 2)

    @property
    def met(self) -> bool | None:
        return None if self.target is None or self.ratio is None else self.ratio <= self.target


@dataclass
class Results:
    """All rows of a benchmark with what it ran on; ``more``: anything else worth keeping."""

    name: str
    machine: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [{**asdict(row), "ratio": row.ratio, "met": row.met} for row in self.rows]
        values = {"benchmark": self.name, "machine": self.machine, "rows": rows, **self.more}
        path.write_text(json.dumps(values, indent=1) + "\n")

    def table(self) -> str:
        """The rows as text: ms and queries of both sides, ratio, target."""
        head = ("", "at", "ours ms", "bare ms", "ratio", "target", "queries", "bare q.", "n")
        lines = [head, *(_cells(row) for row in self.rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        return "\n".join(
            "  ".join(
                cell.rjust(width) if column else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )


def _cells(row: Row) -> tuple[str, ...]:
    def text(value: float | None, digits: int = 1) -> str:
        return "" if value is None else f"{value:.{digits}f}"

    bare, mark = row.bare, {True: " met", False: " MISSED", None: ""}[row.met]
    return (
        f"{row.name} {row.note}".strip(),
        row.at,
        text(getattr(row.ours, row.at)),
        text(getattr(bare, row.at)) if bare else "",
        text(row.ratio, 2),
        f"{row.target:.2f}{mark}" if row.target else "",
        text(row.ours.queries, 0),
        text(bare.queries, 0) if bare else "",
        str(row.ours.samples),
    )
