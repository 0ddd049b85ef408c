"""Everything that came in or had to be told, in one place: for figures, and for "skipped because".

No table and no stored figure: the rows are read where they are.
"""

from odoo import api, fields, models
from odoo.tools import SQL

from .channel_event import KINDS as EVENT_KINDS
from .channel_outbox import ChannelOutbox

#: Kinds of both boxes; where both have one, the inbox names it.
KINDS = list({**dict(ChannelOutbox.kind.selection), **dict(EVENT_KINDS)}.items())


class ChannelEventReport(models.Model):
    _name = "channel.event.report"
    _description = "Channel throughput"
    _inherit = ["channel.report.mixin"]
    _auto = False
    _order = "moment DESC, id DESC"
    _rec_name = "about"
    _depends = {
        "channel.event": ["backend_id", "kind", "state", "reason", "received_at", "done_at"],
        "channel.outbox": ["backend_id", "kind", "state", "reason", "noted_at", "done_at"],
    }

    backend_id = fields.Many2one("channel.backend", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    direction = fields.Selection([("in", "From the shop"), ("out", "To the shop")], readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("done", "Done"),
            ("ignored", "Skipped"),
            ("blocked", "Blocked"),
            ("failed", "Failed"),
        ],
        readonly=True,
    )
    source_id = fields.Many2oneReference("Event or Note", model_field="source_model", readonly=True)
    source_model = fields.Char(readonly=True)
    about = fields.Char(compute="_compute_about", compute_sudo=True)
    reason = fields.Char("Because", readonly=True)
    moment = fields.Datetime("Received or Noted", readonly=True)
    hour = fields.Char(readonly=True, help="In your time zone.")
    done_at = fields.Datetime("Settled", readonly=True)
    number = fields.Integer(readonly=True, aggregator="sum")
    wait = fields.Float(
        "Under Way (s), mean",
        readonly=True,
        aggregator="avg",
        help="From received (or noted) to done. What was skipped or stopped has none.",
    )
    wait_p50 = fields.Float("Under Way (s), half of them", readonly=True, aggregator="avg")
    wait_p95 = fields.Float("Under Way (s), 95 of 100", readonly=True, aggregator="avg")

    _percentiles = {"wait_p50": ("wait", 0.5), "wait_p95": ("wait", 0.95)}

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._select_events(), self._select_notes())

    @api.model
    def _select_events(self):
        return SQL(
            """
            SELECT id::bigint * 2 AS id, 'channel.event' AS source_model, id AS source_id,
                   backend_id, company_id, 'in' AS direction, kind, state, reason,
                   received_at AS moment, %(hour)s AS hour, done_at, 1 AS number,
                   %(wait)s AS wait, %(wait)s AS wait_p50, %(wait)s AS wait_p95
              FROM channel_event
            """,
            hour=self._hour("received_at"),
            wait=self._wait("received_at"),
        )

    @api.model
    def _select_notes(self):
        return SQL(
            """
            SELECT id::bigint * 2 + 1, 'channel.outbox', id, backend_id, company_id, 'out', kind,
                   state, reason, noted_at, %(hour)s, done_at, 1, %(wait)s, %(wait)s, %(wait)s
              FROM channel_outbox
            """,
            hour=self._hour("noted_at"),
            wait=self._wait("noted_at"),
        )

    @api.model
    def _wait(self, since):
        return SQL(
            "CASE WHEN state = 'done' THEN EXTRACT(EPOCH FROM done_at - %s)::float8 END",
            SQL.identifier(since),
        )

    @api.depends("source_model", "source_id")
    def _compute_about(self):
        for model, rows in self.grouped("source_model").items():
            sources = self.env[model].browse(rows.mapped("source_id")).exists()
            names = {source.id: source.display_name for source in sources}
            for row in rows:
                row.about = names.get(row.source_id, "")

    def action_open_source(self):
        """The event or the note itself."""
        self.check_access("read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.source_model,
            "res_id": self.source_id,
            "views": [(False, "form")],
        }
