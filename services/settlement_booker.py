"""The bank statement of a payout in the gateway's journal.

A charge or refund stands against its payment, a fee against the expense account, the payout against
internal transfers: so the gateway's account ends where it began. What has nothing to stand against
yet waits on the journal's suspense account.
"""

from odoo import Command, fields, models

from ..core import errors
from .settlement_matcher import MATCHED, Match


class ChannelSettlementBooker(models.AbstractModel):
    _name = "channel.settlement.booker"
    _description = "Payout booker"

    def _book(self, settlement):
        """Book what is not booked yet and match what waits; harmless to repeat."""
        settlement = settlement.with_context(tracking_disable=True)
        lines = settlement.line_ids
        new = lines.filtered(lambda line: line.amount and not line.statement_line_id)
        waiting = lines.filtered(
            lambda line: line.statement_line_id and not line.statement_line_id.is_reconciled
        )
        matches = self._matches(settlement, new | waiting)
        for line, match in matches.items():
            line.problem = match.problem
            if match.payments:
                match.payments.channel_settlement_line_id = line
        self._create_transactions(settlement, new, matches)
        self._move_from_suspense(waiting, matches)
        self._reconcile(matches)
        settlement.matched_at = self.env.cr.now()
        (lines - new - waiting).filtered("problem").problem = False

    def _matches(self, settlement, lines):
        matches = self.env["channel.settlement.matcher"]._match(settlement, lines)
        for line in lines.filtered(lambda row: row.kind not in MATCHED):
            matches[line] = self._own_account(settlement, line)
        return matches

    def _own_account(self, settlement, line):
        """Where a line goes that is no payment."""
        profile = settlement.profile_id.with_company(settlement.company_id)
        accounts = {
            "fee": profile.fee_account_id,
            "payout": profile.payout_account_id or settlement.company_id.transfer_account_id,
            "adjustment": profile.adjustment_account_id,
        }
        account = accounts.get(line.kind)
        if account:
            return Match(account=account)
        if line.kind == "unknown":
            return Match(self.env._("What “%s” means is not known", line.code or ""))
        return Match(self.env._("The payout profile names no account for adjustments"))

    # === SETUP === #

    def _check_setup(self, profile, journal, settlement):
        """Find out before anything is booked that it can be.

        :param settlement: :class:`core.canonical.Settlement`
        :raises errors.Rejected: it names the remedy
        """
        company = journal.company_id
        profile = profile.with_company(company)
        currency = journal.currency_id or company.currency_id
        if settlement.currency != currency.name:
            raise errors.Rejected(
                "settlement_currency",
                payout=settlement.external_id,
                currency=settlement.currency,
                journal=journal.display_name,
                journal_currency=currency.name,
            )
        has_fees = any(line.fee or line.kind.value == "fee" for line in settlement.lines)
        missing = self._missing_accounts(profile, journal, has_fees)
        if missing:
            raise errors.Rejected(
                "settlement_account",
                what=", ".join(missing),
                profile=profile.name,
                journal=journal.display_name,
            )

    def _missing_accounts(self, profile, journal, has_fees):
        missing = []
        if has_fees and not profile.fee_account_id:
            missing.append(self.env._("fees"))
        if not (profile.payout_account_id or journal.company_id.transfer_account_id):
            missing.append(self.env._("payouts"))
        if not (journal.suspense_account_id and journal.default_account_id):
            missing.append(self.env._("the journal itself"))
        return missing

    # === TRANSACTIONS === #

    def _create_transactions(self, settlement, new, matches):
        """Bank transactions of the new lines and of all fees not booked, on the statement."""
        groups = self._groups(settlement, new)
        rows = [
            self._prepare_transaction(settlement, group, name, matches) for name, group in groups
        ]
        transactions = self.env["account.bank.statement.line"].create(rows)
        for (name, group), transaction in zip(groups, transactions, strict=True):
            group[name] = transaction
        if transactions:
            self._put_on_statement(settlement, transactions)

    def _groups(self, settlement, new):
        """``[(field that links them, lines of one transaction)]`` in order of their dates."""
        fees = new.filtered(lambda line: line.kind == "fee")
        kept = settlement.line_ids.filtered(lambda line: line.fee and not line.fee_line_id)
        groups = [("statement_line_id", line) for line in new - fees]
        if settlement.profile_id.fee_lines == "each":
            groups += [("statement_line_id", line) for line in fees]
            groups += [("fee_line_id", line) for line in kept]
        else:
            groups += [("statement_line_id", rows) for rows in fees.grouped("code").values()]
            groups += [("fee_line_id", kept)] if kept else []
        return sorted(
            self._without_zero(settlement, groups), key=lambda item: self._day(settlement, item[1])
        )

    def _without_zero(self, settlement, groups):
        """Lines that cancel each other out stand alone: a transaction over nothing is none."""
        for name, group in groups:
            whole = not settlement.currency_id.is_zero(self._sum(name, group))
            yield from [(name, group)] if whole else [(name, line) for line in group]

    def _sum(self, name, lines):
        column = "fee" if name == "fee_line_id" else "amount"
        return lines.currency_id.round(sum(lines.mapped(column)))

    def _day(self, settlement, lines):
        """The day of a transaction, where the shop is; of several the last, or the payout's."""
        days = [
            fields.Datetime.context_timestamp(settlement, moment).date()
            for moment in lines.mapped("occurred_at")
            if moment
        ]
        if len(lines) > 1 or not days:
            return settlement.date or max(days, default=settlement.create_date.date())
        return days[0]

    def _prepare_transaction(self, settlement, lines, name, matches):
        """Values of a bank transaction; an override returns the dictionary, extended.

        :param lines: what it stands for; ``name``: ``fee_line_id`` where it is their fees
        """
        amount = self._sum(name, lines)
        values = {
            "journal_id": settlement.journal_id.id,
            "date": self._day(settlement, lines),
            "amount": amount,
            "payment_ref": self._label(lines, name),
            "ref": settlement.external_id,
        }
        is_fee = name == "fee_line_id" or lines[0].kind == "fee"
        if is_fee:
            return {**values, **self._fee_values(settlement, values)}
        match = matches[lines]
        if match.partner:
            values["partner_id"] = match.partner.id
        if match.account:
            values["counterpart_account_id"] = match.account.id
        return {**values, **self._foreign_values(lines, match.currency)}

    def _foreign_values(self, line, currency=None):
        """What the customer paid where the gateway converted it."""
        other = line.charged_currency_id
        if not line.charged or other == line.currency_id or (currency and currency != other):
            return {}
        return {"foreign_currency_id": other.id, "amount_currency": line.charged}

    def _label(self, lines, name):
        """Words for a transaction: what names it at the gateway and in the shop, nobody's data."""
        line = lines[0]
        if name == "fee_line_id":
            if len(lines) > 1:
                return self.env._("Fees of %s transactions", len(lines))
            return self.env._("Fee of %s", line.transaction_id or line.external_id)
        kinds = dict(line._fields["kind"]._description_selection(self.env))
        label = line.code or kinds[line.kind]
        if len(lines) > 1:
            return f"{label} ({len(lines)})"
        if line.kind == "payout":
            return f"{label} {line.settlement_id.external_id}"
        return " ".join(
            filter(None, [label, line.order_number, line.transaction_id or line.external_id])
        )

    # === FEES === #

    def _fee_values(self, settlement, values):
        """The counterpart of a fee: the expense account, and its tax where there is one."""
        profile = settlement.profile_id.with_company(settlement.company_id)
        if not profile.fee_tax_id:
            return {"counterpart_account_id": profile.fee_account_id.id}
        return {"line_ids": self._fee_items(settlement, values, profile)}

    def _fee_items(self, settlement, values, profile):
        """Journal items of a fee that includes its tax: bank, expense, tax."""
        company, journal = settlement.company_id, settlement.journal_id
        amount, currency = values["amount"], settlement.currency_id
        rate = self.env["res.currency"]._get_conversion_rate(
            company.currency_id, currency, company, values["date"]
        )
        bank = {"account_id": journal.default_account_id.id, "name": values["payment_ref"]}
        tax_tool = self.env["account.tax"]
        base = tax_tool._prepare_base_line_for_taxes_computation(
            {},
            id=0,
            price_unit=-amount,
            quantity=1.0,
            tax_ids=profile.fee_tax_id,
            currency_id=currency,
            rate=rate,
            sign=1,
            special_mode="total_included",
            account_id=profile.fee_account_id,
            partner_id=self.env["res.partner"],
        )
        tax_tool._add_tax_details_in_base_lines([base], company)
        tax_tool._round_base_lines_tax_details([base], company)
        tax_tool._add_accounting_data_in_base_lines_tax_details(
            [base], company, include_caba_tags=True
        )
        result = tax_tool._prepare_tax_lines([base], company)
        ((_base, base_values),) = result["base_lines_to_update"]
        items = [
            {
                "account_id": profile.fee_account_id.id,
                "name": values["payment_ref"],
                "currency_id": currency.id,
                "tax_ids": [Command.set(profile.fee_tax_id.ids)],
                **base_values,
            },
            *result["tax_lines_to_add"],
        ]
        bank.update(
            currency_id=currency.id,
            amount_currency=amount,
            balance=-sum(item["balance"] for item in items),
        )
        return [Command.create(item) for item in [bank, *items]]

    # === STATEMENT === #

    def _put_on_statement(self, settlement, transactions):
        """Make the payout's bank statement, or extend it, with its balances."""
        statement = settlement.statement_id
        if statement:
            transactions.statement_id = statement
        else:
            statement = self.env["account.bank.statement"].create(
                self._prepare_statement(settlement, transactions)
            )
            settlement.statement_id = statement
        start = self._balance_before(statement)
        moved = sum(statement.line_ids.mapped("amount")) if settlement.running else 0.0
        statement.write({"balance_start": start, "balance_end_real": start + moved})

    def _prepare_statement(self, settlement, transactions):
        """Values of the statement; an override returns the dictionary, extended."""
        return {
            "name": f"{settlement.journal_id.code} {settlement.external_id}",
            "reference": settlement.external_id,
            "line_ids": [Command.set(transactions.ids)],
        }

    def _balance_before(self, statement):
        """What the statement before it ended with: that is what makes one valid for Odoo."""
        before = statement.search(
            [
                ("journal_id", "=", statement.journal_id.id),
                ("first_line_index", "<", statement.first_line_index),
                ("id", "!=", statement.id),
            ],
            order="first_line_index DESC",
            limit=1,
        )
        return before.balance_end_real

    # === MATCHING === #

    def _move_from_suspense(self, waiting, matches):
        """Give transactions that wait on suspense the account that was found for them."""
        for line in waiting:
            match = matches.get(line)
            transaction = line.statement_line_id
            if not match or not match.account:
                continue
            foreign = self._foreign_values(line, match.currency)
            values = {**foreign, **({"partner_id": match.partner.id} if match.partner else {})}
            if values:
                transaction.write(values)
            suspense = transaction._seek_for_lines()[1]
            suspense.with_context(skip_readonly_check=True).account_id = match.account

    def _reconcile(self, matches):
        """Reconcile each transaction with the items of its payments, all at once."""
        plan = []
        for line, match in matches.items():
            if not match.items:
                continue
            own = line.statement_line_id.move_id.line_ids.filtered(
                lambda item, account=match.account: item.account_id == account
            )
            plan.append(own | match.items)
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)
        payments = self.env["account.payment"].union(
            *(match.payments for match in matches.values() if match.payments)
        )
        # what makes no entry can't be told by its items that the bank has it
        payments.filtered(lambda payment: not payment.move_id).action_validate()
