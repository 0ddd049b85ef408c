"""What can be corrected right where an issue is read: one fixer per cause, one place for all.

A fixer knows which field of the issue's form asks for the choice, writes what was chosen where it
belongs (a mapping row, a binding, the backend), with the rights of the person, and says which
screen shows the same. Everything waiting for the issue is tried again afterwards.
"""

from odoo import models
from odoo.exceptions import UserError

#: Code of an issue, or ``code.kind`` for values without translation → its fixer.
FIXERS = {
    "unmapped.tax": "channel.fixer.tax",
    "unmapped.status": "channel.fixer.status",
    "unmapped.payment": "channel.fixer.journal",
    "payment_journal_missing": "channel.fixer.journal",
    "settlement_journal": "channel.fixer.payout",
    "unmapped_carrier": "channel.fixer.carrier",
    "unmapped_tax_class": "channel.fixer.tax.class",
    "currency_inactive": "channel.fixer.currency",
    "unknown_product": "channel.fixer.product",
    "ambiguous_product": "channel.fixer.product",
    "missing_product": "channel.fixer.service",
}


class ChannelFixer(models.AbstractModel):
    """Base; it also stands for causes that nothing on the issue can correct."""

    _name = "channel.fixer"
    _description = "Channel issue fixer"

    #: field of the issue that holds the choice; '': nothing has to be chosen
    _choice = ""
    #: model that is written, whose rights decide who may fix
    _writes = ""
    #: what can be made instead of chosen
    _creates = False
    #: action of the screen that shows the same
    _screen = ""

    def _applies(self, issue):
        """Whether the parameters of the issue are enough to fix it."""
        return bool(self._writes)

    def _may(self):
        """Whether the person has the rights."""
        return bool(self._writes) and self.env[self._writes].has_access("write")

    def _question(self, issue):
        """What has to be chosen, for people."""
        return ""

    def _fix(self, issue):
        """Write the choice. :return: what was done, for the chatter"""
        raise NotImplementedError

    def _create(self, issue):
        """Make what is missing, and use it. :return: what was done, for the chatter"""
        raise NotImplementedError

    def _equals(self, issue):
        """Other open issues that the same fix ends."""
        return issue.browse()

    def _screen_domain(self, issue):
        return [("backend_id", "=", issue.backend_id.id)]

    def _chosen(self, issue):
        """:raises UserError: nothing was chosen"""
        chosen = issue[self._choice]
        if not chosen:
            raise UserError(self.env._("Choose the value first: %s", self._question(issue)))
        return chosen


class ChannelFixerMap(models.AbstractModel):
    """A value of the shop without translation: the choice goes into its mapping row."""

    _name = "channel.fixer.map"
    _inherit = "channel.fixer"
    _description = "Channel mapping fixer"

    _target = ""

    def _applies(self, issue):
        """Once it is mapped there is nothing to choose; what waits has only to be tried again."""
        return bool(self._code(issue)) and not self._find_row(issue)[self._target]

    def _code(self, issue):
        return (issue.params or {}).get("value") or ""

    def _label(self, issue):
        params = issue.params or {}
        return params.get("label") or params.get("gateway") or self._code(issue)

    def _find_row(self, issue):
        return self.env[self._writes]._find(issue.backend_id, self._code(issue))

    def _row(self, issue):
        """The mapping row; made where it is missing."""
        code = self._code(issue)
        label = {"external_label": self._label(issue)}
        self.env[self._writes]._ensure_rows(issue.backend_id, {code: label})
        return self._find_row(issue)

    def _fix(self, issue):
        chosen, row = self._chosen(issue), self._row(issue)
        row.write({self._target: self._value_of(chosen), "active": True})
        return self._told(row, self._name_of(chosen))

    def _value_of(self, chosen):
        """What the row's field takes of the choice."""
        return chosen.id

    def _name_of(self, chosen):
        return chosen.display_name

    def _told(self, row, name):
        return self.env._("%(value)s → %(target)s", value=row.external_label, target=name)

    def _screen_domain(self, issue):
        return [*super()._screen_domain(issue), ("external_code", "=", self._code(issue))]


class ChannelFixerTax(models.AbstractModel):
    _name = "channel.fixer.tax"
    _inherit = "channel.fixer.map"
    _description = "Channel tax fixer"

    _choice, _writes, _target = "fix_tax_id", "channel.map.tax", "tax_id"
    _creates = True
    _screen = "channel_connector.action_channel_map_tax"

    def _question(self, issue):
        row = self._find_row(issue)
        if not row or not row.has_percent:
            return self.env._("Which tax of Odoo is “%s”?", self._label(issue))
        place = "-".join(filter(None, (row.country_code, row.state_code)))
        return self.env._(
            "Which tax of Odoo is “%(label)s” (%(percent)s)?",
            label=self._label(issue),
            percent=", ".join(filter(None, (f"{row.percent:g} %", place, row.tax_class))),
        )

    def _create(self, issue):
        row = self._row(issue)
        row.action_create_taxes()
        return self._told(row, row.tax_id.display_name)


class ChannelFixerTaxClass(models.AbstractModel):
    _name = "channel.fixer.tax.class"
    _inherit = "channel.fixer.map"
    _description = "Channel tax class fixer"

    _choice, _writes, _target = "fix_tax_id", "channel.map.tax.class", "tax_ids"
    _screen = "channel_connector.action_channel_map_tax_class"

    def _question(self, issue):
        return self.env._("Which sales tax have products of class “%s”?", self._label(issue))

    def _value_of(self, chosen):
        return [(6, 0, chosen.ids)]


class ChannelFixerStatus(models.AbstractModel):
    _name = "channel.fixer.status"
    _inherit = "channel.fixer.map"
    _description = "Channel status fixer"

    _choice, _writes, _target = "fix_status", "channel.map.status", "status"
    _screen = "channel_connector.action_channel_map_status"

    def _applies(self, issue):
        # a status of ours that no status of the shop means has no row: which one, shows the table
        return super()._applies(issue) and bool(self._find_row(issue))

    def _question(self, issue):
        return self.env._("What does the shop's status “%s” mean?", self._label(issue))

    def _value_of(self, chosen):
        return chosen

    def _name_of(self, chosen):
        names = self.env[self._writes]._fields[self._target]._description_selection(self.env)
        return dict(names)[chosen]

    def _screen_domain(self, issue):
        # all of them: one may have to be changed for a status of ours
        return [("backend_id", "=", issue.backend_id.id)]


class ChannelFixerCarrier(models.AbstractModel):
    _name = "channel.fixer.carrier"
    _inherit = "channel.fixer.map"
    _description = "Channel carrier fixer"

    _choice, _writes, _target = "fix_carrier_id", "channel.map.carrier", "carrier_id"
    _screen = "channel_connector.action_channel_map_carrier"

    def _question(self, issue):
        return self.env._("Which delivery method of Odoo is “%s”?", self._label(issue))


class ChannelFixerJournal(models.AbstractModel):
    _name = "channel.fixer.journal"
    _inherit = "channel.fixer.map"
    _description = "Channel payment journal fixer"

    _choice, _writes, _target = "fix_journal_id", "channel.map.payment", "journal_id"
    _screen = "channel_connector.action_channel_map_payment"

    def _question(self, issue):
        return self.env._("In which journal are payments by “%s” booked?", self._label(issue))


class ChannelFixerPayout(models.AbstractModel):
    """A payout of a gateway whose profile has no journal."""

    _name = "channel.fixer.payout"
    _inherit = "channel.fixer"
    _description = "Channel payout journal fixer"

    _choice, _writes = "fix_journal_id", "channel.settlement.profile"
    _screen = "channel_connector.action_channel_settlement_profile"

    def _profile(self, issue):
        gateway = (issue.params or {}).get("gateway") or ""
        profiles = self.env["channel.settlement.profile"]
        return profiles._of_gateway(gateway).with_company(issue.company_id)

    def _applies(self, issue):
        return bool(self._profile(issue))

    def _question(self, issue):
        return self.env._("In which journal are payouts of “%s” booked?", self._profile(issue).name)

    def _fix(self, issue):
        chosen, profile = self._chosen(issue), self._profile(issue)
        profile.journal_id = chosen
        return self.env._("%(value)s → %(target)s", value=profile.name, target=chosen.display_name)

    def _equals(self, issue):
        return issue.search(
            [
                ("backend_id", "=", issue.backend_id.id),
                ("code", "=", issue.code),
                ("state", "=", "open"),
                ("id", "!=", issue.id),
            ]
        ).filtered(lambda other: self._profile(other) == self._profile(issue))

    def _screen_domain(self, issue):
        return [("id", "in", self._profile(issue).ids)]


class ChannelFixerCurrency(models.AbstractModel):
    _name = "channel.fixer.currency"
    _inherit = "channel.fixer"
    _description = "Channel currency fixer"

    _writes = "res.currency"
    _screen = "base.action_currency_form"

    def _currency(self, issue):
        currencies = self.env["res.currency"].with_context(active_test=False)
        return currencies.search([("name", "=", (issue.params or {}).get("currency") or "")])

    def _applies(self, issue):
        return bool(self._currency(issue))

    def _question(self, issue):
        return self.env._("Activate the currency %s in Odoo?", self._currency(issue).name)

    def _fix(self, issue):
        currency = self._currency(issue)
        currency.active = True
        return self.env._("Currency %s activated", currency.name)

    def _screen_domain(self, issue):
        return [("id", "in", self._currency(issue).ids), ("active", "in", (True, False))]


class ChannelFixerService(models.AbstractModel):
    """The backend lacks the product that sells shipping, fees or rounding."""

    _name = "channel.fixer.service"
    _inherit = "channel.fixer"
    _description = "Channel service product fixer"

    _choice, _writes = "fix_product_id", "channel.backend"

    def _field(self, issue):
        return (issue.params or {}).get("name") or ""

    def _applies(self, issue):
        return self._field(issue) in issue.backend_id._fields

    def _question(self, issue):
        field = issue.backend_id._fields[self._field(issue)]
        return self.env._("Which product is the “%s”?", field._description_string(self.env))

    def _fix(self, issue):
        chosen = self._chosen(issue)
        issue.backend_id[self._field(issue)] = chosen
        field = issue.backend_id._fields[self._field(issue)]
        return self.env._(
            "%(value)s → %(target)s",
            value=field._description_string(self.env),
            target=chosen.display_name,
        )
