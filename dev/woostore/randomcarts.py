"""Random carts: everything that makes totals hard, in proportions that make it likely."""

from __future__ import annotations

import itertools
from decimal import Decimal
from random import Random
from typing import Any

from .cart import Cart
from .store import Store

COUPON_TYPES = ("percent", "fixed_cart", "fixed_product")
# Where the default rates apply, and one country without any.
PLACES = (
    {"country": "ES", "state": "M", "postcode": "28001", "city": "Madrid"},
    {"country": "BE", "postcode": "1000", "city": "Brussel"},
    {"country": "DE", "postcode": "10115", "city": "Berlin"},
    {"country": "FR", "postcode": "75001", "city": "Paris"},
    {"country": "CA", "state": "QC", "postcode": "H2X 1Y4", "city": "Montréal"},
    {"country": "CA", "state": "BC", "postcode": "V5K 0A1", "city": "Vancouver"},
    {"country": "JP", "state": "JP13", "postcode": "100-0001", "city": "Tokyo"},
)
TAX_CLASSES = ("", "", "", "reduced-rate", "zero-rate")
NUMBERS = itertools.count(1)


def random_cart(rng: Random, store: Store) -> Cart:
    """A cart for ``store``; the products and coupons it needs are made as well.

    One to twelve lines, quantity up to 99, free and untaxed goods, coupons of each type, fees of
    both signs, several rates (two at once, compound, zero, none), none to three shipping lines.
    """
    billing = _address(rng)
    return Cart(
        lines=_lines(rng, store),
        coupons=_coupons(rng, store),
        fees=_fees(rng, store),
        shipping=_shipping(rng, store),
        billing=billing,
        shipping_address=_other_address(rng, billing),
        payment_method=rng.choice(("bacs", "cod", "cheque", "stripe")),
        created_via=rng.choice(("store-api", "store-api", "checkout")),
        vat_exempt=rng.random() < 0.03,
    )


def amount(rng: Random, store: Store, low: str, high: str) -> str:
    """An amount between the bounds with the decimals of the store's currency."""
    unit = Decimal(1).scaleb(-store.decimals)
    steps = (int(Decimal(bound) / unit) for bound in (low, high))
    return str(Decimal(rng.randint(*steps)) * unit)


def _address(rng: Random) -> dict[str, str]:
    number = next(NUMBERS)
    person = {"first_name": "Jane", "last_name": f"Doe {number}", "address_1": "Main Street 1"}
    return {**person, "email": f"jane{number}@example.com", **rng.choice(PLACES)}


def _other_address(rng: Random, billing: dict[str, str]) -> dict[str, str]:
    if rng.random() < 0.85:
        return {}
    kept = {key: value for key, value in billing.items() if key != "email"}
    return {**kept, "state": "", **rng.choice(PLACES)}


def _price(rng: Random, store: Store) -> str:
    """Mostly ordinary prices; some free, some tiny, some dear, some with more decimals."""
    kind = rng.random()
    if kind < 0.06:
        return "0"
    if kind < 0.2:
        tiny = ("0.01", "0.99") if store.decimals else ("1", "3")
        return amount(rng, store, *tiny)
    if kind < 0.25:
        return amount(rng, store, "500", "20000")
    if kind < 0.32:
        return f"{rng.uniform(1, 100):.{store.decimals + 2}f}"
    return amount(rng, store, "1", "150")


def _lines(rng: Random, store: Store) -> list[tuple[Any, ...]]:
    count = rng.choice((1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 10, 12))
    return [(_product(rng, store), _quantity(rng)) for _ in range(count)]


def _quantity(rng: Random) -> int:
    return rng.choice((1, 1, 1, 2, 2, 3, 4, 5, 7, 12, rng.randint(1, 99)))


def _product(rng: Random, store: Store) -> int:
    number = next(NUMBERS)
    product = store.add_product(
        sku=f"RND-{number}",
        name=f"Random product {number}",
        regular_price=_price(rng, store),
        tax_class=rng.choice(TAX_CLASSES),
        tax_status="none" if rng.random() < 0.05 else "taxable",
        virtual=rng.random() < 0.1,
        stock_quantity=1000 if rng.random() < 0.7 else None,
    )
    return product["id"]


def _coupons(rng: Random, store: Store) -> list[str]:
    count = rng.choice((0, 0, 0, 1, 1, 2, 3))
    return [_coupon(rng, store, kind) for kind in rng.sample(COUPON_TYPES, count)]


def _coupon(rng: Random, store: Store, kind: str) -> str:
    value = {
        "percent": lambda: rng.choice(("5", "10", "12.5", "15", "33", "50", "100")),
        "fixed_cart": lambda: amount(rng, store, "1", "60"),
        "fixed_product": lambda: amount(rng, store, "1", "5"),
    }[kind]()
    code = f"rnd{next(NUMBERS)}"
    limit = rng.choice((None, None, None, None, 1, 3)) if kind != "fixed_cart" else None
    store.add_coupon(code, kind, value, limit_usage_to_x_items=limit)
    return code


def _fees(rng: Random, store: Store) -> list[tuple[Any, ...]]:
    fees: list[tuple[Any, ...]] = []
    for _ in range(rng.choice((0, 0, 0, 1, 1, 2))):
        if rng.random() < 0.4:
            fees.append(("Discount", "-" + amount(rng, store, "1", "20")))
        else:
            tax_class = rng.choice(("", "", "reduced-rate", None))
            fees.append(("Gift wrap", amount(rng, store, "1", "15"), tax_class))
    return fees


def _shipping(rng: Random, store: Store) -> list[tuple[Any, ...]]:
    kind = rng.random()
    if kind < 0.1:
        return []
    if kind < 0.18:
        return [("local_pickup", "0", "Local pickup")]
    if kind < 0.25:
        return [("free_shipping", "0", "Free shipping")]
    count = rng.choice((1, 1, 1, 1, 2, 3))
    return [("flat_rate", amount(rng, store, "2", "25"), "Flat rate") for _ in range(count)]
