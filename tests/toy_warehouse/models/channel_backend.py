"""All that the shell has to know of the toy warehouse."""

from odoo import fields, models


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    provider = fields.Selection(
        selection_add=[("toy_warehouse", "Toy Warehouse")],
        ondelete={"toy_warehouse": "cascade"},
    )

    def _get_adapter_class(self):
        if self.provider == "toy_warehouse":
            from ..provider.adapter import ToyWarehouseAdapter

            return ToyWarehouseAdapter
        return super()._get_adapter_class()
