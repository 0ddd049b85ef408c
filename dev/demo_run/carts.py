"""Random carts of the shop that the demo opens, and what is on its shelves."""

from __future__ import annotations

import random
from decimal import Decimal

from woostore import Cart, Store
from woostore.samples import fill

#: more goods, with prices that do not divide well
GOODS = (
    ("PIN-1", "Pin", "0.01", ""),
    ("PEN-1", "Pen", "1.07", ""),
    ("SOCK-1", "Socks, one pair", "6.66", "reduced-rate"),
    ("FRAME-1", "Picture frame", "33.33", ""),
    ("SOFA-1", "Sofa", "1234.56", ""),
    ("HONEY-1", "Honey, 340 g", "7.49", "reduced-rate"),
    ("STAMP-1", "Postage stamp", "0.85", "zero-rate"),
)
STOCK = 5000
SKUS = (
    "MUG-1",
    "LAMP-1",
    "BOOK-1",
    "TEA-1",
    "CABLE-1",
    "EBOOK-1",
    "TS-RE-S",
    "TS-BL-M",
    *(row[0] for row in GOODS),
)
COUPONS = ("ten", "five", "each1", "third")
#: the smallest value of goods from which a cart may get a negative fee
ENOUGH = Decimal(25)

PEOPLE = (
    {
        "first_name": "Jane",
        "last_name": "Doe",
        "address_1": "Main Street 1",
        "phone": "600 12 34 56",
    },
    {"first_name": "Max", "last_name": "Mustermann", "address_1": "Hauptstraße 5"},
    {
        "first_name": "Åse",
        "last_name": "O'Neill 🙂",
        "address_1": "Calle Mayor 7",
        "address_2": "3º",
    },
)
PLACES: tuple[dict[str, str], ...] = (
    {"country": "ES", "city": "Madrid", "postcode": "28001", "state": "M"},
    {"country": "ES", "city": "Sevilla", "postcode": "41001", "state": "SE"},
    {"country": "BE", "city": "Brussels", "postcode": "1000"},
    {"country": "DE", "city": "Berlin", "postcode": "10115", "state": "DE-BE"},
    {"country": "FR", "city": "Lyon", "postcode": "69001"},
    {"country": "CA", "city": "Montréal", "postcode": "H2Y 1C6", "state": "QC"},
    {"country": "CA", "city": "Vancouver", "postcode": "V5K 0A1", "state": "BC"},
    {"country": "CH", "city": "Zürich", "postcode": "8001", "state": "ZH"},
)


def open_shop(prices: str, rounding: str, timezone: str) -> Store:
    """A shop in the asked mode, with goods of three tax classes and coupons of each type."""
    store = Store(
        prices_include_tax=prices == "incl",
        round_at_subtotal=rounding == "subtotal",
        timezone=timezone,
        name="Demo shop",
        version="10.3.0",
    )
    store.features |= {"fulfillments", "woopayments"}
    fill(store)
    for sku, name, price, tax_class in GOODS:
        store.add_product(
            sku=sku, name=name, regular_price=price, tax_class=tax_class, stock_quantity=STOCK
        )
    for product in list(store.products.values()):
        if product["manage_stock"] is True:  # "parent": the parent's stock
            store.set_stock(product["id"], STOCK)
    store.add_coupon("third", "percent", "33.3")
    store.add_coupon("all", "percent", "100")
    return store


def address(number: int, place: dict[str, str]) -> dict[str, str]:
    """A billing address of somebody that no other number has."""
    person = PEOPLE[number % len(PEOPLE)]
    return {**person, **place, "email": f"customer.{number}@example.org"}


def random_cart(rng: random.Random, store: Store, number: int) -> Cart:
    """What somebody might buy: lines, coupons, fees, shipping, from anywhere, by any checkout."""
    skus = rng.sample(SKUS, rng.choice((1, 1, 2, 3, 5, 8)))
    lines = [(sku, rng.choice((1, 1, 2, 3, 7))) for sku in skus]
    value = sum(Decimal(store.product(sku)["price"]) * quantity for sku, quantity in lines)
    cart = Cart(
        lines=lines,
        coupons=rng.sample(COUPONS, rng.choice((0, 0, 0, 1, 1, 2))),
        fees=[_fee(rng, value) for _number in range(rng.choice((0, 0, 0, 1, 2)))],
        shipping=[_shipping(rng) for _number in range(rng.choice((0, 1, 1, 1, 2)))],
        billing=address(number, rng.choice(PLACES)),
        payment_method=rng.choice(("cod", "bacs", "stripe", "stripe", "ppcp-gateway")),
        created_via=rng.choice(("store-api", "checkout")),
        vat_exempt=rng.random() < 0.05,
        customer_note=rng.choice(("", "", "Please ring twice.")),
    )
    if rng.random() < 0.3:
        cart.shipping_address = {**address(number + 1, rng.choice(PLACES)), "email": ""}
    return cart


def _fee(rng: random.Random, value: Decimal) -> tuple[str, str, str | None]:
    tax_class = rng.choice(("", "", "reduced-rate", None))
    if value > ENOUGH and rng.random() < 0.5:
        return "Discount", f"-{rng.uniform(0.05, 4):.2f}", tax_class
    return "Gift wrap", f"{rng.uniform(0.05, 9):.2f}", tax_class


def _shipping(rng: random.Random) -> tuple[str, str]:
    method = rng.choice(("flat_rate", "flat_rate", "free_shipping"))
    return method, "0" if method == "free_shipping" else f"{rng.uniform(0.5, 25):.2f}"
