"""The rules of price lists, found for each product without a query of its own.

Odoo reads the rules that may fit all asked products and goes through all of them for each: with
a rule per product that is the square of their number. And a rule based on another price list asks
that one product by product. Here the rules of all lists are read once and looked up.
"""

from collections import defaultdict

from odoo.fields import Domain

#: Context key under which ``product.pricelist`` finds the book.
CONTEXT = "channel_price_book"


class PriceBook:
    """Rules for one piece of each of some products, by price list, whenever they apply.

    The order of rules is Odoo's: variant, product, category, everything; then its ``_order``.
    """

    def __init__(self, pricelists, products):
        #: the lists as they have to be asked: rules of this book lead to lists with this book
        self.pricelists = pricelists.with_context(**{CONTEXT: self})
        self._by_list = defaultdict(lambda: defaultdict(list))
        self._prefetch = self.pricelists.env["product.pricelist.item"]
        seen = pricelists = self.pricelists
        while pricelists:
            rules = self._prefetch.search(self._domain(pricelists, products))
            for position, rule in enumerate(rules):
                if rule.min_quantity <= 1:
                    self._by_list[rule.pricelist_id.id][self._key(rule)].append((position, rule))
            self._prefetch |= rules
            based = rules.filtered(lambda rule: rule.base == "pricelist")
            pricelists = based.base_pricelist_id - seen
            seen |= pricelists

    def _domain(self, pricelists, products):
        """Rules that may fit at any time."""
        return Domain.AND(
            [
                [("pricelist_id", "in", pricelists.ids)],
                Domain("categ_id", "=", False)
                | Domain("categ_id", "parent_of", products.categ_id.ids),
                Domain("product_tmpl_id", "=", False)
                | Domain("product_tmpl_id", "in", products.product_tmpl_id.ids),
                Domain("product_id", "=", False) | Domain("product_id", "in", products.ids),
            ]
        )

    def _key(self, rule):
        if rule.applied_on == "0_product_variant":
            return ("variant", rule.product_id.id)
        if rule.applied_on == "1_product":
            return ("product", rule.product_tmpl_id.id)
        if rule.applied_on == "2_product_category":
            return ("category", rule.categ_id.id)
        return ("all", 0)

    def _matching(self, pricelist, product):
        """Rules of a list for a ``product.product``, best one first."""
        rules = self._by_list[pricelist.id]
        yield from (rule for _position, rule in rules.get(("variant", product.id), ()))
        yield from (rule for _pos, rule in rules.get(("product", product.product_tmpl_id.id), ()))
        path = (product.categ_id.parent_path or "").split("/")
        of_categories = [
            entry
            for category in path
            if category
            for entry in rules.get(("category", int(category)), ())
        ]
        of_categories.sort(key=lambda entry: entry[0])
        yield from (rule for _position, rule in of_categories)
        yield from (rule for _position, rule in rules.get(("all", 0), ()))

    def rules(self, pricelist, products, date):
        """As ``product.pricelist._get_applicable_rules``, for one product."""
        products.ensure_one()
        found = [
            rule.id
            for rule in self._matching(pricelist, products)
            if (not rule.date_start or rule.date_start <= date)
            and (not rule.date_end or rule.date_end >= date)
        ]
        return self._prefetch.browse(found).with_prefetch(self._prefetch._prefetch_ids)

    def beginnings(self, pricelist, product, after):
        """Moments after ``after`` at which a rule of the list begins to apply, in order."""
        return sorted(
            {
                rule.date_start
                for rule in self._matching(pricelist, product)
                if rule.date_start and rule.date_start > after
            }
        )
