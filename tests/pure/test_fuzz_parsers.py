"""Fuzz: whatever a shop's records hold, each becomes canonical values or is refused in words."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...core import errors
from ...core.adapter import Credentials
from ...core.catalogue import TermKind
from ...core.catalogue_facts import facts_of
from ...core.fingerprint import fingerprint
from ...core.money import order_totals
from ...core.settlement_plain import from_plain, to_plain
from ...providers.woocommerce import parse
from ...providers.woocommerce.adapter import WooCommerceAdapter
from ...providers.woocommerce.parse_products import parse_identity, parse_term
from .hostile import VALUES, mutated
from .woo import load, names

SETTINGS = {"features": [], "weight_unit": "kg", "dimension_unit": "cm", "price_decimals": 2}
PARSER = WooCommerceAdapter(Credentials("https://shop.example", "ck_1", "cs_1", settings=SETTINGS))
RECORDED = {
    topic: [load(name) for name in names(topic)]
    for topic in ("order", "customer", "refunds", "product")
}
PAYOUTS = [
    {
        "deposit": {"id": "po_1", "date": 1701648000000, "amount": 1000, "currency": "eur"},
        "transactions": [
            {
                "transaction_id": "txn_1",
                "type": "charge",
                "amount": 1200,
                "net": 1150,
                "fees": 50,
                "date": "2026-11-21 08:58:15",
                "charge_id": "ch_1",
                "payment_intent_id": "pi_1",
                "order": {"number": "155"},
                "metadata": {"charge_type": "card_reader_fee"},
                "customer_currency": "usd",
                "customer_amount": 1300,
            }
        ],
    }
]


def refused(parser: Callable[[Any], Any], payload: Any, *codes: str) -> Any:
    """What the parser made of it; None where it refused it with one of ``codes``."""
    try:
        return parser(payload)
    except errors.Rejected as error:
        assert error.code in codes
        assert all(isinstance(value, str) for value in error.params.values())
    return None


@given(mutated(RECORDED["order"]))
def test_fuzz_order(payload):
    if head := parse.parse_head(payload):
        assert head.external_id.isdigit()
    order = refused(PARSER.parse_order, payload, "not_an_order")
    if order is None:
        return
    assert 0 < int(order.external_id) < 10**18
    # the arithmetic on its amounts ends, and adds up or says by how much it does not
    totals = order_totals(order, D("0.01"))
    assert (totals.rest_base + totals.rest_tax).is_finite()
    fingerprint(order)


@given(mutated(RECORDED["refunds"]))
def test_fuzz_refunds(payload):
    for refund in refused(PARSER.parse_refunds, payload, "not_a_refund") or ():
        assert refund.amount >= 0
        assert all(line.total.is_finite() for line in refund.lines)
        fingerprint(refund)


@given(mutated(RECORDED["customer"]))
def test_fuzz_customer(payload):
    if customer := refused(PARSER.parse_customer, payload, "not_a_customer"):
        fingerprint(customer)


@given(mutated(RECORDED["product"]))
def test_fuzz_product(payload):
    product = refused(PARSER.parse_product, payload, "not_a_product", "variations_unreadable")
    if product is None:
        return
    fingerprint(product)
    facts_of(product)


@given(mutated(PAYOUTS))
def test_fuzz_payout(payload):
    settlement = refused(PARSER.parse_settlement, payload, "not_a_settlement")
    if settlement is not None:
        assert from_plain(to_plain(settlement)) == settlement


@given(st.dictionaries(st.sampled_from(["id", "name", "parent", "sku", "type", "slug"]), VALUES))
def test_fuzz_names_of_records(record):
    parse_identity(record)
    parse_term(TermKind.CATEGORY, record)


@pytest.mark.parametrize("external_id", ["0", "000", "9" * 19, "9" * 5000, "-1", "1.0", "²", "1e3"])
def test_no_id(external_id):
    assert (
        refused(PARSER.parse_order, {**RECORDED["order"][0], "id": external_id}, "not_an_order")
        is None
    )


def test_an_id_has_one_spelling():
    order = PARSER.parse_order({**RECORDED["order"][0], "id": " 0155 "})
    assert order.external_id == "155"
