"""Odoo's products as shops would show them: the inverse of their import."""

from datetime import timezone
from decimal import Decimal

from odoo import models

from ..core.catalogue import (
    Attribute,
    Backorders,
    Choice,
    Price,
    Product,
    ProductKind,
    ProductStatus,
    Size,
    StockKeeper,
    StockLevel,
    Term,
    TermKind,
    Variant,
)
from ..core.catalogue_diff import with_content
from .product_facts import STANDARD, Facts
from .product_units import kilograms

#: kinds of terms, and the field of a template that has them
TERM_FIELDS = {
    TermKind.CATEGORY: "channel_category_ids",
    TermKind.TAG: "product_tag_ids",
    TermKind.BRAND: "channel_brand_ids",
}
#: what is read of every variant
VARIANT_FIELDS = (
    "active",
    "default_code",
    "barcode",
    "weight",
    "channel_length",
    "channel_width",
    "channel_height",
    "channel_description",
    "product_tmpl_id",
    "write_date",
)


class ChannelProductReader(models.AbstractModel):
    _name = "channel.product.reader"
    _description = "Channel product reader"

    def _read(self, backend, templates, lang=None):
        """Read products out of Odoo with a constant number of queries.

        :param templates: archived ones, too
        :param lang: Odoo's code of the language of their texts, by default the backend's; the
            external id is that of the binding in this language
        :return: ``{template id: core.catalogue.Product}``; external ids are those of *this*
            backend, '' for what is not in its shop
        """
        return self._read_all(backend, templates, lang)[0]

    def _read_all(self, backend, templates, lang=None):
        """As :meth:`_read`, together with the :class:`.product_facts.Facts` that were read."""
        lang = lang or backend.lang_id.code or self.env.lang
        # bin_size would read sizes instead of pictures; archived attributes are not sold
        reader = self.with_context(lang=lang, bin_size=False, active_test=True)
        templates = reader.env["product.template"].browse(templates.ids)
        variants = reader._variants(templates)
        facts = reader._facts(backend.with_env(reader.env), templates, variants)
        groups = variants.grouped("product_tmpl_id")
        none = reader.env["product.product"]
        products = {
            template.id: reader._product(facts, template, groups.get(template, none))
            for template in templates
        }
        return products, facts

    def _with_hashes(self, backend, products):
        """The shop's products with the content of those of their images that are known here.

        :param products: iterable of :class:`core.catalogue.Product` as an adapter parsed them
        """
        products = list(products)
        shown = {image.external_id for product in products for image in _images_of(product)}
        hashes = self.env["channel.product.facts"]._hashes_by_image(backend, shown - {""})
        return [with_content(product, hashes) for product in products]

    # === ALL OF THEM AT ONCE === #

    def _variants(self, templates):
        variants = self.env["product.product"].with_context(active_test=False)
        variants = variants.search([("product_tmpl_id", "in", templates.ids)], order="id")
        variants = variants.with_context(active_test=True)
        # or those of each template would be read apart
        variants.fetch(VARIANT_FIELDS)
        values = variants.product_template_attribute_value_ids
        values.fetch(["attribute_id", "attribute_line_id", "product_attribute_value_id"])
        return variants

    def _facts(self, backend, templates, variants):
        service = self.env["channel.product.facts"]
        extra = templates.channel_image_ids
        images, attachments = service._pictures(backend, templates, variants, extra)
        terms = [
            _with_ancestors(templates.channel_category_ids),
            templates.product_tag_ids,
            _with_ancestors(templates.channel_brand_ids),
            templates.attribute_line_ids.attribute_id,
        ]
        return Facts(
            backend,
            templates=service._template_bindings(backend, templates),
            variants=service._variant_bindings(backend, variants),
            terms={records._name: service._term_ids(backend, records) for records in terms},
            images=images,
            attachments=attachments,
            prices=self.env["channel.price.reader"]._read(backend, variants),
            tax_rows=service._tax_rows(backend),
        )

    # === ONE PRODUCT === #

    def _product(self, facts, template, variants):
        """A template as a :class:`core.catalogue.Product`; an override returns it, changed."""
        bindings = facts.templates.get(template.id, self.env["channel.binding.template"])
        binding = self._binding_of(bindings)
        kind = self._kind(template)
        bound = binding and not binding.gone_at
        taxable, tax_class = self._tax_class(facts, template, binding)
        known = self._known_variants(facts, template, kind, variants, binding)
        facts.sold[template.id] = known.ids
        return Product(
            external_id=binding.external_id if bound else "",
            kind=kind,
            name=template.name or "",
            variants=tuple(self._variant(facts, template, kind, one) for one in known),
            status=self._status(template),
            sku=(template.channel_sku or "") if kind is ProductKind.VARIABLE else "",
            description=str(template.channel_description or ""),
            short_description=str(template.channel_short_description or ""),
            categories=self._terms(facts, template, TermKind.CATEGORY),
            tags=self._terms(facts, template, TermKind.TAG),
            brands=self._terms(facts, template, TermKind.BRAND),
            images=self._images(facts, template),
            attributes=self._attributes(facts, template),
            tax_class=tax_class,
            taxable=taxable,
            stock=self._parent_stock(facts, template, known),
            language=(binding.language or "") if bound else "",
            translations={row.language: row.external_id for row in bindings if row.language},
            modified_at=self._modified_at(template, known),
        )

    def _binding_of(self, bindings):
        """The binding of the language that is read; else the primary one, which comes first."""
        language = (self.env.context.get("lang") or "").partition("_")[0]
        return (
            bindings.filtered(
                lambda row: (row.language or "").replace("-", "_").partition("_")[0] == language
            )[:1]
            or bindings[:1]
        )

    def _kind(self, template):
        if template.type == "combo":
            return ProductKind.UNKNOWN
        varies = any(self._varies(line) for line in template.attribute_line_ids)
        return ProductKind.VARIABLE if varies else ProductKind.SIMPLE

    def _varies(self, line):
        """Odoo takes a single value of an attribute whose variants are made at once for a fact."""
        mode = line.attribute_id.create_variant
        return mode == "dynamic" or (mode == "always" and len(line.value_ids) > 1)

    def _status(self, template):
        if not template.active:
            return ProductStatus.DRAFT
        hidden = template.channel_visibility == "hidden"
        return ProductStatus.HIDDEN if hidden else ProductStatus.PUBLISHED

    def _tax_class(self, facts, template, binding):
        """``(taxable, code)``: the class whose taxes the product has."""
        taxes = template.taxes_id._filter_taxes_by_company(facts.backend.company_id)
        rows = dict(facts.tax_rows)
        seen = STANDARD if binding.tax_class == "" else binding.tax_class
        if seen in rows and rows[seen] in (taxes, taxes.browse()):
            code = seen
        else:
            fitting = [code for code, wanted in facts.tax_rows if wanted and wanted == taxes]
            code = fitting[0] if fitting else STANDARD
        return bool(taxes), "" if code == STANDARD else code

    def _terms(self, facts, template, kind):
        records = template[TERM_FIELDS[kind]]
        ids = facts.terms[records._name]
        return tuple(
            Term(
                kind,
                ids.get(record.id, ""),
                record.name,
                "" if kind is TermKind.TAG else ids.get(record.parent_id.id, ""),
            )
            for record in records
        )

    def _images(self, facts, template):
        keys = [("product.template", template.id)]
        keys += [("channel.product.image", image.id) for image in template.channel_image_ids]
        return tuple(facts.images[key] for key in keys if key in facts.images)

    def _modified_at(self, template, variants):
        moments = [record.write_date for record in (template, *variants) if record.write_date]
        return max(moments).replace(tzinfo=timezone.utc) if moments else None

    # === ATTRIBUTES === #

    def _attributes(self, facts, template):
        return tuple(
            Attribute(
                name=line.attribute_id.name,
                options=tuple(value.name for value in line.value_ids if not value.channel_any),
                external_id=self._attribute_id(facts, line.attribute_id),
                varies=self._varies(line),
                visible=not line.channel_hidden,
            )
            for line in template.attribute_line_ids
        )

    def _attribute_id(self, facts, attribute):
        return facts.terms["product.attribute"].get(attribute.id, "")

    def _choices(self, facts, variant):
        return tuple(
            Choice(
                Attribute(
                    value.attribute_id.name, (), self._attribute_id(facts, value.attribute_id)
                ).key,
                _option(value.product_attribute_value_id),
            )
            for value in variant.product_template_attribute_value_ids
            if self._varies(value.attribute_line_id)
        )

    # === VARIANTS === #

    def _known_variants(self, facts, template, kind, variants, binding):
        """Those that a shop has or shall have: archived ones only where it has them."""
        if kind is ProductKind.VARIABLE:
            return variants.filtered(lambda one: one.active or one.id in facts.variants)

        def rank(one):
            known = facts.variants.get(one.id)
            return (bool(known and known.external_id == binding.external_id), one.active, -one.id)

        # a slice reads for itself what could be read for all
        return variants.sorted(rank, reverse=True)[:1].with_prefetch(variants._prefetch_ids)

    def _variant(self, facts, template, kind, variant):
        """A variant as a :class:`core.catalogue.Variant`; an override returns it, changed."""
        binding = facts.variants.get(variant.id)
        variable = kind is ProductKind.VARIABLE
        service = template.type == "service"
        return Variant(
            external_id=binding.external_id if binding else "",
            sku=variant.default_code or "",
            barcode=variant.barcode or "",
            choices=self._choices(facts, variant) if variable else (),
            price=facts.prices.get(variant.id, Price()),
            stock=self._stock(template, binding),
            weight=kilograms(self.env, variant.weight),
            size=Size(
                _length(variant.channel_length),
                _length(variant.channel_width),
                _length(variant.channel_height),
            ),
            image=facts.images.get(("product.product", variant.id)) if variable else None,
            description=str(variant.channel_description or "") if variable else "",
            virtual=service,
            # Odoo archives variants with their product, so nothing is known of them then
            published=variant.active or not template.active,
        )

    def _stock(self, template, binding):
        """Who counts: in the shop, if Odoo does; quantities are published by their own drain."""
        keeper = StockKeeper.NOBODY
        if template.is_storable:
            by_parent = binding and binding.stock_keeper == "parent"
            keeper = StockKeeper.PARENT if by_parent else StockKeeper.ITSELF
        return StockLevel(keeper, backorders=_backorders(template))

    def _parent_stock(self, facts, template, variants):
        kept = [facts.variants[one.id].stock_keeper for one in variants if one.id in facts.variants]
        counts = template.is_storable and "parent" in kept
        keeper = StockKeeper.ITSELF if counts else StockKeeper.NOBODY
        return StockLevel(keeper, backorders=_backorders(template))


def _with_ancestors(records):
    found = level = records
    while level:
        level = level.parent_id - found
        found |= level
    return found


def _option(value):
    return "" if value.channel_any else value.name


def _backorders(template):
    known = {"notify": Backorders.NOTIFY, "yes": Backorders.YES}
    return known.get(template.channel_backorders, Backorders.NO)


def _length(value):
    return Decimal(repr(value)) if value else None


def _images_of(product):
    yield from product.images
    yield from (variant.image for variant in product.variants if variant.image)
