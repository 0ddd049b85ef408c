"""``python -m demo_run``, for dev/demo, which explains the options."""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from odoo_client import OdooClient, OdooError, prepare_company
from woostore import Server, recorded_store

from . import report
from .carts import open_shop
from .report import say
from .run import Run
from .world import choose_port, connect, fresh_database, running_odoo

SHOP = "shop"


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev/demo", epilog="dev/demo --help explains them.")
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--prices", choices=("incl", "excl"), default="incl")
    parser.add_argument("--rounding", choices=("line", "subtotal"), default="line")
    parser.add_argument("--timezone", default="Europe/Madrid")
    parser.add_argument("--orders", type=int, default=24)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--port", type=int)
    parser.add_argument("--report", type=Path, default=Path("demo-report.json"))
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--stories", action="store_true")
    options = parser.parse_args(argv)
    if options.timezone not in available_timezones():
        parser.error(f"{options.timezone} is no time zone; one is Europe/Madrid")
    return options


def build(stack: ExitStack, options: argparse.Namespace) -> Run:
    """Start everything and connect it; the stack stops it again."""
    name = "demo_once" if options.once else "demo"
    database = stack.enter_context(fresh_database(name, keep=options.keep, leave=not options.once))
    say("starting the shops")
    shops = stack.enter_context(
        Server(
            {
                SHOP: open_shop(options.prices, options.rounding, options.timezone),
                "incl": recorded_store("incl"),
                "excl": recorded_store("excl"),
            }
        )
    )
    port = choose_port(options.port)
    odoo_server = stack.enter_context(running_odoo(database, port, update=options.keep))
    odoo = OdooClient(odoo_server.url, database)
    prepare_company(odoo, odoo_server.url)
    backends = {}
    for name in shops.stores:
        say(f"connecting “{shops.stores[name].name}” at {shops.url_of(name)}")
        backends[name] = connect(odoo, name, shops)
    shops.start_delivering(every=0.2)
    return Run(odoo, shops, backends)


def mode_of(options: argparse.Namespace) -> dict[str, Any]:
    names = ("prices", "rounding", "timezone", "seed")
    return {name: getattr(options, name) for name in names}


def once(run: Run, options: argparse.Namespace, started: float) -> int:
    """Write the report; the exit code says whether every difference is explained."""
    seconds = time.monotonic() - started
    more = {
        "mode": mode_of(options),
        "stories": [chapter.as_json() for chapter in run.chapters],
        "issues": run.unexpected,
    }
    report.write(options.report, run.found, run.shops.stores, seconds, more)
    count = report.totals(run.found)
    failed = [chapter for chapter in run.chapters if not chapter.adds_up]
    wrong = count[report.DIFFERING] or count["unexpected_issues"]
    return 1 if failed or run.unexpected or wrong else 0


def invite(run: Run) -> None:
    """What to look at and what to try, for a person."""
    odoo = run.odoo.url
    print(
        f"""
Odoo        {odoo}/odoo/channels      login admin, password admin
The shop    {run.shops.url_of(SHOP)}/

Try next:
- Buy something on the shop's page: a line appears here, and the order in Odoo, within seconds.
- Pay or cancel it there, and look at the sales order again; its Channel tab tells the story.
- {odoo}/odoo/channel-issues   what could not be taken over, and why; one waits for your decision
- {odoo}/odoo/channel-events   what arrived, with its payload, and what became of it
- {odoo}/odoo/channel-outbox   what the shops were told
- {odoo}/odoo/channel-orders   every order of the shops beside its sales order
- {odoo}/odoo/channel-payouts  what the gateways paid out, matched with the payments
- {odoo}/odoo/channel-dry-runs what an import or export of products would change
- {odoo}/odoo/channel-stock    what the shops were told of stock, and how each figure came about
- “Check Connection” on a backend tells what it finds in the shop.

Ctrl-C stops everything.""",
        flush=True,
    )


def main(argv: list[str]) -> int:
    started = time.monotonic()
    options = arguments(argv)
    with ExitStack() as stack:
        run = build(stack, options)
        if not options.stories:
            run.import_recorded(("incl", "excl"))
            run.buy(SHOP, options.orders, options.seed)
        run.tell(SHOP, watched=not options.once)
        report.stories(run.chapters, run.unexpected)
        report.summary(run.found, run.shops.stores, time.monotonic() - started)
        if options.once:
            return once(run, options, started)
        invite(run)
        run.watch(SHOP)
    return 0


def stop(*_signal: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)  # a shell starts background commands with SIGINT ignored
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("stopped")
    except (OdooError, RuntimeError) as error:
        sys.exit(f"error: {error}")
