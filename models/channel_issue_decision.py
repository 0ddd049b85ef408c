"""An issue between the shop's version of an order and Odoo's: a person chooses one."""

from odoo import fields, models
from odoo.exceptions import UserError


class ChannelIssue(models.Model):
    _inherit = "channel.issue"

    comparison = fields.Html(readonly=True, help="The shop's order beside the sales order.")
    decision_key = fields.Char(
        readonly=True, help="Fingerprint of the shop's version that is shown and decided about."
    )
    choices = fields.Boolean(compute="_compute_choices")

    # === COMPUTE METHODS === #

    def _compute_choices(self):
        for issue in self:
            issue.choices = issue.state == "open" and bool(issue.decision_key)

    # === ACTION METHODS === #

    def action_accept_shop(self):
        """Make the sales order what the shop says, as far as Odoo allows it."""
        self._decide("accept", self.env._("The shop's version counts."))

    def action_keep_odoo(self):
        """Leave the sales order as it is, until the shop changes the order again."""
        self._decide("keep", self.env._("Odoo's version counts."))

    def _decide(self, choice, text):
        # a Channel User may decide, and write nothing else
        self.check_access("read")
        if not all(self.mapped("choices")):
            raise UserError(self.env._("There is nothing to choose between any more."))
        for issue in self.sudo():
            binding = issue._bound_order()
            binding.decision = {"fingerprint": issue.decision_key, "choice": choice}
            # sudo keeps the user: the message is the person's own
            issue.message_post(body=text)
            events, _notes = issue._stuck()
            if events:
                events._reopen()
            else:
                events._note(issue.backend_id, "order", binding.external_id, "manual")

    def _bound_order(self):
        """The order's binding. :raises UserError: it is gone"""
        binding = self.env["channel.binding.order"].search(
            [("backend_id", "=", self.backend_id.id), ("odoo_id", "=", self.record.id)], limit=1
        )
        if not binding:
            raise UserError(self.env._("The order of this issue is gone."))
        return binding
