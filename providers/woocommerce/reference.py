"""Lists of the shop's own values, which a person maps to Odoo's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core import errors
from ...core.canonical import Option, TaxRate
from . import const, fields
from .client import WooClient


def tax_rates(client: WooClient) -> list[TaxRate]:
    return [_tax_rate(record) for record in client.pages("taxes")]


def _tax_rate(record: Mapping[str, Any]) -> TaxRate:
    tax_class = fields.text(record.get("class"))
    return TaxRate(
        key=fields.identifier(record.get("id")),
        label=fields.plain(record.get("name")),
        percent=fields.amount(record.get("rate"), None),
        compound=record.get("compound") is True,
        country=fields.plain(record.get("country")).upper(),
        state=fields.plain(record.get("state")),
        tax_class="" if tax_class == "standard" else tax_class,
        on_shipping=record.get("shipping") is not False,
    )


def payment_methods(client: WooClient) -> list[Option]:
    """Gateways, also those that are switched off: old orders were paid with them."""
    return [
        Option(
            fields.text(record.get("id")),
            fields.plain(record.get("title")) or fields.plain(record.get("method_title")),
            record.get("enabled") is True,
        )
        for record in client.get("payment_gateways").sequence()
    ]


def shipping_methods(client: WooClient) -> list[Option]:
    """Kinds of methods (``flat_rate``) and each zone's own ones (``flat_rate:3``)."""
    found = [
        Option(fields.text(record.get("id")), fields.plain(record.get("title")))
        for record in client.get("shipping_methods").sequence()
    ]
    for zone in client.get("shipping/zones").sequence():
        # zone 0 is the rest of the world
        path = f"shipping/zones/{fields.text(zone.get('id'))}/methods"
        for record in client.get(path).sequence():
            found.append(_zone_method(fields.plain(zone.get("name")), record))
    return found


def _zone_method(zone: str, record: Mapping[str, Any]) -> Option:
    method, instance = fields.text(record.get("method_id")), fields.text(record.get("instance_id"))
    title = fields.plain(record.get("title")) or fields.plain(record.get("method_title"))
    return Option(f"{method}:{instance}", f"{zone}: {title}", record.get("enabled") is True)


def tax_classes(client: WooClient) -> list[Option]:
    """The standard class has the slug ``standard`` here, and ``''`` on products."""
    return [
        Option(fields.text(record.get("slug")), fields.plain(record.get("name")))
        for record in client.get("taxes/classes").sequence()
    ]


def order_statuses(client: WooClient) -> list[Option]:
    """All statuses, plug-ins' own ones too; shops before 9.x only tell them in a report."""
    try:
        answer = client.get("orders/statuses")
    except errors.Rejected as error:
        if error.code != "no_route":
            raise
        answer = client.get("reports/orders/totals")
    slugs = {
        fields.text(record.get("slug")).removeprefix("wc-"): fields.plain(record.get("name"))
        for record in answer.sequence()
    }
    return [
        Option(slug, label, meaning=known.value if (known := const.ORDER_STATUS.get(slug)) else "")
        for slug, label in slugs.items()
    ]
