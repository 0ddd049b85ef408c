"""Who is who in the catalogue: products, variants, and the terms that describe them."""

from odoo import fields, models


class ChannelBindingTemplate(models.Model):
    _name = "channel.binding.template"
    _inherit = "channel.binding.mixin"
    _description = "Channel product"

    odoo_id = fields.Many2one(
        "product.template", "Product", required=True, index=True, ondelete="cascade"
    )
    shop_parts = fields.Json(
        readonly=True, help="Fingerprints of the shop's side when both were last in step, by group."
    )
    odoo_parts = fields.Json(
        readonly=True, help="Fingerprints of Odoo's side when both were last in step, by group."
    )
    language = fields.Char(readonly=True, help="Where the shop translates products: ISO code.")
    status_code = fields.Char("Shop Status", readonly=True)
    url = fields.Char("Shop Address", readonly=True)
    gone_at = fields.Datetime("Deleted in the Shop", readonly=True)


class ChannelBindingProduct(models.Model):
    _name = "channel.binding.product"
    _inherit = "channel.binding.mixin"
    _description = "Channel product variant"

    odoo_id = fields.Many2one(
        "product.product", "Product Variant", required=True, index=True, ondelete="cascade"
    )
    sku = fields.Char("SKU", index=True, help="The SKU on the channel when last seen.")
    parent_external_id = fields.Char(
        "Product's External ID",
        readonly=True,
        index=True,
        help="Empty where the product has no variants.",
    )
    stock_keeper = fields.Selection(
        [
            ("itself", "Counted in the shop"),
            ("parent", "Counted by its product"),
            ("nobody", "Not counted in the shop"),
        ],
        readonly=True,
        help="Who counts its pieces in the shop, when last seen.",
    )
    gone_at = fields.Datetime("Deleted in the Shop", readonly=True)


class ChannelBindingCategory(models.Model):
    _name = "channel.binding.category"
    _inherit = "channel.binding.mixin"
    _description = "Channel category"

    odoo_id = fields.Many2one(
        "product.category", "Category", required=True, index=True, ondelete="cascade"
    )


class ChannelBindingTag(models.Model):
    _name = "channel.binding.tag"
    _inherit = "channel.binding.mixin"
    _description = "Channel tag"

    odoo_id = fields.Many2one("product.tag", "Tag", required=True, index=True, ondelete="cascade")


class ChannelBindingBrand(models.Model):
    _name = "channel.binding.brand"
    _inherit = "channel.binding.mixin"
    _description = "Channel brand"

    odoo_id = fields.Many2one(
        "channel.brand", "Brand", required=True, index=True, ondelete="cascade"
    )


class ChannelBindingAttribute(models.Model):
    """A shared attribute of the shop; one that varies and one that informs are two of Odoo's."""

    _name = "channel.binding.attribute"
    _inherit = "channel.binding.mixin"
    _description = "Channel attribute"

    odoo_id = fields.Many2one(
        "product.attribute", "Attribute", required=True, index=True, ondelete="cascade"
    )


class ChannelBindingImage(models.Model):
    """A picture in the shop's media library: the same bytes are stored there once."""

    _name = "channel.binding.image"
    _inherit = "channel.binding.mixin"
    _description = "Channel image"

    odoo_id = fields.Many2one(
        "ir.attachment", "Image", required=True, index=True, ondelete="cascade"
    )
    content_hash = fields.Char(index=True, readonly=True, help="SHA-256 of the bytes.")
    url = fields.Char("Shop Address", readonly=True)
