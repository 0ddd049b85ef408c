"""Plain data from outside: JSON that a PostgreSQL ``jsonb`` column can hold, and code walk."""

from __future__ import annotations

import json
import math
import re
from typing import Any

#: What PostgreSQL's text and jsonb refuse: NUL, and halves of surrogate pairs (an emoji that some
#: plug-in cut in two).
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
#: The spelling in which JSON carries them. (Bytes that were decoded hold no surrogates, and a
#: bare NUL is no JSON.)
#: And a number so large that Python takes it for infinite, which is no JSON.
_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])|[eE]\+?[0-9]{3}|[0-9]{309}")
#: Records are nested ten deep. What walks through one (masks, compares, copies, shows it) takes
#: several calls a level, of which Python allows a thousand.
MAX_DEPTH = 64
#: Moments in other years are none: next to the ends of the calendar no time can be added to them.
YEARS = range(1900, 9000)


def storable_text(text: str) -> str:
    """``text`` without the characters that no database stores."""
    return _UNSTORABLE.sub("", text)


def storable(value: Any) -> Any:
    """A copy of JSON-like data without the characters that no database stores.

    A number beyond all bounds becomes a text, which is no amount.
    """
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable_text(key): storable(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def loads(text: str) -> Any:
    """``json.loads`` for data from outside; what lies deeper than :data:`MAX_DEPTH` is left out.

    :raises ValueError: it is no JSON, or nested deeper than Python reads
    """
    value, end = decode(text, 0)
    if text[end:].strip():
        raise ValueError("text after the JSON document")
    return value


def decode(text: str, start: int) -> tuple[Any, int]:
    """The JSON value that begins at ``start`` (or behind white space), and where it ends.

    :raises ValueError: as :func:`loads`
    """
    while start < len(text) and text[start] in " \t\r\n":
        start += 1
    try:
        value, end = _DECODER.raw_decode(text, start)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _flatten(value)
    return (storable(value) if _SUSPECT.search(text) else value), end


def _flatten(value: Any) -> None:
    """Empty the lists and objects at :data:`MAX_DEPTH`; level by level, without recursion."""
    level = [value] if type(value) is dict or type(value) is list else []
    for _depth in range(MAX_DEPTH):
        level = [
            item
            for holder in level
            for item in (holder.values() if type(holder) is dict else holder)
            if type(item) is dict or type(item) is list
        ]
        if not level:
            return
    for holder in level:
        holder.clear()


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


#: NaN and Infinity, which Python would accept and PostgreSQL not, are refused.
_DECODER = json.JSONDecoder(parse_constant=_no_constant)
