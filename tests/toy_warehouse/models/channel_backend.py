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

    def _access_words(self):
        if self.provider == "toy_warehouse":
            return {
                "key": self.env._("Account"),
                "secret": self.env._("Password"),
                "where": self.env._("The warehouse's letter of welcome names both."),
            }
        return super()._access_words()
