"""Customer accounts of a channel: they keep contacts up to date that orders have brought in.

An account without orders becomes no contact: shops have many more accounts than customers, and
the first order brings everything along. Only a contact that came from the shop, and that nobody
has edited in Odoo since, follows the shop; addresses and old orders are never rewritten. An
account that is deleted in the shop changes nothing here: its contact and binding stay, because
orders, invoices and their history need them, so nothing looks for deleted ones.
"""

from dataclasses import replace

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

    def _not_known(self, adapter, backend, records):
        """Those of a walk's accounts that differ from what was seen of them the last time.

        Accounts without an order are left out, as nothing would come of them. One whose state was
        never noted is known, too, where its contact shows the same.
        """
        bindings = self._bindings(backend, [record.external_id for record in records])
        return [
            record
            for record in records
            if (binding := bindings.get(record.external_id))
            and not self._is_known(adapter, binding, record)
        ]

    def _is_known(self, adapter, binding, record):
        try:
            customer = adapter.parse_customer(record.payload)
        except errors.NeedsHuman:
            return False  # its event says what is wrong
        if binding.account_fingerprint:
            return binding.account_fingerprint == self._fingerprint_of_account(customer)
        return not self._prepare_values(customer, binding.odoo_id)

    def _bindings(self, backend, external_ids):
        """``{external id: channel.binding.partner}`` of those that are known."""
        bindings = self.env["channel.binding.partner"].search(
            [("backend_id", "=", backend.id), ("external_id", "in", external_ids)]
        )
        return {binding.external_id: binding for binding in bindings}

    def _apply(self, works):
        backend = works[0].events.backend_id.with_env(self.env)
        known = self._bindings(backend, [work.external_id for work in works])
        none = self.env["channel.binding.partner"]
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
        binding.account_fingerprint = self._fingerprint_of_account(customer)
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

    def _fingerprint_of_account(self, customer):
        """Of all that the shop shows of an account; a log-in moves its moment of change."""
        return fingerprint(replace(customer, modified_at=None))

    def _fingerprint_of(self, partner):
        """Of what follows the shop, as it stands in Odoo."""
        return fingerprint([partner.name or "", partner.email or "", partner.phone or ""])
