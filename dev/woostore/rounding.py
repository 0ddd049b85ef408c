"""Number rules of WooCommerce, in Decimal.

d = price decimals of the store; P = max(6, d + 2) = digits kept in the database.
PHP's ``round`` rounds a half away from zero; its "half down" rounds it towards zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation

ZERO = Decimal(0)


def dec(value: object) -> Decimal:
    """Decimal of a stored value; '' and None count as 0, as PHP's (float) cast does."""
    if value is None or value == "" or value is False:
        return ZERO
    if isinstance(value, Decimal):
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return ZERO


def half_up(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def half_down(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_DOWN)


def floor(value: Decimal) -> Decimal:
    return value.to_integral_value(rounding=ROUND_FLOOR)


def total(values: Iterable[Decimal]) -> Decimal:
    return sum(values, ZERO)


def fixed(value: object, places: int) -> str:
    """``wc_format_decimal(value, dp)``: exactly ``places`` decimals; a zero never has a sign."""
    rounded = half_up(dec(value), places)
    return f"{rounded if rounded else abs(rounded):f}"


def plain(value: object, places: int = 6) -> str:
    """``wc_format_decimal(float)``: at most ``places`` decimals, trailing zeros cut."""
    text = fixed(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(value: object) -> int | float:
    """A value as PHP's json_encode writes a float: whole numbers without fraction."""
    exact = dec(value)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


@dataclass(frozen=True)
class Rules:
    """What decides the arithmetic of one store."""

    decimals: int = 2
    prices_include_tax: bool = True
    round_at_subtotal: bool = False
    # Which line gets a coupon's last cents: the dearest piece, before 9 the dearest line.
    dearest_piece_first: bool = True

    @property
    def precision(self) -> int:
        return max(6, self.decimals + 2)

    @property
    def cent(self) -> Decimal:
        """How many cents one unit of the currency has: 100 with two decimals, 1 with none."""
        return Decimal(1).scaleb(self.decimals)

    def in_cents(self, value: object) -> Decimal:
        """``wc_add_number_precision``."""
        return half_up(dec(value) * self.cent, self.precision - self.decimals)

    def from_cents(self, value: Decimal) -> Decimal:
        return value / self.cent

    def round_price(self, value: Decimal) -> Decimal:
        return half_up(value, self.decimals)

    def round_tax(self, value: Decimal, places: int) -> Decimal:
        """``wc_round_tax_total``: half down where prices include tax."""
        return (half_down if self.prices_include_tax else half_up)(value, places)

    def line_tax(self, value: Decimal, places: int) -> Decimal:
        """Rounded per line, or left alone where tax is rounded at the subtotal."""
        return value if self.round_at_subtotal else self.round_tax(value, places)

    def line_net(self, value: Decimal, places: int) -> Decimal:
        return value if self.round_at_subtotal else half_up(value, places)

    def stored(self, value: object) -> str:
        return plain(value, self.precision)
