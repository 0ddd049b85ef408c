"""Stock is published in few calls, once, and what the shop makes of it is compared."""

from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo.fields import Command, Datetime
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError

from ..core.catalogue import ItemResult
from ..services import job_drains
from .stock_case import StockCase


@tagged("post_install", "-at_install")
class TestStockOut(StockCase):
    def test_published_and_explained(self):
        self.receive(self.mug, 7)
        self.assertEqual(self.drain(), "3 published, 0 left as they are, 0 refused")
        self.assertEqual(self.shown("MUG"), 7)
        self.assertFalse(self.notes())
        row = self.told(self.mug)
        self.assertEqual((row.quantity, row.known, row.answer, row.error), (7, True, "7", False))
        self.assertTrue(row.sent_at)
        self.assertEqual(row.explanation_text, "On hand: 7\nPublished: 7")
        self.assertEqual(self.mug.channel_published_stock_ids, row)

    def test_few_calls(self):
        """Simple products together, the variants of a product together."""
        mugs = [self.put_on_sale(f"MUG-{number}") for number in range(5)]
        for product in (*mugs, self.small, self.medium):
            self.receive(product, 3)
        self.drain()
        paths = [path for path, _body in self.writes()]
        expected = ["products/batch", f"products/{self.tee['id']}/variations/batch"]
        self.assertCountEqual(paths, expected)
        self.assertEqual(self.shown("MUG-0", "MUG-4", "TEE-S", "TEE-M"), (3, 3, 3, 3))

    def test_unchanged_makes_no_call(self):
        self.receive(self.mug, 7)
        self.drain()
        before = len(self.writes())
        self.receive(self.mug, 2)
        self.receive(self.mug, -2)
        self.commit()
        self.assertTrue(self.notes(self.mug))
        self.assertEqual(self.drain(), "0 published, 1 left as they are, 0 refused")
        self.assertEqual(len(self.writes()), before)
        self.assertFalse(self.notes())

    def test_noted_once_however_often_it_moves(self):
        self.drain()
        for _number in range(3):
            self.receive(self.mug, 1)
        self.commit()
        self.assertEqual(len(self.notes(self.mug)), 1)
        self.receive(self.mug, 1)
        self.commit()
        self.assertEqual(len(self.notes(self.mug)), 2, "one for each transaction: it appends")
        self.drain()
        self.assertEqual(self.shown("MUG"), 4)
        self.assertFalse(self.notes())

    def test_reservations_count(self):
        self.receive(self.mug, 5)
        self.drain()
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "location_id": self.shelf.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.mug.id,
                            "product_uom_qty": 2,
                            "location_id": self.shelf.id,
                            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        self.drain()
        self.assertEqual(self.shown("MUG"), 3)
        self.assertIn("Reserved: \N{MINUS SIGN}2", self.told(self.mug).explanation_text)
        calls = len(self.writes())
        picking.move_ids.write({"quantity": 2, "picked": True})
        picking.button_validate()
        self.drain()
        self.assertEqual(len(self.writes()), calls, "it was gone from the figure before")

    def test_switched_off(self):
        self.drain()
        self.flow.active = False
        self.receive(self.mug, 7)
        self.commit()
        self.assertFalse(self.notes())
        self.assertEqual(self.drain(), "the flow is switched off")

    def test_paused_waits(self):
        self.receive(self.mug, 7)
        self.backend.state = "paused"
        self.assertIn("not connected", self.drain())
        self.assertTrue(self.notes(self.mug))
        self.backend.state = "connected"
        self.drain()
        self.assertEqual(self.shown("MUG"), 7)

    def test_more_than_a_drain_reads_at_once(self):
        self.addCleanup(setattr, job_drains, "DRAIN_SIZE", job_drains.DRAIN_SIZE)
        job_drains.DRAIN_SIZE = 2
        products = [self.put_on_sale(f"P-{number}") for number in range(5)]
        for product in products:
            self.receive(product, 4)
        self.assertIn("8 published", self.drain())
        self.assertEqual({self.shown(f"P-{number}") for number in range(5)}, {4})
        self.assertFalse(self.notes())

    def test_a_product_that_is_several_in_the_shop(self):
        self.store.add_product(
            sku="MUG-FR", name="Tasse", regular_price="10", manage_stock=True, stock_quantity=0
        )
        self.bind(self.mug, self.store.product("MUG-FR")["id"])
        self.receive(self.mug, 6)
        self.drain()
        self.assertEqual(self.shown("MUG", "MUG-FR"), (6, 6))

    def test_several_shops(self):
        """Each is told by its own drain."""
        other = self._make_backend(self.company, "Other")
        flow = other.flow_ids.filtered(lambda one: (one.kind, one.direction) == ("stock", "out"))
        flow.active = True
        self.store.add_product(
            sku="SAME", name="Same", regular_price="1", manage_stock=True, stock_quantity=0
        )
        self.env["channel.binding.product"].create(
            {
                "backend_id": other.id,
                "external_id": str(self.store.product("SAME")["id"]),
                "odoo_id": self.mug.id,
            }
        )
        other.stock_share = 50
        self.receive(self.mug, 9)
        self.drain()
        self.assertEqual(self.shown("MUG", "SAME"), (9, 0))
        self.flow = flow
        self.drain()
        self.assertEqual(self.shown("MUG", "SAME"), (9, 4))


@tagged("post_install", "-at_install")
class TestStockFigures(StockCase):
    """What the backend, a rule and the product say about the figure."""

    def published(self, product=None):
        self.drain()
        return self.told(product or self.mug).quantity

    def test_settings_are_told_at_once(self):
        self.receive(self.mug, 20)
        self.assertEqual(self.published(), 20)
        self.backend.stock_buffer = 5
        self.assertEqual(self.published(), 15)
        self.backend.write({"stock_buffer_percent": 10, "stock_share": 50})
        self.assertEqual(self.published(), 6)
        self.backend.stock_cap = 4
        self.assertEqual(self.published(), 4)
        self.assertEqual(self.shown("MUG"), 4)

    def test_a_rule_in_place_of_the_backend(self):
        self.backend.stock_buffer = 5
        self.receive(self.mug, 20)
        rule = self.env["channel.stock.rule"].create(
            {"backend_id": self.backend.id, "product_id": self.mug.id, "buffer": 1}
        )
        self.assertEqual(self.published(), 19)
        rule.write({"mode": "fixed", "quantity": 77})
        self.assertEqual(self.published(), 77)
        rule.mode = "none"
        calls = len(self.writes())
        self.receive(self.mug, 1)
        self.assertEqual(self.published(), 77)
        self.assertEqual(len(self.writes()), calls)
        rule.unlink()
        self.assertEqual(self.published(), 16)

    def test_forecast(self):
        self.backend.stock_basis = "forecast"
        self.receive(self.mug, 2)
        self.assertEqual(self.published(), 2)
        move = self.env["stock.move"].create(
            {
                "product_id": self.mug.id,
                "product_uom_qty": 10,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.shelf.id,
                "picking_type_id": self.warehouse.in_type_id.id,
            }
        )
        move._action_confirm()
        self.assertEqual(self.published(), 12)
        self.assertIn("Planned to come in: +10", self.told(self.mug).explanation_text)
        move._action_cancel()
        self.assertEqual(self.published(), 2)

    def test_planned_moves_are_nobody_else_s_business(self):
        self.drain()
        move = self.env["stock.move"].create(
            {
                "product_id": self.mug.id,
                "product_uom_qty": 10,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.shelf.id,
                "picking_type_id": self.warehouse.in_type_id.id,
            }
        )
        move._action_confirm()
        self.commit()
        self.assertFalse(self.notes())

    def test_parts_and_debts(self):
        self.receive(self.mug, 2.75)
        self.receive(self.small, -3)
        self.drain()
        self.assertEqual(self.shown("MUG", "TEE-S"), (2, -3))
        self.assertEqual(self.told(self.mug).quantity, 2)

    def test_what_is_owed(self):
        """What the shop puts back itself covers it first; kept back pieces are not owed."""
        self.backend.stock_buffer = 5
        self.receive(self.mug, -3)
        self.receive(self.small, 3)
        self.drain()
        self.assertEqual(self.shown("MUG", "TEE-S"), (-3, 0))
        self.assertIn("covers that first", self.told(self.mug).explanation_text)
        self.assertNotIn("covers that first", self.told(self.small).explanation_text)
        self.backend.stock_owed = False
        self.assertEqual(self.published(), 0)
        self.assertEqual(self.shown("MUG"), 0)
        self.backend.stock_owed = True
        rule = {"backend_id": self.backend.id, "product_id": self.mug.id, "cap": 9}
        self.env["channel.stock.rule"].create(rule)
        self.assertEqual(self.published(), -3)

    def test_backorders(self):
        self.receive(self.mug, 1)
        self.drain()
        self.assertEqual(self.store.product("MUG")["backorders"], "no")
        self.mug.channel_backorders = "notify"
        self.drain()
        self.assertEqual(self.store.product("MUG")["backorders"], "notify")
        calls = len(self.writes())
        self.mug.channel_backorders = "shop"
        self.drain()
        self.assertEqual(len(self.writes()), calls, "the shop keeps what it has")

    def test_made_to_order(self):
        route = self.warehouse.mto_pull_id.route_id
        route.active = True
        self.mug.route_ids = [Command.link(route.id)]
        self.drain()
        self.assertEqual(self.store.product("MUG")["backorders"], "yes")

    def test_none_of_the_shop_s_business(self):
        self.drain()
        calls = len(self.writes())
        self.receive(self.mug, 5)
        self.mug.channel_excluded_backend_ids = self.backend
        service = self.put_on_sale("SERVICE", {"type": "service", "is_storable": False})
        self.assertEqual(self.drain(), "0 published, 2 left as they are, 0 refused")
        self.assertFalse(self.told(service))
        self.assertEqual(len(self.writes()), calls)
        self.mug.channel_excluded_backend_ids = False
        self.assertEqual(self.published(), 5)

    def test_the_shop_owns_its_stock(self):
        rows = self.backend.ownership_ids.filtered(lambda row: row.group == "stock")
        rows.owner = "channel"
        self.receive(self.mug, 5)
        self.assertEqual(self.drain(), "0 published, 3 left as they are, 0 refused")
        self.assertFalse(self.writes())
        rows.owner = "odoo"
        self.assertEqual(self.published(), 5)

    def test_constraints(self):
        for values in (
            {"stock_buffer": -1},
            {"stock_cap": -1},
            {"stock_buffer_percent": 101},
            {"stock_share": -1},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.backend.write(values)
                self.env.flush_all()


@tagged("post_install", "-at_install")
class TestStockRefused(StockCase):
    """What the shop does not count, changes, or no longer has."""

    def test_not_counted_in_the_shop(self):
        """One issue for all of them; the others go out."""
        bowls = [self.put_on_sale(f"BOWL-{n}", manage_stock=False) for n in range(3)]
        for product in (*bowls, self.mug):
            self.receive(product, 5)
        self.assertIn("3 refused", self.drain())
        self.assertEqual(self.shown("MUG"), 5)
        issue = self.open_issues()
        self.assertEqual(issue.code, "stock_kept_by_nobody")
        self.assertEqual(set(issue.note_ids.mapped("state")), {"blocked"})
        self.assertEqual(len(issue.note_ids), 3)
        binding = bowls[0].channel_binding_ids
        self.assertEqual(binding.stock_keeper, "nobody")
        self.assertIn("does not count", self.told(bowls[0]).error)

        calls = len(self.writes())
        issue.action_retry()
        self.drain()
        self.assertEqual(len(self.writes()), calls, "known without asking again")
        self.assertEqual(self.open_issues(), issue)

        self.flow.manage_stock = True
        self.drain()
        self.assertEqual(self.shown(*(f"BOWL-{n}" for n in range(3))), (5, 5, 5))
        self.assertEqual(issue.state, "resolved")
        self.assertFalse(self.notes())
        self.assertEqual(binding.stock_keeper, "itself")
        self.assertFalse(self.told(bowls[0]).error)

    def test_counted_by_the_parent(self):
        shirt = self.store.add_variable_product(
            "Shirt",
            [
                {"sku": f"SHIRT-{size}", "regular_price": "9", "options": {"Size": size}}
                for size in "AB"
            ],
            manage_stock=True,
            stock_quantity=40,
        )
        product = self.bound("SHIRT-A", shirt["id"])
        self.receive(product, 5)
        self.drain()
        issue = self.open_issues()
        self.assertEqual(issue.code, "stock_kept_by_parent")
        self.assertEqual(self.store.product(shirt["id"])["stock_quantity"], 40)
        self.flow.manage_stock = True
        self.drain()
        self.assertEqual(self.shown("SHIRT-A"), 5)
        self.assertEqual(issue.state, "resolved")

    def test_gone_in_the_shop(self):
        lost = self._make_product("LOST")
        self.bind(lost, 999_999)
        self.receive(lost, 5)
        self.receive(self.mug, 5)
        self.drain()
        self.assertEqual(self.shown("MUG"), 5)
        self.assertTrue(lost.channel_binding_ids.gone_at)
        self.assertIn("does not exist", self.told(lost).error)
        self.assertFalse(self.notes() | self.open_issues().note_ids)
        self.receive(lost, 1)
        calls = len(self.writes())
        self.drain()
        self.assertEqual(len(self.writes()), calls)

    def test_the_shop_is_down(self):
        self.receive(self.mug, 5)
        self.server.faults.down = True
        self.addCleanup(setattr, self.server.faults, "down", False)
        error = self.drain()
        self.assertIsInstance(error, RetryableJobError)
        self.assertTrue(self.notes(self.mug))
        self.server.faults.down = False
        self.env["channel.gate"]._of(self.backend).write({"open_until": False, "failures": 0})
        self.drain()
        self.assertEqual(self.shown("MUG"), 5)

    def test_unbound_while_the_shop_is_told(self):
        """A binding that is deleted between plan and answer stops nothing."""
        self.receive(self.mug, 5)
        self.commit()
        exporter = self.env["channel.stock.exporter"]
        planned = exporter._plan(self.backend, self.mug | self.small)
        answers = [
            ItemResult(key, echo=target.quantity)
            for key, target in planned.notes["targets"].items()
        ]
        self.mug.channel_binding_ids.unlink()
        ended = exporter._store(self.backend, planned, answers)
        self.assertEqual(ended, {self.mug.id: None, self.small.id: None})
        self.assertFalse(self.told(self.mug))
        self.assertTrue(self.told(self.small))

    def test_an_answer_is_lost(self):
        """A quantity is absolute: it is simply sent again."""
        self.receive(self.mug, 5)
        self.server.faults.add("reset", method="POST", path="/batch", when="after")
        self.drain()
        self.env["channel.gate"]._of(self.backend).write({"open_until": False, "failures": 0})
        self.drain()
        self.assertEqual(self.shown("MUG"), 5)
        self.assertFalse(self.notes())

    def test_bad_credentials_stop_in_peace(self):
        self.receive(self.mug, 5)
        keys = dict(self.store.keys)
        self.addCleanup(self.store.keys.update, keys)
        self.store.keys.clear()
        result = self.drain()
        self.assertIn("blocked", str(result))
        self.assertEqual(self.backend.state, "error")
        self.assertTrue(self.open_issues())
        self.assertEqual(set(self.notes(self.mug).mapped("state")), {"pending"})


@tagged("post_install", "-at_install")
class TestStockCompared(StockCase):
    """A full refresh: everything is compared with what the shop shows, then sent if it differs."""

    def test_only_what_differs_is_sent(self):
        for product in (self.mug, self.small, self.medium):
            self.receive(product, 5)
        self.drain()
        self.store.set_stock("TEE-S", 50)
        calls = len(self.writes())
        self.assertEqual(self.compare(), "3 products compared, 1 differ")
        self.assertEqual(self.told(self.small).quantity, 50, "what the shop shows")
        self.drain()
        self.assertEqual(len(self.writes()), calls + 1)
        self.assertEqual(self.shown("MUG", "TEE-S", "TEE-M"), (5, 5, 5))

    def test_what_was_never_published_may_be_right_already(self):
        self.env["channel.outbox"].search([]).unlink()
        self.env.cr.precommit.clear()
        self.assertEqual(self.compare(), "3 products compared, 0 differ")
        self.assertFalse(self.notes())
        self.assertEqual(self.told(self.mug).explanation_text, "On hand: 0\nPublished: 0")

    def test_on_demand(self):
        jobs = self.env["queue.job"].search([])
        self.backend.action_publish_stock()
        (job,) = self.env["queue.job"].search([]) - jobs
        self.assertEqual((job.method_name, job.records), ("_job_poll", self.flow))

    def test_when_it_is_due(self):
        now = Datetime.now()
        self.assertTrue(self.flow._is_due(now))
        self.compare()
        self.assertFalse(self.flow._is_due(now + timedelta(hours=23)))
        self.assertTrue(self.flow._is_due(now + timedelta(hours=25)))
        self.flow.interval = 0
        self.assertFalse(self.flow._is_due(now + timedelta(days=9)))
