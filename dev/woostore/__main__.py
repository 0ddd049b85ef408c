"""``python -m woostore``: a shop on this machine, for a person or a demo."""

from __future__ import annotations

import argparse
import signal
import threading

from . import Server, Store, recorded_store
from .rest_index import CORE_FEATURES, PLUGINS
from .samples import fill

FEATURES = (*CORE_FEATURES, *PLUGINS)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev/store", description=__doc__)
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--recorded", choices=("incl", "excl"))
    parser.add_argument("--prices", choices=("incl", "excl"), default="incl")
    parser.add_argument("--rounding", choices=("line", "subtotal"), default="line")
    parser.add_argument("--timezone", default="Europe/Madrid")
    parser.add_argument("--currency", default="EUR")
    parser.add_argument("--decimals", type=int, default=2)
    parser.add_argument("--products", type=int, default=0, help="so many more, in stock")
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--feature", action="append", default=[], choices=FEATURES)
    return parser.parse_args()


def make_store(args: argparse.Namespace) -> Store:
    if args.recorded:
        return recorded_store(args.recorded)
    store = Store(
        prices_include_tax=args.prices == "incl",
        round_at_subtotal=args.rounding == "subtotal",
        timezone=args.timezone,
        currency=args.currency,
        decimals=args.decimals,
    )
    fill(store)
    store.add_products(args.products, stock_quantity=10)
    return store


def main() -> None:
    args = arguments()
    store = make_store(args)
    store.features.update(args.feature)
    needed = [CORE_FEATURES[name] for name in args.feature if name in CORE_FEATURES]
    if needed and store.release < max(needed):
        store.version = f"{'.'.join(map(str, max(needed)))}.0"
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    with Server(store, host=args.host, port=args.port, tls=args.tls) as server:
        server.start_delivering()
        print(f"Shop:   {server.url}/", flush=True)
        print(f"Key:    {store.key}", flush=True)
        print(f"Secret: {store.secret}", flush=True)
        print(f"Media:  user {store.wp_user}, application password {store.wp_app_password}")
        if server.ca_path:
            print(f"CA:     {server.ca_path}", flush=True)
        print("Stop with Ctrl-C.", flush=True)
        done.wait()


if __name__ == "__main__":
    main()
