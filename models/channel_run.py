"""What a matching and a dry run have in common: a job that reads page by page."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..services.job_errors import was_cut_off
from ..services.job_run import JobRun
from .channel_event_jobs import LIVE_JOB_STATES

#: A run is a tool of a person: it shows a moment, and is worth nothing some days later.
KEEP_DAYS = 14


class ChannelRunMixin(models.AbstractModel):
    """A run is begun by a person, works in jobs, and ends with lines that the person applies.

    ``running`` reads, ``ready`` waits for the person, ``applying`` does what was approved. Every
    job commits page by page and starts where the last one was, so one that is killed loses a page.
    """

    _name = "channel.run.mixin"
    _description = "Run of a channel's tool"
    _order = "id DESC"

    backend_id = fields.Many2one(
        "channel.backend", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        related="backend_id.company_id", store=True, precompute=True, index=True
    )
    backend_state = fields.Selection(related="backend_id.state", string="Backend Is")
    state = fields.Selection(
        [
            ("running", "Reading"),
            ("ready", "Ready"),
            ("applying", "Applying"),
            ("applied", "Applied"),
            ("failed", "Failed"),
        ],
        default="running",
        required=True,
        readonly=True,
    )
    position = fields.Json(readonly=True, help="Where the job goes on.")
    read_count = fields.Integer("Looked At", readonly=True)
    reason = fields.Char("Result", readonly=True)
    ready_at = fields.Datetime("Read At", readonly=True)

    # === ACTION METHODS === #

    def action_continue(self):
        """Give a run that waits without a job (or has failed) a new one."""
        self.check_access("write")
        self.filtered(lambda run: run.state == "failed").write({"state": "running"})
        self._enqueue()
        return self.backend_id._reload()

    def action_setup(self):
        """Back to the guided set-up that this run is a part of."""
        return {**self.backend_id.action_setup(), "target": "main"}

    def action_refresh(self):
        """Show how far the job is."""
        return self.backend_id._reload()

    # === BUSINESS METHODS === #

    @api.model
    def _start(self, backend, **values):
        """Begin a run; returns the action that shows it.

        :raises AccessError: the caller may not configure the backend
        """
        backend.ensure_one()
        backend.check_access("write")
        backend._ensure_readable()
        run = self.create({"backend_id": backend.id, **values})
        run._enqueue()
        return run._show()

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _ensure_ready(self):
        for run in self:
            if run.state != "ready":
                raise UserError(
                    self.env._("Wait until everything was read, then correct and apply.")
                )

    # === JOBS === #

    def _job_key(self):
        return f"{self._name}-{self.id}"

    def _enqueue(self, **options):
        for run in self.filtered(lambda run: run.state in ("running", "applying")):
            run.with_context(
                allowed_company_ids=run.company_id.ids, tracking_disable=True
            ).with_delay(
                identity_key=run._job_key(), description=f"{run._description} {run.id}", **options
            )._job_run()

    def _job_run(self):
        """Read, or apply, what is left of this run."""
        run = self.exists()
        if not run or run.state not in ("running", "applying"):
            return "nothing is left to do"
        backend = run.backend_id._env()
        if not backend._may_read():
            return "the backend is not connected: the run waits"
        run = run.with_env(backend.env)
        state = run.state
        result = JobRun(backend).run(run._job_key(), run._work)
        if run.state == state:  # it ended early, and rolled back what it had not kept
            run.write({"state": "failed", "reason": run._reason_of(result)})
        return result

    def _work(self, adapter, recorder):
        """Go on with what this run does now."""
        work = self._apply if self.state == "applying" else self._read
        return work(adapter)

    def _read(self, adapter):
        """Read page by page, :meth:`_keep` each; ends with :meth:`_finish`."""
        raise NotImplementedError

    def _apply(self, adapter):
        """Do what was approved, in chunks, :meth:`_keep` each; ends with :meth:`_finish`."""
        raise NotImplementedError

    def _keep(self, **values):
        """Commit a page together with the position after it."""
        self.write(values)
        # the job owns its cursor; what was read must not be lost with a later page
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _finish(self, state, reason):
        self.write({"state": state, "reason": reason, "ready_at": fields.Datetime.now()})
        return reason

    def _reason_of(self, result):
        """The title of the issue that :meth:`JobRun.run` has opened for what ended the job."""
        issue = self.env["channel.issue"].search(
            [("backend_id", "=", self.backend_id.id), ("state", "=", "open")],
            order="write_date DESC, id DESC",
            limit=1,
        )
        return issue.title or result

    def _job_failed(self, exc_name=None, **kwargs):
        """queue_job's ``on_fail_method``: retries are used up, or there is a bug."""
        if was_cut_off(exc_name):
            return  # it goes on, see ``queue.job``
        for run in self.exists():
            run.write({"state": "failed", "reason": exc_name or "Exception"})

    @api.model
    def _sweep(self, backend):
        """A job for every run of a backend that goes on and has none."""
        runs = self.search(
            [("backend_id", "=", backend.id), ("state", "in", ("running", "applying"))]
        )
        jobs = self.env["queue.job"].search(
            [
                ("identity_key", "in", [run._job_key() for run in runs]),
                ("state", "in", LIVE_JOB_STATES),
            ]
        )
        alive = set(jobs.mapped("identity_key"))
        lost = runs.filtered(lambda run: run._job_key() not in alive)
        lost._enqueue()
        return lost

    # === RETENTION === #

    @api.autovacuum
    def _gc_runs(self):
        """Delete runs, with their lines, that nobody has touched for :data:`KEEP_DAYS`."""
        if self._abstract:
            return
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.sudo().search([("write_date", "<", limit)], limit=100).unlink()
