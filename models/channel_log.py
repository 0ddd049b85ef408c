"""HTTP exchanges with a channel: what was asked, what came back, how long it took."""

from odoo import fields, models


class ChannelLog(models.Model):
    _name = "channel.log"
    _description = "Channel HTTP log"
    _order = "id DESC"
    _rec_name = "url"
    _log_access = False

    backend_id = fields.Many2one(
        "channel.backend", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True, index=True)
    direction = fields.Selection(
        [
            ("out", "To channel"),
            ("in", "From channel"),
            ("wait", "Waited"),
        ],
        readonly=True,
        help="Waited: a job was put off, by the rate budget, an outage or a person. No call was "
        "made.",
    )
    method = fields.Char(readonly=True)
    url = fields.Char(readonly=True)
    status = fields.Integer(readonly=True, aggregator=False, help="0: there was no answer.")
    error = fields.Char(readonly=True, index="btree_not_null")
    duration = fields.Float("Duration (ms)", readonly=True, aggregator="avg", digits=(16, 1))
    reference = fields.Char(readonly=True, index=True, help="What the exchange was about.")
    request = fields.Text(readonly=True)
    response = fields.Text(readonly=True)
    logged_at = fields.Datetime(default=fields.Datetime.now, readonly=True, index=True)
