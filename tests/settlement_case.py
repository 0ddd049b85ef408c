"""A gateway's journal, a profile, and payments that a payout can be matched with."""

import base64
import csv
import io
from datetime import date
from decimal import Decimal

from odoo import Command

from .money_case import MoneyCase

HEADER = (
    *("payout", "paid_out", "id", "created", "currency", "gross", "fee", "net"),
    *("type", "charge", "order", "paid", "paid_currency"),
)


class SettlementCase(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.tz = "Europe/Brussels"
        cls.customer = cls.env["res.partner"].create({"name": "Jane Doe"})
        cls.fee_account = cls._account("Gateway fees", "FEES", "expense")
        cls.outstanding = cls._account("Outstanding", "OUTS", "asset_current", reconcile=True)
        cls._outstanding_account(cls.journal, cls.outstanding)
        cls.profile = cls._profile(fee_account_id=cls.fee_account.id, journal_id=cls.journal.id)

    # === SET-UP === #

    @classmethod
    def _account(cls, name, code, account_type, **values):
        return cls.env["account.account"].create(
            {
                "name": name,
                "code": code,
                "account_type": account_type,
                "company_ids": [Command.set(cls.company.ids)],
                **values,
            }
        )

    @classmethod
    def _outstanding_account(cls, journal, account):
        lines = journal.inbound_payment_method_line_ids | journal.outbound_payment_method_line_ids
        lines.payment_account_id = account

    @classmethod
    def _profile(cls, **values):
        columns = {
            "line_id": "id",
            "kind": "type",
            "transaction_id": "charge",
            "gross": "gross",
            "net": "net",
            "currency": "currency",
            "charged": "paid",
            "charged_currency": "paid_currency",
            "date": "created",
            "order_number": "order",
            "payout_id": "payout",
            "payout_date": "paid_out",
        }
        kinds = ("charge", "refund", "fee", "adjustment", "payout")
        return cls.env["channel.settlement.profile"].create(
            {
                "name": "Gateway",
                "column_ids": [
                    Command.create({"field": name, "title": title})
                    for name, title in columns.items()
                ]
                + [Command.create({"field": "fee", "title": "fee", "sign": "opposite"})],
                "word_ids": [Command.create({"word": kind, "kind": kind}) for kind in kinds],
                **values,
            }
        )

    # === PAYMENTS === #

    def pay(self, transaction, amount, **values):
        """A posted payment of a transaction, received unless ``payment_type`` says otherwise."""
        payment = self.env["account.payment"].create(
            {
                "amount": amount,
                "partner_id": self.customer.id,
                "journal_id": self.journal.id,
                "date": date(2026, 3, 1),
                "channel_transaction_id": transaction,
                "channel_backend_id": self.backend.id,
                **values,
            }
        )
        payment.action_post()
        return payment

    def pay_back(self, transaction, amount, **values):
        return self.pay(transaction, amount, payment_type="outbound", **values)

    def invoice(self, amount, move_type="out_invoice", **values):
        invoice = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.customer.id,
                "invoice_date": date(2026, 3, 1),
                "company_id": self.company.id,
                "invoice_line_ids": [
                    Command.create({"name": "Mug", "price_unit": amount, "tax_ids": False})
                ],
                **values,
            }
        )
        invoice.action_post()
        return invoice

    def pay_invoice(self, invoices, transaction, **values):
        """Pay invoices with Odoo's wizard; returns the payment."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        )
        payment = wizard.create(
            {"journal_id": self.journal.id, "group_payment": True, **values}
        )._create_payments()
        payment.channel_transaction_id = transaction
        return payment

    # === PAYOUTS === #

    def row(self, number, gross, fee="0", **values):
        """A row of a payout file: a charge ``ch_<number>`` unless said otherwise."""
        gross, fee = Decimal(gross), Decimal(fee)
        return {
            "payout": "po_1",
            "paid_out": "2026-03-05",
            "id": f"txn_{number}",
            "created": "2026-03-02 10:00:00",
            "currency": "eur",
            "gross": gross,
            "fee": fee,
            "net": gross - fee,
            "type": "refund" if gross < 0 else "charge",
            "charge": f"ch_{number}",
            "order": "",
            "paid": "",
            "paid_currency": "",
            **values,
        }

    def as_csv(self, *rows):
        text = io.StringIO()
        writer = csv.DictWriter(text, HEADER)
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()

    def wizard(self, data, user=None, **values):
        model = self.env["channel.settlement.import"]
        if user:
            model = model.with_user(user)
        return model.create(
            {
                "backend_id": self.backend.id,
                "profile_id": self.profile.id,
                "data": base64.b64encode(data),
                "filename": "payouts.csv",
                **values,
            }
        )

    def events(self):
        return self.env["channel.event"].search(
            [("backend_id", "=", self.backend.id), ("kind", "=", "settlement")], order="id"
        )

    def load(self, *rows, data=None, **values):
        """Import a file by the wizard and run its jobs; returns the events as they ended."""
        before = self.events()
        self.wizard(data or self.as_csv(*rows), **values).action_import()
        events = self.events() - before
        for event in events:
            self.run_job(event)
        return events

    def payout(self, name="po_1", journal=None):
        journal = journal or self.journal
        return self.env["channel.settlement"].search(
            [("journal_id", "=", journal.id), ("external_id", "=", name)]
        )

    # === CHECKS === #

    def balance_of(self, account):
        """What stands on an account of the company, in its currency."""
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", account.id),
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
            ]
        )
        return round(sum(lines.mapped("balance")), 2)

    def assertReconciled(self, payout):
        """Nothing is open: on the payout, the suspense account, the gateway's account."""
        self.assertEqual(payout.state, "done", payout.line_ids.mapped("problem"))
        self.assertEqual((payout.residual, payout.difference, payout.open_count), (0, 0, 0))
        self.assertEqual(self.balance_of(payout.journal_id.suspense_account_id), 0)
        self.assertEqual(self.balance_of(payout.journal_id.default_account_id), 0)
        statement = payout.statement_id
        self.assertTrue(statement.is_complete and statement.is_valid)
        self.assertEqual(statement.balance_end, statement.balance_end_real)
