"""How much each benchmark does: as a rule, and with ``--quick``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """What of it a benchmark looks at differs; see ``dev/bench --help``."""

    rounds: int = 0
    orders: int = 0
    products: int = 0
    requests: int = 0
    seconds: int = 0


#: Name of each benchmark, in the order in which all are run; usual size, and the quick one.
SIZES: dict[str, tuple[Sizes, Sizes]] = {
    "order": (Sizes(rounds=20), Sizes(rounds=2)),
    "webhook": (Sizes(requests=300), Sizes(requests=50)),
    "parallel": (Sizes(orders=120, rounds=3), Sizes(orders=12, rounds=1)),
    "firstimport": (Sizes(orders=10_000), Sizes(orders=300)),
    "catalogue": (Sizes(products=10_000), Sizes(products=400)),
    "poll": (
        Sizes(orders=10_000, products=10_000, rounds=20),
        Sizes(orders=300, products=300, rounds=3),
    ),
    "stock": (Sizes(products=10_000, rounds=20), Sizes(products=500, rounds=3)),
    "delay": (Sizes(rounds=20), Sizes(rounds=3)),
    "memory": (
        Sizes(orders=1_000, products=2_000, requests=1_000),
        Sizes(orders=100, products=200, requests=50),
    ),
    "flashsale": (
        Sizes(orders=400, seconds=90, products=4_000),
        Sizes(orders=20, seconds=5, products=50),
    ),
}
NAMES = tuple(SIZES)
