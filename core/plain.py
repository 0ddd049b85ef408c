"""Plain data from outside: JSON whose every text a PostgreSQL ``jsonb`` column can hold."""

from __future__ import annotations

import json
import re
from typing import Any

#: What PostgreSQL's text and jsonb refuse: NUL, and halves of surrogate pairs (an emoji that some
#: plug-in cut in two).
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
#: The spelling in which JSON carries them. (Bytes that were decoded hold no surrogates, and a
#: bare NUL is no JSON.)
_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


def storable_text(text: str) -> str:
    """``text`` without the characters that no database stores."""
    return _UNSTORABLE.sub("", text)


def storable(value: Any) -> Any:
    """A copy of JSON-like data without the characters that no database stores."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable_text(key): storable(item) for key, item in value.items()}
    return value


def loads(text: str) -> Any:
    """``json.loads`` for data from outside.

    :raises ValueError: it is no JSON, or nested deeper than any record is
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
    return (storable(value) if _SUSPECT.search(text) else value), end


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


#: NaN and Infinity, which Python would accept and PostgreSQL not, are refused.
_DECODER = json.JSONDecoder(parse_constant=_no_constant)
