"""Where people see what a warehouse of somebody else was asked for: its backend, the transfer."""

from odoo import api, fields, models

from ..services.fulfilment_goods import AT_WORK


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    fulfilment_count = fields.Integer("At Work", compute="_compute_fulfilment_count")

    def _compute_fulfilment_count(self):
        self.fulfilment_count = 0
        self.filtered("is_warehouse")._count(
            "fulfilment_count", "channel.binding.fulfilment", [("state", "in", AT_WORK)]
        )

    def action_view_fulfilments(self):
        """What this warehouse was asked for."""
        return self._open(
            "channel_connector.action_channel_binding_fulfilment", {"one_backend": True}
        )


class StockPicking(models.Model):
    _inherit = "stock.picking"

    channel_request_text = fields.Char(compute="_compute_channel_request_text")

    @api.depends("state")
    def _compute_channel_request_text(self):
        # sudo: whoever moves goods may know nothing of channels
        bindings = self.env["channel.binding.fulfilment"].sudo()
        for picking in self:
            open_here = picking.state not in ("done", "cancel") and picking.id
            known = bindings._current(picking) if open_here else bindings
            picking.channel_request_text = picking._channel_request_words(known)

    def _channel_request_words(self, known):
        """What a person at the transfer has to know of its request; False: nothing."""
        names = {"warehouse": known.backend_id.name, "request": known.external_id}
        if known.state == "stopped":
            return self.env._(
                "%(warehouse)s does not send this (request %(request)s): its issue says why.",
                **names,
            )
        if known.state not in AT_WORK:
            return False
        return self.env._(
            "%(warehouse)s was asked to send this (request %(request)s). It is validated here, "
            "with its tracking number, when the parcel has left.",
            **names,
        )
