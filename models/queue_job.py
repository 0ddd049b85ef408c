"""Jobs whose database went away in the middle: a restart of PostgreSQL is nobody's fault."""

from datetime import timedelta

from odoo import api, fields, models

from ..services.job_errors import CUT_OFF

#: Later than this a person has seen the failed job.
TAKEN_UP = timedelta(days=1)


class QueueJob(models.Model):
    _inherit = "queue.job"

    @api.model
    def _channel_take_up(self):
        """Give jobs of ours another try that failed because their database went away.

        queue_job counts that as a failure like any other. Each time spends a try, so what breaks
        the connection every time ends as a failed job.
        """
        jobs = self.search(
            [
                ("state", "=", "failed"),
                ("model_name", "=like", "channel.%"),
                ("exc_name", "in", CUT_OFF),
                ("date_created", ">", fields.Datetime.now() - TAKEN_UP),
            ]
        )
        jobs = jobs.filtered(lambda job: job.retry < job.max_retries)
        jobs.write(
            {
                "state": "pending",
                "eta": False,
                "date_enqueued": False,
                "date_started": False,
                "exc_name": False,
                "exc_message": False,
                "exc_info": False,
            }
        )
        return jobs


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    @api.model
    def _cron_tick(self):
        self.env["queue.job"].sudo()._channel_take_up()
        return super()._cron_tick()
