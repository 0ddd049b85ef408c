"""The flow of reconciliations: its schedule begins a run, which has jobs of its own."""

from odoo import models


class ChannelReconciler(models.AbstractModel):
    _name = "channel.reconciler"
    _description = "Channel reconciler"

    def _reconcile(self, backend, adapter):
        """Begin the nightly run; returns a text."""
        run = self.env["channel.reconciliation"]._begin(backend, "schedule")
        return self.env._("Reconciliation %s begun", run.id)
