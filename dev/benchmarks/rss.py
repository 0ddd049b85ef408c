"""Memory of a process as Linux counts it: this one, or a server's worker."""

from __future__ import annotations

import ctypes
import gc
import re
from pathlib import Path


def read(name: str, pid: int | str = "self") -> float:
    """A figure of a process in MiB: ``VmRSS`` now, ``VmHWM`` the most since the last reset."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def reset_peak(pid: int | str = "self") -> None:
    """Forget the peak; this process gives back what is free first, so that what it needs shows."""
    if pid == "self":
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)
    Path(f"/proc/{pid}/clear_refs").write_text("5")
