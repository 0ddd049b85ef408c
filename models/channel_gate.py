"""Rate budget and circuit breaker of one backend, shared by all workers and hosts."""

import logging
import random
import time
from datetime import timedelta

import psycopg2

from odoo import api, fields, models

from odoo.addons.queue_job.exception import RetryableJobError

from ..core import errors
from ..services.claim import TRANSIENT
from ..services.messages import finding_text

_logger = logging.getLogger(__name__)

#: Seconds a breaker stays open after 1, 2, 3 … failures in a row, unless the shop names a time.
BACKOFF = (15, 30, 60, 120, 300, 600)
#: How long a probe may take before another job may try.
PROBE_SECONDS = 120
#: A job waits this long for the budget in place; longer waits give its slot back.
MAX_WAIT = 2.0
#: A job looks again after so long whether somebody has let calls go on.
STOPPED_SECONDS = 120
#: Part of a full bucket that is kept for what is urgent.
KEPT = 0.5
#: How often a statement is made that meets another worker's on the same row.
TRIES = 20


class ChannelGate(models.Model):
    """One row per backend, changed only by single statements in transactions of their own.

    So no job ever waits for another's commit here, and a job's rollback never forgets that the
    shop is down.
    """

    _name = "channel.gate"
    _description = "Channel rate budget and circuit breaker"
    _log_access = False

    backend_id = fields.Many2one("channel.backend", required=True, ondelete="cascade")
    failures = fields.Integer(default=0, help="Failures in a row.")
    reason = fields.Char()
    opened_at = fields.Datetime()
    open_until = fields.Datetime(help="No call before this moment; empty: closed.")
    probe_until = fields.Datetime(help="A probe is under way until this moment.")
    tokens = fields.Float(default=0.0, help="Requests left in the budget.")
    refilled_at = fields.Datetime()
    stopped = fields.Boolean(default=False, help="A person has stopped all calls of jobs.")

    _backend_uniq = models.UniqueIndex("(backend_id)")

    @api.model
    def _of(self, backend):
        """The gate of a backend."""
        names = ["backend_id", "failures", "reason", "open_until", "stopped"]
        return self.search_fetch([("backend_id", "=", backend.id)], names, limit=1)

    def _why(self):
        """Why the shop does not answer, in words."""
        return finding_text(self.env, self.reason, {})[0] if self.reason else "?"

    def _execute(self, query, params):
        """One statement, committed at once on a cursor of its own; the first row or None.

        Two workers that meet on the row: the later one's snapshot is too old (40001), and the
        statement is simply made again. It must not become the job's failure.
        """
        for attempt in range(1, TRIES + 1):
            try:
                with self.env.registry.cursor() as cr:
                    cr.execute(query, {**params, "id": self.id}, log_exceptions=False)
                    return cr.fetchone() if cr.description else None
            except TRANSIENT:
                if attempt == TRIES:
                    raise
        return None

    # === CIRCUIT BREAKER === #

    @api.private
    def admit(self, reference=""):
        """Let a job pass, before any HTTP: free when closed, one probe when the time is up.

        :param reference: what the job is about, for the log
        :return: whether all was calm, so that a success has nothing to set back
        :raises RetryableJobError: the breaker is open, or a person has stopped all calls; the job
            waits without using up a try
        """
        if self.stopped:
            message = "calls to the shop were stopped by hand"
            raise self._postponed("stopped", reference, message, STOPPED_SECONDS)
        if not self.open_until:
            return not self.failures
        now = fields.Datetime.now()
        if self.open_until <= now and self._take_probe(now):
            return False
        wait = max((self.open_until - now).total_seconds(), 5)
        message = f"the shop does not answer ({self.reason}), next try later"
        raise self._postponed(self.reason or "outage", reference, message, wait)

    def _postponed(self, code, reference, message, seconds):
        """The error that makes a job wait, once the wait is noted."""
        seconds = int(seconds + random.uniform(1, 10))
        self.log_wait(code, reference, seconds)
        return RetryableJobError(message, seconds=seconds, ignore_retry=True)

    @api.private
    def log_wait(self, code, reference, seconds):
        """Note that a job waits, as a line of the HTTP log: waits can be counted there.

        One line for a job that gives its slot back, none in a loop. A line that can't be written
        is lost: a full log must not make a failure of a job that waits.
        """
        try:
            self._execute(
                "INSERT INTO channel_log (backend_id, company_id, direction, status, error,"
                " duration, reference, logged_at)"
                " SELECT id, company_id, 'wait', 0, %(code)s, %(ms)s, %(reference)s,"
                " now() AT TIME ZONE 'UTC' FROM channel_backend"
                " WHERE id = %(backend)s AND log_mode != 'off'",
                {
                    "backend": self.backend_id.id,
                    "code": code,
                    "ms": seconds * 1000,
                    "reference": reference,
                },
            )
        except psycopg2.Error:
            _logger.exception("backend %s: a wait can't be written down", self.backend_id.id)

    def _take_probe(self, now):
        return self._execute(
            "UPDATE channel_gate SET probe_until = %(until)s WHERE id = %(id)s"
            " AND open_until <= %(now)s AND (probe_until IS NULL OR probe_until < %(now)s)"
            " RETURNING id",
            {"now": now, "until": now + timedelta(seconds=PROBE_SECONDS)},
        )

    @api.private
    def succeeded(self):
        """A job came through that found the breaker open or counting: close it."""
        self._execute(
            "UPDATE channel_gate SET failures = 0, reason = NULL, opened_at = NULL,"
            " open_until = NULL, probe_until = NULL WHERE id = %(id)s",
            {},
        )

    @api.private
    def failed(self, error):
        """The shop asked to wait or did not answer: open the breaker.

        Failures of calls that were under way when it opened do not lengthen the time.

        :return: seconds to wait
        """
        now = fields.Datetime.now()
        opened = self._execute(
            "UPDATE channel_gate SET failures = failures + 1, reason = %(reason)s,"
            " opened_at = COALESCE(opened_at, %(now)s), probe_until = NULL,"
            " open_until = %(now)s::timestamp + make_interval(secs => COALESCE("
            "%(asked)s, (%(backoff)s)[LEAST(failures + 1, %(steps)s)]))"
            " WHERE id = %(id)s AND (open_until IS NULL OR open_until <= %(now)s)"
            " RETURNING EXTRACT(EPOCH FROM open_until - %(now)s::timestamp)",
            {
                "now": now,
                "reason": error.code,
                "asked": error.retry_after,
                "backoff": list(BACKOFF),
                "steps": len(BACKOFF),
            },
        )
        seconds = float(opened[0]) if opened else error.retry_after or BACKOFF[0]
        return int(seconds + random.uniform(1, 10))

    # === BY HAND === #

    @api.private
    def stop(self, stopped):
        """Stop all calls of jobs, or let them go on.

        :return: whether that is news
        """
        return bool(
            self._execute(
                "UPDATE channel_gate SET stopped = %(stopped)s WHERE id = %(id)s"
                " AND stopped IS DISTINCT FROM %(stopped)s RETURNING id",
                {"stopped": stopped},
            )
        )

    # === RATE BUDGET === #

    @api.private
    def spend(self, urgent=True):
        """Take one request from the budget; waits a moment where that is enough.

        :param urgent: may take what is kept for orders, money and stock
        :return: seconds that were waited
        :raises RateLimited: with code ``budget`` or ``stopped``: our own limits, not the shop's
        """
        per_minute = self._requests_per_minute()
        if not per_minute:
            return 0.0
        rate, burst = per_minute / 60, self._burst(per_minute)
        began, waited = time.monotonic(), 0.0
        while not self._take_token(rate, burst, urgent):
            if self._is_stopped():
                raise errors.RateLimited("stopped", retry_after=STOPPED_SECONDS)
            if time.monotonic() + 1 / rate > began + MAX_WAIT:
                raise errors.RateLimited("budget", retry_after=random.uniform(2, 6))
            waited += min(1 / rate, MAX_WAIT)
            time.sleep(min(1 / rate, MAX_WAIT))
        return waited

    def _is_stopped(self):
        """Read past the job's snapshot."""
        return self._execute("SELECT stopped FROM channel_gate WHERE id = %(id)s", {})[0]

    def _requests_per_minute(self):
        """The backend's limit; asked before each call, while each commit forgets what was read."""
        self.fetch(["backend_id"])
        return self.backend_id.requests_per_minute

    @api.model
    def _burst(self, per_minute):
        """A bucket holds ten seconds' worth of requests."""
        return max(per_minute / 6, 1)

    def _take_token(self, rate, burst, urgent):
        """A token bucket, of which what is not urgent leaves a part."""
        kept = 0 if urgent else min(burst * KEPT, burst - 1)
        return self._execute(
            "UPDATE channel_gate SET refilled_at = clock_timestamp() AT TIME ZONE 'UTC',"
            " tokens = LEAST(%(burst)s, tokens + %(rate)s * COALESCE(EXTRACT(EPOCH FROM"
            " clock_timestamp() AT TIME ZONE 'UTC' - refilled_at), 3600)::float) - 1"
            " WHERE id = %(id)s AND stopped IS NOT TRUE"
            " AND LEAST(%(burst)s, tokens + %(rate)s * COALESCE(EXTRACT(EPOCH"
            " FROM clock_timestamp() AT TIME ZONE 'UTC' - refilled_at), 3600)::float)"
            " >= 1 + %(kept)s RETURNING tokens",
            {"rate": rate, "burst": burst, "kept": kept},
        )

    def _left(self):
        """Requests that could be made at this moment."""
        per_minute = self._requests_per_minute()
        burst, rate = self._burst(per_minute), per_minute / 60
        if not self.refilled_at:
            return burst
        since = (fields.Datetime.now() - self.refilled_at).total_seconds()
        return min(burst, self.tokens + rate * max(since, 0))
