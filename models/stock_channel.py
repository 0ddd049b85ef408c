"""What changes the quantity that shops publish. Each hook costs no query of its own."""

from odoo import api, models

#: Fields of a quant that make up its product's figure.
QUANT_FIELDS = {"quantity", "reserved_quantity", "location_id", "product_id", "removal_date"}
#: Fields of a move that make up its product's forecast.
MOVE_FIELDS = {
    "state",
    "product_id",
    "product_uom_qty",
    "product_uom",
    "location_id",
    "location_dest_id",
    "location_final_id",
}


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        self.env["channel.flow"]._stock_changed(quants.sudo().product_id.ids)
        return quants

    def write(self, vals):
        watched = QUANT_FIELDS & vals.keys() and self.env["channel.flow"]._stock_watch()[1]
        product_ids = self.sudo().product_id.ids if watched else []
        result = super().write(vals)
        if watched:
            if "product_id" in vals:
                product_ids += self.sudo().product_id.ids
            self.env["channel.flow"]._stock_changed(product_ids)
        return result

    def unlink(self):
        product_ids = []
        if self.env["channel.flow"]._stock_watch()[1]:
            held = self.sudo().filtered(lambda quant: quant.quantity or quant.reserved_quantity)
            product_ids = held.product_id.ids
        result = super().unlink()
        self.env["channel.flow"]._stock_changed(product_ids)
        return result


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        self._channel_planned(moves)
        return moves

    def write(self, vals):
        result = super().write(vals)
        if MOVE_FIELDS & vals.keys():
            self._channel_planned(self)
        return result

    def _channel_planned(self, moves):
        flows = self.env["channel.flow"]
        if flows._stock_watch()[2]:
            flows._stock_changed(moves.sudo().product_id.ids, planned=True)


class StockLocation(models.Model):
    _inherit = "stock.location"

    def write(self, vals):
        """Moving a location in or out of a warehouse takes its goods along."""
        result = super().write(vals)
        if "location_id" in vals and self.env["channel.flow"]._stock_watch()[1]:
            quants = self.env["stock.quant"].sudo()
            groups = quants._read_group([("location_id", "child_of", self.ids)], ["product_id"])
            self.env["channel.flow"]._stock_changed([product.id for (product,) in groups])
        return result
