"""Variants that get other options: two of them may exchange theirs."""

from odoo import models

from ..core import errors
from .product_values import is_shown


class ChannelProductMoves(models.AbstractModel):
    _name = "channel.product.moves"
    _description = "Channel product moves"

    def _move(self, plan, moves):
        """Give variants of one product their new options.

        One after the other where they follow each other: at no moment may two on sale have the
        same. And each is written at once: what follows may delete values, for which Odoo tries
        things out and takes any error for "it is still used", that of an older write, too.

        :param moves: ``{product.product: its product.template.attribute.value}``
        :raises NeedsHuman: a variant that the shop does not have is in the place of one
        """
        moves = dict(moves)
        if moves:
            self._off_sale(plan).active = False
            self.env["product.product"].flush_model()
        while moves:
            holders = {known: self._holder(plan, known, moves[known]) for known in moves}
            free = [known for known, holder in holders.items() if not holder]
            for known in free:
                known.product_template_attribute_value_ids = moves.pop(known)
            if not free:
                aside = self._aside(plan, moves, holders)
                aside.product_template_attribute_value_ids = False
            self.env["product.product"].flush_model()

    def _off_sale(self, plan):
        """Variants that are about to be archived: they are in nobody's way."""
        if "texts" not in plan.groups:
            return self.env["product.product"]
        shown = is_shown(plan.product)
        return self.env["product.product"].union(
            *(
                plan.match.variants[variant.external_id].with_env(self.env)
                for variant in plan.product.variants
                if variant.external_id in plan.match.variants and not (variant.published and shown)
            )
        )

    def _holder(self, plan, known, combination):
        """The variant on sale that keeps ``known``, if that is on sale, from these options."""
        if not known.active:
            return known.browse()
        return self._on_sale(plan, known, combination)

    def _refuse_taken(self, plan, known):
        """Before an archived variant is put on sale again.

        What was taken off sale is written before: PostgreSQL checks row by row.

        :raises NeedsHuman: one that the shop does not have is in its place
        """
        holder = self._on_sale(plan, known, known.product_template_attribute_value_ids)
        if holder:
            raise self._same_options(plan, known, holder)
        self.env["product.product"].flush_model(["active"])

    def _on_sale(self, plan, known, combination):
        """Another variant on sale with these options."""
        return plan.record.with_context(active_test=False).product_variant_ids.filtered(
            lambda one: (
                one.active
                and one != known
                and one.product_template_attribute_value_ids == combination
            )
        )[:1]

    def _aside(self, plan, moves, holders):
        """One that others wait for, in a circle."""
        known, holder = next(
            ((known, holder) for known, holder in holders.items() if holder not in moves),
            (None, None),
        )
        if known:
            raise self._same_options(plan, known, holder)
        return next(iter(holders.values()))

    def _same_options(self, plan, *variants):
        return errors.NeedsHuman(
            "same_options",
            product=plan.product.external_id,
            variants=", ".join(one.default_code or one.display_name for one in variants),
        )
