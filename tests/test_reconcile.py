"""Reconciliation: finds every drift that nothing announced, and puts right what can be."""

from contextlib import suppress
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .reconcile_case import ReconcileCase


@tagged("post_install", "-at_install")
class TestReconcileDrifts(ReconcileCase):
    def test_twelve_drifts_and_their_money(self):
        """Each of them alone would stay for ever: no webhook, no moment of change tells of it."""
        drift = self._drift()
        self.reconcile()
        found = {(row.kind, row.external_id) for row in self.open()}
        for name, expected in drift.items():
            with self.subTest(name):
                self.assertIn(expected, found)
        money = {key for kind, key in found if kind == "money_day"}
        self.assertTrue(money)
        self.assertEqual(found - {("money_day", key) for key in money}, {*drift.values()})
        for _time in range(2):  # what is imported again brings its invoice and payment with it
            self.open().filtered(lambda row: row.fix != "none").action_fix()
            self.work_off()
            self.reconcile()
            if not self.open():
                break
        self._judge_deleted_refund(drift["refund deleted"][1])
        self.assertEqual(self._in_step(), [])

    def _judge_deleted_refund(self, external_id):
        """Money was paid back in the books for a refund that the shop has deleted since.

        Nothing but this is left; and no program can know whether the customer has it.
        """
        binding = self.env["channel.binding.order"]._find(self.backend, external_id)
        self.assertEqual({row.kind for row in self.open()}, {"money_day"})
        self.assertEqual({key for row in self.open() for key in row.data["orders"]}, {external_id})
        issue = self.env["channel.issue"].search([("code", "=", "refund_deleted")])
        self.assertEqual(issue.state, "open")
        for payment in self.payments_of(binding.odoo_id):
            if payment.payment_type == "outbound":
                payment.action_draft()
                payment.action_cancel()
        for note in self.notes(binding.odoo_id):
            note.button_draft()
            note.button_cancel()

    def _drift(self):
        """``{what happened: (kind, external id)}``"""
        card, cash = self.card, {"payment_method": "cod"}
        gone, _sale = self.ordered(**cash)
        refunded, _sale = self.sold(**card("ch_1"))
        edited, _sale = self.ordered(**cash)
        moved, _sale = self.sold(**card("ch_2"))
        cancelled, here = self.ordered(**cash)
        lost, told = self.sold(**card("ch_3"))
        unbound, _sale = self.sold(**card("ch_4"))
        self._refund_in_odoo(told)
        store = self.store
        deleted = store.refund_order(refunded["id"], amount="5.00", restock=False)
        self.refund_again(refunded)
        self.assertEqual(self._in_step(), [])

        store.delete_order(gone["id"])
        store.delete_refund(deleted["id"])
        self._edit_silently(edited)
        self.silently(moved, status="completed")
        missed = self.place(("MUG", 1), **card("ch_missed"))
        here.with_context(disable_cancel_warning=True, channel_import=True)._action_cancel()
        store.delete_refund(int(told.channel_refund_ids.external_id))
        _order, booked = self.ordered(**card("ch_5"))
        self.money_events(booked).unlink()
        self.env["channel.binding.order"]._find(self.backend, unbound["id"]).unlink()
        store.set_stock("BOWL", 99)
        store.edit_product("PLATE", regular_price="1.23")
        store.edit_product("CUP", name="Someone's cup")
        vase = store.product("VASE")["id"]
        store.delete_product("VASE")
        self.env.cr.postcommit.clear()
        return {
            "order deleted for good": ("order_gone", str(gone["id"])),
            "refund deleted": ("refund", str(refunded["id"])),
            "total edited in old storage": ("order_total", str(edited["id"])),
            "status changed without a word": ("order_status", str(moved["id"])),
            "order never seen": ("order_missing", str(missed["id"])),
            "cancelled in Odoo only": ("order_status", str(cancelled["id"])),
            "Odoo's refund lost by the shop": ("refund", str(lost["id"])),
            "binding deleted in Odoo": ("binding_missing", str(unbound["id"])),
            "stock changed by hand": ("stock", str(store.product("BOWL")["id"])),
            "price changed by hand": ("price", str(store.product("PLATE")["id"])),
            "text changed where Odoo owns it": ("product", str(store.product("CUP")["id"])),
            "product deleted in the shop": ("product_gone", str(vase)),
        }

    def _edit_silently(self, order):
        """Old storage keeps the date of an order whose lines are edited."""
        row = self.store.orders[order["id"]]
        kept = {name: row[name] for name in row if name.startswith("date_modified")}
        self.store.edit_order(order["id"], set_quantity={order["line_items"][0]["id"]: 1})
        self.silently(order, **kept)

    def _refund_in_odoo(self, sale):
        """A credit note of one mug, told to the shop and paid back."""
        invoice = sale.invoice_ids
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = wizard.create({"journal_id": invoice.journal_id.id})
        wizard.refund_moves()
        note = wizard.new_move_ids
        note.invoice_line_ids.filtered(lambda line: line.product_id != self.mug).unlink()
        note.invoice_line_ids.quantity = 1
        note.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=note.ids
        ).create({"journal_id": self.journal.id})._create_payments()
        self.work_off()
        self.assertTrue(sale.channel_refund_ids.made_here)

    def _in_step(self):
        self.work_off()
        self.reconcile()
        return [(row.name, row.kind, row.detail) for row in self.open()]


@tagged("post_install", "-at_install")
class TestReconcileInStep(ReconcileCase):
    def test_nothing_differs(self):
        """A shop in step: few requests, no variance, and nothing is written anywhere else."""
        for number in range(3):
            self.sold(**self.card(f"ch_{number}"))
        self.settled()
        self.work_off()
        before = self._marks()
        first = len(self.store.requests)
        with self.assertQueryCount(200):
            run = self.reconcile()
        requests = list(self.store.requests)[first:]
        self.assertEqual({request.method for request in requests}, {"GET"})
        # for the orders; for all products (none has variations), their trash, their presence
        self.assertEqual(len(requests), 4, [request.path for request in requests])
        self.assertEqual(self.found(), [])
        self.assertEqual(run.found_count, 0)
        self.assertEqual(self._marks(), before)
        self.assertIn("orders 4,", run.summary)
        self.assertIn("days of money 1.", run.summary)

    def _marks(self):
        """What any write to anything that a reconciliation looks at would change."""
        self.env.flush_all()
        found = {}
        for table in (
            "sale_order",
            "account_move",
            "account_payment",
            "product_product",
            "channel_binding_order",
            "channel_binding_refund",
            "channel_binding_product",
            "channel_binding_template",
            "channel_event",
            "channel_outbox",
            "channel_published_stock",
            "channel_published_price",
            "channel_issue",
            "channel_variance",
        ):
            self.env.cr.execute(f"SELECT count(*), max(xmin::text::bigint) FROM {table}")
            found[table] = self.env.cr.fetchone()
        return found

    def test_the_queries_of_a_page_do_not_grow(self):
        """Orders of one page share what is read for them."""
        self.sold(**self.card("ch_1"))
        few = self._queries()
        for number in range(2, 6):
            self.sold(**self.card(f"ch_{number}"))
        self.assertLessEqual(self._queries() - few, 8)

    def _queries(self):
        self.work_off()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.reconcile(with_stock=False, with_prices=False, with_products=False)
        return self.env.cr.sql_log_count - before

    def test_what_is_on_its_way(self):
        """A webhook that waits, and one that may still come, are no differences."""
        order = self.place(("MUG", 1), payment_method="cod")
        self.note(order["id"])
        self.reconcile()
        self.assertEqual(self.found(), [])
        self.run_pending()
        self.store.clock.advance(799)
        self.addCleanup(self.store.clock.advance, -799)
        self.place(("MUG", 1), payment_method="cod")
        self.reconcile()
        self.assertEqual(self.found(), [])

    def test_what_is_no_order(self):
        """Neither old orders, nor those that were over before they were seen, are missing."""
        self.place(("MUG", 1), payment_method="cod", status="cancelled")
        old = self.place(("MUG", 1), payment_method="cod")
        created = datetime.fromisoformat(old["date_created_gmt"])
        self.backend.import_since = created + timedelta(seconds=1)
        self.reconcile(since=self.days_ago(60))
        self.assertEqual(self.found(), [])


@tagged("post_install", "-at_install")
class TestReconcileRuns(ReconcileCase):
    def test_killed_and_run_again(self):
        """A job that dies in the middle of a page costs that page, and finds nothing twice."""
        for _number in range(4):
            self.place(("MUG", 1), payment_method="cod")
            self.store.clock.advance(1)
        run = self.env["channel.reconciliation"]._begin(self.backend, "person", with_stock=False)
        orders = "odoo.addons.channel_connector.services.reconcile_orders"
        settle = type(self.env["channel.variance"])._settle
        calls = []

        def dies(variance, run, tally):
            calls.append(settle(variance, run, tally))
            if len(calls) == 2:
                raise KeyboardInterrupt

        with patch(f"{orders}.PAGE", 2):
            with (
                patch.object(type(self.env["channel.variance"]), "_settle", dies),
                suppress(KeyboardInterrupt),  # assertRaises would take all of it back
            ):
                self.go_on(run)
            self.assertEqual(len(calls), 2)
            self.assertEqual((run.state, len(self.found())), ("running", 2))
            self.go_on(run)
        self.assertEqual((run.state, len(self.found())), ("ready", 4))
        self.assertEqual(run.found_count, 4)

    def test_makes_way(self):
        """A job reads some pages only; the run goes on behind what is more urgent."""
        for _number in range(6):
            self.place(("MUG", 1), payment_method="cod")
            self.store.clock.advance(1)
        run = self.env["channel.reconciliation"]._begin(self.backend, "person")
        jobs = self.env["queue.job"].search([("identity_key", "=", run._job_key())])
        self.assertEqual((jobs.priority, jobs.channel), (30, "root.channel.reconcile"))
        base = "odoo.addons.channel_connector"
        with (
            patch(f"{base}.services.reconcile_orders.PAGE", 1),
            patch(f"{base}.models.channel_reconciliation.PAGES_PER_JOB", 2),
        ):
            self.assertGreater(self.go_on(run), 3)
        self.assertEqual(run.state, "ready")
        self.assertEqual([kind for kind, _key in self.found()], ["order_missing"] * 6)

    def test_one_run_at_a_time(self):
        first = self.env["channel.reconciliation"]._begin(self.backend, "person")
        self.assertEqual(self.env["channel.reconciliation"]._begin(self.backend, "schedule"), first)

    def test_the_flow_begins_one_each_night(self):
        flow = self.flow_of("reconcile", "in")
        self.assertTrue(flow.active)
        self.assertEqual(flow.interval, 1440)
        flow.reconcile_hour = 3
        self.env.cr.execute(
            "UPDATE channel_flow SET create_date = '2026-03-02 09:00' WHERE id = %s", [flow.id]
        )
        flow.invalidate_recordset()
        self.assertFalse(flow._is_due(datetime(2026, 3, 2, 12, 0)))  # of a new shop
        self.assertFalse(flow._is_due(datetime(2026, 3, 3, 1, 59)))  # 2:59 in Brussels
        self.assertTrue(flow._is_due(datetime(2026, 3, 3, 2, 1)))
        self._run(flow, "_job_poll")
        run = self.env["channel.reconciliation"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual((run.origin, run.state), ("schedule", "running"))
        flow.cursor_id.polled_at = datetime(2026, 3, 3, 2, 1)
        self.assertFalse(flow._is_due(datetime(2026, 3, 3, 23, 0)))
        self.assertTrue(flow._is_due(datetime(2026, 3, 4, 2, 5)))

    def test_seen_again_is_one_row(self):
        self.place(("MUG", 1), payment_method="cod")
        self.reconcile()
        (row,) = self.open()
        last = self.reconcile()
        self.assertEqual(self.open(), row)
        self.assertEqual(row.run_id, last)

    def test_older_than_what_is_compared(self):
        """What an earlier run found is looked at again, however old the order is by now."""
        order = self.place(("MUG", 1), payment_method="cod")
        self.reconcile()
        self.import_order(order)
        self.work_off()
        self.reconcile(since=fields.Date.today() + timedelta(days=2))
        self.assertEqual(self.found(), [])

    def test_ignored_until_it_changes(self):
        order, _sale = self.settled()
        self.silently(order, status="completed")
        self.reconcile()
        row = self.one("order_status")
        row._ignore("known to us")
        self.reconcile()
        self.assertEqual(self.found(), [])
        self.silently(order, status="cancelled")
        self.reconcile()
        self.assertEqual(self.found(), [("order_status", str(order["id"]))])
        self.assertEqual(row.state, "ignored")

    def test_figures_stay(self):
        self.place(("MUG", 1), payment_method="cod")
        run = self.reconcile()
        self.open().action_fix()
        self.work_off()
        later = self.reconcile()
        self.assertEqual(self.found(), [])
        kinds = [
            {figure.kind: figure.differing for figure in one.kind_figure_ids}
            for one in (run, later)
        ]
        self.assertEqual([one["order_missing"] for one in kinds], [1, 0])

    def test_heals_by_itself_what_is_safe(self):
        _other, sale = self.settled()
        sale.with_context(disable_cancel_warning=True, channel_import=True)._action_cancel()
        order = self.place(("MUG", 1), payment_method="cod")
        self.reconcile()
        self.assertFalse(self.open().filtered("fix_begun_at"))  # off at first
        self.flow_of("reconcile", "in").reconcile_heal = True
        self.reconcile()
        self.assertEqual(self.open().filtered("fix_begun_at").mapped("kind"), ["order_missing"])
        self.work_off()
        self.reconcile()
        self.assertEqual([kind for kind, _key in self.found()], ["order_status"])
        self.assertTrue(self.env["channel.binding.order"]._find(self.backend, order["id"]))


@tagged("post_install", "-at_install")
class TestReconcileKinds(ReconcileCase):
    def test_twice_in_odoo(self):
        """A binding was deleted and the order imported anew: a person has to cancel one."""
        order, sale = self.settled()
        self.env["channel.binding.order"]._find(self.backend, order["id"]).unlink()
        again = self.import_order(order)
        self.work_off()
        self.assertNotEqual(again, sale)
        self.reconcile()
        row = self.one("order_doubled")
        self.assertEqual((row.fix, row.res_id), ("none", sale.id))
        with self.assertRaises(UserError):
            row.action_fix()
        sale.with_context(disable_cancel_warning=True)._action_cancel()
        self.reconcile()
        self.assertEqual(self.found(), [])

    def test_edited_in_odoo_by_hand(self):
        order, sale = self.settled()
        sale.order_line[0].price_unit += 1
        self.reconcile()
        row = self.one("order_total")
        self.assertEqual((row.external_id, row.fix), (str(order["id"]), "none"))
        self.assertLess(row.amount, 0)

    def test_in_the_trash(self):
        order, sale = self.settled()
        self.store.trash_order(order["id"])
        self.reconcile()
        self.one("order_status").action_fix()
        self.work_off()
        self.assertEqual(sale.state, "cancel")
        self.reconcile()
        self.assertEqual(self.found(), [])

    def test_a_difference_is_what_lies_between_its_values(self):
        """Orders that are not due, here one paid on delivery, count on neither side."""
        self.settled()
        self.sold(**self.card("ch_1"))
        order, sale = self.ordered(**self.card("ch_2"))
        self.money_events(sale).unlink()
        self.work_off()
        self.reconcile()
        rows = self.open()
        self.assertEqual(set(rows.mapped("kind")), {"money_day"})
        for row in rows:
            shop, odoo = (float(text.split()[0]) for text in (row.external_value, row.odoo_value))
            self.assertAlmostEqual(shop - odoo, row.amount)
            if not row.key.endswith("tax"):
                self.assertAlmostEqual(row.amount, float(order["total"]))

    def test_money_of_a_day_in_the_shops_time_zone(self):
        self.settled()
        order, _sale = self.sold(**self.card("ch_1"))
        self.work_off()
        run = self.reconcile()
        figure = run.day_figure_ids
        self.assertEqual(len(figure), 1)
        total = float(order["total"])
        self.assertAlmostEqual(figure.shop_gross, total)
        self.assertAlmostEqual(figure.odoo_invoiced, total)
        self.assertAlmostEqual(figure.odoo_paid, total)
        self.assertAlmostEqual(figure.odoo_tax, float(order["total_tax"]))
        created = datetime.fromisoformat(order["date_created_gmt"])
        local = fields.Datetime.context_timestamp(run.with_context(tz="Europe/Brussels"), created)
        self.assertEqual(figure.day, local.date())

    def test_a_credit_note_that_was_never_told(self):
        _order, sale = self.sold(**self.card("ch_1"))
        out = self.flow_of("refund", "out")
        out.active = False
        note = sale.invoice_ids._reverse_moves([{"invoice_date": fields.Date.today()}])
        note.action_post()
        out.active = True
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=note.ids
        ).create({"journal_id": self.journal.id})._create_payments()
        self.work_off()
        self.reconcile()
        self.one("refund").action_fix()
        self.work_off()
        self.reconcile()
        self.assertEqual(self.found(), [])

    def test_a_variation_that_is_gone(self):
        shirt = self.store.add_variable_product(
            "Shirt",
            [
                {"sku": f"SHIRT-{size}", "regular_price": "5", "options": {"Size": size}}
                for size in ("S", "M")
            ],
        )
        for size in ("S", "M"):
            product = self._make_product(f"SHIRT-{size}", list_price=5)
            self.env["channel.binding.product"]._bind(
                self.backend,
                self.store.product(f"SHIRT-{size}")["id"],
                product,
                parent_external_id=str(shirt["id"]),
            )
        gone = str(self.store.product("SHIRT-M")["id"])
        self.store.delete_product("SHIRT-M")
        self.reconcile(with_stock=False, with_prices=False)
        self.assertIn(("product_gone", gone), self.found())

    def test_flows_that_are_off_keep_nothing_in_step(self):
        for kind in ("product", "price", "stock"):
            self.flow_of(kind, "out").active = False
        self.store.set_stock("BOWL", 77)
        self.store.edit_product("PLATE", regular_price="1.11")
        run = self.reconcile()
        self.assertEqual(self.found(), [])
        self.assertNotIn("stock", run.kind_figure_ids.mapped("kind"))

    # === WHO MAY === #

    def test_who_may(self):
        """A user may have things repaired, but neither begin a run nor ignore or write a row."""
        self.place(("MUG", 1), payment_method="cod")
        self.reconcile()
        values = {"company_id": self.company.id, "company_ids": [(6, 0, self.company.ids)]}
        user = new_test_user(self.env, "shop-user", groups="channel_connector.group_user", **values)
        main = self.env.ref("base.main_company")
        elsewhere = {"company_id": main.id, "company_ids": [(6, 0, main.ids)]}
        other = new_test_user(
            self.env, "other-user", groups="channel_connector.group_manager", **elsewhere
        )
        row = self.open()[0]
        mine = row.with_user(user)
        for write in (
            lambda: mine.write({"state": "fixed"}),
            lambda: mine._ignore("no"),
            lambda: mine.unlink(),
            lambda: (
                self.env["channel.reconcile"]
                .with_user(user)
                .create({"backend_id": self.backend.id})
            ),
        ):
            with self.assertRaises(AccessError):
                write()
        mine.action_fix()
        self.assertTrue(row.fix_begun_at)
        theirs = (
            self.env["channel.variance"]
            .with_user(other)
            .with_context(allowed_company_ids=other.company_ids.ids)
        )
        self.assertFalse(theirs.search([("id", "=", row.id)]))
        with self.assertRaises(AccessError):
            row.with_user(other).with_context(
                allowed_company_ids=other.company_ids.ids
            ).action_fix()
