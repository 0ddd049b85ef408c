"""What the newest orders of a shop would become: lines of a dry run that a person looks at."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import float_compare, formatLang


class ChannelSetupTrial(models.TransientModel):
    """One order of the dry run. Nobody else sees it, and it is gone after a day."""

    _name = "channel.setup.trial"
    _description = "Order of a dry run"
    _order = "sequence, id"
    _transient_max_hours = 24

    backend_id = fields.Many2one("channel.backend", required=True, ondelete="cascade")
    sequence = fields.Integer()
    external_id = fields.Char("ID in the Shop")
    number = fields.Char("Order")
    ordered_at = fields.Datetime("Ordered")
    result = fields.Selection(
        [
            ("order", "Sales order"),
            ("quotation", "Quotation"),
            ("done", "Done"),
            ("ignored", "Left alone"),
            ("blocked", "Needs a decision"),
            ("failed", "Needs a decision"),
        ]
    )
    customer = fields.Char()
    customer_found = fields.Selection(
        [("known", "Known contact"), ("new", "New contact")], "Contact"
    )
    products = fields.Char()
    currency_id = fields.Many2one("res.currency")
    shop_total = fields.Monetary("Total in the Shop")
    odoo_total = fields.Monetary("Total in Odoo")
    shop_tax = fields.Monetary("Tax in the Shop")
    odoo_tax = fields.Monetary("Tax in Odoo")
    equal = fields.Selection(
        [("yes", "Equal"), ("no", "Differs")], "To the Cent", compute="_compute_equal"
    )
    reason = fields.Char("Why")
    suggestion = fields.Text("What to Do")
    lines = fields.Json()
    lines_html = fields.Html("Order Lines", compute="_compute_lines_html", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("shop_total", "odoo_total", "shop_tax", "odoo_tax", "result")
    def _compute_equal(self):
        for row in self:
            digits = row.currency_id.decimal_places
            pairs = ((row.shop_total, row.odoo_total), (row.shop_tax, row.odoo_tax))
            same = not any(float_compare(*pair, precision_digits=digits) for pair in pairs)
            made = row.result in ("order", "quotation") or bool(row.lines)
            row.equal = ("yes" if same else "no") if made else False

    @api.depends("lines")
    def _compute_lines_html(self):
        cells = Markup("<tr><td>{}</td><td>{}</td><td>{}</td><td class='text-end'>{}</td></tr>")
        table = Markup("<table class='table table-sm mb-0'><tbody>{}</tbody></table>")
        for row in self:
            found = [
                cells.format(
                    f"{line['quantity']:g} x",
                    line["product"] or line["name"],
                    line["taxes"],
                    formatLang(self.env, line["subtotal"], currency_obj=row.currency_id),
                )
                for line in row.lines or []
            ]
            row.lines_html = table.format(Markup("").join(found)) if found else False

    @api.depends("number")
    def _compute_display_name(self):
        for row in self:
            row.display_name = self.env._("Order %s", row.number)
