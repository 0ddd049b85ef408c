"""Further things a shop knows of a product, needed to tell the same product back to it."""

from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    channel_sku = fields.Char(
        "SKU of the Whole",
        copy=False,
        index="btree_not_null",
        help="SKU that shops give to the product itself where only its variants have one here.",
    )


class ProductTemplateAttributeLine(models.Model):
    _inherit = "product.template.attribute.line"

    channel_hidden = fields.Boolean(
        "Hidden in Shops", help="Not listed on the page of the product, but known to the shop."
    )


class ProductAttributeValue(models.Model):
    _inherit = "product.attribute.value"

    channel_any = fields.Boolean(
        "Any", help="A variant with this value is sold in shops for any of the other values."
    )


class ChannelBindingTemplate(models.Model):
    _inherit = "channel.binding.template"

    tax_class = fields.Char(
        readonly=True,
        help="Code of the shop's tax class when last seen: several may have the same taxes here.",
    )
