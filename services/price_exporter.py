from odoo import models


class ChannelPriceExporter(models.AbstractModel):
    _name = "channel.price.exporter"
    _inherit = "channel.drain"
    _description = "Channel price exporter"
