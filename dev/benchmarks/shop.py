"""A shop in a process of its own, so that its work is not counted as Odoo's.

As a command it prints one line of JSON about itself and serves until its input is closed:

    python -m benchmarks.shop LINES:ORDERS…        e.g. 1:30 3:60
    python -m benchmarks.shop goods:8000:400       products without and with variants
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import TracebackType
from typing import Any

from woostore import Cart, Server, Store

PRODUCTS = 12
#: variants of a product that has some
VARIANTS = 5


class Shop:
    """The shop's process. A context manager.

    ``url``, ``key``, ``secret``; ``orders``: ids by number of lines; ``sample``: one order as a
    delivery carries it; ``goods``: (id, id of the product it is a variant of or 0) of each piece
    of stock.

    :param goods: how many products without variants, and with :data:`VARIANTS` each
    """

    def __init__(self, orders: dict[int, int], goods: tuple[int, int] = (0, 0)) -> None:
        wanted = [f"{lines}:{count}" for lines, count in orders.items()]
        wanted += ["goods:{}:{}".format(*goods)] if any(goods) else []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.shop", *wanted],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        about: dict[str, Any] = json.loads(self._process.stdout.readline())
        self.url: str = about["url"]
        self.key: str = about["key"]
        self.secret: str = about["secret"]
        self.orders: dict[int, list[int]] = {int(k): ids for k, ids in about["orders"].items()}
        self.sample: dict[str, Any] = about["sample"]
        self.goods: list[tuple[int, int]] = [(row[0], row[1]) for row in about["goods"]]

    def __enter__(self) -> Shop:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)


def fill(store: Store, orders: dict[int, int]) -> dict[int, list[int]]:
    """Goods, and orders by different guests who ship elsewhere; ids by number of lines."""
    for number in range(PRODUCTS):
        price = f"{3 + 7.13 * number:.2f}"
        store.add_product(
            sku=f"B-{number}", name=f"Goods {number}", regular_price=price, manage_stock=False
        )
    placed: dict[int, list[int]] = {}
    for lines, count in orders.items():
        placed[lines] = [_place(store, lines, number) for number in range(count)]
    return placed


def stock(store: Store, simple: int, variable: int) -> list[tuple[int, int]]:
    """Goods that the shop counts, none of them there; ids with that of their parent."""
    counted = {"manage_stock": True, "stock_quantity": 0, "regular_price": "9.99"}
    goods = [(row["id"], 0) for row in store.add_products(simple, **counted)]
    for number in range(variable):
        variations = [
            {**counted, "sku": f"V-{number}-{size}", "options": {"Size": f"{size}"}}
            for size in range(VARIANTS)
        ]
        product = store.add_variable_product(f"Variable {number}", variations)
        goods += [(variation, product["id"]) for variation in product["variations"]]
    return goods


def _place(store: Store, lines: int, number: int) -> int:
    who = f"{os.getpid()}-{lines}-{number}"  # no customer of another shop
    address = {
        "first_name": "Jane",
        "last_name": f"Doe {who}",
        "address_1": f"Calle Mayor {number}",
        "city": "Madrid",
        "postcode": "28001",
        "state": "M",
        "country": "ES",
        "phone": "600 12 34 56",
    }
    cart = Cart(
        # each order starts elsewhere, so that not all fight for one product's stock
        lines=[(f"B-{(number + line) % PRODUCTS}", 1 + line % 3) for line in range(lines)],
        billing={**address, "email": f"jane.{who}@example.org"},
        shipping_address={**address, "first_name": "Max", "address_1": f"Otra calle {number}"},
        shipping=[("flat_rate", "4.95")],
        payment_method="cod",
    )
    return store.place_order(cart)["id"]


def main(arguments: list[str]) -> None:
    parts = [argument.split(":") for argument in arguments]
    wanted = {int(part[0]): int(part[1]) for part in parts if part[0] != "goods"}
    store = Store()
    placed = fill(store, wanted)
    goods = [
        row for part in parts if part[0] == "goods" for row in stock(store, *map(int, part[1:]))
    ]
    with Server(store) as server:
        about = {
            "url": server.url,
            "key": store.key,
            "secret": store.secret,
            "orders": placed,
            "sample": next((store.update_order(ids[0]) for ids in placed.values()), {}),
            "goods": goods,
        }
        print(json.dumps(about), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1:])
