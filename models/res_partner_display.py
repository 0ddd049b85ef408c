from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    channel_binding_ids = fields.One2many(
        "channel.binding.partner",
        "odoo_id",
        "Channel Customers",
        groups="channel_connector.group_user",
    )
