"""The database of the first version, upgraded, for the tests that start from it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import databases
from upgrade_run import figures, kept, traces

__all__ = ["figures", "kept", "traces", "upgraded_copy"]


@contextmanager
def upgraded_copy(name: str) -> Iterator[str]:
    """A fresh copy of it, dropped afterwards."""
    databases.copy(kept.upgraded(), name)
    try:
        yield name
    finally:
        databases.drop(name)
