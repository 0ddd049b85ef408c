"""Calls to the shops by status, error and endpoint, how long they took, and what was waited for."""

from odoo import fields, models
from odoo.tools import SQL


class ChannelLogReport(models.Model):
    _name = "channel.log.report"
    _description = "Channel API calls"
    _inherit = ["channel.report.mixin"]
    _auto = False
    _order = "moment DESC, id DESC"
    _depends = {
        "channel.log": ["backend_id", "direction", "url", "status", "error", "duration"],
    }

    backend_id = fields.Many2one("channel.backend", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    what = fields.Selection(
        [("call", "Call"), ("wait", "Wait")],
        readonly=True,
        help="A wait is a job that was put off: for the rate budget, or for a shop in trouble.",
    )
    method = fields.Char(readonly=True)
    endpoint = fields.Char(
        readonly=True, help="What was asked for, without numbers of records and without the page."
    )
    status = fields.Char("Answer", readonly=True, help="0: there was no answer.")
    error = fields.Char(readonly=True)
    moment = fields.Datetime("Date", readonly=True)
    hour = fields.Char(readonly=True, help="In your time zone.")
    number = fields.Integer(readonly=True, aggregator="sum")
    errors = fields.Integer(readonly=True, aggregator="sum")
    duration = fields.Float("Time (ms), sum", readonly=True, aggregator="sum")
    duration_mean = fields.Float("Time (ms), mean", readonly=True, aggregator="avg")
    duration_p50 = fields.Float("Time (ms), half of them", readonly=True, aggregator="avg")
    duration_p95 = fields.Float("Time (ms), 95 of 100", readonly=True, aggregator="avg")

    _percentiles = {"duration_p50": ("duration", 0.5), "duration_p95": ("duration", 0.95)}

    @property
    def _table_query(self):
        return SQL(
            r"""
            SELECT id, backend_id, company_id, method, error, logged_at AS moment,
                   %(hour)s AS hour,
                   CASE direction WHEN 'wait' THEN 'wait' ELSE 'call' END AS what,
                   CASE direction WHEN 'wait' THEN NULL ELSE status::varchar END AS status,
                   regexp_replace(
                       regexp_replace(split_part(url, '?', 1), '^https?://[^/]+', ''),
                       '/[0-9]+', '/#', 'g') AS endpoint,
                   CASE WHEN error IS NULL OR direction = 'wait' THEN 0 ELSE 1 END AS errors,
                   1 AS number,
                   duration, duration AS duration_mean, duration AS duration_p50,
                   duration AS duration_p95
              FROM channel_log
             WHERE direction IS DISTINCT FROM 'in'
            """,
            hour=self._hour("logged_at"),
        )
