"""Payout files: what comes twice, what is broken, who may import, the profiles that are shipped."""

import base64
from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.module import get_module_path
from odoo.tests import Form, new_test_user, tagged

from .settlement_case import HEADER, SettlementCase


def fixture(name):
    path = f"{get_module_path('channel_connector')}/tests/fixtures/settlements/{name}.csv"
    with open(path, "rb") as file:
        return file.read()


@tagged("post_install", "-at_install")
class TestSettlementTwice(SettlementCase):
    def count(self):
        payouts = self.env["channel.settlement"].search([("journal_id", "=", self.journal.id)])
        statements = self.env["account.bank.statement"].search(
            [("journal_id", "=", self.journal.id)]
        )
        return len(payouts), len(statements), len(payouts.line_ids), len(statements.line_ids)

    def test_the_same_file_twice_books_nothing_twice(self):
        self.pay("ch_1", 121)
        rows = [self.row(1, 121, "2.07")]
        self.load(*rows)
        once = self.count()
        (again,) = self.load(*rows)
        self.assertEqual(
            (again.state, again.reason), ("ignored", "Imported already, and reconciled")
        )
        self.assertEqual(self.count(), once)

    def test_a_file_that_waits_is_not_stored_again(self):
        data = self.as_csv(self.row(1, 121))
        self.wizard(data).action_import()
        told = self.wizard(data).action_import()
        self.assertEqual(len(self.events()), 1)
        self.assertIn("1 wait already", told["params"]["message"])

    def test_an_open_payout_stays_one_issue_when_it_comes_again(self):
        rows = [self.row(1, 121)]
        (first,) = self.load(*rows)
        (again,) = self.load(*rows)
        self.assertEqual(first.issue_id, again.issue_id)
        self.assertEqual(self.count(), (1, 1, 2, 2))

    def test_exports_that_overlap_make_one_statement(self):
        """The first was cut in the middle of a payout; the second has all of it."""
        for number in range(4):
            self.pay(f"ch_{number}", 10)
        rows = [self.row(number, 10, "1") for number in range(4)]
        self.load(*rows[:3])
        self.assertReconciled(self.payout())
        self.assertEqual(self.payout().amount_payout, 27)
        (event,) = self.load(*rows[1:])
        self.assertEqual(event.state, "done")
        self.assertReconciled(self.payout())
        self.assertEqual(self.payout().amount_payout, 36)
        self.assertEqual(self.count()[:3], (1, 1, 6))

    def test_two_parts_that_wait_together_are_both_taken(self):
        self.pay("ch_1", 10)
        self.pay("ch_2", 20)
        self.wizard(self.as_csv(self.row(1, 10))).action_import()
        self.wizard(self.as_csv(self.row(2, 20))).action_import()
        first, second = self.events()
        self.run_job(first)
        self.assertEqual((first.state, second.state), ("done", "done"))
        self.assertReconciled(self.payout())
        self.assertEqual(self.payout().amount_payout, 30)

    def test_the_same_lines_under_another_name_are_not_booked(self):
        self.pay("ch_1", 121)
        self.load(self.row(1, 121))
        once = self.count()
        (event,) = self.load(self.row(1, 121, payout="po_other"))
        self.assertEqual(event.state, "ignored")
        self.assertEqual(event.reason, "All of its lines are in other payouts already")
        self.assertEqual(self.count(), once)

    def test_stretches_of_an_account_may_overlap(self):
        self.profile.running = True
        self.pay("ch_1", 10)
        self.pay("ch_2", 20)
        self.load(self.row(1, 10, payout="to 15 March"))
        self.load(self.row(1, 10, payout="March"), self.row(2, 20, payout="March"))
        self.assertEqual(self.payout("March").line_ids.mapped("external_id"), ["txn_2"])
        self.assertEqual(self.balance_of(self.journal.default_account_id), 30)

    def test_killed_in_the_middle_and_run_again(self):
        self.pay("ch_1", 121)
        self.wizard(self.as_csv(self.row(1, 121, "2.07"))).action_import()
        event = self.events()
        booker = type(self.env["channel.settlement.booker"])
        for moment in ("_put_on_statement", "_reconcile"):
            with (
                patch.object(booker, moment, side_effect=psycopg2.InterfaceError("killed")),
                self.assertRaises(psycopg2.InterfaceError),
            ):
                self.run_job(event)
            self.assertEqual(event.state, "pending")
            self.assertEqual(self.count(), (0, 0, 0, 0))
        self.run_job(event)
        self.run_job(event)
        self.assertEqual(event.state, "done")
        self.assertReconciled(self.payout())
        self.assertEqual(self.count(), (1, 1, 2, 3))


@tagged("post_install", "-at_install")
class TestSettlementRefused(SettlementCase):
    def refused(self, data, **values):
        """What the wizard says to a file it refuses; nothing of it may stay."""
        with self.assertRaises(UserError) as caught:
            self.wizard(data, **values).action_import()
        self.assertFalse(self.events())
        self.assertFalse(self.payout())
        return str(caught.exception)

    def test_a_bad_amount_names_file_line_column_and_remedy(self):
        good, bad = self.row(1, 121), {**self.row(2, 46), "gross": "46,00"}
        self.assertEqual(
            self.refused(self.as_csv(good, bad)).split("\n"),
            [
                "payouts.csv",
                "Line 3, column gross: “46,00” is no amount",
                "Check “Decimal Comma” on the profile, or correct the line.",
            ],
        )

    def test_a_missing_column_is_named_with_what_the_file_has(self):
        text = self.refused(b"id;amount\n1;5\n")
        self.assertIn("Line 1: there is no column “type”", text)
        self.assertIn("The file has: id, amount", text)

    def test_each_other_column(self):
        _titles, values = self.as_csv(self.row(1, 121)).decode().splitlines()
        for title in HEADER:
            with self.subTest(title=title):
                titles = ["other" if name == title else name for name in HEADER]
                text = self.refused(f"{','.join(titles)}\n{values}".encode())
                self.assertIn(f"“{title}”", text)

    def test_a_word_that_is_not_in_the_profile(self):
        text = self.refused(self.as_csv(self.row(1, 121, type="mystery")))
        self.assertIn("Line 2, column type: what “mystery” means is not known", text)
        self.assertIn("Add the word to the profile", text)

    def test_another_currency_than_the_journals(self):
        text = self.refused(self.as_csv(self.row(1, 121, currency="usd")))
        self.assertIn("Payout po_1 is in USD, the journal Stripe in EUR", text)

    def test_fees_without_an_account(self):
        self.profile.with_company(self.company).fee_account_id = False
        text = self.refused(self.as_csv(self.row(1, 121, "2.07")))
        self.assertIn("no account for fees", text)
        self.pay("ch_1", 121)
        self.load(self.row(1, 121))
        self.assertReconciled(self.payout())

    def test_payouts_without_an_account(self):
        self.company.transfer_account_id = False
        self.assertIn("no account for payouts", self.refused(self.as_csv(self.row(1, 121))))

    def test_rows_that_are_not_paid_out_yet(self):
        text = self.refused(self.as_csv(self.row(1, 121, payout="")))
        self.assertIn("No row of the file belongs to a payout (1 rows were left out)", text)

    def test_a_backend_that_is_not_connected(self):
        self.backend.state = "paused"
        self.assertIn("is not connected", self.refused(self.as_csv(self.row(1, 121))))

    def test_the_wizards_form(self):
        form = Form(self.env["channel.settlement.import"])
        self.assertFalse(form.journal_id)
        form.backend_id = self.backend
        form.profile_id = self.profile
        self.assertEqual(form.journal_id, self.journal)
        form.data = base64.b64encode(self.as_csv(self.row(1, 121)))
        form.save().action_import()
        self.assertEqual(self.events().external_id, "po_1")

    def test_a_file_that_names_no_payout_gets_a_name(self):
        self.profile.column_ids.filtered(lambda row: row.field == "payout_id").unlink()
        wizard = self.wizard(self.as_csv(self.row(1, 121)), filename="march.csv")
        self.assertEqual((wizard.needs_name, wizard.payout_name), (True, "march"))
        wizard.payout_name = " "
        with self.assertRaisesRegex(UserError, "type a name"):
            wizard.action_import()
        self.pay("ch_1", 121)
        self.load(self.row(1, 121), payout_name="March 2026")
        self.assertReconciled(self.payout("March 2026"))

    def test_the_settings_change_between_file_and_job(self):
        self.pay("ch_1", 121)
        self.wizard(self.as_csv(self.row(1, 121, "2.07"))).action_import()
        event = self.events()
        self.profile.with_company(self.company).fee_account_id = False
        self.run_job(event)
        self.assertEqual((event.state, event.issue_id.code), ("blocked", "settlement_account"))
        self.profile.with_company(self.company).fee_account_id = self.fee_account
        event.issue_id.action_retry()
        self.run_job(event)
        self.assertEqual(event.state, "done")
        self.assertReconciled(self.payout())

    def test_odoo_moves_what_falls_into_a_locked_period(self):
        self.pay("ch_1", 121)
        self.company.fiscalyear_lock_date = "2026-03-31"
        (event,) = self.load(self.row(1, 121))
        self.assertEqual(event.state, "done", event.reason)
        self.assertReconciled(self.payout())
        days = self.payout().statement_id.line_ids.mapped("date")
        self.assertGreater(min(days), self.company.fiscalyear_lock_date)


@tagged("post_install", "-at_install")
class TestSettlementProfile(SettlementCase):
    def check(self, **values):
        row = {"field": "description", "title": "x", **values}
        self.profile.column_ids = [Command.create(row)]

    def test_faults_of_a_profile(self):
        for values in (
            {"pattern": "("},
            {"pattern": "Order .+"},
            {"sign": "opposite"},
            {"accepted": "a"},
            {"field": "filter"},
            {"title": " | "},
        ):
            with self.subTest(**values), self.assertRaises(ValidationError):
                self.check(**values)

    def test_the_journal_of_the_payment_method_counts_where_the_profile_has_none(self):
        self.profile.with_company(self.company).journal_id = False
        self.assertFalse(self.profile._journal(self.backend))
        self.gateway("stripe")
        self.profile.gateway_codes = "x, stripe"
        self.assertEqual(self.profile._journal(self.backend), self.journal)
        self.assertEqual(self.wizard(b"x").journal_id, self.journal)

    def test_accounts_are_each_companys_own(self):
        other = self._make_company("Other Company")
        self.assertFalse(self.profile.with_company(other).fee_account_id)

    def shipped(self, name, **values):
        profile = self.env.ref(f"channel_connector.settlement_profile_{name}")
        profile = profile.with_company(self.company)
        profile.write({"journal_id": self.journal.id, "fee_account_id": self.fee_account.id})
        return {"data": fixture(name), "profile_id": profile.id, **values}

    def loaded(self, name, payout, **values):
        """The payout that the file of a shipped profile becomes: (kind, ids, amount, fee …)."""
        self.load(**self.shipped(name, **values))
        settlement = self.payout(payout)
        self.assertTrue(settlement, f"{payout}: {self.events().mapped('reason')}")
        self.assertEqual(settlement.difference, 0)
        return settlement, [
            (
                line.kind,
                line.transaction_id,
                line.other_ids,
                line.order_number,
                line.amount,
                line.fee,
                line.charged,
            )
            for line in settlement.line_ids.sorted("id")
        ]

    def test_stripe(self):
        payout, lines = self.loaded("stripe_payout", "po_1")
        self.assertEqual(str(payout.date), "2026-03-05")
        self.assertEqual(
            lines,
            [
                ("charge", "ch_1", "pi_1", "", 121, -2.07, 0),
                ("charge", "ch_2", "pi_2", "", 46, -1.9, 50),
                ("refund", "ch_1", "re_1 pi_1", "", -21, 0, 0),
                ("fee", "", "", "", -1.5, 0, 0),
                ("payout", "", "", "", -140.53, 0, 0),
            ],
        )

    def test_stripe_balance(self):
        payout, lines = self.loaded("stripe_balance", "po_2")
        self.assertEqual(str(payout.date), "2026-03-06")
        self.assertEqual([line[0] for line in lines], ["payout", "refund", "charge", "charge"])
        self.assertEqual(payout.amount_payout, 140.53)

    def test_paypal(self):
        payout, lines = self.loaded("paypal", "March", payout_name="March")
        self.assertTrue(payout.running)
        self.assertEqual(
            lines,
            [
                ("charge", "8AB00000000000001", "", "1001", 1121, -28.39, 0),
                ("refund", "8AB00000000000003", "8AB00000000000001", "1001", -21, 0, 0),
                ("payout", "8AB00000000000004", "", "", -1000, 0, 0),
            ],
        )

    def test_mollie(self):
        _payout, lines = self.loaded("mollie", "1234567.2603.01")
        self.assertEqual(
            lines,
            [
                ("charge", "tr_1", "", "1001", 121, 0, 0),
                ("charge", "tr_2", "", "1002", 46, 0, 50),
                ("refund", "re_1", "", "1001", -21, 0, 0),
                ("fee", "", "", "", -2.88, 0, 0),
                ("payout", "", "", "", -143.12, 0, 0),
            ],
        )

    def test_adyen(self):
        payout, lines = self.loaded("adyen", "7")
        self.assertEqual(
            lines,
            [
                ("charge", "8800000000000001", "8800000000000101", "1001", 121, -2.07, 0),
                ("charge", "8800000000000002", "8800000000000102", "1002", 46, -1.9, 50),
                ("refund", "8800000000000001", "8800000000000103", "1001", -21, -0.1, 0),
                ("fee", "Transaction Fees March", "", "", -1.5, 0, 0),
                ("payout", "TX1 batch 7, ShopEU", "", "", -140.43, 0, 0),
            ],
        )
        self.assertEqual(str(payout.date), "2026-03-05")

    def test_woopayments(self):
        payout, lines = self.loaded("woopayments", "po_1")
        self.assertEqual(
            lines,
            [
                ("charge", "", "", "1001", 121, -2.07, 0),
                ("charge", "", "", "1002", 46, -1.9, 50),
                ("refund", "", "", "1001", -21, 0, 0),
                ("payout", "", "", "", -142.03, 0, 0),
            ],
        )
        self.assertEqual(str(payout.date), "2026-03-05")

    def test_klarna(self):
        _payout, lines = self.loaded("klarna", "XISA93DJ", payout_name="XISA93DJ")
        order, capture = (
            "ce17b4cb-147f-48b7-b8e6-dde2fa397f04",
            "33db6f16-9f43-43fa-a587-cc51411c98e4",
        )
        self.assertEqual(
            lines,
            [
                ("charge", order, capture, "1001", 121, 0, 0),
                ("fee", order, capture, "1001", -3.61, 0, 0),
                ("refund", order, "", "1001", -21, 0, 0),
                ("payout", "", "", "", -96.39, 0, 0),
            ],
        )

    def test_every_shipped_profile_can_be_used(self):
        profiles = self.env["channel.settlement.profile"].search([("id", "!=", self.profile.id)])
        self.assertEqual(len(profiles), 7)
        for profile in profiles:
            self.assertTrue(profile.reference.startswith("https://"), profile.name)
            self.assertTrue(profile._csv_profile().words)
            self.assertTrue(profile.note)

    def test_descriptions_are_in_nobodys_way(self):
        """What may hold a customer's name stays on the line, out of books and issues."""
        (event,) = self.load(**self.shipped("stripe_payout"))
        texts = self.payout().statement_id.line_ids.mapped("payment_ref")
        for text in [*texts, event.issue_id.suggestion, event.issue_id.details, event.reason]:
            self.assertNotIn("Shop - Order", text)


@tagged("post_install", "-at_install")
class TestSettlementAccess(SettlementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {"company_ids": cls.company.ids, "company_id": cls.company.id}
        cls.user = new_test_user(cls.env, "payout_user", "channel_connector.group_user", **values)
        cls.manager = new_test_user(
            cls.env, "payout_manager", "channel_connector.group_manager", **values
        )

    def test_a_manager_without_accounting_rights_imports(self):
        self.pay("ch_1", 121)
        self.wizard(self.as_csv(self.row(1, 121, "2.07")), user=self.manager).action_import()
        self.run_job(self.events())
        self.assertReconciled(self.payout())

    def test_a_user_reads_and_retries_but_does_not_import(self):
        with self.assertRaises(AccessError):
            self.wizard(b"", user=self.user)
        self.load(self.row(1, 121))
        payout = self.payout().with_user(self.user)
        values = payout.read(["state", "residual", "journal_id"])
        self.assertEqual(values[0]["state"], "open")
        self.assertTrue(payout.line_ids.read(["amount", "problem"]))
        with self.assertRaises(AccessError):
            payout.write({"external_id": "x"})
        with self.assertRaises(AccessError):
            payout.line_ids.read(["payment_ids"])
        self.pay("ch_1", 121)
        payout.action_match_again()
        self.run_job(self.events())
        self.assertReconciled(self.payout())

    def test_a_done_payout_is_not_matched_again(self):
        self.pay("ch_1", 121)
        self.load(self.row(1, 121))
        with self.assertRaisesRegex(UserError, "Nothing is open"):
            self.payout().action_match_again()

    def test_only_ones_own_companies(self):
        self.load(self.row(1, 121))
        other = self._make_company("Other Company")
        stranger = new_test_user(
            self.env,
            "stranger",
            "channel_connector.group_manager",
            company_ids=other.ids,
            company_id=other.id,
        )
        seen = self.env["channel.settlement"].with_user(stranger)
        seen = seen.with_context(allowed_company_ids=other.ids)
        self.assertFalse(seen.search([]))
        self.assertFalse(seen.line_ids.search([]))
