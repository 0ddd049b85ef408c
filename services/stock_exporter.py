from odoo import models


class ChannelStockExporter(models.AbstractModel):
    _name = "channel.stock.exporter"
    _inherit = "channel.drain"
    _description = "Channel stock exporter"
