"""Payout statements of gateways, and what became of their lines."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.canonical import SettlementKind

#: A payment that is this much older than the last try may have been committed after it.
LATE = "5 minutes"
#: Open statements are tried again this often although nothing of theirs was seen to change.
AT_LEAST = "1 day"


class ChannelSettlement(models.Model):
    _name = "channel.settlement"
    _description = "Payout"
    _order = "date DESC, id DESC"
    _rec_name = "external_id"
    _check_company_auto = True

    backend_id = fields.Many2one(
        "channel.backend", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        related="backend_id.company_id", store=True, precompute=True, index=True
    )
    external_id = fields.Char("Payout", required=True, readonly=True)
    profile_id = fields.Many2one(
        "channel.settlement.profile", required=True, ondelete="restrict", readonly=True
    )
    journal_id = fields.Many2one(
        "account.journal", required=True, check_company=True, ondelete="restrict", readonly=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    date = fields.Date("Paid Out", readonly=True)
    running = fields.Boolean(
        "Account Keeps a Balance",
        readonly=True,
        help="A stretch of the gateway's account; otherwise its lines make the payout.",
    )
    statement_id = fields.Many2one(
        "account.bank.statement", "Bank Statement", ondelete="set null", readonly=True
    )
    line_ids = fields.One2many("channel.settlement.line", "settlement_id", readonly=True)
    matched_at = fields.Datetime("Last Matched", readonly=True)
    state = fields.Selection(
        [("draft", "Not Booked"), ("open", "Open Lines"), ("done", "Reconciled")],
        compute="_compute_state",
        store=True,
        index=True,
    )
    residual = fields.Monetary(
        compute="_compute_state",
        store=True,
        help="What its lines leave on the journal's suspense account.",
    )
    difference = fields.Monetary(
        compute="_compute_state",
        store=True,
        help="What the lines make more or less than the payout.",
    )
    amount_charges = fields.Monetary("Payments", compute="_compute_amounts", store=True)
    amount_refunds = fields.Monetary("Refunds", compute="_compute_amounts", store=True)
    amount_fees = fields.Monetary("Fees", compute="_compute_amounts", store=True)
    amount_adjustments = fields.Monetary("Adjustments", compute="_compute_amounts", store=True)
    amount_payout = fields.Monetary(
        "Payout Amount", compute="_compute_amounts", store=True, help="What the bank receives."
    )
    line_count = fields.Integer("Lines", compute="_compute_counts")
    open_count = fields.Integer("Open", compute="_compute_counts")

    _external_uniq = models.UniqueIndex(
        "(journal_id, external_id)", "This payout is in this journal already."
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "running",
        "line_ids.amount",
        "line_ids.fee",
        "line_ids.statement_line_id.is_reconciled",
        "line_ids.fee_line_id.is_reconciled",
    )
    def _compute_state(self):
        for payout in self:
            lines = payout.line_ids
            total = sum(lines.mapped("amount")) + sum(lines.mapped("fee"))
            currency = payout.currency_id
            booked = lines.statement_line_id | lines.fee_line_id
            waiting = booked.filtered(lambda line: not line.is_reconciled)
            payout.difference = 0.0 if payout.running else currency.round(total)
            payout.residual = currency.round(sum(waiting.mapped("amount")))
            if not lines or any(not line._is_booked() for line in lines):
                payout.state = "draft"
            elif waiting or not currency.is_zero(payout.difference):
                payout.state = "open"
            else:
                payout.state = "done"

    @api.depends("line_ids.kind", "line_ids.amount", "line_ids.fee")
    def _compute_amounts(self):
        for payout in self:
            sums = dict.fromkeys([kind.value for kind in SettlementKind], 0.0)
            for line in payout.line_ids:
                sums[line.kind] += line.amount
                sums["fee"] += line.fee
            payout.amount_charges = sums["charge"]
            payout.amount_refunds = sums["refund"]
            payout.amount_fees = sums["fee"]
            payout.amount_adjustments = sums["adjustment"] + sums["unknown"]
            payout.amount_payout = -sums["payout"]

    @api.depends("line_ids.is_open")
    def _compute_counts(self):
        for payout in self:
            payout.line_count = len(payout.line_ids)
            payout.open_count = len(payout._open_lines())

    # === ACTION METHODS === #

    def action_match_again(self):
        """Look for the payments of the lines that are open; by the job, as always."""
        # a Channel User may retry, and write nothing else
        self.check_access("read")
        waiting = self.filtered(lambda payout: payout.state != "done")
        if not waiting:
            raise UserError(self.env._("Nothing is open on this payout."))
        waiting.sudo()._match_again()
        return self.backend_id._notify(self.env._("The open lines are being matched."))

    def action_view_statement(self):
        self.ensure_one()
        return self._bank_lines([("statement_id", "=", self.statement_id.id)])

    def action_view_open(self):
        """The lines of the bank statement that wait, for whoever reconciles them by hand."""
        lines = self._open_lines().statement_line_id
        return self._bank_lines([("id", "in", lines.ids)])

    def action_view_events(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_connector.action_channel_event"
        )
        return {**action, "domain": self._event_domain(), "context": {}}

    def _bank_lines(self, domain):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bank Transactions"),
            "res_model": "account.bank.statement.line",
            "views": [
                (self.env.ref("channel_connector.view_channel_bank_transaction_list").id, "list")
            ],
            "domain": domain,
        }

    # === BUSINESS METHODS === #

    def _open_lines(self):
        """Lines that nothing stands against yet."""
        return self.line_ids.filtered("is_open")

    def _event_domain(self):
        return [
            ("backend_id", "in", self.backend_id.ids),
            ("kind", "=", "settlement"),
            ("external_id", "in", self.mapped("external_id")),
        ]

    def _match_again(self):
        """Wake what is blocked for these payouts; a payout without gets a hint."""
        events = self.env["channel.event"]
        for payout in self:
            stuck = events.search([*payout._event_domain(), ("state", "in", ("blocked", "failed"))])
            if stuck:
                stuck._reopen()
            else:
                events._note(payout.backend_id, "settlement", payout.external_id, "reconcile")

    @api.model
    def _sweep(self, backend):
        """Try open payouts again whose payment has come, and end events of those closed by hand.

        One query a minute; it finds nothing as long as no payment of an open line was written. What
        a person has ignored stays so until then.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT payout.id FROM channel_settlement payout
                  LEFT JOIN LATERAL (
                       SELECT true AS waits FROM channel_event event
                        WHERE event.backend_id = payout.backend_id
                          AND event.kind = 'settlement'
                          AND event.external_id = payout.external_id
                          AND event.state = 'blocked' LIMIT 1) blocked ON true
                 WHERE payout.backend_id = %(backend)s AND (
                       blocked.waits AND payout.state = 'done'
                    OR blocked.waits
                       AND payout.matched_at < now() AT TIME ZONE 'UTC' - interval %(rarely)s
                    OR payout.state <> 'done' AND EXISTS (
                       SELECT 1 FROM channel_settlement_line line
                         JOIN account_payment payment
                           ON payment.channel_transaction_id = line.transaction_id
                           OR payment.channel_transaction_id = ANY(
                              string_to_array(line.other_ids, ' '))
                        WHERE line.settlement_id = payout.id AND line.problem <> ''
                          AND payment.write_date > payout.matched_at - interval %(late)s))
                """,
                backend=backend.id,
                rarely=AT_LEAST,
                late=LATE,
            )
        )
        payouts = self.browse(row[0] for row in self.env.cr.fetchall())
        payouts._match_again()
        return payouts


class ChannelSettlementLine(models.Model):
    """One movement of a gateway's account, as the gateway tells it."""

    _name = "channel.settlement.line"
    _description = "Line of a payout"
    _order = "settlement_id, occurred_at, id"
    _rec_name = "external_id"

    settlement_id = fields.Many2one(
        "channel.settlement", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        related="settlement_id.company_id", store=True, precompute=True, index=True
    )
    journal_id = fields.Many2one(related="settlement_id.journal_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="settlement_id.currency_id")
    external_id = fields.Char("Movement", required=True, readonly=True)
    kind = fields.Selection(
        [
            ("charge", "Payment"),
            ("refund", "Refund"),
            ("fee", "Fee"),
            ("adjustment", "Adjustment"),
            ("payout", "Payout"),
            ("unknown", "Unknown"),
        ],
        required=True,
        readonly=True,
    )
    code = fields.Char("Gateway's Word", readonly=True)
    transaction_id = fields.Char(index="btree_not_null", readonly=True)
    other_ids = fields.Char("Also Known As", readonly=True)
    order_number = fields.Char("Order", readonly=True)
    occurred_at = fields.Datetime("Date", readonly=True)
    description = fields.Char(readonly=True)
    amount = fields.Monetary(readonly=True, help="Before fees, signed as the account sees it.")
    fee = fields.Monetary(readonly=True, help="Kept by the gateway, negative.")
    charged = fields.Monetary("Customer Paid", currency_field="charged_currency_id", readonly=True)
    charged_currency_id = fields.Many2one("res.currency", "Customer's Currency", readonly=True)
    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        "Bank Transaction",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    fee_line_id = fields.Many2one(
        "account.bank.statement.line",
        "Transaction of the Fee",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    payment_ids = fields.One2many(
        "account.payment",
        "channel_settlement_line_id",
        "Payments",
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    problem = fields.Char("Why It Is Open", readonly=True)
    is_open = fields.Boolean("Open", compute="_compute_is_open", store=True)

    _external_uniq = models.UniqueIndex(
        "(journal_id, external_id)", "This movement is in this journal already."
    )

    @api.depends("amount", "fee", "statement_line_id.is_reconciled", "fee_line_id.is_reconciled")
    def _compute_is_open(self):
        for line in self:
            booked = line.statement_line_id | line.fee_line_id
            line.is_open = not line._is_booked() or not all(booked.mapped("is_reconciled"))

    def _is_booked(self):
        """Whether bank transactions carry its amount and its fee."""
        zero = self.currency_id.is_zero
        return (zero(self.amount) or self.statement_line_id) and (
            zero(self.fee) or self.fee_line_id
        )

    def _ids_of_gateway(self):
        """Every name by which a payment may know it."""
        return list(filter(None, [self.transaction_id, *(self.other_ids or "").split()]))


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def action_view_channel_entry(self):
        """Open the journal entry: Odoo itself has no screen for a bank transaction."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }
