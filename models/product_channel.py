"""What a shop shows of a product and Odoo has no field for."""

from odoo import fields, models

from .whole_html import WholeHtml


class ProductTemplate(models.Model):
    _inherit = "product.template"

    channel_binding_ids = fields.One2many(
        "channel.binding.template",
        "odoo_id",
        "Channel Products",
        groups="channel_connector.group_user",
    )
    channel_description = WholeHtml(
        "Shop Description", sanitize_attributes=False, sanitize_form=False
    )
    channel_short_description = WholeHtml(
        "Short Shop Description", sanitize_attributes=False, sanitize_form=False
    )
    channel_visibility = fields.Selection(
        [("published", "For everybody"), ("hidden", "For those who may see it")],
        "Shown in Shops",
        default="published",
        required=True,
        help="An archived product is a draft in the shops.",
    )
    channel_category_ids = fields.Many2many(
        "product.category",
        "channel_product_category_rel",
        string="Shop Categories",
        help="A shop shows a product in several categories; the product's own one is for costing "
        "and accounting.",
    )
    channel_brand_ids = fields.Many2many("channel.brand", string="Brands")
    channel_backorders = fields.Selection(
        [
            ("shop", "As set in the shop"),
            ("no", "Not allowed"),
            ("notify", "Allowed, tell the customer"),
            ("yes", "Allowed"),
        ],
        "Backorders in Shops",
        default="shop",
        required=True,
        help="Whether shops may sell more than is published.",
    )
    channel_image_ids = fields.One2many(
        "channel.product.image", "product_tmpl_id", "More Shop Images", copy=True
    )
    channel_excluded_backend_ids = fields.Many2many(
        "channel.backend",
        "channel_product_excluded_rel",
        string="Not in These Shops",
        help="Nothing of this product is sent to these shops.",
        copy=False,  # by copy() below, since not everybody may read it
        groups="channel_connector.group_user",
    )

    def copy(self, default=None):
        """A copy is kept out of the shops that its original is kept out of."""
        copies = super().copy(default)
        for product, copied in zip(self.sudo(), copies.sudo(), strict=True):
            if product.channel_excluded_backend_ids:
                copied.channel_excluded_backend_ids = product.channel_excluded_backend_ids
        return copies


class ProductProduct(models.Model):
    _inherit = "product.product"

    channel_binding_ids = fields.One2many(
        "channel.binding.product",
        "odoo_id",
        "Channel Variants",
        groups="channel_connector.group_user",
    )
    channel_length = fields.Float("Length (mm)", digits=(16, 3))
    channel_width = fields.Float("Width (mm)", digits=(16, 3))
    channel_height = fields.Float("Height (mm)", digits=(16, 3))
    channel_description = WholeHtml("Variant's Shop Description")


class ProductAttribute(models.Model):
    _inherit = "product.attribute"

    channel_own = fields.Boolean(
        "One Product's Own",
        help="In shops the attribute belongs to its product alone, and is not shared with others.",
    )


class ChannelProductImage(models.Model):
    """A picture of the shop beyond the main image, which is Odoo's own."""

    _name = "channel.product.image"
    _description = "Shop image"
    _order = "product_tmpl_id, sequence, id"

    product_tmpl_id = fields.Many2one(
        "product.template", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("Alternative Text", translate=True)
    image = fields.Image(required=True, max_width=4096, max_height=4096)
