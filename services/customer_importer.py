"""Customer accounts of a channel: they keep contacts up to date that orders have brought in.

An account without orders becomes no contact: shops have many more accounts than customers, and
the first order brings everything along. Only a contact that came from the shop, and that nobody
has edited in Odoo since, follows the shop; addresses and old orders are never rewritten.
"""

from odoo import models

from ..core import errors
from ..core.fingerprint import fingerprint
from .job_run import Outcome
from .order_values import naive


class ChannelCustomerImporter(models.AbstractModel):
    _name = "channel.customer.importer"
    _inherit = "channel.handler"
    _description = "Channel customer importer"

    def _fetch(self, adapter, external_id):
        return adapter.fetch_customer(external_id)

    def _apply(self, works):
        backend = works[0].events.backend_id.with_env(self.env)
        bindings = self.env["channel.binding.partner"].search(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", [work.external_id for work in works]),
            ]
        )
        known = {binding.external_id: binding for binding in bindings}
        none = bindings.browse()
        return [self._apply_one(work, known.get(work.external_id, none)) for work in works]

    def _apply_one(self, work, binding):
        if not binding:
            return Outcome("ignored", self.env._("No order of this customer yet"))
        partner = binding.odoo_id
        if work.record is None:
            reason = self.env._("Gone in the shop; the contact stays")
            return Outcome("ignored", reason, partner, heals=True)
        try:
            customer = work.adapter.parse_customer(work.record.payload)
        except errors.NeedsHuman as error:
            return Outcome("blocked", record=partner, error=error)
        if self._is_stale(work, binding):
            reason = self.env._("Older than what was taken over already")
            return Outcome("ignored", reason, partner)
        reason = self._reason_to_ignore(binding)
        values = self._prepare_values(customer, partner)
        if reason or not values:
            reason = reason or self.env._("Nothing changed")
            return Outcome("ignored", reason, partner, heals=True)
        partner.write(values)
        binding.write(
            {
                "fingerprint": self._fingerprint_of(partner),
                "external_modified_at": naive(work.record.modified_at),
                "fetched_at": naive(work.record.fetched_at),
            }
        )
        return Outcome("done", self.env._("Contact updated"), partner)

    def _is_stale(self, work, binding):
        return bool(binding.fetched_at) and naive(work.record.fetched_at) < binding.fetched_at

    def _reason_to_ignore(self, binding):
        if not binding.fingerprint:
            return self.env._("The contact was in Odoo before; it is not changed from the shop")
        if binding.fingerprint != self._fingerprint_of(binding.odoo_id):
            return self.env._("The contact was changed in Odoo")
        return ""

    def _prepare_values(self, customer, partner):
        """Values that differ from the contact's; an override returns the dictionary, extended.

        What the shop left empty deletes nothing.
        """
        address = self.env["channel.address.values"]
        name = " ".join(filter(None, (customer.first_name, customer.last_name)))
        found = {
            "name": name or customer.billing.name,
            "email": customer.email,
            "phone": address._prepare_phone(customer.billing),
        }
        return {key: value for key, value in found.items() if value and partner[key] != value}

    def _fingerprint_of(self, partner):
        """Of what follows the shop, as it stands in Odoo."""
        return fingerprint([partner.name or "", partner.email or "", partner.phone or ""])
