"""What the shop counts of everything that can be bought."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.catalogue import StockState
from . import const, fields
from .client import WooClient
from .parse_variants import parse_stock

_PRODUCT = "id,type,manage_stock,stock_quantity,stock_status,backorders,variations"
_VARIATION = "id,manage_stock,stock_quantity,stock_status,backorders"
_BY_ID = {"orderby": "id", "order": "asc"}


def list_stock(client: WooClient) -> Iterator[list[StockState]]:
    """See :meth:`core.adapter.StockSource.list_stock`.

    One request per hundred products and one per product with variations, which no list contains.
    """
    page: list[StockState] = []
    params = {"_fields": _PRODUCT, "status": "any", **_BY_ID}
    for product in client.pages("products", params):
        external_id = fields.identifier(product.get("id"))
        if product.get("type") == "grouped" or not product.get("variations"):
            page.append(StockState(external_id, parse_stock(product)))
        else:
            page += _variations(client, external_id)
        if len(page) >= const.MAX_PER_PAGE:
            yield page
            page = []
    if page:
        yield page


def _variations(client: WooClient, parent: str) -> Iterator[StockState]:
    params = {"_fields": _VARIATION, **_BY_ID}
    for record in client.pages(f"products/{parent}/variations", params):
        yield StockState(fields.identifier(record.get("id")), parse_stock(record), parent)
