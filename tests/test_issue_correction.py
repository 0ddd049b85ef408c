"""A value of the shop that stands in the way is corrected in a copy, until the shop changes it."""

import copy

from odoo.exceptions import UserError
from odoo.tests import tagged

from .issue_case import IssueCase


@tagged("post_install", "-at_install")
class TestCorrection(IssueCase):
    def setUp(self):
        super().setUp()
        self.order = self.place(("MUG", 1), ("BOOK", 1))
        self.raw = self.store.orders[self.order["id"]]
        self.raw["status"] = ""
        self.event = self.receive(self.order["id"])
        self.issue = self.event.issue_id
        self.assertEqual(self.issue.code, "not_an_order")

    def open_editor(self, event=None):
        action = (event or self.event).action_correct_payload()
        return self.env[action["res_model"]].browse(action["res_id"])

    def correct(self, path, text, event=None):
        editor = self.open_editor(event)
        rows = editor.main_ids | editor.group_ids | editor.list_ids
        (row,) = rows.filtered(lambda row: row.path == path)
        row.text = text
        editor.action_apply()
        return row

    def test_the_editor_shows_what_people_can_read(self):
        self.assertTrue(self.issue.can_correct)
        action = self.issue.action_correct_payload()
        editor = self.env[action["res_model"]].browse(action["res_id"])
        self.assertIn("status", editor.main_ids.mapped("path"))
        self.assertIn("billing.email", editor.group_ids.mapped("path"))
        self.assertIn("line_items[1].sku", editor.list_ids.mapped("path"))
        self.assertFalse([p for p in editor.list_ids.mapped("path") if p.startswith("_links")])
        with self.assertRaises(UserError):
            editor.action_apply()

    def test_it_is_imported_as_corrected(self):
        self.correct("status", "processing")
        self.run_pending()
        self.assertSolved(self.issue, self.event)
        sale = self.env["sale.order"].browse(self.event.res_id)
        self.assertEqual((sale.channel_status, sale.state), ("processing", "sale"))
        self.assertEqual(self.raw["status"], "", "the shop keeps its own")
        self.assertEqual(self.event.corrected_payload["status"], "processing")
        self.assertEqual(self.event.corrected_by_id, self.env.user)

    def test_it_is_audited_without_its_values(self):
        self.correct("billing.email", "jane.doe@example.com")
        body = self.issue.message_ids.filtered(lambda m: "corrected in a copy" in m.body).body
        self.assertIn("billing.email", body)
        self.assertNotIn("jane.doe", body)

    def test_what_came_is_kept_as_it_came(self):
        payload = {**self.payload(self.place(("MUG", 1))), "status": ""}
        event = self.import_payload(payload)
        sent = copy.deepcopy(event.payload)
        self.store.orders[payload["id"]]["status"] = ""
        self.correct("status", "processing", event)
        self.assertEqual(event.payload, sent)

    def test_it_holds_for_every_later_look(self):
        self.correct("status", "processing")
        self.run_pending()
        again = self.receive(self.order["id"])
        self.assertEqual((again.state, again.reason), ("ignored", "Nothing changed"))
        self.raw.update(customer_note="Hurry", date_modified_gmt="2035-01-01T00:00:00")
        later = self.receive(self.order["id"])
        sale = self.env["sale.order"].browse(self.event.res_id)
        self.assertEqual((later.state, sale.channel_status), ("done", "processing"), later.reason)
        self.assertIn("Hurry", sale.note)

    def test_a_poll_knows_it_too(self):
        self.correct("status", "processing")
        self.run_pending()
        event = self.import_payload({**self.payload(self.order), "status": ""})
        self.assertEqual((event.state, event.reason), ("ignored", "Nothing changed"))
        self.assertFalse(self.import_all().filtered(lambda e: e.external_id == event.external_id))

    def test_it_ends_when_the_shop_changes_the_field(self):
        self.correct("status", "processing")
        self.raw["status"] = "on-hold"
        self.run_pending()
        self.assertEqual(self.event.state, "done", self.event.reason)
        sale = self.env["sale.order"].browse(self.event.res_id)
        self.assertEqual((sale.channel_status, sale.state), ("on-hold", "draft"))

    def test_a_second_correction_adds_to_the_first(self):
        self.correct("status", "processing")
        self.event._settle("blocked", "again", None, self.issue)
        self.correct("billing.email", "jane.doe@example.com")
        self.run_pending()
        sale = self.env["sale.order"].browse(self.event.res_id)
        self.assertEqual(sale.partner_id.email, "jane.doe@example.com")

    def test_a_number_stays_a_number(self):
        with self.assertRaises(UserError):
            self.correct("line_items[0].quantity", "many")
        self.correct("line_items[0].quantity", "2")
        self.assertEqual(self.event.corrected_payload["line_items"][0]["quantity"], 2)

    def test_taking_it_back(self):
        """Erasing the copy of a person's data ends the correction, too."""
        self.correct("status", "processing")
        self.event.write({"corrections": False, "corrected_payload": False, "corrected_at": False})
        self.run_pending()
        self.assertEqual(self.event.state, "blocked")
