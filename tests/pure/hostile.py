"""What nobody should send: odd values, and recorded payloads that were changed by them.

``FUZZ=5000 dev/test --pure -k fuzz`` tries as many examples of each test.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

#: Texts that mean something to somebody: databases, browsers, spreadsheets, parsers.
TEXTS = (
    "",
    "0",
    "007",
    "-0.00",
    "1e400",
    "1e-400",
    "9" * 30,
    "9" * 5000,
    "99999999999999999999",
    "\N{SUPERSCRIPT TWO}",
    "\N{ARABIC-INDIC DIGIT THREE}",
    "NaN",
    "sNaN",
    "Infinity",
    "\x00",
    "a\x00b",
    "\x0b\x1f\x7f\x85",
    "\ufeff\u202e\u2028",
    "<b>&amp;",
    "<!-- ",
    "<![CDATA[x",
    "&#0;&#xd800;&#" + "9" * 5000 + ";",
    "<script>alert(1)</script>",
    "'; DROP TABLE res_partner; --",
    "%s %(name)s {0} {name}",
    '=HYPERLINK("http://example.com")',
    "../../etc/passwd",
    "http://[",
    "0000-00-00T00:00:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59",
    "9999-12-31T23:59:59-14:00",
    "2026-11-21T08:58:15+99:99",
    "x" * 3000,
)
NUMBERS = (0, -1, 1, 2**31, 2**63, 10**18, 10**400, -(10**30), 1.5, -0.0, 1e300, 1e-300)


def nested(depth: int) -> Any:
    value: Any = "x"
    for level in range(depth):
        value = [value] if level % 2 else {"value": value}
    return value


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(TEXTS)
    | st.sampled_from(NUMBERS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "key", "value", "total", "taxes", "0", "code", "data", ""]),
            inner,
        )
    ),
    max_leaves=6,
) | st.builds(nested, st.integers(10, 60))


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of everything inside a payload."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = [path] if path else []
    for key, item in items:
        found += paths(item, (*path, key))
    return found


@st.composite
def mutated(draw: st.DrawFn, documents: Sequence[Any]) -> Any:
    """One of ``documents``, in which one to four things are changed, missing, doubled or moved."""
    payload = copy.deepcopy(draw(st.sampled_from(documents)))
    for _number in range(draw(st.integers(1, 4))):
        places = paths(payload)
        if not places:
            return payload
        *parents, last = draw(st.sampled_from(places))
        holder = payload
        for key in parents:
            holder = holder[key]
        how = draw(st.sampled_from(["change", "change", "drop", "list", "object", "move"]))
        if how == "drop":
            del holder[last]
        elif how == "list":
            holder[last] = [holder[last], copy.deepcopy(holder[last])]
        elif how == "object":  # as PHP writes a list with gaps
            holder[last] = {"3": holder[last]}
        elif how == "move":
            holder[last] = copy.deepcopy(_at(payload, draw(st.sampled_from(places))))
        else:
            holder[last] = draw(VALUES)
    return payload


def _at(payload: Any, path: Sequence[Any]) -> Any:
    for key in path:
        payload = payload[key]
    return payload


@st.composite
def damaged(draw: st.DrawFn, originals: Sequence[bytes]) -> bytes:
    """One of ``originals`` with bytes cut off, changed, put in or repeated."""
    data = draw(st.sampled_from(originals))
    for _number in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        piece = draw(
            st.binary(max_size=6)
            | st.sampled_from([text.encode("utf-8", "replace")[:200] for text in TEXTS])
            | st.sampled_from([b"", b"\xff", b'"', b",", b"\r\n", b"{", b"]", data[start:end] * 3])
        )
        data = data[:start] + piece + data[end:]
    return data
