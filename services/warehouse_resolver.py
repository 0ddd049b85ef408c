"""Which warehouse ships an order."""

from odoo import models

from ..core.canonical import LineKind


class ChannelWarehouseResolver(models.AbstractModel):
    _name = "channel.warehouse.resolver"
    _description = "Channel warehouse resolver"

    def _resolve(self, batch, draft):
        """The warehouse of the first rule that fits, else the backend's first one.

        :return: ``stock.warehouse``; empty: Odoo's own default
        """
        methods = set(self._methods(draft.order))
        country = draft.parties.delivery.country_id
        for rule in batch.warehouse_rules:
            if (not rule.shipping_method or rule.shipping_method in methods) and (
                not rule.country_ids or country in rule.country_ids
            ):
                return rule.warehouse_id
        return batch.backend.warehouse_ids[:1]

    def _methods(self, order):
        """The order's shipping methods, in both spellings: ``flat_rate``, ``flat_rate:3``."""
        for line in order.lines:
            if line.kind is LineKind.SHIPPING and line.code:
                yield line.code
                yield f"{line.code}:{line.instance}"
