"""JSON as PHP writes it: no spaces, ASCII only, slashes escaped."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from .rounding import number


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return number(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def dumps(value: Any) -> str:
    text = json.dumps(value, separators=(",", ":"), default=_plain)
    return text.replace("/", "\\/")
