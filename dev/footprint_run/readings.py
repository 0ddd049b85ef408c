"""Meters: what processes, tables and connections have used so far."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

Sql = Callable[..., list[tuple[Any, ...]]]
_TICKS = os.sysconf("SC_CLK_TCK")
SIZES = """
    SELECT relname, pg_total_relation_size(oid)
      FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
CONNECTIONS = """
    SELECT count(*), count(*) FILTER (WHERE state <> 'idle')
      FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'odoo-%'
"""


def cpu_seconds(root: int) -> float:
    """CPU time of a process, of its children, and of those that have ended."""
    try:
        after_name = Path(f"/proc/{root}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    except FileNotFoundError:  # it ended: its parent counts it from now on
        return 0.0
    own = sum(map(int, after_name[11:15])) / _TICKS
    return own + sum(cpu_seconds(int(child)) for child in children)


def memory_mib(pid: int) -> float:
    """Resident memory of a process without what it shares with its siblings."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(kib) for kib in re.findall(r"^Private_\w+: +(\d+)", text, re.M)) / 1024


class Tables:
    """Rows and bytes of all tables; :meth:`compact` first, so that no dead rows are counted."""

    def __init__(self, sql: Sql) -> None:
        sql("VACUUM FULL")
        self.bytes: dict[str, int] = dict(sql(SIZES))
        counted = " UNION ALL ".join(
            f"SELECT '{name}', count(*) FROM \"{name}\"" for name in self.bytes
        )
        self.rows: dict[str, int] = dict(sql(counted))

    def since(self, before: Tables, orders: int) -> dict[str, dict[str, float]]:
        """``{table: {rows, bytes}}`` for each of so many orders, the greatest first."""
        grown = {
            name: {
                "rows": round((self.rows[name] - before.rows[name]) / orders, 2),
                "bytes": round((self.bytes[name] - before.bytes[name]) / orders),
            }
            for name in self.bytes
            if name in before.bytes and self.rows[name] > before.rows[name]
        }
        return dict(sorted(grown.items(), key=lambda item: -item[1]["bytes"]))


class Connections:
    """Watches the connections of a server, all its processes together, while a block runs.

    A context manager. ``most``: at the same time; ``busy``: of these in a transaction or at work.
    """

    def __init__(self, sql: Sql) -> None:
        self.most = self.busy = 0
        self._sql = sql
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            ((count, busy),) = self._sql(CONNECTIONS)
            self.most, self.busy = max(self.most, count), max(self.busy, busy)

    def __enter__(self) -> Connections:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()
