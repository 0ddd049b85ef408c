"""JSON that PostgreSQL can hold."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...core import plain

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": [1, 2.5, null, true]}', {"a": [1, 2.5, None, True]}),
        ('"a\\u0000b"', "ab"),
        ('{"\\u0000k": "\\ud83d"}', {"k": ""}),
        ('"\\ud83d\\ude00"', "😀"),
        # a backslash before u0000, not the character
        ('"\\\\u0000"', "\\u0000"),
        (" \n[1]\n ", [1]),
    ],
)
def test_loads(text, expected):
    assert plain.loads(text) == expected


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", '{"a": Infinity}', "[1] x", "[" * 100000, "\x00", "1" * 5000]
)
def test_no_json(text):
    with pytest.raises(ValueError):
        plain.loads(text)


@given(VALUES)
def test_whatever_comes_can_be_stored(value):
    found = plain.loads(json.dumps(value))
    assert "\\u0000" not in json.dumps(found).replace("\\\\", "")
    json.dumps(found, ensure_ascii=False).encode()
