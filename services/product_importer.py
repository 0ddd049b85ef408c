from odoo import models


class ChannelProductImporter(models.AbstractModel):
    _name = "channel.product.importer"
    _inherit = "channel.handler"
    _description = "Channel product importer"

    def _fetch(self, adapter, external_id):
        return adapter.fetch_product(external_id)
