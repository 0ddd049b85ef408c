"""Which changes of products shops may have to be told of.

A write of other fields notes nothing. A write of these notes the product, once a transaction
(:meth:`channel.outbox._note_many`); the drain then compares fingerprints, so that what changes
nothing of what is published makes no call. Prices and quantities have notes of their own.
"""

from odoo import api, models

#: Fields of ``product.template`` whose change is looked at, by group of what is published.
TEMPLATE_FIELDS = {
    "texts": (
        "name",
        "channel_description",
        "channel_short_description",
        "channel_visibility",
        "active",
    ),
    "details": ("channel_sku", "taxes_id", "type"),
    "images": ("image_1920", "channel_image_ids"),
    "categories": ("channel_category_ids", "product_tag_ids", "channel_brand_ids"),
    "attributes": ("attribute_line_ids",),
    # whether anything is published at all
    "": (
        "channel_excluded_backend_ids",
        "channel_wanted_backend_ids",
        "sale_ok",
        "company_id",
    ),
}
#: Likewise of ``product.product``; a template's SKU, barcode and weight are written there, too.
VARIANT_FIELDS = {
    "texts": ("channel_description", "active"),
    "details": (
        "default_code",
        "barcode",
        "weight",
        "channel_length",
        "channel_width",
        "channel_height",
    ),
    "images": ("image_variant_1920",),
    "attributes": ("product_template_attribute_value_ids",),
}
LINE_FIELDS = ("attribute_id", "value_ids", "active", "channel_hidden")
VALUE_FIELDS = ("name", "channel_any")
ATTRIBUTE_FIELDS = ("name", "create_variant", "channel_own")
TERM_FIELDS = ("name", "parent_id")


def _names(groups):
    return frozenset(name for names in groups.values() for name in names)


class ChannelNotedMixin(models.AbstractModel):
    """A model whose records products are published from."""

    _name = "channel.noted.mixin"
    _description = "Part of what shops show"

    #: names of the fields that count
    _channel_fields = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._channel_note()
        return records

    def write(self, vals):
        counts = not self._channel_fields.isdisjoint(vals)
        before = self.sudo()._channel_templates() if counts else ()
        result = super().write(vals)
        if counts:
            self._channel_note(before)
        return result

    def unlink(self):
        before = self.sudo()._channel_templates()
        result = super().unlink()
        self.browse()._channel_note(before)
        return result

    def _channel_note(self, more=()):
        """Have the drains look at the products of these records, and at ``more`` template ids."""
        ids = {*self.sudo()._channel_templates(), *more}
        if ids:
            self.env["channel.outbox"]._note_many("product", ids)

    def _channel_templates(self):
        """Ids of the templates that show these records; an override returns them."""
        return set()


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "channel.noted.mixin"]
    _channel_fields = _names(TEMPLATE_FIELDS)

    def _channel_templates(self):
        return set(self.ids)


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "channel.noted.mixin"]
    _channel_fields = _names(VARIANT_FIELDS)

    def _channel_templates(self):
        return set(self.product_tmpl_id.ids)


class ProductTemplateAttributeLine(models.Model):
    _name = "product.template.attribute.line"
    _inherit = ["product.template.attribute.line", "channel.noted.mixin"]
    _channel_fields = frozenset(LINE_FIELDS)

    def _channel_templates(self):
        return set(self.product_tmpl_id.ids)


class ProductAttribute(models.Model):
    _name = "product.attribute"
    _inherit = ["product.attribute", "channel.noted.mixin"]
    _channel_fields = frozenset(ATTRIBUTE_FIELDS)

    def _channel_templates(self):
        return set(self.attribute_line_ids.product_tmpl_id.ids)


class ProductAttributeValue(models.Model):
    _name = "product.attribute.value"
    _inherit = ["product.attribute.value", "channel.noted.mixin"]
    _channel_fields = frozenset(VALUE_FIELDS)

    def _channel_templates(self):
        return set(self.pav_attribute_line_ids.product_tmpl_id.ids)


class ChannelProductImage(models.Model):
    _name = "channel.product.image"
    _inherit = ["channel.product.image", "channel.noted.mixin"]
    _channel_fields = frozenset(("product_tmpl_id", "sequence", "image"))

    def _channel_templates(self):
        return set(self.product_tmpl_id.ids)


class ProductTag(models.Model):
    _name = "product.tag"
    _inherit = ["product.tag", "channel.noted.mixin"]
    _channel_fields = frozenset(("name", "product_template_ids"))

    def _channel_templates(self):
        return set(self.product_template_ids.ids)


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["product.category", "channel.noted.mixin"]
    _channel_fields = frozenset(TERM_FIELDS)

    def _channel_templates(self):
        return _showing(self, "channel_category_ids")


class ChannelBrand(models.Model):
    _name = "channel.brand"
    _inherit = ["channel.brand", "channel.noted.mixin"]
    _channel_fields = frozenset(TERM_FIELDS)

    def _channel_templates(self):
        return _showing(self, "channel_brand_ids")


class ChannelMapTaxClass(models.Model):
    """Which class a product has depends on the taxes of all classes of its shop."""

    _name = "channel.map.tax.class"
    _inherit = ["channel.map.tax.class", "channel.noted.mixin"]
    _channel_fields = frozenset(("tax_ids", "external_code", "active"))

    def _channel_templates(self):
        return _bound(self.backend_id)


class ChannelOwnership(models.Model):
    """A new owner's values travel."""

    _name = "channel.ownership"
    _inherit = ["channel.ownership", "channel.noted.mixin"]
    _channel_fields = frozenset(("owner", "conflict_policy"))

    def _channel_templates(self):
        return _bound(self.backend_id)


def _showing(terms, name):
    if not terms:
        return set()
    templates = terms.env["product.template"].sudo().with_context(active_test=False)
    return set(templates.search([(name, "in", terms.ids)]).ids)


def _bound(backends):
    if not backends:
        return set()
    bindings = backends.env["channel.binding.template"].sudo()
    rows = bindings.search_fetch([("backend_id", "in", backends.ids)], ["odoo_id"])
    return set(rows.odoo_id.ids)
