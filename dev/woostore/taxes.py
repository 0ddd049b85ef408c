"""Tax rates: which apply where, and what they make of a price (class-wc-tax.php)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from .rounding import ZERO, Rules, dec, half_up, total

HUNDRED = Decimal(100)
Taxes = dict[int, Decimal]


@dataclass(frozen=True)
class Rate:
    id: int
    percent: Decimal
    compound: bool
    shipping: bool
    label: str
    code: str

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Rate:
        return cls(
            id=record["id"],
            percent=dec(record["rate"]),
            compound=bool(record["compound"]),
            shipping=bool(record["shipping"]),
            label=record["name"],
            code=rate_code(record),
        )


@dataclass(frozen=True)
class Place:
    """Where tax is due."""

    country: str = ""
    state: str = ""
    postcode: str = ""
    city: str = ""

    @classmethod
    def of(cls, address: Mapping[str, Any]) -> Place:
        keys = ("country", "state", "postcode", "city")
        return cls(*(str(address.get(key) or "") for key in keys))


def rate_code(record: Mapping[str, Any]) -> str:
    parts = [record["country"], record["state"], record["name"] or "TAX", str(record["priority"])]
    return "-".join(part for part in parts if part and part != "0").upper()


def find_rates(records: Iterable[Mapping[str, Any]], place: Place, tax_class: str) -> list[Rate]:
    """The rates of one place and tax class ('' = standard): the best match of each priority."""
    if not place.country:
        return []
    wanted = tax_class or "standard"
    found = [r for r in records if r["class"] == wanted and _matches(r, place)]
    found.sort(key=_specificity)
    chosen: dict[int, Rate] = {}
    for record in found:
        chosen.setdefault(record["priority"], Rate.of(record))
    return list(chosen.values())


def _matches(record: Mapping[str, Any], place: Place) -> bool:
    if record["country"] not in ("", place.country.upper()):
        return False
    if record["state"] not in ("", place.state.upper()):
        return False
    postcodes = record.get("postcodes") or []
    cities = record.get("cities") or []
    postcode = place.postcode.upper().replace(" ", "")
    if postcodes and not any(_postcode_matches(p, postcode) for p in postcodes):
        return False
    return not cities or place.city.upper() in cities


def _postcode_matches(pattern: str, postcode: str) -> bool:
    if "..." in pattern:
        low, high = pattern.split("...", 1)
        return low <= postcode <= high
    return fnmatchcase(postcode, pattern)


def _specificity(record: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        record["priority"],
        record["country"] == "",
        record["state"] == "",
        -len(record.get("postcodes") or []),
        -len(record.get("cities") or []),
        record["id"],
    )


def tax_of(price: Decimal, rates: Iterable[Rate], included: bool, rules: Rules) -> Taxes:
    """Tax per rate id, each rounded to P digits of the unit of ``price`` (``calc_tax``)."""
    taxes = _included(price, list(rates)) if included else _added(price, list(rates))
    return {key: half_up(value, rules.precision) for key, value in taxes.items()}


def _added(price: Decimal, rates: list[Rate]) -> Taxes:
    taxes: Taxes = {}
    for rate in rates:
        if not rate.compound:
            taxes[rate.id] = price * rate.percent / HUNDRED
    for rate in rates:
        if rate.compound:
            taxes[rate.id] = (price + total(taxes.values())) * rate.percent / HUNDRED
    return taxes


def _included(price: Decimal, rates: list[Rate]) -> Taxes:
    """Compound rates are peeled off backwards, then the regular ones share the rest."""
    taxes: Taxes = dict.fromkeys((rate.id for rate in rates), ZERO)
    rest = price
    for rate in reversed([r for r in rates if r.compound]):
        taxes[rate.id] = rest - rest / (1 + rate.percent / HUNDRED)
        rest -= taxes[rate.id]
    regular = [r for r in rates if not r.compound]
    divisor = 1 + total(r.percent for r in regular) / HUNDRED
    for rate in regular:
        taxes[rate.id] += (rate.percent / HUNDRED) / divisor * rest
    return taxes


def merge(*groups: Mapping[int, Decimal]) -> Taxes:
    merged: Taxes = {}
    for group in groups:
        for key, value in group.items():
            merged[key] = merged.get(key, ZERO) + value
    return merged
