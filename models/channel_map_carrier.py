from odoo import api, fields, models


class ChannelMapCarrier(models.Model):
    _inherit = "channel.map.carrier"

    tracking_provider = fields.Char(
        "Carrier in the Shop",
        help="What the shop, or its plug-in for tracking numbers, calls the carrier of this "
        "delivery method, such as “bpost”. Empty: the delivery method's name.",
    )

    @api.model
    def _carrier_name(self, backend, carrier):
        """What the shop calls a ``delivery.carrier``; its name here where nobody said."""
        row = self.with_context(active_test=False).search(
            [
                ("backend_id", "=", backend.id),
                ("carrier_id", "=", carrier.id),
                ("tracking_provider", "not in", (False, "")),
            ],
            order="active DESC, id",
            limit=1,
        )
        return row.tracking_provider or carrier.name or ""
