"""The shop's side of a sales order, readable for salespeople who know nothing of channels."""

from odoo import api, fields, models
from odoo.fields import Domain

from ..services.order_lines import REFUND


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
        help="This order's total minus the shop's. What gift cards paid is no difference, nor is a "
        "refund that was made before the invoice.",
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

    @api.depends(
        "channel_amount_total",
        "amount_total",
        "channel_binding_ids.amount_gift_cards",
        "channel_refund_ids.amount",
        "order_line.channel_external_id",
    )
    def _compute_channel_difference(self):
        for order in self:
            binding = order.channel_binding_ids[:1]
            expected = (
                order.channel_amount_total
                + binding.amount_gift_cards
                - sum(order._channel_refunds_in_lines().mapped("amount"))
            )
            order.channel_difference = order.amount_total - expected if binding else 0.0

    def _channel_refunds_in_lines(self):
        """Refunds that are lines of the order itself, because it was not invoiced yet."""
        in_lines = set(self.order_line.mapped("channel_external_id"))
        return self.channel_refund_ids.filtered(
            lambda refund: f"{REFUND}{refund.external_id}" in in_lines
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
