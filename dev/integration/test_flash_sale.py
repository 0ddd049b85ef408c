"""A flash sale next to a catalogue export: every order arrives, and the catalogue, too.

How long it took depends on the machine: it is printed, not tested. ``FLASH_SALE=400:90:8000`` runs
the whole of it: orders, seconds, products.
"""

from __future__ import annotations

import os

from flash_sale import CHANNELS, WORKERS, FlashSale

ORDERS, SECONDS, PRODUCTS = map(int, os.environ.get("FLASH_SALE", "60:15:600").split(":"))


def test_orders_pass_a_catalogue_export(server, sql, capsys):
    with FlashSale(server(workers=WORKERS, channels=CHANNELS), sql, PRODUCTS) as sale:
        report = sale.run(ORDERS, SECONDS)
        assert sorted(sale.imported()) == sorted(map(str, sale.placed))
        assert len(report.seconds) == ORDERS, "one moment for each order"
        assert not sql("SELECT 1 FROM queue_job WHERE state = 'failed'")
        assert not sql("SELECT 1 FROM channel_event WHERE state IN ('blocked', 'failed')")
        in_shop = [row.get("sku") or "" for row in sale.store.products.values()]
        assert sorted(sku for sku in in_shop if sku.startswith("SHELF-")) == sorted(
            f"SHELF-{number}" for number in range(PRODUCTS)
        )
    with capsys.disabled():
        print(f"\n{report}")
