"""Decides what a shop has to be told of products; reads Odoo only."""

from dataclasses import replace

from odoo import models

from ..core import errors
from ..core.catalogue import GROUPS, ProductKind, Term, TermKind
from ..core.ownership import Known
from .product_export_plan import ExportPlan, TermWish
from .product_reader import TERM_FIELDS

KINDS = {
    "product.category": TermKind.CATEGORY,
    "product.tag": TermKind.TAG,
    "channel.brand": TermKind.BRAND,
    "product.attribute": TermKind.ATTRIBUTE,
}
#: the product's fields of terms, by kind
FIELDS = {
    TermKind.CATEGORY: "categories",
    TermKind.TAG: "tags",
    TermKind.BRAND: "brands",
}
#: products that only the connector itself uses
INNER = ("shipping_product_id", "fee_product_id", "rounding_product_id", "placeholder_product_id")


class ChannelProductExportPlanner(models.AbstractModel):
    _name = "channel.product.export.planner"
    _description = "Channel product export planner"

    def _plans(self, backend, templates):
        """Plans of all products, in all languages the shop has them in.

        :return: ``(plans, {term key: TermWish}, Facts)``; costs a constant number of queries for
            each language
        """
        reader = self.env["channel.product.reader"]
        products, facts = reader._read_all(backend, templates)
        rules = self.env["channel.ownership.judge"]._rules(backend)
        taken = self._taken_skus(backend, products, facts)
        plans = []
        for template in templates:
            plan = ExportPlan(str(template.id), template, products[template.id], rules=rules)
            plan.variant_ids = tuple(facts.sold[template.id])
            self._identify(facts, plan)
            plan.reason = self._reason_against(backend, facts, plan)
            if not plan.reason:
                plan.terms = self._term_keys(template)
                plan.error = self._error_of(plan, taken)
            if not plan.reason and not plan.error:
                plan.decide()
            plans.append(plan)
        return plans + self._translations(backend, plans, facts), self._wishes(facts, plans), facts

    # === WHETHER === #

    def _identify(self, facts, plan):
        """Find out what the shop has of a product: by its binding, or by those of its variants.

        An order binds variants before anybody has matched the products.
        """
        none = self.env["channel.binding.template"]
        bindings = facts.templates.get(plan.record.id, none)
        read = plan.product.external_id
        plan.binding = bindings.filtered(lambda row: row.external_id == read) or bindings[:1]
        if plan.binding:
            plan.external_id = plan.binding.external_id
            plan.known = self.env["channel.ownership.judge"]._known(plan.binding)
            return
        variable = plan.product.kind is ProductKind.VARIABLE
        known = self._bound_variants(facts, plan.record)
        parents = {row.parent_external_id or "" for row in known}
        if variable and len(parents) == 1 and parents != {""}:
            plan.external_id = parents.pop()
        elif not variable and parents == {""} and len(known) == 1:
            plan.external_id = known[0].external_id
        if plan.external_id:
            plan.known = Known()
            plan.product = replace(plan.product, external_id=plan.external_id)
        else:
            plan.groups = tuple(g for g in GROUPS if g != "stock" or plan.record.is_storable)
            self._name_whole(plan)

    def _bound_variants(self, facts, template):
        variants = template.with_context(active_test=False).product_variant_ids
        return [facts.variants[one.id] for one in variants if one.id in facts.variants]

    def _name_whole(self, plan):
        """A new product is found again by its SKU, and Odoo has none for a whole with variants."""
        if plan.product.kind is ProductKind.VARIABLE and not plan.product.sku:
            plan.product = replace(plan.product, sku=f"ODOO-{plan.record.id}")

    def _reason_against(self, backend, facts, plan):
        """Why nothing at all is sent; '' if something may be."""
        template, new = plan.record, plan.known is None
        if backend in template.sudo().channel_excluded_backend_ids:
            return self.env._("Not sold in this shop")
        if plan.binding.gone_at:
            return self.env._("Deleted in the shop. “Publish in Shops” makes it anew")
        if plan.product.kind is ProductKind.UNKNOWN:
            return self.env._("The shop knows no product of the type “Combo”")
        if not new:
            return ""
        if self._bound_variants(facts, template):
            return self.env._("Its variants belong to other products of the shop")
        if template.id in {backend[name].product_tmpl_id.id for name in INNER}:
            return self.env._("A product of the connector itself")
        if not plan.product.variants and plan.product.kind is ProductKind.SIMPLE:
            return self.env._("All its variants are archived")
        wanted = self._is_wanted(backend, template)
        return "" if wanted else self.env._("Not published in this shop")

    def _is_wanted(self, backend, template):
        if backend in template.sudo().channel_wanted_backend_ids:
            return True
        flow = self.env["channel.flow"]._of(backend, "product", "out")
        company = template.company_id
        return bool(
            flow.publish_new and template.sale_ok and (not company or company == backend.company_id)
        )

    def _error_of(self, plan, taken):
        """Why a product can't be sent, or None."""
        name = plan.product.name
        new = [one for one in plan.product.variants if not one.external_id]
        if any(not variant.sku for variant in new):
            return errors.Rejected("sku_missing", product=name)
        for variant in new:
            if variant.sku.lower() in taken:
                return errors.Rejected("sku_bound", product=name, sku=variant.sku)
        return None

    def _taken_skus(self, backend, products, facts):
        """SKUs of new variants that the shop gives to what is another product here."""
        skus = {
            variant.sku
            for product in products.values()
            for variant in product.variants
            if variant.sku and not variant.external_id
        }
        if not skus:
            return set()
        bindings = self.env["channel.binding.product"].search_fetch(
            [("backend_id", "=", backend.id), ("sku", "in", list(skus)), ("gone_at", "=", False)],
            ["sku", "odoo_id"],
        )
        return {row.sku.lower() for row in bindings}

    # === TERMS === #

    def _term_keys(self, template):
        """``{field: keys}`` of the terms of a product, in the order the reader has them."""
        keys = {
            FIELDS[kind]: [(record._name, record.id) for record in template[name]]
            for kind, name in TERM_FIELDS.items()
        }
        keys["attributes"] = [
            None if attribute.channel_own else (attribute._name, attribute.id)
            for attribute in (line.attribute_id for line in template.attribute_line_ids)
        ]
        return keys

    def _wishes(self, facts, plans):
        """All terms that plans may send, and what is above them."""
        wishes = {}
        for plan in plans:
            for keys in plan.terms.values():
                for model, record_id in filter(None, keys):
                    self._wish(facts, wishes, self.env[model].browse(record_id))
        return wishes

    def _wish(self, facts, wishes, record):
        key = (record._name, record.id)
        if key in wishes:
            return
        parent = record.parent_id if "parent_id" in record._fields else record.browse()
        ids = facts.terms[record._name]
        external_id = ids.get(record.id, "")
        wishes[key] = TermWish(
            key,
            Term(KINDS[record._name], external_id, record.name, ids.get(parent.id, "")),
            (parent._name, parent.id) if parent else (),
        )
        if parent:
            self._wish(facts, wishes, parent)

    # === LANGUAGES === #

    def _translations(self, backend, plans, facts):
        """Plans of the texts in further languages; a shop's plug-in keeps the rest in step."""
        wanted = {}
        for plan in plans:
            if plan.known is None or plan.reason or plan.error:
                continue
            for binding in facts.templates.get(plan.record.id, plan.binding) - plan.binding:
                lang = self._lang(binding.language)
                if lang and not binding.gone_at:
                    wanted.setdefault(lang, []).append((plan, binding))
        found = []
        for lang, pairs in wanted.items():
            templates = self.env["product.template"].union(*(plan.record for plan, _row in pairs))
            products = self.env["channel.product.reader"]._read(backend, templates, lang=lang)
            found += [
                self._translation(plan, binding, products[plan.record.id])
                for plan, binding in pairs
            ]
        return found

    def _translation(self, plan, binding, product):
        # variations have ids of their own in each language, which nobody knows here
        simple = product.variants if product.kind is ProductKind.SIMPLE else ()
        variants = tuple(replace(one, external_id=binding.external_id) for one in simple)
        translation = ExportPlan(
            f"{plan.key}:{binding.language}",
            plan.record,
            replace(product, external_id=binding.external_id, variants=variants),
            binding=binding,
            external_id=binding.external_id,
            known=self.env["channel.ownership.judge"]._known(binding),
            rules=plan.rules,
            groups=("texts",),
        )
        translation.decide()
        return translation

    def _lang(self, language):
        """Odoo's code of a shop's language, '' where it is not active here."""
        wanted = (language or "").replace("-", "_").lower()
        if not wanted:
            return ""
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        exact = [code for code in codes if code.lower() == wanted]
        like = [
            code for code in codes if code.lower().partition("_")[0] == wanted.partition("_")[0]
        ]
        return next(iter(exact + like), "")
