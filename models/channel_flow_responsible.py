"""Who looks after what goes wrong, by kind."""

from odoo import fields, models


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    responsible_id = fields.Many2one(
        "res.users",
        help="Gets the issues of this flow. Empty: the responsible of the backend.",
    )


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    def _responsible_of(self, kind):
        """Who gets an issue about records of a kind.

        :param kind: of an event or a note, None for the backend itself
        """
        flows = self.env["channel.flow"].with_context(active_test=False)
        domain = [("backend_id", "=", self.id), ("kind", "=", kind)]
        found = flows.search([*domain, ("responsible_id", "!=", False)], limit=1) if kind else flows
        return found.responsible_id or self.responsible_id

    def _tick(self):
        result = super()._tick()
        if self.state == "connected":
            self.env["channel.issue"]._sweep(self)
        return result
