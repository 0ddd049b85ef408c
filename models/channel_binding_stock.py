"""What of bindings and products decides whether, and which, stock is published."""

from odoo import api, models

#: Fields of a binding that bring its product into (another) shop's stock.
BINDING_FIELDS = {"odoo_id", "gone_at", "is_primary", "stock_keeper", "parent_external_id"}
#: Fields of a product that change its figure, or whether there is one.
PRODUCT_FIELDS = {
    "type",
    "is_storable",
    "route_ids",
    "categ_id",
    "channel_backorders",
    "channel_excluded_backend_ids",
}


class ChannelBindingProduct(models.Model):
    _inherit = "channel.binding.product"

    @api.model_create_multi
    def create(self, vals_list):
        flows = self.env["channel.flow"]
        # Asked before: a process that first asked afterwards would find these, and tell nobody.
        on, bound, _forecast = flows._stock_watch()
        bindings = super().create(vals_list)
        if on and not bound:
            flows._stock_watch_changed()
        flows._stock_changed(bindings.odoo_id.ids)
        return bindings

    def write(self, vals):
        result = super().write(vals)
        if BINDING_FIELDS & vals.keys() and not self.env.context.get("channel_drain"):
            self.env["channel.flow"]._stock_changed(self.odoo_id.ids)
        return result


class ChannelOwnership(models.Model):
    _inherit = "channel.ownership"

    def write(self, vals):
        """Whoever gets the stock back tells the shop what it is now."""
        result = super().write(vals)
        rows = self.filtered(lambda row: row.group == "stock")
        if rows and "owner" in vals:
            self.env["channel.outbox"]._note_all("stock", rows.backend_id)
        return result


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        result = super().write(vals)
        if PRODUCT_FIELDS & vals.keys():
            variants = self.with_context(active_test=False).sudo().product_variant_ids
            self.env["channel.flow"]._stock_changed(variants.ids)
        return result
