"""The README's table of figures: made of a saved run, never by hand."""

from __future__ import annotations

import shutil
from pathlib import Path

from . import table
from .figures import Results

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.rst"
#: The run whose figures the README shows.
SAVED = Path(__file__).with_name("figures.json")
BEGIN, END = ".. figures of dev/bench begin", ".. figures of dev/bench end"


def section(results: Results) -> str:
    """The machine and the table, as the README has them between its two comments."""
    return f"{table.machine_line(results.machine)}:\n\n{table.rst(results.rows)}"


def shown() -> str:
    """What the README shows now.

    :raises ValueError: it has lost its comments
    """
    return _parts()[1].strip("\n")


def publish(path: Path, *, write: bool) -> None:
    """Print the table of a saved run; ``write``: put it into the README, and keep the run."""
    results = Results.read(path)
    if not write:
        print(section(results))
        return
    before, _inside, after = _parts()
    README.write_text(f"{before}{BEGIN}\n\n{section(results)}\n\n{END}{after}")
    if path.resolve() != SAVED:
        shutil.copy(path, SAVED)


def _parts() -> tuple[str, str, str]:
    before, begin, rest = README.read_text().partition(f"{BEGIN}\n")
    inside, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{README.name} lacks {BEGIN!r} or {END!r}")
    return before, inside, after
