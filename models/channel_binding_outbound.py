"""What bindings remember of what was told to the shop."""

from odoo import fields, models


class ChannelBindingOrder(models.Model):
    _inherit = "channel.binding.order"

    sent_meta = fields.Json(readonly=True, help="Custom fields of the order as they were told.")

    def write(self, vals):
        """An order that was delivered before the shop released it can be completed now."""
        result = super().write(vals)
        if "status_code" in vals:
            self.odoo_id._channel_note_delivered()
        return result


class ChannelBindingShipment(models.Model):
    """What the shop made of a transfer.

    ``external_id`` begins with the feature that took it, because the numbers of notes, parcels
    and fulfilments may be equal; two transfers in one parcel get the transfer behind it, see
    :meth:`_name_of`.
    """

    _inherit = "channel.binding.shipment"

    def _of(self, binding, picking):
        """What is known of a transfer for one order of the channel, or empty."""
        return self.search(
            [
                ("backend_id", "=", binding.backend_id.id),
                ("odoo_id", "=", picking.id),
                ("order_id", "=", binding.odoo_id.id),
            ],
            limit=1,
        )

    def _name_of(self, binding, picking, via, identifier):
        """An external id that no other transfer has."""
        name = f"{via}:{identifier}"
        taken = self._find(binding.backend_id, name)
        if taken and (taken.odoo_id, taken.order_id) != (picking, binding.odoo_id):
            return f"{name}#{picking.id}-{binding.odoo_id.id}"
        return name

    def _identifier(self):
        """The shop's own id of what it made."""
        return self.external_id.removeprefix(f"{self.via}:").partition("#")[0]

    def _remember(self, binding, picking, via, identifier, **values):
        """Bind a transfer to what the shop made of it, or refresh its binding."""
        known = self._of(binding, picking)
        values = {
            **values,
            "external_id": self._name_of(binding, picking, via, identifier),
            "via": via,
            "synced_at": fields.Datetime.now(),
        }
        if known:
            known.write(values)
            return known
        return self.create(
            {
                **values,
                "backend_id": binding.backend_id.id,
                "odoo_id": picking.id,
                "order_id": binding.odoo_id.id,
            }
        )
