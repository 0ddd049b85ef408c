"""A flash sale next to a catalogue export, through the real stack: what the test and the bench run.

A fake shop sells at a steady pace and delivers its webhooks, while Odoo puts many products on sale
there. What comes of it is read from moments that Odoo stored itself, in whole seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from odoo_client import OdooClient, connect_store
from servers import Server as OdooServer

from channel_connector.dev.woostore import Cart, Server, Store
from channel_connector.dev.woostore.samples import JANE

#: Places of the runner and of the backend: the catalogue can't take all of either.
CHANNELS = "root:3,root.channel.catalog:1"
WORKERS, PARALLEL = 5, 3
#: Seconds within which everything has to be over, beside the sale itself.
PATIENCE = 900
GOODS = 20
Sql = Callable[..., list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Report:
    """How it went: seconds from a delivery's arrival to the imported order, and what waited.

    ``exported``: products that the shop got while it sold; ``waits``: ``{what for: jobs put off}``.
    """

    seconds: list[int]
    target: int
    exported: int
    products: int
    waits: dict[str, int]

    @property
    def share_in_time(self) -> float:
        return sum(one <= self.target for one in self.seconds) / len(self.seconds)

    def at(self, share: float) -> int:
        ordered = sorted(self.seconds)
        return ordered[max(0, -(-int(share * 1000 * len(ordered)) // 1000) - 1)]

    def __str__(self) -> str:
        return (
            f"{len(self.seconds)} orders: p50 {self.at(0.5)} s, p95 {self.at(0.95)} s, "
            f"max {max(self.seconds)} s, {self.share_in_time:.0%} within {self.target} s; "
            f"{self.exported} of {self.products} products exported meanwhile; "
            f"put off: {self.waits or 'nothing'}"
        )


class FlashSale:
    """A shop, connected to a running Odoo that has many products to put on sale there.

    :param server: an Odoo started with :data:`WORKERS` and :data:`CHANNELS`
    :param sql: runs a query in its database, committed at once
    """

    def __init__(self, server: OdooServer, sql: Sql, products: int) -> None:
        self.odoo = OdooClient(server.url, server.database)
        self.odoo.call("ir.config_parameter", "set_param", "web.base.url", server.url)
        self.sql, self.products = sql, products
        self.store = Store(currency="USD")  # the company of a new database
        for number in range(GOODS):
            self.store.add_product(
                sku=f"SALE-{number}",
                name=f"Bargain {number}",
                regular_price="9.90",
                manage_stock=False,
            )
        self.shop = Server(self.store)
        self.placed: list[int] = []

    def __enter__(self) -> FlashSale:
        self.shop.start()
        self.backend = connect_store(
            self.odoo,
            self.shop.url,
            self.store.key,
            self.store.secret,
            max_parallel=PARALLEL,
            log_mode="all",
        )
        self._prepare_catalogue()
        self.shop.start_delivering(0.2)
        return self

    def __exit__(self, *error: object) -> None:
        self.shop.stop_delivering()
        self.shop.stop()

    # === SET-UP === #

    def _prepare_catalogue(self) -> None:
        """Products that wait to be put on sale: their flow is on, and paused."""
        self.catalogue = self.odoo.call(
            "channel.flow",
            "search",
            [
                ("backend_id", "=", self.backend),
                ("kind", "=", "product"),
                ("direction", "=", "out"),
            ],
            context={"active_test": False},
        )
        self.odoo.call("channel.flow", "write", self.catalogue, {"active": True})
        self.odoo.call("channel.flow", "write", self.catalogue, {"publish_new": True})
        self.odoo.call("channel.flow", "action_pause", self.catalogue)
        for start in range(0, self.products, 500):
            numbers = range(start, min(start + 500, self.products))
            self.odoo.call(
                "product.template",
                "create",
                [{"name": f"Shelf {n}", "default_code": f"SHELF-{n}"} for n in numbers],
            )

    # === THE SALE === #

    def run(self, orders: int, seconds: float) -> Report:
        """Sell ``orders`` within ``seconds``, the export beginning at the same moment."""
        self.odoo.call("channel.flow", "action_resume", self.catalogue)
        began = time.monotonic()
        for number in range(orders):
            time.sleep(max(0.0, began + number * seconds / orders - time.monotonic()))
            self._buy(number)
        self._wait(lambda: len(self.imported()) >= orders)
        exported = self._exported()
        self._wait(lambda: self._exported() >= self.products)
        return self._report(exported)

    def _buy(self, number: int) -> None:
        order = self.store.place_order(
            Cart(
                lines=[(f"SALE-{number % GOODS}", 1), (f"SALE-{(number + 7) % GOODS}", 2)],
                billing={**JANE, "email": f"jane.{number}@example.org"},
                shipping=[("flat_rate", "4.90")],
                payment_method="cod",
            )
        )
        self.placed.append(order["id"])

    def _wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not over within {PATIENCE} s")
            time.sleep(0.5)

    # === WHAT CAME OF IT === #

    def imported(self) -> list[str]:
        """External ids of the sales orders, one for each sales order."""
        return [row[0] for row in self.sql("SELECT external_id FROM channel_binding_order")]

    def _exported(self) -> int:
        # the shop's own goods are bound, too, as soon as one of them was sold
        ((count,),) = self.sql(
            "SELECT count(*) FROM channel_binding_template binding"
            " JOIN product_product product ON product.product_tmpl_id = binding.odoo_id"
            " WHERE starts_with(product.default_code, 'SHELF-')"
        )
        return int(count)

    def _report(self, exported: int) -> Report:
        rows = self.sql(
            "SELECT EXTRACT(EPOCH FROM min(done_at) FILTER (WHERE state = 'done')"
            " - min(received_at))::int FROM channel_event"
            " WHERE kind = 'order' GROUP BY external_id"
        )
        ((target,),) = self.sql(
            "SELECT latency_target FROM channel_flow WHERE kind = 'order' AND direction = 'in'"
        )
        waits = self.sql(
            "SELECT error, count(*)::int FROM channel_log WHERE direction = 'wait' GROUP BY error"
        )
        seconds = [row[0] for row in rows if row[0] is not None]
        return Report(seconds, target, exported, self.products, dict(waits))
