"""Everything a shop has → what Odoo has of it, as a proposal that a person corrects."""

from dataclasses import dataclass, field
from typing import Any

from odoo import models

from ..core.canonical import ProductRef
from ..core.catalogue import ProductKind


@dataclass
class Proposal:
    """What fits one identity: ``products`` (several: a person decides), and ``how`` they do.

    ``how``: ``binding``, ``sku``, ``case`` (the SKU in another case), ``barcode`` or ''.
    ``template``: of a bound product with variants.
    """

    identity: Any
    products: Any
    how: str = ""
    template: Any = field(default=None)


class ChannelProductProposals(models.AbstractModel):
    """The search of the orders' products, for a whole catalogue. It binds nothing by itself."""

    _name = "channel.product.proposals"
    _inherit = "channel.product.resolver"
    _description = "Channel product proposals"

    def _propose(self, backend, identities):
        """A :class:`Proposal` for each identity, with a constant number of queries."""
        refs = {
            self._ref(identity): identity
            for identity in identities
            if identity.kind is not ProductKind.VARIABLE
        }
        bound = self._by_binding(backend, refs)
        hits = self._by_identity(backend, refs.keys() - bound.keys())
        found = {ref: ("binding", hit) for ref, hit in bound.items()}
        found.update({ref: (_how(ref, hit), hit) for ref, hit in hits.items()})
        templates = self._bound_templates(backend, identities)
        none = self.env["product.product"]
        return [
            self._proposal(identity, found.get(self._ref(identity), ("", none)), templates)
            for identity in identities
        ]

    def _proposal(self, identity, hit, templates):
        how, products = hit
        template = templates.get(identity.external_id)
        if identity.kind is ProductKind.VARIABLE:
            how = "binding" if template else ""
        return Proposal(identity, products, how, template)

    def _ref(self, identity):
        """An identity as an order's line would name it."""
        parent = identity.parent_external_id
        return ProductRef(
            external_id=parent or identity.external_id,
            variant_external_id=identity.external_id if parent else "",
            sku=identity.sku,
            barcode=identity.barcode,
        )

    def _bound_templates(self, backend, identities):
        bindings = self.env["channel.binding.template"].search_fetch(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", [identity.external_id for identity in identities]),
            ],
            ["external_id", "odoo_id"],
        )
        return {binding.external_id: binding.odoo_id for binding in bindings}

    def _ambiguous(self, ref, products):
        """Several fit: they are the candidates a person chooses from."""
        return products


def _how(ref, products):
    """By which mark of theirs ``products`` were found."""
    skus = set(products.mapped("default_code"))
    if ref.sku and ref.sku in skus:
        return "sku"
    same = ref.sku and ref.sku.lower() in {sku.lower() for sku in skus if sku}
    return "case" if same else "barcode"
