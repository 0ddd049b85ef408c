from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class ChannelCustomerErase(models.TransientModel):
    """Shows what this addon keeps of one customer, and erases it."""

    _name = "channel.customer.erase"
    _description = "Erase a customer's personal data"

    partner_id = fields.Many2one(
        "res.partner", "Contact", default=lambda self: self._default_partner()
    )
    email = fields.Char(compute="_compute_email", store=True, readonly=False)
    backend_id = fields.Many2one("channel.backend", "Shop")
    external_id = fields.Char("Customer's ID in the Shop")
    summary = fields.Html("Found", compute="_compute_summary")
    found_count = fields.Integer(compute="_compute_summary")
    open_count = fields.Integer(compute="_compute_summary")

    def _default_partner(self):
        context = self.env.context
        return context.get("active_id") if context.get("active_model") == "res.partner" else False

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_email(self):
        for wizard in self:
            wizard.email = wizard.partner_id.email

    @api.depends("partner_id", "email", "backend_id", "external_id")
    def _compute_summary(self):
        for wizard in self:
            _person, found = wizard._look()
            wizard.found_count = sum(map(len, found.values()))
            events = found.get("channel.event", self.env["channel.event"])
            wizard.open_count = len(
                events.filtered(lambda event: event.state not in ("done", "ignored"))
            )
            label = self.env["channel.privacy"]._label
            rows = [
                Markup("<tr><td>%s</td><td class='text-end ps-4'>%s</td></tr>")
                % (label(name), len(records))
                for name, records in found.items()
            ]
            wizard.summary = rows and Markup("<table>%s</table>") % Markup().join(rows)

    # === ACTION METHODS === #

    def action_erase(self):
        """Erase what was found; documents and the contact itself stay."""
        self.ensure_one()
        self._check_manager()
        person, found = self._look()
        if not found:
            raise UserError(self.env._("Nothing is kept of this customer any more."))
        self.env["channel.privacy"]._erase(found, person.words)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("The customer's data in events, logs and issues is erased."),
                "type": "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # === BUSINESS METHODS === #

    def _look(self):
        """``(person, found)`` in the shops that the user may see."""
        self._check_manager()
        privacy = self.env["channel.privacy"]
        backends = self.env["channel.backend"].with_context(active_test=False)
        backends = backends.search([])  # pylint: disable=no-search-all
        external_id = (self.external_id or "").strip()
        customer = (self.backend_id, external_id) if self.backend_id and external_id else None
        person = privacy._person(self.partner_id, self.email or "", customer)
        return person, privacy._find(person, backends)

    def _check_manager(self):
        """What is looked through is more than the user may read: it takes the right to change."""
        self.env["channel.backend"].check_access("write")
        self.partner_id.check_access("read")
        self.backend_id.check_access("read")
