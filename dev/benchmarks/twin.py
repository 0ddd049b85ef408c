"""The bare minimum: the same partners and sales order, created and confirmed by the ORM alone.

The values are read from an order that the importer has made. So both sides make the same
records; whatever else the importer does is what it costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from odoo.api import Environment
from odoo.fields import Command

PARTNER = ("name", "type", "email", "phone", "street", "street2", "zip", "city", "vat", "lang")
PARTNER_LINKS = ("state_id", "country_id", "company_id")
ORDER = ("date_order", "client_order_ref", "origin", "validity_date", "require_signature")
ORDER += ("require_payment", "note")
#: without team and warehouse: the benchmark's backend names none, Odoo finds them on both sides
ORDER_LINKS = ("company_id", "pricelist_id", "user_id", "carrier_id", "payment_term_id")
ROLES = ("partner_id", "partner_invoice_id", "partner_shipping_id")
LINE = ("name", "product_uom_qty", "price_unit", "technical_price_unit", "extra_tax_data")
LINE += ("sequence", "is_delivery", "discount")


@dataclass(frozen=True)
class Twin:
    """Plain values of one order: contacts (parents first, by their index), header, lines."""

    partners: tuple[tuple[dict[str, Any], int | None], ...]
    roles: dict[str, int]
    order: dict[str, Any]
    lines: tuple[dict[str, Any], ...]


def read(sale: Any) -> Twin:
    """What a bare order has to be made of to be like ``sale``."""
    wanted = [contact for role in ROLES for contact in (sale[role].parent_id, sale[role])]
    contacts = list(dict.fromkeys(filter(None, wanted)))
    order = {name: sale[name] for name in ORDER}
    order |= {name: sale[name].id for name in ORDER_LINKS if sale[name]}
    return Twin(
        partners=tuple(
            (_partner(contact), contacts.index(contact.parent_id) if contact.parent_id else None)
            for contact in contacts
        ),
        roles={role: contacts.index(sale[role]) for role in ROLES},
        order=order,
        lines=tuple(_line(line) for line in sale.order_line),
    )


def _partner(contact: Any) -> dict[str, Any]:
    values = {name: contact[name] for name in PARTNER if contact[name]}
    values |= {name: contact[name].id for name in PARTNER_LINKS if contact[name]}
    return {**values, "is_company": contact.is_company}


def _line(line: Any) -> dict[str, Any]:
    values = {name: line[name] for name in LINE}
    taxes = [Command.set(line.tax_ids.ids)]
    return {**values, "product_id": line.product_id.id, "tax_ids": taxes}


def make(env: Environment, twins: list[Twin]) -> Any:
    """Create partners and orders, all in one call of each kind, and confirm them."""
    sales = env["sale.order"].create(
        [
            {
                **twin.order,
                **{role: contacts[index] for role, index in twin.roles.items()},
                "order_line": [Command.create(line) for line in twin.lines],
            }
            for twin, contacts in zip(twins, _partners(env, twins), strict=True)
        ]
    )
    sales.action_confirm()
    return sales


def _partners(env: Environment, twins: list[Twin]) -> list[list[int]]:
    """Ids of the contacts of each twin: parents by one call, then their contacts by another."""
    made: list[dict[int, int]] = [{} for _twin in twins]
    for wants_parent in (False, True):
        places, rows = [], []
        for number, twin in enumerate(twins):
            for index, (values, parent) in enumerate(twin.partners):
                if (parent is not None) is wants_parent:
                    places.append((number, index))
                    link = {} if parent is None else {"parent_id": made[number][parent]}
                    rows.append({**values, **link})
        for (number, index), partner in zip(places, env["res.partner"].create(rows), strict=True):
            made[number][index] = partner.id
    return [[ids[index] for index in sorted(ids)] for ids in made]
