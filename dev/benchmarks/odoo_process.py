"""Odoo inside this process: a database, an environment, a connected backend, counted queries."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import databases

import odoo.init  # completes the namespace package `odoo`
import odoo.tools
from odoo import SUPERUSER_ID, sql_db
from odoo.api import Environment
from odoo.modules.registry import Registry

from .figures import Sample
from .history import PRODUCTS
from .shop import Shop

STOCK = 1_000_000
DATABASE = f"{databases.PREFIX}_bench"


def start() -> None:
    """Read Odoo's configuration; before this no addon can be imported."""
    odoo.tools.config.parse_config(
        ["--database", DATABASE, "--log-level", "error"], setup_logging=True
    )


@contextmanager
def registry() -> Iterator[Registry]:
    """The registry of a fresh copy of the database with the addon, dropped afterwards."""
    with databases.locked("bench"):
        databases.copy(os.environ["INSTALLED_DB"], DATABASE)
        try:
            yield Registry(DATABASE)
        finally:
            sql_db.close_db(DATABASE)
            databases.drop(DATABASE)


@contextmanager
def environment(registry: Registry, **context: Any) -> Iterator[Environment]:
    """An environment of the superuser on a cursor of its own; commits in the end."""
    with registry.cursor() as cr:
        yield Environment(cr, SUPERUSER_ID, context)


def measured(work: Callable[[], Any]) -> Sample:
    """Time one call and count the queries of all cursors of this process."""
    gc.collect()
    queries, started = sql_db.sql_counter, time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    return Sample(seconds * 1000, sql_db.sql_counter - queries)


def prepare_company(env: Environment) -> None:
    """Country, currency, and goods with more stock than anybody buys."""
    country = env["res.country"].search([("code", "=", "ES")])
    euro = env.ref("base.EUR")
    euro.active = True
    env.company.write({"currency_id": euro.id, "country_id": country.id})
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    products = env["product.product"].create(
        [
            {"name": f"Goods {number}", "default_code": f"B-{number}", "is_storable": True}
            for number in range(PRODUCTS)
        ]
    )
    for product in products:
        env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, STOCK)


def connect(env: Environment, shop: Shop) -> int:
    """Connect a backend as an admin would; its id."""
    backend = env["channel.backend"].create(
        {
            "name": "Bench",
            "provider": "woocommerce",
            "base_url": shop.url,
            "api_key": shop.key,
            "api_secret": shop.secret,
            "requests_per_minute": 0,
        }
    )
    env.cr.commit()  # the check writes its log on a cursor of its own
    backend.action_connect()
    if backend.state != "connected":
        raise SystemExit("error: " + "\n".join(backend.finding_ids.mapped("title")))
    backend.tax_map_ids.filtered(lambda row: not row.tax_id).action_create_taxes()
    return backend.id
