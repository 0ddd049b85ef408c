"""Weights and lengths in the store's units, and in those of :mod:`core.catalogue`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from . import const, fields

#: Digits behind the point that are written: more than any shop shows.
_SMALLEST = Decimal("0.00001")


@dataclass(frozen=True)
class Units:
    """The store's units by their WooCommerce names; an unknown one measures nothing."""

    weight: str = ""
    dimension: str = ""

    def kilograms(self, value: Any) -> Decimal | None:
        return _scaled(value, const.WEIGHT_UNITS.get(self.weight))

    def millimetres(self, value: Any) -> Decimal | None:
        return _scaled(value, const.DIMENSION_UNITS.get(self.dimension))

    def weight_text(self, kilograms: Decimal | None) -> str | None:
        """'' for no weight, None where the store's unit isn't known."""
        return _text(kilograms, const.WEIGHT_UNITS.get(self.weight))

    def length_text(self, millimetres: Decimal | None) -> str | None:
        return _text(millimetres, const.DIMENSION_UNITS.get(self.dimension))


def _scaled(value: Any, unit: Decimal | None) -> Decimal | None:
    """None for nothing, for zero, and for what is no measure."""
    number = fields.amount(value, None)
    return (number * unit).normalize() if unit and number and number > 0 else None


def _text(number: Decimal | None, unit: Decimal | None) -> str | None:
    if unit is None:
        return None
    if not number:
        return ""
    return format((number / unit).quantize(_SMALLEST).normalize(), "f")
