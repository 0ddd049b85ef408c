"""The screens in a real browser, and what every screen owes its users."""

from lxml import etree

from odoo import Command
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged

from ..dev.woostore import Server, Store
from .loopback import LoopbackMixin
from .outbound_case import OutboundCase
from .test_access import make_backend, make_blocked_event

MODULE = "channel_connector"


@tagged("post_install", "-at_install")
class TestScreensInBrowser(LoopbackMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "channel_manager", f"{MODULE}.group_manager", password="channel_m1"
        )

    def _path(self, xmlid, record=None):
        action = self.env.ref(f"{MODULE}.{xmlid}")
        return f"/odoo/{action.path}" + (f"/{record.id}" if record else "")

    def test_check_connection_and_go_live(self):
        store = Store(currency=self.env.company.currency_id.name)
        with Server(store) as server:
            backend = make_backend(
                self.env, base_url=server.url, api_key=store.key, api_secret=store.secret
            )
            self.start_tour(
                self._path("action_channel_backend", backend),
                "channel_connect",
                login="channel_manager",
            )
        self.assertEqual(backend.state, "connected")
        self.assertEqual(backend.check_result, "warning")
        self.assertTrue(backend.tax_map_ids and backend.payment_map_ids)
        self.assertFalse(backend.status_map_ids.filtered("is_unmapped"))

    def test_retry_an_event(self):
        event = make_blocked_event(make_backend(self.env))
        self.start_tour(
            self._path("action_channel_event"), "channel_event_retry", login="channel_manager"
        )
        self.assertEqual((event.state, event.job_count), ("pending", 1))

    def test_ignore_an_issue(self):
        event = make_blocked_event(make_backend(self.env))
        self.start_tour(
            self._path("action_channel_issue"), "channel_issue_ignore", login="channel_manager"
        )
        self.assertEqual(event.issue_id.state, "ignored")
        self.assertEqual(event.issue_id.ignore_reason, "Test order of our agency")
        self.assertEqual(event.state, "ignored")


@tagged("post_install", "-at_install")
class TestLifeInBrowser(OutboundCase, HttpCase):
    """An order was delivered, and edited in the shop afterwards: what a person sees and presses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(
            cls.env,
            "channel_manager",
            f"{MODULE}.group_manager,sales_team.group_sale_manager,account.group_account_invoice",
            password="channel_m1",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        order, self.sale = self.sold(("MUG", 2), ("BOOK", 1))
        self.send(self.sale, tracking="323299")
        self.tell()
        self.run_pending()
        self.store.edit_order(order["id"], set_quantity={order["line_items"][0]["id"]: 1})
        self.run_job(self.note(order["id"]))
        self.issue = self.sale.channel_issue_ids
        self.assertEqual(self.issue.code, "changed_after_delivery")

    def _look(self, tour, record):
        action = "action-sale.action_orders" if record == self.sale else "channel-issues"
        self.start_tour(f"/odoo/{action}/{record.id}", tour, login="channel_manager")

    def _mugs(self):
        line = self.sale.order_line.filtered(lambda line: line.product_id.default_code == "MUG")
        return line.product_uom_qty

    def test_the_tab_tells_the_whole_story(self):
        self._look("channel_order_tab", self.sale)

    def test_keep_odoo(self):
        self._look("channel_issue_keep", self.issue)
        self.run_pending()
        self.assertEqual((self.issue.state, self._mugs()), ("resolved", 2))

    def test_accept_the_shop(self):
        self._look("channel_issue_accept", self.issue)
        self.run_pending()
        self.assertEqual((self.issue.state, self._mugs()), ("resolved", 1))
        back = self.open_picking(self.sale)
        self.assertEqual(back.picking_type_code, "incoming")
        self.assertEqual(back.move_ids.mapped("product_uom_qty"), [1])


@tagged("post_install", "-at_install")
class TestEveryScreen(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        data = cls.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", "ir.actions.act_window")]
        )
        cls.actions = cls.env["ir.actions.act_window"].browse(data.mapped("res_id"))
        cls.backend = make_backend(cls.env)

    def _screens(self):
        return self.actions.filtered(lambda action: action.target != "new")

    def test_an_empty_screen_says_what_to_do(self):
        self.assertGreaterEqual(len(self._screens()), 15)
        for action in self._screens():
            with self.subTest(action=action.name):
                self.assertIn("o_view_nocontent", action.help or "")
                self.assertTrue(action.path)

    def test_every_screen_opens_for_its_users(self):
        user = new_test_user(self.env, "channel_user", f"{MODULE}.group_user")
        manager = new_test_user(self.env, "channel_manager", f"{MODULE}.group_manager")
        for person in (user, manager):
            for action in self._screens():
                with self.subTest(person=person.login, action=action.name):
                    self._open(action.with_user(person))

    def _open(self, action):
        """Ask for what the web client asks for when a person opens the screen."""
        model = self.env[action.res_model].with_user(action.env.user)
        modes = [(False, mode) for mode in action.view_mode.split(",")]
        views = model.get_views([*modes, (False, "search")])["views"]
        for kind in ("list", "form", "kanban"):
            if kind in views:
                names = self._field_names(views[kind]["arch"])
                model.search([], limit=1).web_read({name: {} for name in names})

    def _field_names(self, arch):
        """Fields of a view itself, without those of the lists inside it."""
        tree = etree.fromstring(arch)
        return {
            node.get("name")
            for node in tree.iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
        }

    def test_menus_lead_somewhere(self):
        root = self.env.ref(f"{MODULE}.menu_channel_root")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        leaves = menus.filtered(lambda menu: not menu.child_id)
        wizards = self.actions - self._screens()
        self.assertEqual({menu.action for menu in leaves} - set(wizards), set(self._screens()))

    def test_outage_is_told(self):
        self.assertFalse(self.backend.outage_message)
        self.env["channel.gate"]._of(self.backend).write(
            {
                "failures": 2,
                "reason": "read_timeout",
                "opened_at": "2026-01-01 10:00:00",
                "open_until": "2026-01-01 10:02:00",
            }
        )
        self.backend.invalidate_recordset()
        self.assertIn("took too long to answer", self.backend.outage_message)

    def test_check_result_is_the_worst_finding(self):
        self.assertEqual(self.backend.check_result, "none")
        self.backend.checked_at = "2026-01-01 10:00:00"
        self.assertEqual(self.backend.check_result, "ok")
        for level in ("info", "warning", "error"):
            self.env["channel.finding"].create(
                {"backend_id": self.backend.id, "level": level, "code": "x", "title": "x"}
            )
            expected = "ok" if level == "info" else level
            self.assertEqual(self.backend.check_result, expected)

    def test_jobs_are_counted_by_backend(self):
        other = make_backend(self.env, name="Other")
        event = make_blocked_event(self.backend)
        event.action_retry()
        self.backend.flow_ids[:1]._enqueue_poll()
        self.assertEqual((self.backend.job_count, other.job_count), (2, 0))
        action = self.backend.action_view_jobs()
        self.assertEqual(self.env["queue.job"].search_count(action["domain"]), 2)

    def test_unmapped_values_come_first(self):
        rows = self.env["channel.map.status"].create(
            [
                {"backend_id": self.backend.id, "external_code": "a", "status": "processing"},
                {"backend_id": self.backend.id, "external_code": "z"},
            ]
        )
        self.assertEqual(rows.mapped("is_unmapped"), [False, True])
        self.assertEqual(self.backend.unmapped_count, 1)
        rows[1].status = "completed"
        self.backend.invalidate_recordset(["unmapped_count"])
        self.assertEqual(self.backend.unmapped_count, 0)

    def test_orders_are_imported_by_id(self):
        self.backend.state = "connected"
        wizard = self.env["channel.order.import"].with_context(active_id=self.backend.id)
        action = wizard.create({"external_ids": " 17, 18;#17 19 "}).action_import()
        events = self.env["channel.event"].search(action["domain"])
        self.assertEqual(sorted(events.mapped("external_id")), ["17", "18", "19"])
        self.assertEqual(set(events.mapped("source")), {"manual"})
