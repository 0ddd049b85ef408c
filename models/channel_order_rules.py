"""Rules an admin writes about orders: when to hold one, which custom field goes where."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: What a risk rule can ask; all that is set must fit.
CONDITIONS = (
    "min_total",
    "country_ids",
    "payment_method",
    "address_differs",
    "shop_verdict",
    "guests_only",
)


class ChannelRiskRule(models.Model):
    """Hold an order as a quotation when it looks risky: every condition that is set must fit."""

    _name = "channel.risk.rule"
    _inherit = "channel.rules.mixin"
    _description = "Channel risk rule"
    _order = "sequence, id"

    backend_id = fields.Many2one("channel.backend", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="backend_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, help="Shown on the order as the reason.")
    active = fields.Boolean(default=True)
    min_total = fields.Float("Total From", help="In the order's currency; 0: any total.")
    country_ids = fields.Many2many("res.country", string="Ship-to Countries")
    payment_method = fields.Char(help="Code of the shop's payment method; empty: any.")
    address_differs = fields.Boolean("Billing and Shipping Country Differ")
    shop_verdict = fields.Boolean(
        "Marked by the Shop", help="The shop or its gateway flagged the order as a risk."
    )
    guests_only = fields.Boolean()

    @api.constrains(*CONDITIONS)
    def _check_conditions(self):
        for rule in self:
            if not any(rule[name] for name in CONDITIONS):
                raise ValidationError(
                    self.env._("Risk rule “%s”: set at least one condition.", rule.name)
                )


class ChannelMetaField(models.Model):
    """A custom field of the shop's order that is copied to a field of the sales order."""

    _name = "channel.meta.field"
    _inherit = "channel.rules.mixin"
    _description = "Channel custom field"

    backend_id = fields.Many2one("channel.backend", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="backend_id.company_id", store=True, index=True)
    external_code = fields.Char("Field in the Shop", required=True)
    field_id = fields.Many2one(
        "ir.model.fields",
        "Field of the Sales Order",
        required=True,
        ondelete="cascade",
        domain="[('model', '=', 'sale.order'), ('store', '=', True), ('readonly', '=', False),"
        " ('ttype', 'in', ('char', 'text', 'integer', 'float', 'boolean', 'date', 'datetime'))]",
    )

    @api.constrains("field_id")
    def _check_field(self):
        protected = {"name", "state", "company_id", "partner_id", "currency_id"}
        for row in self:
            if row.field_id.model != "sale.order" or row.field_id.name in protected:
                raise ValidationError(
                    self.env._(
                        "Field of the sales order: “%s” can't be filled from the shop.",
                        row.field_id.display_name,
                    )
                )
