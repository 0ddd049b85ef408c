"""Jobs that publish everything that waits of one kind, in batches."""
# pylint: disable=invalid-commit; these jobs own their cursor (allow_commit)

import time
from dataclasses import dataclass

from .claim import in_fresh_snapshots
from .job_exports import ExportJobs
from .job_frame import FOR_A_PERSON
from .urgency import is_urgent

#: Records that a drain reads and plans at once; bounds its memory.
DRAIN_SIZE = 5000
#: Of the catalogue fewer: between them a drain may give its place to what is urgent.
CATALOGUE_DRAIN_SIZE = 500
#: Seconds after which a drain of the catalogue comes again, behind what is urgent.
DRAIN_SECONDS = 20


@dataclass
class Tally:
    """What a drain did, in numbers of records."""

    done: int = 0
    left: int = 0
    failed: int = 0

    def __str__(self):
        return f"{self.done} published, {self.left} left as they are, {self.failed} refused"


class DrainJobs(ExportJobs):
    """Work on many notes of the outbox at once; what is refused ends as a single one does."""

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
            self._block(Outbox.browse(notes[record_id]), error, recorder)
