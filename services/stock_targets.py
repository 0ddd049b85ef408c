"""What each bound variant's stock should be in a shop, and why."""

from dataclasses import dataclass

from odoo import models

from ..core.catalogue import Backorders
from ..core.stock_formula import NOTHING, Basis, Published, published

#: What the product says of backorders; ``shop`` leaves them as they are there.
BACKORDERS = {
    "no": Backorders.NO,
    "notify": Backorders.NOTIFY,
    "yes": Backorders.YES,
}


@dataclass(frozen=True)
class Target:
    """What one variant should show in the shop.

    ``binding``: a ``channel.binding.product``, which may be deleted while the shop is told;
    ``backorders`` None: as they are in the shop; ``moved``: the shop has changed its figure itself
    since it was told last.
    """

    binding: object
    product_id: int
    label: str
    published: Published
    backorders: Backorders | None
    own_demand: float
    moved: bool

    @property
    def quantity(self):
        return self.published.quantity


class ChannelStockTargets(models.AbstractModel):
    """Reads everything the formula needs, for many bindings in few queries."""

    _name = "channel.stock.targets"
    _description = "Channel stock targets"

    def _of(self, backend, bindings):
        """``(list of Target, {product id: why its stock is not published})``"""
        if not self._owns(backend):
            reason = self.env._("The shop owns its stock")
            return [], dict.fromkeys(bindings.odoo_id.ids, reason)
        bindings = bindings.with_context(active_test=False)
        products = bindings.odoo_id
        rules = {rule.product_id.id: rule for rule in self._rules(backend, products)}
        counted = self._counted(backend, products)
        skipped = {}
        for product in products:
            reason = self._skipped(backend, product, rules.get(product.id), product.id in counted)
            if reason:
                skipped[product.id] = reason
        wanted = bindings.filtered(lambda binding: binding.odoo_id.id not in skipped)
        return self._targets(backend, wanted, rules), skipped

    def _targets(self, backend, bindings, rules):
        products = bindings.odoo_id
        figures = self.env["channel.stock.quantities"]._read(backend, products)
        demand = self._demand(backend, products, figures)
        to_order = self._made_to_order(backend, products)
        general, basis = backend._stock_rule(), Basis(backend.stock_basis)
        targets = []
        for binding in bindings:
            product = binding.odoo_id
            rule = rules[product.id]._rule(basis) if product.id in rules else general
            wanted = demand.get(product.id, NOTHING)
            targets.append(
                Target(
                    binding,
                    product.id,
                    product.default_code or binding.external_id,
                    published(figures[product.id], rule, wanted),
                    self._backorders(product, to_order),
                    wanted.own_reduced,
                    wanted.moved,
                )
            )
        return targets

    def _owns(self, backend):
        """Whether Odoo's figure counts. It always wins then: shops change theirs all the time."""
        row = backend.ownership_ids.filtered(lambda row: row.group == "stock")
        return row.owner != "channel"

    def _rules(self, backend, products):
        return self.env["channel.stock.rule"].search(
            [("backend_id", "=", backend.id), ("product_id", "in", products.ids)]
        )

    def _skipped(self, backend, product, rule, counted):
        """Why this product's stock is none of the shop's business; '' where it is."""
        if backend in product.channel_excluded_backend_ids:
            return self.env._("The product is not sent to this shop")
        if rule and rule.mode == "none":
            return self.env._("A rule leaves the shop's stock of it alone")
        if not counted and not (rule and rule.mode == "fixed"):
            return self.env._("Odoo does not count its stock")
        return ""

    def _counted(self, backend, products):
        """Ids of the products of which Odoo knows how many there are.

        An override adds those that are made of others.
        """
        return {product.id for product in products if product.is_storable}

    def _demand(self, backend, products, figures):
        """``{product id: core.stock_formula.Demand}`` that no reservation of Odoo's shows yet.

        An override knows that of products that are made of others.
        """
        return dict(self.env["channel.demand"]._of(backend, products))

    # === BACKORDERS === #

    def _backorders(self, product, to_order):
        if product.channel_backorders == "shop" and product in to_order:
            return Backorders.YES
        return BACKORDERS.get(product.channel_backorders)

    def _made_to_order(self, backend, products):
        """Those that are procured for each order: they can be sold without stock."""
        routes = backend._stock_warehouses().sudo().mto_pull_id.route_id
        if not routes:
            return products.browse()
        categories = products.categ_id.filtered(lambda one: one.total_route_ids & routes)
        return products.with_context(active_test=False).search(
            [
                ("id", "in", products.ids),
                "|",
                ("route_ids", "in", routes.ids),
                ("categ_id", "in", categories.ids),
            ]
        )
