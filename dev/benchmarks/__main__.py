"""``python -m benchmarks [NAME]``, for dev/bench, which explains them."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import time
from dataclasses import asdict, fields, replace
from pathlib import Path

from . import readme, suite, table
from .figures import Results
from .machine import describe
from .sizes import NAMES, SIZES, Sizes

#: Benchmarks that start servers and run no code of Odoo in this process.
SERVERS_ONLY = ("webhook", "flashsale")
PROFILED = ("order", "stock")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev/bench", epilog="dev/bench --help explains them.")
    parser.add_argument("benchmark", nargs="?", choices=NAMES)
    for field in fields(Sizes):
        parser.add_argument(f"--{field.name}", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--readme", type=Path, metavar="FILE")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.profile and options.benchmark not in PROFILED:
        parser.error(f"--profile goes with {' or '.join(PROFILED)}")
    return options


def sizes(options: argparse.Namespace) -> Sizes:
    usual, quick = SIZES[options.benchmark]
    given = {field.name: getattr(options, field.name) for field in fields(Sizes)}
    return replace(quick if options.quick else usual, **{k: v for k, v in given.items() if v})


def run_one(results: Results, name: str, size: Sizes, *, profile: bool) -> None:
    if name not in SERVERS_ONLY:
        from . import odoo_process

        odoo_process.start()  # before it, no addon can be imported
    module = importlib.import_module(f".{name}", __package__)
    if profile:
        module.profile(size)
        raise SystemExit
    module.run(results, size)
    results.more["sizes"] = {key: value for key, value in asdict(size).items() if value}


def main() -> None:
    # ends as an error does, so that no server or shop is left behind
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit("error: terminated"))
    options = arguments()
    if options.readme:
        readme.publish(options.readme, write=options.write)
        return
    name = options.benchmark or "all"
    results = Results(name, describe())
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = options.output or Path(os.environ["STATE"]) / "bench" / f"{name}-{stamp}.json"
    failed: list[str] = []
    if options.benchmark:
        run_one(results, name, sizes(options), profile=options.profile)
    else:
        failed = suite.run(results, path, quick=options.quick)
    results.write(path)
    print(f"\n{table.machine_line(results.machine)}\n{table.text(results.rows)}\n\n{path}")
    if failed:
        sys.exit(f"error: failed, and not in the table: {', '.join(failed)}")


if __name__ == "__main__":
    main()
