"""``python -m chaos_run``, for dev/chaos, which explains the options."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import Any

import bare_addon  # noqa: F401  makes the addon's own packages importable


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev/chaos", epilog="dev/chaos --help explains them.")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--seeds", default="1", type=_numbers)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--keep", action="store_true")
    return parser.parse_args(argv)


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def main(argv: list[str]) -> int:
    from channel_connector.dev.chaos_run import table
    from channel_connector.dev.chaos_run.run import run

    options = arguments(argv)
    outcomes = []
    for seed in options.seeds:
        outcomes.append(run(options.events, seed, keep=options.keep))
        print(table.show(outcomes[-1], f"dev/chaos --events {options.events} --seeds {seed}"))
        sys.stdout.flush()
        if options.report:
            table.write(options.report, outcomes)
    if len(outcomes) > 1:
        print(table.summary(outcomes))
    return 0 if all(outcome.is_whole for outcome in outcomes) else 1


def stop(*_signal: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)  # a shell starts background commands with SIGINT ignored
    started = time.monotonic()
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(f"stopped after {time.monotonic() - started:.0f} s")
