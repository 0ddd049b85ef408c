"""Databases of the set-up: built once per change of what is in them, then copied.

    databases.py template        prints the name of a database with the addon's dependencies
    databases.py installed       prints the name of a database with the addon as its files are now
    databases.py installed_mrp   the same with the modules that the addon only knows of
    databases.py installed_toy   the same with the addon of tests/toy_warehouse on top
    databases.py copy A B        replaces B by a copy of A, filestore included
    databases.py drop A

The server is the one of PGHOST, PGPORT and PGUSER; RUN, ROOT, SETUP and ADDON come from env.sh.
"""

from __future__ import annotations

import ast
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import psycopg2
from psycopg2 import sql

ROOT, SETUP, STATE = (Path(os.environ[name]) for name in ("ROOT", "SETUP", "STATE"))
RUN = Path(os.environ["RUN"])
ADDON = os.environ["ADDON"]
FILESTORE = RUN / "data" / "filestore"
#: a project's databases on a shared server start with this
PREFIX = f"{ADDON}_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
KEPT = 2
#: what the addon asks for by name and does not depend on; see models/optional.py
OPTIONAL = ("mrp", "sale_mrp", "product_expiry")
#: an addon of its own that adds a channel; it lies among the tests, so it is linked where it's used
TOY = ROOT / "tests" / "toy_warehouse"
#: folders of the project that do not change what an installation makes
NOT_INSTALLED = {"tests", "dev", "dist", "build", "__pycache__"}


def say(message: str) -> None:
    print(f"==> {message}", file=sys.stderr, flush=True)


def execute(query: str, *names: str) -> list[tuple]:
    """Run one statement outside any transaction; `{}` in it stands for a quoted identifier."""
    connection = psycopg2.connect(dbname="postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(query).format(*map(sql.Identifier, names)))
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def exists(name: str) -> bool:
    return any(row == (name,) for row in execute("SELECT datname FROM pg_database"))


def drop(name: str) -> None:
    execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    shutil.rmtree(FILESTORE / name, ignore_errors=True)


def copy(source: str, target: str) -> None:
    """Replace `target` by a copy of `source`; nobody may be connected to `source`."""
    say(f"copying the database {source} to {target}")
    drop(target)
    execute("CREATE DATABASE {} TEMPLATE {}", target, source)
    if (FILESTORE / source).exists():
        # hard links: files of a filestore are named by their content and never rewritten
        shutil.copytree(FILESTORE / source, FILESTORE / target, copy_function=os.link)


def rename(source: str, target: str) -> None:
    execute("ALTER DATABASE {} RENAME TO {}", source, target)
    if (FILESTORE / source).exists():
        (FILESTORE / source).rename(FILESTORE / target)


def install(database: str, *addons: str, strict: bool = False) -> None:
    """Install addons in an Odoo process of its own; `strict` makes a warning a failure."""
    command = [sys.executable, str(SETUP / "install_addons.py"), database, *addons]
    command += ["--strict"] if strict else []
    log = RUN / "logs" / "install.log"
    with log.open("w") as output:
        code = subprocess.run(command, stdout=output, stderr=output, check=False).returncode
    if code:
        print(log.read_text(), file=sys.stderr)
        drop(database)
        sys.exit(f"error: the installation of {', '.join(addons)} failed")


def depends() -> list[str]:
    return ast.literal_eval((ROOT / "__manifest__.py").read_text())["depends"]


def template_name() -> str:
    digest = hashlib.sha256(" ".join(depends()).encode())
    digest.update((SETUP / "install_addons.py").read_bytes())
    for stamp in sorted((Path(os.environ["PREFIX"]) / "stamps").glob("odoo-*")):
        digest.update(stamp.name.encode())
    return f"{PREFIX}_deps_{digest.hexdigest()[:12]}"


def installed_files() -> Iterator[Path]:
    """Yield the files that take part in an installation, in a fixed order."""
    yield ROOT / "__init__.py"
    yield ROOT / "__manifest__.py"
    for folder in sorted(path for path in ROOT.iterdir() if path.is_dir()):
        if not folder.name.startswith(".") and folder.name not in NOT_INSTALLED:
            yield from _files_of(folder)


def _files_of(folder: Path) -> list[Path]:
    paths = sorted(folder.rglob("*"))
    return [path for path in paths if path.is_file() and "__pycache__" not in path.parts]


def installed_name(template: str, kind: str = "addon", more: Iterable[Path] = ()) -> str:
    digest = hashlib.sha256(template.encode())
    for path in (*installed_files(), *more):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)} {len(content)} ".encode() + content)
    return f"{PREFIX}_{kind}_{digest.hexdigest()[:12]}"


def prune(kind: str) -> None:
    """Drop all but the newest databases of one kind."""
    rows = execute("SELECT datname FROM pg_database ORDER BY oid DESC")
    names = [name for (name,) in rows if name.startswith(f"{PREFIX}_{kind}_")]
    for name in names[KEPT:]:
        drop(name)


@contextlib.contextmanager
def locked(name: str = "databases") -> Iterator[None]:
    """Let one process of this clone at a time do what `name` stands for; others wait."""
    with (STATE / f".{name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another command of this clone ({name})")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def built(name: str, build: Callable[[str], None]) -> str:
    """Return `name` after building it under another name if it is missing."""
    if not exists(name):
        draft = f"{name}_new"
        drop(draft)
        build(draft)
        rename(draft, name)
        prune(name.split("_")[-2])
    return name


def template() -> str:
    def build(name: str) -> None:
        say(f"building a database with {', '.join(depends())}")
        install(name, *depends())

    return built(template_name(), build)


def template_mrp() -> str:
    source = template()

    def build(name: str) -> None:
        copy(source, name)
        say(f"installing {', '.join(OPTIONAL)}")
        install(name, *OPTIONAL)

    digest = hashlib.sha256(f"{source} {OPTIONAL}".encode()).hexdigest()
    return built(f"{PREFIX}_depsmrp_{digest[:12]}", build)


def installed() -> str:
    source = template()
    return _with_addon(source, installed_name(source))


def installed_mrp() -> str:
    source = template_mrp()
    return _with_addon(source, installed_name(source, "addonmrp"))


def installed_toy() -> str:
    source = installed()
    link = Path(os.environ["ADDONS_DIR"]) / TOY.name
    if not link.exists():
        link.symlink_to(TOY)

    def build(name: str) -> None:
        copy(source, name)
        say(f"installing {TOY.name}")
        install(name, TOY.name, strict=True)

    code = [path for path in _files_of(TOY) if "tests" not in path.relative_to(TOY).parts]
    return built(installed_name(source, "addontoy", code), build)


def _with_addon(source: str, name: str) -> str:
    def build(name: str) -> None:
        copy(source, name)
        say(f"installing {ADDON}")
        install(name, ADDON, strict=True)

    return built(name, build)


PRINTED = {
    "template": template,
    "installed": installed,
    "installed_mrp": installed_mrp,
    "installed_toy": installed_toy,
}


def main(command: str, *names: str) -> None:
    with locked():
        if command in PRINTED:
            print(PRINTED[command]())
        else:
            {"copy": copy, "drop": drop}[command](*names)


if __name__ == "__main__":
    main(*sys.argv[1:])
