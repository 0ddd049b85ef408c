"""Who changed what: a backend's chatter tells it, in one note per save."""

from odoo.tests import Form, tagged

from .test_access import SECRETS, AccessCase, make_backend, make_blocked_event, make_everything


@tagged("post_install", "-at_install")
class TestAudit(AccessCase):
    def setUp(self):
        super().setUp()
        self.env.cr.flush()
        self.before = self.backend.message_ids
        self.mine = self.backend.with_user(self.manager)

    def _told(self):
        """The texts of the notes since; they are all the manager's."""
        self.env.cr.flush()
        messages = self.backend.message_ids - self.before
        self.assertLessEqual(messages.author_id, self.manager.partner_id)
        return [str(message.body) for message in messages]

    def _one(self):
        told = self._told()
        self.assertEqual(len(told), 1, told)
        return told[0]

    def test_fields_of_the_backend(self):
        self.mine.write({"order_prefix": "WEB-", "log_days": 7, "log_mode": "all"})
        text = self._one()
        self.assertIn("Order Prefix: — → WEB-", text)
        self.assertIn("Keep Log (days): 30 → 7", text)
        self.assertIn("Keep in Log: Errors only → Every exchange", text)

    def test_what_is_tracked_is_told_once(self):
        self.mine.name = "Renamed"
        self.assertNotIn("Configuration", "".join(self._told()))
        tracked = (self.backend.message_ids - self.before).sudo().tracking_value_ids
        self.assertEqual(tracked.mapped("new_value_char"), ["Renamed"])

    def test_one_note_for_a_whole_form(self):
        keys = [flow._key() for flow in self.backend.flow_ids]
        with Form(self.mine) as form:
            form.order_prefix = "A-"
            with form.flow_ids.edit(keys.index(("order", "in"))) as flow:
                flow.interval = 77
        text = self._one()
        self.assertIn("Order Prefix: — → A-", text)
        self.assertIn("→ 77", text)
        self.assertIn("Channel flow", text)

    def test_every_part_of_the_configuration(self):
        records = make_everything(self.backend)
        self.env.cr.flush()
        self.before = self.backend.message_ids
        company = self.backend.company_id
        tax = self.env["account.tax"].create({"name": "21 %", "company_id": company.id})
        changes = {
            "channel.flow": {"interval": 99},
            "channel.ownership": {"owner": "odoo", "conflict_policy": "issue"},
            "channel.map.tax": {"tax_id": tax.id},
            "channel.map.payment": {"order_policy": "always"},
            "channel.map.status": {"status": "completed"},
            "channel.map.warehouse": {"shipping_method": "flat_rate"},
            "channel.risk.rule": {"min_total": 500.0},
            "channel.meta.field": {"external_code": "_y"},
            "channel.stock.rule": {"buffer": 2.5},
        }
        for name, values in changes.items():
            records[name].with_user(self.manager).write(values)
        text = self._one()
        for expected in (
            "→ 99",
            "Ask (an issue)",
            "Tax: — → 21 %",
            "Confirm at once, paid or not",
            "Completed",
            "flat_rate",
            "0 → 500",
            "x → _y",
            "0 → 2.5",
        ):
            self.assertIn(expected, text)

    def test_new_and_deleted_rows(self):
        rule = self.env["channel.risk.rule"].with_user(self.manager)
        rule = rule.create({"backend_id": self.backend.id, "name": "Dear", "min_total": 9})
        self.assertIn("Channel risk rule Dear: new", self._one())
        self.before = self.backend.message_ids
        rule.unlink()
        self.assertIn("Channel risk rule Dear: deleted", self._one())

    def test_changed_and_taken_back_is_nothing(self):
        self.mine.order_prefix = "A-"
        self.mine.order_prefix = False
        self.assertFalse(self._told())

    def test_secrets_are_told_without_their_values(self):
        self.mine.write({"api_key": "ck_other-one", "webhook_secret": "hook_other-one"})
        text = self._one()
        self.assertIn("Key: changed", text)
        self.assertIn("Webhook Secret: changed", text)
        for secret in (*SECRETS, "other-one"):
            self.assertNotIn(secret, text)

    def test_programs_tell_nothing(self):
        self.backend._env().write({"order_prefix": "A-"})
        self.backend.with_user(self.manager).sudo().log_days = 3
        self.env["channel.map.carrier"]._ensure_rows(self.backend._env(), {"x": {}})
        self.assertFalse(self._told())

    def test_a_new_backend_tells_no_list_of_its_parts(self):
        env = self.env(user=self.manager)
        backend = make_backend(env)
        self.env.cr.flush()
        text = "".join(str(message.body) for message in backend.message_ids)
        self.assertNotIn("Channel flow", text)

    def test_names_are_escaped(self):
        self.mine.order_prefix = "<b>x</b>"
        self.assertIn("&lt;b&gt;x", self._one())

    def test_who_tried_what_again(self):
        event = make_blocked_event(self.backend)
        event.with_user(self.user).action_retry()
        self.env.cr.flush()
        message = event.issue_id.message_ids[0]
        self.assertIn("Tried again: Order 7", message.body)
        self.assertEqual(message.author_id, self.user.partner_id)

    def test_who_tried_an_event_without_issue_again(self):
        event = make_blocked_event(self.backend)
        event.write({"state": "ignored", "issue_id": False})
        self.env.cr.flush()
        self.before = self.backend.message_ids
        event.with_user(self.manager).action_retry()
        self.assertIn("Tried again: Order 7", self._one())

    def test_who_ignored_an_issue_and_why(self):
        issue = make_blocked_event(self.backend).issue_id
        self.env.cr.flush()
        wizard = self.env["channel.issue.ignore"].with_user(self.manager)
        wizard.with_context(active_ids=issue.ids).create({"reason": "A test"}).action_ignore()
        self.env.cr.flush()
        tracked = issue.message_ids.sudo().tracking_value_ids
        self.assertIn("A test", tracked.mapped("new_value_char"))
        self.assertIn("Ignored", tracked.mapped("new_value_char"))
        self.assertIn(self.manager.partner_id, issue.message_ids.author_id)
