"""Which transfers are sent by somebody else, and when their warehouse has to be asked."""

from odoo import api, models
from odoo.tools import ormcache

#: Fields of a move whose change may be news to who sends it.
WATCHED = {"state", "product_uom_qty"}


class ChannelFlow(models.Model):
    _inherit = "channel.flow"

    def write(self, vals):
        """What was reserved while the flow was off waits for its warehouse, too."""
        result = super().write(vals)
        started = self.filtered(lambda flow: flow._key() == ("fulfilment", "out"))
        if vals.get("active"):
            self._ask_for_ready(started.backend_id.warehouse_ids)
        return result

    @api.model
    def _ask_for_ready(self, warehouses):
        """Ask for what was reserved in these warehouses before anybody sent for them."""
        if not warehouses:
            return
        ready = [("picking_type_id.warehouse_id", "in", warehouses.ids), ("state", "=", "assigned")]
        self._fulfilment_changed(self.env["stock.picking"].sudo().search(ready))

    @api.model
    @ormcache()
    def _fulfilled(self):
        """``{warehouse id: backend id}`` of the warehouses that somebody else runs.

        Asked by every movement of goods, so it is kept in the registry's cache. The first backend
        has a warehouse that two of them name; an archived one has none.
        """
        asking = [("kind", "=", "fulfilment"), ("direction", "=", "out")]
        flows = self.sudo().search([*asking, ("backend_id.active", "=", True)])
        found = {}
        for backend in flows.backend_id.sorted(lambda each: (each.sequence, each.id)):
            for warehouse in backend.warehouse_ids:
                found.setdefault(warehouse.id, backend.id)
        return found

    @api.model
    def _fulfilment_changed(self, pickings):
        """Note, before the commit, what of these transfers a warehouse has to be asked for.

        Whoever calls has asked :meth:`_fulfilled` before.
        """
        waiting = self.env.cr.precommit.data.setdefault("channel.fulfilment", set())
        if not waiting:
            self.env.cr.precommit.add(self.sudo()._note_fulfilments)
        waiting.update(pickings.ids)

    def _note_fulfilments(self):
        ids = self.env.cr.precommit.data.pop("channel.fulfilment", set())
        notes = self.env["channel.outbox"]
        rows = []
        for picking in self.env["stock.picking"].browse(sorted(ids)).exists():
            if backend := self._fulfiller(picking):
                rows.append(notes._prepare_transfer_note(backend, picking))
        made = notes.create(rows)
        for backend, group in made.grouped("backend_id").items():
            if backend._acts_at_once("fulfilment", "out"):
                group._enqueue()
        self.env.flush_all()  # the transaction's own flush is over

    def _fulfiller(self, picking):
        """The backend whose warehouse has to know of a transfer now, or empty.

        Cheap, and once too often is harmless: what there is to tell is decided by the note's job.
        """
        backends = self.env["channel.backend"].sudo()
        if picking.state in ("assigned", "cancel") and picking._channel_leaves():
            if known := self.env["channel.binding.fulfilment"]._current(picking):
                return self._of(known.backend_id, "fulfilment", "out").backend_id
            if picking.state == "assigned":
                backend_id = self._fulfilled().get(picking.picking_type_id.warehouse_id.id)
                return backends.browse(backend_id)
        return backends


class ChannelBackend(models.Model):
    _inherit = "channel.backend"

    def write(self, vals):
        """What was reserved in a warehouse before it was chosen waits for it, too."""
        if "warehouse_ids" not in vals:
            return super().write(vals)
        before = {backend: backend.warehouse_ids for backend in self}
        result = super().write(vals)
        flows = self.env["channel.flow"]
        for backend in self:
            if flows._of(backend, "fulfilment", "out"):
                flows._ask_for_ready(backend.warehouse_ids - before[backend])
        return result


class ChannelOutbox(models.Model):
    _inherit = "channel.outbox"

    @api.model
    def _prepare_transfer_note(self, backend, picking):
        """Values of a note about a transfer, whoever has sold its goods."""
        return {
            "backend_id": backend.id,
            "company_id": backend.company_id.id,
            "kind": "fulfilment",
            "res_model": picking._name,
            "res_id": picking.id,
            "order_id": picking.sale_id.id,
        }


class StockMove(models.Model):
    _inherit = "stock.move"

    def write(self, vals):
        result = super().write(vals)
        flows = self.env["channel.flow"]
        if WATCHED & vals.keys() and flows._fulfilled():
            flows._fulfilment_changed(self.sudo().picking_id)
        return result


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def write(self, vals):
        """What was held back may leave now."""
        result = super().write(vals)
        flows = self.env["channel.flow"]
        if vals.get("channel_delivery_blocked") is False and flows._fulfilled():
            flows._fulfilment_changed(self.sudo().picking_ids)
        return result
