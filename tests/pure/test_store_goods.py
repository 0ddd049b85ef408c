"""The fake store finds its products by what they are called, however many there are."""

from __future__ import annotations

from ...dev.woostore import Store
from ...dev.woostore.goods import Goods


def ids(goods: Goods, key: str, value: object) -> list[int]:
    return [product["id"] for product in goods.having(key, value)]


def test_a_product_is_found_by_what_it_is_called_now() -> None:
    store = Store()
    mug = store.add_product(sku="Mug", global_unique_id="4006381333931")
    assert ids(store.products, "sku", "mUG") == [mug["id"]]
    mug["sku"] = "CUP"
    mug.update(global_unique_id="", slug="a-cup")
    assert ids(store.products, "sku", "mug") == []
    assert ids(store.products, "global_unique_id", "4006381333931") == []
    assert store.product("cup") is mug
    assert ids(store.products, "slug", "a-cup") == [mug["id"]]


def test_what_is_put_in_or_taken_out_by_hand() -> None:
    goods = Goods()
    goods.update({7: {"id": 7, "sku": "A", "parent_id": 3}})
    assert ids(goods, "parent_id", 3) == [7]
    goods[7] = {"id": 7, "sku": "B", "parent_id": 0}
    assert (ids(goods, "parent_id", 3), ids(goods, "sku", "A"), ids(goods, "sku", "b")) == (
        [],
        [],
        [7],
    )
    assert goods.pop(7)["sku"] == "B"
    assert ids(goods, "sku", "b") == []


def test_products_of_one_sku_are_found_oldest_first() -> None:
    goods = Goods()
    for number in (3, 1, 2):
        goods[number] = {"id": number, "sku": "SAME"}
    del goods[1]
    assert ids(goods, "sku", "same") == [3, 2]


def test_an_empty_sku_finds_nothing() -> None:
    store = Store()
    store.add_product(name="No SKU")
    assert ids(store.products, "sku", "") == []


def test_many_at_once() -> None:
    store = Store()
    rows = store.add_products(250, "X-", stock_quantity=3)
    assert [row["sku"] for row in rows[:2]] == ["X-0", "X-1"]
    assert store.product("x-249")["stock_quantity"] == 3
    assert len({row["slug"] for row in rows}) == len(store.products) == 250
