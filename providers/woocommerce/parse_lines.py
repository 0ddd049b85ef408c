"""The lines of an order: goods, shipping, fees; bundles; notes of add-ons."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...core import plain
from ...core.canonical import Line, LineKind, ProductRef, TaxAmount
from . import const, fields

Payload = Mapping[str, Any]
Notes = tuple[tuple[str, str], ...]


def parse_lines(payload: Payload) -> tuple[Line, ...]:
    """All lines that carry money, in the shop's order. Coupons are no lines: they are inside."""
    goods = [_product_line(item) for item in fields.records(payload.get("line_items"))]
    return (
        *_with_bundles(goods, fields.records(payload.get("line_items"))),
        *map(_shipping_line, fields.records(payload.get("shipping_lines"))),
        *map(_fee_line, fields.records(payload.get("fee_lines"))),
    )


def _product_line(item: Payload) -> Line:
    return Line(
        external_id=fields.identifier(item.get("id")),
        kind=LineKind.PRODUCT,
        name=fields.plain(item.get("name")),
        quantity=fields.money(item.get("quantity")),
        total=fields.money(item.get("total")),
        total_tax=fields.money(item.get("total_tax")),
        subtotal=fields.money(item.get("subtotal")),
        subtotal_tax=fields.money(item.get("subtotal_tax")),
        taxes=_taxes(item),
        product=ProductRef(
            external_id=fields.identifier(item.get("product_id")),
            variant_external_id=fields.identifier(item.get("variation_id")),
            sku=fields.plain(item.get("sku")),
            barcode=fields.plain(item.get("global_unique_id")),
        ),
        tax_class=_tax_class(item),
        notes=_product_notes(item),
        stock_reduced=fields.amount(_hidden(item, const.REDUCED_STOCK), None),
    )


def _shipping_line(item: Payload) -> Line:
    # "flat_rate:3" in one field is how WooCommerce wrote it before 3.0, and plug-ins still do
    method, _sign, instance = fields.text(item.get("method_id")).partition(":")
    return _money_line(
        item,
        LineKind.SHIPPING,
        fields.plain(item.get("method_title")),
        code=method,
        instance=fields.identifier(item.get("instance_id")) or instance,
        notes=tuple(
            (label, value) for key, label, value in _visible_meta(item) if key in const.PICKUP_KEYS
        ),
    )


def _fee_line(item: Payload) -> Line:
    """A surcharge or, negative, a discount, whose tax is spread over the cart's tax classes."""
    return _money_line(
        item, LineKind.FEE, fields.plain(item.get("name")), tax_class=_tax_class(item)
    )


def _money_line(item: Payload, kind: LineKind, name: str, **values: Any) -> Line:
    total, total_tax = fields.money(item.get("total")), fields.money(item.get("total_tax"))
    return Line(
        external_id=fields.identifier(item.get("id")),
        kind=kind,
        name=name,
        quantity=Decimal(1),
        total=total,
        total_tax=total_tax,
        subtotal=total,
        subtotal_tax=total_tax,
        taxes=_taxes(item),
        **values,
    )


def _tax_class(item: Payload) -> str:
    """Slug of the tax class, '' for the standard one (which fees also call "0")."""
    found = fields.text(item.get("tax_class"))
    return "" if found in ("0", "standard") else found


def _taxes(item: Payload) -> tuple[TaxAmount, ...]:
    """Tax per rate. A zero is kept (a zero rate is a rate), a blank is none."""
    parts = (
        (fields.identifier(part.get("id")), fields.amount(part.get("total"), None))
        for part in fields.records(item.get("taxes"))
    )
    return tuple(TaxAmount(key, total) for key, total in parts if key and total is not None)


# === NOTES === #


def _visible_meta(item: Payload) -> list[tuple[str, str, str]]:
    """(key, label, text) of what the shop shows to people; a key with ``_`` is hidden."""
    found = []
    for meta in fields.records(item.get("meta_data")):
        key = fields.text(meta.get("key"))
        label = fields.plain(meta.get("display_key")) or fields.plain(key)
        value = fields.plain(meta.get("display_value")) or fields.plain(meta.get("value"))
        if label and value and not key.startswith("_"):
            found.append((key, label, value))
    return found


def _product_notes(item: Payload) -> Notes:
    """Texts of add-ons and attributes, without those that the line's name ends with anyway."""
    in_name = _attributes_in_name(item)
    varies = bool(fields.identifier(item.get("variation_id")))
    notes = (
        (label, value)
        for key, label, value in _visible_meta(item)
        if key not in const.NO_NOTES
        # a deleted variation's id is 0, but the keys of shop-wide attributes still tell
        and not (value in in_name and (varies or key.startswith("pa_")))
    )
    return tuple(dict.fromkeys(notes))


def _attributes_in_name(item: Payload) -> set[str]:
    """``{"Rood", "S"}`` of "T-shirt - Rood, S": WooCommerce's own way to name a variation."""
    name, parent = fields.plain(item.get("name")), fields.plain(item.get("parent_name"))
    if parent:
        suffix = name.removeprefix(parent) if name.startswith(parent) else ""
    else:
        suffix = name.rpartition(" - ")[2] if " - " in name else ""
    return {part.strip() for part in suffix.removeprefix(" - ").split(", ")} - {""}


# === BUNDLES === #


def _with_bundles(lines: list[Line], items: list[dict[str, Any]]) -> list[Line]:
    """Name the parent of what is sold inside a bundle, and mark what is only a wrapper."""
    ids = {line.external_id for line in lines}
    parents = [_parent(item, items[:position]) for position, item in enumerate(items)]
    named = {parent for parent in parents if parent in ids}
    return [
        dataclasses.replace(
            line,
            parent_external_id=parent if parent in ids and parent != line.external_id else "",
            is_container=line.external_id in named or _lists_children(item, ids),
        )
        for line, item, parent in zip(lines, items, parents, strict=True)
    ]


def _parent(item: Payload, before: list[dict[str, Any]]) -> str:
    for child_field, _parent_field in const.BUNDLE_FIELDS:
        if found := fields.identifier(item.get(child_field)):
            return found
    product = fields.identifier(_hidden(item, const.WPC_CHILD))
    if not product:
        return ""
    candidates = (line for line in reversed(before) if not _hidden(line, const.WPC_CHILD))
    same = (line for line in candidates if fields.identifier(line.get("product_id")) == product)
    parent = next(same, None)
    return fields.identifier(parent.get("id")) if parent else ""


def _lists_children(item: Payload, ids: set[str]) -> bool:
    """Whether an item names lines of this order as its parts."""
    for _child_field, parent_field in const.BUNDLE_FIELDS:
        children = item.get(parent_field)
        if isinstance(children, list) and ids & set(map(fields.identifier, children)):
            return True
    return False


def _hidden(item: Payload, key: str) -> Any:
    found = (meta for meta in fields.records(item.get("meta_data")) if meta.get("key") == key)
    return next(found, {}).get("value")


# === COUPONS === #


def coupon_kind(line: Payload) -> str:
    """``percent``, ``fixed_cart``, …: a field since 8.x, before that inside the meta data."""
    if kind := fields.text(line.get("discount_type")):
        return kind
    info = _hidden(line, "coupon_info")
    if isinstance(info, str):
        try:
            info = plain.loads(info)
        except ValueError:
            info = None
    if isinstance(info, list) and len(info) > 2:
        # [id, code, type, amount]; WooCommerce leaves out its default type
        return fields.text(info[2]) or "fixed_cart"
    return fields.text(fields.mapping(_hidden(line, "coupon_data")).get("discount_type"))
