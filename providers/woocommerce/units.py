"""Weights and lengths in the store's units, and in those of :mod:`core.catalogue`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ...core.catalogue import Price
from . import const_products, fields

#: Digits behind the point that are written: more than any shop shows.
_SMALLEST = Decimal("0.00001")


@dataclass(frozen=True)
class Units:
    """The store's units by their WooCommerce names; an unknown one measures nothing.

    ``decimals``: of prices, as the shop shows them; it keeps and forgets finer ones as they come.
    """

    weight: str = ""
    dimension: str = ""
    decimals: int = 2

    def price(self, price: Price) -> Price:
        """A price in the store's decimals."""
        return replace(price, regular=self._amount(price.regular), sale=self._amount(price.sale))

    def _amount(self, value: Decimal | None) -> Decimal | None:
        if value is None:
            return None
        return value.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)

    def kilograms(self, value: Any) -> Decimal | None:
        return _scaled(value, const_products.WEIGHT_UNITS.get(self.weight))

    def millimetres(self, value: Any) -> Decimal | None:
        return _scaled(value, const_products.DIMENSION_UNITS.get(self.dimension))

    def weight_text(self, kilograms: Decimal | None) -> str | None:
        """'' for no weight, None where the store's unit isn't known."""
        return _text(kilograms, const_products.WEIGHT_UNITS.get(self.weight))

    def length_text(self, millimetres: Decimal | None) -> str | None:
        return _text(millimetres, const_products.DIMENSION_UNITS.get(self.dimension))


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
