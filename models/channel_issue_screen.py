"""Ways from an issue to what it is about: the record, its mapping, the order in the shop."""

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Kinds of events whose payload people can read and correct.
CORRECTABLE = ("order", "customer", "product")
#: Kinds that are named by their order.
OF_ORDERS = ("order", "payment", "refund", "shipment")


class ChannelIssue(models.Model):
    _inherit = "channel.issue"

    screen_label = fields.Char(compute="_compute_screen")
    shop_url = fields.Char(compute="_compute_shop_url")
    can_correct = fields.Boolean(compute="_compute_can_correct")

    # === COMPUTE METHODS === #

    @api.depends("record", "code", "params")
    def _compute_screen(self):
        for issue in self:
            record = issue._about()
            if issue._fixer()._screen:
                issue.screen_label = self.env._("Mapping")
            elif record:
                issue.screen_label = self.env["ir.model"]._get(record._name).name
            else:
                issue.screen_label = self.env._("Backend")

    def _compute_shop_url(self):
        """The order in the shop, where the issue is about a single one."""
        for issue in self:
            event = issue._only_event(OF_ORDERS)
            binding = self.env["channel.binding.order"]._find(issue.backend_id, event.external_id)
            issue.shop_url = binding.url if event else False

    @api.depends("state", "code", "params")
    @api.depends_context("uid")
    def _compute_can_correct(self):
        """Where a value of the shop stands in the way, and no mapping is missing."""
        manager = self.env.user.has_group("channel_connector.group_manager")
        for issue in self:
            issue.can_correct = (
                manager
                and issue.state == "open"
                and issue.error_class in ("Rejected", "TotalsMismatch", "NeedsHuman")
                and not issue._fixer()._writes
                and bool(issue._stuck_event())
            )

    # === ACTION METHODS === #

    def action_view_screen(self):
        """Open the screen where the cause can be looked at and corrected."""
        self.ensure_one()
        fixer, record = self._fixer(), self._about()
        if fixer._screen:
            action = self.env["ir.actions.act_window"]._for_xml_id(fixer._screen)
            return {
                **action,
                "domain": fixer._screen_domain(self),
                "context": {"default_backend_id": self.backend_id.id, "active_test": False},
            }
        record = record or self.backend_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def action_view_shop(self):
        """Open the order in the shop's administration."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.shop_url, "target": "new"}

    def action_correct_payload(self):
        """Correct a value of the shop, in a copy."""
        self.check_access("write")
        self.ensure_one()
        event = self._stuck_event()
        if not event:
            raise UserError(self.env._("Nothing that could be corrected waits for this any more."))
        return event.action_correct_payload()

    # === BUSINESS METHODS === #

    def _stuck_event(self):
        """The first event of the shop's records that waits for this issue."""
        return self.env["channel.event"].search(
            [
                ("issue_ids", "in", self.ids),
                ("kind", "in", CORRECTABLE),
                ("state", "in", ("blocked", "failed")),
            ],
            order="id",
            limit=1,
        )

    def _only_event(self, kinds):
        """An event of the one record that this issue is about; empty where it is of several."""
        groups = self.env["channel.event"]._read_group(
            [("issue_ids", "in", self.ids)], ["kind", "external_id"], ["id:recordset"], limit=2
        )
        (kind, _name, events), *others = groups or [("", "", self.env["channel.event"])]
        return events[:1] if kind in kinds and not others else events.browse()

    def _about(self):
        """The record in Odoo: the issue's own, else what its only event has become."""
        self.ensure_one()
        if self.record:
            return self.record.exists()
        event = self._only_event(CORRECTABLE + OF_ORDERS + ("settlement",))
        if event.res_model in self.env and event.res_id:
            return self.env[event.res_model].browse(event.res_id).exists()
        return None
