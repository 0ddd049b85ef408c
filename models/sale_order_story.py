"""What happened to a channel's order after it came: money, goods, what was told, what is stuck."""

from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    channel_refund_ids = fields.One2many("channel.binding.refund", "order_id", "Shop Refunds")
    channel_shipment_ids = fields.One2many(
        "channel.binding.shipment", "order_id", "Shipments Told to the Shop"
    )
    channel_note_ids = fields.One2many("channel.outbox", "order_id", "Sent to the Shop")
    channel_payment_ids = fields.One2many(
        "account.payment",
        "channel_order_id",
        "Payments of the Shop",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    channel_issue_ids = fields.Many2many(
        "channel.issue",
        string="Open Channel Issues",
        compute="_compute_channel_issue_ids",
        groups="channel_connector.group_user",
    )
    channel_amount_refunded = fields.Monetary(
        "Refunded in the Shop", compute="_compute_channel_net", compute_sudo=True
    )
    channel_net = fields.Monetary(
        "Shop Net",
        compute="_compute_channel_net",
        compute_sudo=True,
        help="The shop's total and what gift cards paid, minus its refunds.",
    )
    channel_net_invoiced = fields.Monetary(
        "Invoiced Net",
        compute="_compute_channel_net",
        compute_sudo=True,
        help="Posted invoices minus posted credit notes.",
    )
    channel_net_paid = fields.Monetary(
        "Paid Net",
        compute="_compute_channel_net",
        compute_sudo=True,
        help="Payments registered for this order minus those sent back.",
    )

    # === COMPUTE METHODS === #

    def _compute_channel_issue_ids(self):
        """Issues that events of these orders, or what was to be told of them, wait for."""
        issues = self.env["channel.issue"]
        for order in self:
            binding = order.channel_binding_ids[:1]
            if not binding:
                order.channel_issue_ids = issues
                continue
            events = self.env["channel.event"].search(
                [
                    ("backend_id", "=", binding.backend_id.id),
                    ("kind", "in", ("order", "payment", "refund", "shipment")),
                    ("external_id", "=", binding.external_id),
                    ("issue_ids.state", "=", "open"),
                ]
            )
            found = events.issue_ids | order.channel_note_ids.issue_id
            order.channel_issue_ids = found.filtered(lambda issue: issue.state == "open")

    @api.depends(
        "channel_amount_total",
        "channel_binding_ids.amount_gift_cards",
        "channel_refund_ids.amount",
        "channel_refund_ids.gone_at",
        "invoice_ids.state",
        "invoice_ids.amount_total",
        "channel_payment_ids.state",
        "channel_payment_ids.amount",
    )
    def _compute_channel_net(self):
        for order in self:
            binding = order.channel_binding_ids[:1]
            refunds = order.channel_refund_ids.filtered(lambda refund: not refund.gone_at)
            posted = order.invoice_ids.filtered(lambda move: move.state == "posted")
            payments = order.channel_payment_ids.filtered(
                lambda payment: payment.state in ("in_process", "paid")
            )
            order.channel_amount_refunded = sum(refunds.mapped("amount"))
            order.channel_net = (
                order.channel_amount_total
                + binding.amount_gift_cards
                - order.channel_amount_refunded
            )
            order.channel_net_invoiced = sum(
                -move.amount_total if move.move_type == "out_refund" else move.amount_total
                for move in posted
            )
            order.channel_net_paid = sum(
                -payment.amount if payment.payment_type == "outbound" else payment.amount
                for payment in payments
            )
