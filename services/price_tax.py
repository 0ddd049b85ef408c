"""A price including tax as one excluding it, and back, by Odoo's own tax engine."""

from odoo import models


class ChannelPriceTax(models.AbstractModel):
    """Both directions are unrounded, so that one undoes the other; whoever shows a price rounds it.

    Rounded, as a document does it, base and tax may be a unit off the price they were made of.
    """

    _name = "channel.price.tax"
    _description = "Channel price tax"

    def _taxes(self, product, company):
        """Sales taxes of a product in a company; customers' fiscal positions don't matter here."""
        return product.taxes_id._filter_taxes_by_company(company)

    def _to_store(self, terms, product, taxes, amount):
        """Odoo's price of a product as the store states it; both floats."""
        if self._agree(terms, taxes):
            return amount
        details = self._details(taxes, product, amount)
        return details["total_included" if terms.includes_tax else "total_excluded"]

    def _from_store(self, terms, product, taxes, amount):
        """The store's price of a product as Odoo states it: with the taxes that its prices
        include, without the others.
        """
        if self._agree(terms, taxes):
            return amount
        mode = "total_included" if terms.includes_tax else "total_excluded"
        details = self._details(taxes, product, amount, special_mode=mode)
        return details["total_excluded"] + sum(
            data["tax_amount"] for data in details["taxes_data"] if data["tax"].price_include
        )

    def _agree(self, terms, taxes):
        """Whether every tax is in Odoo's price exactly if it is in the store's."""
        return terms.includes_tax is None or all(
            tax.price_include == terms.includes_tax for tax in taxes.flatten_taxes_hierarchy()
        )

    def _details(self, taxes, product, amount, special_mode=False):
        return taxes._get_tax_details(
            amount,
            1.0,
            rounding_method="round_globally",
            product=product,
            special_mode=special_mode,
        )
