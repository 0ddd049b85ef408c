from odoo import models


class ChannelProductExporter(models.AbstractModel):
    _name = "channel.product.exporter"
    _inherit = "channel.drain"
    _description = "Channel product exporter"

    _record_model = "product.template"
    _binding_model = "channel.binding.template"
