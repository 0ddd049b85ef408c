"""What a warehouse of somebody else was asked to send."""

from odoo import api, fields, models


class ChannelBindingFulfilment(models.Model):
    """A request and the transfer it is about.

    What a parcel leaves over becomes a backorder in Odoo, and stays a part of the same request
    until the warehouse says that nothing more will be sent.
    """

    _name = "channel.binding.fulfilment"
    _inherit = "channel.binding.mixin"
    _description = "Channel warehouse request"

    odoo_id = fields.Many2one(
        "stock.picking", "Transfer", required=True, index=True, ondelete="cascade", readonly=True
    )
    order_id = fields.Many2one(related="odoo_id.sale_id")
    marker = fields.Char(readonly=True, help="Finds the request at the warehouse.")
    state = fields.Selection(
        [
            ("open", "Asked for"),
            ("partly", "Partly sent"),
            ("sent", "Sent"),
            ("stopped", "Needs a decision"),
            ("over", "Over"),
        ],
        default="open",
        required=True,
        readonly=True,
    )
    status_code = fields.Char("Status There", readonly=True)
    parcels = fields.Json(readonly=True, help="Identifiers of the parcels that were taken over.")
    tracking_number = fields.Char(readonly=True)

    @api.model
    def _current(self, picking):
        """The newest request that a transfer, or what it is a backorder of, belongs to."""
        line = picking
        while line[-1:].backorder_id and line[-1:].backorder_id not in line:
            line += line[-1:].backorder_id
        return self.search([("odoo_id", "in", line.ids)], order="id DESC", limit=1)

    def _transfers(self):
        """The request's transfer and the backorders that became of it, oldest first."""
        self.ensure_one()
        found = step = self.odoo_id
        while step := self.env["stock.picking"].search([("backorder_id", "in", step.ids)]):
            found |= step
        return found.sorted("id")

    def _open_transfer(self):
        """What the warehouse's next parcel is about; empty where nothing is left."""
        return self._transfers().filtered(lambda one: one.state not in ("done", "cancel"))[:1]
