from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

PARTS = ("with_orders", "with_money", "with_stock", "with_prices", "with_products")


class ChannelReconcile(models.TransientModel):
    """Begins a reconciliation now: of which days, and of what."""

    _name = "channel.reconcile"
    _description = "Reconcile now"

    backend_id = fields.Many2one(
        "channel.backend", required=True, default=lambda self: self.env.context.get("active_id")
    )
    since = fields.Date(
        "Orders Since",
        required=True,
        default=lambda self: fields.Date.context_today(self) - timedelta(days=30),
        help="Orders placed on this day or later are compared.",
    )
    with_orders = fields.Boolean("Orders and Refunds", default=True)
    with_money = fields.Boolean("Money per Day", default=True)
    with_stock = fields.Boolean("Stock", default=True)
    with_prices = fields.Boolean("Prices", default=True)
    with_products = fields.Boolean("Products", default=True)

    def action_begin(self):
        """Begin a run and show it; where one goes on already, that one."""
        self.ensure_one()
        self.backend_id.check_access("write")
        self.backend_id._ensure_working()
        if not any(self[name] for name in PARTS):
            raise UserError(self.env._("Choose at least one thing to compare."))
        run = self.env["channel.reconciliation"]._begin(
            self.backend_id, "person", since=self.since, **{name: self[name] for name in PARTS}
        )
        return run._show()
