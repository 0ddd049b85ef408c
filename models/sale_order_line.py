from odoo import api, fields, models

from ..services.forced_amounts import TAXES, part_of, rest_of, unit_of


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
        quantity = values.get("quantity")
        if self.channel_external_id and quantity and self._has_forced_amounts():
            values["extra_tax_data"] = self._forced_share(quantity)
        return values

    def _forced_share(self, quantity):
        """Forced amounts of the next ``quantity`` to be invoiced of the line.

        What completes the line takes all that is left of it, also where an invoice in between
        was cancelled.
        """
        extra, earlier = self.extra_tax_data, self._channel_invoice_lines()
        taken = self._channel_invoiced()
        if not taken and quantity == extra["quantity"]:
            return extra
        units = (
            unit_of(self.currency_id.rounding),
            unit_of(self.company_id.currency_id.rounding),
        )
        shares = [line.extra_tax_data or {} for line in earlier]
        if (
            taken + quantity
            == extra["quantity"]
            == quantity + sum(share.get("quantity", 0.0) for share in shares)
        ):
            return rest_of(extra, shares, quantity)
        return part_of(extra, taken, quantity, *units)

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
