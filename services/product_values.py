"""What Odoo's fields of a product and its variants get from the shop's."""

from odoo import models
from odoo.fields import Command

from ..core.catalogue import ProductStatus, TermKind
from .product_plan import counted, is_service, is_variable
from .product_units import from_kilograms

#: The shop's code of the class that is meant where a product names none.
STANDARD = "standard"


class ChannelProductValues(models.AbstractModel):
    _name = "channel.product.values"
    _description = "Channel product values"

    # === TEMPLATES === #

    def _prepare_template(self, batch, plan):
        """Values of the whole product, of the groups that ``plan`` writes.

        An override returns the dictionary, extended.
        """
        values = {}
        if "texts" in plan.groups:
            values.update(self._prepare_texts(plan))
        if plan.primary and "details" in plan.groups:
            values.update(self._prepare_details(batch, plan))
        if plan.primary and "categories" in plan.groups:
            values.update(self._prepare_terms(batch, plan.product))
        return values

    def _prepare_new(self, batch, plan):
        """Further values of a product that Odoo does not have; an override extends them."""
        product = plan.product
        goods = [variant for variant in product.variants if not is_service(variant)]
        values = {
            **self._prepare_template(batch, plan),
            "type": "consu" if goods or not product.variants else "service",
            "company_id": batch.backend.company_id.id,
            "list_price": 0.0,  # Odoo's own default is 1.0, which no shop asks
        }
        if goods:
            values["is_storable"] = counted(product)
        if category := self._main_category(batch, product):
            values["categ_id"] = category.id
        return values

    def _prepare_texts(self, plan):
        """Texts and whether it is shown. Another language brings its words only."""
        product = plan.product
        # an empty text is one in its language only; False would empty all languages
        values = {
            "name": product.name or product.sku or product.external_id,
            "channel_description": product.description or "",
            "channel_short_description": product.short_description or "",
        }
        if plan.primary:
            values["active"] = is_shown(product)
            hidden = product.status is ProductStatus.HIDDEN
            values["channel_visibility"] = "hidden" if hidden else "published"
        return values

    def _prepare_details(self, batch, plan):
        product = plan.product
        values = {"channel_sku": product.sku if is_variable(product) and product.sku else False}
        taxes = self._taxes(batch, plan)
        if taxes is not None:
            values["taxes_id"] = [Command.set(taxes.ids)]
        return values

    def _prepare_terms(self, batch, product):
        def ids(kind, terms):
            known = batch.terms[kind]
            return [known[term.external_id].id for term in terms if term.external_id in known]

        categories = ids(TermKind.CATEGORY, product.categories)
        return {
            "channel_category_ids": [Command.set(categories)],
            "product_tag_ids": [Command.set(ids(TermKind.TAG, product.tags))],
            "channel_brand_ids": [Command.set(ids(TermKind.BRAND, product.brands))],
        }

    def _main_category(self, batch, product):
        """The deepest of the product's categories, the first of these."""
        known = batch.terms[TermKind.CATEGORY]
        categories = [
            known[term.external_id] for term in product.categories if term.external_id in known
        ]
        return max(categories, key=_depth, default=None)

    # === TAXES === #

    def _taxes(self, batch, plan):
        """The product's taxes, None where they stay as they are (or the company's default ones).

        Taxes of other companies are kept.
        """
        product, company = plan.product, batch.backend.company_id
        old = plan.template.sudo().taxes_id if plan.template else self.env["account.tax"]
        others = old.filtered(lambda tax: tax.company_id != company)
        if not product.taxable:
            return others
        row = batch.tax_classes.get(product.tax_class or STANDARD)
        if row and row.tax_ids:
            return others | row.tax_ids
        if product.tax_class and product.tax_class != STANDARD:
            plan.warnings.append(("unmapped_tax_class", {"value": product.tax_class}))
        if plan.template and old == others:
            return others | company.account_sale_tax_id
        return None

    # === VARIANTS === #

    def _prepare_variant(self, plan, variant):
        """Values of one variant, of the groups that ``plan`` writes; an override extends them."""
        values = {}
        if "texts" in plan.groups:
            values["channel_description"] = variant.description or ""
            if plan.primary:
                values["active"] = variant.published and is_shown(plan.product)
        if plan.primary and "details" in plan.groups:
            size = variant.size
            values.update(
                {
                    "default_code": variant.sku or False,
                    "barcode": variant.barcode or False,
                    "weight": from_kilograms(self.env, variant.weight or 0),
                    "channel_length": float(size.length or 0),
                    "channel_width": float(size.width or 0),
                    "channel_height": float(size.height or 0),
                }
            )
        return values


def is_shown(product):
    return product.status in (ProductStatus.PUBLISHED, ProductStatus.HIDDEN, ProductStatus.UNKNOWN)


def _depth(category):
    return len((category.parent_path or "").split("/"))
