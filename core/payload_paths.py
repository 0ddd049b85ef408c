"""Fields of a JSON record by their path, as people read and correct them.

>>> payload = {"billing": {"email": "jane@"}, "lines": [{"qty": 2}], "empty": []}
>>> [(path_text(keys), value) for keys, value in leaves(payload)]
[('billing.email', 'jane@'), ('lines[0].qty', 2)]
>>> copy, used = replaced(
...     payload, [{"keys": ["billing", "email"], "old": "jane@", "new": "jane@example.com"}]
... )
>>> copy["billing"]["email"], payload["billing"]["email"], len(used)
('jane@example.com', 'jane@', 1)
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

#: Where a payload has nothing: no value of JSON is equal to it.
MISSING = object()
Keys = tuple[Any, ...]


def leaves(payload: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Every field with a plain value (text, number, true, false, null), in its order."""
    if isinstance(payload, Mapping):
        for name, value in payload.items():
            yield from leaves(value, (*keys, name))
    elif isinstance(payload, list | tuple):
        for position, value in enumerate(payload):
            yield from leaves(value, (*keys, position))
    else:
        yield keys, payload


def path_text(keys: Iterable[Any]) -> str:
    """A path for people.

    >>> path_text(("line_items", 0, "product_id"))
    'line_items[0].product_id'
    """
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else str(key)
    return text


def value_at(payload: Any, keys: Sequence[Any]) -> Any:
    """The value of a path; :data:`MISSING` where there is none."""
    for key in keys:
        try:
            payload = payload[key]
        except (KeyError, IndexError, TypeError):
            return MISSING
    return payload


def replaced(
    payload: Any, corrections: Iterable[Mapping[str, Any]]
) -> tuple[Any, list[Mapping[str, Any]]]:
    """A copy with the corrections whose field still has its old value, and those corrections.

    :param corrections: mappings with ``keys``, ``old`` and ``new``
    """
    result, used = copy.deepcopy(payload), []
    for correction in corrections:
        *parents, last = correction["keys"]
        if _same(value_at(payload, correction["keys"]), correction["old"]):
            value_at(result, parents)[last] = correction["new"]
            used.append(correction)
    return result, used


def _same(one: Any, other: Any) -> bool:
    """Equal in JSON, where true is not 1."""
    return type(one) is type(other) and one == other


def as_text(value: Any) -> str:
    """A plain value as a person edits it: text without quotes, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def from_text(text: str, old: Any) -> Any:
    """What a person entered, of the kind the field had.

    A field that was null takes what reads as JSON, else the text itself.

    >>> from_text("12", 3), from_text("12", "3"), from_text("x", None)
    (12, '12', 'x')

    :raises ValueError: the field holds a number or truth value, and this is none
    """
    if isinstance(old, str):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        if old is None:
            return text
        raise
    if isinstance(value, dict | list):
        raise ValueError("a plain value is needed")
    return value
