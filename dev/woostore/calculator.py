"""The cart at checkout: items, discounts, shipping, fees, total (class-wc-cart-totals.php).

Everything runs in cents (see ``Rules.in_cents``); ``CartTotals`` hands out amounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .discounts import Discountable, Discounts, in_cart_order
from .rounding import ZERO, Rules, half_up, total
from .taxes import Rate, Taxes, merge, tax_of


@dataclass
class Item:
    """One product line of a cart. ``price`` is the catalogue price of one piece."""

    key: Any
    price: Decimal
    quantity: Decimal
    taxable: bool = True
    tax_class: str = ""
    rates: list[Rate] = field(default_factory=list)
    base_rates: list[Rate] = field(default_factory=list)
    product_ids: frozenset[int] = frozenset()
    category_ids: frozenset[int] = frozenset()
    on_sale: bool = False
    # worked out, in cents
    line_price: Decimal = ZERO
    included: bool = False
    subtotal: Decimal = ZERO
    subtotal_taxes: Taxes = field(default_factory=dict)
    total: Decimal = ZERO
    taxes: Taxes = field(default_factory=dict)


@dataclass
class Fee:
    """An added cost, or a discount where ``amount`` is negative. Amounts are without tax."""

    key: Any
    amount: Decimal
    taxable: bool = True
    tax_class: str = ""
    rates: list[Rate] = field(default_factory=list)
    total: Decimal = ZERO
    taxes: Taxes = field(default_factory=dict)


@dataclass
class Shipping:
    """A chosen shipping rate; ``cost`` is without tax."""

    key: Any
    cost: Decimal
    rates: list[Rate] = field(default_factory=list)
    total: Decimal = ZERO
    taxes: Taxes = field(default_factory=dict)


@dataclass
class CartTotals:
    """Amounts in the store's currency, as the cart hands them to an order."""

    items: list[Item]
    fees: list[Fee]
    shipping: list[Shipping]
    discount_total: Decimal
    discount_tax: Decimal
    coupon_discounts: dict[str, Decimal]
    coupon_taxes: dict[str, Decimal]
    shipping_total: Decimal
    shipping_tax: Decimal
    cart_tax: Decimal
    total: Decimal
    item_taxes: Taxes
    fee_taxes: Taxes
    shipping_taxes: Taxes


@dataclass
class CartCalculator:
    """Works a cart out. ``class_rates`` gives the rates of a tax class at the customer's place."""

    rules: Rules
    items: list[Item]
    coupons: list[Mapping[str, Any]] = field(default_factory=list)
    shipping: list[Shipping] = field(default_factory=list)
    fees: list[Fee] = field(default_factory=list)
    class_rates: Mapping[str, list[Rate]] = field(default_factory=dict)
    shipping_class: str = "inherit"
    vat_exempt: bool = False
    sequentially: bool = False

    def run(self) -> CartTotals:
        for item in self.items:
            self._subtotal(item)
        discounts = self._discounts()
        for item in self.items:
            self._line_total(item, discounts.of_item(item.key))
        for shipping in self.shipping:
            self._shipping(shipping)
        running = ZERO
        for index, fee in enumerate(self.fees):
            self._fee(fee, self.fees[:index], running)
            running += fee.total
        return self._totals(discounts)

    # --- lines ---------------------------------------------------------------------------

    def _subtotal(self, item: Item) -> None:
        item.line_price = self.rules.in_cents(item.price * item.quantity)
        item.included = self.rules.prices_include_tax
        if item.included and item.taxable:
            self._take_price_elsewhere(item)
        item.subtotal, item.subtotal_taxes = self._net(item, item.line_price)

    def _take_price_elsewhere(self, item: Item) -> None:
        """A price with tax holds the shop's own tax; abroad it is exchanged for theirs."""
        if self.vat_exempt:
            own = total(tax_of(item.line_price, item.base_rates, True, self.rules).values())
            item.line_price = half_up(item.line_price - own, 0)
            item.included = False
        elif item.rates != item.base_rates:
            own = total(tax_of(item.line_price, item.base_rates, True, self.rules).values())
            net = item.line_price - own
            item.line_price = net + total(tax_of(net, item.rates, False, self.rules).values())

    def _net(self, item: Item, amount: Decimal) -> tuple[Decimal, Taxes]:
        if self.vat_exempt or not item.taxable:
            return amount, {}
        taxes = tax_of(amount, item.rates, item.included, self.rules)
        return (amount - total(taxes.values()) if item.included else amount), taxes

    def _line_total(self, item: Item, discount: Decimal) -> None:
        item.total, item.taxes = self._net(item, item.line_price - discount)

    # --- coupons -------------------------------------------------------------------------

    def _discounts(self) -> Discounts:
        discounts = Discounts(
            [
                Discountable(
                    item.key,
                    item.line_price,
                    item.quantity,
                    item.product_ids,
                    item.category_ids,
                    item.on_sale,
                )
                for item in self.items
            ],
            self.rules,
            self.sequentially,
        )
        for coupon in in_cart_order(self.coupons):
            discounts.apply(coupon)
        return discounts

    def _discount_taxes(self, given: Mapping[Any, Decimal]) -> Decimal:
        by_key = {item.key: item for item in self.items}
        tax = ZERO
        for key, amount in given.items():
            _net, taxes = self._net(by_key[key], amount)
            tax += total(taxes.values())
        return tax

    # --- shipping and fees ---------------------------------------------------------------

    def _shipping(self, shipping: Shipping) -> None:
        """Shipping tax is worked out in currency before it is turned into cents."""
        shipping.total = self.rules.in_cents(shipping.cost)
        if self.vat_exempt:
            return
        taxes = tax_of(shipping.cost, shipping.rates, False, self.rules)
        shipping.taxes = {
            key: self.rules.line_net(value * self.rules.cent, 0) for key, value in taxes.items()
        }

    def _fee(self, fee: Fee, before: list[Fee], running: Decimal) -> None:
        fee.total = self.rules.in_cents(fee.amount)
        if fee.total < 0:
            goods = total(self.rules.line_net(i.total, 0) for i in self.items)
            most = -half_up(goods + running + total(s.total for s in self.shipping), 0)
            fee.total = max(fee.total, most)
        if self.vat_exempt:
            return
        if fee.total < 0:
            fee.taxes = self._spread(fee.total, before)
        elif fee.taxable:
            fee.taxes = tax_of(fee.total, fee.rates, False, self.rules)

    def _spread(self, amount: Decimal, before: Iterable[Fee]) -> Taxes:
        """A negative fee takes tax back from every class of the cart, by its share."""
        costs = self._class_costs(before)
        whole = total(costs.values())
        if not whole:
            return {}
        return merge(
            *(
                tax_of(amount * cost / whole, self.class_rates[tax_class], False, self.rules)
                for tax_class, cost in costs.items()
                if tax_class is not None
            )
        )

    def _class_costs(self, before: Iterable[Fee]) -> dict[str | None, Decimal]:
        """Net per tax class; None = not taxable."""
        first = self.items[0].tax_class if self.items else ""
        inherited = first if self.shipping_class == "inherit" else self.shipping_class
        rows = [(i.tax_class if i.taxable else None, i.total) for i in self.items]
        rows += [(f.tax_class if f.taxable else None, f.total) for f in before]
        rows += [(inherited, s.total) for s in self.shipping]
        costs: dict[str | None, Decimal] = {}
        for tax_class, amount in rows:
            if amount > 0:
                costs[tax_class] = costs.get(tax_class, ZERO) + amount
        return costs

    # --- totals --------------------------------------------------------------------------

    def _totals(self, discounts: Discounts) -> CartTotals:
        rules = self.rules
        item_taxes, fee_taxes, shipping_taxes = (
            merge(*({k: rules.line_tax(v, 0) for k, v in row.taxes.items()} for row in rows))
            for rows in (self.items, self.fees, self.shipping)
        )
        goods = total(rules.line_net(item.total, 0) for item in self.items)
        shipping = total(s.total for s in self.shipping)
        tax = total(merge(item_taxes, fee_taxes, shipping_taxes).values())
        whole = half_up(goods + total(f.total for f in self.fees) + shipping + tax, 0)
        taxes = {code: self._discount_taxes(g) for code, g in discounts.given.items()}
        given = {code: discounts.of_coupon(code) for code in discounts.given}
        if rules.prices_include_tax and not self.vat_exempt:
            given = {code: amount - taxes[code] for code, amount in given.items()}
        fee_tax = total(rules.line_tax(v, 0) for f in self.fees for v in f.taxes.values())
        out = rules.from_cents
        return CartTotals(
            items=self.items,
            fees=self.fees,
            shipping=self.shipping,
            discount_total=out(total(given.values())),
            discount_tax=out(total(taxes.values())),
            coupon_discounts={code: out(amount) for code, amount in given.items()},
            coupon_taxes={code: out(amount) for code, amount in taxes.items()},
            shipping_total=out(shipping),
            shipping_tax=out(total(v for s in self.shipping for v in s.taxes.values())),
            cart_tax=out(total(item_taxes.values()) + fee_tax),
            total=max(ZERO, out(whole)),
            item_taxes={key: out(value) for key, value in item_taxes.items()},
            fee_taxes={key: out(value) for key, value in fee_taxes.items()},
            shipping_taxes={key: out(value) for key, value in shipping_taxes.items()},
        )
