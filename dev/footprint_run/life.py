"""Orders as most of them go: bought, imported, invoiced, paid, shipped, and the shop told of it."""

from __future__ import annotations

import time
from collections.abc import Callable

from odoo_client import OdooClient, connect_store
from servers import Server

from channel_connector.dev.demo_run.clerk import ANSWERED
from channel_connector.dev.woostore import Cart, Store
from channel_connector.dev.woostore import Server as Served

from .readings import Sql

GOODS = 50
PIECES = 100_000
CARD = "stripe"
PATIENCE = 1800
UNFINISHED = """
    SELECT 1 FROM channel_event WHERE state = 'pending'
    UNION ALL SELECT 1 FROM channel_outbox WHERE state = 'pending'
    UNION ALL SELECT 1 FROM queue_job WHERE state NOT IN ('done', 'cancelled', 'failed')
"""
TROUBLES = """
    SELECT kind, state, reason FROM channel_event WHERE state IN ('blocked', 'failed')
    UNION ALL SELECT kind, state, reason FROM channel_outbox WHERE state IN ('blocked', 'failed')
    UNION ALL SELECT name, state, exc_info FROM queue_job WHERE state = 'failed'
"""


class Life:
    """A shop that is connected to a running Odoo, which invoices, ships and tells its stock."""

    def __init__(self, server: Server, sql: Sql, lines: int) -> None:
        self.sql, self.lines = sql, lines
        self.odoo = OdooClient(server.url, server.database)
        self.odoo.call("ir.config_parameter", "set_param", "web.base.url", server.url)
        self.store = Store(currency="USD")  # the company of a new database
        for number in range(GOODS):
            self.store.add_product(
                sku=f"G-{number}",
                name=f"Goods {number}",
                regular_price="9.90",
                manage_stock=True,
                stock_quantity=PIECES,
            )
        self.shop = Served(self.store)
        self._bought = 0

    def connect(self) -> None:
        """Connect the shop with the default settings, and without a limit of calls."""
        self.backend = connect_store(
            self.odoo, self.shop.url, self.store.key, self.store.secret, requests_per_minute=0
        )
        journal = self.odoo.call("account.journal", "search", [("type", "=", "bank")], limit=1)
        gateway = [("backend_id", "=", self.backend), ("external_code", "=", CARD)]
        self.odoo.call(
            "channel.map.payment",
            "write",
            self.odoo.call("channel.map.payment", "search", gateway),
            {
                "order_policy": "released",
                "invoice_policy": "paid",
                "register_payment": True,
                "journal_id": journal[0],
            },
        )
        self._stock()

    def _stock(self) -> None:
        """Bind the goods, put them on the shelf and switch the stock flow on."""
        skus = [f"G-{number}" for number in range(GOODS)]
        products = self.odoo.call(
            "product.product",
            "create",
            [{"name": sku, "default_code": sku, "is_storable": True} for sku in skus],
        )
        bound = [
            {
                "backend_id": self.backend,
                "odoo_id": product,
                "external_id": str(self.store.product(sku)["id"]),
                "sku": sku,
            }
            for sku, product in zip(skus, products, strict=True)
        ]
        self.odoo.call("channel.binding.product", "create", bound)
        (warehouse,) = self.odoo.search_read("stock.warehouse", [], ["lot_stock_id"], limit=1)
        counted = [
            {
                "product_id": product,
                "location_id": warehouse["lot_stock_id"][0],
                "inventory_quantity_auto_apply": PIECES,
            }
            for product in products
        ]
        self.odoo.call("stock.quant", "create", counted, context={"inventory_mode": True})
        flows = self.odoo.call(
            "channel.flow", "search", [("kind", "=", "stock"), ("active", "=", False)]
        )
        self.odoo.call("channel.flow", "write", flows, {"active": True})

    # === WHAT HAPPENS === #

    def buy(self, count: int) -> None:
        """So many orders of different guests, and wait until they are in the books."""
        for _number in range(count):
            self.store.place_order(self._cart())
        self._wait(lambda: not self.store.webhooks.pending)

    def _cart(self) -> Cart:
        self._bought += 1
        who = f"{self._bought}"
        address = {
            "first_name": "Jane",
            "last_name": f"Doe {who}",
            "address_1": f"Main Street {who}",
            "city": "Brussels",
            "postcode": "1000",
            "country": "BE",
        }
        return Cart(
            lines=[(f"G-{(self._bought + line) % GOODS}", 1) for line in range(self.lines)],
            billing={**address, "email": f"jane.{who}@example.org"},
            shipping_address=address,
            shipping=[("flat_rate", "4.90")],
            payment_method=CARD,
            transaction_id=f"ch_{who}",
        )

    def ship(self) -> None:
        """Deliver all that is open, each with a tracking number, and wait until the shop knows."""
        waiting = [("picking_type_code", "=", "outgoing"), ("state", "=", "assigned")]
        for picking in self.odoo.call("stock.picking", "search", waiting):
            values = {"carrier_tracking_ref": f"T{picking}"}
            self.odoo.call("stock.picking", "write", [picking], values)
            self.odoo.call("stock.picking", "button_validate", [picking], context=ANSWERED)
        self._wait(lambda: not self.store.webhooks.pending)

    def _wait(self, condition: Callable[[], bool]) -> None:
        """Until the condition is true and nothing is left to do; nothing may have gone wrong."""
        deadline, quiet = time.monotonic() + PATIENCE, 0
        while quiet < 3:
            quiet = quiet + 1 if condition() and not self.sql(UNFINISHED) else 0
            if time.monotonic() > deadline:
                raise SystemExit("error: it does not come to an end")
            time.sleep(0.3)
        if troubles := self.sql(TROUBLES):
            raise SystemExit(f"error: {troubles[:3]}")
