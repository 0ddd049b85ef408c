"""Goods for an empty shop, so that a person can buy something, and who buys them."""

from __future__ import annotations

from . import terms
from .store import Store

#: Billing address of whoever buys.
JANE = {
    "first_name": "Jane",
    "last_name": "Doe",
    "address_1": "Nieuwstraat 1",
    "city": "Brussel",
    "postcode": "1000",
    "country": "BE",
    "email": "jane@example.com",
    "phone": "02 555 12 12",
}


def fill(store: Store) -> None:
    """A few products of each tax class, a variable one, coupons of each type, a customer."""
    kitchen = terms.new(store, "categories", {"name": "Kitchen"})
    office = terms.new(store, "categories", {"name": "Office"})
    for sku, name, price, tax_class, stock, category in (
        ("MUG-1", "Coffee mug", "9.99", "", 40, kitchen),
        ("LAMP-1", "Desk lamp", "39.95", "", 15, office),
        ("BOOK-1", "Cook book", "24.90", "reduced-rate", 25, kitchen),
        ("TEA-1", "Green tea", "3.75", "zero-rate", 60, kitchen),
        ("CABLE-1", "USB cable", "0.37", "", 200, office),
    ):
        store.add_product(
            sku=sku,
            name=name,
            regular_price=price,
            tax_class=tax_class,
            stock_quantity=stock,
            categories=[{key: category[key] for key in ("id", "name", "slug")}],
            images=[f"{sku.lower()}.jpg"],
        )
    store.add_product(
        sku="EBOOK-1", name="E-book", regular_price="5.99", virtual=True, downloadable=True
    )
    store.add_product(sku="SAMPLE-1", name="Free sample", regular_price="0", stock_quantity=100)
    store.add_variable_product(
        "T-shirt",
        [
            {
                "sku": f"TS-{colour[:2].upper()}-{size}",
                "regular_price": price,
                "stock_quantity": 10,
                "options": {"Colour": colour, "Size": size},
            }
            for colour, price in (("Red", "19.95"), ("Blue", "21.50"))
            for size in ("S", "M", "L")
        ],
        sku="TS",
    )
    store.add_coupon("ten", "percent", "10")
    store.add_coupon("five", "fixed_cart", "5")
    store.add_coupon("each1", "fixed_product", "1")
    store.add_customer("jane@example.com", first_name="Jane", last_name="Doe")
