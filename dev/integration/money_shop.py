"""A shop whose orders are invoiced, paid, shipped and refunded by real processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import psycopg2
from odoo_client import OdooClient, connect_store

from channel_connector.dev.demo_run.clerk import Clerk
from channel_connector.dev.woostore import Cart, Server, Store
from channel_connector.dev.woostore.samples import JANE

Record = dict[str, Any]
CARD = "stripe"
#: what the books of an order count
MOVES = {"out_invoice": "invoices", "out_refund": "credit_notes"}
PAYMENTS = {"inbound": "payments", "outbound": "paid_back"}
TRANSFERS = {"outgoing": "deliveries", "incoming": "returns"}


class MoneyShop:
    """One fake store, connected to a running Odoo whose gateway ``CARD`` invoices what is paid.

    ``sql`` runs a query on Odoo's database, see ``conftest.py``.
    """

    def __init__(
        self, store: Store, server: Server, odoo: OdooClient, sql: Callable, url: str = ""
    ) -> None:
        self.store, self.server, self.odoo, self.sql = store, server, odoo, sql
        self.clerk = Clerk(odoo)
        self.backend = connect_store(
            odoo,
            url or server.url,
            store.key,
            store.secret,
            name=store.name,
            order_prefix=f"{store.name.upper()}-",
            provider_settings={"read_timeout": 1},
            log_mode="all",
        )
        self._open_gateway()

    def _open_gateway(self) -> None:
        journal = self.odoo.call("account.journal", "search", [("type", "=", "bank")], limit=1)
        row = self.odoo.call(
            "channel.map.payment",
            "search",
            [("backend_id", "=", self.backend), ("external_code", "=", CARD)],
        )
        values = {
            "order_policy": "released",
            "invoice_policy": "paid",
            "register_payment": True,
            "journal_id": journal[0],
        }
        self.odoo.call("channel.map.payment", "write", row, values)

    # === IN THE SHOP === #

    def buy(self, quantity: int = 3, sku: str = "MUG", **cart: Any) -> Record:
        """An order of goods and shipping, paid by card; the shop's webhook tells of it."""
        values = {"billing": JANE, "payment_method": CARD, "transaction_id": "ch_1", **cart}
        lines, shipping = [(sku, quantity)], [("flat_rate", "4.90")]
        order = self.store.place_order(Cart(lines=lines, shipping=shipping, **values))
        self.store.deliver()
        return order

    def refund(self, order: Record, quantity: int = 1, **options: Any) -> Record:
        """Refund pieces of the order's first line with their tax."""
        (item, *_rest), cents = order["line_items"], Decimal("0.01")
        share = Decimal(quantity) / Decimal(item["quantity"])

        def part(amount: str) -> str:
            return str((Decimal(amount) * share).quantize(cents))

        taxes = [{"id": tax["id"], "refund_total": part(tax["total"])} for tax in item["taxes"]]
        line = {
            "id": item["id"],
            "quantity": quantity,
            "refund_total": part(item["total"]),
            "refund_tax": taxes,
        }
        return self.store.refund_order(order["id"], lines=[line], **options)

    def refunds(self, order: Record) -> list[Record]:
        return [row for row in self.store.refunds.values() if row["parent_id"] == order["id"]]

    # === IN ODOO === #

    def sale(self, order: Record) -> Record:
        """The sales order of a shop's order, as :class:`Clerk` wants it; {} where there is none."""
        bound = self.odoo.search_read(
            "channel.binding.order",
            [("backend_id", "=", self.backend), ("external_id", "=", str(order["id"]))],
            ["odoo_id"],
        )
        names = ["name", "state", "picking_ids", "invoice_ids"]
        ids = [row["odoo_id"][0] for row in bound]
        return next(iter(self.odoo.search_read("sale.order", [("id", "in", ids)], names)), {})

    def books(self, order: Record) -> Record:
        """How many documents of each kind an order has, and what is left of the money."""
        sale = self.sale(order)
        moves = self._read(
            "account.move",
            [("id", "in", sale["invoice_ids"]), ("state", "=", "posted")],
            ["move_type", "amount_total_signed"],
        )
        payments = self._read(
            "account.payment",
            [("channel_order_id", "=", sale["id"]), ("state", "!=", "canceled")],
            ["payment_type", "amount_signed"],
        )
        transfers = self._read(
            "stock.picking",
            [("id", "in", sale["picking_ids"]), ("state", "!=", "cancel")],
            ["picking_type_code"],
        )
        return {
            **_count(moves, "move_type", MOVES),
            **_count(payments, "payment_type", PAYMENTS),
            **_count(transfers, "picking_type_code", TRANSFERS),
            "invoiced": f"{sum(row['amount_total_signed'] for row in moves):.2f}",
            "paid": f"{sum(row['amount_signed'] for row in payments):.2f}",
        }

    def net(self, order: Record) -> str:
        """What the shop has kept of an order's money."""
        refunded = sum(Decimal(str(row["amount"])) for row in self.refunds(order))
        return f"{Decimal(order['total']) - refunded:.2f}"

    def _read(self, model: str, domain: list, names: list[str]) -> list[Record]:
        return self.odoo.search_read(model, domain, names)

    # === JOBS === #

    def unfinished(self) -> list[tuple]:
        """Events, notes and polls that are not settled yet."""
        return self.sql(
            """
            SELECT 'event', kind, external_id FROM channel_event WHERE state = 'pending'
            UNION ALL
            SELECT 'note', kind, res_id::text FROM channel_outbox WHERE state = 'pending'
            UNION ALL
            SELECT 'job', name, state FROM queue_job
             WHERE model_name = 'channel.flow' AND state NOT IN ('done', 'cancelled', 'failed')
            """
        )

    def troubles(self) -> list[tuple]:
        """What did not end in peace, and why."""
        return self.sql(
            """
            SELECT kind, external_id, state, reason FROM channel_event
             WHERE state IN ('blocked', 'failed')
            UNION ALL
            SELECT kind, res_id::text, state, reason FROM channel_outbox
             WHERE state IN ('blocked', 'failed')
            UNION ALL
            SELECT 'job', name, state, exc_info FROM queue_job WHERE state = 'failed'
            """
        )

    def history(self) -> list[tuple]:
        """How all of it ended, in the order in which it came."""
        return self.sql(
            """
            SELECT received_at, kind, external_id, state, reason FROM channel_event
            UNION ALL
            SELECT noted_at, kind, res_id::text, state, reason FROM channel_outbox
            ORDER BY 1
            """
        )

    def hurry(self) -> None:
        """Jobs that were postponed are due now."""
        self.sql("UPDATE queue_job SET eta = NULL WHERE state = 'pending' AND eta IS NOT NULL")

    def later(self) -> None:
        """Some minutes later: dead jobs are found, lost ones made anew, and a poll is due."""
        find_dead_jobs(self.sql)
        self.sql("UPDATE channel_event SET received_at = received_at - interval '5 minutes'")
        self.sql("UPDATE channel_outbox SET noted_at = noted_at - interval '5 minutes'")
        self.odoo.call("channel.backend", "action_sync_now", [self.backend])
        cron = self.odoo.call("ir.cron", "search", [("cron_name", "ilike", "Channels:")])
        self.odoo.call("ir.cron", "method_direct_trigger", cron)

    def is_done(self) -> bool:
        """Whether nothing waits on either side; what waits is hurried on."""
        self.store.deliver()
        if not self.unfinished() and not self.store.webhooks.pending:
            return True
        self.hurry()
        return False


def find_dead_jobs(sql: Callable) -> None:
    """Let queue_job see at once which jobs died with their process.

    It believes it of none that is younger than ten seconds, and asks once a minute, or when any
    job's row has changed.
    """
    sql(
        "UPDATE queue_job SET date_enqueued = date_enqueued - interval '5 minutes'"
        " WHERE state IN ('enqueued', 'started')"
    )


def _count(rows: list[Record], field: str, names: dict[str, str]) -> Record:
    return {name: sum(row[field] == value for row in rows) for value, name in names.items()}


@contextmanager
def held(database: str, table: str) -> Iterator[Callable[[], bool]]:
    """Hold every writer of a table; yields a function that tells whether one waits."""
    connection = psycopg2.connect(dbname=database)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")

            def waits() -> bool:
                cursor.execute(
                    "SELECT 1 FROM pg_locks WHERE relation = %s::regclass AND NOT granted", [table]
                )
                return bool(cursor.fetchall())

            yield waits
    finally:
        connection.rollback()
        connection.close()
