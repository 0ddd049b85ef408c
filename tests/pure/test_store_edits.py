"""Edits after the checkout of the fake shop, and the goods that follow them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ...dev.woostore import Cart, Store
from .test_store_fulfillments import ADDRESS, ask


@pytest.fixture(params=[True, False], ids=["incl", "excl"])
def store(request: pytest.FixtureRequest) -> Store:
    store = Store(prices_include_tax=request.param)
    store.add_product(sku="A", name="Alpha", regular_price="10.00", stock_quantity=50)
    store.add_product(sku="B", name="Beta", regular_price="5.00", stock_quantity=50)
    return store


def place(store: Store, status: str | None = None, **more: Any) -> dict[str, Any]:
    values = {"payment_method": "stripe", "shipping": [("flat_rate", "4.95")], **more}
    return store.place_order(Cart(lines=[("A", 3)], billing=ADDRESS, **values), status)


def line_of(order: dict[str, Any], index: int = 0) -> int:
    return order["line_items"][index]["id"]


def stock(store: Store) -> tuple[int, int]:
    return tuple(store.product(sku)["stock_quantity"] for sku in ("A", "B"))  # type: ignore[return-value]


def meta(line: dict[str, Any]) -> dict[str, str]:
    return {entry["key"]: entry["value"] for entry in line["meta_data"]}


def adds_up(order: dict[str, Any]) -> bool:
    rows = order["line_items"] + order["shipping_lines"] + order["fee_lines"]
    cents = sum(Decimal(row["total"]) + Decimal(row["total_tax"]) for row in rows)
    return cents == Decimal(order["total"])


# --- the admin's edits -------------------------------------------------------------------------


def test_an_edit_is_the_order_that_would_have_been_placed(store: Store) -> None:
    order = place(store)
    edited = store.edit_order(order["id"], set_quantity={line_of(order): 5}, add=[("B", 2)])
    cart = Cart(
        lines=[("A", 5), ("B", 2)],
        billing=ADDRESS,
        shipping=[("flat_rate", "4.95")],
        payment_method="stripe",
    )
    wanted = store.place_order(cart)
    assert edited["total"] == wanted["total"]
    assert [li["total"] for li in edited["line_items"]] == [
        li["total"] for li in wanted["line_items"]
    ]
    assert adds_up(edited)


def test_goods_follow_an_edit_of_a_paid_order(store: Store) -> None:
    order = place(store)
    store.edit_order(order["id"], set_quantity={line_of(order): 5}, add=[("B", 2)])
    assert stock(store) == (45, 48)
    store.edit_order(order["id"], set_quantity={line_of(order): 1})
    assert stock(store) == (49, 48)
    edited = store.edit_order(order["id"], remove=[line_of(order)])
    assert ([li["name"] for li in edited["line_items"]], stock(store)) == (["Beta"], (50, 48))
    store.update_order(order["id"], status="completed")
    assert stock(store) == (50, 48)
    store.update_order(order["id"], status="cancelled")
    assert stock(store) == (50, 50)


def test_an_unpaid_order_holds_no_goods_to_move(store: Store) -> None:
    order = place(store, "pending")
    store.edit_order(order["id"], set_quantity={line_of(order): 5}, add=[("B", 2)])
    assert stock(store) == (50, 50)
    store.pay(order["id"])
    assert stock(store) == (45, 48)


def test_an_edit_is_told_of_once(store: Store) -> None:
    order = place(store)
    hook = store.webhooks.create({"topic": "order.updated", "delivery_url": "http://localhost"})
    store.edit_order(
        order["id"], add=[("B", 1)], billing={"city": "Soria"}, customer_note="Ring twice"
    )
    assert store.webhooks.pending == [(hook["id"], order["id"])]
    kept = store.orders[order["id"]]
    assert (kept["billing"]["city"], kept["customer_note"]) == ("Soria", "Ring twice")
    notes = [note["note"] for note in store.notes_of(order["id"])][-2:]
    assert notes == ["Adjusted stock: Beta (50&rarr;49)", "Added line items: Beta"]


def test_another_address_is_taxed_elsewhere(store: Store) -> None:
    order = place(store)
    edited = store.edit_order(order["id"], shipping={"country": "DE"})
    assert [row["rate_percent"] for row in edited["tax_lines"]] == [19]
    assert adds_up(edited)


def test_a_discount_stays_in_proportion(store: Store) -> None:
    store.add_coupon("ten", "percent", "10")
    order = place(store, coupons=["ten"])
    edited = store.edit_order(order["id"], set_quantity={line_of(order): 6})
    before, after = order["line_items"][0], edited["line_items"][0]
    assert Decimal(after["total"]) - 2 * Decimal(before["total"]) <= Decimal("0.01")
    assert Decimal(after["total"]) < Decimal(after["subtotal"])


def test_only_what_the_order_has_can_be_edited(store: Store) -> None:
    order = place(store)
    with pytest.raises(KeyError):
        store.edit_order(order["id"], set_quantity={999: 1})


# --- meta by REST ------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", [False, True])
def test_meta_is_found_by_its_key(store: Store, batch: bool) -> None:
    order = place(store)
    before = ask(store, "GET", f"wc/v3/orders/{order['id']}").body["meta_data"]

    def put(*entries: dict[str, Any]) -> list[dict[str, Any]]:
        if not batch:
            path = f"wc/v3/orders/{order['id']}"
            return ask(store, "PUT", path, {"meta_data": list(entries)}).body["meta_data"]
        rows = {"update": [{"id": order["id"], "meta_data": list(entries)}]}
        return ask(store, "POST", "wc/v3/orders/batch", rows).body["update"][0]["meta_data"]

    first = put({"key": "odoo", "value": "S1"})
    second = put({"key": "odoo", "value": "S2"})
    assert [e["value"] for e in second if e["key"] == "odoo"] == ["S2"]
    assert [e["id"] for e in first] == [e["id"] for e in second]
    assert put({"key": "odoo", "value": None}) == before


def test_a_put_of_a_status_changes_nothing_else(store: Store) -> None:
    order = place(store, coupons=[])
    done = ask(store, "PUT", f"wc/v3/orders/{order['id']}", {"status": "completed"}).body
    changed = {key for key in order if done[key] != order[key]}
    dates = {key for key in order if key.startswith(("date_completed", "date_modified"))}
    assert changed - dates == {"status"}


# --- refunds and the shelf ---------------------------------------------------------------------


def give_back(store: Store, order: dict[str, Any], pieces: int, **more: Any) -> None:
    rows = [{"id": line_of(order), "quantity": pieces, "refund_total": "1.00"}]
    store.refund_order(order["id"], lines=rows, **more)


def test_a_restocking_refund_is_written_into_the_line(store: Store) -> None:
    order = place(store)
    give_back(store, order, 1)
    line = ask(store, "GET", f"wc/v3/orders/{order['id']}").body["line_items"][0]
    assert meta(line) == {"_reduced_stock": "2", "_restock_refunded_items": "1"}
    note = f"Item #{line['product_id']} stock increased from 47 to 48."
    assert note in [n["note"] for n in store.notes_of(order["id"])]
    give_back(store, order, 1, restock=False)
    assert stock(store) == (48, 50)


def test_goods_come_back_once(store: Store) -> None:
    order = place(store)
    give_back(store, order, 1)
    store.update_order(order["id"], status="cancelled")
    assert stock(store) == (50, 50)
    store.update_order(order["id"], status="processing")
    assert stock(store) == (47, 50)


def test_a_line_that_came_back_whole_is_not_taken_again(store: Store) -> None:
    order = place(store)
    give_back(store, order, 3)
    give_back(store, order, 3)
    store.update_order(order["id"], status="completed")
    assert stock(store) == (50, 50)


def test_an_edit_after_a_restocking_refund(store: Store) -> None:
    """The shelf follows what is neither refunded nor taken yet."""
    order = place(store)
    give_back(store, order, 1)
    store.edit_order(order["id"], set_quantity={line_of(order): 5})
    assert stock(store) == (46, 50)


def test_the_deletion_of_a_refund_is_silent(store: Store) -> None:
    order = place(store)
    give_back(store, order, 1)
    store.webhooks.create({"topic": "order.updated", "delivery_url": "http://localhost"})
    mails, notes = len(store.mails), len(store.notes)
    (number,) = store.refunds
    path = f"wc/v3/orders/{order['id']}/refunds/{number}"
    assert ask(store, "DELETE", path, query="force=true").status == 200
    assert (store.webhooks.pending, stock(store)) == ([], (48, 50))
    assert (len(store.mails), len(store.notes)) == (mails, notes)
    assert ask(store, "GET", f"wc/v3/orders/{order['id']}").body["refunds"] == []
