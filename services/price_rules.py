"""Fixed rules of one price list, written for products and their variants."""

from dataclasses import dataclass
from datetime import datetime

from .differing import differing


@dataclass(frozen=True)
class Wanted:
    """What one piece of a product shall cost in the list; ``amount`` None: no rule for it."""

    amount: float | None
    begins: datetime | None = None
    ends: datetime | None = None


class PriceRules:
    """Writes a price list so that one piece of each product costs what is wanted.

    One rule for a product whose variants cost the same, else one for each variant. Rules for
    other quantities, for categories, with formulas, those that are over, and in a list of regular
    prices those with dates are nobody's but the person's who made them.

    :param dated: the list is one of sales: rules have dates
    """

    def __init__(self, pricelist, at, dated=False):
        self.pricelist = pricelist
        self.at = at
        self.dated = dated
        self.new = []
        self.old = pricelist.env["product.pricelist.item"]

    def put(self, wanted, current):
        """Write what differs.

        :param wanted: ``{product.product: Wanted}``
        :param current: ``{product.product: rule}`` that makes the product's price now, or empty
        """
        products = self.pricelist.env["product.product"].union(*wanted)
        rules = self._rules(products.product_tmpl_id)
        for template, variants in products.grouped("product_tmpl_id").items():
            own = rules.filtered(lambda rule, t=template: rule.product_tmpl_id == t)
            self._write_product(template, {one: wanted[one] for one in variants}, own, current)
        self.old.unlink()
        self.pricelist.env[self.old._name].create(self.new)

    def _rules(self, templates):
        """Rules that an import may write, best ones first."""
        domain = [
            ("pricelist_id", "=", self.pricelist.id),
            ("product_tmpl_id", "in", templates.ids),
            ("compute_price", "=", "fixed"),
            ("min_quantity", "<=", 1),
        ]
        if self.dated:
            domain += ["|", ("date_end", "=", False), ("date_end", ">=", self.at)]
        else:
            domain += [("date_start", "=", False), ("date_end", "=", False)]
        return self.old.search(domain)

    def _write_product(self, template, wanted, rules, current):
        of_variants = rules.filtered("product_id")
        of_product = rules - of_variants
        together = set(wanted) >= set(template.product_variant_ids)
        if together and len(set(wanted.values())) == 1 and not of_variants:
            ((product, one), *_rest) = wanted.items()
            self._put({"product_tmpl_id": template.id}, one, of_product, current[product])
            return
        others = template.product_variant_ids.filtered(lambda one: one not in wanted)
        for rule in of_product:  # gives way to rules of the variants
            kept = Wanted(rule.fixed_price, rule.date_start or None, rule.date_end or None)
            for variant in others:
                self._put(self._variant(variant), kept, self.old.browse(), rule)
        self.old |= of_product
        for variant, one in wanted.items():
            own = of_variants.filtered(lambda rule, v=variant: rule.product_id == v)
            self._put(self._variant(variant), one, own, current[variant])

    def _variant(self, variant):
        return {"product_tmpl_id": variant.product_tmpl_id.id, "product_id": variant.id}

    def _put(self, scope, wanted, rules, current):
        """Make one of ``rules`` say what is wanted, or a new one; without a price all go."""
        if wanted.amount is None:
            self.old |= rules
            return
        values = {"fixed_price": wanted.amount}
        if self.dated:
            values.update(date_start=wanted.begins or False, date_end=wanted.ends or False)
        rule = self._chosen(rules, current, values)
        if not rule:
            self.new.append(self._prepare_rule(scope, values))
            return
        if self.dated and not wanted.begins and rule.date_start and rule.date_start <= self.at:
            values.pop("date_start")  # the shop forgets it when the sale has begun
        if news := differing(rule, values):
            rule.write(news)

    def _chosen(self, rules, current, values):
        if current in rules:
            return current
        if not self.dated:
            return rules[:1]
        dates = [values["date_start"], values["date_end"]]
        return rules.filtered(lambda rule: [rule.date_start, rule.date_end] == dates)[:1]

    def _prepare_rule(self, scope, values):
        applied_on = "0_product_variant" if scope.get("product_id") else "1_product"
        return {
            "pricelist_id": self.pricelist.id,
            "applied_on": applied_on,
            "display_applied_on": "1_product",
            "compute_price": "fixed",
            **scope,
            **values,
        }
