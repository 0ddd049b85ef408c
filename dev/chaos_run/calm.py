"""After the storm: time passes until nothing waits any more, and what is left is compared."""

from __future__ import annotations

import time

from .weather import Weather
from .world import World

#: Seconds without any change after which waiting makes no sense.
PATIENCE = 90
EVERY = 1.0
#: Minutes that pass with each look, and nights until all is over.
MINUTES = 20
NIGHTS = 2
#: What waits in Odoo, in the order in which each makes the next one.
WAITING = """
    SELECT (SELECT count(*) FROM channel_event WHERE state = 'pending'),
           (SELECT count(*) FROM channel_outbox WHERE state = 'pending'),
           (SELECT count(*) FROM channel_reconciliation WHERE state = 'running'),
           (SELECT count(*) FROM queue_job WHERE model_name LIKE 'channel.%'
               AND state IN ('wait_dependencies', 'pending', 'enqueued', 'started')),
           (SELECT count(*) FROM queue_job WHERE model_name LIKE 'channel.%' AND state = 'done')
"""
NOW = "(now() AT TIME ZONE 'UTC')"
#: Moments that Odoo compares with the clock, and which rows of a table have them.
MOMENTS = (
    # what waits for a lock or its turn only spins when it is hurried
    ("queue_job", "eta", f"state = 'pending' AND eta > {NOW} + interval '15 seconds'"),
    ("channel_gate", "open_until", "TRUE"),
    ("channel_gate", "probe_until", "TRUE"),
    ("channel_event", "received_at", "state = 'pending'"),
    ("channel_outbox", "noted_at", "state = 'pending'"),
    ("channel_cursor", "polled_at", "TRUE"),
    ("channel_webhook", "checked_at", "TRUE"),
)
#: The same while jobs run: rows that no job writes in a long transaction.
BUSY_MOMENTS = MOMENTS[:3]


def time_goes_by(world: World, minutes: float, *, busy: bool = False) -> None:
    """Let time pass for what waits for a moment, without waiting."""
    for table, column, where in BUSY_MOMENTS if busy else MOMENTS:
        world.sql(
            f"UPDATE {table} SET {column} = {column} - interval '1 minute' * %s"
            f" WHERE {column} IS NOT NULL AND {where}",
            minutes,
        )


def drain(world: World, weather: Weather) -> bool:
    """Wait until nothing is under way, let a night pass, and wait again; False: nothing moves."""
    for _night in range(NIGHTS):
        if not _settle(world, weather):
            return False
        # polls, the health of the webhooks, the sweep: each once more when all seems over
        time_goes_by(world, 24 * 60)
        world.sleep_over_it()
    return _settle(world, weather)


def _settle(world: World, weather: Weather) -> bool:
    seen: tuple[int, ...] = ()
    moved = time.monotonic()
    while any((state := (weather.left(), *world.sql(WAITING)[0]))[:-1]):
        if state != seen:
            seen, moved = state, time.monotonic()
        if time.monotonic() - moved > PATIENCE:
            return False
        jobs = state[-2]
        if jobs:  # due by now, whatever they wait for
            time_goes_by(world, MINUTES, busy=True)
        else:
            time_goes_by(world, MINUTES)
            world.tick()
        time.sleep(EVERY)
    return True


def reconcile(world: World) -> None:
    """Begin one reconciliation of each shop, as the wizard does; it heals what it may."""
    for shop in world.shops:
        mine = [("backend_id", "=", shop.backend), ("kind", "=", "reconcile")]
        flows = world.odoo.call("channel.flow", "search", mine, context={"active_test": False})
        world.odoo.call("channel.flow", "write", flows, {"active": True, "reconcile_heal": True})
        wizard = world.odoo.create("channel.reconcile", backend_id=shop.backend)
        world.odoo.call("channel.reconcile", "action_begin", [wizard])
