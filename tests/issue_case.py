"""Orders that wait for a person, and how a person corrects the cause on its issue."""

from .line_case import WorkflowCase


class IssueCase(WorkflowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store.statuses["backordered"] = "Backordered"

    def setUp(self):
        super().setUp()
        self.backend.issue_ids._close("resolved")

    def unmap_taxes(self):
        """Nobody knows which taxes the shop's rates are; returns the taxes they were."""
        rows = self.backend.tax_map_ids
        taxes = rows.tax_id
        taxes.active = False  # else they would be found again by their percentage
        rows.tax_id = False
        return taxes

    def held(self, count=1, lines=(("MUG", 1),), **cart):
        """Events of orders placed in the shop that could not be imported."""
        events = self.env["channel.event"]
        for _number in range(count):
            events |= self.receive(self.place(*lines, **cart)["id"])
        self.assertEqual(set(events.mapped("state")), {"blocked"}, events.mapped("reason"))
        return events

    def issue_of(self, code, **params):
        """The open issue of a cause."""
        issues = self.env["channel.issue"].search(
            [("backend_id", "=", self.backend.id), ("state", "=", "open"), ("code", "=", code)]
        )
        found = issues.filtered(
            lambda issue: all(issue.params.get(name) == value for name, value in params.items())
        )
        self.assertEqual(len(found), 1, issues.mapped("title"))
        return found

    def fix(self, issue, **choice):
        """Choose on the issue's form, press the button, and let the jobs run."""
        self.assertTrue(issue.can_fix)
        self.assertIn(issue.fix_choice, [*choice, ""])
        issue.write(choice)
        issue.action_fix()
        self.run_pending()

    def assertSolved(self, issue, events=None):
        self.assertEqual(issue.state, "resolved")
        self.assertFalse(issue.activity_ids)
        if events is not None:
            self.assertEqual(set(events.mapped("state")), {"done"}, events.mapped("reason"))
