"""What the import of products needs to remember on Odoo's records."""

from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def _create_variant_ids(self):
        """An import brings exactly the variants that the shop has, and keeps what is bound."""
        if self.env.context.get("channel_keep_variants"):
            return True
        return super()._create_variant_ids()


class ProductProduct(models.Model):
    _inherit = "product.product"

    #: SKUs are looked for whatever their case, of each product that comes in
    _channel_sku_idx = models.Index("(lower(default_code)) WHERE default_code IS NOT NULL")


class ChannelBindingProduct(models.Model):
    _inherit = "channel.binding.product"

    initial_stock_at = fields.Datetime(
        "Initial Stock Taken Over",
        readonly=True,
        help="When the shop's quantity became Odoo's, once; or when it was found to have none.",
    )
    initial_stock = fields.Float(
        "Initial Quantity", digits="Product Unit", readonly=True, help="As the shop showed it."
    )


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    category_root_id = fields.Many2one(
        "product.category",
        "Root of Shop Categories",
        help="The shop's categories are created below it. Empty: one named like this backend is "
        "made when it is needed.",
    )
