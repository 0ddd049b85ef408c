"""Writes planned products into Odoo: what is new in few calls, what changed field by field."""

from dataclasses import dataclass, field
from typing import Any

from odoo import fields, models
from odoo.fields import Command

from .differing import differing
from .order_values import naive
from .product_plan import is_variable
from .product_values import is_shown


@dataclass
class ProductBatch:
    """What the products of one transaction share; every mapping was filled by one query a table.

    ``terms``: kind → external id → record; ``values``: see
    :meth:`ChannelProductAttributes._resolve`; ``tax_classes``: code → row.
    """

    backend: Any
    terms: dict[Any, dict[str, Any]] = field(default_factory=dict)
    values: dict[tuple, dict[str, Any]] = field(default_factory=dict)
    tax_classes: dict[str, Any] = field(default_factory=dict)


class ChannelProductWriter(models.AbstractModel):
    _name = "channel.product.writer"
    _description = "Channel product writer"

    def _write(self, backend, plans):
        """Bring ``plans`` into Odoo; each gets its ``record``, and its variants."""
        writer = self.with_context(channel_keep_variants=True)
        batch = writer._open(backend, plans)
        new = [plan for plan in plans if plan.action == "create"]
        for lang in dict.fromkeys(plan.lang for plan in new):
            same = [plan for plan in new if plan.lang == lang]
            writer.with_context(lang=lang)._create(batch, same)
        for plan in plans:
            if plan.action == "change":
                writer.with_context(lang=plan.lang)._change(batch, plan)
        self._write_prices(backend, plans)

    def _open(self, backend, plans):
        batch = ProductBatch(backend)
        speaking = [plan for plan in plans if plan.primary]
        sorted_in = [plan.product for plan in speaking if "categories" in plan.groups]
        batch.terms = self.env["channel.product.terms"]._resolve_all(backend, sorted_in)
        batch.values = self.env["channel.product.attributes"]._resolve(
            backend, [plan for plan in speaking if "attributes" in plan.groups]
        )
        batch.tax_classes = self.env["channel.map.tax.class"]._rows(backend, ["tax_ids"])
        return batch

    # === NEW ONES === #

    def _create(self, batch, plans):
        values = self.env["channel.product.values"]
        lines = self.env["channel.product.attributes"]
        templates = self.env["product.template"].create(
            [
                {
                    **values._prepare_new(batch, plan),
                    "attribute_line_ids": lines._prepare_lines(plan.product, batch.values),
                }
                for plan in plans
            ]
        )
        for plan, template in zip(plans, templates, strict=True):
            plan.record = plan.match.template = template
        self._create_variants(
            batch, [(plan, variant) for plan in plans for variant in plan.product.variants]
        )

    def _create_variants(self, batch, pairs):
        """Create variants (pairs of plan and shop's variant) by one call."""
        values = self.env["channel.product.values"]
        products = self.env["product.product"].create(
            [
                {
                    "active": variant.published and is_shown(plan.product),
                    **values._prepare_variant(plan, variant),
                    "product_tmpl_id": plan.record.id,
                    "product_template_attribute_value_ids": [
                        Command.set(self._combination(batch, plan, variant).ids)
                    ],
                }
                for plan, variant in pairs
            ]
        )
        for (plan, variant), product in zip(pairs, products, strict=True):
            plan.match.variants[variant.external_id] = product

    def _combination(self, batch, plan, variant):
        return self.env["channel.product.attributes"]._combination(
            plan.record, plan.product, variant, batch.values
        )

    # === KNOWN ONES === #

    def _change(self, batch, plan):
        plan.record = template = plan.template.with_env(self.env)
        values = self.env["channel.product.values"]
        if wanted := differing(template, values._prepare_template(batch, plan)):
            template.write(wanted)
        if plan.primary and "attributes" in plan.groups:
            self._change_variants(batch, plan)
        # first what is taken off sale: another one may be put on sale in its place
        for variant in sorted(plan.product.variants, key=lambda one: one.published):
            product = plan.match.variants.get(variant.external_id)
            if product and product.product_tmpl_id == template:
                product = product.with_env(self.env)
                if wanted := differing(product, values._prepare_variant(plan, variant)):
                    if wanted.get("active"):
                        self.env["channel.product.moves"]._refuse_taken(plan, product)
                    product.write(wanted)

    def _change_variants(self, batch, plan):
        """Give a known product the shop's attributes and variants.

        In this order: room for what is new, out of the way what the shop removed, every variant
        to its place, then away with what nobody uses any more. Odoo would delete a variant
        together with its value otherwise.
        """
        product, template = plan.product, plan.record
        attributes = self.env["channel.product.attributes"]
        attributes._update_lines(template, product, batch.values, keep=True)
        self._remove_variants(plan)
        if is_variable(product):
            self._move_variants(batch, plan)
        attributes._update_lines(template, product, batch.values, keep=False)

    def _move_variants(self, batch, plan):
        """Known variants get the shop's options (one may have been renamed), new ones are made."""
        missing, moves = [], {}
        for variant in plan.product.variants:
            combination = self._combination(batch, plan, variant)
            known = self._known_variant(plan, variant, combination)
            if not known:
                missing.append((plan, variant))
                continue
            plan.match.variants[variant.external_id] = known
            if known.product_template_attribute_value_ids != combination:
                moves[known] = combination
        self.env["channel.product.moves"]._move(plan, moves)
        if missing:
            self._create_variants(batch, missing)

    def _known_variant(self, plan, variant, combination):
        """The variant that is bound or carries the SKU, else the one of the same options."""
        known = plan.match.variants.get(variant.external_id)
        if known:
            return known.with_env(self.env)
        taken = plan.match.bound.filtered(lambda row: not row.gone_at).odoo_id
        return plan.record.with_context(active_test=False).product_variant_ids.filtered(
            lambda one: one not in taken and one.product_template_attribute_value_ids == combination
        )[:1]

    def _remove_variants(self, plan):
        """What the shop deleted is unbound, and archived unless another shop sells it."""
        wanted = {variant.external_id for variant in plan.product.variants}
        gone = plan.match.bound.filtered(
            lambda row: (
                row.parent_external_id == plan.product.external_id and row.external_id not in wanted
            )
        )
        if not gone:
            return
        products = gone.odoo_id
        plan.match.bound -= gone
        gone.unlink()
        elsewhere = self.env["channel.binding.product"].search([("odoo_id", "in", products.ids)])
        left = (
            products
            - elsewhere.odoo_id
            - self.env["product.product"].union(*plan.match.variants.values())
        )
        left.filtered("active").with_env(self.env).write({"active": False})

    # === PRICES === #

    def _write_prices(self, backend, plans):
        prices = {
            plan.match.variants[variant.external_id].with_env(self.env): variant.price
            for plan in plans
            if plan.primary and "prices" in plan.groups
            for variant in plan.product.variants
            if variant.external_id in plan.match.variants
        }
        if prices:
            self.env["channel.price.writer"]._write(backend, prices)

    # === BINDINGS === #

    def _bind(self, backend, plans, records):
        """Bind products and variants, or refresh their bindings.

        :param records: ``{external id: core.canonical.Record}`` of those that were read just now
        """
        self._bind_templates(backend, plans, records)
        self._bind_variants(backend, plans)
        self._demote_translations(backend, plans)

    def _demote_translations(self, backend, plans):
        """A translation that came first spoke for the product until now."""
        speaking = [plan for plan in plans if plan.speaks and plan.product.translations]
        for model, own in (
            ("channel.binding.template", {plan.product.external_id for plan in speaking}),
            (
                "channel.binding.product",
                {variant.external_id for plan in speaking for variant in plan.product.variants},
            ),
        ):
            rows = self.env[model].search(
                [("backend_id", "=", backend.id), ("external_id", "in", list(own))]
            )
            self.env[model].search(
                [
                    ("backend_id", "=", backend.id),
                    ("odoo_id", "in", rows.odoo_id.ids),
                    ("external_id", "not in", list(own)),
                    ("is_primary", "=", True),
                ]
            ).is_primary = False

    def _bind_templates(self, backend, plans, records):
        now, rows = fields.Datetime.now(), {}
        for plan in plans:
            template = plan.record or plan.template
            if not template:
                continue
            values = self._prepare_binding(plan, records.get(plan.product.external_id), now)
            if plan.match.binding:
                plan.match.binding.write({**values, "odoo_id": template.id})
            else:
                rows[plan.product.external_id] = {
                    **values,
                    "backend_id": backend.id,
                    "external_id": plan.product.external_id,
                    "odoo_id": template.id,
                }
        made = self.env["channel.binding.template"].create(list(rows.values()))
        by_id = {binding.external_id: binding for binding in made}
        for plan in plans:
            plan.match.binding = by_id.get(plan.product.external_id, plan.match.binding)

    def _prepare_binding(self, plan, record, now):
        """Values of a product's binding; an override returns the dictionary, extended."""
        product = plan.product
        values = {
            "fingerprint": plan.fingerprint,
            "external_modified_at": naive(product.modified_at),
            "synced_at": now,
            "is_primary": plan.primary,
            "language": product.language or False,
            "status_code": product.status_code,
            "tax_class": product.tax_class,
            "url": product.url,
            "gone_at": False,
        }
        if record:
            values["fetched_at"] = naive(record.fetched_at)
        return values

    def _bind_variants(self, backend, plans):
        rows = []
        for plan in plans:
            bound = {row.external_id: row for row in plan.match.bound}
            parent = plan.product.external_id if is_variable(plan.product) else ""
            for variant in plan.product.variants:
                product = plan.match.variants.get(variant.external_id)
                if not product:
                    continue
                values = {
                    "odoo_id": product.id,
                    "sku": variant.sku,
                    "parent_external_id": parent,
                    "stock_keeper": variant.stock.keeper.value,
                    "is_primary": plan.primary,
                    "gone_at": False,
                }
                known = bound.get(variant.external_id)
                if not known:
                    ids = {"backend_id": backend.id, "external_id": variant.external_id}
                    rows.append({**values, **ids})
                elif changed := differing(known, values):
                    known.write(changed)
        self.env["channel.binding.product"].create(rows)
