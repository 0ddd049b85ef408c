"""Whether what a shop shows of its products is news."""

from odoo import models

from ..core.catalogue import GROUPS
from ..core.catalogue_diff import parts_of


class ChannelProductRelevance(models.AbstractModel):
    _name = "channel.product.relevance"
    _description = "Channel product relevance"

    def _known(self, backend, products):
        """``{external id: template}`` of products that are in Odoo as the shop shows them.

        They were taken over like this, or they are the echo of what Odoo told the shop.
        """
        bindings = self.env["channel.binding.template"].search(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", [product.external_id for product in products]),
                ("gone_at", "=", False),
            ]
        )
        known = {binding.external_id: binding for binding in bindings}
        planner = self.env["channel.product.planner"]
        rules = self.env["channel.ownership.judge"]._rules(backend)
        seen = self.env["channel.product.reader"]._with_hashes(backend, products)
        return {
            product.external_id: binding.odoo_id
            for product, hashed in zip(products, seen, strict=True)
            if (binding := known.get(product.external_id))
            and (
                binding.fingerprint == planner._fingerprint(rules, product)
                or _same(binding.shop_parts, parts_of(planner._as_kept(hashed)))
            )
        }


def _same(known, parts):
    """Whether every group but the stock is as it was when both sides were last in step."""
    groups = set(GROUPS) - {"stock"}
    return bool(known) and all(known.get(group) == parts[group] for group in groups)
