from odoo import fields, models


class ChannelMapTaxClass(models.Model):
    """A tax class of the shop and the sales taxes that products of it have in Odoo."""

    _name = "channel.map.tax.class"
    _inherit = "channel.map.mixin"
    _description = "Channel tax class"
    _target = "tax_ids"

    tax_ids = fields.Many2many(
        "account.tax",
        string="Sales Taxes",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
        help="Empty: not decided yet. Products of the class then keep the company's default taxes, "
        "and no class is sent.",
    )

    def write(self, vals):
        """No product waits for its tax class, so only mapping it can end the issue about it."""
        result = super().write(vals)
        if vals.get("tax_ids"):
            self._end_issues("unmapped_tax_class")
        return result
