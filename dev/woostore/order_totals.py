"""An order's own arithmetic: ``calculate_taxes`` and ``calculate_totals`` of abstract-wc-order.

Works on order records (see orders.py) and their stored amounts, which have P decimals. It runs
for block checkouts, for orders made or edited by REST, and in the shop's admin.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .rounding import ZERO, Rules, dec, half_up, total
from .taxes import Rate, Taxes, merge, tax_of

Record = dict[str, Any]
RatesOf = Callable[[str], list[Rate]]


def tax_rows(taxes: Taxes, subtotals: Taxes | None, rules: Rules) -> list[Record]:
    """The ``taxes`` list of a line; only products have subtotals."""
    return [
        {
            "id": key,
            "total": rules.stored(value),
            "subtotal": "" if subtotals is None else rules.stored(subtotals.get(key, ZERO)),
        }
        for key, value in taxes.items()
    ]


def set_line_taxes(line: Record, taxes: Taxes, subtotals: Taxes | None, rules: Rules) -> None:
    """``set_taxes`` of a line: keeps the rows and sums them into total_tax (and subtotal_tax)."""
    line["taxes"] = tax_rows(taxes, subtotals, rules)
    line["total_tax"] = _sum_of(line, "total", rules)
    if subtotals is not None:
        line["subtotal_tax"] = _sum_of(line, "subtotal", rules)


def _sum_of(line: Record, column: str, rules: Rules) -> str:
    values = (rules.line_tax(dec(row[column]), rules.decimals) for row in line["taxes"])
    return rules.stored(total(values))


def calculate_totals(order: Record, rules: Rules, pricing: Pricing | None) -> None:
    """Sum an order up; with ``pricing`` its taxes are worked out anew first."""
    goods = total(rules.line_net(dec(li["total"]), rules.decimals) for li in order["line_items"])
    before = total(
        rules.line_net(dec(li["subtotal"]), rules.decimals) for li in order["line_items"]
    )
    shipping = total(rules.round_price(dec(s["total"])) for s in order["shipping_lines"])
    order["shipping_total"] = rules.stored(shipping)
    fees = _cap_fees(order, goods, shipping, rules)
    if pricing is not None:
        pricing.calculate_taxes(order, rules)
    _sum_discounts(order, before - goods, rules)
    cart_tax, shipping_tax = dec(order["cart_tax"]), dec(order["shipping_tax"])
    order["total"] = rules.stored(
        rules.round_price(goods + fees + shipping + cart_tax + shipping_tax)
    )


def _cap_fees(order: Record, goods: Decimal, shipping: Decimal, rules: Rules) -> Decimal:
    """Sum of the fees, after no negative one may make the order negative."""
    fees = ZERO
    for fee in order["fee_lines"]:
        amount = dec(fee["total"])
        most = -rules.round_price(goods + fees + shipping)
        if amount < most < 0:
            fee["total"] = rules.stored(most)
        fees += dec(fee["total"])
    return fees


def _sum_discounts(order: Record, discount: Decimal, rules: Rules) -> None:
    taxed = ZERO
    for line in order["line_items"]:
        taxed += total(dec(row["subtotal"]) - dec(row["total"]) for row in line["taxes"])
    order["discount_total"] = rules.stored(rules.round_price(discount))
    order["discount_tax"] = rules.stored(rules.round_tax(taxed, rules.decimals))


class Pricing:
    """The rates for one order: by tax class at its tax location, and which class ships.

    ``untaxed_methods`` are instance ids of shipping methods whose tax status is "none".
    """

    def __init__(
        self,
        rates_of: RatesOf,
        class_order: list[str],
        shipping_class: str,
        vat_exempt: bool = False,
        untaxed_methods: frozenset[str] = frozenset(),
    ) -> None:
        self.rates_of = rates_of
        self.class_order = class_order
        self.shipping_class = shipping_class
        self.vat_exempt = vat_exempt
        self.untaxed_methods = untaxed_methods

    def calculate_taxes(self, order: Record, rules: Rules) -> None:
        """Tax on every line from its stored net amount, then the sums per rate."""
        for line in order["line_items"]:
            self._line(line, rules)
        for fee in order["fee_lines"]:
            self._fee(order, fee, rules)
        shipping_class = self._class_of_shipping(order)
        for line in order["shipping_lines"]:
            self._shipping(line, shipping_class, rules)
        update_taxes(order, rules, self.rates_of)

    def _line(self, line: Record, rules: Rules) -> None:
        rates: list[Rate] = []
        if not self.vat_exempt and line.get("_tax_status", "taxable") == "taxable":
            rates = self.rates_of(line["tax_class"])
        taxes = tax_of(dec(line["total"]), rates, False, rules)
        set_line_taxes(line, taxes, tax_of(dec(line["subtotal"]), rates, False, rules), rules)

    def _fee(self, order: Record, fee: Record, rules: Rules) -> None:
        amount = dec(fee["total"])
        taxes: Taxes = {}
        if self.vat_exempt:
            pass
        elif amount < 0:
            taxes = self._spread(order, amount, rules)
        elif fee["tax_status"] == "taxable":
            taxes = tax_of(amount, self.rates_of(fee["tax_class"]), False, rules)
        set_line_taxes(fee, taxes, None, rules)

    def _spread(self, order: Record, amount: Decimal, rules: Rules) -> Taxes:
        costs = self._class_costs(order)
        whole = total(costs.values())
        if not whole:
            return {}
        return merge(
            *(
                tax_of(amount * cost / whole, self.rates_of(tax_class), False, rules)
                for tax_class, cost in costs.items()
                if tax_class is not None
            )
        )

    def _class_costs(self, order: Record) -> dict[str | None, Decimal]:
        """Net per tax class of goods, positive fees and shipping; None = not taxable."""
        first = next(iter(self._item_classes(order)), "")
        inherited = first if self.shipping_class == "inherit" else self.shipping_class
        rows: list[tuple[str | None, Decimal]] = []
        for line in order["line_items"]:
            taxable = line.get("_tax_status", "taxable") == "taxable"
            rows.append((line["tax_class"] if taxable else None, dec(line["total"])))
        for fee in order["fee_lines"]:
            taxable = fee["tax_status"] == "taxable"
            rows.append((fee["tax_class"] if taxable else None, dec(fee["total"])))
        rows += [(inherited, dec(line["total"])) for line in order["shipping_lines"]]
        costs: dict[str | None, Decimal] = {}
        for tax_class, amount in rows:
            if amount > 0:
                costs[tax_class] = costs.get(tax_class, ZERO) + amount
        return costs

    def _item_classes(self, order: Record) -> list[str]:
        lines = (li for li in order["line_items"] if li.get("_tax_status", "taxable") != "none")
        return list(dict.fromkeys(line["tax_class"] for line in lines))

    def _class_of_shipping(self, order: Record) -> str | None:
        if self.shipping_class != "inherit":
            return self.shipping_class
        present = self._item_classes(order)
        return next((c for c in self.class_order if c in present), None)

    def _shipping(self, line: Record, tax_class: str | None, rules: Rules) -> None:
        rates: list[Rate] = []
        taxed = str(line.get("instance_id", "")) not in self.untaxed_methods
        if tax_class is not None and taxed and not self.vat_exempt:
            rates = [rate for rate in self.rates_of(tax_class) if rate.shipping]
        set_line_taxes(line, tax_of(dec(line["total"]), rates, False, rules), None, rules)


def update_taxes(order: Record, rules: Rules, rates_of: RatesOf) -> None:
    """``update_taxes``: the sums per rate become tax lines and the order's tax totals."""
    cart = merge(*(_rounded(row, rules) for row in order["line_items"] + order["fee_lines"]))
    shipping = merge(*(_rounded(row, rules) for row in order["shipping_lines"]))
    known = {rate.id: rate for rate in rates_of("*")}
    kept = {row["rate_id"]: row for row in order["tax_lines"]}
    order["tax_lines"] = [
        tax_line(known[key], cart.get(key, ZERO), shipping.get(key, ZERO), rules, kept.get(key))
        for key in merge(cart, shipping)
    ]
    set_tax_totals(order, total(cart.values()), total(shipping.values()), rules)


def _rounded(row: Record, rules: Rules) -> Taxes:
    return {tax["id"]: rules.line_tax(dec(tax["total"]), rules.decimals) for tax in row["taxes"]}


def tax_line(
    rate: Rate, cart: Decimal, shipping: Decimal, rules: Rules, kept: Record | None = None
) -> Record:
    """A tax line; ``id`` 0 is filled in by whoever saves the order."""
    return {
        "id": kept["id"] if kept else 0,
        "rate_code": rate.code,
        "rate_id": rate.id,
        "label": rate.label,
        "compound": rate.compound,
        "tax_total": rules.stored(cart),
        "shipping_tax_total": rules.stored(shipping),
        "rate_percent": rate.percent,
        "meta_data": [],
    }


def set_tax_totals(order: Record, cart: Decimal, shipping: Decimal, rules: Rules) -> None:
    """cart_tax and shipping_tax are kept as they are; only total_tax is rounded."""
    order["cart_tax"] = rules.stored(cart)
    order["shipping_tax"] = rules.stored(shipping)
    order["total_tax"] = rules.stored(half_up(cart + shipping, rules.decimals))
