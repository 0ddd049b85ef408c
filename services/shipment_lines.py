"""What of a sales order is in a transfer, and what of it is still to come."""

from odoo import models
from odoo.fields import Datetime


class ChannelShipmentLines(models.AbstractModel):
    """All quantities are in the unit of the sales line. Only lines of the shop count."""

    _name = "channel.shipment.lines"
    _description = "Channel shipment lines"

    def _left(self, order, picking):
        """``{sales line: quantity}`` of what reached the customer by this very transfer.

        Lines without an id of the shop were added by hand, a set is not shipped itself, and an
        earlier step (pick, pack) reaches nobody.
        """
        return self._quantities(order, picking, lambda move: move._channel_leaves())

    def _came_back(self, order, picking):
        """``{sales line: quantity}`` of what the customer sent back by this transfer."""
        return self._quantities(order, picking, lambda move: move._channel_comes_back())

    def _rest(self, order):
        """``{sales line: quantity}`` of what follows."""
        open_lines = order.order_line.filtered(
            lambda line: (
                self._is_of_shop(line)
                and line.product_id.type == "consu"
                and not line._channel_is_finished()
            )
        )
        rest = {line: line.product_uom_qty - line.qty_delivered for line in open_lines}
        return {line: quantity for line, quantity in rest.items() if quantity > 0}

    def _is_of_shop(self, line):
        return bool(line.channel_external_id) and not line.channel_is_container

    def _quantities(self, order, picking, counts):
        moves = picking.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.sale_line_id.order_id == order
                and self._is_of_shop(move.sale_line_id)
                and counts(move)
            )
        )
        found = {
            line: self._quantity(line, own, counts)
            for line, own in moves.grouped("sale_line_id").items()
        }
        return {line: quantity for line, quantity in found.items() if quantity > 0}

    def _quantity(self, line, moves, counts):
        """What done moves of one transfer make of a line."""
        if moves.product_id == line.product_id:
            return line.product_uom_id.round(
                sum(
                    move.product_uom._compute_quantity(
                        move.quantity, line.product_uom_id, rounding_method="HALF-UP"
                    )
                    for move in moves
                )
            )
        # parts of a kit may leave apart: it is shipped with the transfer that completes it
        until = self._place(moves.picking_id)
        done = line.move_ids.filtered(
            lambda move: (
                move.state == "done" and counts(move) and self._place(move.picking_id) <= until
            )
        )
        return line._channel_kits_in(done) - line._channel_kits_in(done - moves)

    def _place(self, picking):
        """Where a transfer stands in the order of what happened."""
        return picking.date_done or Datetime.now(), picking.id

    # === WORDS === #

    def _in_words(self, items):
        """``2 x Mug, 1 x Tea`` of pairs of line and quantity."""
        return ", ".join(f"{quantity:g} x {line._channel_title()}" for line, quantity in items)
