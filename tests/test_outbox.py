"""The outbox: noted in the business transaction, told once, and never lost."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import new_test_user, tagged

from .outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestNotes(OutboundCase):
    def jobs(self, notes):
        jobs = self.env["queue.job"].search([("model_name", "=", "channel.outbox")])
        return jobs.filtered(lambda job: notes & job.records)

    def test_a_note_says_only_what_to_look_at(self):
        _order, sale = self.sold()
        picking = self.send(sale)
        note = self.notes(picking)
        self.assertEqual((note.kind, note.state, note.order_id), ("shipment", "pending", sale))
        self.assertEqual(note.company_id, self.company)
        job = self.jobs(note)
        self.assertEqual(job.channel, "root.channel.shipment")
        self.assertNotIn(picking.name, f"{job.name} {job.args} {job.kwargs}")

    def test_of_orders_of_other_origin_nothing_is_noted(self):
        partner = self.env["res.partner"].create({"name": "Walk-in"})
        values = {"product_id": self.mug.id, "product_uom_qty": 1}
        sale = self.env["sale.order"].create(
            {"partner_id": partner.id, "order_line": [fields.Command.create(values)]}
        )
        before = self.notes()
        sale.action_confirm()
        self.send(sale, tracking="A1")
        sale.action_cancel()
        self.assertEqual(self.notes(), before)

    def test_who_moves_goods_needs_no_rights_on_channels(self):
        _order, sale = self.sold()
        user = new_test_user(
            self.env,
            "packer",
            "stock.group_stock_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        picking = self.open_picking(sale).with_user(user)
        for move in picking.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        picking.button_validate()
        picking.carrier_tracking_ref = "A1"
        notes = self.notes(picking)
        self.assertEqual(len(notes), 2)
        with self.assertRaises(AccessError):
            notes.with_user(user).read(["state"])
        self.tell()
        self.assertEqual(notes.mapped("state"), ["done", "done"])

    def test_who_sells_needs_no_rights_on_channels(self):
        order, sale = self.sold(status="on-hold", payment_method="bacs")
        seller = new_test_user(
            self.env,
            "seller",
            "sales_team.group_sale_salesman_all_leads",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        sale.with_user(seller).action_confirm()
        self.tell()
        self.assertEqual(self.shop_meta(order, "odoo_order_number"), sale.name)
        sale.with_user(seller)._action_cancel()
        self.tell()
        self.assertEqual(self.shop(order)["status"], "cancelled")

    def test_several_notes_of_one_record_are_told_once(self):
        order, sale = self.sold()
        picking = self.send(sale)
        picking.carrier_tracking_ref = "A1"
        self.assertEqual(len(self.notes(picking)), 2)
        self.assertFalse(self.run_notes(self.notes(picking)[0]))
        self.assertEqual(self.notes(picking).mapped("state"), ["done", "done"])
        (text,) = self.shop_notes(order)
        self.assertIn("A1", text)
        self.assertFalse(self.run_notes(self.notes(picking)[1]), "its own job finds nothing")
        self.assertEqual(len(self.shop_notes(order)), 1)

    def test_a_drain_that_ended_nothing_costs_nothing(self):
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.env["channel.outbox"]._forget([])

    def test_many_records_in_one_job(self):
        sold = [self.sold(("MUG", 1)) for _number in range(3)]
        pickings = self.env["stock.picking"].union(*(self.open_picking(sale) for _o, sale in sold))
        pickings.move_ids.write({"quantity": 1, "picked": True})
        pickings.button_validate()
        notes = self.env["channel.outbox"].union(*(self.notes(one) for one in pickings))
        self.assertEqual(len(self.jobs(notes)), 1)
        self.assertFalse(self.run_notes(notes))
        self.assertEqual([len(self.shop_notes(order)) for order, _sale in sold], [1, 1, 1])

    def test_one_that_has_to_wait_holds_up_no_other(self):
        (first, _sale), (second, _sale2) = sold = [self.sold(("MUG", 1)) for _number in range(2)]
        notes = self.env["channel.outbox"].union(
            *(self.notes(self.send(sale)) for _order, sale in sold)
        )
        self.server.faults.add("500-fatal-json", method="PUT", path=f"/orders/{first['id']}")
        error = self.run_notes(notes)
        self.assertFalse(error.ignore_retry, "it spends a try")
        self.assertEqual(notes.mapped("state"), ["pending", "done"])
        self.assertEqual([len(self.shop_notes(first)), len(self.shop_notes(second))], [0, 1])
        self.assertFalse(self.run_notes(notes))
        self.assertEqual(len(self.shop_notes(first)), 1)

    def test_a_bug_fails_one_record_and_the_others_go_on(self):
        sold = [self.sold(("MUG", 1)) for _number in range(2)]
        bad, good = (self.notes(self.send(sale)) for _order, sale in sold)
        (bad | good)._job_failed(exc_name="ZeroDivisionError")
        jobs = self.jobs(bad | good)
        self.assertEqual(
            [set(job.records.ids) for job in jobs.sorted("id")[-2:]], [set(bad.ids), set(good.ids)]
        )
        bad._job_failed(exc_name="ZeroDivisionError")
        self.assertEqual((bad.state, bad.issue_id.code), ("failed", "job_failed"))
        self.assertIn("ZeroDivisionError", bad.issue_id.title)
        self.tell()
        self.assertEqual(good.state, "done")
        bad.issue_id.action_retry()
        self.tell()
        self.assertEqual((bad.state, bad.issue_id.state), ("done", "resolved"))

    def test_a_user_sends_again(self):
        order, sale = self.sold()
        note = self.notes(self.send(sale))
        self.server.faults.add("400-invalid-param", method="POST")
        self.tell()
        self.assertEqual((note.state, note.issue_id.code), ("blocked", "request_refused"))
        user = new_test_user(
            self.env,
            "channel_user",
            "channel_connector.group_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        note.with_user(user).action_retry()
        self.tell()
        self.assertEqual((note.state, note.issue_id.state), ("done", "resolved"))
        self.assertEqual(len(self.shop_notes(order)), 1)
        with self.assertRaises(UserError):
            note.with_user(user).action_retry()

    def test_a_deleted_record(self):
        _order, sale = self.sold(status="pending")
        self.env["channel.outbox"]._note("order_status", sale, lambda one: one)
        note = self.notes(sale)
        sale.channel_binding_ids.unlink()
        self.assertFalse(self.run_notes(note))
        self.assertEqual(note.state, "ignored")
        self.assertIn("gone", note.reason)

    def test_settled_notes_are_kept_as_long_as_events(self):
        _order, sale = self.sold()
        old, young = self.notes(sale), self.notes(self.send(sale))
        self.tell()
        old.done_at = fields.Datetime.now() - timedelta(days=self.backend.event_days + 1)
        self.env["channel.outbox"]._gc_notes()
        self.assertFalse(old.exists())
        self.assertTrue(young.exists())


@tagged("post_install", "-at_install")
class TestWaiting(OutboundCase):
    def _age(self, notes):
        notes.noted_at = fields.Datetime.now() - timedelta(minutes=5)
        self.env.flush_all()

    def test_sweep_gives_a_lost_note_a_new_job(self):
        lost, alive = (self.notes(self.send(sale)) for _order, sale in [self.sold(), self.sold()])
        self._age(lost | alive)
        jobs = self.env["queue.job"].search([("model_name", "=", "channel.outbox")])
        job = jobs.filtered(lambda job: lost in job.records)
        job.state = "cancelled"
        self.env.flush_all()
        self.assertEqual(self.env["channel.outbox"]._sweep(self.backend), lost)
        self.assertEqual(lost.sweeps, 1)
        self.assertFalse(self.env["channel.outbox"]._sweep(self.backend), "it has a job again")

    def test_sweeps_without_effect_are_told(self):
        _order, sale = self.sold()
        note = self.notes(self.send(sale))
        self._age(note)
        for _number in range(5):
            self.env["queue.job"].search([("model_name", "=", "channel.outbox")]).state = "done"
            self.env.flush_all()
            self.env["channel.outbox"]._sweep(self.backend)
        issue = self.env["channel.issue"].search([("code", "=", "stuck")])
        self.assertEqual(len(issue), 1)

    def test_paused_and_resumed(self):
        order, sale = self.sold()
        self.backend._remember_identity()
        self.backend.action_pause()
        picking = self.send(sale)
        calls = len(self.store.requests)
        self.assertFalse(self.run_notes(self.notes(picking)))
        self.assertEqual(self.notes(picking).state, "pending")
        self.assertEqual(len(self.store.requests), calls)
        self.backend.state = "connected"
        self._age(self.notes(picking))
        self.env["queue.job"].search([("model_name", "=", "channel.outbox")]).state = "done"
        self.env.flush_all()
        self.backend._tick()
        self.tell()
        self.assertEqual(len(self.shop_notes(order)), 1)

    def test_a_neutralised_copy_tells_nothing(self):
        _order, sale = self.sold()
        told, waiting = self.notes(sale), self.notes(self.send(sale))
        self.env.flush_all()
        for query in get_neutralization_queries(["channel_connector"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual(told.exists(), told)
        self.assertFalse(waiting.exists())
        calls = len(self.store.requests)
        sale.picking_ids.carrier_tracking_ref = "A1"
        self.assertFalse(self.run_notes(self.notes(sale.picking_ids)))
        self.assertEqual(self.notes(sale.picking_ids).state, "pending")
        self.assertEqual(len(self.store.requests), calls)

    def test_an_outage_burns_no_tries(self):
        order, sale = self.sold()
        note = self.notes(self.send(sale))
        self.server.faults.down = True
        self.addCleanup(setattr, self.server.faults, "down", False)
        self.assertTrue(self.run_notes(note).ignore_retry)
        self.assertTrue(self.run_notes(note).ignore_retry)
        self.server.faults.down = False
        self.env["channel.gate"]._of(self.backend).write({"open_until": False, "failures": 0})
        self.tell()
        self.assertEqual(len(self.shop_notes(order)), 1)


@tagged("post_install", "-at_install")
class TestTwoCompanies(OutboundCase):
    def test_each_tells_its_own_shop(self):
        other = self._make_company("Other Company")
        other_backend = self._make_backend(other)
        order = self.place(("MUG", 1))
        mine = self.import_order(order)
        theirs = self.import_order(order, other_backend)
        self.tell()
        notes = self.env["channel.outbox"].search([("order_id", "in", (mine | theirs).ids)])
        self.assertEqual(
            {(note.order_id, note.backend_id, note.company_id) for note in notes},
            {(mine, self.backend, self.company), (theirs, other_backend, other)},
        )
        picking = self.send(mine)
        self.assertEqual(self.notes(picking).backend_id, self.backend)
        user = new_test_user(
            self.env,
            "theirs",
            "channel_connector.group_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        seen = self.env["channel.outbox"].with_user(user)
        seen = seen.with_context(allowed_company_ids=other.ids).search([])
        self.assertEqual(seen.company_id, other)
