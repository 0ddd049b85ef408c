"""Duplicate a database as Odoo's database manager does.

python -m upgrade_run.duplicate DATABASE COPY [--neutralize]
"""

from __future__ import annotations

import sys

import odoo.service.db
import odoo.tools


def main(database: str, copy: str, *options: str) -> None:
    odoo.tools.config.parse_config(["--log-level", "warn", "--workers", "0"], setup_logging=True)
    odoo.tools.config["list_db"] = True
    odoo.service.db.exp_duplicate_database(database, copy, "--neutralize" in options)


if __name__ == "__main__":
    main(*sys.argv[1:])
