"""Install addons in a database, created if missing, and build its asset bundles.

    install_addons.py DATABASE ADDON… [--strict]

With --strict everything that Odoo logs at WARNING or above fails the installation: Odoo itself
goes on after mistakes such as `_sql_constraints`, which creates nothing since version 19.
"""

from __future__ import annotations

import logging
import sys

import odoo.service.db
import odoo.tools
from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.modules.registry import Registry

#: built once here they halve the time of every browser test
BUNDLES = ("web.assets_web", "web.assets_tests")


class Collector(logging.Handler):
    """Keeps what is logged at WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def build_bundles(env: Environment) -> None:
    for name in BUNDLES:
        bundle = env["ir.qweb"]._get_asset_bundle(name, assets_params={})
        bundle.css()
        bundle.js()


def check_installed(env: Environment, addons: list[str]) -> None:
    modules = env["ir.module.module"].search([("state", "=", "installed")])
    missing = set(addons) - set(modules.mapped("name"))
    if missing:
        sys.exit(f"error: not installed: {', '.join(sorted(missing))}")


def main(database: str, *arguments: str) -> None:
    addons = [argument for argument in arguments if argument != "--strict"]
    odoo.tools.config.parse_config(
        ["--database", database, "--log-level", "warn"], setup_logging=True
    )
    if not odoo.service.db.exp_db_exist(database):
        odoo.service.db._create_empty_database(database)
    collector = Collector()
    logging.getLogger("odoo").addHandler(collector)
    registry = Registry.new(database, update_module=True, install_modules=addons)
    with registry.cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        check_installed(env, addons)
        build_bundles(env)
    if "--strict" in arguments and collector.records:
        sys.exit("error: the installation logs warnings, see above")


if __name__ == "__main__":
    main(*sys.argv[1:])
