import base64
from pathlib import PurePath

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import errors
from ..core.settlement_csv import read
from ..services.messages import issue_text


class ChannelSettlementImport(models.TransientModel):
    """Reads a payout file and has its statements booked; a file that is not right books nothing."""

    _name = "channel.settlement.import"
    _description = "Import payouts"

    backend_id = fields.Many2one(
        "channel.backend",
        required=True,
        default=lambda self: self.env["channel.backend"].search([], limit=1),
    )
    profile_id = fields.Many2one("channel.settlement.profile", "Kind of File", required=True)
    note = fields.Text(related="profile_id.note")
    reference = fields.Char(related="profile_id.reference")
    journal_id = fields.Many2one(
        "account.journal",
        compute="_compute_journal_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        domain="[('type', '=', 'bank'), ('company_id', '=', company_id)]",
        help="The gateway's account.",
    )
    company_id = fields.Many2one(related="backend_id.company_id")
    data = fields.Binary("CSV File", required=True, attachment=False)
    filename = fields.Char()
    payout_name = fields.Char(
        "Name of the Statement",
        compute="_compute_payout_name",
        store=True,
        readonly=False,
        help="For files that do not name the payout.",
    )
    needs_name = fields.Boolean(compute="_compute_needs_name")

    # === COMPUTE METHODS === #

    @api.depends("profile_id", "backend_id")
    def _compute_journal_id(self):
        for wizard in self:
            profile = wizard.profile_id.sudo()
            found = profile and wizard.backend_id and profile._journal(wizard.backend_id)
            wizard.journal_id = found or False

    @api.depends("profile_id")
    def _compute_needs_name(self):
        for wizard in self:
            payout = wizard.profile_id.column_ids.filtered(lambda row: row.field == "payout_id")
            wizard.needs_name = bool(wizard.profile_id) and all(payout.mapped("optional"))

    @api.depends("filename")
    def _compute_payout_name(self):
        for wizard in self:
            wizard.payout_name = PurePath(wizard.filename or "").stem

    # === ACTION METHODS === #

    def action_import(self):
        """Read the whole file, then give each statement to its job."""
        self.ensure_one()
        self.backend_id._ensure_working()
        result = self._read()
        events = self.env["channel.settlement.importer"]._receive_file(
            self.backend_id, self.profile_id, self.journal_id.sudo(), result.settlements
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_connector.action_channel_event"
        )
        domain = [
            ("backend_id", "=", self.backend_id.id),
            ("kind", "=", "settlement"),
            ("external_id", "in", [row.external_id for row in result.settlements]),
        ]
        return self._told(result, events, {**action, "domain": domain, "context": {}})

    def _read(self):
        """The statements of the file, each of which can be booked.

        :raises UserError: in plain words, with line, column and remedy
        """
        profile, journal = self.profile_id, self.journal_id.sudo()
        currency = journal.currency_id or journal.company_id.currency_id
        try:
            result = read(
                base64.b64decode(self.data),
                profile._csv_profile(),
                currency.name,
                (self.payout_name or "").strip() if self.needs_name else "",
                self._decimals(),
            )
            booker = self.env["channel.settlement.booker"].sudo()
            for settlement in result.settlements:
                booker._check_setup(profile.sudo(), journal, settlement)
        except errors.Rejected as error:
            text = "\n".join(issue_text(self.env, error.code, error.params))
            raise UserError(f"{self.filename or ''}\n{text}".strip()) from error
        if not result.settlements:
            raise UserError(self._nothing(result))
        return result

    def _nothing(self, result):
        if self.needs_name and not (self.payout_name or "").strip():
            return self.env._("The file does not name its payout: type a name for the statement.")
        return self.env._(
            "No row of the file belongs to a payout (%s rows were left out).", result.left_out
        )

    def _decimals(self):
        rows = self.env["res.currency"].with_context(active_test=False)
        rows = rows.search_read([], ["name", "decimal_places"], limit=1000)
        return {row["name"]: row["decimal_places"] for row in rows}

    def _told(self, result, events, action):
        """Show the events; say what was left out, and what waits already."""
        texts = [self.env._("%s payouts are being booked.", len(events))]
        if len(events) < len(result.settlements):
            texts.append(self.env._("%s wait already.", len(result.settlements) - len(events)))
        if result.left_out:
            texts.append(self.env._("%s rows of the file were left out.", result.left_out))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": " ".join(texts), "type": "success", "next": action},
        }
