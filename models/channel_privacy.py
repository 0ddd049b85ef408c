"""One customer's personal data in what this addon keeps: found, and erased.

Orders, invoices, payments and the contact itself are Odoo's and stay: the law wants documents to
be kept, and what may go of them is decided there. What is found here are copies and traces.
"""

import json
import re
from dataclasses import dataclass, field

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from ..core.http import MASK
from .channel_retention import SETTLED

#: Kinds of events whose external id is an order's.
OF_ORDERS = ("order", "payment", "refund", "shipment")
#: Shorter names are parts of other words.
SHORTEST_NAME = 4
#: Columns that are searched for an e-mail address, where a record's reference does not tell whose
#: it is.
SEARCHED = {
    "channel.event": ("payload", "corrected_payload", "corrections", "reason"),
    "channel.issue": ("title", "suggestion", "details", "comparison", "ignore_reason", "params"),
    "channel.log": ("url", "reference", "request", "response"),
    "channel.outbox": ("reason",),
    "channel.binding.partner": ("provider_data",),
    "channel.binding.order": ("provider_data",),
    "channel.preview.line": ("name", "changes", "payload", "reason"),
    "channel.variance": ("name", "detail", "external_value", "odoo_value", "reason"),
}
#: What is emptied, and what loses only the words that name the person.
EMPTIED = {
    "channel.issue": ("details", "comparison"),
    "channel.log": ("request", "response"),
    "channel.binding.partner": ("provider_data",),
    "channel.binding.order": ("provider_data",),
    "channel.preview.line": ("changes", "payload"),
}
MASKED = {
    "channel.event": ("reason",),
    "channel.issue": ("title", "suggestion", "ignore_reason", "params"),
    "channel.log": ("url", "reference"),
    "channel.outbox": ("reason",),
    "channel.preview.line": ("name", "reason"),
    "channel.variance": ("name", "detail", "external_value", "odoo_value", "reason"),
}


@dataclass
class Person:
    """Whom to look for. ``customers``, ``orders``, ``requests`` (what warehouses were asked to
    send): pairs of backend's id and external id.

    ``words`` name the person in texts: addresses, names, numbers.
    """

    partners: models.Model
    emails: set[str] = field(default_factory=set)
    customers: set[tuple[int, str]] = field(default_factory=set)
    orders: set[tuple[int, str]] = field(default_factory=set)
    requests: set[tuple[int, str]] = field(default_factory=set)
    sales: models.Model | None = None

    @property
    def records(self):
        """``(kinds of events, pairs)``: what events of these kinds are named by."""
        return (
            (("customer",), self.customers),
            (OF_ORDERS, self.orders),
            (("fulfilment",), self.requests),
        )

    @property
    def words(self):
        names = {
            value
            for partner in self.partners
            for value in (partner.name, partner.email, partner.phone, partner.street)
            if value and len(value) >= SHORTEST_NAME
        }
        return sorted(self.emails | names, key=len, reverse=True)


class ChannelPrivacy(models.AbstractModel):
    _name = "channel.privacy"
    _description = "Personal data of customers"

    # === WHO === #

    @api.model
    def _person(self, partners, email="", customer=None):
        """Everything that leads to one person.

        :param partners: ``res.partner``; addresses below them are theirs
        :param customer: pair of backend and external id, for a person Odoo has no contact of
        """
        partners = partners.sudo().with_context(active_test=False)
        if address := email_normalize(email or ""):
            partners |= partners.search([("email_normalized", "=", address)])
        partners |= partners.search([("parent_id", "in", partners.ids), ("type", "!=", "contact")])
        person = Person(partners, {each.email_normalized for each in partners} - {False})
        person.emails |= {address} if address else set()
        bindings = self.env["channel.binding.partner"].sudo()
        bindings = bindings.search([("odoo_id", "in", partners.ids)])
        person.customers = {(row.backend_id.id, row.external_id) for row in bindings}
        if customer:
            person.customers.add((customer[0].id, customer[1]))
        person.sales = self._sales_of(partners)
        person.orders = {
            (row.backend_id.id, row.external_id) for row in person.sales.channel_binding_ids
        }
        requests = self.env["channel.binding.fulfilment"].sudo()
        theirs = Domain("odoo_id.partner_id", "in", partners.ids)
        theirs |= Domain("odoo_id.sale_id", "in", person.sales.ids)
        person.requests = {(row.backend_id.id, row.external_id) for row in requests.search(theirs)}
        return person

    @api.model
    def _sales_of(self, partners):
        sales = self.env["sale.order"].sudo()
        if not partners:
            return sales
        names = ("partner_id", "partner_invoice_id", "partner_shipping_id")
        theirs = Domain.OR(Domain(name, "in", partners.ids) for name in names)
        return sales.search(theirs & Domain("channel_backend_id", "!=", False))

    # === WHAT === #

    @api.model
    def _find(self, person, backends):
        """``{model: records}`` that hold something of the person; models without are left out.

        :param backends: of which shops
        """
        found = {name: self._with_words(name, person.emails, backends) for name in SEARCHED}
        found["channel.event"] |= self._events_of(person, backends)
        found["channel.log"] |= self._logs_of(person, backends)
        found["channel.issue"] |= self._issues_of(person, found["channel.event"], backends)
        for name, odoo_ids in (
            ("channel.binding.partner", person.partners.ids),
            ("channel.binding.order", person.sales.ids),
        ):
            found[name] |= found[name].search(
                [
                    ("backend_id", "in", backends.ids),
                    ("odoo_id", "in", odoo_ids),
                    ("provider_data", "!=", False),
                ]
            )
        found["queue.job"] = self._jobs_of(person, backends)
        return {name: records for name, records in found.items() if records}

    def _with_words(self, name, words, backends):
        """Records of a model in whose columns one of the words stands."""
        model = self.env[name].sudo()
        columns = [column for column in SEARCHED[name] if column in model._fields]
        if not words or not backends:
            return model
        model.flush_model()
        backend = "preview_id" if name == "channel.preview.line" else "backend_id"
        owners = backends.ids
        if backend == "preview_id":
            runs = self.env["channel.preview"].sudo()
            owners = runs.search([("backend_id", "in", owners)]).ids or [0]
        texts = SQL(", ").join(SQL("%s::text", SQL.identifier(column)) for column in columns)
        self.env.cr.execute(
            SQL(
                "SELECT id FROM %s WHERE %s IN %s AND concat_ws(' ', %s) ILIKE ANY(%s)",
                SQL.identifier(model._table),
                SQL.identifier(backend),
                tuple(owners),
                texts,
                [_pattern(word) for word in words],
            )
        )
        return model.browse(row[0] for row in self.env.cr.fetchall())

    def _events_of(self, person, backends):
        """Events that still hold what the shop has sent of the person or of their orders."""
        events = self.env["channel.event"].sudo()
        found = events
        for kinds, pairs in person.records:
            for backend_id, external_ids in _by_backend(pairs, backends):
                found |= events.search(
                    [
                        ("backend_id", "=", backend_id),
                        ("kind", "in", kinds),
                        ("external_id", "in", external_ids),
                    ]
                )
        return found.filtered(lambda event: any(event[name] for name in event._payload_fields()))

    def _logs_of(self, person, backends):
        """Exchanges about the person or their orders: masks know names of fields, not people."""
        logs = self.env["channel.log"].sudo()
        found = logs
        for kinds, pairs in person.records:
            for backend_id, external_ids in _by_backend(pairs, backends):
                references = [f"{kind} {each}" for kind in kinds for each in external_ids]
                found |= logs.search(
                    [("backend_id", "=", backend_id), ("reference", "in", references)]
                )
        return found.filtered(lambda line: line.request or line.response)

    def _issues_of(self, person, events, backends):
        records = [f"res.partner,{id_}" for id_ in person.partners.ids]
        records += [f"sale.order,{id_}" for id_ in person.sales.ids]
        issues = self.env["channel.issue"].sudo()
        found = issues.search([("backend_id", "in", backends.ids), ("record", "in", records)])
        found |= events.issue_id
        return found.filtered(lambda issue: issue.details or issue.comparison)

    def _jobs_of(self, person, backends):
        """Jobs of these events; arguments never name anybody, a traceback may."""
        keys = [
            f"channel-{backend_id}-{kind}-{external_id}"
            for kinds, pairs in person.records
            for backend_id, external_ids in _by_backend(pairs, backends)
            for external_id in external_ids
            for kind in kinds
        ]
        jobs = self.env["queue.job"].sudo()
        texts = ("exc_info", "exc_message", "result")
        told = Domain.OR(Domain(name, "!=", False) for name in texts)
        found = jobs.search(Domain("identity_key", "in", keys) & told)
        if person.emails:
            named = Domain.OR(
                Domain(name, "=ilike", _pattern(email)) for name in texts for email in person.emails
            )
            found |= jobs.search(Domain("model_name", "=like", "channel.%") & named)
        return found

    # === ERASING === #

    @api.model
    def _erase(self, found, words):
        """Empty what :meth:`_find` has found, and say on each backend how much it was.

        Records stay where they tell what happened, without whom it happened to. An open event asks
        the shop again when it is tried.
        """
        counts = {}
        for name, records in found.items():
            if name == "channel.event":
                self._clear_payloads(records, words)
            elif name == "queue.job":
                records.write({"exc_info": False, "exc_message": False, "result": False})
            self._clear(name, records, words)
            if "backend_id" in records._fields:
                for backend, group in records.grouped("backend_id").items():
                    counts.setdefault(backend, {})[name] = len(group)
        for backend, numbers in counts.items():
            text = ", ".join(f"{self._label(name)}: {number}" for name, number in numbers.items())
            backend.message_post(
                body=self.env._("A customer's personal data was erased here (%s).", text)
            )
        self.env.flush_all()

    def _clear_payloads(self, events, words):
        """No gateway tells a payout again: one that is not booked yet loses the person only."""
        kept = events.filtered(lambda one: one.kind == "settlement" and one.state not in SETTLED)
        (events - kept)._purge_payloads()
        pattern = _pattern_of(words)
        for event in kept if pattern else ():
            event.payload = _without(pattern, event.payload)

    def _clear(self, name, records, words):
        if names := [one for one in EMPTIED.get(name, ()) if one in records._fields]:
            records.write(dict.fromkeys(names, False))
        pattern = _pattern_of(words)
        columns = [one for one in MASKED.get(name, ()) if one in records._fields]
        for record in records if pattern else ():
            masked = {one: _without(pattern, record[one]) for one in columns if record[one]}
            masked = {one: value for one, value in masked.items() if value != record[one]}
            if masked:
                record.write(masked)

    @api.model
    def _label(self, name):
        """A model as people call it."""
        return self.env["ir.model"]._get(name).name


def _pattern_of(words):
    """What finds one of the words in a text; nothing where there are none."""
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE) if words else None


def _without(pattern, value):
    """A text, or JSON data, in which the words are masked."""
    if isinstance(value, str):
        return pattern.sub(MASK, value)
    return json.loads(pattern.sub(MASK, json.dumps(value, ensure_ascii=False)))


def _by_backend(pairs, backends):
    """``(backend id, [external ids])`` of pairs, of these backends."""
    grouped = {}
    for backend_id, external_id in sorted(pairs):
        if backend_id in backends._ids:
            grouped.setdefault(backend_id, []).append(external_id)
    return grouped.items()


def _pattern(word):
    """A LIKE pattern of a word that may hold LIKE's own signs."""
    escaped = re.sub(r"([\\%_])", r"\\\1", word)
    return f"%{escaped}%"
