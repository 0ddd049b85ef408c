"""The shop's tax rates → Odoo's taxes, by the mapping table, which fills itself."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import float_compare

from ..core import errors

#: Digits of ``account.tax.amount``.
DIGITS = 4


class ChannelTaxResolver(models.AbstractModel):
    _name = "channel.tax.resolver"
    _description = "Channel tax resolver"

    def _resolve(self, backend, rates):
        """Find the tax of each rate: by its row, else by percent and country.

        Rows of rates that are met for the first time are written where a tax was found; what
        was not found is left to the orders that need it.

        :param rates: ``{key: core.canonical.TaxRate}``
        :return: ``{key: account.tax}`` of those found
        """
        rows = self.env["channel.map.tax"]._rows(backend, ["tax_id"])
        missing = {key: rate for key, rate in rates.items() if not self._tax_of(rows, key)}
        matched = self._match(backend.company_id, missing) if missing else {}
        for key, tax in matched.items():
            if key in rows:
                rows[key].tax_id = tax
        self.env["channel.map.tax"].create(
            [
                {**self._prepare_row(backend, rates[key]), "tax_id": tax.id}
                for key, tax in matched.items()
                if key not in rows
            ]
        )
        return {key: tax for key in rates if (tax := self._tax_of(rows, key) or matched.get(key))}

    def _tax_of(self, rows, key):
        return rows[key].tax_id if key in rows else None

    def _prepare_row(self, backend, rate):
        """Values of the mapping row of a rate; an override returns the dictionary, extended."""
        return {"backend_id": backend.id, "external_code": rate.key, **self._prepare_label(rate)}

    def _prepare_label(self, rate):
        """What a person sees of a rate in its mapping row."""
        return {
            "external_label": rate.label or rate.key,
            "percent": float(rate.percent or 0),
            "has_percent": rate.percent is not None,
            "compound": rate.compound,
            "country_code": rate.country or False,
            "state_code": rate.state or False,
            "tax_class": rate.tax_class or False,
        }

    def _unmapped(self, rate, recorder):
        """The error of a rate without tax; its row is written in any case."""
        recorder.add_unmapped("tax", rate.key, **self._prepare_label(rate))
        return errors.Unmapped(kind="tax", value=rate.key, label=rate.label or rate.key)

    # === MATCHING === #

    def _match(self, company, rates):
        """``{key: account.tax}`` of the rates for which one tax of the company fits.

        One query for all. A rate of another country never matches a domestic tax of the same
        percent: it would be reported to the wrong authority.
        """
        domain = Domain(self._candidates_domain(company))
        candidates = self.env["account.tax"].search(domain) if rates else self.env["account.tax"]
        return {
            key: tax
            for key, rate in rates.items()
            if (tax := self._choose(candidates, company, rate))
        }

    def _candidates_domain(self, company):
        """Taxes that may be chosen; an override returns a domain on ``account.tax``."""
        return Domain.AND(
            [
                self.env["account.tax"]._check_company_domain(company),
                [("type_tax_use", "=", "sale"), ("amount_type", "=", "percent")],
            ]
        )

    def _choose(self, candidates, company, rate):
        """The one tax that fits, preferably one that prices do not include.

        Where several are left (goods, services) the company's default sale tax decides, if it is
        one of them; otherwise a person does.
        """
        if rate.percent is None:
            return None
        country = rate.country or company.account_fiscal_country_id.code
        percent = float(rate.percent)
        found = candidates.filtered(
            lambda tax: (
                tax.country_id.code == country
                and float_compare(tax.amount, percent, precision_digits=DIGITS) == 0
            )
        )
        if len(found) > 1:
            found = found.filtered(lambda tax: not tax.price_include) or found
        if len(found) > 1:
            found &= company.account_sale_tax_id
        return found if len(found) == 1 else None
