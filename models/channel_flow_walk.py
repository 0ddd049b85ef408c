"""A poll that has to walk through everything, night by night, stays behind all other work."""

from odoo import models

#: Kinds of which a channel may have to list all records, and how the jobs that do so are made.
WALKS = {"customer": {"priority": 50, "channel": "root.channel.catalog"}}


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    def _enqueue_poll(self, **options):  # pylint: disable=missing-return
        """See ``channel.flow``; what a person asks for all at once can't bring a walk forward."""
        for flow in self:
            walk = WALKS.get(flow.kind, {}) if flow.direction == "in" else {}
            super(ChannelFlow, flow)._enqueue_poll(**{**options, **walk})
