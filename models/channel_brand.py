from odoo import fields, models


class ChannelBrand(models.Model):
    """A brand of the shops; Odoo has none of its own."""

    _name = "channel.brand"
    _description = "Brand"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    parent_id = fields.Many2one("channel.brand", index=True, ondelete="restrict")
    active = fields.Boolean(default=True)
