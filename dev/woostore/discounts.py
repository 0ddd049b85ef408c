"""Coupons, in whole cents, with WooCommerce's way of handing out the last ones.

Source of the rules: includes/class-wc-discounts.php. Discounts are taken off the price as
entered (with or without tax); tax is worked out afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .rounding import ZERO, Rules, dec, floor, half_down, half_up, total

SORT = {"fixed_product": 1, "percent": 2, "fixed_cart": 3}


@dataclass
class Discountable:
    """A line as the coupons see it; ``price`` is the price of the whole line in cents."""

    key: Any
    price: Decimal
    quantity: Decimal
    product_ids: frozenset[int] = frozenset()
    category_ids: frozenset[int] = frozenset()
    on_sale: bool = False


@dataclass
class Discounts:
    """Discount in cents per coupon code and line key, filled by ``apply``."""

    items: list[Discountable]
    rules: Rules
    sequentially: bool = False
    given: dict[str, dict[Any, Decimal]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.items = sorted(self.items, key=self._dearness, reverse=True)

    def _dearness(self, item: Discountable) -> Decimal:
        if not self.rules.dearest_piece_first:
            return item.price * item.quantity
        return item.price / item.quantity if item.quantity > 1 else item.price

    def apply(self, coupon: Mapping[str, Any]) -> None:
        """Add one coupon's discount. ``coupon`` is a coupon as the REST API shows it."""
        code = coupon["code"]
        self.given.setdefault(code, dict.fromkeys((i.key for i in self.items), ZERO))
        items = [i for i in self.items if self._open(i) and i.quantity > 0 and accepts(coupon, i)]
        amount = dec(coupon["amount"])
        limit = coupon.get("limit_usage_to_x_items") or 0
        kind = coupon["discount_type"]
        if kind == "percent":
            self._percent(code, items, amount, limit)
        elif kind == "fixed_product":
            self._fixed_product(code, items, self.rules.in_cents(amount), limit)
        else:
            self._fixed_cart(code, items, self.rules.in_cents(amount), limit)

    def of_item(self, key: Any) -> Decimal:
        return total(per_item.get(key, ZERO) for per_item in self.given.values())

    def of_coupon(self, code: str) -> Decimal:
        return total(self.given[code].values())

    def _open(self, item: Discountable) -> Decimal:
        """What is left of the line's price, in whole cents."""
        return abs(half_up(item.price - self.of_item(item.key), 0))

    def _base(self, item: Discountable) -> Decimal:
        return self._open(item) if self.sequentially else half_up(item.price, 0)

    def _give(self, code: str, item: Discountable, amount: Decimal) -> Decimal:
        self.given[code][item.key] += amount
        return amount

    def _percent(self, code: str, items: list[Discountable], percent: Decimal, limit: int) -> None:
        given = base_total = used = ZERO
        for item in items:
            quantity = _quantity_left(item, limit, used)
            base = self._base(item) / item.quantity * quantity
            discount = floor(base * percent / 100)
            discount = half_down(min(self._open(item), discount), 0)
            base_total += base
            used += quantity
            given += self._give(code, item, discount)
        wanted = half_down(base_total * percent / 100, 0)
        if given < wanted:
            self._remainder(code, items, wanted - given)

    def _fixed_product(
        self, code: str, items: list[Discountable], amount: Decimal, limit: int
    ) -> Decimal:
        given = used = ZERO
        for item in items:
            quantity = _quantity_left(item, limit, used)
            each = min(amount, item.price / item.quantity) if limit else amount
            used += quantity
            given += self._give(code, item, min(self._open(item), each * quantity))
        return given

    def _fixed_cart(
        self, code: str, items: list[Discountable], amount: Decimal, limit: int
    ) -> None:
        items = [i for i in items if self._open(i) > 0]
        count = total(i.quantity for i in items)
        if not count or amount <= 0:
            return
        each = floor(amount / count)
        if each <= 0:
            self._remainder(code, items, amount)
            return
        given = self._fixed_product(code, items, each, limit)
        if 0 < given < amount:
            self._fixed_cart(code, items, amount - given, limit)

    def _remainder(self, code: str, items: Iterable[Discountable], amount: Decimal) -> None:
        """One cent per piece, line after line, until ``amount`` is used up."""
        given = ZERO
        for item in items:
            piece = ZERO
            while piece < item.quantity:
                given += self._give(code, item, min(self._open(item), Decimal(1)))
                if given >= amount:
                    return
                piece += 1


def _quantity_left(item: Discountable, limit: int, used: Decimal) -> Decimal:
    if limit and limit - used < item.quantity:
        return max(ZERO, limit - used)
    return item.quantity


def accepts(coupon: Mapping[str, Any], item: Discountable) -> bool:
    """Whether the coupon's product rules take this line (cart coupons take every line)."""
    if coupon["discount_type"] == "fixed_cart":
        return True
    wanted = set(coupon.get("product_ids") or ())
    categories = set(coupon.get("product_categories") or ())
    if (wanted or categories) and not (wanted & item.product_ids or categories & item.category_ids):
        return False
    if set(coupon.get("excluded_product_ids") or ()) & item.product_ids:
        return False
    if set(coupon.get("excluded_product_categories") or ()) & item.category_ids:
        return False
    return not (coupon.get("exclude_sale_items") and item.on_sale)


def in_cart_order(coupons: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Per product first, then percentages, then per cart; small amounts before large ones."""
    return sorted(
        coupons,
        key=lambda c: (
            SORT.get(c["discount_type"], 0),
            c.get("limit_usage_to_x_items") or 0,
            dec(c["amount"]),
            -c["id"],
        ),
    )
