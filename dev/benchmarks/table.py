"""The rows of a benchmark as a table: for a terminal, and for the README."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .figures import Figure, Row

HEAD = ("", "at", "ours", "bare", "ratio", "target", "queries", "bare q.", "n")
README_HEAD = ("Figure", "Ours", "Bare", "Ratio", "Target", "SQL queries")
MARKS = {True: " met", False: " MISSED", None: ""}


def machine_line(machine: dict[str, Any]) -> str:
    return (
        f"{machine['processor']}, {machine['cores']} cores, Odoo {machine['odoo']}, "
        f"PostgreSQL {machine['postgresql_server_version']} (fsync {machine['postgresql_fsync']})"
    )


def text(rows: Iterable[Row]) -> str:
    """The rows for a terminal: both sides, ratio, target, queries, number of samples."""
    lines = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def rst(rows: Iterable[Row]) -> str:
    """The rows as a simple table of reStructuredText."""
    lines = [README_HEAD, *(_readme_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(README_HEAD))]
    rule = " ".join("=" * width for width in widths)
    head, *body = (_padded(line, widths) for line in lines)
    return "\n".join([rule, head, rule, *body, rule])


def _padded(line: Sequence[str], widths: Sequence[int]) -> str:
    return " ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    return (
        f"{row.name} {row.note}".strip(),
        row.at,
        _amount(row.ours, row),
        _amount(row.bare, row),
        _number(row.ratio, 2),
        _target(row) + MARKS[row.met],
        _number(row.ours.queries),
        _number(row.bare and row.bare.queries),
        str(row.ours.samples),
    )


def _readme_cells(row: Row) -> tuple[str, ...]:
    at = f", {row.at}" if row.at != "p50" else ""
    queries = _number(row.ours.queries)
    if row.bare and row.bare.queries is not None:
        queries += f" against {_number(row.bare.queries)}"
    return (
        f"{row.name}{at}",
        _amount(row.ours, row),
        _amount(row.bare, row),
        _number(row.ratio, 2),
        _target(row) + (" **missed**" if row.met is False else ""),
        queries,
    )


def _amount(figure: Figure | None, row: Row) -> str:
    """A figure with its unit; as many digits as say something."""
    if figure is None:
        return ""
    value = getattr(figure, row.at)
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 1 else 2
    return f"{value:,.{digits}f}" + (row.unit if row.unit == "/s" else f" {row.unit}").rstrip()


def _number(value: float | None, digits: int = 0) -> str:
    if value is None:
        return ""
    return f"{value:,.{digits}f}" if digits or value == int(value) else f"{value:,.1f}"


def _target(row: Row) -> str:
    if row.target is None:
        return ""
    return f"{row.target:.2f}" if row.bare else f"{row.target:g} {row.unit}"
