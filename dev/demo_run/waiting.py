"""Waiting until Odoo has worked off what it was told, with a line of progress now and then."""

from __future__ import annotations

import time
from collections.abc import Sequence

from odoo_client import OdooClient
from woostore import Store

from .report import say

#: Seconds without any change after which waiting makes no sense: every retry but an outage's is
#: shorter.
PATIENCE = 100
EVERY = 0.3
PROGRESS = 4
LIVE_JOBS = ("wait_dependencies", "pending", "enqueued", "started")


def until_settled(odoo: OdooClient, backends: Sequence[int], stores: Sequence[Store]) -> bool:
    """Wait until no webhook, event or job waits any more; False: nothing moves, give up."""
    seen: tuple[int, ...] = ()
    moved = told = time.monotonic()
    while (state := _state(odoo, backends, stores))[:3] != (0, 0, 0):
        now = time.monotonic()
        if state != seen:
            seen, moved = state, now
        if now - moved > PATIENCE:
            say(f"nothing moves any more: {state[1]} events wait")
            return False
        if now - told > PROGRESS:
            told = now
            say(f"{state[3]} orders in Odoo, {state[1]} events wait")
        time.sleep(EVERY)
    return True


def _state(
    odoo: OdooClient, backends: Sequence[int], stores: Sequence[Store]
) -> tuple[int, int, int, int]:
    """Webhooks not sent yet, events, notes and jobs that wait, orders that are there.

    In this order: each makes the next one before it is gone itself, so none is missed.
    """
    unsent = sum(_unsent(store) for store in stores)
    mine = ("backend_id", "in", list(backends))
    events = sum(
        odoo.call(model, "search_count", [mine, ("state", "=", "pending")])
        for model in ("channel.event", "channel.outbox")
    )
    jobs = odoo.call(
        "queue.job",
        "search_count",
        [("model_name", "like", "channel."), ("state", "in", LIVE_JOBS)],
    )
    return unsent, events, jobs, odoo.call("channel.binding.order", "search_count", [mine])


def _unsent(store: Store) -> int:
    """Deliveries that wait or are under way: `runner` is held while a round is sent."""
    with store.lock:
        waiting = len(store.webhooks.pending)
    return waiting + store.webhooks.runner.locked()
