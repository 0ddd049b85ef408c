"""What the figures were taken on."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import psycopg2


def describe() -> dict[str, Any]:
    """Processor, memory, versions, and the settings of PostgreSQL that make commits cheap."""
    from odoo.release import version  # only with the benchmark's environment

    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "load_before": os.getloadavg()[0],
        "system": platform.platform(),
        "python": platform.python_version(),
        "odoo": version,
        **_postgres(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _postgres() -> dict[str, str]:
    connection = psycopg2.connect(dbname="postgres")
    try:
        with connection.cursor() as cursor:
            found = {}
            for name in ("server_version", "fsync", "synchronous_commit", "shared_buffers"):
                cursor.execute(f"SHOW {name}")
                (found[f"postgresql_{name}"],) = cursor.fetchone() or ("",)
            return found
    finally:
        connection.close()
