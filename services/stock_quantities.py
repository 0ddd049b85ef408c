"""Quantities of many products at once, as Odoo itself would show them."""

import datetime

from odoo import models
from odoo.tools import SQL, float_round

from ..core.stock_formula import Figure

#: States of moves that Odoo's forecast counts.
PLANNED = ("waiting", "confirmed", "assigned", "partially_available")


class ChannelStockQuantities(models.AbstractModel):
    """One grouped read of quants (and one of moves) where Odoo's own fields take one per product.

    The figures equal ``qty_available``, ``free_qty`` and ``virtual_available`` in the context of
    the same warehouses, rounding and expiry included.
    """

    _name = "channel.stock.quantities"
    _description = "Channel stock quantities"

    def _read(self, backend, products, forecast=None):
        """``{product id: core.stock_formula.Figure}`` in the backend's warehouses.

        :param forecast: whether planned moves are read; by default where the backend needs them
        """
        if forecast is None:
            forecast = backend.stock_basis == "forecast"
        warehouses = backend._stock_warehouses()
        products = products.sudo().with_context(
            warehouse_id=warehouses.ids, company_id=backend.company_id.id
        )
        return self._figures(products, forecast)

    def _figures(self, products, forecast):
        """Figures in the warehouses of the context; an override knows products made of others."""
        quant_domain, in_domain, out_domain = products._get_domain_locations()
        quants = self._quants(products, quant_domain)
        moves = self._moves(products, in_domain, out_domain) if forecast else {}
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        none = (0.0, 0.0, 0.0)
        return {
            product_id: _figure(quants.get(product_id, none), moves.get(product_id), digits)
            for product_id in products._ids
        }

    def _quants(self, products, domain):
        """``{product id: (on hand, reserved, expired and not reserved)}``, not rounded."""
        Quant = self.env["stock.quant"].sudo().with_context(active_test=False)
        query = Quant._search([("product_id", "in", products.ids), *domain], bypass_access=True)
        field = {
            name: Quant._field_to_sql(Quant._table, name, query)
            for name in ("product_id", "quantity", "reserved_quantity")
        }
        query.groupby = field["product_id"]
        rows = self.env.execute_query(
            query.select(
                field["product_id"],
                SQL("SUM(%s)", field["quantity"]),
                SQL("SUM(%s)", field["reserved_quantity"]),
                self._expired(Quant, query),
            )
        )
        return {row[0]: (row[1] or 0.0, row[2] or 0.0, row[3] or 0.0) for row in rows}

    def _expired(self, Quant, query):
        """What nobody may buy any more; only the module ``product_expiry`` gives it a date."""
        if "removal_date" not in Quant._fields:
            return SQL("0")
        return SQL(
            "SUM(%s - %s) FILTER (WHERE %s <= %s)",
            Quant._field_to_sql(Quant._table, "quantity", query),
            Quant._field_to_sql(Quant._table, "reserved_quantity", query),
            Quant._field_to_sql(Quant._table, "removal_date", query),
            datetime.date.today(),  # as that module asks
        )

    def _moves(self, products, in_domain, out_domain):
        """``{product id: (incoming, outgoing)}``, not rounded."""
        inside = self._inside(products)
        Move = self.env["stock.move"].sudo().with_context(active_test=False)
        rows = Move._read_group(
            [("product_id", "in", products.ids), ("state", "in", PLANNED)]
            + (in_domain | out_domain),
            ["product_id", "location_id"],
            ["product_qty:sum"],
        )
        sums = {}
        for product, location, quantity in rows:
            sums.setdefault(product.id, [0.0, 0.0])[location.id in inside] += quantity
        return sums

    def _inside(self, products):
        """Ids of all locations of the warehouses of the context."""
        warehouses = self.env["stock.warehouse"].browse(products.env.context["warehouse_id"])
        views = warehouses.sudo().view_location_id.ids
        Location = self.env["stock.location"].sudo().with_context(active_test=False)
        return set(Location.search([("id", "child_of", views)])._ids)


def _figure(quants, moves, digits):
    """Round where Odoo does."""
    on_hand, reserved, expired = quants
    shown = _rounded(on_hand, digits)
    if not (reserved or expired or moves):
        return Figure(shown, shown, forecast=shown)
    incoming, outgoing = (_rounded(sum_, digits) for sum_ in moves or (0.0, 0.0))
    return Figure(
        on_hand=shown,
        free=_rounded(on_hand - reserved - expired, digits),
        reserved=_rounded(reserved, digits),
        expired=_rounded(expired, digits),
        incoming=incoming,
        outgoing=outgoing,
        forecast=_rounded(on_hand + incoming - outgoing - expired, digits),
    )


def _rounded(quantity, digits):
    """Most are whole pieces, which rounding would only cost time."""
    return quantity if quantity.is_integer() else float_round(quantity, precision_digits=digits)
