"""WooCommerce's orders and customers → canonical values. Pure: no HTTP, no state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ...core import errors
from ...core.canonical import (
    Address,
    Coupon,
    Customer,
    GiftCard,
    Order,
    OrderHead,
    OrderStatus,
    Payment,
    RefundRef,
    TaxRate,
)
from ...core.http import SECRET_NAMES
from . import const, fields
from .parse_lines import coupon_kind, parse_lines

Payload = Mapping[str, Any]


def parse_order(payload: Payload, admin_url: str = "") -> Order:
    """Translate an order (best read with ``dp=8``).

    :raises errors.Rejected: ``not_an_order`` naming the ``field`` that no order lacks
    """
    external_id = fields.identifier(payload.get("id"))
    total = fields.amount(payload.get("total"), None)
    if not external_id or total is None or not fields.text(payload.get("status")):
        missing = "id" if not external_id else "total" if total is None else "status"
        raise errors.Rejected("not_an_order", field=missing)
    meta = _meta(payload)
    lines = parse_lines(payload)
    return Order(
        **_identity(payload, external_id, total),
        completed_at=fields.moment(payload.get("date_completed_gmt")),
        lines=lines,
        tax_rates=_tax_rates(payload, (part.rate_key for line in lines for part in line.taxes)),
        prices_include_tax=payload.get("prices_include_tax") is True,
        customer_external_id=fields.identifier(payload.get("customer_id")),
        billing=_address(payload.get("billing"), meta),
        shipping=_address(payload.get("shipping")),
        payment=_payment(payload, meta),
        coupons=_coupons(payload),
        gift_cards=_gift_cards(payload, meta),
        customer_note=fields.paragraphs(payload.get("customer_note")),
        created_via=fields.text(payload.get("created_via")),
        utm=_utm(meta),
        meta=_custom_fields(meta),
        risk=_risk(meta),
        admin_url=admin_url,
    )


def parse_head(payload: Payload) -> OrderHead | None:
    """An order's :data:`.const.HEAD_FIELDS`; None where they are those of no order."""
    external_id = fields.identifier(payload.get("id"))
    total = fields.amount(payload.get("total"), None)
    if not external_id or total is None or not status_code(payload):
        return None
    return OrderHead(
        **_identity(payload, external_id, total),
        paid_at=fields.moment(payload.get("date_paid_gmt")),
        payment_method=fields.text(payload.get("payment_method")),
    )


def _identity(payload: Payload, external_id: str, total: Decimal) -> dict[str, Any]:
    """What an order and its head have in common, read the same way in both."""
    code = status_code(payload)
    return {
        "external_id": external_id,
        "number": fields.plain(payload.get("number")) or external_id,
        "status": const.ORDER_STATUS.get(code, OrderStatus.UNKNOWN),
        "status_code": code,
        "currency": fields.text(payload.get("currency")).upper(),
        "total": total,
        "total_tax": fields.money(payload.get("total_tax")),
        "created_at": fields.moment(payload.get("date_created_gmt")),
        "modified_at": fields.moment(payload.get("date_modified_gmt")),
        "parent_external_id": fields.identifier(payload.get("parent_id")),
        "refunds": parse_refund_refs(payload),
    }


def parse_customer(payload: Payload) -> Customer:
    """Translate an account. :raises errors.Rejected: ``not_a_customer``, it has no id"""
    external_id = fields.identifier(payload.get("id"))
    if not external_id:
        raise errors.Rejected("not_a_customer", field="id")
    return Customer(
        external_id=external_id,
        email=fields.plain(payload.get("email")),
        first_name=fields.plain(payload.get("first_name")),
        last_name=fields.plain(payload.get("last_name")),
        billing=_address(payload.get("billing"), _meta(payload)),
        shipping=_address(payload.get("shipping")),
        modified_at=fields.moment(payload.get("date_modified_gmt")),
    )


def status_code(payload: Payload) -> str:
    """The shop's word for the order's status, without the prefix it is stored with."""
    return fields.text(payload.get("status")).removeprefix("wc-")


# === META DATA === #


def _meta(payload: Payload) -> dict[str, Any]:
    """Meta data by key; of several with one key the first, as WooCommerce's get_meta()."""
    found: dict[str, Any] = {}
    for item in fields.records(payload.get("meta_data")):
        found.setdefault(fields.text(item.get("key")), item.get("value"))
    found.pop("", None)
    return found


def _custom_fields(meta: Payload) -> dict[str, Any]:
    """What a person may map: the shop's own fields, not WordPress's hidden ones, no secrets."""
    return {
        key: value
        for key, value in meta.items()
        if (not key.startswith("_") or key.startswith(const.ADDITIONAL_FIELDS) or _is_vat(key))
        and not SECRET_NAMES.search(key)
    }


def _is_vat(key: str) -> bool:
    return key.lstrip("_") in const.VAT_KEYS


def _vat(billing: Payload, meta: Payload) -> str:
    """The first VAT number that a plug-in left, in the order of the table."""
    for key in const.VAT_KEYS:
        values = (meta.get(f"_{key}"), meta.get(key), billing.get(key.removeprefix("billing_")))
        if found := next(filter(None, map(fields.plain, values)), ""):
            return found
    additional = (meta[key] for key in meta if key.startswith("_wc_billing/") and "vat" in key)
    return next(filter(None, map(fields.plain, additional)), "")


def _utm(meta: Payload) -> dict[str, str]:
    found = {name: fields.plain(meta.get(key)) for name, key in const.UTM.items()}
    return {name: value for name, value in found.items() if value}


def _risk(meta: Payload) -> str:
    """The first warning of a gateway, as ``key: verdict``."""
    for keys, harmless in const.RISK:
        key = next((key for key in keys if fields.plain(meta.get(key))), "")
        if key and fields.plain(meta[key]) not in harmless:
            return f"{key}: {fields.plain(meta[key])}"
    return ""


# === PARTS === #


def _address(value: Any, meta: Payload | None = None) -> Address:
    """An address; of a billing one (with ``meta``) also the VAT number."""
    data = fields.mapping(value)
    return Address(
        first_name=fields.plain(data.get("first_name")),
        last_name=fields.plain(data.get("last_name")),
        company=fields.plain(data.get("company")),
        street=fields.plain(data.get("address_1")),
        street2=fields.plain(data.get("address_2")),
        city=fields.plain(data.get("city")),
        zip=fields.plain(data.get("postcode")),
        state=fields.plain(data.get("state")),
        country=fields.plain(data.get("country")).upper(),
        phone=fields.plain(data.get("phone")),
        email=fields.plain(data.get("email")),
        vat=_vat(data, meta) if meta is not None else "",
    )


def _payment(payload: Payload, meta: Payload) -> Payment:
    """``date_paid`` is set when money came in; cash on delivery has none until it is completed."""
    method = fields.text(payload.get("payment_method"))
    return Payment(
        method=method,
        title=fields.plain(payload.get("payment_method_title")),
        transaction_id=fields.text(payload.get("transaction_id")),
        paid_at=fields.moment(payload.get("date_paid_gmt")),
        authorised=_is_authorised(method, meta),
    )


def _is_authorised(method: str, meta: Payload) -> bool:
    """Whether the gateway has only reserved the money.

    What another gateway left behind (a payment tried before) says nothing.
    """
    if not method:
        return False
    for beginning, key, until in const.UNCAPTURED:
        value = fields.text(meta.get(key.format(method=method)))
        if method.startswith(beginning) and value == until:
            return True
    authorised, captured = const.CAPTURED_LATER.get(method, ("", ""))
    return bool(fields.text(meta.get(authorised)) and not fields.text(meta.get(captured)))


def _coupons(payload: Payload) -> tuple[Coupon, ...]:
    return tuple(
        Coupon(
            code=fields.plain(line.get("code")),
            discount=fields.money(line.get("discount")),
            discount_tax=fields.money(line.get("discount_tax")),
            kind=coupon_kind(line),
        )
        for line in fields.records(payload.get("coupon_lines"))
    )


def _gift_cards(payload: Payload, meta: Payload) -> tuple[GiftCard, ...]:
    """What was paid by gift card: the order's total is reduced by it, its lines are not."""
    cards = fields.records(payload.get("gift_cards"))
    pairs = [(card.get("code"), card.get("amount")) for card in cards]
    if not meta.get(const.YITH_AS_FEE):
        pairs += fields.mapping(meta.get(const.YITH_GIFT_CARDS)).items()
    found = (GiftCard(fields.plain(code), abs(fields.money(amount))) for code, amount in pairs)
    return tuple(card for card in found if card.amount)


def parse_refund_refs(payload: Payload) -> tuple[RefundRef, ...]:
    """The refunds that an order names."""
    return tuple(
        RefundRef(
            external_id=fields.identifier(refund.get("id")),
            amount=abs(fields.money(refund.get("total"))),
            reason=fields.plain(refund.get("reason")),
        )
        for refund in fields.records(payload.get("refunds"))
        if fields.identifier(refund.get("id"))
    )


# === TAX RATES === #


def _tax_rates(payload: Payload, used: Iterable[str]) -> tuple[TaxRate, ...]:
    """The rates that the order names, and those that only its lines know (virtual rates)."""
    rates: dict[str, TaxRate] = {}
    for line in fields.records(payload.get("tax_lines")):
        rate = _tax_rate(line)
        if rate.key:
            rates.setdefault(rate.key, rate)
    for key in used:
        rates.setdefault(key, TaxRate(key))
    return tuple(rates.values())


def _tax_rate(line: Payload) -> TaxRate:
    label = fields.plain(line.get("label"))
    country, state = _region(fields.plain(line.get("rate_code")), label)
    return TaxRate(
        key=fields.identifier(line.get("rate_id")),
        label=label,
        percent=_percent(line),
        compound=line.get("compound") is True,
        country=country,
        state=state,
    )


def _percent(line: Payload) -> Decimal | None:
    """``rate_percent``; missing in old versions, and 0 where the rate was deleted since."""
    percent = fields.amount(line.get("rate_percent"), None)
    taxed = fields.money(line.get("tax_total")) or fields.money(line.get("shipping_tax_total"))
    return None if not percent and taxed else percent


def _region(rate_code: str, label: str) -> tuple[str, str]:
    """Country and state of a rate code: ``BE-BTW 21%-1``, ``CA-BC-GST-1``, ``TAX-1``.

    WC_Tax::get_rate_code(): country, state, name (or TAX) and priority, empty ones left out.
    """
    name = re.escape((label or "TAX").upper())
    match = re.fullmatch(rf"(?:([A-Z]{{2}})-)?(?:(\w+)-)?{name}-\d+", rate_code.upper())
    if match:
        return match[1] or "", match[2] or ""
    first = rate_code.partition("-")[0]
    return (first.upper(), "") if re.fullmatch("[A-Za-z]{2}", first) else ("", "")
