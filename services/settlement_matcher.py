"""Which payment a line of a payout is.

A line is known by the gateway's transaction, exactly; where no payment has it, by the shop's order
number. The amount has to agree in the payment's currency, a charge is money received, a refund
money sent, and each payment is used once.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from odoo import models

from ..core.canonical import SettlementKind

#: Kinds of lines that stand for payments.
MATCHED = (SettlementKind.CHARGE.value, SettlementKind.REFUND.value)
#: States of payments that stand in the books.
POSTED = ("in_process", "paid")


@dataclass
class Match:
    """What stands against a line: ``account`` and, where they exist, ``items`` to reconcile with.

    ``problem``: why there is nothing, in words for people.
    """

    problem: str = ""
    payments: Any = None
    account: Any = None
    items: Any = None
    partner: Any = None
    currency: Any = None


@dataclass
class _Pool:
    """Payments that may be meant, by the name that finds them."""

    by_name: dict = field(default_factory=lambda: defaultdict(list))

    def add(self, name, payment):
        if payment not in self.by_name[name]:
            self.by_name[name].append(payment)

    def of(self, names):
        found = {payment: None for name in names for payment in self.by_name.get(name, ())}
        return sorted(found, key=lambda payment: payment.id)


class ChannelSettlementMatcher(models.AbstractModel):
    _name = "channel.settlement.matcher"
    _description = "Payout matcher"

    def _match(self, settlement, lines):
        """What stands against each of the charges and refunds among ``lines``.

        The number of queries does not depend on the number of lines.

        :return: ``{line: Match}``
        """
        lines = lines.filtered(lambda line: line.kind in MATCHED)
        by_id = self._by_transaction(settlement, lines)
        unknown = lines.filtered(lambda line: not by_id.of(line._ids_of_gateway()))
        by_number = self._by_order(settlement, unknown)
        used = self._used(lines, [by_id, by_number])
        matches = {}
        # what agrees exactly comes first, so that a sum of several never takes a payment from it
        for choose in (self._one, self._several):
            for line in lines.filtered(lambda row: row not in matches):
                pool = by_number if line in unknown else by_id
                names = [line.order_number] if line in unknown else line._ids_of_gateway()
                candidates = [row for row in pool.of(names) if self._fits(line, row)]
                found = choose(line, [row for row in candidates if row not in used], pool is by_id)
                if found:
                    used.update(found)
                    matches[line] = self._as_match(found)
        for line in lines.filtered(lambda row: row not in matches):
            pool, names = (
                (by_number, [line.order_number])
                if line in unknown
                else (by_id, line._ids_of_gateway())
            )
            matches[line] = Match(self._problem(line, pool.of(names), used))
        return matches

    # === CANDIDATES === #

    def _by_transaction(self, settlement, lines):
        names = {name for line in lines for name in line._ids_of_gateway()}
        payments = self.env["account.payment"].search(
            [
                ("company_id", "=", settlement.company_id.id),
                ("channel_transaction_id", "in", list(names)),
                ("state", "not in", ("canceled", "rejected")),
            ]
        )
        pool = _Pool()
        for payment in payments:
            pool.add(payment.channel_transaction_id, payment)
        return pool

    def _by_order(self, settlement, lines):
        """Payments of the shop's orders with these numbers."""
        numbers = [line.order_number for line in lines if line.order_number]
        pool = _Pool()
        if not numbers:
            return pool
        bindings = self.env["channel.binding.order"].search(
            [("backend_id", "=", settlement.backend_id.id), ("number", "in", numbers)]
        )
        payments = self.env["account.payment"].search(
            [
                ("channel_order_id", "in", bindings.odoo_id.ids),
                ("state", "not in", ("canceled", "rejected")),
            ]
        )
        by_sale = payments.grouped("channel_order_id")
        for binding in bindings:
            for payment in by_sale.get(binding.odoo_id, payments.browse()):
                pool.add(binding.number, payment)
        return pool

    def _used(self, lines, pools):
        """Those of the candidates that stand against something else already."""
        payments = self.env["account.payment"].union(
            *(payment for pool in pools for found in pool.by_name.values() for payment in found)
        )
        return {
            payment
            for payment in payments
            if payment.channel_settlement_line_id - lines or self._is_matched(payment)
        }

    def _is_matched(self, payment):
        items = payment._seek_for_lines()[0]
        if items and not any(item.account_id.reconcile for item in items):
            return False  # nothing on such an account is ever "matched" but by us
        return payment.is_matched

    # === CHOICE === #

    def _fits(self, line, payment):
        """Whether it is in this journal, in the books, and goes the right way."""
        inbound = line.amount > 0
        return (
            payment.journal_id == line.journal_id
            and payment.state in POSTED
            and (payment.payment_type == "inbound") == inbound
            and not self._is_on_bank_account(payment)
        )

    def _is_on_bank_account(self, payment):
        bank = payment.journal_id.default_account_id
        return bank in payment._seek_for_lines()[0].account_id

    def _amount(self, line, currency):
        """What a line moved in a currency, unsigned; None where it does not say."""
        if currency == line.currency_id:
            return abs(line.amount)
        return abs(line.charged) if currency == line.charged_currency_id else None

    def _agrees(self, line, payments):
        currency = payments[0].currency_id
        amount = self._amount(line, currency)
        total = sum(payment.amount for payment in payments)
        return amount is not None and not currency.compare_amounts(amount, total)

    def _one(self, line, candidates, exact):
        """The one payment of a line's amount; by an order number only if no other has it too."""
        found = [payment for payment in candidates if self._agrees(line, [payment])]
        return found[:1] if exact or len(found) == 1 else []

    def _several(self, line, candidates, exact):
        """Payments that make a line together: one transaction that paid several invoices."""
        same = {(row.currency_id, self._account(row)) for row in candidates}
        fits = exact and len(candidates) > 1 and len(same) == 1 and self._agrees(line, candidates)
        return candidates if fits else []

    # === RESULT === #

    def _as_match(self, payments):
        payments = self.env["account.payment"].union(*payments)
        partners = payments.partner_id
        return Match(
            payments=payments,
            account=self._account(payments[:1]),
            items=self._items(payments),
            partner=partners if len(partners) == 1 else partners.commercial_partner_id[:1],
            currency=payments.currency_id,
        )

    def _account(self, payment):
        """The account that waits for the bank: outstanding, or the customer's own.

        A payment without outstanding account makes no entry: the bank pays the invoice itself.
        """
        items = payment._seek_for_lines()[0] or self._invoice_items(payment)
        return items.account_id[:1] or payment.destination_account_id

    def _items(self, payments):
        """Open journal items of these payments, or of their invoices, on a reconcilable account."""
        items = self.env["account.move.line"]
        for payment in payments:
            items |= payment._seek_for_lines()[0] or self._invoice_items(payment)
        return items.filtered(lambda item: item.account_id.reconcile and not item.reconciled)

    def _invoice_items(self, payment):
        posted = payment.invoice_ids.filtered(lambda move: move.state == "posted")
        return posted.line_ids.filtered(
            lambda item: item.account_type == "asset_receivable" and not item.reconciled
        )

    def _problem(self, line, candidates, used):
        """Why a line has no payment, by what comes nearest."""
        if not line._ids_of_gateway() and not line.order_number:
            return self.env._("It names neither a transaction nor an order")
        if not candidates:
            return self.env._("No payment has this transaction, nor has its order one")
        right = [row for row in candidates if (row.payment_type == "inbound") == (line.amount > 0)]
        for payment in right:
            problem = self._problem_of(line, payment, used)
            if problem:
                return problem
        if right:
            return self.env._("Several payments come into question")
        return self.env._("Only payments that go the other way were found")

    def _problem_of(self, line, payment, used):
        name = payment.display_name
        if payment.state == "draft":
            return self.env._("Payment %s is a draft", name)
        if payment.journal_id != line.journal_id:
            journal = payment.journal_id.display_name
            return self.env._(
                "Payment %(payment)s is in the journal %(journal)s", payment=name, journal=journal
            )
        if self._is_on_bank_account(payment):
            return self.env._(
                "Payment %s was booked on the gateway's account itself: give its payment method "
                "an outstanding account",
                name,
            )
        if payment in used:
            return self.env._("Payment %s stands against something else already", name)
        return self._problem_of_amount(line, payment)

    def _problem_of_amount(self, line, payment):
        currency = payment.currency_id
        amount = self._amount(line, currency)
        values = {
            "payment": payment.display_name,
            "amount": currency.format(payment.amount),
            "currency": currency.name,
        }
        if amount is None:
            return self.env._(
                "Payment %(payment)s is in %(currency)s, which the statement does not show",
                **values,
            )
        if currency.compare_amounts(amount, payment.amount):
            return self.env._("Payment %(payment)s is over %(amount)s", **values)
        return ""
