"""A transfer's goods in the words of a warehouse, and back."""

from decimal import Decimal

from odoo import models

from ..core import errors
from ..core.canonical import Address
from ..core.fulfilment import Goods

#: States of a request (``channel.binding.fulfilment``) that the warehouse works on.
AT_WORK = ("open", "partly")
#: Fields of a contact without which no parcel arrives.
NEEDED = ("name", "street", "city", "country_id")


class ChannelFulfilmentGoods(models.AbstractModel):
    """Quantities are in the unit of the product, goods are known by their SKU."""

    _name = "channel.fulfilment.goods"
    _description = "Channel fulfilment goods"

    # === OUT === #

    def _goods(self, picking):
        """What the transfer demands: one :class:`core.fulfilment.Goods` per product.

        :raises errors.Rejected: ``goods_without_sku``
        """
        moves = self._open_moves(picking)
        nameless = moves.product_id.filtered(lambda product: not product.default_code)
        if nameless:
            names = ", ".join(nameless.mapped("display_name"))
            raise errors.Rejected("goods_without_sku", transfer=picking.name, goods=names)
        return tuple(
            Goods(
                sku=product.default_code,
                quantity=_exact(sum(own.mapped("product_qty"))),
                name=product.name,
                barcode=product.barcode or "",
            )
            for product, own in moves.grouped("product_id").items()
        )

    def _address(self, picking):
        """Where the transfer goes; :raises errors.Rejected: ``address_missing`` (``fields``)"""
        partner = picking.partner_id
        missing = [name for name in NEEDED if not partner[name]]
        if missing:
            labels = [partner._fields[name]._description_string(self.env) for name in missing]
            fields = ", ".join(labels)
            raise errors.Rejected("address_missing", transfer=picking.name, fields=fields)
        return Address(
            last_name=partner.name,
            company=partner.commercial_company_name or "",
            street=partner.street or "",
            street2=partner.street2 or "",
            city=partner.city or "",
            zip=partner.zip or "",
            state=partner.state_id.code or "",
            country=partner.country_id.code or "",
            phone=partner.phone or "",
            email=partner.email or "",
        )

    # === IN === #

    def _set_done(self, picking, goods):
        """Write what has left into the moves of an open transfer.

        :param goods: a parcel's; none: all that is open
        :raises errors.Conflict: ``fulfilment_differs``, something else has left
        """
        left = {item.sku: item.quantity for item in goods}
        moves = self._open_moves(picking)
        shares = {}
        for move in moves:
            demand = _exact(move.product_qty)
            sku = move.product_id.default_code
            shares[move] = min(demand, left.get(sku, Decimal(0))) if goods else demand
            if goods and sku in left:
                left[sku] -= shares[move]
        surplus = [f"{quantity:f} x {sku}" for sku, quantity in left.items() if quantity]
        if goods and surplus:
            raise errors.Conflict(
                "fulfilment_differs", transfer=picking.name, goods=", ".join(surplus)
            )
        for move, share in shares.items():
            quantity = move.product_id.uom_id._compute_quantity(
                float(share), move.product_uom, rounding_method="HALF-UP"
            )
            move.write({"quantity": quantity, "picked": bool(quantity)})

    def _in_words(self, picking):
        """``2 x Mug, 1 x Tea`` of what is open in a transfer."""
        moves = self._open_moves(picking)
        return ", ".join(
            f"{sum(own.mapped('product_qty')):g} x {product.display_name}"
            for product, own in moves.grouped("product_id").items()
        )

    def _open_moves(self, picking):
        return picking.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and move.product_qty > 0
        )


def _exact(quantity):
    """A stored quantity as people read it, without what floats add to it."""
    return Decimal(f"{quantity:.6f}".rstrip("0").rstrip("."))
