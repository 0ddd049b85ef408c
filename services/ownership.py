"""Applies a backend's rules of ownership to one product: see :mod:`..core.ownership`."""

from odoo import models

from ..core.ownership import Known, Rule, Side, judge

__all__ = ["ChannelOwnershipJudge", "Side"]


class ChannelOwnershipJudge(models.AbstractModel):
    _name = "channel.ownership.judge"
    _description = "Channel ownership judge"

    def _rules(self, backend):
        """``{group: core.ownership.Rule}`` of a backend."""
        rows = backend.sudo().ownership_ids
        return {row.group: Rule(row.owner, row.conflict_policy) for row in rows}

    def _known(self, binding):
        """Both sides of a ``channel.binding.template`` when they were last in step.

        :return: :class:`core.ownership.Known`, None for an empty binding
        """
        if not binding:
            return None
        return Known(binding.odoo_parts or {}, binding.shop_parts or {})

    def _judge(self, rules, direction, binding, odoo, shop=None):
        """What a run in ``direction`` does with each group of a product.

        :param rules: what :meth:`_rules` returned
        :param binding: ``channel.binding.template``; empty where the product is missing on the
            other side
        :param odoo: :class:`core.ownership.Side`; ``shop``: likewise, None where nobody has looked
        :return: ``{group: core.ownership.Verdict}``
        """
        return judge(rules, direction, self._known(binding), odoo, shop)
