"""Jobs that take records in: read outside, work inside, settle their events."""
# pylint: disable=invalid-commit; these jobs own their cursor (allow_commit)

import logging
from dataclasses import dataclass, field
from typing import Any

from ..core import errors
from .claim import in_fresh_snapshots, try_claims
from .job_errors import Recorder, draft_of
from .job_frame import FOR_A_PERSON, JobFrame, as_channel_error

_logger = logging.getLogger(__name__)

#: How often one job looks again for events of its record that came while it worked.
MAX_ROUNDS = 5
#: State of an outcome that ends nothing: another record has to come first.
WAITING = "waiting"


@dataclass
class Outcome:
    """How the work on one record ended.

    ``state``: ``done``, ``ignored``, or ``blocked`` together with ``error`` (what was written so
    far is kept, e.g. a quotation whose total does not add up), or ``waiting`` for another record
    that was asked for: its events stay as they are. ``reason`` is shown to people,
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


class RecordJobs(JobFrame):
    """Work on the events of one record, or of a chunk of them."""

    # === ONE RECORD === #

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
                if outcome.state == WAITING:
                    break
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
            outcome = Outcome("blocked", error=as_channel_error(error))
            self._settle(events, outcome, recorder)
        return outcome

    # === A CHUNK === #

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
            # another job may have settled them all
            outcomes = self._apply(handler, works) if works else []
            return none.union(
                *(
                    item.events
                    for item, outcome in zip(works, outcomes, strict=True)
                    if outcome.state != WAITING
                )
            )

        try:
            asked = handler._read_many(adapter, [group for group in groups if _is_hint(group)])
            return in_fresh_snapshots(self.env, work)
        except FOR_A_PERSON as error:
            self.cr.rollback()
            _logger.info("a chunk goes on one by one: %s", type(error).__name__)
            return none

    # === SETTLING === #

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
        if outcome.state == WAITING:
            return
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
        events._wake_orders()

    def _write_issues(self, event, outcome, recorder):
        """An issue for every cause; the outcome's own comes first."""
        issues = self.env["channel.issue"]
        for error in (outcome.error, *outcome.others):
            draft = draft_of(error, event.kind, event.external_id)
            draft.values = outcome.issue if error is outcome.error else {}
            issues |= recorder.write_issue(self.backend, draft)
        return issues

    def record_failure(self, kind, external_id, exception):
        """A job gave up: its events are failed, with one issue per kind of exception."""
        events = self.env["channel.event"]._pending_of(self.backend, kind, external_id)
        if events:
            error = errors.NeedsHuman("job_failed", exception=exception)
            error.cause = ("exception",)
            self._settle(events, Outcome("failed", error=error), Recorder())


def _is_hint(events):
    return set(events.mapped("state")) == {"pending"} and not all(events.mapped("fetched_at"))


def _told(handler, events):
    """The record as a poll has read it; None where the channel has to be asked."""
    return handler._read_payload(events) if all(events.mapped("fetched_at")) else None
