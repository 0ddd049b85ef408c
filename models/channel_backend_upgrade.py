"""What a backend of an earlier version lacks."""

from odoo import models

#: Flows that only look: an upgrade may switch them on.
HARMLESS = (("reconcile", "in"),)


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    def _catch_up(self):
        """Give backends the flows and settings that a new one would have.

        A flow that moves something is left to a person to switch on: what was done by hand until
        now (invoices, refunds, shipments told to the shop) would be done a second time.
        """
        for backend in self:
            added = self.env["channel.flow"]._ensure_flows(backend)
            added.filtered(lambda flow: flow._key() not in HARMLESS).active = False
            self.env["channel.ownership"]._ensure_rows(backend)
            backend._ensure_default_products()
            if waiting := added.filtered(lambda flow: not flow.active):
                backend._tell_added(waiting)

    def _tell_added(self, flows):
        """What the update has brought stands where a person looks who runs the backend."""
        self.message_post(
            body=self.env._(
                "Since this version the backend can also take care of: %s. These flows are "
                "switched off; switch on what shall no longer be done by hand.",
                ", ".join(flows.mapped("display_name")),
            )
        )
