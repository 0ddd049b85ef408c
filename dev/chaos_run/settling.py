"""What an admin sets up before life begins: gateways, carriers, flows, owners, goods."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from odoo_client import OdooClient

from ..demo_run.books import CASH, STRIPE, Books, Gateway
from ..demo_run.goods import Goods
from ..woostore import Store
from .life_shop import PIECES, SHARED, fill, own_goods
from .shop import Shop

#: Held until it is paid: what waits for its money is a quotation.
TRANSFER = Gateway("bacs", "Bank transfers")
GATEWAYS = (STRIPE, TRANSFER, CASH)
#: Seconds until the shops show what was counted.
PATIENCE = 120


def settle_in(shops: Sequence[Shop], odoo: OdooClient) -> None:
    """Set up what :func:`odoo_client.connect_store` leaves to people; the shops show our stock.

    A shop without goods gets some.

    :raises TimeoutError: Odoo did not get the goods, or the shops were not told of the first count
    """
    for shop in shops:
        if not shop.store.products:
            fill(shop.store, shop.name)
    for position, shop in enumerate(shops):
        _settle(shop, odoo, odoo_owns_prices=position == 0)
    skus = [*SHARED, *(sku for shop in shops for sku in own_goods(shop.name))]
    # an import that was approved is handed over to jobs
    _wait(lambda: _knows(odoo, skus), "Odoo has not got the goods of the shops")
    _count(shops, odoo, skus)
    told = "the shops do not show the stock of Odoo"
    _wait(lambda: all(_shows(shop.store, PIECES) for shop in shops), told)


def _settle(shop: Shop, odoo: OdooClient, *, odoo_owns_prices: bool) -> None:
    books, goods = Books(odoo, shop.backend), Goods(odoo, shop.backend)
    books.open_gateways(GATEWAYS)
    _map_carrier(odoo, shop.backend)
    goods.press("action_create_pricelists")
    goods.map_tax_classes()
    goods.switch_on("product", "in")
    goods.switch_on("stock", "out")
    matching = goods.begin("action_match_products")
    if matching["matched_count"]:
        goods.apply(matching)
    goods.apply(goods.begin("action_preview_import"))
    if odoo_owns_prices:
        goods.own("prices", "odoo")
        goods.switch_on("price", "out")
    else:
        # taxes and sizes of what several shops sell can only follow one of them
        goods.own("details", "odoo")


def _map_carrier(odoo: OdooClient, backend: int) -> None:
    """The shops' flat rate is a delivery method without costs of its own."""
    named = [("name", "=", "Parcel post")]
    found = odoo.call("delivery.carrier", "search", named, limit=1)
    if not found:
        product = odoo.create("product.product", name="Parcel post", type="service")
        found = [odoo.create("delivery.carrier", name="Parcel post", product_id=product)]
    row = [("backend_id", "=", backend), ("external_code", "=", "flat_rate")]
    known = odoo.call("channel.map.carrier", "search", row)
    if known:
        odoo.call("channel.map.carrier", "write", known, {"carrier_id": found[0]})
    else:
        odoo.create(
            "channel.map.carrier",
            backend_id=backend,
            external_code="flat_rate",
            carrier_id=found[0],
        )


def _knows(odoo: OdooClient, skus: Sequence[str]) -> bool:
    found = odoo.search_read("product.product", [("default_code", "in", skus)], ["default_code"])
    return len(found) == len(skus)


def _count(shops: Sequence[Shop], odoo: OdooClient, skus: Sequence[str]) -> None:
    goods = Goods(odoo, shops[0].backend)
    for sku in skus:
        goods.count(sku, PIECES)
    for shop in shops:
        Goods(odoo, shop.backend).press("action_publish_stock")


def _shows(store: Store, pieces: int) -> bool:
    with store.lock:
        return all(row["stock_quantity"] == pieces for row in store.products.values())


def _wait(condition: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(0.3)
