"""Runs the parts of the tests one after the other and adds up the results: dev/test --help."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import databases

HELP = """dev/test [--pure] [--db] [--integration] [--live] [pytest arguments]

Without a part all but --live run:
  --pure          tests/pure: no database, no Odoo; seconds
  --db            tests: inside Odoo, on a copy of a cached database, with HTTP and browser
  --mrp           tests/with_mrp: the same with mrp and other modules that may be there; also with
                  --db, unless -k names tests
  --toy           tests/toy_warehouse: an addon of its own that adds a channel, installed on top
  --integration   dev/integration: real servers with workers and jobrunner
  --live          tests/live: against the store of WOO_URL, WOO_KEY and WOO_SECRET

A path picks its part (dev/test tests/test_x.py::TestX); other arguments (-k, -x, -n 2, --cov) go
to pytest. TEST_DB names the test database. The last line printed adds up all parts; the exit code
is 0 if something ran and nothing failed."""

ROOT, SETUP, STATE = (Path(os.environ[name]) for name in ("ROOT", "SETUP", "STATE"))
LINK = Path(os.environ["ADDONS_DIR"]) / os.environ["ADDON"]
PLUGINS = ROOT / "dev" / "pytest_plugins"
#: the folder of each part, in the order in which they run
FOLDERS = {
    "pure": "tests/pure",
    "db": "tests",
    "mrp": "tests/with_mrp",
    "toy": "tests/toy_warehouse",
    "integration": "dev/integration",
    "live": "tests/live",
}
DEFAULT = ("pure", "db", "mrp", "toy", "integration")
#: pytest's options that are followed by a value which could be the name of a file
WITH_VALUE = {"-k", "-m", "-n", "-o", "-p", "-W", "--cov", "--ignore", "--deselect"}
NO_TESTS, SUCCESS, FAILED = 5, 0, 1


@dataclass
class Request:
    """What the command line asks for: parts, paths (from the project's root) per part, the rest."""

    parts: list[str] = field(default_factory=list)
    paths: dict[str, list[str]] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)


def say(message: str) -> None:
    print(f"==> {message}", file=sys.stderr, flush=True)


def parts_of(path: str) -> list[str]:
    """Return the parts that a path of the project belongs to; exits when there is none."""
    if path == "tests":
        return ["pure", "db", "mrp", "toy"]
    for part in ("pure", "live", "mrp", "toy", "integration", "db"):
        if path == FOLDERS[part] or path.startswith(FOLDERS[part] + "/"):
            return [part]
    sys.exit(f"error: {path} is in no folder of tests")


def as_test_path(argument: str) -> str | None:
    """Return a path argument relative to the project, with its `::` part; None if it is none."""
    name, *node = argument.split("::", 1)
    path = Path(name).absolute()
    if not path.exists():
        if node or name.endswith(".py"):
            sys.exit(f"error: {name} does not exist")
        return None
    if not path.resolve().is_relative_to(ROOT):
        sys.exit(f"error: {name} is outside the project")
    return "::".join([path.resolve().relative_to(ROOT).as_posix(), *node])


def parse(argv: list[str]) -> Request:
    request, previous = Request(), ""
    for argument in argv:
        path = None
        if not argument.startswith("-") and previous not in WITH_VALUE:
            path = as_test_path(argument)
        if argument[:2] == "--" and argument[2:] in FOLDERS:
            request.parts.append(argument[2:])
        elif path:
            for part in parts_of(path.split("::")[0]):
                request.paths.setdefault(part, []).append(path)
        else:
            request.arguments.append(argument)
        previous = argument
    if "db" in request.parts and "-k" not in request.arguments:
        request.parts.append("mrp")
    request.parts = [
        part for part in FOLDERS if part in (request.parts or request.paths or DEFAULT)
    ]
    return request


def shell(commands: str) -> str:
    """Run functions of env.sh and return what they print; raises CalledProcessError."""
    script = f'set -euo pipefail; . "$SETUP/env.sh"; {commands}'
    result = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, text=True, check=True)
    return result.stdout.strip()


def installed_database(which: str = "installed") -> str:
    """Return the name of a database with the addon, of which copies may be made."""
    return shell(f'ensure_odoo; ensure_postgres; python "$SETUP/databases.py" {which}')


def targets(request: Request, part: str, base: Path, above: str = "") -> list[str]:
    """Return the paths to test; ``above``: folders of the project that ``base`` stands for."""
    paths = request.paths.get(part) or ([] if request.paths else [FOLDERS[part]])
    return [str(base / path.removeprefix(above)) for path in paths]


def pytest(part: str, arguments: list[str], **environment: str) -> Counter:
    """Run pytest for one part and return its counts of passed, failed and skipped."""
    with tempfile.NamedTemporaryFile() as results:
        command = [sys.executable, "-m", "pytest", "-c", str(SETUP / "pytest.ini"), "-p", "results"]
        command += ["-o", f"cache_dir={STATE}/cache/{part}", *arguments]
        environ = {
            **os.environ,
            **environment,
            "TEST_RESULTS": results.name,
            "HYPOTHESIS_STORAGE_DIRECTORY": f"{STATE}/cache/hypothesis",
            "PYTHONPATH": str(PLUGINS),
        }
        code = subprocess.run(command, env=environ, check=False).returncode
        counts = +Counter(json.loads(Path(results.name).read_text() or "{}"))
    if code not in (SUCCESS, NO_TESTS) and not counts["failed"]:
        say(f"pytest stopped with exit code {code}")
        counts["failed"] += 1
    return counts


def run_pure(request: Request) -> Counter:
    paths = targets(request, "pure", LINK)
    options = ["-p", "no:odoo", "-p", "bare_addon", "-p", "without_odoo", "--noconftest"]
    options += [f"--rootdir={LINK}/tests/pure", f"--confcutdir={LINK}/tests/pure"]
    return pytest("pure", [*options, *paths, *request.arguments])


def run_in_odoo(
    request: Request,
    part: str,
    ignored: list[str],
    source: str = "installed",
    base: Path = LINK,
    above: str = "",
) -> Counter:
    database = os.environ.get("TEST_DB") or f"{databases.PREFIX}_test"
    options = ["-p", "shared_files", "--noconftest", f"--rootdir={base}"]
    options += [f"--odoo-config={os.environ['ODOO_CONF']}"]
    options += [f"--odoo-database={database}", "--odoo-http", "--dist=loadscope"]
    options += [f"--ignore={LINK}/{path}" for path in ignored]
    # channels: in this process a runner would start jobs of which nothing is ever committed
    arguments = [*options, *targets(request, part, base, above), *request.arguments]
    with databases.locked(database):
        databases.copy(installed_database(source), database)
        return pytest(part, arguments, ODOO_QUEUE_JOB_CHANNELS="root:0")


def run_db(request: Request) -> Counter:
    others = ("pure", "live", "mrp", "toy")
    return run_in_odoo(request, "db", [FOLDERS[part] for part in others])


def run_mrp(request: Request) -> Counter:
    return run_in_odoo(request, "mrp", [], "installed_mrp")


def run_toy(request: Request) -> Counter:
    """By its own name in the addons path: to Odoo it is an addon like any other."""
    return run_in_odoo(request, "toy", [], "installed_toy", LINK.parent, "tests/")


def run_live(request: Request) -> Counter:
    missing = [name for name in ("WOO_URL", "WOO_KEY", "WOO_SECRET") if not os.environ.get(name)]
    if missing:
        say(f"tests/live are skipped: {', '.join(missing)} not set")
        return Counter(skipped=1)
    return run_in_odoo(request, "live", [])


def run_integration(request: Request) -> Counter:
    folder = ROOT / FOLDERS["integration"]
    options = ["-p", "no:odoo", "-p", "bare_addon", f"--rootdir={folder}", f"--confcutdir={folder}"]
    # -n 0: the servers of one test use all cores
    arguments = [*options, *targets(request, "integration", ROOT), *request.arguments, "-n", "0"]
    return pytest("integration", arguments, INSTALLED_DB=installed_database())


RUN = {
    "pure": run_pure,
    "db": run_db,
    "mrp": run_mrp,
    "toy": run_toy,
    "integration": run_integration,
    "live": run_live,
}


def run_part(request: Request, part: str) -> Counter:
    say(f"{part}: {FOLDERS[part]}")
    try:
        return RUN[part](request)
    except subprocess.CalledProcessError:
        say(f"{part}: not run, because the set-up failed")
        return Counter(failed=1)


def run(request: Request) -> Counter:
    """Run the parts asked for that have tests, and return the counts of all."""
    total: Counter = Counter()
    stop_early = {"-x", "--exitfirst"} & set(request.arguments)
    with_coverage = any(argument.startswith("--cov") for argument in request.arguments)
    for part in request.parts:
        if any((ROOT / FOLDERS[part]).glob("**/test_*.py")):
            total += run_part(request, part)
            if total["failed"] and stop_early:
                break
            if with_coverage and "--cov-append" not in request.arguments:
                request.arguments.append("--cov-append")
    return total


def main(argv: list[str]) -> int:
    if "-h" in argv or "--help" in argv:
        print(HELP)
        return SUCCESS
    total = run(parse(argv))
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}", flush=True)
    if not total:
        return NO_TESTS
    return FAILED if total["failed"] else SUCCESS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
