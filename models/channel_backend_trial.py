"""A dry run of the newest orders, from the backend's set-up."""

from odoo import api, fields, models

from ..core.adapter import SetUpSource

#: Orders that are tried: enough to meet the usual taxes, methods and products, in some seconds.
TRIED = 20


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    setup_trial_ids = fields.One2many("channel.setup.trial", "backend_id", readonly=True)
    setup_tried_at = fields.Datetime("Tried At", readonly=True, copy=False)
    setup_trial_count = fields.Integer(compute="_compute_setup_trial")
    setup_trial_blocked = fields.Integer(compute="_compute_setup_trial")
    setup_trial_differs = fields.Integer(compute="_compute_setup_trial")

    @api.depends("setup_trial_ids.result", "setup_trial_ids.equal")
    def _compute_setup_trial(self):
        for backend in self:
            rows = backend.setup_trial_ids
            backend.setup_trial_count = len(rows)
            backend.setup_trial_blocked = len(rows.filtered(lambda row: row.result == "blocked"))
            backend.setup_trial_differs = len(rows.filtered(lambda row: row.equal == "no"))

    def action_setup_trial(self):
        """Import the newest orders, look at what they become, and undo it."""
        self.ensure_one()
        self.check_access("write")
        self._ensure_readable()
        rows = self._call(self._try_orders, SetUpSource)
        self.setup_trial_ids.unlink()
        for position, row in enumerate(rows):
            row["sequence"] = position
        self.env["channel.setup.trial"].create(rows)
        self.setup_tried_at = fields.Datetime.now()

    def _try_orders(self, adapter):
        """Values of the trial's lines; what it met unmapped is there to be mapped afterwards."""
        backend = self._env()
        records = adapter.newest_orders(TRIED)
        rows, recorder = self.env["channel.order.trial"]._try(backend, adapter, records)
        for kind, values in recorder.unmapped.items():
            backend.env[f"channel.map.{kind}"]._ensure_rows(backend, values)
        return rows
