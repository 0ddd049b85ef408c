"""What makes another price of a product, noted for the channels."""

from odoo import api, fields, models

#: Context key: the backend that a price comes from, which need not be told of it.
SOURCE = "channel_price_source"

#: Fields whose change can change a price in a shop, by model.
TEMPLATE_FIELDS = frozenset(
    {"list_price", "taxes_id", "categ_id", "uom_id", "company_id", "channel_free"}
)
VARIANT_FIELDS = frozenset({"standard_price"})
EXTRA_FIELDS = frozenset({"price_extra"})
CATEGORY_FIELDS = frozenset({"parent_id"})
LIST_FIELDS = frozenset({"currency_id"})
RATE_FIELDS = frozenset({"name", "rate", "company_rate", "inverse_company_rate", "company_id"})
TAX_FIELDS = frozenset(
    {
        "amount",
        "amount_type",
        "price_include_override",
        "include_base_amount",
        "is_base_affected",
        "children_tax_ids",
        "sequence",
        "active",
    }
)
RULE_FIELDS = frozenset(
    {
        "pricelist_id",
        "applied_on",
        "product_tmpl_id",
        "product_id",
        "categ_id",
        "min_quantity",
        "date_start",
        "date_end",
        "base",
        "base_pricelist_id",
        "compute_price",
        "fixed_price",
        "percent_price",
        "price_discount",
        "price_markup",
        "price_round",
        "price_surcharge",
        "price_min_margin",
        "price_max_margin",
    }
)


class PriceSourceMixin(models.AbstractModel):
    """Notes records of a model whose prices may have changed, by one statement for all of them."""

    _name = "channel.price.source"
    _description = "Channel price source"

    #: what :meth:`channel.outbox._insert_many_query` makes products of, and fields to watch
    _price_kind = ""
    _price_fields = frozenset()

    def write(self, vals):
        watched = not self._price_fields.isdisjoint(vals)
        if watched:
            self._note_prices()
        result = super().write(vals)
        if watched:
            self._note_prices()
        return result

    def _note_prices(self):
        touched = self._touched_prices()
        if touched:
            self.env["channel.outbox"]._note_many(self._price_kind, touched)

    def _touched_prices(self):
        """What is noted for these records: ``(id, id of the backend that knows)`` of each."""
        source = self.env.context.get(SOURCE, 0)
        return {(record_id, source) for record_id in self.ids}


class PriceRowMixin(models.AbstractModel):
    """A price source whose being there makes a price."""

    _name = "channel.price.row"
    _inherit = "channel.price.source"
    _description = "Channel price row"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._note_prices()
        return rows

    def unlink(self):
        self._note_prices()
        return super().unlink()


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "channel.price.source"]
    _price_kind = "price.template"
    _price_fields = TEMPLATE_FIELDS

    channel_free = fields.Boolean(
        "Free in Shops",
        help="A sales price of 0 gives the product away. Otherwise it has no price in the shops, "
        "which don't sell it then.",
    )


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "channel.price.source"]
    _price_kind = "price.cost"
    _price_fields = VARIANT_FIELDS


class ProductTemplateAttributeValue(models.Model):
    _name = "product.template.attribute.value"
    _inherit = ["product.template.attribute.value", "channel.price.source"]
    _price_kind = "price.template"
    _price_fields = EXTRA_FIELDS

    def _touched_prices(self):
        source = self.env.context.get(SOURCE, 0)
        return {(template_id, source) for template_id in self.product_tmpl_id.ids}


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["product.category", "channel.price.source"]
    _price_kind = "price.category"
    _price_fields = CATEGORY_FIELDS


class AccountTax(models.Model):
    _name = "account.tax"
    _inherit = ["account.tax", "channel.price.source"]
    _price_kind = "price.tax"
    _price_fields = TAX_FIELDS


class ProductPricelist(models.Model):
    _name = "product.pricelist"
    _inherit = ["product.pricelist", "channel.price.source"]
    _price_kind = "price.rule"
    _price_fields = LIST_FIELDS

    def _touched_prices(self):
        source = self.env.context.get(SOURCE, 0)
        return {(pricelist_id, 0, 0, 0, source) for pricelist_id in self.ids}

    def unlink(self):
        """Rules of other lists that are based on these."""
        rules = self.env["product.pricelist.item"].sudo()
        rules.search([("base_pricelist_id", "in", self.ids)])._note_prices()
        return super().unlink()


class ProductPricelistItem(models.Model):
    _name = "product.pricelist.item"
    _inherit = ["product.pricelist.item", "channel.price.row"]
    _price_kind = "price.rule"
    _price_fields = RULE_FIELDS

    def _touched_prices(self):
        """``(list, variant, product, category, source)``, 0 for any."""
        source = self.env.context.get(SOURCE, 0)
        return {
            (
                rule.pricelist_id.id,
                rule.product_id.id or 0,
                rule.product_tmpl_id.id or 0,
                rule.categ_id.id or 0,
                source,
            )
            for rule in self.sudo()
            if rule.pricelist_id and rule.min_quantity <= 1
        }


class ResCurrencyRate(models.Model):
    _name = "res.currency.rate"
    _inherit = ["res.currency.rate", "channel.price.row"]
    _price_kind = "price.backend"
    _price_fields = RATE_FIELDS

    def _touched_prices(self):
        """Backends whose prices are converted from or to one of these currencies."""
        flows = self.env["channel.flow"].sudo()
        flows = flows.search([("kind", "=", "price"), ("direction", "=", "out")])
        return {
            backend.id
            for backend in flows.backend_id
            if len(used := backend._price_currencies()) > 1 and used & self.currency_id
        }
