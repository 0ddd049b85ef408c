"""No recorded exchange shows a person or a secret once it went through the log's mask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ...core.http import redact_body
from .woo import load, names

TOPICS = ("order", "customer", "refunds", "delivery")
#: Fields of a shop's answers whose values are a person's, or typed by or about one.
ABOUT_PEOPLE = {
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "postcode",
    "email",
    "phone",
    "username",
    "customer_note",
    "customer_ip_address",
    "customer_user_agent",
    "transaction_id",
    "order_key",
    "reason",
}
#: The recorded shop's own address is its buyers', too.
HARMLESS = ("127.0.0.1",)
NAMES = [name for topic in TOPICS for name in names(topic) if name != "delivery__ping"]


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from objects(item)


def body_of(name: str) -> Any:
    """What the shop has sent: a fixture is a body, or an exchange with a body."""
    fixture = load(name)
    body = fixture.get("body", fixture) if isinstance(fixture, dict) else fixture
    return json.loads(body) if isinstance(body, str) else body


def words_about_people(body: Any) -> set[str]:
    return {
        text
        for item in objects(body)
        for name in ABOUT_PEOPLE & item.keys()
        if isinstance(text := item[name], str) and len(text) > 2 and text not in HARMLESS
    }


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_seen(name: str) -> None:
    body = body_of(name)
    values = [
        value
        for item in objects(json.loads(redact_body(json.dumps(body), limit=10_000_000)))
        for value in item.values()
        if isinstance(value, str)
    ]
    text = "\n".join(values)
    assert not [word for word in words_about_people(body) if word in text]


def test_there_are_people_to_hide() -> None:
    found = [words_about_people(body_of(name)) for name in NAMES]
    assert sum(map(bool, found)) > 15
    assert len(set().union(*found)) > 25


@pytest.mark.parametrize(
    "item",
    [
        {"reason": "Mr Doe was angry"},
        {"iban": "BE71096123456769"},
        {"display_name": "Jane Doe"},
        {"date_of_birth": "1980-01-01"},
        {"meta_data": [{"key": "_billing_birth_date", "value": "1980-01-01"}]},
        {"meta_data": [{"key": "Engraving", "value": "For Jane Doe"}]},
        {"meta_data": [{"key": "_payer_email", "value": "jane@example.com"}]},
        {"note": "call jane@example.com", "added_by_user": True},
        {"anything": "write to jane@example.com"},
    ],
)
def test_what_plug_ins_add(item: dict[str, Any]) -> None:
    text = redact_body(json.dumps(item))
    for word in ("Doe", "BE71", "1980", "jane@"):
        assert word not in text
