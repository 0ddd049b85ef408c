"""The benchmarks' figures, their table, and the shop's past that they import."""

import re
from collections import Counter

import pytest
from docutils.core import publish_doctree

from ...dev.benchmarks import history, readme, table
from ...dev.benchmarks.figures import Results, Row, Sample, figure, percentile, plain, rate
from ...dev.woostore import Store

MACHINE = {
    "processor": "Abacus",
    "cores": 2,
    "odoo": "19.0",
    "postgresql_server_version": "15.1",
    "postgresql_fsync": "on",
}


def results():
    found = Results("order", MACHINE)
    ours = figure([Sample(12.0, 30), Sample(10.0, 30), Sample(500.0, 31)])
    found.rows = [
        Row("an order", ours, figure([Sample(10.0, 20)]), 1.25),
        Row("an order", ours, figure([Sample(10.0, 20)]), 1.25, at="p95"),
        Row("orders", plain([4.0, 5.0]), plain(9.0), unit="/s"),
        Row("memory", plain(180.4), unit="MiB"),
        Row("delay", plain(2.5), target=3.0, unit="s"),
    ]
    return found


# === FIGURES === #


def test_the_median_is_what_is_told():
    found = figure([Sample(12.0, 30), Sample(10.0, 30), Sample(500.0, 31)])
    assert (found.p50, found.p95, found.queries, found.samples) == (12.0, 500.0, 30, 3)


@pytest.mark.parametrize(("share", "value"), [(0.5, 2), (0.75, 3), (0.76, 4), (1.0, 4)])
def test_percentile(share, value):
    assert percentile([4, 1, 3, 2], share) == value


def test_rate():
    """Neither a slow start nor the last one, who works alone, counts."""
    assert rate([9.0, 10.0, 10.5, 11.0, 11.5, 15.0], 2, 2) == 2.0


def test_ratio_is_the_cost():
    """Twice the time and half the rate are the same."""
    slow, much = plain(20.0), plain(10.0)
    assert Row("time", slow, much).ratio == 2.0
    assert Row("rate", much, slow, unit="/s").ratio == 2.0


def test_targets():
    met = [row.met for row in results().rows]
    assert met == [True, False, None, None, True]


def test_a_run_is_read_as_it_was_written(tmp_path):
    results().write(tmp_path / "run.json")
    found = Results.read(tmp_path / "run.json")
    assert [row.benchmark for row in found.rows] == ["order"] * 5
    for row in found.rows:
        row.benchmark = ""
    assert found == results()


# === TABLES === #


def test_table_for_a_terminal():
    lines = table.text(results().rows).splitlines()
    said = [" ".join(line.split()) for line in lines]
    assert said[1] == "an order p50 12 ms 10 ms 1.20 1.25 met 30 20 3"
    assert "MISSED" in said[2]
    assert said[3] == "orders p50 4.5/s 9/s 2.00 2"


def test_table_for_the_readme():
    (found,) = publish_doctree(table.rst(results().rows)).findall(
        lambda node: node.tagname == "table"
    )
    rows = [
        [entry.astext() for entry in row.findall(lambda node: node.tagname == "entry")]
        for row in found.findall(lambda node: node.tagname == "row")
    ]
    assert rows[1] == ["an order", "12 ms", "10 ms", "1.20", "1.25", "30 against 20"]
    assert rows[2][0] == "an order, p95"
    assert rows[2][4] == "1.25 missed"
    assert rows[5] == ["delay", "2.5 s", "", "", "3 s", ""]


@pytest.mark.skipif(not readme.SAVED.exists(), reason="no run was published yet")
def test_the_readme_shows_the_saved_run():
    """dev/bench --readme FILE.json --write brings both up to date."""
    assert readme.shown() == readme.section(Results.read(readme.SAVED))


# === A SHOP'S PAST === #


@pytest.fixture
def store():
    store = Store()
    history.add_goods(store)
    return store


def test_copied_orders_are_like_placed_ones(store):
    """But for what tells one order from another."""
    placed = history.add_orders(store, 3, history.PRODUCTS + 1)
    first, again = store.orders[placed[0]], store.orders[placed[-1]]
    told = {key for key in first if first[key] != again[key]}
    assert told == {
        "id",
        "order_key",
        "billing",
        "shipping",
        "meta_data",
        "line_items",
        "tax_lines",
        "shipping_lines",
        "date_created_gmt",
        "date_modified_gmt",
    }
    for line, other in zip(first["line_items"], again["line_items"], strict=True):
        assert {key for key in line if line[key] != other[key]} <= {"id", "meta_data"}


def test_no_two_copies_share_an_id(store):
    placed = history.add_orders(store, 3, 2 * history.PRODUCTS)
    lines = Counter(
        line["id"]
        for order_id in placed
        for kind in history.LINE_KINDS
        for line in store.orders[order_id][kind]
    )
    assert set(lines.values()) == {1}
    assert len({store.orders[order_id]["billing"]["email"] for order_id in placed}) == len(placed)


def test_the_past_is_over(store):
    placed = history.add_orders(store, 1, 20)
    moments = [store.orders[order_id]["date_modified_gmt"] for order_id in placed]
    assert len(set(moments)) == 20
    assert moments == sorted(moments)
    assert moments[-1] < store.clock.stamp()


def test_catalogue(store):
    known = len(store.products)
    count = history.add_catalogue(store, 100)
    added = list(store.products.values())[known:]
    assert sum(row["type"] != "variation" for row in added) == count
    sold = [row for row in added if row["type"] != "variable"]
    assert 100 - history.VARIANTS < len(sold) <= 100
    assert all(
        re.match("Shelf", row["categories"][0]["name"]) for row in added if not row["parent_id"]
    )
