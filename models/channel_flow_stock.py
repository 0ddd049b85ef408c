"""The stock flow: its options, and a cheap answer to "does anybody want to know?"."""

from odoo import api, fields, models
from odoo.tools import ormcache

from ..services.cached import forget


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    manage_stock = fields.Boolean(
        "Switch Counting On",
        help="Where the shop does not count a product's pieces (or counts them for all variants "
        "together), let it count them from now on. Off: an issue tells of it.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        flows = super().create(vals_list)
        self._stock_watch_changed()
        return flows

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            self._stock_watch_changed()
        if "manage_stock" in vals:
            # what the shop did not count waits for this
            self.env["channel.outbox"]._note_all("stock", self.backend_id)
        return result

    def unlink(self):
        result = super().unlink()
        self._stock_watch_changed()
        return result

    # === WHO WANTS TO KNOW === #

    @api.model
    @ormcache()
    def _stock_watch(self):
        """``(flow on, product bound there, forecast published there)`` of any backend.

        Asked by every movement of goods, so it is kept in the registry's cache.
        """
        flows = self.sudo().search(
            [("kind", "=", "stock"), ("direction", "=", "out"), ("active", "=", True)]
        )
        backends = flows.backend_id
        bound = self.env["channel.binding.product"].sudo()
        bound = bound.search_count([("backend_id", "in", backends.ids)], limit=1)
        return bool(flows), bool(bound), "forecast" in backends.mapped("stock_basis")

    @api.model
    def _stock_watch_changed(self):
        """Ask again, everywhere."""
        forget(self.env)

    @api.model
    def _stock_changed(self, product_ids, planned=False):
        """The figure of these products may have changed.

        :param planned: only what is forecast, which few shops publish
        """
        on, bound, forecast = self._stock_watch()
        if on and bound and product_ids and (forecast or not planned):
            self.env["channel.outbox"]._note_many("stock", product_ids)
