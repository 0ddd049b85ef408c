"""What Odoo's products cost in a shop."""

from odoo import fields, models

from ..core.catalogue import Price
from .price_book import CONTEXT, PriceBook
from .price_values import Quote, aware


class ChannelPriceReader(models.AbstractModel):
    """Prices for one piece, in a constant number of queries however many products are asked for.

    The regular price comes from the backend's price list, else from the product; the sale from
    the rule of the sale price list that applies, or else will apply next, so that the shop can
    start it on time by itself. The arithmetic of rules is Odoo's own.
    """

    _name = "channel.price.reader"
    _description = "Channel price reader"

    def _read(self, backend, products, at=None):
        """``{product id: core.catalogue.Price}`` as they are published.

        :param products: ``product.product``
        :param at: naive UTC, the moment they are for; now where none is given
        """
        quotes = self._quote(backend, products, at)
        return {product_id: quote.price for product_id, quote in quotes.items()}

    def _quote(self, backend, products, at=None):
        """``{product id: Quote}``: prices and the rules they come from."""
        backend = backend._env()
        at = at or fields.Datetime.now()
        products = products.with_env(backend.env)
        self._fetch(products)
        regular_list, sale_list = self._lists(backend, products)
        terms = backend._price_terms()
        work = _Reading(self.env[self._name].with_env(backend.env), backend.company_id, terms, at)
        return {product.id: work.quote(product, regular_list, sale_list) for product in products}

    def _lists(self, backend, products):
        """Both price lists with the book of all rules that they lead to."""
        lists = (backend.pricelist_id, backend.sale_pricelist_id)
        used = lists[0] | lists[1]
        if not used:
            return lists
        env = PriceBook(used, products).pricelists.env
        return tuple(one.with_env(env) for one in lists)

    def _fetch(self, products):
        """Read what prices depend on; the ORM alone would do it for 1,000 products at a time."""
        products.fetch(["product_tmpl_id", "product_template_attribute_value_ids"])
        # all fields: other readers would have to come again, for one product at a time
        products.product_template_attribute_value_ids.fetch()
        templates = products.product_tmpl_id
        templates.fetch(["list_price", "uom_id", "categ_id", "taxes_id", "channel_free"])
        templates.categ_id.fetch(["parent_path"])


class _Reading:
    """One reading: the same terms, company and moment for all products."""

    def __init__(self, reader, company, terms, at):
        self.tax = reader.env["channel.price.tax"]
        self.items = reader.env["product.pricelist.item"]
        self.company = company
        self.terms = terms
        self.at = at

    def quote(self, product, regular_list, sale_list):
        regular, rule = self.regular(product, regular_list)
        sale, sale_rule, begins = None, self.items, None
        if sale_list and regular is not None:
            sale, sale_rule, begins = self.sale(product, sale_list)
        if sale is None:
            return Quote(Price(regular), rule, sale_rule)
        if sale >= regular:
            return Quote(Price(regular), rule, sale_rule, refused=sale)
        ends = aware(sale_rule.date_end or None)
        return Quote(Price(regular, sale, aware(begins), ends), rule, sale_rule)

    def regular(self, product, pricelist):
        """``(amount or None, rule)``. Nothing for nothing: Odoo's 0 is no price in a shop, where
        it would give the product away, unless somebody said so.
        """
        value, rule = self.priced(product, pricelist, self.at)
        free = rule.compute_price == "fixed" or product.channel_free or product.lst_price
        if not value and not free:
            return None, rule
        return self.stated(product, value, pricelist, self.at), rule

    def sale(self, product, pricelist):
        """``(amount or None, rule, beginning of what is to come)`` of the present or next sale."""
        if found := self.sale_at(product, pricelist, self.at):
            return *found, None
        book = pricelist.env.context[CONTEXT]
        for moment in book.beginnings(pricelist, product, self.at):
            if found := self.sale_at(product, pricelist, moment):
                return *found, moment
        return None, self.items, None

    def sale_at(self, product, pricelist, moment):
        """Only a rule makes a sale: without one a list falls back to the product's price."""
        value, rule = self.priced(product, pricelist, moment)
        return (self.stated(product, value, pricelist, moment), rule) if rule else None

    def priced(self, product, pricelist, moment):
        """``(price for one piece, rule)`` in the list's currency, the store's without a list."""
        currency = pricelist.currency_id or self.terms.currency
        prices = pricelist._compute_price_rule(product, 1.0, currency=currency, date=moment)
        value, rule_id = prices[product.id]
        return value, self.items.browse(rule_id or ())

    def stated(self, product, value, pricelist, moment):
        """An amount as the store states it: its currency, its tax mode, its decimals."""
        currency = pricelist.currency_id or self.terms.currency
        if currency != self.terms.currency:
            value = currency._convert(value, self.terms.currency, self.company, moment, round=False)
        taxes = self.tax._taxes(product, self.company)
        return self.terms.amount(self.tax._to_store(self.terms, product, taxes, value))
