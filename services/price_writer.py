"""Takes prices of a shop over into Odoo."""

from odoo import fields, models

from ..core import errors
from ..models.product_price_channel import SOURCE
from .job_errors import Recorder, draft_of
from .order_values import naive
from .price_rules import PriceRules, Wanted
from .price_values import aware


class ChannelPriceWriter(models.AbstractModel):
    """Writes prices so that :class:`.price_reader.ChannelPriceReader` reads the same, to the cent.

    They go into fixed rules of the backend's price lists, else into the product's sales price.
    Taxes are taken off, or put on, unrounded: Odoo keeps all digits of a price, and shows two.
    Only rules for one piece that name a product are written; those for other quantities, for
    categories and with formulas belong to people.
    """

    _name = "channel.price.writer"
    _description = "Channel price writer"

    def _write(self, backend, prices):
        """Make products cost what they cost in the shop; equal ones are left alone.

        :param prices: ``{product.product: core.catalogue.Price}``
        :return: ``{product id: errors.NeedsHuman}`` of those that Odoo does not hold as they are;
            issues say so to people
        """
        backend = backend._env().with_context(**{SOURCE: backend.id})
        products = self.env["product.product"].union(*prices).with_env(backend.env)
        reader = backend.env["channel.price.reader"]
        work = _Writing(backend, products, reader, prices)
        quotes = reader._quote(backend, products, work.at)
        changed = products.filtered(lambda one: quotes[one.id].price != work.wanted[one.id])
        if not changed:
            return {}
        refused = {**work.write_regular(changed, quotes), **work.write_sales(changed, quotes)}
        quotes = reader._quote(backend, changed, work.at)
        for product in changed:
            if product.id not in refused and quotes[product.id].price != work.wanted[product.id]:
                refused[product.id] = work.not_held(product, quotes[product.id])
        self._tell(backend, changed, refused)
        return refused

    def _tell(self, backend, products, refused):
        """One issue for each cause; those of products that are held now are over."""
        for product in products:
            if error := refused.get(product.id):
                draft = draft_of(error, "price", str(product.id))
                draft.record = f"product.product,{product.id}"
                Recorder().write_issue(backend, draft)
        held = [f"product.product,{one.id}" for one in products if one.id not in refused]
        backend.env["channel.issue"].search(
            [
                ("backend_id", "=", backend.id),
                ("code", "=", "price_not_held"),
                ("state", "=", "open"),
                ("record", "in", held),
            ]
        )._close("resolved")


class _Writing:
    """One call: what is wanted, in Odoo's currency and tax mode."""

    def __init__(self, backend, products, reader, prices):
        self.backend = backend
        self.at = fields.Datetime.now()
        self.terms = backend._price_terms()
        self.tax = reader.env["channel.price.tax"]
        self.wanted = {
            product.id: self.terms.price(price).at(aware(self.at))
            for product, price in prices.items()
        }
        self.products = products

    # === REGULAR PRICES === #

    def write_regular(self, products, quotes):
        """Write regular prices that differ; returns errors by product id."""
        differing = products.filtered(
            lambda one: quotes[one.id].price.regular != self.wanted[one.id].regular
        )
        if not differing:
            return {}
        pricelist = self.backend.pricelist_id
        if not pricelist:
            return self._write_list_prices(differing)
        wanted = {
            product: Wanted(self._amount(product, price, pricelist.currency_id))
            for product in self._with_siblings(differing)
            for price in [self.wanted[product.id].regular]
        }
        current = {product: quotes[product.id].rule for product in wanted}
        PriceRules(pricelist, self.at).put(wanted, current)
        return {}

    def _with_siblings(self, products):
        """With all variants of the same products whose price is known, too."""
        templates = products.product_tmpl_id
        return self.products.filtered(lambda one: one.product_tmpl_id in templates)

    def _write_list_prices(self, products):
        """Sales prices are the template's: its variants differ by their price extras only."""
        refused = {}
        for template, variants in self._with_siblings(products).grouped("product_tmpl_id").items():
            amount = self._list_price(template, variants)
            if amount is None:
                misfits = variants
            else:
                template.write({"list_price": amount, "channel_free": self._is_free(variants)})
                misfits = variants if amount else variants.browse()
                misfits = misfits.filtered(lambda one: self.wanted[one.id].regular is None)
            error = self._needs("prices_need_pricelist", template)
            refused.update((one.id, error) for one in misfits)
        return refused

    def _list_price(self, template, variants):
        """The sales price of which all variants get theirs; None where there is none.

        Those without a price in the shop don't count.
        """
        priced = variants.filtered(lambda one: self.wanted[one.id].regular is not None)
        for variant in priced:
            regular = self.wanted[variant.id].regular
            amount = self._amount(variant, regular, template.currency_id) - variant.price_extra
            if all(self._fits(one, amount, template.currency_id) for one in priced):
                return amount
        return None if priced else 0.0

    def _fits(self, variant, list_price, currency):
        value = self._stated(variant, list_price + variant.price_extra, currency)
        return value == self.wanted[variant.id].regular

    def _is_free(self, variants):
        return any(self.wanted[one.id].regular == 0 for one in variants)

    # === SALES === #

    def write_sales(self, products, quotes):
        """Write sales that differ; returns errors by product id."""
        differing = products.filtered(
            lambda one: _sale(quotes[one.id].price) != _sale(self.wanted[one.id])
        )
        pricelist = self.backend.sale_pricelist_id
        if not pricelist:
            return {
                product.id: self._needs("sales_need_pricelist", product)
                for product in differing
                if self.wanted[product.id].sale is not None
            }
        if differing:
            wanted = {
                product: self._wanted_sale(product, pricelist)
                for product in self._with_siblings(differing)
            }
            current = {product: quotes[product.id].sale_rule for product in wanted}
            PriceRules(pricelist, self.at, dated=True).put(wanted, current)
        return {}

    def _wanted_sale(self, product, pricelist):
        price = self.wanted[product.id]
        return Wanted(
            self._amount(product, price.sale, pricelist.currency_id),
            naive(price.sale_from),
            naive(price.sale_to),
        )

    # === AMOUNTS AND ERRORS === #

    def _amount(self, product, amount, currency):
        """The shop's amount as Odoo states it in ``currency``, all digits; None for None."""
        if amount is None:
            return None
        taxes = self.tax._taxes(product, self.backend.company_id)
        value = self.tax._from_store(self.terms, product, taxes, float(amount))
        return value / self._rate(currency)

    def _stated(self, product, value, currency):
        """The way back, as the reader goes it."""
        taxes = self.tax._taxes(product, self.backend.company_id)
        value *= self._rate(currency)
        return self.terms.amount(self.tax._to_store(self.terms, product, taxes, value))

    def _rate(self, currency):
        """What one of ``currency`` is in the shop's."""
        return currency._get_conversion_rate(
            currency, self.terms.currency, self.backend.company_id, self.at
        )

    def _needs(self, code, product):
        return errors.NeedsHuman(code, product=product.display_name)

    def not_held(self, product, quote):
        wanted = self.wanted[product.id]
        wrong_sale = quote.price.regular == wanted.regular
        rule = quote.sale_rule if wrong_sale else quote.rule
        return errors.Conflict(
            "price_not_held",
            product=product.display_name,
            shop=str(wanted.sale if wrong_sale else wanted.regular),
            odoo=str(quote.price.sale if wrong_sale else quote.price.regular),
            rule=rule.display_name or "-",
            pricelist=rule.pricelist_id.name or "-",
        )


def _sale(price):
    return (price.sale, price.sale_from, price.sale_to)
