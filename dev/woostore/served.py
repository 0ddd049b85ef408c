"""A request the store answered, kept for tests that count calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

SECRETS = ("consumer_key", "consumer_secret", "oauth_")


@dataclass
class ServedRequest:
    """``path`` starts at /wp-json; ``query`` and ``body`` hold no key or signature."""

    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    status: int = 0
    started: datetime | None = None
    body: Any = None


def without_secrets(query: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in query.items() if not key.startswith(SECRETS)}
