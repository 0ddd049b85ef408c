"""Batches against prepared answers: how many calls, of what size, and what becomes of each item."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from ...core import errors
from ...core.catalogue import ItemResult, StockItem
from ...providers.woocommerce import batches
from .woo import Canned, Replay, replay

FATAL = {"code": "internal_server_error", "message": "x", "data": {"status": 500}}


def item(number: int) -> StockItem:
    return StockItem(external_id=str(number), quantity=number)


def build(item: StockItem) -> dict[str, Any]:
    if item.quantity < 0:
        raise errors.Rejected("bad_quantity")
    return {"id": int(item.external_id), "stock_quantity": item.quantity}


def read(item: StockItem, record: Any) -> ItemResult:
    return ItemResult(item.external_id, echo=record["stock_quantity"])


class Shop(Replay):
    """Answers batches by itself: ``poison`` ids break the call, ``gone`` ones have an error, and
    calls of more than ``capacity`` items end as ``heavy``.
    """

    def __init__(self, poison=(), gone=(), capacity=100, heavy=None) -> None:
        super().__init__(Canned())
        self.poison, self.gone, self.capacity = set(poison), set(gone), capacity
        self.heavy = heavy or Canned(500, json.dumps(FATAL))
        self.sizes: list[int] = []


def serve(
    shop: Shop, items: list[StockItem], seen: list[list[ItemResult]] | None = None
) -> list[list[ItemResult]]:
    """Push items; each answer is made from its request. ``seen``: what is yielded, at once."""
    seen = [] if seen is None else seen
    thread = threading.Thread(target=shop.serve_forever, args=(0.01,), daemon=True)
    original = shop.answers

    class Answers(list):
        def __getitem__(self, _index: Any) -> Canned:
            return _answer(shop)

    shop.answers = Answers(original)
    thread.start()
    try:
        seen.extend(batches.push(shop.adapter().client, "products", items, build, read))
        return seen
    finally:
        shop.shutdown()
        shop.server_close()
        thread.join()


def _answer(shop: Shop) -> Canned:
    updates = json.loads(shop.requests[-1].body)["update"]
    shop.sizes.append(len(updates))
    if len(updates) > shop.capacity or any(row["id"] in shop.poison for row in updates):
        return shop.heavy
    return Canned(body=json.dumps({"update": [_row(shop, row) for row in updates]}))


def _row(shop: Shop, row: dict[str, Any]) -> dict[str, Any]:
    if row["id"] in shop.gone:
        code = "woocommerce_rest_product_invalid_id"
        return {"id": row["id"], "error": {"code": code, "message": "x", "data": {"status": 400}}}
    return row


def flat(results: list[list[ItemResult]]) -> dict[str, Any]:
    return {r.key: r.error or r.echo for part in results for r in part}


def test_the_fewest_calls():
    shop = Shop()
    results = serve(shop, [item(n) for n in range(1, 251)])
    assert shop.sizes == [100, 100, 50]
    assert [len(part) for part in results] == [100, 100, 50]
    assert flat(results) == {str(n): n for n in range(1, 251)}


def test_nothing_costs_nothing():
    shop = Shop()
    assert serve(shop, []) == []
    assert shop.sizes == []


def test_an_item_that_is_gone_holds_nothing_back():
    results = flat(serve(Shop(gone=[2]), [item(n) for n in range(1, 4)]))
    assert isinstance(results.pop("2"), errors.NotFound)
    assert results == {"1": 1, "3": 3}


def test_an_item_that_is_never_sent():
    shop = Shop()
    results = flat(serve(shop, [item(1), StockItem("2", -1), item(3)]))
    assert results.pop("2").code == "bad_quantity"
    assert results == {"1": 1, "3": 3}
    assert shop.sizes == [2]


@pytest.mark.parametrize("poison", [1, 37, 100])
def test_one_item_that_breaks_the_call(poison):
    shop = Shop(poison=[poison])
    results = flat(serve(shop, [item(n) for n in range(1, 101)]))
    assert isinstance(results.pop(str(poison)), errors.UnknownOutcome)
    assert results == {str(n): n for n in range(1, 101) if n != poison}
    assert len(shop.sizes) < 20


@pytest.mark.parametrize("status", [413, 504])
def test_a_shop_that_carries_little(status):
    heavy = Canned(status, "<html></html>", [("Content-Type", "text/html")])
    shop = Shop(capacity=30, heavy=heavy)
    results = flat(serve(shop, [item(n) for n in range(1, 101)]))
    assert results == {str(n): n for n in range(1, 101)}
    assert shop.sizes[:3] == [100, 50, 25]


def test_a_shop_that_is_down():
    heavy = Canned(503, "<html></html>", [("Content-Type", "text/html")])
    shop = Shop(capacity=0, heavy=heavy)
    with pytest.raises(errors.Unreachable):
        serve(shop, [item(n) for n in range(1, 101)])
    assert shop.sizes == [100]


def test_a_shop_that_always_breaks():
    shop = Shop(capacity=0)
    with pytest.raises(errors.ServerError):
        serve(shop, [item(n) for n in range(1, 9)])
    assert shop.sizes == [8, 4, 2, 1, 1, 2, 1, 1]


@pytest.mark.parametrize("poison", [[1, 2, 3], [4, 5, 6, 7], [98, 99, 100], list(range(1, 9))])
def test_bad_ones_in_a_row(poison):
    results = flat(serve(Shop(poison=poison), [item(n) for n in range(1, 101)]))
    failed = {key for key, value in results.items() if isinstance(value, errors.UnknownOutcome)}
    assert failed == set(map(str, poison))
    assert len(results) == 100


def test_a_shop_that_breaks_down_later():
    class Tired(Shop):
        @property
        def capacity(self) -> int:
            return 100 if len(self.sizes) <= 1 else 0

        @capacity.setter
        def capacity(self, _value: int) -> None:
            pass

    shop, seen = Tired(), []
    with pytest.raises(errors.Retryable):
        serve(shop, [item(n) for n in range(1, 1001)], seen)
    assert [len(part) for part in seen] == [100]
    assert len(shop.sizes) < 15


def test_the_failures_themselves():
    with replay(Canned(500, json.dumps(FATAL))) as server:
        client = server.adapter().client
        results = list(batches.push(client, "products", [item(1)], build, read, judge=False))
    assert isinstance(flat(results)["1"], errors.UnknownOutcome)


def test_a_place_that_is_gone():
    error = {"code": "woocommerce_rest_x_invalid_id", "message": "x", "data": {"status": 404}}
    shop = Shop(capacity=0, heavy=Canned(404, json.dumps(error)))
    results = flat(serve(shop, [item(1), item(2)]))
    assert {type(error) for error in results.values()} == {errors.NotFound}
    assert shop.sizes == [2]


def test_fewer_records_than_were_sent():
    answer = Canned(body='{"update": []}')
    with replay(answer) as server, pytest.raises(errors.Retryable):
        list(batches.push(server.adapter().client, "products", [item(1)] * 3, build, read))
