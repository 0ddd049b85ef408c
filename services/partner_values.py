"""Values of the contacts that an order brings along."""

from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

from odoo import models
from odoo.tools import email_normalize

from .address_values import has_place


@dataclass
class Sides:
    """What an order says about its people, as values of contacts.

    ``own``: for a contact made for this order; ``invoice`` and ``delivery``: the two addresses,
    empty where the order names no place. ``vat``: the VAT number, or False.
    """

    own: dict
    invoice: dict = field(default_factory=dict)
    delivery: dict = field(default_factory=dict)
    vat: Any = False


class ChannelPartnerValues(models.AbstractModel):
    _name = "channel.partner.values"
    _description = "Channel contact values"

    def _prepare_sides(self, draft, places):
        """:class:`Sides` of an order; where one of its addresses names no place, the other counts.

        Notes on what did not fit go to ``draft.notes``.
        """
        order = draft.order
        address = self.env["channel.address.values"]
        billing = order.billing if has_place(order.billing) else order.shipping
        shipping = order.shipping if has_place(order.shipping) else billing
        vat, notes = address._prepare_vat(order.billing, places)
        own, invoice_notes = address._prepare_address(
            billing if has_place(billing) else order.billing, places
        )
        delivery, delivery_notes = address._prepare_address(shipping, places)
        draft.notes += dict.fromkeys([*notes, *invoice_notes, *delivery_notes])
        own["name"] = self._prepare_name(order)
        own["phone"] = address._prepare_phone(order.billing) or address._prepare_phone(billing)
        own["email"] = raw_email(order)
        if not has_place(billing):
            return Sides(own, vat=vat)
        delivery["name"] = self._prepare_ship_to(order, shipping)
        delivery["phone"] = address._prepare_phone(shipping)
        return Sides(own, dict(own), delivery, vat)

    def _prepare_name(self, order):
        """The customer's name; an override returns a text that is never empty."""
        return (
            order.billing.name
            or order.shipping.name
            or order.billing.company
            or raw_email(order)
            or self.env._("Guest of order %s", order.number)
        )

    def _prepare_ship_to(self, order, shipping):
        """The name on the parcel: with the company, where it is not the one that pays."""
        person, company = shipping.name or order.billing.name, shipping.company
        if person and folded(company) == folded(order.billing.company):
            company = ""
        return ", ".join(filter(None, (company, person))) or self._prepare_name(order)

    def _prepare_company(self, backend, draft, sides):
        """Values of a company that buys; an override returns the dictionary, extended."""
        return {
            **sides.own,
            **self._prepare_common(backend),
            "name": draft.order.billing.company,
            "email": False,
            "is_company": True,
            "vat": sides.vat,
            "comment": _as_comment(draft.notes),
        }

    def _prepare_customer(self, backend, draft, sides, company=None):
        """Values of a new customer; an override returns the dictionary, extended.

        It carries the only address itself, not as one of type invoice: else deliveries that are
        made later would have no street. A contact of a company has its company's address.
        """
        values = {**sides.own, **self._prepare_common(backend)}
        if company:
            own = {name: values[name] for name in ("name", "email", "phone")}
            return {**self._prepare_common(backend), **own, "parent_id": company.id}
        return {**values, "vat": sides.vat, "comment": _as_comment(draft.notes)}

    def _prepare_child(self, root, values, sides):
        """Values of another address of a customer; an override returns the dictionary, extended.

        :param root: the contact it belongs to; ``sides``: its use, of ``{"invoice", "delivery"}``
        """
        return {
            **values,
            "parent_id": root.id,
            "type": "other" if len(sides) > 1 else next(iter(sides)),
            "lang": root.lang,
            "company_id": root.company_id.id,
        }

    def _prepare_common(self, backend):
        """What every contact made for this backend has; it belongs to the backend's company."""
        return {
            "type": "contact",
            "company_id": backend.company_id.id,
            "lang": backend.lang_id.code or self.env.lang,
        }


def raw_email(order):
    return order.billing.email or order.shipping.email or False


def email_of(order):
    """The customer's e-mail address in its one spelling, '' where there is none."""
    return email_normalize(raw_email(order) or "") or ""


def folded(text):
    """A name without regard to case and spaces."""
    return " ".join((text or "").casefold().split())


def _as_comment(notes):
    return Markup("<br/>").join(escape(note) for note in notes) if notes else False
