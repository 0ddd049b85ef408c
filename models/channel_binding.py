"""Who is who: a record of the channel and its counterpart in Odoo."""

from odoo import api, fields, models


class ChannelBindingMixin(models.AbstractModel):
    """Fields and the three verbs that every binding has.

    A concrete binding adds ``odoo_id`` (typed, indexed Many2one). One external record has one
    counterpart: UNIQUE (backend, external id). Whether one Odoo record may have several external
    ids is up to the concrete model.
    """

    _name = "channel.binding.mixin"
    _description = "Channel binding"
    _rec_name = "external_id"
    _check_company_auto = True

    backend_id = fields.Many2one(
        "channel.backend", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        related="backend_id.company_id", store=True, precompute=True, index=True
    )
    external_id = fields.Char(
        "External ID", required=True, index=True, readonly=True, help="Identifier on the channel."
    )
    fingerprint = fields.Char(
        readonly=True, help="Hash of what was last taken over; an equal one means nothing to do."
    )
    external_modified_at = fields.Datetime(
        "Changed on Channel", readonly=True, help="When the channel says it was last changed."
    )
    fetched_at = fields.Datetime(
        "Read At", readonly=True, help="When the data last taken over was read from the channel."
    )
    synced_at = fields.Datetime("Last Synchronized", readonly=True)
    provider_data = fields.Json(help="Identifiers that only this kind of channel needs.")
    is_primary = fields.Boolean(
        default=True, help="Written to when one record has several external identifiers."
    )

    _external_uniq = models.UniqueIndex(
        "(backend_id, external_id)", "This external record is already bound on this backend."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _to_internal(self, backend, external_id):
        """The Odoo record bound to an external id, or an empty recordset."""
        return self._find(backend, external_id).odoo_id

    @api.model
    def _to_external(self, backend, record):
        """The primary external id of an Odoo record on ``backend``, or ''."""
        bindings = self.search(
            [("backend_id", "=", backend.id), ("odoo_id", "=", record.id)],
            order="is_primary DESC, id",
            limit=1,
        )
        return bindings.external_id or ""

    @api.model
    def _find(self, backend, external_id):
        """The binding of an external id, or an empty recordset."""
        if not external_id:
            return self.browse()
        return self.search(
            [("backend_id", "=", backend.id), ("external_id", "=", str(external_id))], limit=1
        )

    @api.model
    def _bind(self, backend, external_id, record, **values):
        """Bind ``record`` to ``external_id``, or refresh the binding that exists already."""
        binding = self._find(backend, external_id)
        values = {**values, "odoo_id": record.id, "synced_at": fields.Datetime.now()}
        if binding:
            binding.write(values)
            return binding
        return self.create({**values, "backend_id": backend.id, "external_id": str(external_id)})


class ChannelBindingOrder(models.Model):
    _name = "channel.binding.order"
    _inherit = "channel.binding.mixin"
    _description = "Channel order"

    odoo_id = fields.Many2one(
        "sale.order", "Sales Order", required=True, index=True, ondelete="cascade", readonly=True
    )
    number = fields.Char("Shop Number", index=True, readonly=True)
    status_code = fields.Char("Shop Status", readonly=True)
    currency_id = fields.Many2one(related="odoo_id.currency_id")
    amount_total = fields.Monetary("Shop Total", readonly=True)
    amount_tax = fields.Monetary("Shop Tax", readonly=True)
    amount_gift_cards = fields.Monetary(
        "Paid with Gift Cards",
        readonly=True,
        help="The shop's total lacks what gift cards paid; the sales order has it.",
    )
    rounding_line_used = fields.Boolean(
        readonly=True, help="No line could carry the shop's rounding, so a line of its own does."
    )
    url = fields.Char("Shop Address", readonly=True, help="The order in the shop's back office.")
    parts = fields.Json(
        readonly=True, help="Fingerprints of what may not change behind a confirmed order."
    )
    cancelled_by_shop = fields.Boolean(
        readonly=True, help="Cancelled by the shop, which may therefore take it back."
    )
    payment_method = fields.Char(readonly=True, help="Code of the shop's payment method.")
    transaction_id = fields.Char(readonly=True, index="btree_not_null")
    paid_at = fields.Datetime(readonly=True, help="Empty as long as the money is not there.")
    sent_fingerprint = fields.Char(
        readonly=True, help="Hash of the shop's order after our last change: its echo."
    )
    sent_at = fields.Datetime("Last Told the Shop", readonly=True)

    _odoo_uniq = models.UniqueIndex(
        "(backend_id, odoo_id)", "This sales order is already bound on this backend."
    )


class ChannelBindingRefund(models.Model):
    """A refund of the shop; ``odoo_id`` is empty where it changed the order before its invoice."""

    _name = "channel.binding.refund"
    _inherit = "channel.binding.mixin"
    _description = "Channel refund"

    odoo_id = fields.Many2one(
        "account.move", "Credit Note", index=True, ondelete="set null", readonly=True
    )
    order_id = fields.Many2one(
        "sale.order", "Sales Order", required=True, index=True, ondelete="cascade", readonly=True
    )
    order_external_id = fields.Char("Order's External ID", required=True, readonly=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount = fields.Monetary("Refunded", readonly=True, help="Tax included, positive.")
    reason = fields.Char(readonly=True)
    refunded_at = fields.Datetime(readonly=True)
    made_here = fields.Boolean(
        readonly=True, help="A credit note of Odoo that was told to the shop."
    )
    outcome = fields.Char(readonly=True, help="What became of it, in words.")
    gone_at = fields.Datetime("Deleted in the Shop", readonly=True)
    picking_ids = fields.Many2many("stock.picking", string="Returns", readonly=True)
    restocked = fields.Json(
        readonly=True, help="Pieces that the shop put back into its stock, by its lines."
    )
    expected_back = fields.Json(
        readonly=True, help="Delivered pieces that come back for it, by the shop's lines."
    )

    # a credit note may be of several orders of one shop
    _odoo_uniq = models.UniqueIndex(
        "(backend_id, odoo_id, order_id) WHERE odoo_id IS NOT NULL",
        "This credit note is already bound on this backend.",
    )


class ChannelBindingShipment(models.Model):
    _name = "channel.binding.shipment"
    _inherit = "channel.binding.mixin"
    _description = "Channel shipment"

    odoo_id = fields.Many2one(
        "stock.picking", "Transfer", required=True, index=True, ondelete="cascade", readonly=True
    )
    order_id = fields.Many2one(
        "sale.order", "Sales Order", required=True, index=True, ondelete="cascade", readonly=True
    )
    via = fields.Char("Told By", readonly=True, help="The feature of the shop that took it.")
    tracking_number = fields.Char(readonly=True, help="As it was told.")


class ChannelBindingPartner(models.Model):
    _name = "channel.binding.partner"
    _inherit = "channel.binding.mixin"
    _description = "Channel customer"

    odoo_id = fields.Many2one(
        "res.partner", "Contact", required=True, index=True, ondelete="cascade"
    )
