"""The kept database: restore it, upgrade it with the addon as it is now, compare."""

from __future__ import annotations

import contextlib
import hashlib
import json
import lzma
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import databases
import psycopg2

from .figures import Figures, Sql

ROOT, STATE = (Path(os.environ[name]) for name in ("ROOT", "STATE"))
DATA = ROOT / "dev" / "upgrade_data"
DUMP = DATA / "first-version.sql.xz"
FIGURES = DATA / "first-version.json"
LOG = Path(os.environ["RUN"]) / "logs" / "upgrade.log"


@contextlib.contextmanager
def connected(database: str) -> Iterator[Sql]:
    """Function `sql(query, *parameters)` that answers with rows; each call is committed."""
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True

    def execute(query: str, *parameters: object) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(query, parameters or None)
            return cursor.fetchall() if cursor.description else []

    try:
        yield execute
    finally:
        connection.close()


def figures_then() -> Figures:
    """What was counted when the database was kept."""
    return json.loads(FIGURES.read_text())["figures"]


def restore(database: str) -> None:
    """Replace `database` by the kept one, as a person does with a dump and psql."""
    databases.say(f"restoring the database of the first version as {database}")
    databases.drop(database)
    databases.execute("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", database)
    psql = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-1", "-d", database, "-o", os.devnull]
    subprocess.run(psql, input=lzma.decompress(DUMP.read_bytes()), check=True)


def upgrade(database: str) -> None:
    """``-u`` the addon in an Odoo process of its own; a warning is a failure.

    :raises SystemExit: the upgrade failed or Odoo warned; the log was printed
    """
    databases.say(f"upgrading {databases.ADDON} in {database}")
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("w") as log:
        command = [sys.executable, "-m", "upgrade_run.update", database, databases.ADDON]
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}/dev:{databases.SETUP}"}
        code = subprocess.run(
            command, env=environment, stdout=log, stderr=log, check=False
        ).returncode
    if code:
        print(LOG.read_text(), file=sys.stderr)
        sys.exit("error: the upgrade failed")


def upgraded() -> str:
    """Name of a database that was restored and upgraded; built once per change, never written."""
    source = hashlib.sha256(DUMP.read_bytes()).hexdigest()

    def build(name: str) -> None:
        restore(name)
        upgrade(name)

    with databases.locked():
        return databases.built(databases.installed_name(source, "upgraded"), build)
