"""Translation tables between a channel's values and Odoo's, edited by a person.

A value that is met for the first time appears as an unmapped row by itself, together with one
issue for the value.
"""

from odoo import api, fields, models

from ..core.fingerprint import fingerprint


class ChannelMapMixin(models.AbstractModel):
    _name = "channel.map.mixin"
    _description = "Channel mapping"
    _rec_name = "external_label"
    _order = "backend_id, external_code"
    _check_company_auto = True

    #: name of the field that holds the Odoo side; a row without it is unmapped
    _target = ""

    backend_id = fields.Many2one("channel.backend", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="backend_id.company_id", store=True, index=True)
    external_code = fields.Char("Channel Value", required=True)
    external_label = fields.Char("Channel Label")
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(backend_id, external_code)", "This value is already mapped on this backend."
    )

    @api.model
    def _find(self, backend, code):
        """The row of a channel value (archived ones too), or an empty recordset."""
        return self.with_context(active_test=False).search(
            [("backend_id", "=", backend.id), ("external_code", "=", code)], limit=1
        )

    @api.model
    def _rows(self, backend, names):
        """``{code: row}`` of all values of a backend (archived ones too), read by one query."""
        rows = self.with_context(active_test=False).search_fetch(
            [("backend_id", "=", backend.id)], ["external_code", *names], order="id"
        )
        return {row.external_code: row for row in rows}

    @api.model
    def _ensure_rows(self, backend, values_by_code):
        """Create the rows that are missing; a row that exists stays as a person left it.

        :param values_by_code: ``{code: values}``
        :return: the rows created
        """
        known = self._rows(backend, [])
        return self.create(
            [
                {"external_label": code, **values, "backend_id": backend.id, "external_code": code}
                for code, values in values_by_code.items()
                if code not in known
            ]
        )

    def _end_issues(self, code):
        """Close what was opened about the values of these rows, which are mapped now."""
        for row in self:
            cause = fingerprint([code, {"value": row.external_code}])
            self.env["channel.issue"].sudo().search(
                [
                    ("backend_id", "=", row.backend_id.id),
                    ("fingerprint", "=", cause),
                    ("state", "=", "open"),
                ]
            )._close("resolved")


class ChannelMapPayment(models.Model):
    _name = "channel.map.payment"
    _inherit = "channel.map.mixin"
    _description = "Channel payment method"
    _target = "order_policy"

    order_policy = fields.Selection(
        [
            ("quotation", "Leave as quotation"),
            ("released", "Confirm when the shop releases it"),
            ("blocked", "Confirm at once, deliver when paid"),
            ("always", "Confirm at once, paid or not"),
        ],
        "Order Workflow",
        default="released",
        required=True,
        help="A shop releases an order for shipping when it is paid, or at once where payment "
        "comes with the delivery.",
    )
    payment_term_id = fields.Many2one("account.payment.term", check_company=True)


class ChannelMapCarrier(models.Model):
    _name = "channel.map.carrier"
    _inherit = "channel.map.mixin"
    _description = "Channel shipping method"
    _target = "carrier_id"

    carrier_id = fields.Many2one("delivery.carrier", "Delivery Method", check_company=True)

    def write(self, vals):
        """No order waits for a carrier, so nothing but mapping it can end the issue about it."""
        result = super().write(vals)
        if vals.get("carrier_id"):
            self._end_issues("unmapped_carrier")
        return result


class ChannelMapStatus(models.Model):
    _name = "channel.map.status"
    _inherit = "channel.map.mixin"
    _description = "Channel order status"
    _target = "status"

    status = fields.Selection(
        [
            ("draft", "Checkout not finished: ignore"),
            ("pending", "Waiting for payment"),
            ("on_hold", "On hold"),
            ("processing", "Released for shipping"),
            ("completed", "Completed"),
            ("cancelled", "Cancelled"),
            ("failed", "Payment failed"),
            ("refunded", "Refunded"),
            ("trashed", "In the trash"),
        ],
        "Means",
        help="What this status of the shop means. Standard statuses know by themselves.",
    )


class ChannelMapCurrency(models.Model):
    _name = "channel.map.currency"
    _inherit = "channel.map.mixin"
    _description = "Channel currency"
    _target = "pricelist_id"

    @api.model
    def _ensure_pricelists(self, backend, currencies):
        """The price list of each currency; rows and lists that are missing are made.

        A list without rules is needed: Odoo would put the discounts of a rule on an imported line
        as soon as somebody changes its quantity.

        :param currencies: ``res.currency``
        :return: ``{currency code: product.pricelist}``
        """
        rows = self._rows(backend, ["pricelist_id"])
        found = {}
        for currency in currencies:
            row = rows.get(currency.name)
            found[currency.name] = row.pricelist_id if row and row.pricelist_id else None
            if not found[currency.name]:
                found[currency.name] = self._find_or_create_pricelist(backend, currency)
                values = {"currency_id": currency.id, "pricelist_id": found[currency.name].id}
                if row:
                    row.write(values)
                else:
                    self._ensure_rows(backend, {currency.name: values})
        return found

    @api.model
    def _find_or_create_pricelist(self, backend, currency):
        Pricelist = self.env["product.pricelist"]
        domain = [("currency_id", "=", currency.id), ("item_ids", "=", False)]
        company = Pricelist._check_company_domain(backend.company_id)
        return Pricelist.search([*domain, *company], limit=1) or Pricelist.create(
            {
                "name": f"Channel {currency.name}",
                "currency_id": currency.id,
                "company_id": backend.company_id.id,
            }
        )

    currency_id = fields.Many2one("res.currency", required=True)
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        domain="[('currency_id', '=', currency_id)]",
        help="Gives imported orders their currency. Prices of imported lines never come from it.",
    )


class ChannelMapWarehouse(models.Model):
    """Which warehouse ships: the first row that fits the order's shipping method and country."""

    _name = "channel.map.warehouse"
    _inherit = "channel.rules.mixin"
    _description = "Channel warehouse rule"
    _order = "backend_id, sequence, id"
    _check_company_auto = True

    backend_id = fields.Many2one("channel.backend", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="backend_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    shipping_method = fields.Char(
        help="Code of the shop's shipping method, such as flat_rate or flat_rate:3. "
        "Empty: any method."
    )
    country_ids = fields.Many2many("res.country", help="Ship-to countries. Empty: any country.")
    warehouse_id = fields.Many2one("stock.warehouse", required=True, check_company=True)
