from odoo import api, fields, models

from ..services.forced_amounts import TAXES, in_currency_only, part_of, rest_of, unit_of


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

    # === WHOSE LINE === #

    def _channel_of_shop(self):
        """Whether it is made of the shop's order: not added in Odoo, by a person or a refund."""
        self.ensure_one()
        return bool(self.channel_external_id) and not self._is_channel_refund()

    # === QUANTITIES === #

    def _update_line_quantity(self, values):
        """The import has compared the quantity with what was delivered, and tells the chatter in
        one line what changed."""
        if self.env.context.get("channel_import"):
            return None
        return super()._update_line_quantity(values)

    def _channel_reduce(self, quantity):
        """Order no more than ``quantity``; the amounts of the line become its share of them."""
        self.ensure_one()
        if self.product_uom_id.compare(self.product_uom_qty, quantity) <= 0:
            return
        extra = False
        if quantity and self._has_forced_amounts():
            extra = part_of(self.extra_tax_data, 0.0, quantity, *self._channel_units())
        self.write(
            {
                "product_uom_qty": quantity,
                "price_unit": self.price_unit,
                "discount": self.discount,
                "extra_tax_data": extra,
            }
        )
        self._channel_recompute()

    def _channel_recompute(self):
        """Forced amounts that change are no reason for Odoo to compute a line again."""
        self._compute_amount()
        self.order_id._compute_amounts()

    def _channel_units(self):
        """Rounding units of the order's currency and of its company's."""
        return (
            unit_of(self.currency_id.rounding),
            unit_of(self.company_id.currency_id.rounding),
        )

    # === INVOICES === #

    def _prepare_invoice_line(self, **optional_values):
        """Give an invoice for a part of the line its share of the line's forced amounts.

        Odoo copies them as they are and ignores them where the quantity differs.
        """
        values = super()._prepare_invoice_line(**optional_values)
        quantity = values.get("quantity")
        if self.channel_external_id and quantity and self._has_forced_amounts():
            share = self._forced_share(quantity)
            rate = self.env.context.get("channel_rate", share["rate"])
            # at another rate Odoo converts the exact amounts better than rounded ones
            values["extra_tax_data"] = share if rate == share["rate"] else in_currency_only(share)
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
        shares = [line.extra_tax_data or {} for line in earlier]
        if (
            taken + quantity
            == extra["quantity"]
            == quantity + sum(share.get("quantity", 0.0) for share in shares)
        ):
            return rest_of(extra, shares, quantity)
        return part_of(extra, taken, quantity, *self._channel_units())

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
