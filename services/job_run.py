"""One way in and out of every job."""
# pylint: disable=invalid-commit; these jobs own their cursor (allow_commit)

import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from odoo import fields
from odoo.exceptions import RedirectWarning, UserError

from odoo.addons.queue_job.exception import RetryableJobError

from ..core import errors
from .claim import claim, in_fresh_snapshots, slot, try_claims
from .exporter import Message, Told
from .job_errors import Recorder, draft_of
from .urgency import is_urgent
from .waits import OWN_LIMITS, Budget

_logger = logging.getLogger(__name__)

#: How often one job looks again for events of its record that came while it worked.
MAX_ROUNDS = 5
#: Records that a drain reads and plans at once; bounds its memory.
DRAIN_SIZE = 5000
#: Of the catalogue fewer: between them a drain may give its place to what is urgent.
CATALOGUE_DRAIN_SIZE = 500
#: Seconds after which a drain of the catalogue comes again, behind what is urgent.
DRAIN_SECONDS = 20
#: What ends a job in peace: no retry helps, a person is told.
FOR_A_PERSON = (
    errors.NeedsHuman,
    errors.UnknownOutcome,
    errors.NotFound,
    UserError,
    RedirectWarning,
)


@dataclass
class Outcome:
    """How the work on one record ended.

    ``state``: ``done``, ``ignored``, or ``blocked`` together with ``error`` (what was written so
    far is kept, e.g. a quotation whose total does not add up). ``reason`` is shown to people,
    ``record`` is what it became, ``value`` in ``currency`` is the order's total. ``issue``:
    further values of its issue. ``others``: what else stands in its way; each error has an issue.
    ``heals``: whatever stopped earlier events of the record is over, as it always is once one is
    done; an ignored one (stale, not decided yet) may say nothing of it.
    """

    state: str
    reason: str = ""
    record: Any = None
    error: errors.ChannelError | None = None
    value: float | None = None
    currency: str = ""
    issue: dict = field(default_factory=dict)
    others: list = field(default_factory=list)
    heals: bool = False

    def __post_init__(self):
        self.heals = self.heals or self.state == "done"


@dataclass
class Work:
    """One record to work on.

    ``events``: those that wait for it and were received before it was read; ``record``: the
    :class:`core.canonical.Record` read from the channel, None when it is gone there.
    """

    events: Any
    external_id: str
    record: Any
    adapter: Any
    recorder: Recorder

    @property
    def read_at(self):
        """When a poll has read the record (naive UTC); None: it was read just now."""
        moments = self.events.mapped("fetched_at")
        return max(moments) if all(moments) else None


@dataclass
class Tally:
    """What a drain did, in numbers of records."""

    done: int = 0
    left: int = 0
    failed: int = 0

    def __str__(self):
        return f"{self.done} published, {self.left} left as they are, {self.failed} refused"


class JobRun:
    """A job of one backend: breaker, slot, lock; read outside, work inside, settle.

    ``backend`` comes from ``backend._env()`` and sits on a cursor that the job owns, because
    the run commits (``allow_commit`` of the queue_job function).
    """

    def __init__(self, backend):
        self.backend = backend
        self.env = backend.env
        self.cr = backend.env.cr

    # === RECORDS === #

    def process_record(self, kind, external_id):
        """Settle all waiting events of one record; returns the job's result text."""
        if reason := self.backend._waits(kind):
            return reason
        handler = self.backend._get_handler(kind)
        lock = (handler._lock_kind or kind, external_id)
        guarded = self._guarded(f"{kind} {external_id}", *lock, kind=kind, brief=True)
        with guarded as (adapter, recorder):
            results = []
            while len(results) < MAX_ROUNDS:
                # Exactly these are settled: what arrives from here on may be missing in the
                # answer. It may also have no job, because this one was seen waiting when it
                # was stored: hence another round.
                events = self.env["channel.event"]._pending_of(self.backend, kind, external_id)
                if not events:
                    break
                outcome = self._process(handler, events, adapter, recorder)
                results.append(f"{outcome.state}: {outcome.reason}")
                self.cr.commit()
            return "\n".join(results) or "nothing waits for this record"

    def _process(self, handler, events, adapter, recorder):
        """Read the record of ``events`` and settle them; returns the outcome."""
        try:
            if outcome := handler._settled_unread(adapter, events):
                in_fresh_snapshots(self.env, lambda: self._settle(events, outcome, recorder))
                return outcome
            record = events._corrected(self.backend, handler._read(adapter, events))
            work = Work(events, events[0].external_id, record, adapter, recorder)
            (outcome,) = in_fresh_snapshots(self.env, lambda: self._apply(handler, [work]))
        except FOR_A_PERSON as error:
            self.cr.rollback()
            outcome = Outcome("blocked", error=_as_channel_error(error))
            self._settle(events, outcome, recorder)
        return outcome

    def process_chunk(self, event_ids):
        """Import several records in one transaction; returns the job's result text.

        Records that another job works on are left to it. Where the chunk as a whole fails, each
        record goes on alone, so that only the faulty one stays behind.
        """
        events = self.env["channel.event"].browse(event_ids)
        if reason := self.backend._waits(events[:1].kind):
            return reason
        events = events.filtered(lambda event: event.state == "pending")
        by_key = events.grouped(lambda e: (self.backend.id, e.kind, e.external_id))
        guarded = self._guarded(f"{len(events)} records", kind=events[:1].kind, brief=True)
        with (
            guarded as (adapter, recorder),
            try_claims(self.cr, by_key) as owned,
        ):
            together = self._apply_chunk([by_key[key] for key in owned], adapter, recorder)
            self.env["channel.event"].browse(
                event.id for event in events if event not in together
            )._enqueue()
            self.cr.commit()
            return f"{len(together)} together, {len(events) - len(together)} alone"

    def _apply_chunk(self, groups, adapter, recorder):
        """Apply groups of events (one group a record) at once; returns those settled."""
        none = self.env["channel.event"]
        if not groups:
            return none
        handler = self.backend._get_handler(groups[0][0].kind)
        self.cr.commit()  # a snapshot that is younger than our locks
        asked = {}

        def work():
            # read the events again: another job may have settled them
            works = [
                Work(group, name, none._corrected(self.backend, record), adapter, recorder)
                for group, name in ((group, group[0].external_id) for group in groups)
                if set(group.mapped("state")) == {"pending"}
                and (record := asked.get(name) or _told(handler, group))
            ]
            if works:  # another job may have settled them all
                self._apply(handler, works)
            return none.union(*(item.events for item in works))

        try:
            asked = handler._read_many(adapter, [group for group in groups if _is_hint(group)])
            return in_fresh_snapshots(self.env, work)
        except FOR_A_PERSON as error:
            self.cr.rollback()
            _logger.info("a chunk goes on one by one: %s", type(error).__name__)
            return none

    def _apply(self, handler, works):
        outcomes = handler._apply(works)
        for work, outcome in zip(works, outcomes, strict=True):
            self._settle(work.events, outcome, work.recorder)
        if handler._overtakes:
            self._end_stuck(works, outcomes)
        return outcomes

    def _end_stuck(self, works, outcomes):
        """End what waits for a person about records that need nobody any more."""
        read_at = {
            work.external_id: work.read_at
            for work, outcome in zip(works, outcomes, strict=True)
            if outcome.heals
        }
        if read_at:
            kind = works[0].events[0].kind
            self.env["channel.event"]._end_stuck(self.backend, kind, read_at)

    def _settle(self, events, outcome, recorder):
        """End events as the outcome says; a blocked one gets (or joins) its cause's issue."""
        values = {}
        if outcome.value is not None:
            values = {"value": outcome.value, "currency_code": outcome.currency}
        issue = None
        if outcome.error:
            if isinstance(outcome.error, errors.BadCredentials):
                self.backend._refused()
            issue = self._write_issues(events[0], outcome, recorder)
            outcome.reason = outcome.reason or issue[0].title
        events._settle(outcome.state, outcome.reason, outcome.record, issue, **values)

    def _write_issues(self, event, outcome, recorder):
        """An issue for every cause; the outcome's own comes first."""
        issues = self.env["channel.issue"]
        for error in (outcome.error, *outcome.others):
            draft = draft_of(error, event.kind, event.external_id)
            draft.values = outcome.issue if error is outcome.error else {}
            issues |= recorder.write_issue(self.backend, draft)
        return issues

    # === TELLING THE CHANNEL === #

    def export(self, note_ids):
        """Tell the channel of the records of these notes; returns a line per record.

        A record that has to wait does not hold up the others.
        """
        notes = self.env["channel.outbox"].browse(note_ids).exists()
        if reason := self.backend._waits(notes[:1].kind, "out"):
            return [reason]
        waiting = notes.filtered(lambda note: note.state == "pending").sorted("id")
        results, postponed = [], []
        for key in waiting.grouped(lambda note: note._key()):
            try:
                results.append(self._export_record(*key))
            except RetryableJobError as error:
                postponed.append(error)
        if postponed:
            # one that spends tries counts: the job would otherwise never give up
            raise min(postponed, key=lambda error: bool(error.ignore_retry))
        return results

    def _export_record(self, kind, res_model, res_id, order_id):
        exporter, key = self.backend._get_exporter(kind), (kind, res_model, res_id, order_id)
        record = self.env[res_model].browse(res_id).exists()
        binding = exporter._binding(self.backend, order_id) if record else None
        if not binding:
            gone = self.env._("The record or its order is gone")
            self._pending_notes(*key)._settle("ignored", gone)
            self.cr.commit()
            return f"{kind} {res_id}: {gone}"
        name = f"{kind} {binding.external_id}"
        claimed = ("order", binding.external_id)
        with self._guarded(name, *claimed, kind=kind, brief=True) as (adapter, recorder):
            self.cr.commit()  # a snapshot that is younger than the lock
            notes = self._pending_notes(*key)
            if not notes:
                return f"{name}: nothing waits"
            told = self._tell(exporter, notes, binding, record, adapter, recorder)
            self.cr.commit()
            return f"{name}: {told.state}: {told.reason}"

    def _pending_notes(self, *key):
        return self.env["channel.outbox"]._pending_of(self.backend, *key)

    def _tell(self, exporter, notes, binding, record, adapter, recorder):
        """Prepare, send and store; exactly the notes that were read are settled.

        :raises errors.UnknownOutcome: the answer was lost; the next try looks first
        """
        try:
            marker, look_first = notes[0].marker, any(notes.mapped("attempted_at"))
            content = exporter._prepare(binding, record, marker)
            if isinstance(content, Told):
                told = content
                notes._settle(told.state, told.reason)
                return told
            message = Message(content, marker, look_first)
            notes.attempted_at = fields.Datetime.now()
            self.cr.commit()
            answer = exporter._send(adapter, message)

            def store():
                told = exporter._store(binding, record, message, answer)
                notes._settle(told.state, told.reason)
                return told

            return in_fresh_snapshots(self.env, store)
        except errors.NotFound:
            # the import of its deletion tells a person what can't be undone
            self.cr.rollback()
            gone = Told("ignored", self.env._("The order is gone in the shop"))
            notes._settle(gone.state, gone.reason)
            return gone
        except (errors.NeedsHuman, UserError, RedirectWarning) as error:
            self.cr.rollback()
            blocked = _as_channel_error(error)
            return in_fresh_snapshots(self.env, lambda: self._block(notes, blocked, recorder))

    def _block(self, notes, error, recorder, state="blocked"):
        if isinstance(error, errors.BadCredentials):
            self.backend._refused()
        issue = recorder.write_issue(self.backend, self._draft_of_note(error, notes[0]))
        notes._settle(state, issue.title, issue)
        return Told(state, issue.title)

    def _draft_of_note(self, error, note):
        """The issue of what can't be told; people know Odoo's record by its name."""
        draft = draft_of(error, note.kind, str(note.res_id))
        draft.record = f"{note.res_model},{note.res_id}"
        record = self.env[note.res_model].browse(note.res_id).exists()
        if record and "external_id" in draft.params:
            draft.params["external_id"] = record.display_name
        return draft

    def record_export_failure(self, note_ids, exception):
        """A job gave up: its notes are failed, with one issue per kind of exception."""
        notes = self.env["channel.outbox"].browse(note_ids)
        error = errors.NeedsHuman("job_failed", exception=exception or "Exception")
        error.cause = ("exception",)
        self._block(notes, error, Recorder(), state="failed")

    # === EVERYTHING ELSE === #

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
        error = _as_channel_error(error)
        draft = draft_of(error, name, "")
        draft.values = {"origin": name}
        recorder.issues.append(draft)
        if isinstance(error, errors.BadCredentials):
            self.backend._refused()
            self.cr.commit()
        return f"blocked: {error.code}"

    def record_failure(self, kind, external_id, exception):
        """A job gave up: its events are failed, with one issue per kind of exception."""
        events = self.env["channel.event"]._pending_of(self.backend, kind, external_id)
        if events:
            error = errors.NeedsHuman("job_failed", exception=exception)
            error.cause = ("exception",)
            self._settle(events, Outcome("failed", error=error), Recorder())

    def open_issue(self, code, kind, external_id, record=None, origin="", **params):
        """Open an issue about one record outside of any work on it; ``record``: Odoo's.

        :param origin: name of the run with whose success it ends
        """
        draft = draft_of(errors.Conflict(code, **params), kind, external_id)
        draft.record = f"{record._name},{record.id}" if record else ""
        draft.values = {"origin": origin}
        return Recorder().write_issue(self.backend, draft)

    # === PUBLISHING MANY === #

    def drain(self, kind):
        """Publish everything that waits of one kind, in batches; returns the job's result text.

        One drain of a backend and kind works at a time, a second one comes again. Exactly the
        notes that were read are deleted for what succeeded or needs nothing; what the channel
        refuses keeps its notes, blocked with an issue, and holds nothing else back.
        """
        if reason := self.backend._waits(kind, "out"):
            return reason
        service = self.backend._get_exporter(kind)
        with self._guarded(f"drain {kind}", "drain", kind, kind=kind) as (adapter, recorder):
            tally = Tally()
            try:
                self._drain(service, kind, adapter, recorder, tally)
            except FOR_A_PERSON as error:
                # the notes wait; the sweep tries again
                return f"{tally}; {self._stopped(f'drain {kind}', error, recorder)}"
            self.env["channel.issue"]._end_stopped(self.backend, f"drain {kind}")
            self.cr.commit()
            return str(tally)

    def _drain(self, service, kind, adapter, recorder, tally):
        notes = self._next_notes(kind, 0)
        if notes:
            service._before(self.backend, adapter, recorder)
            notes = self._next_notes(kind, 0)
        over = time.monotonic() + DRAIN_SECONDS
        while notes:
            self._drain_notes(service, notes, adapter, recorder, tally)
            if not is_urgent(kind) and time.monotonic() > over:
                # what is urgent has waited for this place
                self.env["channel.flow"]._of(self.backend, kind, "out")._enqueue_drain()
                break
            notes = self._next_notes(kind, max(max(ids) for ids in notes.values()))

    def _next_notes(self, kind, after):
        """``{record id: [ids of its waiting notes]}`` of the next records, none once paused."""
        self.cr.commit()  # a snapshot that is younger than the lock
        if self.backend._has_paused(kind, "out"):
            return {}
        size = DRAIN_SIZE if is_urgent(kind) else CATALOGUE_DRAIN_SIZE
        return self.env["channel.outbox"]._waiting(self.backend, kind, after, size)

    def _drain_notes(self, service, notes, adapter, recorder, tally):
        Outbox = self.env["channel.outbox"]
        records = self.env[service._record_model].browse(notes).exists()
        planned = service._plan(self.backend, records)
        gone = dict.fromkeys(notes.keys() - set(records.ids), "gone")
        self._finish(Outbox, notes, {**planned.settled, **gone}, planned.errors, recorder)
        tally.left += len(planned.settled) + len(gone)
        tally.failed += len(planned.errors)
        self.cr.commit()
        if not planned.items:
            return
        for results in service._push(adapter, planned):

            def store(results=results):
                ended = service._store(self.backend, planned, results)
                done = {record_id: "" for record_id, error in ended.items() if error is None}
                failed = {record_id: error for record_id, error in ended.items() if error}
                self._finish(Outbox, notes, done, failed, recorder)
                return len(done), len(failed)

            done, failed = in_fresh_snapshots(self.env, store)
            tally.done += done
            tally.failed += failed

    def _finish(self, Outbox, notes, done, failed, recorder):
        """Delete the notes of what is done, block those of what failed with one issue a cause."""
        Outbox._forget([i for record_id in done for i in notes[record_id]])
        for record_id, error in failed.items():
            waiting = Outbox.browse(notes[record_id])
            if isinstance(error, errors.BadCredentials):
                self.backend._refused()
            issue = recorder.write_issue(self.backend, self._draft_of_note(error, waiting[0]))
            waiting._settle("blocked", issue.title, issue)

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


def _is_hint(events):
    return set(events.mapped("state")) == {"pending"} and not all(events.mapped("fetched_at"))


def _told(handler, events):
    """The record as a poll has read it; None where the channel has to be asked."""
    return handler._read_payload(events) if all(events.mapped("fetched_at")) else None


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


def _as_channel_error(error):
    if isinstance(error, UserError | RedirectWarning):
        return errors.Rejected("odoo_refused", message=error.args[0])
    return error
