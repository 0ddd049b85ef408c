"""How a record is named in a file that another database shall understand: never by its id."""

import re

from odoo import models

#: What tells records of a model apart, beside their company; paths as in a domain.
KEYS = {
    "account.analytic.account": ("code", "name"),
    "account.journal": ("code",),
    "account.payment.method.line": ("journal_id.code", "code", "payment_type", "name"),
    "account.payment.term": ("name",),
    "account.tax": ("name", "amount", "type_tax_use", "country_id.code"),
    "crm.team": ("name",),
    "delivery.carrier": ("name",),
    "ir.model.fields": ("model", "name"),
    "product.pricelist": ("name", "currency_id.name"),
    "product.product": ("default_code", "name"),
    "res.country": ("code",),
    "res.currency": ("name",),
    "res.lang": ("code",),
    "stock.warehouse": ("code",),
}
XMLID = "xmlid"
#: External ids that name the same record in every database: not those of an export or an import,
#: nor those of a chart of accounts, which begin with a company's id.
PUBLIC_XMLID = re.compile(r"(?!__)\w+\.(?!\d)")


class ChannelNaturalKeys(models.AbstractModel):
    _name = "channel.natural.keys"
    _description = "Names of records in files"

    def _knows(self, model):
        """Whether records of a model can be named."""
        return model in KEYS

    def _key(self, record):
        """``{path: value}`` that names ``record``, None for an empty one."""
        if not record:
            return None
        record = record.sudo().with_context(lang="en_US")
        xmlid = record.get_external_id()[record.id]
        if PUBLIC_XMLID.match(xmlid):
            return {XMLID: xmlid}
        return {path: self._value(record, path) for path in KEYS[record._name]}

    def _value(self, record, path):
        value = record
        for name in path.split("."):
            value = value[name]
        return None if value is False else value

    def _find(self, model, key, company):
        """The one record of ``key`` that ``company`` may use; empty where there is none, or more.

        :raises TypeError, ValueError: the key is none
        """
        Model = self.env[model].sudo().with_context(lang="en_US")
        if XMLID in key:
            found = self.env.ref(str(key[XMLID]), raise_if_not_found=False)
            same = found is not None and found and found._name == model
            return Model.browse(found.id) if same else Model
        if set(key) != set(KEYS[model]):
            raise ValueError(key)
        domain = [(path, "=", False if key[path] is None else key[path]) for path in KEYS[model]]
        if "company_id" in Model._fields:
            found = Model.search([*domain, ("company_id", "=", company.id)], limit=2)
            found = found or Model.search([*domain, ("company_id", "=", False)], limit=2)
        else:
            found = Model.search(domain, limit=2)
        return found if len(found) == 1 else Model

    def _text(self, key):
        """A key as a person reads it."""
        return ", ".join(str(value) for value in key.values() if value is not None)
