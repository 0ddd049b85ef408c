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
#: What the recorded shops sell in beside euros.
CURRENCIES = ("EUR", "USD", "JPY")


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


def prepare_company(odoo: OdooClient, url: str) -> None:
    """What an admin sets up before the first shop: address, country, currencies."""
    odoo.call("ir.config_parameter", "set_param", "web.base.url", url)
    odoo.call("ir.config_parameter", "set_param", "web.base.url.freeze", "True")
    currencies = odoo.search_read(
        "res.currency", [("name", "in", CURRENCIES)], ["name"], context={"active_test": False}
    )
    odoo.call("res.currency", "write", [row["id"] for row in currencies], {"active": True})
    euro = next(row["id"] for row in currencies if row["name"] == "EUR")
    country = odoo.call("res.country", "search", [("code", "=", "ES")])[0]
    company = odoo.call("res.company", "search", [], limit=1)
    if not odoo.call("account.journal", "search_count", [("type", "=", "sale")]):
        # before the currency: a chart of accounts brings its own
        odoo.call("account.chart.template", "try_loading", "generic_coa", company[0])
    odoo.call(
        "res.company",
        "write",
        company,
        {"name": "Demo Company", "currency_id": euro, "country_id": country},
    )


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
