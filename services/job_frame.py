"""What every job of a backend has around its work: breaker, slot, lock; log and issues after it."""
# pylint: disable=invalid-commit; these jobs own their cursor (allow_commit)

from contextlib import contextmanager

from odoo.exceptions import RedirectWarning, UserError

from odoo.addons.queue_job.exception import RetryableJobError

from ..core import errors
from .claim import claim, slot
from .job_errors import Recorder, draft_of
from .urgency import is_urgent
from .waits import OWN_LIMITS, Budget

#: What ends a job in peace: no retry helps, a person is told.
FOR_A_PERSON = (
    errors.NeedsHuman,
    errors.UnknownOutcome,
    errors.NotFound,
    UserError,
    RedirectWarning,
)


class JobFrame:
    """A job of one backend, on a cursor that the job owns (see :class:`.job_run.JobRun`)."""

    def __init__(self, backend):
        self.backend = backend
        self.env = backend.env
        self.cr = backend.env.cr

    # === ANY WORK === #

    def run(self, name, work, *claimed, kind=""):
        """Run ``work(adapter, recorder)`` (a poll, a check) under the same rules, once at a time.

        What it must keep in the middle it commits itself.

        :param claimed: what else than its name it may not share with another job
        :param kind: of the records it is about, where it may be urgent
        """
        with self._guarded(name, *(claimed or (name,)), kind=kind) as (adapter, recorder):
            try:
                result = work(adapter, recorder)
                self.env["channel.issue"]._end_stopped(self.backend, name)
                self.cr.commit()
                return result
            except FOR_A_PERSON as error:
                return self._stopped(name, error, recorder)

    def _stopped(self, name, error, recorder):
        """A person has to act before any of this work can go on."""
        self.cr.rollback()
        error = as_channel_error(error)
        draft = draft_of(error, name, "")
        draft.values = {"origin": name}
        recorder.issues.append(draft)
        if isinstance(error, errors.BadCredentials):
            self.backend._refused()
            self.cr.commit()
        return f"blocked: {error.code}"

    def open_issue(self, code, kind, external_id, record=None, origin="", **params):
        """Open an issue about one record outside of any work on it; ``record``: Odoo's.

        :param origin: name of the run with whose success it ends
        """
        draft = draft_of(errors.Conflict(code, **params), kind, external_id)
        draft.record = f"{record._name},{record.id}" if record else ""
        draft.values = {"origin": origin}
        return Recorder().write_issue(self.backend, draft)

    # === THE FRAME === #

    @contextmanager
    def _guarded(self, reference, *claimed, kind="", brief=False):
        """Breaker, slot and lock around; log lines, issues and breaker state afterwards.

        :param kind: of the records it is about; ``brief``: it is over with a few of them
        """
        gate = self.env["channel.gate"]._of(self.backend)
        calm = gate.admit(reference)
        recorder = Recorder(reference, self.backend.log_mode)
        urgent = is_urgent(kind)
        budget = Budget(gate, reference, urgent)
        places = self.backend.id, self.backend.max_parallel, urgent and brief
        with slot(self.cr, *places), self._claim(claimed):
            adapter = self.backend._adapter(recorder, budget)
            try:
                yield adapter, recorder
                if not calm:
                    gate.succeeded()
            except errors.Retryable as error:
                self.cr.rollback()
                raise _postponement(error, gate, reference) from error
            except errors.UnknownOutcome as error:
                # the next try looks first whether it happened; each spends a try
                self.cr.rollback()
                raise RetryableJobError(str(error)) from error
            finally:
                # what was not committed is not meant to stay; and locks can only be given
                # back, and logs written, by a transaction that is not broken
                self.cr.rollback()
                adapter.close()
                recorder.write_down(self.backend)
                budget.write_down()

    @contextmanager
    def _claim(self, claimed):
        if not claimed:
            yield
            return
        with claim(self.cr, self.backend.id, *claimed):
            yield


def _postponement(error, gate, reference):
    """The queue_job error that makes a retryable one happen again at the right time.

    An outage burns no tries: the breaker opens and the job waits for it. Only a server error
    spends tries, at the intervals of the job function's retry pattern.
    """
    if isinstance(error, errors.ServerError):
        return RetryableJobError(str(error))
    if error.code in OWN_LIMITS:
        seconds = error.retry_after or 1
        gate.log_wait(error.code, reference, seconds)
        return RetryableJobError(str(error), seconds=seconds, ignore_retry=True)
    seconds = gate.failed(error)
    return RetryableJobError(str(error), seconds=seconds, ignore_retry=True)


def as_channel_error(error):
    if isinstance(error, UserError | RedirectWarning):
        return errors.Rejected("odoo_refused", message=error.args[0])
    return error
