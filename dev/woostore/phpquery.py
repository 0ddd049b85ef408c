"""Query strings and form bodies as PHP reads them: ``a[]=1&a[k]=2`` become nested values."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

BRACKET = re.compile(r"\[([^\]]*)\]")


def parse(text: str) -> dict[str, Any]:
    """Nested dicts; those whose keys count from 0 become lists. Of equal keys the last wins."""
    nested: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        name, _, _rest = key.partition("[")
        _put(nested, [name, *BRACKET.findall(key)], value)
    return {key: _lists(value) for key, value in nested.items()}


def flat(text: str) -> dict[str, str]:
    """The same values on one level, keys written as ``a[0]``: what an OAuth signature covers."""
    out: dict[str, str] = {}
    for key, value in parse(text).items():
        _flatten(out, key, value)
    return out


def _put(target: dict[str, Any], path: list[str], value: str) -> None:
    key = path[0] if path[0] or len(path) == 0 else str(_next_index(target))
    if len(path) == 1:
        target[key] = value
        return
    child = target.get(key)
    if not isinstance(child, dict):
        child = target[key] = {}
    _put(child, path[1:], value)


def _next_index(target: dict[str, Any]) -> int:
    return max((int(k) + 1 for k in target if k.isdigit()), default=0)


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    values = {key: _lists(child) for key, child in value.items()}
    if list(values) == [str(i) for i in range(len(values))]:
        return list(values.values())
    return values


def _flatten(out: dict[str, str], key: str, value: Any) -> None:
    if isinstance(value, dict):
        for name, child in value.items():
            _flatten(out, f"{key}[{name}]", child)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            _flatten(out, f"{key}[{index}]", child)
    else:
        out[key] = value
