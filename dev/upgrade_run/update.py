"""Upgrade addons in a database as ``odoo -u`` does; what Odoo warns of fails it.

python -m upgrade_run.update DATABASE ADDON…
"""

from __future__ import annotations

import logging
import sys

from install_addons import Collector

import odoo.tools
from odoo.modules.registry import Registry


def main(database: str, *addons: str) -> None:
    odoo.tools.config.parse_config(
        ["--database", database, "--log-level", "warn"], setup_logging=True
    )
    collector = Collector()
    logging.getLogger("odoo").addHandler(collector)
    Registry.new(database, update_module=True, upgrade_modules=list(addons))
    if collector.records:
        sys.exit("error: the upgrade logs warnings, see above")


if __name__ == "__main__":
    main(*sys.argv[1:])
