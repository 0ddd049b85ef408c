"""``dev/bench delay``: from a change of stock to the shop that shows it, nothing else going on.

The clock starts when Odoo's transaction is committed, and stops when a look at the shop shows the
new quantity.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from servers import Server

from odoo.addons.channel_connector.services.job_errors import Recorder

from .figures import Results, Row, plain
from .odoo_process import DATABASE, environment, registry
from .shop import Shop
from .sizes import Sizes
from .stock import Bench

GOODS = 10
#: Seconds at 95 %.
TARGET = 3.0
WARM_UP = 2
LOOK_EVERY = 0.02
PATIENCE = 60


class Watch:
    """A look at what the shop shows, now and again."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    def seconds(self, position: int, external_id: int) -> float:
        """How long one piece more takes to get there."""
        with environment(self.bench.registry) as env:
            backend = env["channel.backend"].browse(self.bench.backend)._env()
            adapter = backend._adapter(Recorder())
            before = self._shown(adapter, external_id)
            self.bench.change([self.bench.products[position]])
            started = time.monotonic()
            while self._shown(adapter, external_id) == before:
                if time.monotonic() - started > PATIENCE:
                    raise SystemExit(f"error: the shop does not hear of it within {PATIENCE} s")
                time.sleep(LOOK_EVERY)
            adapter.close()
            return time.monotonic() - started

    def _shown(self, adapter: Any, external_id: int) -> Any:
        wanted = {"_fields": "stock_quantity"}
        answer = adapter.client.get(f"products/{external_id}", params=wanted)
        return answer.mapping()["stock_quantity"]


def run(results: Results, size: Sizes) -> None:
    with registry() as database, Shop({}, goods=(GOODS, 0)) as shop:
        bench = Bench(database, shop)
        bench.drain()
        server = Server(DATABASE, "bench-delay", workers=2, channels="root:1")
        try:
            server.start()
            watch = Watch(bench)
            found = []
            for number in range(size.rounds + WARM_UP):
                print(f"==> change {number + 1}", file=sys.stderr, flush=True)
                position = number % GOODS
                found.append(watch.seconds(position, shop.goods[position][0]))
        finally:
            server.kill()
    name = "Stock changed to shop updated, nothing else going on"
    results.rows += [
        Row(name, plain(found[WARM_UP:]), unit="s"),
        Row(name, plain(found[WARM_UP:]), target=TARGET, at="p95", unit="s"),
    ]
