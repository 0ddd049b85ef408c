"""Recorded orders, changed for a test and parsed."""

from __future__ import annotations

from typing import Any

from ...core.canonical import Order
from ...providers.woocommerce.parse import parse_order
from .woo import load


def parse(name: str, **changes: Any) -> Order:
    return parse_order({**load(f"order__{name}"), **changes})


def line(**item: Any) -> Any:
    """The only line of an order with one product line."""
    base = {"id": 5, "name": "Mug", "product_id": 3, "quantity": 1, "total": "1", "total_tax": "0"}
    return parse("empty", line_items=[{**base, **item}]).lines[0]


def meta(key: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"id": 1, "key": key, "value": value, **more}
