"""The shop's side of a sales order, readable for salespeople who know nothing of channels."""

from odoo import api, fields, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    _inherit = "sale.order"

    channel_number = fields.Char(
        "Shop Number",
        compute="_compute_channel_values",
        search="_search_channel_number",
        compute_sudo=True,
    )
    channel_status = fields.Char(
        "Shop Status", compute="_compute_channel_values", compute_sudo=True
    )
    channel_url = fields.Char("Open in Shop", compute="_compute_channel_values", compute_sudo=True)
    channel_amount_total = fields.Monetary(
        "Shop Total", compute="_compute_channel_values", compute_sudo=True
    )
    channel_amount_tax = fields.Monetary(
        "Shop Tax", compute="_compute_channel_values", compute_sudo=True
    )
    channel_difference = fields.Monetary(
        "Difference",
        compute="_compute_channel_difference",
        compute_sudo=True,
        help="This order's total minus the shop's; what gift cards paid is no difference.",
    )
    channel_synced_at = fields.Datetime(
        "Last Synchronized", compute="_compute_channel_values", compute_sudo=True
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "channel_binding_ids.number",
        "channel_binding_ids.status_code",
        "channel_binding_ids.url",
        "channel_binding_ids.amount_total",
        "channel_binding_ids.amount_tax",
        "channel_binding_ids.synced_at",
    )
    def _compute_channel_values(self):
        for order in self:
            binding = order.channel_binding_ids[:1]
            order.channel_number = binding.number
            order.channel_status = binding.status_code
            order.channel_url = binding.url
            order.channel_amount_total = binding.amount_total
            order.channel_amount_tax = binding.amount_tax
            order.channel_synced_at = binding.synced_at

    @api.depends("channel_amount_total", "amount_total", "channel_binding_ids.amount_gift_cards")
    def _compute_channel_difference(self):
        for order in self:
            binding = order.channel_binding_ids[:1]
            order.channel_difference = (
                order.amount_total - order.channel_amount_total - binding.amount_gift_cards
                if binding
                else 0.0
            )

    def _search_channel_number(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        # sudo: a salesperson has no access to bindings, but to the orders that are found
        bindings = self.env["channel.binding.order"].sudo()._search([("number", operator, value)])
        return Domain("id", "in", bindings.subselect("odoo_id"))

    # === ACTION METHODS === #

    def action_view_channel_events(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_connector.action_channel_event"
        )
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}
