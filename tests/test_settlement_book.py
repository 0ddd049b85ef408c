"""A gateway's payout becomes a bank statement whose every line stands against something."""

from datetime import timedelta

from odoo.tests import tagged

from .settlement_case import SettlementCase


@tagged("post_install", "-at_install")
class TestSettlementBook(SettlementCase):
    def test_forty_charges_three_refunds_and_fees_reconcile_to_zero(self):
        payments = [self.pay(f"ch_{number}", 10 + number) for number in range(40)]
        back = [self.pay_back(f"ch_{number}", 5) for number in range(3)]
        rows = [self.row(number, 10 + number, "0.55") for number in range(40)]
        rows += [self.row(f"re_{number}", -5, charge=f"ch_{number}") for number in range(3)]
        rows.append(self.row("fee", "-1.50", type="fee", charge=""))
        (event,) = self.load(*rows)
        self.assertEqual(event.state, "done", event.reason)
        payout = self.payout()
        self.assertReconciled(payout)
        self.assertEqual(
            event.reason, "40 payments and 3 refunds reconciled, 1,141.50\xa0€ paid out"
        )
        self.assertEqual(
            (payout.amount_charges, payout.amount_refunds, payout.amount_fees),
            (1180, -15, -23.5),
        )
        self.assertEqual(payout.amount_payout, 1141.5)
        for payment in payments + back:
            self.assertTrue(payment.is_matched)
            self.assertEqual(payment.state, "paid")
        self.assertEqual(self.balance_of(self.outstanding), 0)
        self.assertEqual(self.balance_of(self.fee_account), 23.5)
        self.assertEqual(self.balance_of(self.company.transfer_account_id), 1141.5)

    def test_the_statement_is_readable(self):
        self.pay("ch_1", 121)
        self.pay("ch_2", 46)
        self.load(
            self.row(1, "121", "2.07", order="1001"),
            self.row(2, "46", "1.90", created="2026-03-03 23:30:00"),
            self.row(3, "-1.50", type="fee", charge=""),
        )
        statement = self.payout().statement_id
        self.assertEqual(statement.name, "STRP po_1")
        self.assertEqual((statement.balance_start, statement.balance_end_real), (0, 0))
        self.assertEqual(
            [
                (str(line.date), line.payment_ref, line.amount)
                for line in statement.line_ids.sorted(lambda line: (line.date, line.id))
            ],
            [
                ("2026-03-02", "charge 1001 ch_1", 121),
                ("2026-03-02", "fee txn_3", -1.5),
                ("2026-03-04", "charge ch_2", 46),
                ("2026-03-05", "Payout po_1", -161.53),
                ("2026-03-05", "Fees of 2 transactions", -3.97),
            ],
        )

    def test_its_transactions_can_be_looked_at(self):
        self.load(self.row(1, 121))
        for action in (self.payout().action_view_statement(), self.payout().action_view_open()):
            lines = self.env["account.bank.statement.line"].search(action["domain"])
            self.assertIn("charge ch_1", lines.mapped("payment_ref"))
            self.env["account.bank.statement.line"].get_view(action["views"][0][0], "list")
            entry = lines[0].action_view_channel_entry()
            self.assertEqual(entry["res_id"], lines[0].move_id.id)

    def test_an_unknown_charge_stays_open_and_is_named(self):
        self.pay("ch_1", 121)
        (event,) = self.load(self.row(1, 121), self.row(2, "46", "1.90", order="1002"))
        self.assertEqual(event.state, "blocked")
        issue = event.issue_id
        self.assertEqual(issue.code, "settlement_unmatched")
        self.assertEqual(issue.title, "Payout po_1: 1 of 3 lines are open (46.00 EUR)")
        self.assertIn("Payment ch_2 order 1002 46.00 EUR: No payment", issue.suggestion)
        self.assertNotIn("ch_1", issue.suggestion)
        self.assertEqual(issue.value_at_stake, 46)
        payout = self.payout()
        self.assertEqual((payout.state, payout.residual, payout.open_count), ("open", 46, 1))
        self.assertEqual(self.balance_of(self.journal.suspense_account_id), -46)
        self.assertEqual(self.balance_of(self.journal.default_account_id), 0)

    def test_a_payment_that_comes_later_completes_it(self):
        (event,) = self.load(self.row(1, "46", "1.90"))
        issue = event.issue_id
        self.assertEqual(event.state, "blocked")
        self.pay("ch_1", 46)
        issue.action_retry()
        self.run_job(event)
        self.assertEqual((event.state, issue.state), ("done", "resolved"))
        self.assertReconciled(self.payout())
        self.assertEqual(len(self.payout().statement_id.line_ids), 3)

    def test_an_issue_names_what_is_open_now(self):
        (event,) = self.load(self.row(1, 10), self.row(2, 20))
        self.assertIn("2 of 3", event.issue_id.title)
        self.pay("ch_1", 10)
        event.action_retry()
        self.run_job(event)
        issue = event.issue_id
        self.assertEqual(len(self.env["channel.issue"].search([("code", "=", issue.code)])), 1)
        self.assertIn("1 of 3", issue.title)
        self.assertNotIn("ch_1", issue.suggestion + issue.details)

    def test_fees_one_by_one(self):
        self.profile.fee_lines = "each"
        self.pay("ch_1", 121)
        self.pay("ch_2", 46)
        self.load(self.row(1, 121, "2.07"), self.row(2, 46, "1.90"))
        self.assertReconciled(self.payout())
        labels = self.payout().statement_id.line_ids.mapped("payment_ref")
        self.assertIn("Fee of ch_1", labels)
        self.assertIn("Fee of ch_2", labels)

    def test_fees_with_tax(self):
        tax = self.env["account.tax"].create(
            {
                "name": "VAT 21%",
                "amount": 21,
                "type_tax_use": "purchase",
                "company_id": self.company.id,
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
        recoverable = self._account("VAT to get back", "VATB", "asset_current")
        lines = tax.invoice_repartition_line_ids | tax.refund_repartition_line_ids
        lines.filtered(lambda line: line.repartition_type == "tax").account_id = recoverable
        self.profile.with_company(self.company).fee_tax_id = tax
        self.pay("ch_1", 121)
        self.load(self.row(1, 121, "2.42"))
        self.assertReconciled(self.payout())
        self.assertEqual(self.balance_of(self.fee_account), 2)
        items = self.payout().line_ids.fee_line_id.line_ids
        self.assertEqual(items.filtered("tax_line_id").balance, 0.42)
        self.assertEqual(self.balance_of(recoverable), 0.42)
        self.assertEqual(items.filtered("tax_ids").tax_ids, tax)

    def test_fees_that_cancel_each_other_out(self):
        self.pay("ch_1", 121)
        self.load(
            self.row(1, 121),
            self.row(2, -5, type="fee", charge=""),
            self.row(3, 5, type="fee", charge=""),
        )
        self.assertReconciled(self.payout())

    def test_adjustments_wait_for_a_person_or_go_to_their_account(self):
        (event,) = self.load(self.row(1, -15, type="adjustment", charge=""))
        self.assertIn("no account for adjustments", event.issue_id.suggestion)
        self.profile.with_company(self.company).adjustment_account_id = self.fee_account
        event.action_retry()
        self.run_job(event)
        self.assertEqual(event.state, "done")
        self.assertReconciled(self.payout())

    def test_what_a_person_reconciled_by_hand_is_done(self):
        (event,) = self.load(self.row(1, 46))
        (line,) = self.payout()._open_lines()
        suspense = line.statement_line_id._seek_for_lines()[1]
        suspense.account_id = self.fee_account
        self.assertEqual(self.payout().state, "done")
        self.env["channel.settlement"]._sweep(self.backend)
        self.run_job(event)
        self.assertEqual((event.state, event.issue_id.state), ("done", "resolved"))

    def test_the_sweep_tries_again_when_the_payment_is_there(self):
        (event,) = self.load(self.row(1, 46))
        self.assertFalse(self.env["channel.settlement"]._sweep(self.backend))
        self.assertEqual(event.state, "blocked")
        self.pay("ch_1", 46)
        self.assertEqual(self.env["channel.settlement"]._sweep(self.backend), self.payout())
        self.assertEqual(event.state, "pending")
        self.run_job(event)
        self.assertReconciled(self.payout())

    def test_once_a_day_it_is_tried_anyway_but_not_what_a_person_ignored(self):
        (event,) = self.load(self.row(1, 46))
        payout = self.payout()
        payout.matched_at -= timedelta(days=2)
        self.assertEqual(self.env["channel.settlement"]._sweep(self.backend), payout)
        self.run_job(event)
        self.assertFalse(self.env["channel.settlement"]._sweep(self.backend))
        event.issue_id.ignore_reason = "We know"
        event.issue_id.action_ignore()
        payout.matched_at -= timedelta(days=2)
        self.assertFalse(self.env["channel.settlement"]._sweep(self.backend))

    def test_match_again_without_an_event_that_waits(self):
        (event,) = self.load(self.row(1, 46))
        event.issue_id.ignore_reason = "We know"
        event.issue_id.action_ignore()
        self.pay("ch_1", 46)
        self.payout().action_match_again()
        hint = self.events() - event
        self.assertEqual((hint.source, hint.state), ("reconcile", "pending"))
        self.run_job(hint)
        self.assertEqual(hint.state, "done")
        self.assertReconciled(self.payout())

    def test_a_deleted_statement_is_booked_again(self):
        self.pay("ch_1", 46)
        (event,) = self.load(self.row(1, 46))
        payout = self.payout()
        lines = payout.statement_id.line_ids
        payout.statement_id.unlink()
        lines.action_undo_reconciliation()
        lines.unlink()
        self.assertEqual(payout.state, "draft")
        payout.action_match_again()
        self.run_job(self.events() - event)
        self.assertReconciled(payout)

    def test_a_second_payout_follows_the_first(self):
        self.pay("ch_1", 121)
        self.pay("ch_2", 46)
        self.load(self.row(1, 121))
        self.load(self.row(2, 46, payout="po_2", paid_out="2026-03-06"))
        self.assertReconciled(self.payout())
        self.assertReconciled(self.payout("po_2"))

    def test_an_account_that_keeps_a_balance(self):
        self.profile.running = True
        self.pay("ch_1", 121)
        self.pay("ch_2", 46)
        first = self.load(
            self.row(1, 121, "2"), self.row(2, -100, type="payout", charge="", payout="March")
        )
        self.assertEqual(first.mapped("state"), ["done", "done"])

    def test_statements_of_a_running_account_join(self):
        self.profile.running = True
        march = {"payout": "March"}
        april = {"payout": "April", "created": "2026-04-02 10:00:00", "paid_out": "2026-04-30"}
        self.pay("ch_1", 121)
        self.pay("ch_2", 46)
        self.load(self.row(1, 121, **march), self.row(9, -100, type="payout", **march))
        self.load(self.row(2, 46, "1", **april))
        first, second = self.payout("March").statement_id, self.payout("April").statement_id
        self.assertEqual((first.balance_start, first.balance_end_real), (0, 21))
        self.assertEqual((second.balance_start, second.balance_end_real), (21, 66))
        self.assertTrue(first.is_valid and first.is_complete)
        self.assertTrue(second.is_valid and second.is_complete)
        self.assertEqual(self.payout("April").state, "done")

    def test_queries_do_not_grow_with_a_search_per_line(self):
        def cost(payout, count):
            for number in range(count):
                self.pay(f"{payout}-{number}", 10)
            rows = [
                self.row(f"{payout}-{number}", 10, payout=payout, charge=f"{payout}-{number}")
                for number in range(count)
            ]
            self.wizard(self.as_csv(*rows)).action_import()
            payout_lines = self.env["channel.settlement.matcher"]
            event = self.events()[-1]
            self.env.flush_all()
            self.run_job(event)
            settlement = self.payout(payout)
            settlement.line_ids.payment_ids.channel_settlement_line_id = False
            self.env.flush_all()
            self.env.invalidate_all()
            settlement.line_ids.mapped("amount")
            start = self.env.cr.sql_log_count
            payout_lines._match(settlement, settlement.line_ids)
            return self.env.cr.sql_log_count - start

        few, many = cost("po_few", 5), cost("po_many", 40)
        self.assertLessEqual(many, few + 2)
