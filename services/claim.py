"""Lock outside, work inside: how a job owns the record it works on.

PostgreSQL runs Odoo's transactions in REPEATABLE READ: a transaction sees the database as it
was at its first statement. A lock taken later does not make another's commit visible. So a job
takes a *session* advisory lock, which outlives transactions, then starts a new transaction whose
snapshot is younger than the lock, works, commits, and only then unlocks.
"""
# pylint: disable=invalid-commit; these jobs own their cursor (allow_commit)

import hashlib
import logging
import random
import time
from contextlib import contextmanager

import psycopg2
from psycopg2 import errors as pg_errors

from odoo.addons.queue_job.exception import RetryableJobError

_logger = logging.getLogger(__name__)

MAX_TRIES = 5
#: What a new transaction on a fresh snapshot cures. (A savepoint keeps the old snapshot.)
TRANSIENT = (
    pg_errors.SerializationFailure,
    pg_errors.DeadlockDetected,
    pg_errors.LockNotAvailable,
)


def lock_key(*parts):
    """A 64-bit signed key for ``pg_advisory_lock`` from any values."""
    digest = hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@contextmanager
def claim(cr, *parts):
    """Own ``parts`` (backend, kind, external id) for the time of the block.

    :raises RetryableJobError: somebody else owns it; tried again in a second, for free
    """
    key = lock_key("claim", *parts)
    if not _try_lock(cr, key):
        raise RetryableJobError("another job works on this record", seconds=1, ignore_retry=True)
    try:
        yield
    finally:
        _unlock(cr, key)


@contextmanager
def try_claims(cr, keys):
    """Own as many of ``keys`` (tuples) as are free; yields the list of those."""
    owned = []
    try:
        for parts in keys:
            if _try_lock(cr, lock_key("claim", *parts)):
                owned.append(parts)
        yield owned
    finally:
        for parts in owned:
            _unlock(cr, lock_key("claim", *parts))


@contextmanager
def slot(cr, backend_id, count, kept=True):
    """Hold one of the ``count`` slots of a backend, so that a slow store can't starve others.

    Where there are several, the first one is kept for jobs that are urgent and soon over, which
    take it before any other: neither an export of the catalogue nor one of all stock keeps every
    place from an order.

    :param kept: may take the kept slot
    :raises RetryableJobError: all are taken; tried again in a moment, for free
    """
    numbers = list(range(1, count))
    random.shuffle(numbers)
    if kept or count == 1:
        numbers.insert(0, 0)
    key = next(
        (
            key
            for key in (lock_key("slot", backend_id, number) for number in numbers)
            if _try_lock(cr, key)
        ),
        None,
    )
    if key is None:
        raise RetryableJobError(
            "as many jobs as this backend may run in parallel are running",
            seconds=random.randint(1, 3),
            ignore_retry=True,
        )
    try:
        yield
    finally:
        _unlock(cr, key)


def in_fresh_snapshots(env, work):
    """Run ``work`` in a transaction younger than this call and commit it.

    Serialization failures, deadlocks and a lost race for a unique row that the next try finds (a
    binding, an open issue, a campaign) are repeated at once, up to
    :data:`MAX_TRIES` times, each on a new snapshot. ``work`` must therefore be repeatable.
    """
    for attempt in range(1, MAX_TRIES + 1):
        env.cr.commit()
        try:
            result = work()
            env.cr.commit()
            return result
        except psycopg2.Error as error:
            env.cr.rollback()
            if attempt == MAX_TRIES or not _is_transient(error):
                raise
            _logger.info("%s, try %d on a new snapshot", type(error).__name__, attempt + 1)
            time.sleep(random.uniform(0, 0.02 * 2**attempt))
    raise AssertionError("unreachable")


def _is_transient(error):
    if isinstance(error, pg_errors.UniqueViolation):
        table = error.diag.table_name or ""
        return table.startswith(
            ("channel_binding_", "channel_map_", "channel_issue", "channel_settlement", "utm_")
        )
    return isinstance(error, TRANSIENT)


def _try_lock(cr, key):
    cr.execute("SELECT pg_try_advisory_lock(%s)", [key])
    return cr.fetchone()[0]


def _unlock(cr, key):
    """Give a lock back; a lost connection has given it back already."""
    if cr.closed or cr.connection.closed:
        return
    cr.execute("SELECT pg_advisory_unlock(%s)", [key])
