from odoo import api, fields, models

from ..services.forced_amounts import TAXES, part_of, unit_of


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    channel_external_id = fields.Char(
        "Shop Line", readonly=True, copy=False, help="Identifier of the line in the shop."
    )
    channel_is_container = fields.Boolean(
        "Set",
        readonly=True,
        help="A bundle of the shop: it is sold, while its parts, which are lines of their own, "
        "are delivered.",
    )

    # === STOCK === #

    def _action_launch_stock_rule(self, **options):
        """A set is not delivered itself, whatever its product is."""
        lines = self.filtered(lambda line: not line.channel_is_container)
        return super(SaleOrderLine, lines)._action_launch_stock_rule(**options)

    @api.depends("channel_is_container")
    def _compute_qty_delivered_method(self):
        result = super()._compute_qty_delivered_method()
        self.filtered("channel_is_container").qty_delivered_method = "manual"
        return result

    # === INVOICES === #

    def _prepare_invoice_line(self, **optional_values):
        """Give an invoice for a part of the line its share of the line's forced amounts.

        Odoo copies them as they are and ignores them where the quantity differs.
        """
        values = super()._prepare_invoice_line(**optional_values)
        extra, quantity = self.extra_tax_data or {}, values.get("quantity")
        if not self.channel_external_id or not quantity or not self._has_forced_amounts():
            return values
        if quantity == extra["quantity"] and not self.qty_invoiced:
            return values
        values["extra_tax_data"] = part_of(
            extra,
            self.qty_invoiced,
            quantity,
            unit_of(self.currency_id.rounding),
            unit_of(self.company_id.currency_id.rounding),
        )
        return values

    def _has_forced_amounts(self):
        """Whether the line is still the one its forced amounts were made for."""
        extra, compare = self.extra_tax_data or {}, self.currency_id.compare_amounts
        taxes = self.tax_ids.flatten_taxes_hierarchy()
        return (
            bool(extra.get(TAXES))
            and extra["currency_id"] == self.currency_id.id
            and all(
                compare(own, extra[name]) == 0
                for name, own in (
                    ("price_unit", self.price_unit),
                    ("discount", self.discount),
                    ("quantity", self.product_uom_qty),
                )
            )
            and all(str(tax.id) in extra[TAXES] for tax in taxes)
        )
