"""Price lists, asked for many products at once."""

from odoo import models

from ..services.price_book import CONTEXT


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _get_applicable_rules(self, products, date, **kwargs):
        """Out of the book of whoever prices a catalogue, where there is one."""
        book = self.env.context.get(CONTEXT)
        if book is None or not self:
            return super()._get_applicable_rules(products, date, **kwargs)
        return book.rules(self, products, date)
