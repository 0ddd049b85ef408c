"""The first import: its figures, its pause, and bad records among good ones."""

from odoo.tests import tagged

from ..models.channel_event_jobs import CHUNK
from .test_setup import SetupCase

#: More than one chunk.
ORDERS = CHUNK + 15


@tagged("post_install", "-at_install")
class TestFirstImport(SetupCase):
    def setUp(self):
        super().setUp()
        self._add_product("MUG")
        self.orders = [self.place(("MUG", 1)) for _number in range(ORDERS)]
        self.go_to("mappings")
        self.backend.action_setup_create_taxes()
        self.backend.product_policy = "issue"
        self.backend.setup_products = "none"
        self.go_to("live")
        self.backend.action_setup_all_orders()
        self.backend.action_setup_live()
        self.orders_in = self.flow("order")

    def poll_now(self):
        self.env.flush_all()
        with self.registry.cursor() as cr:
            self.orders_in.with_env(self.orders_in.env(cr=cr))._job_poll()
        self.env.invalidate_all()

    def waiting(self):
        return self.env["channel.event"].search(
            [
                ("backend_id", "=", self.backend.id),
                ("kind", "=", "order"),
                ("state", "=", "pending"),
            ],
            order="id",
        )

    def figures(self):
        self.orders_in.invalidate_recordset()
        names = ("total", "read", "done", "ignored", "blocked", "waiting")
        return {name: self.orders_in[f"first_{name}"] for name in names}

    def sales(self):
        return self.env["sale.order"].search_count([("channel_backend_id", "=", self.backend.id)])

    def test_going_live_begins_it(self):
        jobs = self.env["queue.job"].search([("model_name", "=", "channel.flow")])
        self.assertIn("poll order", jobs.mapped("name"))
        self.assertEqual(self.orders_in.first_state, "running")
        self.assertEqual(self.figures()["total"], ORDERS, "as the shop names it")
        self.assertEqual(self.figures()["read"], 0)
        self.assertTrue(self.backend.first_import_open)

    def test_figures_on_the_way(self):
        self.poll_now()
        self.run_chunk(self.waiting()[:CHUNK])
        self.assertEqual(
            self.figures(),
            {
                "total": ORDERS,
                "read": ORDERS,
                "done": CHUNK,
                "ignored": 0,
                "blocked": 0,
                "waiting": ORDERS - CHUNK,
            },
        )
        self.assertEqual(self.orders_in.first_state, "running")
        self.run_chunk(self.waiting())
        self.assertEqual((self.orders_in.first_state, self.figures()["done"]), ("done", ORDERS))
        self.backend.invalidate_recordset()
        self.assertFalse(self.backend.first_import_open)

    def test_every_figure_opens_what_it_counts(self):
        self.poll_now()
        self.run_chunk(self.waiting()[:CHUNK])
        figures = self.figures()
        for name in ("read", "done", "ignored", "blocked", "waiting"):
            action = self.orders_in.with_context(first_figure=name).action_view_first_import()
            found = self.env[action["res_model"]].search_count(action["domain"])
            self.assertEqual(found, figures[name], name)

    def test_paused_and_resumed(self):
        self.poll_now()
        self.run_chunk(self.waiting()[:CHUNK])
        self.orders_in.action_pause()
        self.assertEqual(self.orders_in.first_state, "paused")
        before = self.figures()
        self.run_chunk(self.waiting())
        self.run_pending()
        self.poll_now()
        self.assertEqual(self.figures(), before, "a paused flow works on nothing")
        self.assertEqual(self.sales(), CHUNK)
        self.orders_in.action_resume()
        self.assertEqual(self.orders_in.first_state, "running")
        self.poll_now()
        self.run_chunk(self.waiting())
        self.run_pending()
        self.assertEqual((self.orders_in.first_state, self.sales()), ("done", ORDERS))
        numbers = self.env["channel.binding.order"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual(len(set(numbers.mapped("external_id"))), ORDERS, "nothing twice")

    def test_resuming_goes_on_reading_at_once(self):
        self.orders_in.action_pause()
        self.poll_now()
        self.assertFalse(self.orders_in.cursor_id.through_at)
        self.env["queue.job"].search([]).unlink()
        self.orders_in.action_resume()
        jobs = self.env["queue.job"].search([("model_name", "=", "channel.flow")])
        self.assertIn("poll order", jobs.mapped("name"))

    def test_bad_records_hold_up_nothing(self):
        self.store.add_product(sku="GHOST", name="Ghost", regular_price="1.00")
        bad = [self.place(("GHOST", 1)) for _number in range(2)]
        self.poll_now()
        self.run_chunk(self.waiting())
        self.run_pending()
        figures = self.figures()
        self.assertEqual((figures["done"], figures["blocked"]), (ORDERS, len(bad)))
        self.assertEqual(self.orders_in.first_state, "done")
        issues = self.env["channel.issue"].search(
            [("backend_id", "=", self.backend.id), ("state", "=", "open")]
        )
        self.assertEqual(len(issues), 1, "one per cause")
        self._make_product("GHOST")
        issues.action_retry()
        self.run_pending()
        self.assertEqual(self.figures()["blocked"], 0)

    def test_what_comes_later_is_no_part_of_it(self):
        self.poll_now()
        self.run_chunk(self.waiting())
        through = self.orders_in.cursor_id.through_at
        self.assertTrue(through)
        late = self.receive(self.place(("MUG", 1))["id"])
        late.received_at = through.replace(year=through.year + 1)
        self.assertEqual(self.figures()["read"], ORDERS)
        self.poll_now()
        self.assertEqual(self.orders_in.cursor_id.through_at, through)
