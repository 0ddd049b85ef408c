"""Decides what an import makes of a shop's products; a dry run shows it, the import does it."""

from dataclasses import replace
from datetime import datetime, timezone

from odoo import models

from ..core import errors
from ..core.catalogue import GROUPS, Product, ProductKind, ProductStatus
from ..core.catalogue_diff import changes, exchanged, parts_of
from ..core.ownership import Verdict
from .ownership import Side
from .product_attributes import same_options
from .product_plan import ProductPlan, content_fingerprint

#: Groups that a product's import writes itself; stock comes once, by its initial import.
WRITTEN = frozenset(GROUPS) - {"stock"}


class ChannelProductPlanner(models.AbstractModel):
    _name = "channel.product.planner"
    _description = "Channel product planner"

    def _plan(self, backend, products):
        """Plans of all ``products``, with a number of queries that does not grow with them.

        Writes nothing.

        :param products: list of :class:`core.catalogue.Product`, as an adapter parsed them
        :return: a :class:`services.product_plan.ProductPlan` each, in the same order
        """
        rules = self.env["channel.ownership.judge"]._rules(backend)
        seen = self.env["channel.product.reader"]._with_hashes(backend, products)
        seen = [self._as_kept(product) for product in seen]
        matches = self.env["channel.product.matcher"]._match(backend, seen)
        plans = [
            ProductPlan(
                product,
                matches[product.external_id],
                lang=self._lang(backend, product),
                parts=parts_of(product),
                fingerprint=self._fingerprint(rules, raw),
            )
            for product, raw in zip(seen, products, strict=True)
        ]
        self._choose_primary(backend, plans)
        known = [plan for plan in plans if not self._end_early(plan)]
        before = self._read_odoo(backend, known)
        for plan in known:
            self._decide(backend, rules, plan, before.get((plan.template.id, plan.lang)))
        self._refuse_same_options(plans)
        self._defer_twins(plans)
        return plans

    def _as_kept(self, product: Product):
        """The product as Odoo will have it: its texts sanitized, its prices as they are now."""
        template, now = self.env["product.template"], datetime.now(timezone.utc)

        def kept(record, name, text):
            return str(record._fields[name].convert_to_cache(text, record) or "") if text else ""

        return replace(
            product,
            description=kept(template, "channel_description", product.description),
            short_description=kept(
                template, "channel_short_description", product.short_description
            ),
            variants=tuple(
                replace(
                    variant,
                    price=variant.price.at(now),
                    description=kept(
                        self.env["product.product"], "channel_description", variant.description
                    ),
                )
                for variant in product.variants
            ),
        )

    def _fingerprint(self, rules, product):
        """Of the shop's content alone, as it was parsed."""
        owners = ",".join(
            f"{group}:{rule.owner}:{rule.policy}" for group, rule in sorted(rules.items())
        )
        return content_fingerprint(product, parts_of(product), owners)

    # === LANGUAGES === #

    def _lang(self, backend, product):
        """Odoo's code of the language of a product's texts; '' where it is not installed."""
        own = self.env.lang or "en_US"
        if not product.language or _base(product.language) == _base(own):
            return own
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        wanted = product.language.replace("-", "_")
        same = [code for code in installed if _base(code) == _base(wanted)]
        return next((code for code in same if code == wanted), same[0] if same else "")

    def _choose_primary(self, backend, plans):
        """One of a product's translations speaks for it: the one in the backend's language."""
        own = _base(self.env.lang or "en_US")
        for plan in plans:
            product = plan.product
            others = {_base(language) for language in product.translations}
            plan.speaks = (
                not product.language or _base(product.language) == own or own not in others
            )
            plan.primary = plan.speaks or not plan.template

    # === WHAT NEEDS NO COMPARISON === #

    def _end_early(self, plan):
        """Decide about products of which Odoo's side does not matter; whether one was."""
        product, match = plan.product, plan.match
        if product.kind not in (ProductKind.SIMPLE, ProductKind.VARIABLE):
            plan.action = "ignore"
            plan.reason = self.env._(
                "Odoo has no counterpart of products of the kind “%s”",
                product.type_code or product.kind.value,
            )
        elif product.status is ProductStatus.TRASHED:
            plan.action, plan.reason = "ignore", self.env._("In the shop's trash")
        elif match.error:
            plan.error = match.error
        elif match.bind_only:
            plan.reason = self.env._(
                "Odoo has its variants in other products: they are known to each other, the "
                "product itself is not changed"
            )
        elif not plan.lang:
            plan.warnings.append(("language_missing", {"language": product.language}))
            plan.reason = self.env._("The language “%s” is not active", product.language)
        elif not match.template:
            self._plan_new(plan)
        else:
            return False
        return True

    def _plan_new(self, plan):
        """A product that Odoo does not have comes with everything, whoever owns it."""
        plan.action, plan.groups = "create", WRITTEN
        plan.reason = self.env._("New in the shop")
        plan.changes = changes(None, plan.product, WRITTEN)

    # === WHAT ODOO HAS ALREADY === #

    def _read_odoo(self, backend, plans):
        """``{(template id, lang): core.catalogue.Product}``, one read for each language."""
        found = {}
        for lang in dict.fromkeys(plan.lang for plan in plans):
            templates = self.env["product.template"].union(
                *(plan.template for plan in plans if plan.lang == lang)
            )
            products = self.env["channel.product.reader"]._read(backend, templates, lang=lang)
            found.update({(key, lang): product for key, product in products.items()})
        return found

    def _decide(self, backend, rules, plan, before):
        """Judge each group of a product that both sides have."""
        # just matched: nothing is known of an earlier state, but it is not missing either
        binding = plan.match.binding or self.env["channel.binding.template"].new()
        odoo = Side(parts_of(before), before.modified_at)
        shop = Side(plan.parts, plan.product.modified_at)
        verdicts = self.env["channel.ownership.judge"]._judge(rules, "in", binding, odoo, shop)
        allowed = WRITTEN if plan.primary else frozenset({"texts"})

        def groups(verdict):
            return allowed & {group for group, what in verdicts.items() if what is verdict}

        plan.groups = groups(Verdict.WRITE)
        follows = "details" in plan.groups and rules["attributes"].owner != "odoo"
        if follows and exchanged(before, plan.product):
            plan.groups |= {"attributes"}
        plan.send_back = groups(Verdict.RETURN)
        kept = {
            group
            for group in allowed
            if rules[group].owner == "odoo" and odoo.parts[group] != plan.parts[group]
        }
        if asked := groups(Verdict.ASK):
            plan.changes = changes(before, plan.product, asked)
            plan.error = self._conflict(plan, asked)
        elif plan.groups:
            plan.action, plan.reason = "change", self.env._("Changed in the shop")
            plan.changes = changes(before, plan.product, plan.groups)
        elif not plan.match.binding:
            plan.reason = self.env._("Matched with “%s”", plan.template.display_name)
        elif plan.send_back:
            plan.reason = self.env._("Changed in the shop, but Odoo's value counts")
        elif kept:
            plan.reason = self.env._("Different in the shop, but Odoo's value counts")
        else:
            plan.reason = self.env._("Nothing changed")

    def _conflict(self, plan, groups):
        values = "\n".join(
            f"{change.field}{f' ({change.variant})' if change.variant else ''}: "
            f"Odoo {change.before!r}, shop {change.after!r}"
            for change in plan.changes
        )
        return errors.Conflict(
            "product_conflict",
            product=plan.product.external_id,
            sku=plan.product.sku or (plan.product.variants or [plan.product])[0].sku or "-",
            groups=", ".join(sorted(groups)),
            values=values[:2000],
        )

    def _refuse_same_options(self, plans):
        """A shop may sell two variants that nothing tells apart, Odoo has one of each."""
        for plan in plans:
            if not (plan.writes and plan.primary and "attributes" in plan.groups):
                continue
            if variants := same_options(plan.product):
                plan.error = errors.NeedsHuman(
                    "same_options",
                    product=plan.product.external_id,
                    variants=", ".join(variant.sku or variant.external_id for variant in variants),
                )

    # === THE SAME PRODUCT TWICE === #

    def _defer_twins(self, plans):
        """Of several new records that are one product of Odoo's, the others follow the first.

        Translations, or the same SKU or barcode: nobody could find the first one yet.
        """
        plans = sorted(plans, key=lambda plan: not plan.speaks)
        seen = set()
        for plan in plans:
            if plan.action != "create" or plan.error:
                continue
            product = plan.product
            marks = {("id", product.external_id)}
            marks |= {("id", other) for other in product.translations.values()}
            marks |= {("sku", one.sku.lower()) for one in product.variants if one.sku}
            marks |= {("barcode", one.barcode) for one in product.variants if one.barcode}
            if marks & seen:
                plan.action, plan.follows = "leave", True
                plan.reason = self.env._("The same product as another new one: bound to it")
            seen |= marks


def _base(language):
    return language.replace("-", "_").partition("_")[0].lower()
