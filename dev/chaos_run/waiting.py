"""Waiting for what was killed to come back, and for what is under way to happen."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
#: Seconds within which whatever was killed has to be back.
PATIENCE = 240
PAUSE = 0.5


def until(work: Callable[[], T], *errors: type[Exception]) -> T:
    """Call ``work`` until it raises none of ``errors``, for :data:`PATIENCE` seconds."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except errors:
            if time.monotonic() > deadline:
                raise
        time.sleep(PAUSE)


def wait_for(condition: Callable[[], object], seconds: float, every: float = 0.05) -> bool:
    """Whether the condition became true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
