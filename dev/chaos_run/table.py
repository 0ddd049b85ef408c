"""What a run prints and writes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .run import Outcome

WIDTH = 52
#: Sentences of each kind that are printed; the report has them all.
LISTED = 20
KINDS = ("lost", "doubled", "left", "differing")


def show(outcome: Outcome, command: str) -> str:
    return "\n".join(_lines(outcome, command))


def _lines(outcome: Outcome, command: str) -> Iterator[str]:
    yield f"\nChaos of {outcome.wanted} events, seed {outcome.seed}. Again: {command}"
    yield from _counts("what happened", outcome.events)
    yield from _counts("what went wrong", outcome.faults)
    yield from _block("what came of it")
    for kind in KINDS:
        yield _row(kind, len(getattr(outcome.verdict, kind)))
    yield _row("explained by an issue", len(outcome.verdict.explained))
    yield _row("open issues", len(outcome.verdict.issues))
    yield from _counts("compared on both sides", outcome.verdict.compared)
    if not outcome.settled:
        yield _row("jobs that do not end", 1)
    yield from _block("seconds")
    for part, seconds in outcome.seconds.items():
        yield _row(part, round(seconds))
    storm = outcome.seconds.get("storm") or 1
    yield _row("events per second", f"{outcome.events.total() / storm:.1f}")
    for kind in KINDS:
        yield from _sentences(kind, getattr(outcome.verdict, kind))
    for kind in ("explained", "issues"):
        yield from _sentences(kind, getattr(outcome.verdict, kind))


def _counts(title: str, counts: Counter[str]) -> Iterator[str]:
    yield from _block(title, counts.total())
    for name, count in sorted(counts.items(), key=lambda row: (-row[1], row[0])):
        yield _row(name, count)


def _block(title: str, total: int | str = "") -> Iterator[str]:
    yield f"\n{title:<{WIDTH}}{total:>8}"


def _row(name: str, value: object) -> str:
    return f"  {name:<{WIDTH - 2}}{value:>8}"


def _sentences(kind: str, sentences: list[str]) -> Iterator[str]:
    if sentences:
        yield f"\n{kind}:"
    for sentence in sentences[:LISTED]:
        yield f"  {sentence}"
    if len(sentences) > LISTED:
        yield f"  … and {len(sentences) - LISTED} more"


def summary(outcomes: list[Outcome]) -> str:
    """A row per seed, for more than one."""
    head = f"\n{'seed':>6} {'events':>7} {'faults':>7} " + " ".join(f"{k:>9}" for k in KINDS)
    rows = [
        f"{one.seed:>6} {one.events.total():>7} {one.faults.total():>7} "
        + " ".join(f"{len(getattr(one.verdict, kind)):>9}" for kind in KINDS)
        for one in outcomes
    ]
    return "\n".join([head, *rows])


def write(path: Path, outcomes: Iterable[Outcome]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [_plain(one) for one in outcomes]
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False, default=str) + "\n")


def _plain(outcome: Outcome) -> dict[str, Any]:
    verdict = {name: getattr(outcome.verdict, name) for name in (*KINDS, "explained", "issues")}
    return {**vars(outcome), "verdict": verdict, "whole": outcome.is_whole}
