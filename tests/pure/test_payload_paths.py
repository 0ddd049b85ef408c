"""Fields of a record by their path: shown, corrected in a copy, given up when they change."""

import copy

import pytest

from ...core.payload_paths import (
    MISSING,
    as_text,
    from_text,
    leaves,
    path_text,
    replaced,
    value_at,
)

ORDER = {
    "id": 7,
    "billing": {"email": "jane@"},
    "line_items": [{"sku": "MUG", "taxes": []}, {"sku": None}],
    "paid": True,
}


def test_leaves_are_the_plain_values():
    assert [(path_text(keys), value) for keys, value in leaves(ORDER)] == [
        ("id", 7),
        ("billing.email", "jane@"),
        ("line_items[0].sku", "MUG"),
        ("line_items[1].sku", None),
        ("paid", True),
    ]


def test_every_leaf_is_found_again_by_its_path():
    for keys, value in leaves(ORDER):
        assert value_at(ORDER, keys) is value


@pytest.mark.parametrize("keys", [("x",), ("billing", "x"), ("line_items", 5), ("id", "x")])
def test_nothing_at_a_path(keys):
    assert value_at(ORDER, keys) is MISSING


def test_a_correction_leaves_the_record_alone():
    before = copy.deepcopy(ORDER)
    corrections = [{"keys": ["line_items", 1, "sku"], "old": None, "new": "BOOK"}]
    result, used = replaced(ORDER, corrections)
    assert (result["line_items"][1]["sku"], used) == ("BOOK", corrections)
    assert before == ORDER


@pytest.mark.parametrize(
    "correction",
    [
        {"keys": ["billing", "email"], "old": "jane@old", "new": "x"},
        {"keys": ["billing", "gone"], "old": "jane@", "new": "x"},
        {"keys": ["line_items", 9, "sku"], "old": None, "new": "x"},
        {"keys": ["paid"], "old": 1, "new": 0},
    ],
)
def test_a_field_that_says_something_else_is_not_corrected(correction):
    result, used = replaced(ORDER, [correction])
    assert (result, used) == (ORDER, [])


def test_each_of_several_corrections_counts_for_itself():
    corrections = [
        {"keys": ["id"], "old": 8, "new": 9},
        {"keys": ["paid"], "old": True, "new": False},
    ]
    result, used = replaced(ORDER, corrections)
    assert (result["id"], result["paid"], used) == (7, False, corrections[1:])


@pytest.mark.parametrize("value", ["text", "", 3, 2.5, True, None])
def test_a_value_as_a_person_edits_it(value):
    assert from_text(as_text(value), value) == value


@pytest.mark.parametrize(("text", "old"), [("many", 3), ("", 3), ("[1]", None), ("{}", True)])
def test_a_value_of_another_kind_is_refused(text, old):
    with pytest.raises(ValueError):
        from_text(text, old)
