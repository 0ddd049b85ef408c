"""Payout statements as plain JSON data, in which they wait for their job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from .canonical import Settlement, SettlementKind, SettlementLine


def to_plain(settlement: Settlement) -> dict[str, Any]:
    """JSON-able data that :func:`from_plain` makes the same statement of."""
    values = {name: _plain(value) for name, value in vars(settlement).items() if name != "lines"}
    lines = [
        {name: _plain(value) for name, value in vars(line).items()} for line in settlement.lines
    ]
    return {**values, "lines": lines}


def from_plain(data: Mapping[str, Any]) -> Settlement:
    """The statement that :func:`to_plain` was given; fields that lack have their default."""
    values = {**data, "lines": tuple(_line(line) for line in data["lines"])}
    values["amount"] = Decimal(data["amount"])
    values["paid_out_at"] = _moment(data.get("paid_out_at"))
    return Settlement(**values)


def _line(data: Mapping[str, Any]) -> SettlementLine:
    values = dict(data)
    values["kind"] = SettlementKind(data["kind"])
    for name in ("amount", "fee", "charged"):
        if data.get(name) is not None:
            values[name] = Decimal(data[name])
    values["other_ids"] = tuple(data.get("other_ids", ()))
    values["occurred_at"] = _moment(data.get("occurred_at"))
    return SettlementLine(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, SettlementKind):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
