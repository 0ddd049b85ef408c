"""The shop's tax rates and the taxes of Odoo they are."""

import itertools

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ChannelMapTax(models.Model):
    _name = "channel.map.tax"
    _inherit = "channel.map.mixin"
    _description = "Channel tax rate"
    _target = "tax_id"

    percent = fields.Float(digits=(16, 4))
    has_percent = fields.Boolean(
        default=True, help="Off for rates that the channel deleted or computes itself."
    )
    compound = fields.Boolean(help="Computed on the amount including the taxes before it.")
    country_code = fields.Char("Country")
    state_code = fields.Char("State")
    tax_class = fields.Char()
    tax_id = fields.Many2one(
        "account.tax",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale'), ('company_id', '=', company_id)]",
    )

    # === ACTION METHODS === #

    def action_create_taxes(self):
        """Create Odoo's taxes for the rates that have none, and map them."""
        rows = self.filtered(lambda row: not row.tax_id and row.has_percent)
        if not rows:
            raise UserError(
                self.env._("Choose rates that are not mapped yet and whose percentage is known.")
            )
        for backend, group in rows.grouped("backend_id").items():
            taxes = self.env["account.tax"].with_company(backend.company_id)
            created = taxes.create(group._prepare_taxes(backend))
            for row, tax in zip(group, created, strict=True):
                row.tax_id = tax
        return True

    def _prepare_taxes(self, backend):
        """Values of one ``account.tax`` per row; an override returns the list, changed.

        Named after the label of the shop. A rate above which a compound rate of the same place
        is computed counts into the base of that one.
        """
        company = backend.company_id
        used = self._used_tax_names(company)
        compound = set(
            self.search([("backend_id", "=", backend.id), ("compound", "=", True)]).mapped(
                lambda row: (row.country_code, row.state_code)
            )
        )
        account = company.account_sale_tax_id.invoice_repartition_line_ids.account_id[:1]
        return [
            {
                "name": row._unique_tax_name(used),
                "amount": row.percent,
                "amount_type": "percent",
                "type_tax_use": "sale",
                "company_id": company.id,
                "country_id": country.id,
                "tax_group_id": row._ensure_tax_group(company, country).id,
                "price_include_override": "tax_excluded",
                "include_base_amount": not row.compound
                and (row.country_code, row.state_code) in compound,
                "sequence": 20 if row.compound else 10,
                **row._prepare_repartition(account),
            }
            for row in self
            for country in row._tax_country(company)
        ]

    def _tax_country(self, company):
        """The country a tax is reported in: the company's, or one where it has a VAT number.

        Odoo refuses an invoice whose taxes belong to another country than its fiscal position;
        distance sales are therefore taxes of the company's own country.
        """
        country = self.env["res.country"].search([("code", "=", self.country_code)], limit=1)
        registered = self.env["account.fiscal.position"].search(
            [
                ("company_id", "=", company.id),
                ("foreign_vat", "!=", False),
                ("country_id", "=", country.id),
            ],
            limit=1,
        )
        return registered.country_id or company.account_fiscal_country_id

    def _ensure_tax_group(self, company, country):
        """The tax group of the percentage: an order's totals show its name.

        A new one is closed into the accounts of the company's first group, where there is one (a
        company without a chart of accounts has none).
        """
        groups = self.env["account.tax.group"].with_company(company)
        name = self.env._("Tax %s%%", f"{self.percent:g}")
        domain = [("company_id", "=", company.id), ("country_id", "in", (country.id, False))]
        found = groups.search([*domain, ("name", "=", name)], limit=1)
        if found:
            return found
        accounts = groups.search(domain, limit=1)
        return groups.create(
            {
                "name": name,
                "company_id": company.id,
                "country_id": country.id,
                "tax_payable_account_id": accounts.tax_payable_account_id.id,
                "tax_receivable_account_id": accounts.tax_receivable_account_id.id,
            }
        )

    def _used_tax_names(self, company):
        taxes = self.env["account.tax"].with_context(active_test=False)
        return set(taxes.search([("company_id", "=", company.id)]).mapped("name"))

    def _unique_tax_name(self, used):
        """The label, with percentage, place and number where Odoo has a tax of that name."""
        self.ensure_one()
        label = self.external_label or self.external_code
        place = "-".join(filter(None, (self.country_code, self.state_code)))
        names = [label, f"{label} {self.percent:g}%", f"{label} {self.percent:g}% {place}"]
        numbered = (f"{names[-1]} ({number})" for number in itertools.count(2))
        name = next(name for name in itertools.chain(names, numbered) if name not in used)
        used.add(name)
        return name

    def _prepare_repartition(self, account):
        """Book the tax to the account of the company's default sale tax, where it has one."""
        if not account:
            return {}
        lines = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": account.id}),
        ]
        return {"invoice_repartition_line_ids": lines, "refund_repartition_line_ids": list(lines)}

    # === BUSINESS METHODS === #

    @api.model
    def _fill_from_store(self, backend, rates):
        """Make a row of every rate of the shop, matched where one tax of the company fits.

        :param rates: sequence of :class:`core.canonical.TaxRate`
        """
        resolver = self.env["channel.tax.resolver"]
        by_key = {rate.key: rate for rate in rates}
        resolver._resolve(backend, by_key)
        self._ensure_rows(
            backend, {key: resolver._prepare_label(rate) for key, rate in by_key.items()}
        )
