"""Switch the figures for a monitoring system on and off."""

from odoo import fields, models

from ..models.channel_metrics_token import PATH


class ChannelMetricsSettings(models.TransientModel):
    _name = "channel.metrics.settings"
    _description = "Metrics settings"

    is_on = fields.Boolean("Switched On", compute="_compute_is_on")
    url = fields.Char("Address", compute="_compute_is_on")

    # === COMPUTE METHODS === #

    def _compute_is_on(self):
        stored = self.env["channel.metrics.token"]._stored()
        for settings in self:
            settings.is_on = bool(stored)
            settings.url = f"{settings.get_base_url()}{PATH}"

    # === ACTION METHODS === #

    def action_new_token(self):
        """Make a token and show it, this once."""
        self.check_access("write")
        token = self.env["channel.metrics.token"]._renew()
        return {
            "type": "ir.actions.act_window",
            "res_model": "channel.metrics.token",
            "name": self.env._("New Token"),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_token": token},
        }

    def action_switch_off(self):
        """No figures without a token."""
        self.check_access("write")
        self.env["channel.metrics.token"]._switch_off()
        return {"type": "ir.actions.act_window_close"}
