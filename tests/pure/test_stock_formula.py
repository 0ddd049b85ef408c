"""The figure that a shop is told, and how it came about."""

from __future__ import annotations

import dataclasses
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...core.stock_formula import Basis, Code, Demand, Figure, Rule, published

FIGURE = Figure(on_hand=20, free=14, reserved=6, incoming=10, outgoing=8, forecast=22)


def explained(figure=FIGURE, demand=None, **rule):
    """(quantity, ["code amount" …])"""
    result = published(figure, Rule(**rule), demand or Demand())
    return result.quantity, [
        f"{step.code.value} {step.amount.normalize():f}" for step in result.steps
    ]


def level(free):
    return Figure(on_hand=free, free=free, forecast=free)


#: (name, figure, demand, rule, quantity, steps)
TABLE = [
    ("free", FIGURE, None, {}, 14, ["on_hand 20", "reserved -6"]),
    ("on hand", FIGURE, None, {"basis": Basis.ON_HAND}, 20, ["on_hand 20"]),
    (
        "forecast",
        FIGURE,
        None,
        {"basis": Basis.FORECAST},
        22,
        ["on_hand 20", "incoming 10", "outgoing -8"],
    ),
    ("nothing", Figure(), None, {}, 0, ["on_hand 0"]),
    (
        "expired",
        Figure(on_hand=9, reserved=2, expired=3, free=4),
        None,
        {},
        4,
        ["on_hand 9", "reserved -2", "expired -3"],
    ),
    (
        "a kit's parts",
        Figure(on_hand=7, free=3),
        None,
        {},
        3,
        ["on_hand 7", "parts -4"],
    ),
    (
        "demand",
        level(10),
        Demand(own_reduced=2, others=3),
        {},
        5,
        ["on_hand 10", "own_demand -2", "other_demand -3"],
    ),
    ("buffer", level(10), None, {"buffer": 3}, 7, ["on_hand 10", "buffer -3"]),
    (
        "buffer above stock",
        level(2),
        None,
        {"buffer": 5},
        0,
        ["on_hand 2", "buffer -5", "below_zero 3"],
    ),
    (
        "percent is rounded up",
        level(11),
        None,
        {"buffer_percent": 10},
        9,
        ["on_hand 11", "buffer_percent -2"],
    ),
    (
        "percent of little",
        level(1),
        None,
        {"buffer_percent": 1},
        0,
        ["on_hand 1", "buffer_percent -1"],
    ),
    (
        "both buffers",
        level(20),
        None,
        {"buffer": 10, "buffer_percent": 50},
        5,
        ["on_hand 20", "buffer -10", "buffer_percent -5"],
    ),
    ("share", level(10), None, {"share": 30}, 3, ["on_hand 10", "share -7"]),
    (
        "share of an odd number",
        level(5),
        None,
        {"share": 50},
        2,
        ["on_hand 5", "share -2.5", "fraction -0.5"],
    ),
    ("no share", level(5), None, {"share": 0}, 0, ["on_hand 5", "share -5"]),
    ("cap", level(50), None, {"cap": 5}, 5, ["on_hand 50", "cap -45"]),
    ("cap above", level(3), None, {"cap": 5}, 3, ["on_hand 3"]),
    ("cap of 0", level(3), None, {"cap": 0}, 0, ["on_hand 3", "cap -3"]),
    (
        "part of a piece",
        level(2.75),
        None,
        {},
        2,
        ["on_hand 2.75", "fraction -0.75"],
    ),
    ("floats", level(0.1 + 0.2), None, {"buffer": 0.3}, 0, None),
    ("below zero", level(-4), None, {}, 0, ["on_hand -4", "below_zero 4"]),
    (
        "below zero, by parts",
        level(-1.5),
        None,
        {"share": 50},
        0,
        ["on_hand -1.5", "fraction -0.5", "below_zero 2"],
    ),
    (
        "owed",
        level(2),
        Demand(own_reduced=3, others=1),
        {"owed": True, "buffer": 5, "buffer_percent": 10, "share": 50, "cap": 3},
        -2,
        ["on_hand 2", "own_demand -3", "other_demand -1"],
    ),
    (
        "more is owed than whole pieces",
        level(-1.5),
        None,
        {"owed": True},
        -2,
        ["on_hand -1.5", "fraction -0.5"],
    ),
    (
        "kept back is not owed",
        level(2),
        None,
        {"owed": True, "buffer": 5},
        0,
        ["on_hand 2", "buffer -5", "below_zero 3"],
    ),
    (
        "everything",
        Figure(on_hand=100, free=80, reserved=20),
        Demand(own_reduced=3, others=2),
        {"buffer": 5, "buffer_percent": 10, "share": 50, "cap": 20},
        20,
        [
            "on_hand 100",
            "reserved -20",
            "own_demand -3",
            "other_demand -2",
            "buffer -5",
            "buffer_percent -7",
            "share -31.5",
            "fraction -0.5",
            "cap -11",
        ],
    ),
    ("fixed", level(3), Demand(own_reduced=2), {"fixed": 999, "cap": 1}, 999, ["fixed 999"]),
]


@pytest.mark.parametrize(
    ("figure", "demand", "rule", "quantity", "steps"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_table(figure, demand, rule, quantity, steps):
    found = explained(figure, demand, **rule)
    assert found[0] == quantity
    if steps is not None:
        assert found[1] == steps


def test_every_code_stands_in_the_table():
    named = {step.split()[0] for row in TABLE for step in row[5] or ()}
    assert named == {code.value for code in Code}


quantities = st.floats(-1000, 1000).map(lambda value: round(value, 2))
percents = st.integers(0, 100)


@given(
    st.builds(Figure, quantities, quantities, quantities, quantities, quantities, quantities),
    st.builds(Demand, quantities.map(abs), quantities.map(abs)),
    st.builds(
        Rule,
        st.sampled_from(Basis),
        quantities.map(abs),
        percents,
        percents,
        st.none() | st.integers(0, 50),
        owed=st.booleans(),
    ),
)
def test_the_steps_add_up(figure, demand, rule):
    result = published(figure, rule, demand)
    assert sum((step.amount for step in result.steps), D(0)) == result.quantity
    assert rule.owed or result.quantity >= 0
    assert rule.cap is None or result.quantity <= rule.cap


@given(
    st.builds(Figure, quantities, quantities, quantities, quantities, quantities, quantities),
    st.builds(Demand, quantities.map(abs), quantities.map(abs)),
    st.builds(Rule, st.sampled_from(Basis), quantities.map(abs), percents, percents),
)
def test_what_is_owed_is_all_that_is_told_below_zero(figure, demand, rule):
    """Settings that keep pieces back never make a shop owe them."""
    told = published(figure, dataclasses.replace(rule, owed=True), demand)
    bare = published(figure, Rule(basis=rule.basis, owed=True), demand)
    if bare.quantity < 0:
        assert told == bare
    else:
        assert told == published(figure, rule, demand)


@given(
    st.integers(0, 500), st.integers(0, 100), percents, percents, st.integers(0, 20), st.booleans()
)
def test_reserving_what_was_ordered_changes_nothing(free, ordered, percent, share, buffer, owed):
    """The shop must not be told more while an order waits than once Odoo has reserved it."""
    rule = Rule(buffer=buffer, buffer_percent=percent, share=share, owed=owed)
    before = published(level(free), rule, Demand(own_reduced=ordered))
    after = published(
        Figure(on_hand=free, reserved=ordered, free=free - ordered, forecast=free), rule
    )
    assert before.quantity == after.quantity
