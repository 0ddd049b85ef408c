"""The parts of a chaos run: PostgreSQL, an Odoo with workers, two shops connected to it."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import databases
from odoo_client import OdooError, connect_store, prepare_company
from servers import Server as OdooServer

from ..woostore import Server, Store
from .disasters import SKEW_AT_FIRST
from .patient import PatientOdoo, PatientSql
from .shop import Shop
from .waiting import until
from .weather import READ_TIMEOUT

WORKERS, CHANNELS = 4, "root:2"
#: Where Odoo's people sit; the shops are elsewhere.
TIMEZONE = "Pacific/Auckland"
#: How the two shops differ: taxes in prices or not, where their orders are kept and their parcels
#: told, where they are.
SHOPS: dict[str, dict[str, Any]] = {
    "east": {"prices_include_tax": True, "version": "10.3.0", "timezone": "Asia/Kolkata"},
    "west": {"prices_include_tax": False, "hpos": False, "timezone": "America/New_York"},
}
FEATURES = {"east": {"fulfillments"}, "west": set()}
#: Which exchanges the addon's log keeps.
LOGGED = {"east": "all", "west": "errors"}


@dataclass
class OpenShop:
    """A shop that is served, and its backend in Odoo (id); see :class:`.shop.Shop`."""

    name: str
    store: Store
    server: Server
    backend: int


class World:
    """A context manager: everything is started by it, and stopped and dropped after it.

    ``odoo`` calls Odoo as its administrator, ``sql`` asks its database; both wait while the one
    or the other is down. With ``keep`` the database stays afterwards.
    """

    def __init__(self, name: str = "chaos") -> None:
        self.name = f"{name}_{os.getpid()}"
        self.database = f"{databases.PREFIX}_{self.name}"
        self.server = OdooServer(
            self.database,
            self.name,
            workers=WORKERS,
            channels=CHANNELS,
            options=["--max-cron-threads=1"],
        )
        self.sql = PatientSql(self.database)
        self.shops: list[Shop] = []
        self.keep = False
        self._stack = ExitStack()

    def __enter__(self) -> World:
        with self._stack:
            self._build()
            self._stack = self._stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _build(self) -> None:
        databases.copy(os.environ["INSTALLED_DB"], self.database)
        self._stack.callback(self._drop)
        # the set-up's server is fast, not durable: what was committed has to survive a crash here
        databases.execute("ALTER DATABASE {} SET synchronous_commit = on", self.database)
        if os.environ.get("PG_BASE"):
            # a sequence that was copied with its reserve of numbers writes no WAL for them: without
            # a checkpoint a crash would give the same numbers out again
            databases.execute("CHECKPOINT")
        self._stack.callback(self.sql.close)
        self._stack.callback(self.server.stop)
        self.server.start()
        self.odoo = PatientOdoo(self.server.url, self.database, self.revive)
        prepare_company(self.odoo, self.server.url)
        self.odoo.call("res.users", "write", [self.odoo.uid], {"tz": TIMEZONE})
        for name, options in SHOPS.items():
            self.shops.append(self._open(name, Store(name=name, **options)))

    def _drop(self) -> None:
        if not self.keep:
            databases.drop(self.database)

    def _open(self, name: str, store: Store) -> OpenShop:
        store.features.update(FEATURES[name])
        store.clock.advance(SKEW_AT_FIRST)
        store.webhooks.timeout = 20.0
        server = self._stack.enter_context(Server(store))
        backend = connect_store(
            self.odoo,
            server.url,
            store.key,
            store.secret,
            name=name,
            order_prefix=f"{name.upper()}-",
            log_mode=LOGGED[name],
            tz=store.timezone,
            requests_per_minute=0,
        )
        shop = OpenShop(name, store, server, backend)
        self._shorten_timeouts(shop)
        return shop

    def _shorten_timeouts(self, shop: Shop) -> None:
        rows = self.odoo.call("channel.backend", "read", [shop.backend], ["provider_settings"])
        settings = {**(rows[0]["provider_settings"] or {}), "read_timeout": READ_TIMEOUT}
        values = {"provider_settings": settings}
        self.odoo.call("channel.backend", "write", [shop.backend], values)

    def revive(self) -> None:
        """What a service manager does: Odoo ends when its PostgreSQL is away at a wrong moment."""
        if not self.server.is_running:
            self.server.stop()  # what is left of it
            until(self.server.start, RuntimeError)

    # === THE SCHEDULE === #

    def tick(self) -> None:
        """The addon's scheduled action runs now."""
        self._run_cron("Channels:")

    def sleep_over_it(self) -> None:
        """A night's schedule runs: Odoo's own, which sets its reservations right, and ours.

        Two transactions that meet on a quant leave two, whose reservations Odoo may count wrong
        until then (its own figure of what is free, too).
        """
        self._run_cron("Procurement: run scheduler")
        self.tick()

    def _run_cron(self, name: str) -> None:
        """One that is running already is as good."""
        crons = self.odoo.call("ir.cron", "search", [("cron_name", "ilike", name)])
        try:
            self.odoo.call("ir.cron", "method_direct_trigger", crons)
        except OdooError as error:
            if "currently being executed" not in str(error) and "Lock" not in str(error):
                raise
