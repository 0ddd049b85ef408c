"""The parts of the demo: shops, a database, an Odoo server, and an admin who connects them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import databases
from odoo_client import OdooClient, connect_store, reconnect_store
from servers import Server as OdooServer
from servers import free_port
from woostore import Server, Store

from .report import say

PORT = 8069


@contextmanager
def fresh_database(name: str, *, keep: bool, leave: bool) -> Iterator[str]:
    """A copy of the database with the addon; ``keep`` takes the one of the last time, if any.

    Dropped in the end unless it is to be kept or left behind for a look.
    """
    database = f"{databases.PREFIX}_{name}"
    with databases.locked(name):
        if not (keep and databases.exists(database)):
            databases.copy(os.environ["INSTALLED_DB"], database)
        try:
            yield database
        finally:
            if not (keep or leave):
                databases.drop(database)


@contextmanager
def running_odoo(database: str, port: int, *, update: bool) -> Iterator[OdooServer]:
    """Odoo as in production: four workers, two jobs at a time, and the scheduler."""
    say("starting Odoo")
    options = ["--max-cron-threads=1"]
    if update:
        options.append(f"--update={databases.ADDON}")
    server = OdooServer(database, "demo", workers=4, channels="root:2", port=port, options=options)
    server.start()
    try:
        yield server
    finally:
        say("stopping Odoo")
        server.stop()


def choose_port(wanted: int | None) -> int:
    """The port asked for, else Odoo's usual one, else any free one.

    :raises SystemExit: the port asked for is taken
    """
    if _is_free(wanted or PORT):
        return wanted or PORT
    if wanted:
        raise SystemExit(f"error: port {wanted} is taken")
    return free_port()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def connect(odoo: OdooClient, name: str, shops: Server) -> int:
    """Connect one shop of the server, or connect it anew in a kept database; the backend's id."""
    store, url = shops.stores[name], shops.url_of(name)
    known = odoo.call("channel.backend", "search", [("order_prefix", "=", _prefix(name))])
    if known:
        reconnect_store(odoo, known[0], url, store.key, store.secret)
        _start_after_known_orders(odoo, known[0], store)
        return known[0]
    return connect_store(
        odoo,
        url,
        store.key,
        store.secret,
        name=store.name,
        order_prefix=_prefix(name),
        log_mode="all",
        tz=store.timezone,
    )


def _prefix(name: str) -> str:
    return f"{name.upper()}-"


def _start_after_known_orders(odoo: OdooClient, backend: int, store: Store) -> None:
    """In a kept database the ids of the last time's orders are taken."""
    bound = odoo.search_read("channel.event", [("backend_id", "=", backend)], ["external_id"])
    last = max((int(row["external_id"]) for row in bound if row["external_id"]), default=0)
    store.start_ids_after("post", max(last, *store.orders, *store.products))
