"""What must outlive a rollback, and how an error becomes a state a person can see.

A job collects its HTTP log lines, issues and unmapped values in a :class:`Recorder` in memory.
They are written when the job's own transaction is over, whether it was committed or rolled
back, in a transaction of their own.
"""
# pylint: disable=invalid-commit; these jobs own their cursor (allow_commit)

import logging
from dataclasses import dataclass, field
from functools import partial

import psycopg2

from odoo.tools import mute_logger

from ..core import errors
from ..core.fingerprint import fingerprint
from ..core.http import redact_url
from .claim import in_fresh_snapshots
from .messages import issue_text

_logger = logging.getLogger(__name__)

#: What a lost connection raises. None of these names an answer of the database: whatever it says
#: about a statement has a class of its own.
CUT_OFF = (
    "psycopg2.OperationalError",
    "psycopg2.InterfaceError",
    "psycopg2.DatabaseError",
    "psycopg2.errors.AdminShutdown",
    "psycopg2.errors.CrashShutdown",
    "psycopg2.errors.CannotConnectNow",
)


@dataclass
class IssueDraft:
    """An issue that will be opened (or found open) for a cause.

    ``values``: further fields of it, which may name people (parameters never do). ``notice``:
    nothing waits for it, so a person who ignored it is not told again.
    """

    code: str
    cause: dict
    params: dict
    record: str = ""
    values: dict = field(default_factory=dict)
    notice: bool = False


@dataclass
class Recorder:
    """What happened in a job, kept in memory until its transaction is over.

    :param reference: what the job is about ("order 155"); never personal data
    :param log_mode: the backend's, where it was read already
    """

    reference: str = ""
    log_mode: str = ""
    exchanges: list = field(default_factory=list)
    issues: list = field(default_factory=list)
    unmapped: dict = field(default_factory=dict)

    def keeps(self, error):
        """Whether an exchange that ended with this error ('': fine) will be in the log.

        Where the backend's mode is not known yet, it may be.
        """
        return self.log_mode in ("", "all") or (self.log_mode == "errors" and bool(error))

    def on_exchange(self, exchange):
        """Callback for adapters: one HTTP exchange."""
        self.exchanges.append(exchange)

    def add_unmapped(self, kind, code, **values):
        """A channel value without translation: becomes a row in ``channel.map.<kind>``."""
        self.unmapped.setdefault(kind, {})[code] = values

    def add_issue(self, code, record="", cause=None, **params):
        """Open an issue although the work goes on (a warning a person should see)."""
        self.issues.append(IssueDraft(code, cause or params, params, record, notice=True))

    # === WRITING === #

    def write_down(self, backend):
        """Write everything in transactions of its own; a failure is logged and fails nothing.

        What another job has written at the same moment is found on the next snapshot.
        """
        steps = (self._write_issues, self._write_unmapped, self._write_log)
        for step in steps:
            try:
                in_fresh_snapshots(backend.env, partial(step, backend))
            except psycopg2.Error:
                _logger.exception("backend %s: %s failed", backend.id, step.__name__)

    def _write_issues(self, backend):
        for draft in self.issues:
            self.write_issue(backend, draft)

    def _write_unmapped(self, backend):
        for kind, rows in self.unmapped.items():
            with mute_logger("odoo.sql_db"):  # that another job was first is no error
                backend.env[f"channel.map.{kind}"]._ensure_rows(backend, rows)

    def write_issue(self, backend, draft):
        """Open the issue of a cause in the current transaction, or find it open."""
        title, suggestion = issue_text(backend.env, draft.code, draft.params)
        # an issue of one record is written only by that record's jobs, one at a time
        of_one_record = "external_id" in draft.cause
        return backend.env["channel.issue"]._touch(
            backend,
            draft.code,
            fingerprint([draft.code, draft.cause]),
            refresh=of_one_record,
            notice=draft.notice,
            error_class=draft.params.get("class"),
            title=title,
            suggestion=suggestion,
            details="\n".join(f"{key}: {value}" for key, value in sorted(draft.params.items())),
            params={name: _plain(value) for name, value in draft.params.items()},
            **({"record": draft.record} if draft.record else {}),
            **draft.values,
        )

    def _write_log(self, backend):
        if not self.exchanges:
            return
        self.log_mode = self.log_mode or backend.log_mode
        lines = [exchange for exchange in self.exchanges if self.keeps(exchange.error)]
        if not lines:
            return
        backend.env["channel.log"].create(
            [
                {
                    "backend_id": backend.id,
                    "direction": "out",
                    "method": line.method,
                    "url": redact_url(line.url),
                    "status": line.status,
                    "error": line.error or False,
                    "duration": line.seconds * 1000,
                    "reference": self.reference,
                    "request": line.request,
                    "response": line.response,
                }
                for line in lines
            ]
        )


def _plain(value):
    """A parameter as JSON can hold it."""
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def draft_of(error: errors.ChannelError, kind: str, external_id: str) -> IssueDraft:
    """The issue of an error: equal causes make equal fingerprints, hence one issue."""
    cause = {name: str(error.params.get(name, "")) for name in error.cause}
    if error.per_record:
        cause.update(kind=kind, external_id=external_id)
    params = {**error.params, "kind_of_record": kind, "external_id": external_id}
    if not error.per_record:
        params.pop("external_id")
    return IssueDraft(error.code, cause, {"class": type(error).__name__, **params})


def was_cut_off(exception):
    """Whether a job's exception (its name) only says that the connection to the database broke."""
    return exception in CUT_OFF
