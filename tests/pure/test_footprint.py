"""The sizing of doc/SCALING.rst: its arithmetic, and that the page shows what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from ...dev.footprint_run.model import (
    Assumptions,
    Load,
    Measured,
    costs,
    sizes,
    sizing,
    tables,
)

DOC = Path(__file__).resolve().parents[2] / "doc"
ONE = Measured(
    odoo=0.9,
    postgres=0.3,
    wal=100_000,
    calls=4,
    jobs=8,
    rows={},
    bytes={"sale_order": 3000, "channel_event": 5000, "channel_log": 1000, "queue_job": 2000},
    payloads=4000,
    connections=3,
    worker=200,
)
MONTH = Load(orders=2_592_000, products=500_000, peak=5)  # one order a second, five at peak


def test_cores_and_places_are_those_of_the_peak_hour():
    size = sizing(ONE, MONTH, Assumptions(busy=0.5, shop_seconds=0.2))
    assert (size.load.per_second, size.load.at_peak) == (1, 5)
    assert (round(size.odoo_cores, 6), round(size.postgres_cores, 6)) == (9, 3)
    assert size.places == 20, "five a second, two seconds each, half of them free"
    assert size.workers == 20 + 18
    assert size.calls_a_minute == 1200
    assert size.php_workers == 4
    assert size.connections == 38 * 3 + 20


def test_what_is_kept_for_ever_is_told_apart():
    size = sizing(
        ONE, MONTH, Assumptions(bloat=1, payload_days=3, event_days=10, log_days=5, job_days=1)
    )
    day, gib = 86_400, 2**30
    assert round(size.documents_a_month, 3) == round(2_592_000 * 3000 / gib, 3)
    assert round(size.kept, 3) == round(day * (1000 * 10 + 4000 * 3 + 1000 * 5) / gib, 3)
    assert (round(size.queue, 3), size.queue_rows) == (round(day * 2000 / gib, 3), day * 8)


def test_twice_the_orders_need_twice_as_much():
    double = sizing(ONE, replace(MONTH, orders=2 * MONTH.orders))
    once = sizing(ONE, MONTH)
    assert round(double.odoo_cores / once.odoo_cores, 6) == 2
    assert double.kept == 2 * once.kept
    assert double.full_stock_minutes == once.full_stock_minutes


def test_the_page_shows_the_last_measurement():
    page = (DOC / "SCALING.rst").read_text()
    report = json.loads((DOC / "reference" / "footprint.json").read_text())
    one = Measured.read(report)
    million = sizing(one, Load(1_000_000, 500_000, 5))
    for table in (costs(report), tables(report), sizes(one), str(million)):
        assert table in page, "dev/footprint --model doc/reference/footprint.json prints them"
