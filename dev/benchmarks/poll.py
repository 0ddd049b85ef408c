"""``dev/bench poll``: what it costs to ask a big shop for news when there are none."""

from __future__ import annotations

import sys
from collections import Counter

from .figures import Results, Row, Sample, figure, plain
from .odoo_process import connect, environment, prepare_company, registry
from .shop import Shop
from .sizes import Sizes
from .walk import Walk

LINES = 3
#: One call for what changed, one for the trash, which no list shows.
LEAST_CALLS = 2


def read_all(walk: Walk) -> None:
    """Bring the poll to where there is nothing new; what it has read is not imported."""
    more = True
    while more:
        _sample, more = walk.poll()
        with environment(walk.registry) as env:
            env.cr.execute("DELETE FROM queue_job")


def nothing_new(walk: Walk, rounds: int, known: int, results: Results) -> None:
    whole: list[Sample] = []
    own: list[Sample] = []
    calls: Counter[str] = Counter()
    for number in range(rounds + 1):
        sample, _more = walk.poll()
        if number:
            whole.append(sample)
            own.append(Sample(sample.ms - walk.http_ms, sample.queries))
            calls.update(answer.call for answer in walk.answers)
    name = f"Poll with nothing new, {known:,} {walk.kind}s in the shop"
    results.rows += [
        Row(name, figure(whole)),
        Row(f"{name}, without the shop's answers", figure(own)),
        Row(
            f"{name}, calls",
            plain(calls.total() / rounds),
            plain(LEAST_CALLS),
            1.0,
            unit="calls",
        ),
    ]
    results.more[f"calls_of_{walk.kind}s"] = dict(calls)


def run(results: Results, size: Sizes) -> None:
    with (
        registry() as database,
        Shop({LINES: size.orders}, catalogue=size.products) as shop,
    ):
        with environment(database) as env:
            prepare_company(env)
            backend = connect(env, shop)
        for kind, known in (("order", size.orders), ("product", shop.products)):
            print(f"==> {known} {kind}s", file=sys.stderr, flush=True)
            walk = Walk(database, backend, kind)
            read_all(walk)
            nothing_new(walk, size.rounds, known, results)
