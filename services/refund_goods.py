"""The goods of a refund: what has not left stays, what the shop restocked comes back.

A refund by quantity first takes pieces that have not been delivered: refunded goods are never
shipped. Delivered ones come back by Odoo's return wizard, as a transfer that is ready and waits for
the people who receive the parcel: the goods are on their way, and only Odoo counts its stock.
"""

from odoo import models

from ..core.canonical import LineKind


class ChannelRefundGoods(models.AbstractModel):
    _name = "channel.refund.goods"
    _description = "Channel refund goods"

    def _handle(self, draft):
        """Bring deliveries and returns of the order in line with a refund."""
        wanted = self._wanted(draft)
        kept = self._keep_back(draft, self._all_goods(draft) if draft.is_last else wanted)
        back = {line: pieces - kept.get(line, 0.0) for line, pieces in wanted.items()}
        self._take_back(draft, self._coming_back(draft, back))

    def _wanted(self, draft):
        """``{line of the order: pieces}`` given back; a price reduction has none."""
        found = {}
        for line in draft.refund.lines:
            if line.kind is LineKind.PRODUCT and line.quantity > 0:
                for sale_line in draft.sale_lines(line.line_external_id)[:1]:
                    if self._is_goods(sale_line):
                        found[sale_line] = found.get(sale_line, 0.0) + float(line.quantity)
        if draft.is_last and self._policy(draft) == "always":
            found.update(self._all_goods(draft))
        return found

    def _all_goods(self, draft):
        return {
            line: line.product_uom_qty
            for line in draft.sale.order_line
            if not line.display_type and self._is_goods(line)
        }

    def _is_goods(self, line):
        return line.product_id.type == "consu" and not line.channel_is_container

    def _policy(self, draft):
        flow = self.env["channel.flow"]._of(draft.binding.backend_id, "refund", "in")
        return flow.restock_policy or "shop"

    # === NOT DELIVERED === #

    def _keep_back(self, draft, wanted):
        """Take what has not left out of the open deliveries; returns ``{line: pieces}``.

        Odoo's own procurement does it, as if less had been ordered: all steps of a delivery and
        parts of kits follow.
        """
        sale, kept = draft.sale, {}
        if sale.state != "sale":
            return kept
        for line, pieces in wanted.items():
            left = line.product_uom_qty - line.channel_qty_refunded - line._channel_qty_shipped()
            if (pieces := min(pieces, left)) > 0:
                kept[line] = pieces
                line.channel_qty_refunded += pieces
        if kept:
            lines = sale.order_line.browse(line.id for line in kept)
            self._launch(sale, lines)
            self._put_back(draft, lines)
            count = f"{sum(kept.values()):g}"
            draft.reasons.append(self.env._("%s pieces are not delivered any more", count))
        return kept

    def _put_back(self, draft, lines):
        """Goods that somebody has picked already: they are not of the delivery any more."""
        moves = lines.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.product_uom.compare(move.quantity, move.product_uom_qty) > 0
            )
        )
        picked = moves.filtered("picked")
        for move in moves:
            move.quantity = move.product_uom_qty
        for picking, own in picked.grouped("picking_id").items():
            draft.recorder.add_issue(
                "refund_goods_picked",
                record=f"stock.picking,{picking.id}",
                cause={"refund": draft.refund.external_id, "picking": picking.id},
                refund=draft.refund.external_id,
                number=draft.binding.number,
                transfer=picking.name,
                products=", ".join(own.product_id.mapped("display_name")),
            )

    def _launch(self, sale, lines):
        locked = sale.filtered("locked")
        locked.action_unlock()
        lines._action_launch_stock_rule()
        locked.action_lock()

    # === DELIVERED === #

    def _coming_back(self, draft, back):
        """What of the delivered pieces comes back by this refund and is not on its way already.

        Somebody may have received the parcel before the shop made the refund.
        """
        policy, missing = self._policy(draft), {}
        for line, pieces in back.items():
            key = line.channel_external_id
            pieces = min(pieces, line._channel_qty_shipped())
            if policy == "never" or (policy == "shop" and not draft.restocked.get(key)):
                continue
            if pieces > 0:
                draft.expected_back[key] = pieces
                expected = pieces + sum(
                    (refund.expected_back or {}).get(key, 0.0)
                    for refund in draft.sale.channel_refund_ids
                )
                missing[line] = min(pieces, expected - self._returned(line))
        return missing

    def _returned(self, line):
        """Pieces on returns, done or not. (Of a kit: of its first part.)"""
        returns = self._outgoing(line).returned_move_ids
        returns = returns.filtered(lambda move: move.state != "cancel")
        product = (
            line.product_id if line.product_id in returns.product_id else returns[:1].product_id
        )
        quantity = sum(self._quantity(move) for move in returns if move.product_id == product)
        return quantity / (self._per_piece(line, product) or 1.0)

    def _take_back(self, draft, missing):
        """Prepare returns of these pieces, from the newest deliveries."""
        by_picking = {}
        for line, pieces in missing.items():
            for move, quantity in self._returnable(line, pieces):
                by_picking.setdefault(move.picking_id, {})[move] = quantity
        draft.returns = self.env["stock.picking"]
        for picking, quantities in by_picking.items():
            draft.returns |= self._return(draft, picking, quantities)
        if draft.returns:
            names = ", ".join(draft.returns.mapped("name"))
            draft.reasons.append(self.env._("return %s", names))

    def _returnable(self, line, pieces):
        """(move, quantity in its unit) of deliveries that can be returned for these pieces."""
        for product, moves in self._outgoing(line).grouped("product_id").items():
            wanted = pieces * self._per_piece(line, product)
            for move in moves.sorted("id", reverse=True):
                returned = move.returned_move_ids.filtered(lambda one: one.state != "cancel")
                free = self._quantity(move) - sum(map(self._quantity, returned))
                if (taken := min(free, wanted)) > 0:
                    wanted -= taken
                    unit = product.uom_id
                    yield move, unit._compute_quantity(taken, move.product_uom)

    def _outgoing(self, line):
        """Moves that have delivered the line to the customer."""
        return line.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.location_dest_id._is_outgoing()
                and not move.origin_returned_move_id
            )
        )

    def _quantity(self, move):
        """What a move moves (or will), in its product's unit."""
        quantity = move.quantity if move.state == "done" else move.product_uom_qty
        return move.product_uom._compute_quantity(quantity, move.product_id.uom_id)

    def _per_piece(self, line, product):
        """Units of a product in a piece of the line: of a kit, what of it is ordered for one."""
        if product == line.product_id:
            return line.product_uom_id._compute_quantity(1.0, product.uom_id)
        moves = line.move_ids.filtered(
            lambda move: (
                move.product_id == product
                and move.state != "cancel"
                and move.location_dest_id._is_outgoing()
                and not move.origin_returned_move_id
            )
        )
        ordered = line.product_uom_qty - line.channel_qty_refunded
        return sum(moves.mapped("product_qty")) / ordered if ordered else 0.0

    def _return(self, draft, picking, quantities):
        """A return of a delivery, ready to be received.

        It lowers the order's delivered quantity only where the refund has lowered the invoiced one.
        """
        wizard = self.env["stock.return.picking"].with_context(
            active_model="stock.picking", active_id=picking.id, active_ids=picking.ids
        )
        wizard = wizard.create({"picking_id": picking.id})
        for row in wizard.product_return_moves:
            row.quantity = quantities.get(row.move_id, 0.0)
            row.to_refund = bool(draft.credit_note)
        return self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
