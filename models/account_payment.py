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
    channel_transaction_id = fields.Char(
        "Transaction",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The gateway's name for it: payouts are matched by it.",
    )
