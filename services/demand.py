"""The one place that decides what is sold in the shops and not yet reserved in Odoo.

Three sources tell of it: events that wait (:mod:`.demand_orders`), quotations of channels, and
transfers of their confirmed orders that lack goods. Of an order that both an event and Odoo know,
the newer one counts, by the shop's moment of change; of the same second the larger quantity does.

Everything is read in the caller's transaction. PostgreSQL shows it the database at one moment, so
an order that another job imports meanwhile is either still an event that waits or already
reserved in the quants that the same transaction reads: never both, never neither.
"""

from dataclasses import dataclass, field

from odoo import models
from odoo.tools import SQL

from ..core.canonical import OrderStatus
from . import demand_queries as queries
from .order_facts import OVER

#: Nobody waits for goods of such an order: it is over, refunded, or a checkout not finished.
NOBODY_WAITS = (*OVER, OrderStatus.REFUNDED, OrderStatus.DRAFT)


@dataclass
class Known:
    """Pieces of one product in one order, in the product's unit.

    ``total``: all that the order takes, what has left included; ``reduced``: what its shop took off
    its own stock for it. ``delivered``, ``reserved`` and ``planned`` (reserved or not) are Odoo's.
    ``held``: what the shop took off for an order that is over here; it will be told so, and then
    put it back itself. ``warehouse_id`` None: not decided.
    """

    product_id: int
    total: float = 0.0
    reduced: float = 0.0
    delivered: float = 0.0
    reserved: float = 0.0
    planned: float = 0.0
    held: float = 0.0
    warehouse_id: int | None = None

    def covered(self, basis):
        """What the quantity that is published lacks already."""
        if basis == "forecast":
            return self.delivered + self.planned
        return self.delivered + (self.reserved if basis == "free" else 0.0)

    def missing(self, basis):
        return max(self.total - self.covered(basis), 0.0)

    def missing_reduced(self, basis):
        """Of those, what the shop's own figure lacks already."""
        return max(min(self.reduced, self.total) - self.covered(basis), 0.0) + self.held


@dataclass
class KnownOrder:
    """One order of a shop. ``order_id``: its sales order, ``event_id``: what told of it last."""

    backend_id: int
    external_id: str
    order_id: int | None = None
    event_id: int | None = None
    warehouse_id: int | None = None
    state: str = ""
    cancelled_by_shop: bool = False
    modified_at: object = None
    pieces: dict[int, Known] = field(default_factory=dict)

    def piece(self, product_id):
        return self.pieces.setdefault(product_id, Known(product_id, warehouse_id=self.warehouse_id))


class ChannelDemandReader(models.AbstractModel):
    _name = "channel.demand.reader"
    _description = "Channel demand reader"

    def _read(self, backends, reserved_too=False):
        """Orders of these shops of which pieces are not in Odoo's figures yet.

        :param reserved_too: also orders of which everything is reserved (basis "on hand")
        :return: list of :class:`KnownOrder`
        """
        waiting = self.env["channel.demand.orders"]._waiting(backends)
        known = self._bound(waiting)
        self._add_quotations(backends, known)
        self._add_transfers(backends, known, waiting, reserved_too)
        self._add_delivered(known, waiting)
        self._add_cancelled(backends, known)
        for backend in backends:
            own = {key: told for key, told in waiting.items() if key[0] == backend.id}
            if own:
                self._add_waiting(backend, known, own)
        return [order for order in known.values() if order.pieces]

    # === WHAT ODOO HAS OF THEM === #

    def _bound(self, waiting):
        """Orders with waiting events that are sales orders already, without their pieces."""
        if not waiting:
            return {}
        rows = self._query(
            queries.BOUND,
            backends=[key[0] for key in waiting],
            external_ids=[key[1] for key in waiting],
        )
        return {(row[0], row[1]): _order(row) for row in rows}

    def _add_quotations(self, backends, known):
        """Orders that are held: nothing of them is reserved."""
        rows = self._query(queries.QUOTATIONS, backends=_ids(backends))
        kits = self._kits(backends, [row[8] for row in rows])
        statuses = self.env["channel.map.status"]
        meanings = {backend.id: statuses._meanings(backend) for backend in backends}
        for row in rows:
            if meanings[row[0]].get(row[7]) in NOBODY_WAITS:
                continue
            order = known.setdefault((row[0], row[1]), _order(row))
            _add(order, kits, row[8], row[9], row[10])

    def _add_transfers(self, backends, known, waiting, reserved_too):
        """Transfers of confirmed orders, where goods are missing or an event waits."""
        rows = self._query(
            queries.TRANSFERS,
            backends=_ids(backends),
            all=reserved_too,
            sales=tuple(order.order_id for order in known.values()) or (0,),
        )
        for row in rows:
            order = known.setdefault((row[0], row[1]), _order(row))
            reserved, missing = row[11] or 0.0, row[12] or 0.0
            planned = reserved + missing
            piece = order.piece(row[7])
            piece.warehouse_id = row[8] or piece.warehouse_id
            piece.reserved += reserved
            piece.planned += planned
            piece.total += planned
            piece.reduced += planned if row[10] is None else min(row[10], planned)

    def _add_delivered(self, known, waiting):
        """What has left of confirmed orders with waiting events, whose payloads count it again.

        What came back since does not make the order wait for it again.
        """
        orders = {order.order_id: order for key, order in known.items() if key in waiting}
        moves = self.env["stock.move"].search(
            [("sale_line_id.order_id", "in", list(orders)), ("state", "=", "done")]
        )
        for move in moves:
            if move._channel_leaves():
                order = orders[move.sale_line_id.order_id.id]
                piece = order.piece(move.product_id.id)
                left = move.product_uom._compute_quantity(
                    move.quantity, move.product_id.uom_id, round=False
                )
                piece.delivered += left
                piece.total += left
                piece.reduced += left

    def _add_cancelled(self, backends, known):
        """Orders cancelled in Odoo of which the shop is still to be told.

        It will put the goods back itself. Told of them before, it would have them twice.
        """
        for row in self._query(queries.CANCELLED, backends=_ids(backends)):
            order = known.setdefault((row[0], row[1]), _order(row))
            order.piece(row[7]).held += row[8]

    # === WHAT THE SHOPS SAY SINCE === #

    def _add_waiting(self, backend, known, waiting):
        """Take over what waiting events say, where they are no older than what Odoo has."""
        orders = self.env["channel.demand.orders"]
        batch = orders._batch(backend)
        products = self._products(backend, waiting)
        kits = self._kits(backend, [product.id for product in products.values()])
        for key, tellings in waiting.items():
            order = known.get(key)
            told_at = tellings[0].modified_at.replace(tzinfo=None)
            if order and (order.modified_at or told_at) > told_at:
                continue
            if not order:
                order = known[key] = KnownOrder(*key)
            order.event_id = tellings[-1].event_id
            before = order.modified_at == told_at
            said = self._said(batch, key[1], tellings, order, products, kits)
            if _cancelled_here(order):
                for piece in order.pieces.values():
                    piece.held = min(piece.held, said.get(piece.product_id, (0.0, 0.0))[1])
                continue
            for product_id in order.pieces.keys() | said.keys():
                piece, (total, reduced) = order.piece(product_id), said.get(product_id, (0.0, 0.0))
                piece.total = max(piece.total, total) if before else total
                piece.reduced = max(piece.reduced, reduced) if before else reduced

    def _said(self, batch, external_id, tellings, order, products, kits):
        """``{product id: (pieces, of which the shop took off)}`` by the newest events."""
        said = {}
        for told in tellings:
            if not self._is_waited_for(batch, external_id, told, order):
                continue
            own = KnownOrder(order.backend_id, external_id)
            for line in told.order.lines:
                if product := products.get(line.product):
                    _add(own, kits, product.id, *_quantities(told.order, line))
            for piece in own.pieces.values():
                total, reduced = said.get(piece.product_id, (0.0, 0.0))
                said[piece.product_id] = max(total, piece.total), max(reduced, piece.reduced)
        return said

    def _is_waited_for(self, batch, external_id, told, order):
        status = self.env["channel.order.workflow"]._status(batch, told.order)
        if status in NOBODY_WAITS:
            return False
        return bool(order.order_id) or self.env["channel.demand.orders"]._becomes_order(
            batch, external_id, told
        )

    def _products(self, backend, waiting):
        """``{reference: product}`` of all lines; what is not known here has no figure either."""
        refs = {
            line.product
            for tellings in waiting.values()
            for t in tellings
            for line in t.order.lines
        }
        return self.env["channel.product.resolver"]._find(backend, refs)

    # === TOOLS === #

    def _kits(self, backends, product_ids):
        products = self.env["product.product"].browse(dict.fromkeys(product_ids))
        return products._channel_kit_parts(backends[:1].company_id)

    def _query(self, query, **params):
        self.env.flush_all()
        return self.env.execute_query(SQL(query, **params))


def _order(row):
    """A :class:`KnownOrder` from the first columns of a query."""
    backend_id, external_id, order_id, warehouse_id, state, by_shop, modified_at = row[:7]
    return KnownOrder(
        backend_id,
        external_id,
        order_id=order_id,
        warehouse_id=warehouse_id,
        state=state,
        cancelled_by_shop=bool(by_shop),
        modified_at=modified_at,
    )


def _cancelled_here(order):
    """A person has cancelled it in Odoo: the import leaves it alone, whatever the shop says."""
    return order.state == "cancel" and not order.cancelled_by_shop


def _add(order, kits, product_id, total, reduced):
    """Add pieces of a product, or of a kit's components: the shop never counts those itself."""
    for part_id, number in kits.get(product_id, {}).items():
        piece = order.piece(part_id)
        piece.total += total * number
        piece.reduced += total * number
    if product_id not in kits:
        piece = order.piece(product_id)
        piece.total += total
        piece.reduced += reduced


def _quantities(order, line):
    """Pieces of a line that its order takes, and those that its shop took off.

    A refund that puts goods back leaves the line as it was sold; only what the shop still holds
    for it tells. Where the shop does not count, or has not begun, everything sold counts.
    """
    held = line.stock_reduced
    if order.refunds and held is not None:
        return float(held), float(held)
    return float(line.quantity), float(held or 0)


def _ids(records):
    return tuple(records.ids) or (0,)
