"""Jobs that tell the channel of single records: prepare, send, store under the record's lock."""
# pylint: disable=invalid-commit; these jobs own their cursor (allow_commit)

from odoo import fields
from odoo.exceptions import RedirectWarning, UserError

from odoo.addons.queue_job.exception import RetryableJobError

from ..core import errors
from .claim import in_fresh_snapshots
from .exporter import Message, Told
from .job_errors import Recorder, draft_of
from .job_frame import JobFrame, as_channel_error


class ExportJobs(JobFrame):
    """Work on the notes of the outbox that are about one record each."""

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
        claimed = exporter._claimed(binding, record)
        name = f"{kind} {claimed[-1]}"
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
            blocked = as_channel_error(error)
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
