"""``python -m benchmarks order|webhook|stock|flashsale``, for dev/bench, which explains them."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from .figures import Results
from .machine import describe


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev/bench", epilog="dev/bench --help explains them.")
    parser.add_argument("benchmark", choices=("order", "webhook", "stock", "flashsale"))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--orders", type=int, default=400)
    parser.add_argument("--seconds", type=int, default=90)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--output", type=Path)
    return parser.parse_args()


def output_path(options: argparse.Namespace) -> Path:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    folder = Path(os.environ["STATE"]) / "bench"
    return options.output or folder / f"{options.benchmark}-{stamp}.json"


def main() -> None:
    options = arguments()
    results = Results(options.benchmark, describe())
    if options.benchmark == "order":
        from . import odoo_process

        odoo_process.start()
        from . import order  # imports addons

        order.run(results, options.rounds, profile=options.profile)
        if options.profile:
            return
    elif options.benchmark == "stock":
        from . import odoo_process

        odoo_process.start()
        from . import stock  # imports addons

        stock.run(results, options.products, options.rounds, profile=options.profile)
        if options.profile:
            return
    elif options.benchmark == "flashsale":
        from . import flashsale

        flashsale.run(results, options.orders, options.seconds, options.products)
    else:
        from . import webhook

        webhook.run(results, options.requests)
    path = output_path(options)
    results.write(path)
    machine = results.machine
    print(
        f"\n{machine['processor']}, {machine['cores']} cores, Odoo {machine['odoo']}, "
        f"PostgreSQL {machine['postgresql_server_version']} (fsync {machine['postgresql_fsync']})"
    )
    print(results.table())
    print(f"\n{path}")


if __name__ == "__main__":
    main()
