"""A process with nothing but the ORM, one of those that ``dev/bench parallel`` compares with.

    python -m benchmarks.bare_orm BACKEND FILE

It loads the twins of a pickled file, prints a line, waits for one, and makes them, one in a
transaction as a job does. In the end it prints JSON: the moments at which each was committed, and
how many transactions had to be repeated.
"""

from __future__ import annotations

import json
import logging
import pickle
import random
import sys
import time
from pathlib import Path

from psycopg2.errors import SerializationFailure

from . import odoo_process, twin


class Maker:
    """Makes orders in the environment and context that the importer works in."""

    def __init__(self, backend: int) -> None:
        # both can be imported when Odoo's configuration was read
        from odoo.modules.registry import Registry

        from odoo.addons.channel_connector.services.order_importer import QUIET

        self.context = QUIET
        self.registry = Registry(odoo_process.DATABASE)
        self.backend = backend
        self.retried = 0

    def make(self, one: twin.Twin) -> float:
        """The moment of its commit; what lost a race is done again, as Odoo does."""
        while True:
            try:
                with odoo_process.environment(self.registry) as env:
                    backend = env["channel.backend"].browse(self.backend)._env()
                    twin.make(backend.with_context(**self.context).env, [one])
                return time.monotonic()
            except SerializationFailure:
                self.retried += 1
                time.sleep(random.uniform(0, 0.04))


def main(backend: str, path: str) -> None:
    odoo_process.start()
    logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)  # races are counted, not told
    maker = Maker(int(backend))
    twins = pickle.loads(Path(path).read_bytes())  # written by the benchmark itself
    print("ready", flush=True)
    sys.stdin.readline()
    moments = [maker.make(one) for one in twins]
    print(json.dumps({"moments": moments, "retried": maker.retried}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
