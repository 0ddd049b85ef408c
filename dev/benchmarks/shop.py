"""A shop in a process of its own, so that its work is not counted as Odoo's.

As a command it prints one line of JSON about itself and serves until its input is closed:

    python -m benchmarks.shop LINES:ORDERS…        e.g. 1:30 3:60
    python -m benchmarks.shop goods:8000:400       products without and with variants, to be counted
    python -m benchmarks.shop catalogue:10000      products with texts and categories
"""

from __future__ import annotations

import json
import subprocess
import sys
from types import TracebackType
from typing import Any

import bare_addon  # noqa: F401  makes channel_connector.dev importable

from channel_connector.dev.woostore import Server, Store

from . import history
from .history import VARIANTS


class Shop:
    """The shop's process. A context manager.

    ``url``, ``key``, ``secret``; ``orders``: ids by number of lines; ``sample``: one order as a
    delivery carries it; ``goods``: (id, id of the product it is a variant of or 0) of each piece
    of stock; ``products``: how many a list of the catalogue shows.

    :param goods: how many products without variants, and with :data:`VARIANTS` each
    :param catalogue: how many products to import
    """

    def __init__(
        self, orders: dict[int, int], goods: tuple[int, int] = (0, 0), catalogue: int = 0
    ) -> None:
        wanted = [f"{lines}:{count}" for lines, count in orders.items()]
        wanted += ["goods:{}:{}".format(*goods)] if any(goods) else []
        wanted += [f"catalogue:{catalogue}"] if catalogue else []
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
        self.products: int = about["products"]
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


def main(arguments: list[str]) -> None:
    orders: dict[int, list[int]] = {}
    goods: list[tuple[int, int]] = []
    products = history.PRODUCTS
    store = Store()
    history.add_goods(store)
    for what, *counts in (argument.split(":") for argument in arguments):
        if what == "goods":
            goods = stock(store, int(counts[0]), int(counts[1]))
        elif what == "catalogue":
            products = history.add_catalogue(store, int(counts[0])) + history.PRODUCTS
        else:
            orders[int(what)] = history.add_orders(store, int(what), int(counts[0]))
    with Server(store) as server:
        about = {
            "url": server.url,
            "key": store.key,
            "secret": store.secret,
            "orders": orders,
            "sample": next((store.update_order(ids[0]) for ids in orders.values() if ids), {}),
            "goods": goods,
            "products": products,
        }
        print(json.dumps(about), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1:])
