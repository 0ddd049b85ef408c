"""What the shops have sold and Odoo has not reserved yet: a shop must not be told it is there."""

from dataclasses import dataclass

from odoo import api, fields, models

from ..core.adapter import OrderSource, supports
from ..core.stock_formula import Demand
from ..services.claim import claim, in_fresh_snapshots, try_claims
from .channel_outbox_many import SHOP_MOVED


@dataclass(frozen=True)
class DemandRow:
    """Pieces of one order. ``event_id`` and ``order_id``: what tells of it, or None."""

    backend_id: int
    order_external_id: str
    order_id: int | None
    event_id: int | None
    quantity: float


@dataclass(frozen=True)
class KnownDemand(Demand):
    """What has to be taken off a product's figure, and the orders (``rows``) that make it up.

    ``own_reduced``: orders of this shop, as far as it has taken them off its own stock; what it
    has not yet it will take off itself. ``others``: everything ordered in other shops on the same
    warehouses.
    """

    rows: tuple[DemandRow, ...] = ()


class ChannelDemand(models.Model):
    """Rows are what :mod:`services.demand` found at the last drain, for people to look at.

    What is published is worked out anew, in the same snapshot as the quantities, by :meth:`_of`.
    """

    _name = "channel.demand"
    _description = "Sold in a shop, not reserved yet"
    _log_access = False
    _order = "backend_id, id"
    _rec_name = "order_external_id"

    backend_id = fields.Many2one(
        "channel.backend", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    order_external_id = fields.Char("Order's External ID", required=True, readonly=True)
    event_id = fields.Many2one(
        "channel.event", index="btree_not_null", ondelete="cascade", readonly=True
    )
    order_id = fields.Many2one(
        "sale.order", "Sales Order", index="btree_not_null", ondelete="cascade", readonly=True
    )
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="cascade", readonly=True
    )
    warehouse_id = fields.Many2one("stock.warehouse", ondelete="set null", readonly=True)
    quantity = fields.Float(
        digits="Product Unit", readonly=True, help="Sold and not reserved in Odoo yet."
    )
    stock_reduced = fields.Float(
        "Taken Off in the Shop",
        digits="Product Unit",
        readonly=True,
        help="Of those, what the shop has taken off its own stock.",
    )

    # === BEFORE A DRAIN === #

    @api.model
    def _refresh(self, backend, adapter):
        """Find out what was sold since, and show it.

        The orders are polled as the order flow polls them, with its cursor and under its lock: a
        poll that runs already postpones the drain. Where that flow is switched off nothing is
        polled, for nothing would be imported either; other shops are not asked, what they sell
        comes by their own webhooks and polls.

        :raises errors.Retryable, errors.NeedsHuman: the shop was not read: nothing may be told it
        """
        flow = self.env["channel.flow"]._of(backend, "order", "in")
        if flow and supports(adapter, OrderSource):
            with claim(self.env.cr, backend.id, flow._poll_name()):
                # a snapshot younger than the lock: the cursor may just have been moved
                self.env.cr.commit()  # pylint: disable=invalid-commit
                flow._poll(adapter, None)
        shown = backend | self._sharing(backend)
        with try_claims(self.env.cr, [(each, "demand") for each in shown.ids]) as owned:
            # what another drain shows at this moment is left to it
            mine = shown.browse(backend_id for backend_id, _name in owned)
            in_fresh_snapshots(self.env, lambda: self._show(mine))

    def _show(self, backends):
        """Make the rows of these shops what is true now, and note the products of those that
        change: what was sold while the shop was told of more, or elsewhere, is on sale too long."""
        old = self.search([("backend_id", "in", backends.ids)])
        rows = [
            row
            for order in self.env["channel.demand.reader"]._read(backends)
            for row in self._prepare_rows(order, {each.id: each for each in backends})
        ]
        counted = self._counted({row["product_id"] for row in rows})
        new = {_key(row): row for row in rows if row["product_id"] in counted}
        gone = old.filtered(lambda row: _values(row) != new.get(_values_key(row)))
        kept = {_values_key(row) for row in old - gone}
        come = [row for key, row in new.items() if key not in kept]
        product_ids = {*gone.product_id.ids, *(row["product_id"] for row in come)}
        gone.unlink()
        self.create(come)
        self._note(product_ids)

    def _counted(self, product_ids):
        """Ids of those of which there can be too few. (Kits are known as their parts.)"""
        return set(self.env["product.product"].browse(product_ids).filtered("is_storable").ids)

    def _prepare_rows(self, order, backends):
        """Values of the rows of one :class:`services.demand.KnownOrder`."""
        for piece in order.pieces.values():
            quantity, reduced = piece.missing("free"), piece.missing_reduced("free")
            if quantity > 0 or reduced > 0:
                yield {
                    "backend_id": order.backend_id,
                    "company_id": backends[order.backend_id].company_id.id,
                    "order_external_id": order.external_id,
                    "event_id": order.event_id or False,
                    "order_id": order.order_id or False,
                    "product_id": piece.product_id,
                    "warehouse_id": piece.warehouse_id or False,
                    "quantity": quantity,
                    "stock_reduced": reduced,
                }

    # === WHAT IS NOT THERE === #

    @api.model
    def _of(self, backend, products):
        """``{product id: KnownDemand}`` for the quantity that the backend publishes.

        Call it in the transaction that reads the quantities, without a commit between them (see
        :mod:`services.demand`): an order whose import is committed between two snapshots would be
        missing in both, and sold twice.
        """
        basis, warehouses = backend.stock_basis, set(backend._stock_warehouses().ids)
        shops = backend | self._sharing(backend)
        orders = self.env["channel.demand.reader"]._read(shops, basis == "on_hand")
        found = {product_id: ([], [], []) for product_id in products.ids}
        for order in orders:
            own = order.backend_id == backend.id
            for piece in order.pieces.values():
                here = piece.warehouse_id is None or piece.warehouse_id in warehouses
                quantity = piece.missing_reduced(basis) if own else piece.missing(basis)
                if here and quantity > 0 and piece.product_id in found:
                    sums = found[piece.product_id]
                    sums[0 if own else 1].append(quantity)
                    sums[2].append(_demand_row(order, quantity))
        moved = self._moved(backend, products.ids)
        return {
            product_id: KnownDemand(sum(own), sum(others), product_id in moved, tuple(rows))
            for product_id, (own, others, rows) in found.items()
        }

    def _sharing(self, backend):
        """Other shops whose orders may be shipped from the same warehouses."""
        others = backend.search(
            [("company_id", "=", backend.company_id.id), ("id", "!=", backend.id)]
        )
        warehouses = backend._stock_warehouses()
        return others.filtered(
            lambda other: (
                not other.warehouse_ids
                or (other.warehouse_ids | other.warehouse_map_ids.warehouse_id) & warehouses
            )
        )

    def _moved(self, backend, product_ids):
        """Ids of products of which the shop moved its own figure since it was told."""
        self.env["channel.outbox"].flush_model()
        self.env.cr.execute(
            """
            SELECT DISTINCT res_id FROM channel_outbox
             WHERE backend_id = %s AND kind = 'stock' AND marker = %s AND res_id = ANY(%s)
               AND state IN ('pending', 'blocked', 'failed')
            """,
            [backend.id, SHOP_MOVED, list(product_ids)],
        )
        return {row[0] for row in self.env.cr.fetchall()}

    # === NOTING === #

    @api.model
    def _is_watched(self):
        """Whether any shop is told of stock."""
        return self.env["channel.flow"]._stock_watch()[1]

    @api.model
    def _note(self, product_ids, marker=""):
        """The demand for these products changed; of kits, that for their components did."""
        if not product_ids or not self._is_watched():
            return
        products = self.env["product.product"].sudo().browse(product_ids)
        parts = products._channel_kit_parts(self.env.company).values()
        product_ids = {*product_ids, *(part_id for kit in parts for part_id in kit)}
        self.env["channel.outbox"]._note_many("stock", product_ids, marker)


def _demand_row(order, quantity):
    return DemandRow(order.backend_id, order.external_id, order.order_id, order.event_id, quantity)


def _key(values):
    return values["backend_id"], values["order_external_id"], values["product_id"]


def _values_key(row):
    return row.backend_id.id, row.order_external_id, row.product_id.id


def _values(row):
    """A row as :meth:`ChannelDemand._prepare_rows` would make it."""
    return {
        name: row[name].id if row._fields[name].relational else row[name]
        for name in (
            "backend_id",
            "company_id",
            "order_external_id",
            "event_id",
            "order_id",
            "product_id",
            "warehouse_id",
            "quantity",
            "stock_reduced",
        )
    }
