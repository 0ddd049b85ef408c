"""How the payouts of a gateway are read and booked."""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.canonical import SettlementKind
from ..core.settlement_csv import AMOUNTS, FIELDS, Column, CsvProfile, Sign, Word

SIGNS = [
    ("given", "As the gateway's account sees it"),
    ("opposite", "The other way round: costs are positive"),
    ("in", "Money comes in, whatever the sign"),
    ("out", "Money leaves, whatever the sign"),
]
KINDS = [
    ("charge", "Payment of a customer"),
    ("refund", "Refund"),
    ("fee", "Fee"),
    ("adjustment", "Dispute, reserve, correction"),
    ("payout", "Payout to the bank"),
    ("skip", "Leave the row out"),
]
COLUMN_FIELDS = [
    ("line_id", "Unique ID of the row"),
    ("kind", "Kind of movement"),
    ("transaction_id", "Transaction, as payments know it"),
    ("gross", "Amount before fees"),
    ("fee", "Fee"),
    ("net", "Amount after fees"),
    ("currency", "Currency"),
    ("charged", "Amount the customer paid"),
    ("charged_currency", "Currency the customer paid in"),
    ("date", "Date"),
    ("order_number", "Order number"),
    ("description", "Description"),
    ("payout_id", "Payout"),
    ("payout_date", "Date of the payout"),
    ("filter", "Take only rows with certain values"),
]
assert {name for name, _label in COLUMN_FIELDS} == set(FIELDS)


def split(text):
    """The values of a field that holds several, separated by bars."""
    return tuple(filter(None, (part.strip() for part in (text or "").split("|"))))


class ChannelSettlementProfile(models.Model):
    _name = "channel.settlement.profile"
    _description = "Payout profile"
    _order = "sequence, name"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    gateway_codes = fields.Char(
        "Payment Methods",
        help="Codes of the shop's payment methods whose money this is, separated by commas: they "
        "find the journal, and this profile for payouts that come by themselves.",
    )
    reference = fields.Char("Described At", help="Where the gateway describes the file.")
    note = fields.Text(help="How to get the file.")

    # --- how a file is read
    encoding = fields.Selection(
        [
            ("utf-8", "UTF-8"),
            ("utf-16", "UTF-16"),
            ("cp1252", "Windows (Western Europe)"),
            ("iso8859-15", "ISO 8859-15"),
        ],
        default="utf-8",
        required=True,
    )
    delimiter = fields.Selection(
        [("comma", ","), ("semicolon", ";"), ("tab", "Tab"), ("bar", "|")],
        help="Empty: found out from the header.",
    )
    header_row = fields.Integer(
        default=1, help="Which row holds the titles, blank ones not counted. 0: look for it."
    )
    decimal_comma = fields.Boolean(help="Amounts are written like 1.234,56.")
    minor_units = fields.Boolean(
        "Amounts in Cents", help="Amounts are whole numbers of the currency's smallest unit."
    )
    date_format = fields.Char(
        help="Such as %d/%m/%Y %H:%M:%S; several are separated by |. Empty: ISO 8601. Several "
        "columns of a date are joined by a space."
    )
    tz = fields.Selection(
        lambda self: self.env["res.users"]._fields["tz"]._description_selection(self.env),
        "Time Zone",
        default="UTC",
        required=True,
        help="Of moments that name none.",
    )
    running = fields.Boolean(
        "Account Keeps a Balance",
        help="The file shows a stretch of the gateway's account, like a bank's. Off: its rows "
        "make payouts, after each of which the account is empty; rows that are in none yet are "
        "left out.",
    )
    other_kind = fields.Selection(
        KINDS, "Every Other Word", help="Empty: a word that is not listed refuses the file."
    )
    column_ids = fields.One2many("channel.settlement.column", "profile_id", copy=True)
    word_ids = fields.One2many("channel.settlement.word", "profile_id", copy=True)

    # --- how it is booked, by company
    fee_lines = fields.Selection(
        [("sum", "One line per kind of fee"), ("each", "One line per fee")],
        default="sum",
        required=True,
    )
    journal_id = fields.Many2one(
        "account.journal",
        company_dependent=True,
        check_company=True,
        domain="[('type', '=', 'bank')]",
        help="The gateway's account. Empty: the journal of its payment methods.",
    )
    fee_account_id = fields.Many2one(
        "account.account", company_dependent=True, check_company=True, help="Expense account."
    )
    fee_tax_id = fields.Many2one(
        "account.tax",
        company_dependent=True,
        check_company=True,
        domain="[('type_tax_use', '=', 'purchase')]",
        help="Fees are taken to include it.",
    )
    adjustment_account_id = fields.Many2one(
        "account.account",
        "Account of Adjustments",
        company_dependent=True,
        check_company=True,
        help="For disputes, reserves and corrections. Empty: they wait for a person.",
    )
    payout_account_id = fields.Many2one(
        "account.account",
        "Account of Payouts",
        company_dependent=True,
        check_company=True,
        help="Where the money is between gateway and bank. Empty: internal transfers.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("header_row")
    def _check_header_row(self):
        if any(profile.header_row < 0 for profile in self):
            raise ValidationError(self.env._("The row of the titles can't be negative."))

    # === BUSINESS METHODS === #

    def _csv_profile(self):
        """How a file is read, as :class:`core.settlement_csv.CsvProfile`."""
        self.ensure_one()
        words = {(row.word or "").strip().casefold(): row._word() for row in self.word_ids}
        delimiters = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
        return CsvProfile(
            columns=tuple(row._column() for row in self.column_ids),
            words=words,
            other_words=Word(_kind(self.other_kind)) if self.other_kind else None,
            delimiter=delimiters.get(self.delimiter, ""),
            encoding=self.encoding,
            header_row=self.header_row,
            decimal_comma=self.decimal_comma,
            minor_units=self.minor_units,
            date_formats=split(self.date_format),
            time_zone=self.tz,
            running=self.running,
        )

    @api.model
    def _of_gateway(self, code):
        """The profile that books the payouts of a payment method, or an empty recordset."""
        if not code:
            return self.browse()
        rows = self.search([("gateway_codes", "like", code)])
        return rows.filtered(lambda row: code in row._codes())[:1]

    def _codes(self):
        return [code.strip() for code in (self.gateway_codes or "").split(",") if code.strip()]

    def _journal(self, backend, codes=None):
        """The gateway's account: this company's, else that of its payment methods in the shop.

        :param codes: the payment methods that count; None: all of the profile
        """
        profile = self.with_company(backend.company_id)
        if profile.journal_id:
            return profile.journal_id
        rows = self.env["channel.map.payment"].search(
            [
                ("backend_id", "=", backend.id),
                ("external_code", "in", self._codes() if codes is None else codes),
                ("journal_id", "!=", False),
            ]
        )
        return rows.journal_id[:1]


class ChannelSettlementColumn(models.Model):
    """Where something stands in a payout file."""

    _name = "channel.settlement.column"
    _description = "Column of a payout file"
    _order = "sequence, id"
    _rec_name = "title"

    profile_id = fields.Many2one(
        "channel.settlement.profile", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    field = fields.Selection(COLUMN_FIELDS, "Holds", required=True)
    title = fields.Char(
        "Column",
        required=True,
        help="The title of the column; titles of other versions of the file are separated by |. "
        "Several columns of an amount are added up, of an ID joined, of another text the first "
        "that is not empty counts.",
    )
    sign = fields.Selection(SIGNS, default="given", required=True, help="Of amounts.")
    optional = fields.Boolean(help="A file without this column is read all the same.")
    pattern = fields.Char(
        help="A regular expression whose first group is the value, e.g. Order (\\d+)."
    )
    accepted = fields.Char(
        "Take Only", help="Values separated by |; rows with another value are left out."
    )

    @api.constrains("field", "sign", "pattern", "accepted", "title")
    def _check_column(self):
        for row in self:
            if not split(row.title):
                raise ValidationError(self.env._("A column needs the title it has in the file."))
            if row.sign != "given" and row.field not in AMOUNTS:
                raise ValidationError(self.env._("“%s”: only amounts have a sign.", row.title))
            if (row.field == "filter") != bool(split(row.accepted)):
                raise ValidationError(
                    self.env._(
                        "“%s”: “Take Only” belongs to a column that chooses rows.", row.title
                    )
                )
            row._check_pattern()

    def _check_pattern(self):
        try:
            groups = re.compile(self.pattern or "()").groups
        except re.error as error:
            raise ValidationError(
                self.env._(
                    "“%(column)s”: the pattern is no regular expression (%(error)s).",
                    column=self.title,
                    error=error,
                )
            ) from error
        if not groups:
            raise ValidationError(self.env._("“%s”: put the part to take in brackets.", self.title))

    def _column(self):
        return Column(
            self.field,
            split(self.title),
            Sign(self.sign),
            self.optional,
            self.pattern or "",
            split(self.accepted),
        )


class ChannelSettlementWord(models.Model):
    """What a word of a payout file means."""

    _name = "channel.settlement.word"
    _description = "Word of a payout file"
    _order = "word"
    _rec_name = "word"

    profile_id = fields.Many2one(
        "channel.settlement.profile", required=True, index=True, ondelete="cascade"
    )
    word = fields.Char("In the File", help="As the column has it; capitals do not matter.")
    kind = fields.Selection(KINDS, "Means", required=True)
    sign = fields.Selection(SIGNS, default="given", required=True)

    _word_uniq = models.UniqueIndex(
        "(profile_id, lower(word))", "This word is already in the profile."
    )

    def _word(self):
        return Word(_kind(self.kind), Sign(self.sign))


def _kind(name):
    return None if name == "skip" else SettlementKind(name)
