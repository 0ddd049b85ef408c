"""Two Odoo servers on one database, as two hosts, and a shop whose orders either of them takes."""

from __future__ import annotations

import time
from collections import Counter

from odoo_client import OdooClient, connect_store

from channel_connector.dev.woostore import Cart
from channel_connector.dev.woostore.orders import as_rest
from channel_connector.dev.woostore.samples import JANE

#: Session lock by which queue_job's runners find out which of them leads.
LEADER = """
    SELECT activity.application_name FROM pg_locks lock JOIN pg_stat_activity activity USING (pid)
     WHERE lock.locktype = 'advisory' AND lock.database = (
           SELECT oid FROM pg_database WHERE datname = current_database())
       AND (lock.classid::bigint << 32) | lock.objid::bigint = 2293787760715711918
"""
BUSY = "SELECT 1 FROM queue_job WHERE state NOT IN ('done', 'cancelled', 'failed')"
WAITING = """
    SELECT kind, state FROM channel_event WHERE state NOT IN ('done', 'ignored')
    UNION ALL SELECT kind, state FROM channel_outbox WHERE state NOT IN ('done', 'ignored')
"""
TROUBLES = """
    SELECT 'failed job', exc_info FROM queue_job WHERE state = 'failed'
    UNION ALL SELECT code, title FROM channel_issue WHERE state = 'open'
"""
PIECES = 1000


class TwoHosts:
    """A shop, connected to the database of two hosts.

    :param hosts: the running servers
    :param address: where the shop delivers to
    """

    def __init__(self, hosts, sql, store, served, address):
        self.hosts, self.sql, self.store, self.served = list(hosts), sql, store, served
        self.store.add_product(
            sku="MUG", name="Mug", regular_price="12.50", manage_stock=True, stock_quantity=PIECES
        )
        self.odoo = self.client(self.hosts[0])
        self.odoo.call("ir.config_parameter", "set_param", "web.base.url", address)
        self.backend = connect_store(
            self.odoo,
            served.url,
            store.key,
            store.secret,
            max_parallel=4,
            requests_per_minute=0,
            log_mode="all",
        )

    @staticmethod
    def client(host):
        return OdooClient(host.url, host.database)

    # === THE SHOP === #

    def buy(self, count):
        for _number in range(count):
            cart = Cart(lines=[("MUG", 1)], billing=JANE, payment_method="cod")
            self.store.place_order(cart)

    def deliver_to(self, host):
        """Have every delivery made to a host as well, as a second hook of the same secret would."""
        for hook in list(self.store.webhooks):
            token = hook["delivery_url"].split("/channel/")[1]
            self.store.webhooks.create(
                {**hook, "delivery_url": f"{host.url}/channel/{token}", "name": host.url}
            )

    # === ODOO === #

    def leader(self):
        """The host whose runner hands out the jobs, None while there is none."""
        leaders = [int(name.removeprefix("odoo-")) for (name,) in self.sql(LEADER)]
        assert len(leaders) < 2, "two runners lead"
        return next((host for host in self.hosts if set(leaders) & set(host.workers())), None)

    def imported(self):
        ((count,),) = self.sql("SELECT count(*) FROM channel_binding_order")
        return count

    def started(self):
        return self.sql("SELECT uuid FROM queue_job WHERE state = 'started'")

    def is_quiet(self):
        return (
            self.imported() == len(self.store.orders)
            and not self.store.webhooks.pending
            and not self.sql(BUSY)
            and not self.sql(WAITING)
        )

    def work_of(self, workers):
        """How many jobs each of some sets of processes has done: `{name: process ids}`."""
        done = Counter(dict(self.sql("SELECT worker_pid, count(*) FROM queue_job GROUP BY 1")))
        return {name: sum(done[pid] for pid in pids) for name, pids in workers.items()}

    def judge(self, *excused):
        """Every order once, as the shop says; nothing left, nothing refused.

        :param excused: codes of issues that the test itself has caused, or ``failed job``
        """
        troubles = [row for row in self.sql(TROUBLES) if row[0] not in excused]
        assert not troubles, troubles
        orders = self.odoo.search_read(
            "sale.order",
            [("channel_backend_id", "=", self.backend)],
            ["client_order_ref", "amount_total", "amount_tax", "state"],
        )
        told = {
            (row["number"], float(row["total"]), float(row["total_tax"]), "sale")
            for row in (as_rest(self.store, order) for order in self.store.orders.values())
        }
        assert len(orders) == len(told), "lost or doubled"
        assert {
            (row["client_order_ref"], row["amount_total"], row["amount_tax"], row["state"])
            for row in orders
        } == told
        moves = self.odoo.call(
            "stock.move", "search_count", [("sale_line_id.product_id.default_code", "=", "MUG")]
        )
        assert moves == len(told), "reserved twice"


class Stopwatch:
    """Seconds from now until something is seen; printed, never tested."""

    def __init__(self):
        self._began = time.monotonic()

    def seconds(self):
        return time.monotonic() - self._began
