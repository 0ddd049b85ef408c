from odoo import fields, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    channel_backend_id = fields.Many2one(
        "channel.backend", "Channel", readonly=True, copy=False, index="btree_not_null"
    )
    channel_order_id = fields.Many2one(
        "sale.order",
        "Order of the Channel",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The order that was paid (or refunded) by it in the shop.",
    )
    channel_method = fields.Char(
        "Payment Method of the Channel",
        readonly=True,
        copy=False,
        help="Code of the shop's payment method, or gift_card.",
    )
    channel_transaction_id = fields.Char(
        "Transaction",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The gateway's name for it: payouts are matched by it.",
    )
    channel_settlement_line_id = fields.Many2one(
        "channel.settlement.line",
        "Line of the Payout",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    #: The last guard of “one payment per transaction”; refunds may share their charge's name.
    _channel_uniq = models.UniqueIndex(
        "(channel_order_id, channel_method, COALESCE(channel_transaction_id, ''))"
        " WHERE channel_order_id IS NOT NULL AND payment_type = 'inbound'"
        " AND state NOT IN ('canceled', 'rejected')",
        "This transaction of the shop is already registered for this order.",
    )
