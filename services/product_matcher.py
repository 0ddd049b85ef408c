"""Shop's products → Odoo's: by binding, then SKU, then barcode; never by name."""

from odoo import models
from odoo.fields import Domain

from ..core import errors
from ..core.canonical import ProductRef
from .product_plan import Match, is_variable


class ChannelProductMatcher(models.AbstractModel):
    _name = "channel.product.matcher"
    _description = "Channel product matcher"

    def _match(self, backend, products):
        """Find Odoo's counterparts with a number of queries that does not grow with products.

        Writes nothing.

        :param products: list of :class:`core.catalogue.Product`
        :return: ``{external id: services.product_plan.Match}``
        """
        by_template, by_variant = self._bindings(backend, products)
        matches = {
            product.external_id: self._by_binding(product, by_template, by_variant)
            for product in products
        }
        refs = {
            (product.external_id, variant.external_id): _ref(product, variant)
            for product in products
            for variant in product.variants
            if variant.external_id not in matches[product.external_id].variants
        }
        hits = self._by_identity(backend, set(refs.values()))
        taken = self._taken(backend, products, hits)
        for product in products:
            match = matches[product.external_id]
            found = {
                variant.external_id: hits[ref]
                for variant in product.variants
                if (ref := refs.get((product.external_id, variant.external_id))) in hits
            }
            self._complete(product, match, found, taken)
        return matches

    # === BINDINGS === #

    def _bindings(self, backend, products):
        """Bindings of products and their translations; and of variants, those gone too."""
        ids = [product.external_id for product in products]
        translated = [other for product in products for other in product.translations.values()]
        variants = [variant.external_id for product in products for variant in product.variants]
        here = Domain("backend_id", "=", backend.id)
        templates = self.env["channel.binding.template"].search(
            here & Domain("external_id", "in", [*ids, *translated])
        )
        bound = self.env["channel.binding.product"].search(here & self._of_products(ids, variants))
        return {binding.external_id: binding for binding in templates}, bound

    def _of_products(self, ids, variants):
        """Bindings of these variants, and of those that these products once had."""
        shown = Domain("external_id", "in", [*ids, *variants])
        return shown | Domain("parent_external_id", "in", ids)

    def _by_binding(self, product, templates, variants):
        none = self.env["channel.binding.template"]
        binding = templates.get(product.external_id, none)
        translated = [
            templates[other] for other in product.translations.values() if other in templates
        ]
        template = binding.odoo_id or (translated[0].odoo_id if translated else binding.odoo_id)
        own = {variant.external_id for variant in product.variants} | {product.external_id}
        bound = variants.filtered(
            lambda row: row.external_id in own or row.parent_external_id == product.external_id
        )
        match = Match(template, binding, bound)
        match.error = self._changed_kind(product, binding, bound)
        wanted = {variant.external_id for variant in product.variants}
        match.variants = {
            row.external_id: row.odoo_id for row in bound if row.external_id in wanted
        }
        return match

    def _changed_kind(self, product, binding, bound):
        """A simple product that got variants, or the other way round: other goods in Odoo."""
        if not binding:
            return None
        itself = bound.filtered(lambda row: row.external_id == product.external_id)
        if is_variable(product):
            changed = bool(itself)
        else:
            changed = not itself and bool(bound.filtered("parent_external_id"))
        if not changed:
            return None
        return errors.Conflict(
            "product_type_changed", product=product.external_id, sku=product.sku or "-"
        )

    # === SKU AND BARCODE === #

    def _by_identity(self, backend, refs):
        """What carries the SKU or barcode; a product on sale comes before an archived one."""
        resolver = self.env["channel.product.resolver"]
        refs = {ref for ref in refs if ref.sku or ref.barcode}
        hits = resolver._by_identity(backend, refs)
        if left := refs - hits.keys():
            archived = resolver.with_context(active_test=False)
            hits.update(archived._by_identity(backend, left))
        return hits

    def _taken(self, backend, products, hits):
        """``{product.product: its bindings}`` of hits that other products of the shop have."""
        found = self.env["product.product"].union(
            *(hit for hit in hits.values() if not isinstance(hit, errors.ChannelError))
        )
        rows = self.env["channel.binding.product"].search(
            [
                ("backend_id", "=", backend.id),
                ("odoo_id", "in", found.ids),
                ("gone_at", "=", False),
            ]
        )
        languages = {
            row.external_id: row.language or ""
            for row in self.env["channel.binding.template"].search(
                [("backend_id", "=", backend.id), ("odoo_id", "in", found.product_tmpl_id.ids)]
            )
        }
        return [(row, languages.get(_whole(row), "")) for row in rows]

    def _complete(self, product, match, found, taken):
        """Add to ``match`` what was found by SKU or barcode, and decide what the whole is."""
        problem = next(
            (hit for hit in found.values() if isinstance(hit, errors.ChannelError)),
            None,
        )
        match.error = match.error or problem or self._twice(product, found, taken)
        if match.error:
            return
        match.variants.update(found)
        templates = self.env["product.template"].union(
            *(variant.product_tmpl_id for variant in match.variants.values())
        )
        if match.template:
            if templates - match.template:
                match.error = self._split(product, templates | match.template)
            self._find_rest(product, match)
            return
        if len(templates) == 1 and not self._is_part(product, templates):
            match.template = templates
            self._find_rest(product, match)
        elif templates and len(match.variants) == len(product.variants):
            match.bind_only = True
        elif templates:
            match.error = self._split(product, templates)

    def _is_part(self, product, template):
        """A product without variants that Odoo has as one variant among several."""
        return not is_variable(product) and len(_all_variants(template)) > 1

    def _find_rest(self, product, match):
        """The only variant is the simple product's, whatever its SKU."""
        variants = _all_variants(match.template)
        if not is_variable(product) and product.variants and len(variants) == 1:
            match.variants.setdefault(product.variants[0].external_id, variants)

    def _twice(self, product, found, taken):
        """Two products of the shop in one language can't be one product of Odoo."""
        for variant_id, hit in found.items():
            for row, language in taken:
                same_language = language == product.language
                if row.odoo_id == hit and row.external_id != variant_id and same_language:
                    error = errors.Conflict(
                        "product_twice",
                        sku=row.sku or hit.default_code or "-",
                        product=product.external_id,
                        other=_whole(row),
                    )
                    return error
        return None

    def _split(self, product, templates):
        return errors.Conflict(
            "product_split", product=product.external_id, products=len(templates)
        )


def _ref(product, variant):
    whole = product.external_id
    if not is_variable(product):
        return ProductRef(whole, "", variant.sku, variant.barcode)
    return ProductRef(whole, variant.external_id, variant.sku, variant.barcode)


def _whole(row):
    return row.parent_external_id or row.external_id


def _all_variants(template):
    return template.with_context(active_test=False).product_variant_ids
