"""What a product's screen shows of the shops; nothing here decides anything."""

from odoo import api, fields, models

#: Sizes that a product with one variant shows as its own.
SIZES = ("channel_length", "channel_width", "channel_height")


class ProductTemplate(models.Model):
    _inherit = "product.template"

    channel_length = fields.Float(
        "Length (mm)", digits=(16, 3), compute="_compute_sizes", inverse="_inverse_length"
    )
    channel_width = fields.Float(
        "Width (mm)", digits=(16, 3), compute="_compute_sizes", inverse="_inverse_width"
    )
    channel_height = fields.Float(
        "Height (mm)", digits=(16, 3), compute="_compute_sizes", inverse="_inverse_height"
    )

    channel_price_ids = fields.Many2many(
        "channel.published.price",
        string="Prices in Shops",
        compute="_compute_channel_published",
        groups="channel_connector.group_user",
    )

    channel_published_stock_ids = fields.Many2many(
        "channel.published.stock",
        string="Published Stock",
        compute="_compute_channel_published",
        groups="channel_connector.group_user",
    )

    channel_variant_binding_ids = fields.Many2many(
        "channel.binding.product",
        string="Variants in Shops",
        compute="_compute_channel_variant_binding_ids",
        groups="channel_connector.group_user",
    )

    @api.depends("product_variant_ids.channel_binding_ids")
    def _compute_channel_variant_binding_ids(self):
        for template in self:
            template.channel_variant_binding_ids = template.product_variant_ids.channel_binding_ids

    @api.depends(
        "product_variant_ids.channel_price_ids", "product_variant_ids.channel_published_stock_ids"
    )
    def _compute_channel_published(self):
        """What shops were told of any variant."""
        for template in self:
            variants = template.product_variant_ids
            template.channel_price_ids = variants.channel_price_ids
            template.channel_published_stock_ids = variants.channel_published_stock_ids

    @api.depends(*(f"product_variant_ids.{name}" for name in SIZES))
    def _compute_sizes(self):
        for name in SIZES:
            self._compute_template_field_from_variant_field(name)

    def _inverse_length(self):
        self._set_product_variant_field("channel_length")

    def _inverse_width(self):
        self._set_product_variant_field("channel_width")

    def _inverse_height(self):
        self._set_product_variant_field("channel_height")
