"""Meta entries of orders, lines and refunds: ``{"id", "key", "value"}`` in a list."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


def find(entries: list[Record], key: str) -> Record | None:
    return next((entry for entry in entries if entry["key"] == key), None)


def value(entries: list[Record], key: str, default: Any = "") -> Any:
    entry = find(entries, key)
    return default if entry is None else entry["value"]


def put(entries: list[Record], key: str, value: Any) -> None:
    """Change the first entry with this key or add one, which gets its id when it is saved."""
    entry = find(entries, key)
    if entry is None:
        entries.append({"id": 0, "key": key, "value": value})
    else:
        entry["value"] = value


def drop(entries: list[Record], key: str) -> None:
    entry = find(entries, key)
    if entry is not None:
        entries.remove(entry)
