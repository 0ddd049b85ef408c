"""The workbench in a real browser: thirty orders, one mapping, one retry."""

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .issue_case import IssueCase

BLOCKED = 30


@tagged("post_install", "-at_install")
class TestWorkbenchInBrowser(IssueCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(
            cls.env,
            "channel_manager",
            "channel_connector.group_manager",
            password="channel_m1",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _look(self, tour, issue=None):
        path = "/odoo/channel-issues" + (f"/{issue.id}" if issue else "")
        self.start_tour(path, tour, login="channel_manager")

    def test_a_missing_tax_of_thirty_orders(self):
        """Four clicks: the issue, the field, the tax, the button."""
        taxes = self.unmap_taxes()
        events = self.held(BLOCKED)
        issue = events.issue_id
        self.assertEqual(len(issue), 1)
        row = self.env["channel.map.tax"]._find(self.backend, issue.params["value"])
        tax = taxes.filtered(lambda tax: tax.amount == row.percent)[0]
        tax.write({"name": "Belgian VAT", "active": True})
        self._look("channel_issue_fix_tax")
        self.assertEqual(row.tax_id, tax)
        jobs = self.env["queue.job"].search([("method_name", "=", "_job_process_chunk")])
        self.assertEqual(len(jobs), 2, "25 orders a job")
        self.run_pending()
        self.assertSolved(issue, events)
        self.assertEqual(len(self.env["sale.order"].browse(events.mapped("res_id"))), BLOCKED)

    def test_correct_data(self):
        order = self.place(("MUG", 1))
        self.store.orders[order["id"]]["status"] = ""
        event = self.receive(order["id"])
        self._look("channel_issue_correct_data", event.issue_id)
        self.run_pending()
        self.assertSolved(event.issue_id, event)
