"""Make the kept database anew, by the first version itself in a worktree of its own.

The first version is the last one before the money flow: orders come in, invoices and deliveries
are made by hand.
"""

from __future__ import annotations

import json
import lzma
import os
import subprocess
from pathlib import Path

from . import kept
from .figures import figures

#: "Remove two helpers that nothing calls": the addon as it was when orders had been finished.
COMMIT = "a75e2672"
#: The carts that are bought in the demo are the same each time.
SEED, CARTS = 19, 40
#: psql of older releases stops at these commands of newer dumps.
UNKNOWN = ("\\restrict", "\\unrestrict")


def worktree() -> Path:
    path = kept.STATE / "first-version"
    if not path.exists():
        subprocess.run(["git", "-C", kept.ROOT, "worktree", "prune"], check=True)
        subprocess.run(
            ["git", "-C", kept.ROOT, "worktree", "add", "--detach", path, COMMIT], check=True
        )
    return path


def in_first_version(path: Path, *commands: str) -> str:
    """Run shell commands with the first version's own set-up; returns what they print."""
    script = "; ".join(["set -euo pipefail", f". '{path}/dev/setup/env.sh'", *commands])
    ours = {"ADDON", "ROOT", "SETUP", "STATE", "RUN", "ADDONS_DIR", "ODOO_CONF", "ODOO_RC"}
    server = {"PGHOST", "PG_BASE", "PGPORT", "PGUSER", "PG_BIN", "PG_OWNER", "INSTALLED_DB"}
    environment = {k: v for k, v in os.environ.items() if k not in ours | server | {"PYTHONPATH"}}
    environment["ODOO_PREFIX"] = os.environ["PREFIX"]
    result = subprocess.run(
        ["bash", "-c", script], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return result.stdout


def populate(path: Path) -> str:
    """Run its demo, then its people; returns what a shell needs to reach the database."""
    demo = f"--once --keep --seed {SEED} --orders {CARTS} --report '{path}/demo-report.json'"
    setup = f"{path}/dev/setup"
    named = f"db=$(cd '{setup}' && python -c 'import databases; print(databases.PREFIX)')_demo_once"
    printed = in_first_version(
        path,
        "ensure_odoo; ensure_postgres",
        f'{named}; drop_database "$db"',
        f"'{path}/dev/demo' {demo} >&2",
        f"export PYTHONPATH='{setup}:{kept.ROOT}/dev'",
        'python -m upgrade_run.clerk_of_first "$db" >&2',
        'echo "$PGHOST $PGPORT $PGUSER $db"',
    )
    return printed.split("\n")[-2]


def thin_and_dump(host: str, port: str, user: str, database: str) -> None:
    connection = {"PGHOST": host, "PGPORT": port, "PGUSER": user}
    os.environ.update(connection)
    thin = Path(__file__).with_name("thin.sql")
    psql = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", database]
    subprocess.run([*psql, "-1", "-f", thin], check=True)
    options = ["--no-owner", "--no-privileges", "--no-comments"]
    dump = subprocess.run(
        ["pg_dump", *options, database], stdout=subprocess.PIPE, check=True
    ).stdout.decode()
    lines = [line for line in dump.splitlines(True) if not line.startswith(UNKNOWN)]
    kept.DUMP.write_bytes(lzma.compress("".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME))
    with kept.connected(database) as sql:
        known = {"commit": COMMIT, "figures": figures(sql)}
    kept.FIGURES.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n")


def keep() -> None:
    path = worktree()
    try:
        thin_and_dump(*populate(path).split())
    finally:
        in_first_version(path, "stop_postgres")
