"""Reconciliation: what shop and Odoo say about the same things, compared by jobs."""

from odoo import fields, models

from .channel_variance import KINDS


class ChannelReconciliation(models.Model):
    """A run only finds; its differences are rows of ``channel.variance``."""

    _name = "channel.reconciliation"
    _inherit = "channel.run.mixin"
    _description = "Reconciliation"

    origin = fields.Selection(
        [("schedule", "Schedule"), ("person", "Person")],
        "Begun By",
        default="person",
        required=True,
        readonly=True,
    )
    since = fields.Date("Orders Since", required=True, readonly=True)
    with_orders = fields.Boolean("Orders and Refunds", readonly=True, default=True)
    with_money = fields.Boolean("Money per Day", readonly=True, default=True)
    with_stock = fields.Boolean("Stock", readonly=True, default=True)
    with_prices = fields.Boolean("Prices", readonly=True, default=True)
    with_products = fields.Boolean("Products", readonly=True, default=True)
    figure_ids = fields.One2many("channel.reconciliation.figure", "run_id", readonly=True)


class ChannelReconciliationFigure(models.Model):
    """What one run has found of one kind; kept for the trend after the differences are gone."""

    _name = "channel.reconciliation.figure"
    _description = "Figure of a reconciliation"
    _order = "run_id DESC, kind, day DESC, id"
    _log_access = False

    run_id = fields.Many2one(
        "channel.reconciliation", required=True, index=True, ondelete="cascade", readonly=True
    )
    backend_id = fields.Many2one(
        related="run_id.backend_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="run_id.company_id", store=True, precompute=True, index=True
    )
    run_at = fields.Datetime(
        "Compared At", related="run_id.create_date", store=True, precompute=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    day = fields.Date(readonly=True, help="In the shop's time zone.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    compared = fields.Integer(readonly=True)
    differing = fields.Integer("Different", readonly=True)
    value = fields.Float("Value of Differences", digits=(16, 2), readonly=True)
    shop_gross = fields.Monetary("Shop: Orders", readonly=True)
    shop_tax = fields.Monetary("Shop: Tax", readonly=True)
    shop_refunds = fields.Monetary("Shop: Refunds", readonly=True)
    odoo_invoiced = fields.Monetary("Odoo: Invoices", readonly=True)
    odoo_tax = fields.Monetary("Odoo: Tax", readonly=True)
    odoo_credited = fields.Monetary("Odoo: Credit Notes", readonly=True)
    odoo_paid = fields.Monetary("Odoo: Payments", readonly=True)
