"""Attributes and options of a shop → Odoo's attributes and values, and a product's lines."""

from odoo import models
from odoo.fields import Command

from .product_plan import is_variable

#: Name of the value that stands for "any of the others".
ANY = "Any"


class ChannelProductAttributes(models.AbstractModel):
    _name = "channel.product.attributes"
    _description = "Channel product attributes"

    # === ATTRIBUTES === #

    def _resolve(self, backend, plans):
        """Attributes and values of all ``plans``, made where missing.

        :return: ``{(product's external id, attribute key): {option: product.attribute.value}}``;
            the value of ``''`` is the one for "any", where a variant of the product has it
        """
        wanted = {}
        for plan in plans:
            for attribute in plan.product.attributes:
                if attribute.options:
                    key = (plan.product.external_id, attribute.key)
                    wanted[key] = _Wanted(plan, attribute)
        attributes = self._attributes(backend, wanted)
        return self._values(wanted, attributes)

    def _attributes(self, backend, wanted):
        """``{key: product.attribute}``: the product's own line, binding, name, else a new one."""
        found = {key: want.on_template() for key, want in wanted.items()}
        shared = {want.bound_as for want in wanted.values() if want.bound_as}
        rows = self.env["channel.binding.attribute"].search(
            [("backend_id", "=", backend.id), ("external_id", "in", list(shared))]
        )
        bound = {row.external_id: row.odoo_id for row in rows}
        named = self._by_name({want.attribute.name for want in wanted.values()})
        made = {}
        for key, want in wanted.items():
            found[key] = (
                bound.get(want.bound_as)
                or found[key]
                or named.get(want.name_key)
                or made.get(want.name_key)
            )
            if want.bound_as in bound:
                self._rename(bound[want.bound_as], want.attribute.name)
            if not found[key]:
                made[want.name_key] = found[key] = self.env["product.attribute"].create(
                    self._prepare_attribute(want)
                )
        self._bind(backend, wanted, found, bound)
        return found

    def _rename(self, attribute, name):
        if attribute.name.casefold() != name.casefold():
            attribute.name = name

    def _by_name(self, names):
        rows = self.env["product.attribute"].search([("name", "in", list(names))], order="id DESC")
        return {
            (row.name.casefold(), row.channel_own, row.create_variant == "dynamic"): row
            for row in rows
            if row.create_variant in ("dynamic", "no_variant")
        }

    def _prepare_attribute(self, want):
        """Values of a new attribute; an override returns the dictionary, extended.

        ``dynamic``: only the variants that the shop has are made, not every combination.
        """
        return {
            "name": want.attribute.name,
            "create_variant": "dynamic" if want.varies else "no_variant",
            "channel_own": not want.attribute.external_id,
        }

    def _bind(self, backend, wanted, found, bound):
        rows = {
            want.bound_as: {
                "backend_id": backend.id,
                "external_id": want.bound_as,
                "odoo_id": found[key].id,
            }
            for key, want in wanted.items()
            if want.bound_as and want.bound_as not in bound
        }
        self.env["channel.binding.attribute"].create(list(rows.values()))

    def _values(self, wanted, attributes):
        """One search and one ``create`` for the values of all attributes."""
        ids = {attribute.id for attribute in attributes.values()}
        Value = self.env["product.attribute.value"].with_context(active_test=False)
        known = {}
        for value in Value.search([("attribute_id", "in", list(ids))], order="active, id DESC"):
            known[_value_key(value.attribute_id, "" if value.channel_any else value.name)] = value
        missing = {
            _value_key(attributes[key], option): (attributes[key], option)
            for key, want in wanted.items()
            for option in want.options
            if _value_key(attributes[key], option) not in known
        }
        values = Value.create([self._prepare_value(*pair) for pair in missing.values()])
        known.update(zip(missing, values, strict=True))
        return {
            key: {option: known[_value_key(attributes[key], option)] for option in want.options}
            for key, want in wanted.items()
        }

    def _prepare_value(self, attribute, option):
        """Values of a new attribute value; an override returns the dictionary, extended."""
        return {
            "attribute_id": attribute.id,
            "name": option or ANY,
            "channel_any": not option,
        }

    # === LINES === #

    def _prepare_lines(self, product, values):
        """Commands that give a new product its attribute lines."""
        return [
            Command.create(self._prepare_line(attribute, position, options))
            for position, attribute in enumerate(product.attributes)
            if (options := values.get((product.external_id, attribute.key)))
        ]

    def _prepare_line(self, attribute, position, options):
        """Values of one line; an override returns the dictionary, extended."""
        records = list(options.values())
        return {
            "attribute_id": records[0].attribute_id.id,
            "sequence": position,
            "value_ids": [Command.set([record.id for record in records])],
            "channel_hidden": not attribute.visible,
        }

    def _combination(self, template, product, variant, values):
        """``product.template.attribute.value`` of a variant: one of each attribute that varies."""
        none = self.env["product.template.attribute.value"]
        choices = {choice.attribute: choice.option for choice in variant.choices}
        combination = none
        for attribute in product.attributes:
            options = values.get((product.external_id, attribute.key))
            if not options or not varies(product, attribute):
                continue
            value = options[choices.get(attribute.key, "")]
            lines = template.valid_product_template_attribute_line_ids
            combination |= lines.product_template_value_ids.filtered(
                lambda row, value=value: row.ptav_active and row.product_attribute_value_id == value
            )[:1]
        return combination

    def _update_lines(self, template, product, values, keep):
        """Give a known product the shop's lines.

        :param keep: leave lines and values alone that the shop does not have (variants that are
            still to be moved may use them)
        """
        lines = {line.attribute_id: line for line in template.attribute_line_ids}
        wanted = self.env["product.attribute"]
        for position, attribute in enumerate(product.attributes):
            options = values.get((product.external_id, attribute.key))
            if not options:
                continue
            line_values = self._prepare_line(attribute, position, options)
            owner = next(iter(options.values())).attribute_id
            wanted |= owner
            line = lines.get(owner)
            if line:
                self._update_line(line, line_values, keep)
            else:
                line = self.env["product.template.attribute.line"].create(
                    {**line_values, "product_tmpl_id": template.id}
                )
                lines[owner] = line
        if keep:
            return
        stale = template.attribute_line_ids.filtered(
            lambda line: line.attribute_id not in wanted and self._is_ours(product, line)
        )
        if stale:
            stale.unlink()

    def _is_ours(self, product, line):
        """A product without variants in the shop may have some in Odoo: they stay."""
        return is_variable(product) or line.attribute_id.create_variant == "no_variant"

    def _update_line(self, line, line_values, keep):
        ids = set(line_values["value_ids"][0][2])
        if keep:
            ids |= set(line.value_ids.ids)
        changed = {
            name: line_values[name]
            for name in ("sequence", "channel_hidden")
            if line[name] != line_values[name]
        }
        if ids != set(line.value_ids.ids):
            changed["value_ids"] = [Command.set(sorted(ids))]
        if changed:
            line.write(changed)


class _Wanted:
    """One attribute of one product."""

    def __init__(self, plan, attribute):
        self.template, self.attribute = plan.template, attribute
        self.varies = varies(plan.product, attribute)
        self.options = list(attribute.options)
        chosen = [
            choice.option
            for variant in plan.product.variants
            for choice in variant.choices
            if choice.attribute == attribute.key
        ]
        # a variant's own text need not be among the options; nor does "any"
        if self.varies:
            lacks = len(chosen) < len(plan.product.variants)
            self.options += [*chosen, *([""] if lacks else [])]
        self.options = list(dict.fromkeys(self.options))

    @property
    def bound_as(self):
        """External id of its binding; one that varies and one that informs are two in Odoo."""
        external_id = self.attribute.external_id
        return external_id and (external_id if self.varies else f"{external_id}:info")

    @property
    def name_key(self):
        return (self.attribute.name.casefold(), not self.attribute.external_id, self.varies)

    def on_template(self):
        """The attribute that a product of Odoo's has already under this name."""
        for line in self.template.attribute_line_ids if self.template else ():
            attribute = line.attribute_id
            if attribute.name.casefold() == self.attribute.name.casefold() and self.varies == (
                attribute.create_variant != "no_variant"
            ):
                return attribute
        return None


def varies(product, attribute):
    """Whether variants differ by it: where all of them are sold with any option, none does."""
    if not attribute.varies or not is_variable(product):
        return False
    if not product.variants:
        return True
    return any(
        choice.option
        for variant in product.variants
        for choice in variant.choices
        if choice.attribute == attribute.key
    )


def same_options(product):
    """Variants on sale that nothing tells apart (the first such set), or none."""
    keys = [attribute.key for attribute in product.attributes if varies(product, attribute)]
    found = {}
    for variant in product.variants if is_variable(product) else ():
        if variant.published:
            options = {choice.attribute: choice.option for choice in variant.choices}
            found.setdefault(tuple(options.get(key, "") for key in keys), []).append(variant)
    return next((variants for variants in found.values() if len(variants) > 1), [])


def _value_key(attribute, option):
    return (attribute.id, option)
