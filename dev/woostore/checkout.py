"""From a cart to an order, as the block checkout ("store-api") and the classic one do it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from . import coupons, gateways, lines, order_status, orders, products
from .calculator import CartCalculator, CartTotals, Fee, Item, Shipping
from .cart import Cart
from .defaults import PAID_BY_HAND
from .order_totals import set_tax_totals, tax_line
from .product_json import is_on_sale
from .rounding import ZERO, dec, number
from .taxes import Place, Rate, merge

if TYPE_CHECKING:
    from .store import Store

Record = dict[str, Any]
PAID_LATER = {"bacs": "on-hold", "cheque": "on-hold"}
PAID = {"processing", "completed"}


def place(store: Store, cart: Cart, status: str | None) -> Record:
    """Check the cart out: order, stock, events. ``status`` overrides what the gateway sets."""
    block = cart.created_via == "store-api"
    order = build(store, cart)
    orders.number_lines(store, order)
    store.orders[order["id"]] = order
    if block:
        order["status"] = "checkout-draft"
        store.emit("order.updated", order["id"])
    _pay(store, order, cart, status)
    _count_coupons(store, order)
    _count_sales(store, order)
    orders.number_lines(store, order)
    order["date_modified_gmt"] = store.clock.stamp()
    # Block checkout tells of the update before it tells of the order itself.
    topics = ("order.updated", "order.created") if block else ("order.created", "order.updated")
    for topic in topics:
        store.emit(topic, order["id"])
    return order


def draft(store: Store, cart: Cart) -> Record:
    """The order a block checkout makes when it opens; only order.updated tells of it."""
    order = build(store, cart)
    order["status"] = "checkout-draft"
    orders.saved(store, order, {"status"})
    return order


def _pay(store: Store, order: Record, cart: Cart, status: str | None) -> None:
    order_status.set_status(store, order, "pending")
    by_gateway = order["payment_method"] not in PAID_BY_HAND
    if status is not None:
        if by_gateway and status in PAID:
            gateways.take(store, order, cart.transaction_id)
        order_status.set_status(store, order, status)
    elif not dec(order["total"]):
        order_status.payment_complete(store, order)
    elif order["payment_method"] == "cod":
        downloads = any(_line_product(store, li, "downloadable") for li in order["line_items"])
        order_status.set_status(
            store,
            order,
            "on-hold" if downloads else "processing",
            "Payment to be made upon delivery.",
        )
    elif order["payment_method"] in PAID_LATER:
        later = PAID_LATER[order["payment_method"]]
        order_status.set_status(store, order, later, "Awaiting payment.")
    elif cart.authorised:
        gateways.authorise(store, order, cart.transaction_id)
        text = f"Charge authorized (transaction {order['transaction_id']})."
        order_status.set_status(store, order, "on-hold", text)
    else:
        gateways.take(store, order, cart.transaction_id)
        order_status.payment_complete(store, order)


def _line_product(store: Store, line: Record, key: str) -> Any:
    product = store.products.get(line["variation_id"] or line["product_id"])
    return product and product[key]


def _count_coupons(store: Store, order: Record) -> None:
    for line in order["coupon_lines"]:
        coupon = coupons.find(store, line["code"])
        if coupon:
            coupon["usage_count"] += 1
            coupon["used_by"].append(str(order["customer_id"] or order["billing"]["email"]))


def _count_sales(store: Store, order: Record) -> None:
    for line in order["line_items"]:
        product = store.products.get(line["product_id"])
        if product:
            product["total_sales"] += number(line["quantity"])


# --- the order --------------------------------------------------------------------------------


def build(store: Store, cart: Cart) -> Record:
    """An order record with the cart's lines and totals; not yet in the store."""
    order = _header(store, cart)
    place = orders.tax_place(store, _with_methods(order, cart))
    totals = calculate(store, cart, place)
    order["line_items"] = lines.products_of(store, cart, totals)
    order["fee_lines"] = lines.fees(store, cart, totals)
    order["shipping_lines"] = lines.shipping(store, cart, totals, order["line_items"])
    order["coupon_lines"] = lines.coupons(store, cart, totals)
    if cart.created_via == "store-api":
        # The block checkout works taxes out again from the order's stored net amounts.
        orders.recalculate(store, order)
    else:
        _take_cart_totals(store, order, totals)
    order["needs_processing"] = order_status.needs_processing(store, order)
    order["cart_hash"] = hashlib.md5(
        json.dumps([order["line_items"], order["total"]], default=str).encode(),
        usedforsecurity=False,
    ).hexdigest()
    return order


def _header(store: Store, cart: Cart) -> Record:
    shipping = cart.shipping_address or {k: cart.billing.get(k, "") for k in orders.SHIPPING}
    gateway = store.gateways.get(cart.payment_method)
    exempt = {"id": 0, "key": "is_vat_exempt", "value": "yes" if cart.vat_exempt else "no"}
    return orders.blank(
        store,
        status="new",
        created_via=cart.created_via,
        currency=cart.currency or store.currency,
        customer_id=cart.customer_id,
        billing=orders.address(cart.billing, orders.BILLING),
        shipping=orders.address(shipping, orders.SHIPPING),
        payment_method=cart.payment_method,
        payment_method_title=gateway["title"] if gateway else cart.payment_method,
        customer_ip_address="127.0.0.1",
        customer_user_agent="woostore",
        customer_note=cart.customer_note,
        meta_data=[exempt, *({"id": 0, **entry} for entry in cart.meta_data)],
    )


def _with_methods(order: Record, cart: Cart) -> Record:
    """The order with only its shipping methods known, to find its tax location."""
    return {**order, "shipping_lines": [{"method_id": row[0]} for row in cart.shipping]}


def calculate(store: Store, cart: Cart, place: Place) -> CartTotals:
    """The cart's arithmetic at a tax location."""
    items = [_item(store, index, row, place) for index, row in enumerate(cart.lines)]
    shipping_class = store.option("tax", "woocommerce_shipping_tax_class", "inherit")
    applied = [coupons.required(store, code) for code in cart.coupons]
    classes = [row["slug"] for row in store.tax_classes if row["slug"] != "standard"]
    return CartCalculator(
        rules=store.rules,
        items=items,
        coupons=applied,
        shipping=[
            Shipping(index, dec(row[1]), _shipping_rates(store, items, row, place))
            for index, row in enumerate(cart.shipping)
        ],
        fees=[_fee(store, index, row, place) for index, row in enumerate(cart.fees)],
        class_rates={key: store.rates(key, place) for key in ("", *classes)},
        shipping_class=shipping_class,
        vat_exempt=cart.vat_exempt,
        sequentially=store.option("general", "woocommerce_calc_discounts_sequentially") == "yes",
    ).run()


def _item(store: Store, index: int, row: tuple[Any, ...], place: Place) -> Item:
    product = products.find(store, row[0])
    tax_class = products.effective_tax_class(store, product)
    parent = store.products.get(product["parent_id"])
    ids = {product["id"], product["parent_id"]} - {0}
    categories = {c["id"] for p in (product, parent) if p for c in p["categories"]}
    return Item(
        key=index,
        price=dec(product["price"]),
        quantity=dec(row[1]),
        taxable=product["tax_status"] == "taxable",
        tax_class=tax_class,
        rates=store.rates(tax_class, place),
        base_rates=store.rates(tax_class, store.base_place()),
        product_ids=frozenset(ids),
        category_ids=frozenset(categories),
        on_sale=is_on_sale(store, product),
    )


def _fee(store: Store, index: int, row: tuple[Any, ...], place: Place) -> Fee:
    tax_class = row[2] if len(row) > 2 else ""
    rates = [] if tax_class is None else store.rates(tax_class, place)
    return Fee(index, dec(row[1]), tax_class is not None, tax_class or "", rates)


def _shipping_rates(
    store: Store, items: list[Item], row: tuple[Any, ...], place: Place
) -> list[Rate]:
    if len(row) > 3 and str(row[3]) in store.untaxed_methods():
        return []
    tax_class: str | None = store.option("tax", "woocommerce_shipping_tax_class", "inherit")
    if tax_class == "inherit":
        present = {item.tax_class for item in items if item.taxable}
        tax_class = next((c for c in store.class_order() if c in present), None)
    if tax_class is None:
        return []
    return [rate for rate in store.rates(tax_class, place) if rate.shipping]


# --- a classic checkout keeps the cart's own totals ---------------------------------------------


def _take_cart_totals(store: Store, order: Record, totals: CartTotals) -> None:
    rules = store.rules
    for key in ("discount_total", "discount_tax", "shipping_total"):
        order[key] = rules.stored(getattr(totals, key))
    set_tax_totals(order, totals.cart_tax, totals.shipping_tax, rules)
    order["total"] = rules.stored(rules.round_price(totals.total))
    known = {rate.id: rate for rate in store.rates("*", store.base_place())}
    cart_taxes = merge(totals.item_taxes, totals.fee_taxes)
    order["tax_lines"] = [
        tax_line(known[key], cart_taxes.get(key, ZERO), totals.shipping_taxes.get(key, ZERO), rules)
        for key in merge(totals.item_taxes, totals.shipping_taxes, totals.fee_taxes)
    ]
