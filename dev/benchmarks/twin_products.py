"""The bare minimum of a catalogue: the same products, created by the ORM alone.

The values are read from what the importer has made, as :mod:`.twin` does for orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from odoo.api import Environment
from odoo.fields import Command

TEMPLATE = ("name", "type", "is_storable", "list_price", "active", "channel_description")
TEMPLATE += ("channel_short_description", "channel_visibility")
LINKS = ("categ_id", "company_id")
LISTS = ("taxes_id", "channel_category_ids", "product_tag_ids", "channel_brand_ids")
COMBINATION = "product_template_attribute_value_ids"
VARIANT = ("default_code", "weight")


@dataclass(frozen=True)
class Twin:
    """Plain values of a template with its attributes; of each variant with ids of its options,
    where it has several.
    """

    template: dict[str, Any]
    variants: tuple[tuple[dict[str, Any], list[int]], ...]


def read(template: Any) -> Twin:
    """What a bare product has to be made of to be like ``template``."""
    values = {name: template[name] for name in TEMPLATE}
    values |= {name: template[name].id for name in LINKS}
    values |= {name: [Command.set(template[name].ids)] for name in LISTS}
    lines = [
        {"attribute_id": line.attribute_id.id, "value_ids": [Command.set(line.value_ids.ids)]}
        for line in template.attribute_line_ids
    ]
    variants = [_variant(one) for one in template.product_variant_ids]
    if not lines:
        # Odoo makes its only variant together with it
        return Twin({**values, **variants[0][0]}, ())
    values["attribute_line_ids"] = [Command.create(line) for line in lines]
    return Twin(values, tuple(variants))


def _variant(product: Any) -> tuple[dict[str, Any], list[int]]:
    options = product.product_template_attribute_value_ids.product_attribute_value_id
    return {name: product[name] for name in VARIANT}, options.ids


def make(env: Environment, twins: list[Twin]) -> Any:
    """Create the templates by one call, and variants by another."""
    templates = env["product.template"].create([twin.template for twin in twins])
    env["product.product"].create(
        [
            {**values, "product_tmpl_id": template.id, COMBINATION: _combination(template, options)}
            for template, twin in zip(templates, twins, strict=True)
            for values, options in twin.variants
        ]
    )
    return templates


def _combination(template: Any, options: list[int]) -> list[Any]:
    """The template's own values for these options."""
    values = template.attribute_line_ids.product_template_value_ids
    chosen = values.filtered(lambda value: value.product_attribute_value_id.id in options)
    return [Command.set(chosen.ids)]
